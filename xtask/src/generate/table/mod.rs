//! The operation table: what the runtime knows of an API, as constants.

mod oauth;

use anyhow::{Context, Result};
use cx_spec::{Api, Arrays, Media, OAuthRole, Operation, Retry};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::{
    files,
    lower::{COOKIE_HEADER, View, delimiter, is_true},
    print_tokens,
    reply::{self, ReplyKind},
    title,
};

/// `operations.rs`.
pub fn module(api: &Api, all: &[Api], view: &View) -> Result<String> {
    let mut view = view.clone();
    let values: Vec<(String, Value)> =
        view.operations_mut().into_iter().map(|(id, value)| (id, value.clone())).collect();
    let components = view;
    let mut fields = Vec::new();
    let mut rows = Vec::new();
    let mut references = Vec::new();
    for (id, value) in &values {
        let operation = api.operation(id).with_context(|| format!("the view has an operation {id} of its own"))?;
        let name = format_ident!("{}", id);
        let summary = format!("`{} {}`: {}", operation.method, operation.path, operation.summary);
        fields.push(quote!(#[doc = #summary] pub #name: Operation));
        let row = row(api, operation, value, &components);
        rows.push(quote!(#name: #row));
        references.push(quote!(&OPERATIONS.#name));
    }
    let (name, title) = (api.name(), title(api));
    let server = api.server().unwrap_or_default();
    let (oauth, foreign) = oauth::oauth(api, all)?;
    let token_parameter = option(token_parameter(api).map(|name| quote!(#name)));
    let code = quote! {
        use ::cx_client::{operation::{Api, Body, Envelope, File, Grant, Location, OAuth, Operation, Pagination, Parameter, Regions, Reply, Retry, Shape, Window}};
        use ::http::Method;

        /// One row an operation.
        #[derive(Debug)]
        pub struct Operations { #(#fields,)* }

        /// The rows of this API.
        pub static OPERATIONS: Operations = Operations { #(#rows,)* };

        #foreign

        /// This API.
        pub static API: Api = Api {
            name: #name,
            title: #title,
            server: #server,
            operations: &[#(#references,)*],
            oauth: #oauth,
            token_parameter: #token_parameter,
        };
    };
    print_tokens(code).map(|text| format!("//! What the runtime knows of each operation.\n#![allow(unused_imports, reason = \"not every API has pages or files\")]\n\n{text}"))
}

/// The query parameter in which the vendor takes a token, if a security scheme says so.
fn token_parameter(api: &Api) -> Option<&str> {
    let schemes = api.document().at("/components/securitySchemes")?;
    let in_query =
        |scheme: &cx_spec::Node<'_>| scheme.text("type") == Some("apiKey") && scheme.text("in") == Some("query");
    schemes.members().into_iter().find(|(_, scheme)| in_query(scheme)).and_then(|(_, scheme)| scheme.text("name"))
}

fn row(api: &Api, operation: &Operation, value: &Value, components: &View) -> TokenStream {
    let Operation { id, path, summary, tag, deprecated, .. } = operation;
    let name = api.name();
    let method = format_ident!("{}", operation.method);
    let retry = match operation.retry {
        Retry::Safe => quote!(Retry::Safe),
        Retry::Idempotent => quote!(Retry::Idempotent),
        Retry::Never => quote!(Retry::Never),
    };
    let authenticated = takes_token(api, operation);
    let parameters = value
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|parameter| parameter_row(operation, parameter, components));
    let body = body(api, operation);
    let reply = reply_row(operation, components);
    let envelope = option(operation.envelope.as_ref().map(|envelope| {
        let (data, reserved) = (&envelope.data, &envelope.reserved);
        let items = option(envelope.items.as_ref().map(|items| quote!(#items)));
        quote!(Envelope { data: #data, reserved: &[#(#reserved),*], items: #items })
    }));
    let pagination = option(operation.pagination.as_ref().map(|pages| pagination(operation, pages)));
    let statuses = operation.replies.iter().map(|reply| reply.status.to_string());
    quote! {
        Operation {
            api: #name,
            id: #id,
            method: Method::#method,
            path: #path,
            summary: #summary,
            tag: #tag,
            deprecated: #deprecated,
            retry: #retry,
            authenticated: #authenticated,
            parameters: &[#(#parameters),*],
            body: #body,
            reply: #reply,
            envelope: #envelope,
            pagination: #pagination,
            statuses: &[#(#statuses),*],
        }
    }
}

/// Whether an operation needs the token that the runtime fetches. Where a document has no token flow, or the operation
/// wants a key in a header or a password, the caller brings it with the call.
fn takes_token(api: &Api, operation: &Operation) -> bool {
    let has_flow = api.oauth(OAuthRole::Token).is_some() || api.oauth_document.is_some();
    let is_token = |name: &String| match api.security_scheme(name) {
        Some(scheme) => match scheme.text("type") {
            Some("apiKey") => scheme.text("in") == Some("query"),
            Some("http") => scheme.text("scheme").is_some_and(|one| one.eq_ignore_ascii_case("bearer")),
            _ => true,
        },
        None => true,
    };
    let alternatives = &operation.security;
    has_flow
        && !alternatives.iter().any(Vec::is_empty)
        && alternatives.iter().any(|alternative| alternative.iter().all(is_token))
}

fn parameter_row(operation: &Operation, parameter: &Value, components: &View) -> TokenStream {
    let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
    let (mut name, mut location) = (text("name"), text("in"));
    if let Some(cookie) = name.strip_prefix(COOKIE_HEADER) {
        (name, location) = (cookie, "cookie");
    }
    let location = match location {
        "path" => quote!(Location::Path),
        "header" => quote!(Location::Header),
        "cookie" => quote!(Location::Cookie),
        _ => quote!(Location::Query),
    };
    let required = parameter.get("required").and_then(Value::as_bool).unwrap_or(false);
    let schema = parameter.get("schema").map(|schema| components.resolved(schema));
    let kind = schema.and_then(|schema| schema.get("type")).and_then(Value::as_str).unwrap_or("string");
    let values = schema.and_then(|schema| schema.get("enum")).and_then(Value::as_array);
    let values = values.into_iter().flatten().filter_map(Value::as_str);
    let description = text("description").trim();
    let facts = operation.parameters.iter().find(|one| one.name == name);
    let is_list = facts
        .is_some_and(|one| components.resolved(&one.schema).get("type").and_then(Value::as_str) == Some("array"));
    let delimiter = option(facts.filter(|_| is_list).and_then(delimiter).map(|delimiter| quote!(#delimiter)));
    let (secret, personal) = (is_true(parameter, "x-secret"), is_true(parameter, "x-personal"));
    quote! {
        Parameter {
            name: #name,
            location: #location,
            required: #required,
            kind: #kind,
            description: #description,
            delimiter: #delimiter,
            values: &[#(#values),*],
            secret: #secret,
            personal: #personal,
        }
    }
}

fn body(api: &Api, operation: &Operation) -> TokenStream {
    let (Some(body), Some(sent)) = (&operation.body, operation.sent_media()) else { return quote!(None) };
    let writable = |media: &&Media| files::misplaced(api, media).is_none();
    let same = body.media.iter().filter(|media| media.schema == sent.schema).filter(writable);
    let others = same.map(|media| media.media_type.as_str()).filter(|one| *one != sent.media_type);
    let media_types: Vec<&str> = std::iter::once(sent.media_type.as_str()).chain(others).collect();
    let alternatives = operation.alternative_media().filter(writable).map(|media| {
        let media_types = [media.media_type.as_str()];
        body_row(api, operation, media, &media_types, &[])
    });
    let row = body_row(api, operation, sent, &media_types, &alternatives.collect::<Vec<_>>());
    quote!(Some(#row))
}

fn body_row(
    api: &Api,
    operation: &Operation,
    media: &Media,
    media_types: &[&str],
    alternatives: &[TokenStream],
) -> TokenStream {
    let required = operation.body.as_ref().is_some_and(|body| body.required);
    let indexed = operation.form.arrays == Arrays::Indices;
    let indexed_members = &operation.form.indexed;
    let files = files::parts(api, media).into_iter().map(|file| {
        let (name, max_bytes) = (file.name, option(file.max_bytes.map(|bytes| quote!(#bytes))));
        quote!(File { name: #name, max_bytes: #max_bytes })
    });
    quote! {
        Body {
            required: #required,
            media_types: &[#(#media_types),*],
            indexed: #indexed,
            indexed_members: &[#(#indexed_members),*],
            files: &[#(#files),*],
            alternatives: &[#(#alternatives),*],
        }
    }
}

fn reply_row(operation: &Operation, components: &View) -> TokenStream {
    match reply::kind(operation) {
        ReplyKind::Empty => quote!(Reply::Empty),
        ReplyKind::Text => quote!(Reply::Text),
        ReplyKind::Binary => quote!(Reply::Binary),
        ReplyKind::Json => {
            let schemas = reply::successes(operation).flat_map(|reply| &reply.media);
            let resolved: Vec<&Value> = schemas.map(|media| components.resolved(&media.schema)).collect();
            let kinds: Vec<_> = resolved.iter().map(|schema| schema.get("type").and_then(Value::as_str)).collect();
            let shape = match kinds.first() {
                Some(Some("object")) if kinds.iter().all(|kind| *kind == Some("object")) => quote!(Shape::Object),
                Some(Some("array")) if kinds.iter().all(|kind| *kind == Some("array")) => quote!(Shape::Array),
                _ => quote!(Shape::Any),
            };
            let nullable = reply::successes(operation)
                .flat_map(|reply| &reply.media)
                .any(|media| is_nullable(&media.schema, components));
            let optional = nullable || reply::may_be_absent(operation);
            if optional && operation.envelope.is_none() && resolved.iter().all(|schema| is_free(schema)) {
                return quote!(Reply::Unknown);
            }
            quote!(Reply::Json { shape: #shape, optional: #optional })
        }
    }
}

/// Whether a schema says nothing about its members.
fn is_free(schema: &Value) -> bool {
    let named = schema.get("properties").and_then(Value::as_object).is_some_and(|members| !members.is_empty());
    !named
        && matches!(schema.get("type").and_then(Value::as_str), None | Some("object"))
        && schema.get("oneOf").is_none()
}

/// Whether a schema of the document admits null. The view has moved the null of components to where they are used, so
/// the place of use is asked.
fn is_nullable(schema: &Value, components: &View) -> bool {
    let name = components.component(schema);
    is_true(schema, "nullable") || name.is_some_and(|name| components.nullable.iter().any(|one| one == name))
}

/// The member that tells the items of a list apart.
pub fn item_key<'o>(operation: &'o Operation, pagination: &'o cx_spec::Pagination) -> Option<&'o str> {
    let stored = operation.resource.as_ref().and_then(|resource| resource.key.as_deref());
    pagination.key.as_deref().or(stored)
}

fn pagination(operation: &Operation, pagination: &cx_spec::Pagination) -> TokenStream {
    let cx_spec::Pagination { page, per_page, first_page, items, .. } = pagination;
    let max_page = option(pagination.max_page.map(|number| quote!(#number)));
    let max_per_page = option(pagination.max_per_page.map(|number| quote!(#number)));
    let sort = |member: fn(&cx_spec::Sort) -> &Option<String>| {
        option(pagination.sort.as_ref().and_then(|sort| member(sort).as_ref()).map(|text| quote!(#text)))
    };
    let (sort_key, sort_order) = (sort(|sort| &sort.key), sort(|sort| &sort.order));
    let default_sort_key = sort(|sort| &sort.default_key);
    let (ascending, descending) = (sort(|sort| &sort.ascending), sort(|sort| &sort.descending));
    let key = option(item_key(operation, pagination).map(|key| quote!(#key)));
    let windows = pagination.windows.values().map(|window| {
        let (parameter, member) = (&window.parameter, &window.member);
        let exclusive = window.bounds.as_deref() == Some("exclusive");
        let grain = window.grain_seconds.unwrap_or(1);
        quote!(Window { parameter: #parameter, member: #member, exclusive: #exclusive, grain_seconds: #grain })
    });
    quote! {
        Pagination {
            page: #page,
            per_page: #per_page,
            first_page: #first_page,
            max_page: #max_page,
            max_per_page: #max_per_page,
            items: #items,
            sort_key: #sort_key,
            sort_order: #sort_order,
            default_sort_key: #default_sort_key,
            ascending: #ascending,
            descending: #descending,
            key: #key,
            windows: &[#(#windows),*],
        }
    }
}

fn option(tokens: Option<TokenStream>) -> TokenStream {
    match tokens {
        Some(tokens) => quote!(Some(#tokens)),
        None => quote!(None),
    }
}

#[cfg(test)]
mod tests {
    use cx_spec::Document;

    use super::*;
    use crate::generate::lower::lower;

    #[test]
    fn a_token_operation_without_a_name_in_rust_ends_in_no_panic() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    post:\n      operationId: get-token\n      \
            x-oauth: {role: token}\n      responses: {'200': {description: ok}}\n";
        let api = Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap();
        let view = lower(&api);
        assert_eq!(view.unsupported.len(), 1);
        assert!(module(&api, std::slice::from_ref(&api), &view).is_ok());
    }

    #[test]
    fn a_token_operation_that_cannot_be_borrowed_is_told_with_its_place() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get: {operationId: get_a, \
            responses: {'200': {description: ok}}}\ncomponents:\n  securitySchemes:\n    \
            bearer: {type: http, scheme: bearer, x-oauth: {document: other}}\n";
        let read = |name: &str| Api::index(Document::parse(name, &format!("{name}.yaml"), text).unwrap()).unwrap();
        let apis = [read("t"), read("other")];
        let place = "t.yaml:8:52: /components/securitySchemes/bearer/x-oauth/document";
        for (all, message) in [
            (&apis[..1], "there is no document `other` beside this one"),
            (&apis[..], "`other` has no token operation to borrow"),
        ] {
            let error = module(&apis[0], all, &lower(&apis[0])).unwrap_err();
            assert_eq!(error.to_string(), format!("{place}: {message}"));
        }
    }

    #[test]
    fn a_member_of_a_secret_object_in_the_query_is_secret() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: get_a\n      \
            parameters:\n        - {name: login, in: query, x-secret: true, schema: {type: object, properties: {pin: {type: string}}}}\n        \
            - {name: who, in: query, style: deepObject, schema: {type: object, properties: {mail: {type: string, x-personal: true}, age: {type: integer}}}}\n      \
            responses: {'200': {description: ok}}\n";
        let api = Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap();
        let table = module(&api, std::slice::from_ref(&api), &lower(&api)).unwrap();
        let flags = |name: &str| {
            let row = table.split("Parameter {").find(|row| row.contains(&format!("name: \"{name}\""))).unwrap();
            (row.contains("secret: true"), row.contains("personal: true"))
        };
        assert_eq!(
            (flags("pin"), flags("who[mail]"), flags("who[age]")),
            ((true, false), (false, true), (false, false))
        );
    }
}
