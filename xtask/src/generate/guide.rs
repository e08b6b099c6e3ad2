//! What tools for people show of an operation: description, example, and what to be careful with.

use std::collections::BTreeSet;

use anyhow::Result;
use cx_spec::{Api, Media, Node, Operation, schema::Shape};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};

use super::{lower::View, print_tokens};

/// `guides.rs`.
pub fn module(api: &Api, view: &View) -> Result<String> {
    let mut view = view.clone();
    let ids: Vec<String> = view.operations_mut().into_iter().map(|(id, _)| id).collect();
    let rows = ids.iter().filter_map(|id| api.operation(id)).map(|operation| row(api, operation));
    let code = quote! {
        use ::cx_client::dynamic::Guide;

        /// One row an operation, in the order of the table.
        pub static GUIDES: &[Guide] = &[#(#rows,)*];
    };
    print_tokens(code).map(|text| format!("//! What tools for people show of each operation.\n\n{text}"))
}

fn row(api: &Api, operation: &Operation) -> TokenStream {
    let (id, description) = (&operation.id, operation.description.trim());
    let example = Value::Object(example(operation)).to_string();
    let destructive = operation.destructive;
    let request = operation.body.iter().flat_map(|body| &body.media);
    let request = secrets(api, request);
    let reply = operation.replies.iter().filter(|reply| reply.status.is_success()).flat_map(|reply| &reply.media);
    let reply = secrets(api, reply);
    quote! {
        Guide {
            operation: #id,
            description: #description,
            example: #example,
            destructive: #destructive,
            request_secrets: &[#(#request),*],
            reply_secrets: &[#(#reply),*],
        }
    }
}

/// Arguments of a call by id: the examples of all parameters under the names they have on the wire, and the first of the
/// body.
fn example(operation: &Operation) -> Map<String, Value> {
    let mut arguments = Map::new();
    for parameter in &operation.parameters {
        match &parameter.example {
            Some(Value::Object(members)) if parameter.style == "deepObject" => {
                let flat = members.iter().map(|(key, value)| (format!("{}[{key}]", parameter.name), value.clone()));
                arguments.extend(flat);
            }
            Some(Value::Object(members)) if parameter.style == "form" && parameter.explode => {
                arguments.extend(members.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            Some(example) => {
                arguments.insert(parameter.name.clone(), example.clone());
            }
            None => {}
        }
    }
    if let Some(body) = operation.sent_media().and_then(|media| media.examples.first()) {
        arguments.insert("body".to_owned(), body.value.clone());
    }
    arguments
}

/// Names of the members with `x-secret` in the schemas of some bodies, sorted.
fn secrets<'m>(api: &Api, bodies: impl Iterator<Item = &'m Media>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for schema in bodies.filter_map(|media| api.document().at(&media.pointer)) {
        collect(&schema, &mut names, &mut seen);
    }
    names
}

fn collect(schema: &Node<'_>, names: &mut BTreeSet<String>, seen: &mut BTreeSet<String>) {
    let Ok(schema) = schema.resolve() else { return };
    // A schema may hold itself.
    if !seen.insert(schema.pointer().to_owned()) {
        return;
    }
    for (name, member) in schema.member("properties").map(|node| node.members()).unwrap_or_default() {
        if Shape::of(&member).flag("x-secret") {
            names.insert(name.to_owned());
        }
        collect(&member, names, seen);
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = schema.member(key).filter(|inner| inner.value().is_object()) {
            collect(&inner, names, seen);
        }
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for branch in schema.member(key).map(|list| list.items()).unwrap_or_default() {
            collect(&branch, names, seen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cx_spec::Document;

    #[test]
    fn a_secret_is_found_wherever_it_is_described() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: get_a\n      responses:\n        \
            '200': {description: ok, content: {application/json: {schema: {anyOf: [{$ref: '#/components/schemas/A'}]}}}}\n\
            components:\n  schemas:\n    \
            A: {type: object, properties: {plain: {type: string}, key: {nullable: true, allOf: [{$ref: '#/components/schemas/Key'}]}}}\n    \
            Key: {type: string, x-secret: true}\n";
        let api = Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap();
        assert_eq!(secrets(&api, api.operations[0].replies[0].media.iter()), BTreeSet::from(["key".to_owned()]));
    }
}
