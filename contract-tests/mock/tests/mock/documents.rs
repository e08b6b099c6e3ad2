//! The documents of this workspace and the made-up one: what they show has to keep what they say.

use std::sync::Arc;

use cx_mock::{Validator, Verdict, example_request};

use crate::apis;

fn complain(findings: &[String]) {
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn every_example_of_a_reply_keeps_its_schema() {
    let mut findings = Vec::new();
    let mut judged = 0;
    for api in apis() {
        let validator = Validator::new(Arc::clone(&api));
        for operation in &api.operations {
            for reply in &operation.replies {
                for media in &reply.media {
                    for example in &media.examples {
                        let status = reply.status.representative();
                        // An empty body is shown as null.
                        let body = if example.value.is_null() { String::new() } else { example.value.to_string() };
                        let found = validator.reply(&operation.id, status, Some(&media.media_type), body.as_bytes());
                        findings.extend(found.iter().map(|violation| format!("{}: {violation}", example.name)));
                        findings.extend(
                            validator
                                .unknown_reply_members(&operation.id, status, &example.value)
                                .iter()
                                .map(|violation| format!("{}: {violation}", example.name)),
                        );
                        judged += 1;
                    }
                }
            }
        }
    }
    assert!(judged > 20);
    complain(&findings);
}

#[test]
fn every_example_of_a_request_is_valid() {
    let mut findings = Vec::new();
    for api in apis() {
        let validator = Validator::new(Arc::clone(&api));
        for operation in &api.operations {
            let media: Vec<_> = operation.body.iter().flat_map(|body| &body.media).collect();
            let bodies = media.iter().flat_map(|media| media.examples.iter().map(|example| (*media, example)));
            let mut bodies: Vec<_> = bodies.map(Some).collect();
            if !operation.body.as_ref().is_some_and(|body| body.required) {
                bodies.push(None);
            }
            for optional in [false, true] {
                for body in &bodies {
                    let shown = body.map(|(media, example)| (media, &example.value));
                    let name = body.map_or("no body", |(_, example)| example.name.as_str());
                    let verdict: Verdict = match example_request(&api, operation, shown, optional) {
                        Ok(request) => validator.request(&request),
                        Err(message) => {
                            findings.push(message);
                            continue;
                        }
                    };
                    let found = verdict.violations.iter().map(|violation| format!("{name}: {violation}"));
                    findings.extend(found);
                    let decoded = verdict.body.as_ref().filter(|_| verdict.is_valid() && verdict.files.is_empty());
                    if let Some(((media, value), decoded)) = shown.zip(decoded) {
                        // `a[][x]=1&a[][y]=2` is one element or two, so such a form only has to be written the same.
                        let again = example_request(&api, operation, Some((media, decoded)), optional).unwrap();
                        let first = example_request(&api, operation, shown, optional).unwrap();
                        if again.body() != first.body() || (decoded != value && !has_objects_in_an_array(value)) {
                            findings.push(format!("{}: {name} does not come back as it was written", operation.id));
                        }
                    }
                }
            }
        }
    }
    complain(&findings);
}

fn has_objects_in_an_array(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Array(items) => items.iter().any(serde_json::Value::is_object),
        serde_json::Value::Object(members) => members.values().any(has_objects_in_an_array),
        _ => false,
    }
}

#[test]
fn every_schema_of_every_document_compiles() {
    let mut findings = Vec::new();
    for api in apis() {
        let schemas = cx_mock::schema::Schemas::new(Arc::clone(&api));
        for (name, node) in api.schemas() {
            for reading in [cx_mock::schema::Reading::Request, cx_mock::schema::Reading::Reply] {
                let faults = schemas.judge(node.pointer(), reading, &serde_json::Value::Null);
                let unusable = faults.iter().filter(|fault| fault.rule == "schema");
                findings.extend(unusable.map(|fault| format!("{} {name}: {}", api.name(), fault.message)));
            }
        }
    }
    complain(&findings);
}

/// Sends a request as it stands and hands back status, content type and body.
async fn send(
    http: &reqwest::Client,
    base_url: &str,
    request: &cx_mock::Incoming,
    prefer: Option<&str>,
) -> (u16, Option<String>, Vec<u8>) {
    let url = format!("{base_url}{}?{}", request.path(), request.query());
    let mut sent = http.request(request.method().parse().unwrap(), url);
    for (name, value) in request.headers() {
        sent = sent.header(name, value);
    }
    if let Some(prefer) = prefer {
        sent = sent.header("prefer", prefer);
    }
    let reply = sent.body(request.body().to_vec()).send().await.unwrap();
    let status = reply.status().as_u16();
    let content_type = reply.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    (status, content_type, reply.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn every_documented_reply_can_be_asked_for() {
    let http = crate::server::http();
    let mut findings = Vec::new();
    for api in apis() {
        let vendor = cx_mock::MockVendor::start(Arc::clone(&api)).await;
        let validator = Validator::new(Arc::clone(&api));
        for operation in &api.operations {
            let media = operation.sent_media();
            let shown = media.and_then(|media| Some((media, &media.examples.first()?.value)));
            let request = example_request(&api, operation, shown, false).unwrap();
            for reply in &operation.replies {
                let wanted = reply.status.representative();
                let names = reply.media.iter().flat_map(|media| &media.examples).map(|one| Some(one.name.as_str()));
                for name in names.chain(reply.media.is_empty().then_some(None)) {
                    let prefer = match name {
                        Some(name) => format!("code={wanted}, example={name}"),
                        None => format!("code={wanted}"),
                    };
                    let (status, kind, body) = send(&http, &vendor.base_url(), &request, Some(&prefer)).await;
                    let found = validator.reply(&operation.id, status, kind.as_deref(), &body);
                    findings.extend(found.iter().map(|violation| format!("{prefer}: {violation}")));
                    if status != wanted {
                        findings.push(format!("{}: {prefer}: {status}", operation.id));
                    }
                }
            }
        }
        findings.extend(vendor.violations().iter().map(ToString::to_string));
    }
    complain(&findings);
}

#[tokio::test]
async fn every_documented_grant_brings_a_token() {
    let http = crate::server::http();
    let mut findings = Vec::new();
    for api in apis() {
        let Some(operation) = api.oauth(cx_spec::OAuthRole::Token) else { continue };
        let vendor = cx_mock::MockVendor::start(Arc::clone(&api)).await;
        let validator = Validator::new(Arc::clone(&api));
        for (name, grant) in &operation.oauth.as_ref().unwrap().grants {
            let known = |parameter: &String| {
                let value = match parameter.as_str() {
                    "client_id" => cx_mock::issuer::CLIENT_ID,
                    "client_secret" => cx_mock::issuer::CLIENT_SECRET,
                    "username" => cx_mock::issuer::USERNAME,
                    "password" => cx_mock::issuer::PASSWORD,
                    "code" => cx_mock::issuer::CODE,
                    "refresh_token" => cx_mock::issuer::REFRESH_TOKEN,
                    "scope" => "read write",
                    other => panic!("nobody knows `{other}`"),
                };
                (parameter.clone(), serde_json::json!(value))
            };
            let mut form: serde_json::Map<_, _> = grant.parameters.iter().map(known).collect();
            form.insert("grant_type".into(), serde_json::json!(name));
            let body = serde_json::Value::Object(form);
            let request = example_request(&api, operation, operation.sent_media().map(|one| (one, &body)), false);
            let (status, kind, reply) = send(&http, &vendor.base_url(), &request.unwrap(), None).await;
            let found = validator.reply(&operation.id, status, kind.as_deref(), &reply);
            findings.extend(found.iter().map(|violation| format!("{name}: {violation}")));
            let reply: serde_json::Value = serde_json::from_slice(&reply).unwrap();
            let refreshes = reply.get("refresh_token").is_some();
            if status / 100 != 2 || refreshes != grant.refresh_token {
                findings.push(format!("{} {name}: {status} {reply}", api.name()));
            }
        }
        findings.extend(vendor.violations().iter().map(ToString::to_string));
    }
    complain(&findings);
}
