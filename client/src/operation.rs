//! What is known of an operation at compile time. The rows are generated from the documents; all that the transport
//! knows of a vendor stands here.

use http::Method;

/// One API: a document, its operations and how its tokens are fetched.
#[derive(Debug)]
pub struct Api {
    /// Name, such as `wootric-cxi`.
    pub name: &'static str,
    /// Title of the document.
    pub title: &'static str,
    /// Origin that requests go to unless told otherwise, such as `https://api.wootric.com`.
    pub server: &'static str,
    /// All operations, in the order of the document.
    pub operations: &'static [&'static Operation],
    /// How tokens are fetched; `None` where no operation needs one.
    pub oauth: Option<OAuth>,
    /// Query parameter in which the vendor takes the access token too; `None` where it takes it in the header alone.
    pub token_parameter: Option<&'static str>,
}

/// How the tokens of an API are fetched and ended.
#[derive(Debug)]
pub struct OAuth {
    /// The token operation (RFC 6749 §3.2).
    pub token: &'static Operation,
    /// Origin of the token operation, where it is not the API's own.
    pub token_server: Option<&'static str>,
    /// How to tell on which server of the token operation an account lives; `None` where there is one server for all.
    pub regions: Option<Regions>,
    /// Grants that the vendor takes.
    pub grants: &'static [Grant],
    /// A refresh brings a new refresh token and spends the old one.
    pub rotation: bool,
    /// A refresh names its scope.
    pub refresh_scope: bool,
    /// A scope may hold an e-mail address, and such a scope cannot be refreshed.
    pub single_user_scope: bool,
    /// The authorization operation (RFC 6749 §3.1).
    pub authorize: Option<&'static Operation>,
    /// The operation that ends a token.
    pub logout: Option<&'static Operation>,
}

/// How to tell on which server an account lives: from the query parameter by which a token request picks the account.
#[derive(Clone, Copy, Debug)]
pub struct Regions {
    /// Query parameter of the token request.
    pub parameter: &'static str,
    /// Prefixes of the parameter's value, each with the origin of the accounts whose value begins with it. An account whose
    /// value begins with none of them lives on the usual server.
    pub servers: &'static [(&'static str, &'static str)],
}

impl Regions {
    /// The origin for a value of the parameter, by the longest prefix that fits; `None` for the usual one.
    pub fn server_of(&self, value: &str) -> Option<&'static str> {
        let fitting = self.servers.iter().filter(|(prefix, _)| value.starts_with(prefix));
        fitting.max_by_key(|(prefix, _)| prefix.len()).map(|(_, server)| *server)
    }
}

/// One grant of a token operation.
#[derive(Debug)]
pub struct Grant {
    /// `grant_type`.
    pub name: &'static str,
    /// Members of the request beside `grant_type`.
    pub parameters: &'static [&'static str],
    /// Whether the reply brings a refresh token.
    pub refresh_token: bool,
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// API it belongs to.
    pub api: &'static str,
    /// `operationId`.
    pub id: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path template.
    pub path: &'static str,
    /// One line on what it does.
    pub summary: &'static str,
    /// Group it belongs to.
    pub tag: &'static str,
    /// No longer documented by the vendor.
    pub deprecated: bool,
    /// What may be repeated after a failure.
    pub retry: Retry,
    /// Whether it needs a token.
    pub authenticated: bool,
    /// Parameters, in the order of the document.
    pub parameters: &'static [Parameter],
    /// How the body is written; `None` where there is none.
    pub body: Option<Body>,
    /// What a success carries.
    pub reply: Reply,
    /// Wrapping of the reply.
    pub envelope: Option<Envelope>,
    /// How pages are asked for.
    pub pagination: Option<Pagination>,
    /// Documented statuses as written: `200`, `4XX`, `default`.
    pub statuses: &'static [&'static str],
}

/// What may be repeated after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retry {
    /// No effect on the server.
    Safe,
    /// An effect that happens once however often it is asked for.
    Idempotent,
    /// Nothing: an effect each time.
    Never,
}

/// One parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Name on the wire; a `deepObject` member has its literal name, such as `created[gte]`.
    pub name: &'static str,
    /// Where it travels.
    pub location: Location,
    /// Whether it must be given.
    pub required: bool,
    /// JSON type: `string`, `integer`, `number`, `boolean`, `array`.
    pub kind: &'static str,
    /// What it means.
    pub description: &'static str,
    /// What stands between the items of a list that is written as one value.
    pub delimiter: Option<char>,
    /// Values that are known.
    pub values: &'static [&'static str],
    /// Masked in URLs that are shown.
    pub secret: bool,
    /// Personal data: masked likewise.
    pub personal: bool,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
}

/// How a request body is written.
#[derive(Debug)]
pub struct Body {
    /// Whether there must be one.
    pub required: bool,
    /// Media types in which the vendor takes it; the first is the one sent by default.
    pub media_types: &'static [&'static str],
    /// Arrays carry `[0]` instead of `[]`.
    pub indexed: bool,
    /// Dotted paths of arrays that carry `[0]` although others carry `[]`.
    pub indexed_members: &'static [&'static str],
    /// Members that are files, with the largest size in bytes.
    pub files: &'static [File],
    /// Bodies of another schema that may be sent in its place, each in a media type of its own.
    pub alternatives: &'static [Body],
}

impl Body {
    /// The body that is sent as a media type: an alternative if one has it, this one if not.
    pub fn sent_as(&self, media_type: Option<&str>) -> &Self {
        let has = |one: &&Self| media_type.is_some_and(|wanted| one.media_types.contains(&wanted));
        self.alternatives.iter().find(has).unwrap_or(self)
    }
}

/// A member that is a file.
#[derive(Debug)]
pub struct File {
    /// Name of the member.
    pub name: &'static str,
    /// Largest size in bytes that the vendor takes.
    pub max_bytes: Option<u64>,
}

/// What a success carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    /// Nothing; a body is ignored.
    Empty,
    /// JSON of a shape.
    Json {
        /// What the outermost value must be.
        shape: Shape,
        /// A missing body, `null` and `{}` are a success without payload.
        optional: bool,
    },
    /// Nobody knows: JSON is decoded, anything else is a success whose bytes are kept.
    Unknown,
    /// Text.
    Text,
    /// Bytes.
    Binary,
}

/// The outermost value of a JSON reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// An object.
    Object,
    /// An array.
    Array,
    /// Whatever comes.
    Any,
}

/// Wrapping of a reply.
#[derive(Debug)]
pub struct Envelope {
    /// Member that holds the payload.
    pub data: &'static str,
    /// Members that belong to the envelope.
    pub reserved: &'static [&'static str],
    /// Member that holds the items, where the payload is a list.
    pub items: Option<&'static str>,
}

/// How pages are asked for.
#[derive(Debug)]
pub struct Pagination {
    /// Query parameter with the page number.
    pub page: &'static str,
    /// Query parameter with the page size.
    pub per_page: &'static str,
    /// Number of the first page.
    pub first_page: u32,
    /// Last page that may be asked for.
    pub max_page: Option<u32>,
    /// Largest page.
    pub max_per_page: Option<u32>,
    /// JSON pointer of the items in the reply.
    pub items: &'static str,
    /// Parameter with the member to sort by.
    pub sort_key: Option<&'static str>,
    /// Parameter with the direction.
    pub sort_order: Option<&'static str>,
    /// What to sort by where the caller does not say.
    pub default_sort_key: Option<&'static str>,
    /// Direction with the lowest first, which is asked for where the caller does not say.
    pub ascending: Option<&'static str>,
    /// Direction with the highest first.
    pub descending: Option<&'static str>,
    /// Member of an item that tells it from all others.
    pub key: Option<&'static str>,
    /// Filters by which a list can be cut into windows.
    pub windows: &'static [Window],
}

/// A filter by which a list can be cut into windows of time.
#[derive(Debug)]
pub struct Window {
    /// Query parameter, without the bracketed operator.
    pub parameter: &'static str,
    /// Member of the item that it filters on.
    pub member: &'static str,
    /// `gt` and `lt` leave the bound itself out.
    pub exclusive: bool,
    /// Smallest step, in seconds.
    pub grain_seconds: u32,
}

impl Operation {
    /// Whether a status is a documented outcome beside success and error: 304 for a poll that brought nothing.
    pub fn documents_not_modified(&self) -> bool {
        self.statuses.contains(&"304")
    }
}

#[cfg(test)]
impl Api {
    /// An API that no document has, with nothing in it that a test does not ask for.
    pub(crate) const fn made_up() -> Self {
        Self {
            name: "vendor",
            title: "Vendor",
            server: "http://127.0.0.1:9",
            operations: &[],
            oauth: None,
            token_parameter: None,
        }
    }
}

#[cfg(test)]
impl OAuth {
    /// A token flow that no document has: client credentials, and nothing else that a test does not ask for.
    pub(crate) const fn made_up(token: &'static Operation) -> Self {
        Self {
            token,
            token_server: None,
            regions: None,
            grants: &[Grant {
                name: "client_credentials",
                parameters: &["client_id", "client_secret"],
                refresh_token: false,
            }],
            rotation: false,
            refresh_scope: false,
            single_user_scope: false,
            authorize: None,
            logout: None,
        }
    }
}

#[cfg(test)]
impl Operation {
    /// A row that no document has, with nothing in it that a test does not ask for.
    pub(crate) const fn made_up(method: Method, id: &'static str, path: &'static str) -> Self {
        Self {
            api: "vendor",
            id,
            method,
            path,
            summary: "",
            tag: "",
            deprecated: false,
            retry: Retry::Safe,
            authenticated: false,
            parameters: &[],
            body: None,
            reply: Reply::Unknown,
            envelope: None,
            pagination: None,
            statuses: &["200"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_304_is_an_outcome_where_it_is_documented() {
        let operation = |statuses| Operation { statuses, ..Operation::made_up(Method::GET, "poll", "/v1/things") };
        assert!(operation(&["200", "304", "4XX"]).documents_not_modified());
        assert!(!operation(&["200", "4XX"]).documents_not_modified());
    }
}
