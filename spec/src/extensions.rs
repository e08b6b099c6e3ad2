//! The `x-*` extensions of `spec/README.md` as types. A member that is not known there is refused, so that a
//! misspelled one cannot be silently without effect.

use indexmap::IndexMap;
use serde::Deserialize;

/// `x-retry`: what may be repeated after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Retry {
    /// No effect on the server.
    Safe,
    /// An effect that happens once however often it is asked for.
    Idempotent,
    /// An effect each time, or one that nobody promises to happen once.
    Never,
}

/// `x-confidence`: how sure a fact is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// The vendor says so.
    #[default]
    Documented,
    /// Production code relies on it.
    Observed,
    /// Reasoned from other facts; stated by nobody.
    Inferred,
}

impl Confidence {
    /// As a document has it: `documented`, `observed` or `inferred`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Inferred => "inferred",
        }
    }
}

/// `x-oauth` on an operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth {
    /// What the operation is for.
    pub role: OAuthRole,
    /// Token operation: grant type → what it takes and gives.
    #[serde(default)]
    pub grants: IndexMap<String, Grant>,
    /// A refresh brings a new refresh token and spends the old one.
    #[serde(default)]
    pub rotation: bool,
    /// Whether a refresh names its scope.
    #[serde(default)]
    pub refresh_scope: RefreshScope,
    /// A scope may hold an e-mail address, and then cannot be refreshed.
    #[serde(default)]
    pub single_user_scope: bool,
    /// Authorize operation: the name under which the code reaches the callback.
    #[serde(default)]
    pub code_parameter: Option<String>,
    /// Token operation: on which server an account lives.
    #[serde(default)]
    pub regions: Option<Regions>,
}

/// On which server an account lives, as the parameter tells that picks it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regions {
    /// Query parameter of the token request.
    pub parameter: String,
    /// Variable of the first server.
    pub variable: String,
    /// What values of the parameter begin with → value of the variable. For all others it has its default.
    pub prefixes: IndexMap<String, String>,
}

/// The role of an operation in the token flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OAuthRole {
    /// Token endpoint (RFC 6749 §3.2).
    Token,
    /// Authorization endpoint (RFC 6749 §3.1).
    Authorize,
    /// Ends a token.
    Logout,
}

/// Whether a refresh names its scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RefreshScope {
    /// Never.
    #[default]
    None,
    /// Always.
    Required,
}

/// One grant of a token operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Members of the request beside `grant_type`.
    pub parameters: Vec<String>,
    /// Whether the reply brings a refresh token.
    pub refresh_token: bool,
}

/// `x-pagination`: how pages are asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pagination {
    /// `page` is the only style there is so far.
    pub style: String,
    /// Query parameter with the page number.
    pub page: String,
    /// Query parameter with the page size.
    pub per_page: String,
    /// Number of the first page.
    #[serde(default = "one")]
    pub first_page: u32,
    /// Last page that may be asked for.
    #[serde(default)]
    pub max_page: Option<u32>,
    /// Largest page.
    #[serde(default)]
    pub max_per_page: Option<u32>,
    /// JSON pointer of the list in the reply.
    #[serde(default)]
    pub items: String,
    /// `empty`: the list ends with the first empty page.
    #[serde(default)]
    pub stop: Option<String>,
    /// Parameters that fix the order.
    #[serde(default)]
    pub sort: Option<Sort>,
    /// Member of an item that tells it from all others; that of `x-resource` where it is not given.
    #[serde(default)]
    pub key: Option<String>,
    /// Filters that cut a long list into windows.
    #[serde(default)]
    pub windows: IndexMap<String, Window>,
}

fn one() -> u32 {
    1
}

/// The parameters that fix the order of a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// Parameter with the member to sort by.
    #[serde(default)]
    pub key: Option<String>,
    /// Parameter with the direction.
    #[serde(default)]
    pub order: Option<String>,
    /// Value of the key parameter where the caller names none: what new items cannot come before.
    #[serde(default)]
    pub default_key: Option<String>,
    /// Value of the direction parameter for the lowest first; what is sent where the caller names none.
    #[serde(default)]
    pub ascending: Option<String>,
    /// Value of the direction parameter for the highest first.
    #[serde(default)]
    pub descending: Option<String>,
}

/// A time filter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Query parameter, without the bracketed operator.
    pub parameter: String,
    /// Member of the item that it filters on.
    pub member: String,
    /// `exclusive`: `gt` and `lt` leave the bound out.
    #[serde(default)]
    pub bounds: Option<String>,
    /// Smallest step of the filter.
    #[serde(default)]
    pub grain_seconds: Option<u32>,
}

/// `x-resource`: what a stateful mock does with an operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// Name of the collection.
    pub collection: String,
    /// What the operation does to it.
    pub role: ResourceRole,
    /// Member that identifies an item.
    #[serde(default)]
    pub key: Option<String>,
    /// Path parameter that holds the key.
    #[serde(default)]
    pub parameter: Option<String>,
    /// Owner named in the path.
    #[serde(default)]
    pub parent: Option<Parent>,
    /// Boolean query flag → member it searches instead of the key.
    #[serde(default)]
    pub lookups: IndexMap<String, String>,
}

/// What an operation does to a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResourceRole {
    /// All items.
    List,
    /// One item.
    Read,
    /// A new item.
    Create,
    /// Changes an item.
    Update,
    /// Takes an item away.
    Delete,
}

/// The owner of a collection.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parent {
    /// Collection of the owner.
    #[serde(default)]
    pub collection: Option<String>,
    /// Path parameter with the owner's key.
    pub parameter: String,
}

/// `x-form`: how nested members are written in a form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Media type that the client sends.
    #[serde(default)]
    pub media_type: Option<String>,
    /// How array members are written.
    #[serde(default)]
    pub arrays: Arrays,
    /// Dotted member paths of arrays that carry indices.
    #[serde(default)]
    pub indexed: Vec<String>,
}

/// How an array is written in a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arrays {
    /// `emails[]=a`
    #[default]
    Brackets,
    /// `names[0]=a`
    Indices,
}

/// `x-envelope`: where the payload of a reply lies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// One thing or a list.
    pub kind: EnvelopeKind,
    /// Member that holds the payload.
    pub data: String,
    /// Members that belong to the envelope.
    pub reserved: Vec<String>,
    /// List: member that holds the items.
    #[serde(default)]
    pub items: Option<String>,
}

/// What an envelope holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnvelopeKind {
    /// One thing.
    Resource,
    /// A list.
    List,
}
