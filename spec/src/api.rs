//! The index over a document that generator, mock and contract tests share.

use std::{panic::resume_unwind, thread};

use serde_json::Value;

use crate::{
    document::{Document, Node},
    error::{Place, SpecError},
    extensions::{Confidence, Envelope, Form, OAuth, OAuthRole, Pagination, Resource, Retry},
    index,
    status::Status,
};

/// One document, indexed.
#[derive(Debug)]
pub struct Api {
    document: Document,
    /// All operations, in the order of the document.
    pub operations: Vec<Operation>,
    /// The document that has the token operation, where that is another one.
    pub oauth_document: Option<String>,
    #[cfg(feature = "schema")]
    pub(crate) known: crate::schema::Known,
}

/// One operation with everything resolved but its schemas.
#[derive(Debug)]
pub struct Operation {
    /// `operationId`.
    pub id: String,
    /// Method in capitals.
    pub method: String,
    /// Path template, such as `/v1/end_users/{id}`.
    pub path: String,
    /// Where it stands.
    pub place: Place,
    /// One line.
    pub summary: String,
    /// What there is to know.
    pub description: String,
    /// Group.
    pub tag: String,
    /// No longer documented.
    pub deprecated: bool,
    /// Parameters of path item and operation.
    pub parameters: Vec<Parameter>,
    /// Request body.
    pub body: Option<Body>,
    /// Documented replies.
    pub replies: Vec<Reply>,
    /// Alternatives, each a set of scheme names; empty when no credentials are needed.
    pub security: Vec<Vec<String>>,
    /// `x-retry`.
    pub retry: Retry,
    /// What it does cannot be undone: a DELETE, or `x-destructive`.
    pub destructive: bool,
    /// `x-confidence`.
    pub confidence: Confidence,
    /// `x-source`.
    pub source: Vec<String>,
    /// `x-oauth`.
    pub oauth: Option<OAuth>,
    /// `x-pagination`.
    pub pagination: Option<Pagination>,
    /// `x-resource`.
    pub resource: Option<Resource>,
    /// `x-form`.
    pub form: Form,
    /// `x-envelope`.
    pub envelope: Option<Envelope>,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl Location {
    /// As `in` of a parameter has it: `path`, `query`, `header` or `cookie`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// One parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Name on the wire.
    pub name: String,
    /// Where it travels.
    pub location: Location,
    /// Whether it must be there.
    pub required: bool,
    /// What it means.
    pub description: String,
    /// Its schema; `$ref` is left as it stands.
    pub schema: Value,
    /// Pointer of the schema.
    pub pointer: String,
    /// `style`, or the default of its location.
    pub style: String,
    /// `explode`, or the default of its style.
    pub explode: bool,
    /// `example`.
    pub example: Option<Value>,
    /// `x-secret`.
    pub secret: bool,
    /// `x-personal`.
    pub personal: bool,
}

/// A request body.
#[derive(Debug)]
pub struct Body {
    /// Whether it must be there.
    pub required: bool,
    /// Alternatives, in the order of the document.
    pub media: Vec<Media>,
}

/// One media type of a body or reply.
#[derive(Debug)]
pub struct Media {
    /// Such as `application/json`.
    pub media_type: String,
    /// Schema, `$ref` left as it stands; `true`-like `{}` when there is none.
    pub schema: Value,
    /// Pointer of the schema.
    pub pointer: String,
    /// Named examples.
    pub examples: Vec<Example>,
}

/// A named example.
#[derive(Debug)]
pub struct Example {
    /// Its name; `default` for the unnamed one.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Where it stands.
    pub pointer: String,
}

/// One documented reply.
#[derive(Debug)]
pub struct Reply {
    /// Its status.
    pub status: Status,
    /// What it means.
    pub description: String,
    /// Media types; none for an empty body.
    pub media: Vec<Media>,
    /// Names and schemas of documented headers.
    pub headers: Vec<(String, Value)>,
    /// `x-confidence`.
    pub confidence: Confidence,
    /// Where it stands.
    pub pointer: String,
}

impl Operation {
    /// The reply that a status falls under: its own code, its range, `default`.
    pub fn reply(&self, code: u16) -> Option<&Reply> {
        let rank = |reply: &&Reply| match reply.status {
            Status::Code(_) => 0,
            Status::Range(_) => 1,
            Status::Default => 2,
        };
        self.replies.iter().filter(|reply| reply.status.covers(code)).min_by_key(rank)
    }

    /// The media type of the body that the client sends.
    pub fn sent_media(&self) -> Option<&Media> {
        let media = &self.body.as_ref()?.media;
        match &self.form.media_type {
            Some(wanted) => media.iter().find(|one| &one.media_type == wanted),
            None => media.first(),
        }
    }

    /// Media types whose schema is not the one of the body that the client sends by default.
    pub fn alternative_media(&self) -> impl Iterator<Item = &Media> {
        let sent = self.sent_media().map(|media| &media.schema);
        let all = self.body.iter().flat_map(|body| &body.media);
        all.filter(move |media| sent.is_some_and(|sent| *sent != media.schema))
    }
}

impl Api {
    /// Indexes a document.
    ///
    /// # Errors
    /// A dangling reference, an `operationId` that is missing or given twice, an extension that is misspelled or
    /// has the wrong shape.
    pub fn index(document: Document) -> Result<Self, SpecError> {
        // The model only shows that the document is one, and the index needs nothing of it.
        let operations = thread::scope(|scope| {
            let operations = scope.spawn(|| index::operations(&document));
            document.to_openapi()?;
            operations.join().unwrap_or_else(|panic| resume_unwind(panic))
        })?;
        let oauth_document = index::oauth_document(&document);
        Ok(Self {
            document,
            operations,
            oauth_document,
            #[cfg(feature = "schema")]
            known: crate::schema::Known::default(),
        })
    }

    /// The name, such as `wootric-cxi`.
    pub fn name(&self) -> &str {
        self.document.name()
    }

    /// The document behind the index.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// An operation by id.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The operation with a role in the token flow.
    pub fn oauth(&self, role: OAuthRole) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.oauth.as_ref().is_some_and(|oauth| oauth.role == role))
    }

    /// A security scheme by name.
    pub fn security_scheme(&self, name: &str) -> Option<Node<'_>> {
        self.document.at("/components/securitySchemes")?.member(name)?.resolve().ok()
    }

    /// Security schemes by name, in the order of the document.
    pub fn security_schemes(&self) -> Vec<(&str, Node<'_>)> {
        self.document.at("/components/securitySchemes").map(|node| node.members()).unwrap_or_default()
    }

    /// The headers that a reply documents, by name. One called `Content-Type` is not among them: OpenAPI has it ignored.
    pub fn headers(&self, reply: &Reply) -> Vec<(&str, Node<'_>)> {
        let node = self.document.at(&reply.pointer).and_then(|node| node.resolve().ok());
        let headers = node.and_then(|node| node.member("headers")).map(|headers| headers.members());
        let headers = headers.unwrap_or_default().into_iter();
        headers
            .filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"))
            .filter_map(|(name, header)| Some((name, header.resolve().ok()?)))
            .collect()
    }

    /// Component schemas by name, in the order of the document.
    pub fn schemas(&self) -> Vec<(&str, Node<'_>)> {
        self.document.at("/components/schemas").map(|node| node.members()).unwrap_or_default()
    }

    /// The first server URL, its variables replaced by their defaults.
    pub fn server(&self) -> Option<String> {
        self.server_where(|_| None)
    }

    /// The first server URL with a value for one variable, the others replaced by their defaults.
    pub fn server_with(&self, variable: &str, value: &str) -> Option<String> {
        self.server_where(|name| (name == variable).then_some(value))
    }

    fn server_where<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Option<String> {
        let server = self.document.at("/servers/0")?;
        let mut url = server.text("url")?.to_owned();
        for (name, variable) in server.member("variables").map(|node| node.members()).unwrap_or_default() {
            let default = variable.text("default").unwrap_or_default();
            url = url.replace(&format!("{{{name}}}"), value(name).unwrap_or(default));
        }
        Some(url)
    }
}
