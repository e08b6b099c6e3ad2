//! From the nodes of a document to the index over it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    api::{Body, Example, Location, Media, Operation, Parameter, Reply},
    document::{Document, Node},
    error::{Place, SpecError},
    extensions::{Confidence, Retry},
};

/// The methods that a path item may have, as it writes them.
pub const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// All operations, in the order of the document.
///
/// # Errors
/// As [`Api::index`](crate::Api::index).
pub(crate) fn operations(document: &Document) -> Result<Vec<Operation>, SpecError> {
    let mut operations = Vec::new();
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    let paths = document.at("/paths").ok_or_else(|| document.error("", "no `paths`"))?;
    for (path, item) in paths.members().into_iter().filter(is_no_extension) {
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
    check_references(&document.root(), false)?;
    Ok(operations)
}

/// The standard lets extensions stand among paths and among statuses.
fn is_no_extension((key, _): &(&str, Node<'_>)) -> bool {
    !key.starts_with("x-")
}

/// Objects whose keys are names that a vendor chose.
const NAMES: &[&str] = &["properties", "schemas", "responses", "parameters", "headers"];

/// Every reference of the document resolves, also in components that no operation uses.
fn check_references(node: &Node<'_>, are_names: bool) -> Result<(), SpecError> {
    if node.text("$ref").is_some() {
        node.resolve()?;
    }
    for (key, member) in node.members() {
        // The value of an example is data: a member called `$ref` in it means nothing.
        if are_names || !matches!(key, "example" | "value") {
            check_references(&member, !are_names && NAMES.contains(&key))?;
        }
    }
    node.items().iter().try_for_each(|item| check_references(item, false))
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
            .filter(is_no_extension)
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

/// Name of the document that has the token operation, where that is another one.
pub(crate) fn oauth_document(document: &Document) -> Option<String> {
    let schemes = document.at("/components/securitySchemes")?;
    schemes.members().into_iter().find_map(|(_, scheme)| Some(scheme.member("x-oauth")?.text("document")?.to_owned()))
}
