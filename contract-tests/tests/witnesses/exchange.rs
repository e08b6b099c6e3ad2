//! One exchange: the call of a fixture against a server that answers as the fixture says.

use contract_tests::apis::Subject;
use cx_client::CallOptions;
use cx_mock::{FaultServer, Step, Validator};
use serde_json::{Map, Value};

use crate::{
    fixture::{Fixture, Kind, Request, Scripted},
    outcome::judge_outcome,
    request::judge_request,
    support,
};

/// Has the exchange; what went wrong.
pub(crate) async fn exchange(subject: &Subject, validator: &Validator, fixture: &Fixture) -> Vec<String> {
    let server = FaultServer::start(vec![script(&fixture.reply)]).await.unwrap();
    let core = support::core(subject, &server.base_url());
    let arguments = with_files(fixture.arguments.clone());
    let options = options(subject, fixture).max_attempts(1);
    let result = (subject.client.call)(core, &fixture.operation, arguments, options).await;
    let mut problems = Vec::new();
    match server.take_requests().as_slice() {
        [request] => {
            problems.extend(judge_request(fixture, request));
            let verdict = validator.request(request);
            if verdict.operation.as_deref() != Some(&fixture.operation) {
                problems.push(format!("the document takes the request for {:?}", verdict.operation));
            }
            // What a vendor refuses may break the document.
            if fixture.outcome.kind == Kind::Ok {
                let against = verdict.violations.iter().map(|violation| format!("against the document: {violation}"));
                problems.extend(against);
            }
        }
        requests => problems.push(format!("{} requests were sent", requests.len())),
    }
    problems.extend(judge_outcome(subject, fixture, result));
    problems
}

/// The media type is asked for where the exchange has another than the client's usual one.
pub(crate) fn options(subject: &Subject, fixture: &Fixture) -> CallOptions {
    let Request { form, json, multipart, .. } = &fixture.request;
    let media_type = match (form, json, multipart) {
        (Some(_), ..) => "application/x-www-form-urlencoded",
        (_, Some(_), _) => "application/json",
        (.., Some(_)) => "multipart/form-data",
        (None, None, None) => return CallOptions::new(),
    };
    let usual = subject.api.operation(&fixture.operation).and_then(|operation| operation.sent_media());
    match usual {
        Some(usual) if usual.media_type != media_type => CallOptions::new().media_type(media_type),
        _ => CallOptions::new(),
    }
}

pub(crate) fn script(reply: &Scripted) -> Step {
    let headers: Vec<(&str, &str)> =
        reply.headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    Step::reply(reply.status, &headers, body(reply))
}

fn body(reply: &Scripted) -> String {
    match (&reply.json, &reply.text) {
        (Some(json), None) => json.to_string(),
        (None, Some(text)) => text.clone(),
        (None, None) => String::new(),
        (Some(_), Some(_)) => panic!("a reply with two bodies"),
    }
}

/// What a vendor documents, its document has to take. What was only observed or inferred may well break it.
pub(crate) fn judge_documented(validator: &Validator, fixture: &Fixture) -> Vec<String> {
    if fixture.grade != "documented" {
        return Vec::new();
    }
    let reply = &fixture.reply;
    let content_type = reply.headers.get("content-type").and_then(Value::as_str);
    let violations = validator.reply(&fixture.operation, reply.status, content_type, body(reply).as_bytes());
    violations.iter().map(|violation| format!("the reply is against the document: {violation}")).collect()
}

/// A file of a fixture is `{file_name, value}`, one of the client `{file_name, content}`.
pub(crate) fn with_files(mut arguments: Value) -> Value {
    let members = arguments.get_mut("body").and_then(Value::as_object_mut);
    for member in members.into_iter().flat_map(Map::values_mut) {
        let Some(file) = member.as_object_mut() else { continue };
        if file.len() == 2 && file.contains_key("file_name") {
            let content = file.remove("value").unwrap();
            file.insert("content".to_owned(), content);
        }
    }
    arguments
}
