//! The index over a document that generator, mock and contract tests share.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    document::{Document, Node},
    error::{Place, SpecError},
    extensions::{Confidence, Envelope, Form, OAuth, OAuthRole, Pagination, Resource, Retry},
};

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// One document, indexed.
#[derive(Debug)]
pub struct Api {
    document: Document,
    /// All operations, in the order of the document.
    pub operations: Vec<Operation>,
    /// The document that has the token operation, where that is another one.
    pub oauth_document: Option<String>,
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

/// The status of a documented reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// One code.
    Code(u16),
    /// A hundred codes: `4` for `4XX`.
    Range(u16),
    /// Anything else.
    Default,
}

impl Status {
    /// Whether a code falls under it.
    pub fn covers(self, code: u16) -> bool {
        match self {
            Self::Code(own) => own == code,
            Self::Range(hundreds) => code / 100 == hundreds,
            Self::Default => true,
        }
    }

    /// One code that stands for it in tests: itself, `X99`-free and not reserved for another meaning.
    pub fn representative(self) -> u16 {
        match self {
            Self::Code(code) => code,
            Self::Range(2) => 200,
            Self::Range(3) => 304,
            Self::Range(4) => 400,
            Self::Range(5) | Self::Default => 500,
            Self::Range(hundreds) => hundreds * 100,
        }
    }

    /// Whether it says that all went well.
    pub fn is_success(self) -> bool {
        self.representative() / 100 == 2
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Range(hundreds) => write!(f, "{hundreds}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

impl std::str::FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "default" {
            return Ok(Self::Default);
        }
        if let Some(hundreds) = text.strip_suffix("XX").and_then(|digit| digit.parse().ok()) {
            return Ok(Self::Range(hundreds));
        }
        match text.parse() {
            Ok(code @ 100..=599) => Ok(Self::Code(code)),
            _ => Err(format!("`{text}` is no status: write a code, `4XX` or `default`")),
        }
    }
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
        document.to_openapi()?;
        let operations = index_operations(&document)?;
        let oauth_document = oauth_document(&document);
        Ok(Self { document, operations, oauth_document })
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

    /// Component schemas by name, in the order of the document.
    pub fn schemas(&self) -> Vec<(&str, Node<'_>)> {
        self.document.at("/components/schemas").map(|node| node.members()).unwrap_or_default()
    }

    /// The first server URL, its variables replaced by their defaults.
    pub fn server(&self) -> Option<String> {
        let server = self.document.at("/servers/0")?;
        let mut url = server.text("url")?.to_owned();
        for (name, variable) in server.member("variables").map(|node| node.members()).unwrap_or_default() {
            url = url.replace(&format!("{{{name}}}"), variable.text("default").unwrap_or_default());
        }
        Some(url)
    }
}

fn index_operations(document: &Document) -> Result<Vec<Operation>, SpecError> {
    let mut operations = Vec::new();
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    let paths = document.at("/paths").ok_or_else(|| document.error("", "no `paths`"))?;
    for (path, item) in paths.members() {
        if item.text("$ref").is_some() {
            return Err(item.error("a path item by `$ref`: write it out"));
        }
        for (method, node) in item.members() {
            if !METHODS.contains(&method) {
                continue;
            }
            let operation = index_operation(document, path, method, &item, &node)?;
            if let Some(first) = seen.insert(operation.id.clone(), operation.place.clone()) {
                return Err(node.error(format!(
                    "`operationId: {}` is taken by the operation on line {}; every id is used once",
                    operation.id, first.line
                )));
            }
            operations.push(operation);
        }
    }
    check_references(&document.root())?;
    Ok(operations)
}

/// Every reference of the document resolves, also in components that no operation uses.
fn check_references(node: &Node<'_>) -> Result<(), SpecError> {
    if node.text("$ref").is_some() {
        node.resolve()?;
    }
    for (key, member) in node.members() {
        // The value of an example is data: a member called `$ref` in it means nothing.
        if key != "example" && key != "value" {
            check_references(&member)?;
        }
    }
    node.items().iter().try_for_each(check_references)
}

fn index_operation(
    document: &Document,
    path: &str,
    method: &str,
    item: &Node<'_>,
    node: &Node<'_>,
) -> Result<Operation, SpecError> {
    let id = node.text("operationId").ok_or_else(|| node.error("no `operationId`: the method is named after it"))?;
    let mut parameters = Vec::new();
    for parameter in shared_and_own_parameters(item, node)? {
        parameters.push(index_parameter(&parameter)?);
    }
    let replies = node.member("responses").ok_or_else(|| node.error("no `responses`"))?;
    let security = node.member("security").or_else(|| document.at("/security"));
    Ok(Operation {
        id: id.to_owned(),
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        place: node.place(),
        summary: node.text("summary").unwrap_or_default().to_owned(),
        description: node.text("description").unwrap_or_default().to_owned(),
        tag: node.member("tags").and_then(|tags| tags.value().get(0)?.as_str()).unwrap_or_default().to_owned(),
        deprecated: node.flag("deprecated"),
        parameters,
        body: node.member("requestBody").map(|body| index_body(&body)).transpose()?,
        replies: replies
            .members()
            .into_iter()
            .map(|(status, reply)| index_reply(status, &reply))
            .collect::<Result<_, _>>()?,
        security: security.map(|node| index_security(&node)).unwrap_or_default(),
        destructive: method == "delete" || node.flag("x-destructive"),
        retry: node.member("x-retry").map(|node| node.read()).transpose()?.unwrap_or(Retry::Never),
        confidence: confidence(node)?,
        source: node.member("x-source").map(|node| node.read()).transpose()?.unwrap_or_default(),
        oauth: node.member("x-oauth").map(|node| node.read()).transpose()?,
        pagination: node.member("x-pagination").map(|node| node.read()).transpose()?,
        resource: node.member("x-resource").map(|node| node.read()).transpose()?,
        form: node.member("x-form").map(|node| node.read()).transpose()?.unwrap_or_default(),
        envelope: node.member("x-envelope").map(|node| node.read()).transpose()?,
    })
}

/// Parameters of the path item, those of the operation taking the place of namesakes.
fn shared_and_own_parameters<'d>(item: &Node<'d>, operation: &Node<'d>) -> Result<Vec<Node<'d>>, SpecError> {
    let mut parameters: Vec<Node<'d>> = Vec::new();
    for list in [item.member("parameters"), operation.member("parameters")].into_iter().flatten() {
        for parameter in list.items() {
            let parameter = parameter.resolve()?;
            let same = |other: &Node<'d>| {
                other.text("name") == parameter.text("name") && other.text("in") == parameter.text("in")
            };
            match parameters.iter_mut().find(|other| same(other)) {
                Some(shared) => *shared = parameter,
                None => parameters.push(parameter),
            }
        }
    }
    Ok(parameters)
}

fn index_parameter(node: &Node<'_>) -> Result<Parameter, SpecError> {
    let name = node.text("name").ok_or_else(|| node.error("a parameter without `name`"))?;
    let location = match node.text("in") {
        Some("path") => Location::Path,
        Some("query") => Location::Query,
        Some("header") => Location::Header,
        Some("cookie") => Location::Cookie,
        _ => return Err(node.error("`in` is path, query, header or cookie")),
    };
    let schema = match (node.member("schema"), node.member("content")) {
        (Some(schema), _) => schema,
        (None, Some(content)) => content
            .members()
            .first()
            .and_then(|(_, media)| media.member("schema"))
            .ok_or_else(|| node.error("a parameter without a schema"))?,
        (None, None) => return Err(node.error("a parameter without a schema")),
    };
    let style = node.text("style").unwrap_or(match location {
        Location::Path | Location::Header => "simple",
        Location::Query | Location::Cookie => "form",
    });
    let explode = node.member("explode").and_then(|flag| flag.value().as_bool()).unwrap_or(style == "form");
    let facts = schema.resolve()?;
    Ok(Parameter {
        name: name.to_owned(),
        location,
        required: node.flag("required"),
        description: node.text("description").unwrap_or_default().to_owned(),
        schema: schema.value().clone(),
        pointer: schema.pointer().to_owned(),
        style: style.to_owned(),
        explode,
        example: node.member("example").or_else(|| schema.member("example")).map(|node| node.value().clone()),
        secret: node.flag("x-secret") || facts.flag("x-secret"),
        personal: node.flag("x-personal") || facts.flag("x-personal"),
    })
}

fn index_body(node: &Node<'_>) -> Result<Body, SpecError> {
    let node = node.resolve()?;
    Ok(Body { required: node.flag("required"), media: index_media(&node)? })
}

fn index_media(node: &Node<'_>) -> Result<Vec<Media>, SpecError> {
    let mut media = Vec::new();
    for (media_type, one) in node.member("content").map(|content| content.members()).unwrap_or_default() {
        let schema = one.member("schema");
        let mut examples = Vec::new();
        if let Some(example) = one.member("example") {
            examples.push(Example {
                name: "default".into(),
                value: example.value().clone(),
                pointer: example.pointer().into(),
            });
        }
        for (name, example) in one.member("examples").map(|node| node.members()).unwrap_or_default() {
            let example = example.resolve()?;
            let value = example.member("value").ok_or_else(|| example.error("an example without `value`"))?;
            examples.push(Example {
                name: name.into(),
                value: value.value().clone(),
                pointer: value.pointer().into(),
            });
        }
        media.push(Media {
            media_type: media_type.to_owned(),
            pointer: schema.as_ref().map_or(one.pointer(), |schema| schema.pointer()).to_owned(),
            schema: schema.map_or_else(|| Value::Object(serde_json::Map::new()), |schema| schema.value().clone()),
            examples,
        });
    }
    Ok(media)
}

fn index_reply(status: &str, node: &Node<'_>) -> Result<Reply, SpecError> {
    let status = status.parse().map_err(|message: String| node.error(message))?;
    let target = node.resolve()?;
    let mut headers = Vec::new();
    for (name, header) in target.member("headers").map(|node| node.members()).unwrap_or_default() {
        let schema = header.resolve()?.member("schema").map_or(Value::Null, |schema| schema.value().clone());
        headers.push((name.to_owned(), schema));
    }
    Ok(Reply {
        status,
        description: target.text("description").unwrap_or_default().to_owned(),
        media: index_media(&target)?,
        headers,
        confidence: confidence(&target)?,
        pointer: node.pointer().to_owned(),
    })
}

fn index_security(node: &Node<'_>) -> Vec<Vec<String>> {
    node.items()
        .iter()
        .map(|alternative| alternative.members().into_iter().map(|(name, _)| name.to_owned()).collect())
        .collect()
}

fn confidence(node: &Node<'_>) -> Result<Confidence, SpecError> {
    Ok(node.member("x-confidence").map(|node| node.read()).transpose()?.unwrap_or_default())
}

fn oauth_document(document: &Document) -> Option<String> {
    let schemes = document.at("/components/securitySchemes")?;
    schemes.members().into_iter().find_map(|(_, scheme)| Some(scheme.member("x-oauth")?.text("document")?.to_owned()))
}
