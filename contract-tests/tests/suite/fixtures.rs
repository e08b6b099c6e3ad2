//! The golden exchanges under `fixtures/`, which were written from the facts and not from the documents.
//!
//! `fixtures/README.md` says how a fixture is read. `fixtures/webhooks` is for the module that reads webhooks.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

use contract_tests::{apis::Subject, live};
use cx_client::{CallOptions, Error, ErrorKind, dynamic::Reply};
use cx_mock::{FaultServer, Incoming, Step, Validator, issuer};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::{self, Part, TOKEN};

/// Exchanges that the client cannot have, and why. One that it can have after all has no place here.
const UNSUPPORTED: &[(&str, &str)] = &[
    (
        "wootric/create_response__undocumented_sdk_fields.json",
        "the document requires `ip_address`, as the vendor's table does; the vendor's SDKs leave it out",
    ),
    (
        "wootric/create_token__client_credentials_without_secret.json",
        "the document does not offer client credentials without a secret, and says so",
    ),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    #[serde(skip)]
    file: String,
    source: String,
    date: String,
    grade: String,
    operation: String,
    arguments: Value,
    request: Request,
    reply: Scripted,
    outcome: Outcome,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    form: Option<Vec<(String, String)>>,
    json: Option<Value>,
    multipart: Option<Vec<Part>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scripted {
    status: u16,
    headers: Map<String, Value>,
    json: Option<Value>,
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    kind: Kind,
    status: u16,
    message: Option<String>,
    #[serde(default)]
    absent: bool,
    #[serde(default)]
    not_modified: bool,
    #[serde(default)]
    contains: Map<String, Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Ok,
    Error,
}

#[tokio::test]
async fn every_exchange_with_wootric_is_had_as_the_facts_tell_it() {
    hold("wootric").await;
}

#[tokio::test]
async fn every_exchange_with_wootric_cxi_is_had_as_the_facts_tell_it() {
    hold("wootric-cxi").await;
}

#[tokio::test]
async fn every_exchange_with_directly_is_had_as_the_facts_tell_it() {
    hold("directly").await;
}

#[test]
fn every_operation_has_a_fixture_of_its_success() {
    let mut missing = Vec::new();
    for subject in support::subjects() {
        let fixtures = fixtures(subject.name());
        assert!(!fixtures.is_empty(), "{} has no fixtures", subject.name());
        let shown: BTreeSet<&str> = fixtures
            .iter()
            .filter(|fixture| fixture.outcome.kind == Kind::Ok)
            .map(|fixture| fixture.operation.as_str())
            .collect();
        let all = subject.api.operations.iter().map(|operation| operation.id.as_str());
        missing.extend(all.filter(|id| !shown.contains(id)).map(|id| format!("{}/{id}", subject.name())));
    }
    assert!(missing.is_empty(), "operations whose success no fixture shows: {missing:#?}");
}

#[test]
fn pairs_are_compared_by_what_their_order_means() {
    let pairs = |text: &str| {
        let pair =
            |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
        in_order(&text.split('&').map(pair).collect::<Vec<_>>())
    };
    assert_eq!(pairs("a=1&b=2"), pairs("b=2&a=1"));
    assert_ne!(pairs("a[]=1&a[]=2"), pairs("a[]=2&a[]=1"));
    assert_eq!(pairs("a[][b]=1&a[][c]=2&a[][b]=3"), pairs("a[][c]=2&a[][b]=1&a[][b]=3"));
    // The second `c` belongs to another element.
    assert_ne!(pairs("a[][b]=1&a[][c]=2&a[][b]=3"), pairs("a[][b]=1&a[][b]=3&a[][c]=2"));
    assert_ne!(pairs("a[][b]=1&a[][b]=2"), pairs("a[][b]=2&a[][b]=1"));
    assert_ne!(pairs("a[][b]=1&a[][c][]=2&a[][b]=3"), pairs("a[][b]=1&a[][b]=3&a[][c][]=2"));
}

#[test]
fn every_fixture_names_its_source_and_grade() {
    let mut count = 0;
    for api in ["wootric", "wootric-cxi", "directly"] {
        for fixture in fixtures(api) {
            let Fixture { file, source, date, grade, operation, .. } = &fixture;
            assert!(!source.is_empty() && !date.is_empty(), "{file}");
            assert!(["documented", "observed", "inferred"].contains(&grade.as_str()), "{file}: {grade}");
            assert!(file.starts_with(&format!("{api}/{operation}__")), "{file} shows {operation}");
            count += 1;
        }
    }
    assert!(count > 0);
}

#[test]
fn every_unsupported_exchange_is_there() {
    let all: BTreeSet<String> =
        ["wootric", "wootric-cxi", "directly"].into_iter().flat_map(fixtures).map(|fixture| fixture.file).collect();
    for (file, reason) in UNSUPPORTED {
        assert!(all.contains(*file), "{file} is not there");
        assert!(!reason.is_empty(), "{file}");
    }
}

#[tokio::test]
async fn what_a_live_run_records_is_had_like_any_other_fixture() {
    for subject in support::subjects() {
        let vendor = subject.vendor().await;
        let folder = tempfile::tempdir().unwrap();
        let settings = live::Settings::of(subject.clone(), &vendor.base_url()).unwrap();
        let settings = live::Settings {
            record: Some(folder.path().to_owned()),
            environment: Arc::new(support::Patient::default()),
            ..settings
        };
        let credentials = |name: &str| match name {
            "CX_CLIENT_ID" => Some(issuer::CLIENT_ID.to_owned()),
            "CX_CLIENT_SECRET" => Some(issuer::CLIENT_SECRET.to_owned()),
            _ => None,
        };
        let report = live::run(&settings, &credentials, std::future::pending()).await.unwrap();
        let fixtures = fixtures_in(folder.path(), subject.name());
        let recorded: BTreeSet<&str> = fixtures.iter().map(|fixture| fixture.operation.as_str()).collect();
        assert_eq!(recorded, report.operations.run.iter().map(String::as_str).collect::<BTreeSet<_>>());
        let validator = Validator::new(subject.api.clone());
        for fixture in &fixtures {
            assert_eq!((fixture.grade.as_str(), fixture.date.as_str()), ("observed", "2020-09-13"));
            let problems = exchange(subject, &validator, fixture).await;
            assert!(problems.is_empty(), "{}: {problems:#?}", fixture.file);
        }
    }
}

/// The fixtures of an API, in the order of their names.
fn fixtures(api: &str) -> Vec<Fixture> {
    fixtures_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), api)
}

fn fixtures_in(folder: &Path, api: &str) -> Vec<Fixture> {
    let folder = folder.join(api);
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    let read = |name: String| {
        let text = fs::read_to_string(folder.join(&name)).unwrap();
        let fixture: Fixture = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{api}/{name}: {error}"));
        Fixture { file: format!("{api}/{name}"), ..fixture }
    };
    names.into_iter().map(read).collect()
}

/// Has every exchange of an API and complains of all that went wrong.
async fn hold(api: &str) {
    let subject = support::subject(api);
    let validator = Validator::new(subject.api.clone());
    let fixtures = fixtures(api);
    assert!(!fixtures.is_empty());
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for fixture in &fixtures {
        let problems = exchange(&subject, &validator, fixture).await;
        checked += 1;
        match UNSUPPORTED.iter().find(|(file, _)| *file == fixture.file) {
            Some(_) if problems.is_empty() => wrong.push(format!("{}: is supported after all", fixture.file)),
            Some(_) => {}
            None => wrong.extend(problems.into_iter().map(|problem| format!("{}: {problem}", fixture.file))),
        }
    }
    assert_eq!(checked, fixtures.len());
    assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n"));
}

async fn exchange(subject: &Subject, validator: &Validator, fixture: &Fixture) -> Vec<String> {
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
fn options(subject: &Subject, fixture: &Fixture) -> CallOptions {
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

fn script(reply: &Scripted) -> Step {
    let headers: Vec<(&str, &str)> =
        reply.headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    let body = match (&reply.json, &reply.text) {
        (Some(json), None) => json.to_string(),
        (None, Some(text)) => text.clone(),
        (None, None) => String::new(),
        (Some(_), Some(_)) => panic!("a reply with two bodies"),
    };
    Step::reply(reply.status, &headers, body)
}

/// A file of a fixture is `{file_name, value}`, one of the client `{file_name, content}`.
fn with_files(mut arguments: Value) -> Value {
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

fn judge_request(fixture: &Fixture, request: &Incoming) -> Vec<String> {
    let mut problems = Vec::new();
    let expected = &fixture.request;
    let mut check = |what: &str, expected: &dyn std::fmt::Debug, actual: &dyn std::fmt::Debug, same: bool| {
        if !same {
            problems.push(format!("{what} is {actual:?}, not {expected:?}"));
        }
    };
    check("the method", &expected.method, &request.method(), expected.method == request.method());
    let same = support::segments(&expected.path) == support::segments(request.path());
    check("the path", &expected.path, &request.path(), same);
    let (wanted, query) = (in_order(&expected.query), in_order(&support::texts(request.query_pairs())));
    check("the query", &wanted, &query, wanted == query);
    let media_type = request.media_type();
    let media_type = media_type.as_deref();
    match (&expected.form, &expected.json, &expected.multipart) {
        (Some(form), None, None) => {
            let wanted = Some("application/x-www-form-urlencoded");
            check("the content type", &wanted, &media_type, wanted == media_type);
            let wanted = in_order(form);
            let form = in_order(&support::texts(cx_mock::form::urlencoded(request.body())));
            check("the form", &wanted, &form, wanted == form);
        }
        (None, Some(json), None) => {
            check("the content type", &"application/json", &media_type, media_type == Some("application/json"));
            let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
            check("the body", json, &body, same_value(json, &body, Nulls::Differ));
        }
        (None, None, Some(parts)) => {
            let wanted = Some("multipart/form-data");
            check("the content type", &wanted, &media_type, wanted == media_type);
            if media_type == wanted {
                let wanted = parts_in_order(parts);
                let parts = parts_in_order(&support::parts(request));
                check("the parts", &wanted, &parts, wanted == parts);
            }
        }
        (None, None, None) => {
            let body = String::from_utf8_lossy(request.body());
            check("the body", &"", &body, body.is_empty());
        }
        _ => panic!("{}: a request with two bodies", fixture.file),
    }
    let bearer = format!("Bearer {TOKEN}");
    let wanted = (!["/oauth/token", "/oauth/auth"].contains(&expected.path.as_str())).then_some(bearer.as_str());
    let authorization = request.header("authorization");
    check("the authorization", &wanted, &authorization, wanted == authorization);
    problems
}

/// Pairs in an order in which only what carries a meaning is left.
fn in_order(pairs: &[(String, String)]) -> Vec<(String, String)> {
    sorted(pairs, |(name, _)| name)
}

fn parts_in_order(parts: &[Part]) -> Vec<Part> {
    sorted(parts, |part| &part.name)
}

/// The order among equal names carries a meaning, and in a group the one among its elements, of which the next begins
/// where a member comes again (Rack). The members of one element are those of a map.
fn sorted<T: Clone>(all: &[T], name: impl Fn(&T) -> &str) -> Vec<T> {
    let mut open: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    let place = |item| {
        let name = name(item);
        let group = group(name);
        let (element, members) = open.entry(group).or_default();
        let member = &name[group.len()..];
        // What repeats within an element says so.
        if !member.is_empty() && !member.contains("[]") && !members.insert(member) {
            *element += 1;
            *members = BTreeSet::from([member]);
        }
        (group, *element, member)
    };
    let mut placed: Vec<_> = all.iter().map(place).zip(all).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, item)| item.clone()).collect()
}

/// `users[]` of `users[][id]`, and any other name as it is.
fn group(name: &str) -> &str {
    name.find("[][").map_or(name, |at| &name[..at + 2])
}

fn judge_outcome(subject: &Subject, fixture: &Fixture, result: Result<Reply, Error>) -> Vec<String> {
    let outcome = &fixture.outcome;
    match (outcome.kind, result) {
        (Kind::Ok, Ok(reply)) => judge_reply(subject, fixture, &reply),
        (Kind::Error, Err(error)) => judge_error(fixture, &error),
        (Kind::Ok, Err(error)) => vec![format!("ended in an error: {error} ({error:?})")],
        (Kind::Error, Ok(reply)) => vec![format!("status {} was taken for a success", reply.status)],
    }
}

fn judge_reply(subject: &Subject, fixture: &Fixture, reply: &Reply) -> Vec<String> {
    let outcome = &fixture.outcome;
    let mut problems = Vec::new();
    if reply.status.as_u16() != outcome.status {
        problems.push(format!("the status is {}, not {}", reply.status, outcome.status));
    }
    if let Some(sent) = &fixture.reply.json
        && reply.raw.as_ref() != Some(sent)
    {
        problems.push("the raw reply is not what was sent".to_owned());
    }
    for (name, value) in &fixture.reply.headers {
        if reply.headers.get(name).and_then(|value| value.to_str().ok()) != value.as_str() {
            problems.push(format!("the header {name} was lost"));
        }
    }
    if outcome.not_modified && (reply.status != 304 || !reply.typed.is_null()) {
        problems.push("a poll that brought nothing new is not told as such".to_owned());
    }
    if outcome.absent {
        let envelope = subject.api.operation(&fixture.operation).and_then(|operation| operation.envelope.as_ref());
        let payload = envelope.map_or(Some(&reply.typed), |envelope| reply.typed.get(&envelope.data));
        if payload.is_some_and(|payload| !is_nothing(payload)) {
            problems.push(format!("a payload out of nothing: {payload:?}"));
        }
    }
    problems.extend(contained(&outcome.contains, &reply.typed));
    problems
}

fn judge_error(fixture: &Fixture, error: &Error) -> Vec<String> {
    let outcome = &fixture.outcome;
    let mut problems = Vec::new();
    if error.status().map(|status| status.as_u16()) != Some(outcome.status) {
        problems.push(format!("the status is {:?}, not {}", error.status(), outcome.status));
    }
    let expected = if outcome.status == 401 { ErrorKind::Authentication } else { ErrorKind::Api };
    if error.kind() != expected {
        problems.push(format!("the error is of kind {:?}, not {expected:?}", error.kind()));
    }
    if outcome.message.is_some() && error.vendor_message() != outcome.message {
        problems.push(format!("the message is {:?}, not {:?}", error.vendor_message(), outcome.message));
    }
    let body = error.body().map(|body| body.as_ref()).unwrap_or_default();
    let sent = match (&fixture.reply.json, &fixture.reply.text) {
        (Some(json), _) => json.to_string(),
        (None, text) => text.clone().unwrap_or_default(),
    };
    if body != sent.as_bytes() {
        problems.push("the error lost its body".to_owned());
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    problems.extend(contained(&outcome.contains, &body));
    problems
}

fn contained(expected: &Map<String, Value>, actual: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    for (pointer, expected) in expected {
        let actual = actual.pointer(pointer).unwrap_or(&Value::Null);
        if !same_value(expected, actual, Nulls::AreAbsent) {
            problems.push(format!("{pointer} is {actual}, not {expected}"));
        }
    }
    problems
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Nulls {
    AreAbsent,
    Differ,
}

/// Equality by value: `1` is `1.0`, and in a reply `"1"`, and what is null may be missing there.
fn same_value(expected: &Value, actual: &Value, nulls: Nulls) -> bool {
    match (expected, actual) {
        (Value::Object(left), Value::Object(right)) => {
            let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            names.into_iter().all(|name| match (left.get(name), right.get(name), nulls) {
                (Some(left), Some(right), _) => same_value(left, right, nulls),
                (Some(one), None, Nulls::AreAbsent) | (None, Some(one), Nulls::AreAbsent) => one.is_null(),
                _ => false,
            })
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same_value(left, right, nulls))
        }
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Number(number), Value::String(text)) | (Value::String(text), Value::Number(number))
            if nulls == Nulls::AreAbsent =>
        {
            text.parse() == Ok(number.as_f64().unwrap())
        }
        (left, right) => left == right,
    }
}

fn is_nothing(value: &Value) -> bool {
    *value == Value::Null || *value == json!({})
}
