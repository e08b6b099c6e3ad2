//! Whatever is given for a part of a path, the request reaches its own operation or is not sent.

use std::collections::BTreeSet;

use contract_tests::{
    apis::Subject,
    arguments::{self, Breadth},
};
use cx_client::{
    CallOptions, Core, ErrorKind, Sent,
    operation::{Location, Operation},
};
use cx_mock::{FaultServer, Incoming, Step};
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support;

/// Arguments that have led, or might lead, elsewhere.
const ODD: &[&str] = &[
    "",
    ".",
    "..",
    "...",
    "a/b",
    "/",
    "//",
    "../x",
    "..\\x",
    "\\",
    "+15550100",
    "ü",
    "日本",
    "%",
    "%2e",
    "%2e%2e",
    "%2E%2E",
    ".%2e",
    "%2F",
    "%2f..",
    "%00",
    "%zz",
    "a?b#c",
    "?",
    "#",
    ";a=b",
    "a;b",
    "&",
    "=",
    ":",
    "@",
    "//host/x",
    "http://example.com",
    " ",
    "a b",
    " a ",
    "\t",
    "\n",
    "\r\n",
    "\0",
    "\u{7f}",
    "\u{feff}",
    "\u{202e}",
    "\"",
    "<>",
    "{id}",
    "[::1]",
    "*",
    "~",
    "promoters",
    "phone_number",
    "export",
    "🦀",
];

/// An operation with parts of its path that are texts.
struct Target {
    subject: Subject,
    row: &'static Operation,
    core: Core,
    /// Arguments that make a good call.
    arguments: Value,
    texts: Vec<&'static str>,
}

fn targets(base_url: &str) -> Vec<Target> {
    let mut targets = Vec::new();
    for subject in support::subjects() {
        let core = support::core(subject, base_url);
        for row in subject.client.api.operations {
            let in_path = row.parameters.iter().filter(|one| one.location == Location::Path && one.kind == "string");
            let texts: Vec<&str> = in_path.map(|one| one.name).collect();
            if texts.is_empty() {
                continue;
            }
            let documented = subject.api.operation(row.id).unwrap();
            let body = documented.sent_media().and_then(|media| media.examples.first());
            let arguments = arguments::example(documented, Breadth::Required, body.map(|one| &one.value));
            targets.push(Target { subject: subject.clone(), row, core: core.clone(), arguments, texts });
        }
    }
    targets
}

impl Target {
    /// Calls with the texts, in the order of the parameters, and gives what was sent.
    fn call(
        &self,
        runtime: &Runtime,
        server: &FaultServer,
        texts: &[String],
    ) -> (Option<cx_client::Error>, Vec<Incoming>) {
        let mut arguments = self.arguments.clone();
        for (name, text) in self.texts.iter().zip(texts) {
            arguments[*name] = json!(text);
        }
        let options = CallOptions::new().max_attempts(1);
        let call = (self.subject.client.call)(self.core.clone(), self.row.id, arguments, options);
        let result = runtime.block_on(call);
        (result.err(), server.take_requests())
    }

    /// What is wrong with the path of a request that was sent with the texts.
    fn strayed(&self, request: &Incoming, texts: &[String]) -> Option<String> {
        let mut given = self.texts.iter().zip(texts);
        let expected: Vec<String> = self
            .row
            .path
            .split('/')
            .map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => match given.clone().find(|(own, _)| **own == name) {
                    Some((_, text)) => text.clone(),
                    None => plain(&self.arguments[name]),
                },
                None => part.to_owned(),
            })
            .collect();
        let (id, path) = (self.row.id, request.path());
        assert!(given.all(|(name, _)| self.row.path.contains(&format!("{{{name}}}"))), "{id}");
        if request.method() != self.row.method.as_str() {
            return Some(format!("{id}: method {}", request.method()));
        }
        let actual = support::segments(path);
        if actual != expected {
            return Some(format!("{id}: {path} is {actual:?}, not {expected:?}"));
        }
        // An encoded dot is a dot to whoever reads the URL by the book (WHATWG), so it must not stand alone.
        let dots = |part: &str| {
            let part = part.to_ascii_lowercase().replace("%2e", ".");
            part == "." || part == ".."
        };
        if path.split('/').any(dots) {
            return Some(format!("{id}: {path} has a part of dots"));
        }
        if !path.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Some(format!("{id}: {path:?} holds what no path may"));
        }
        let known: BTreeSet<&str> = self
            .row
            .parameters
            .iter()
            .filter(|one| one.location == Location::Query && self.arguments.get(one.name).is_some())
            .map(|one| one.name)
            .collect();
        let pairs = request.query_pairs();
        let sent: BTreeSet<&str> = pairs.iter().map(|pair| pair.name.as_str()).collect();
        (sent != known).then(|| format!("{id}: the query has {sent:?}, not {known:?}"))
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// Texts that no part of a path can hold.
fn is_refused(text: &str) -> bool {
    matches!(text, "" | "." | "..")
}

/// What is wrong with a call, if anything.
fn judge(target: &Target, runtime: &Runtime, server: &FaultServer, texts: &[String]) -> Result<(), String> {
    let (error, requests) = target.call(runtime, server, texts);
    let id = target.row.id;
    if texts.iter().any(|text| is_refused(text)) {
        let Some(error) = error else { return Err(format!("{id} took {texts:?}")) };
        let facts = (error.kind(), error.was_sent(), error.attempts(), requests.len());
        let expected = (ErrorKind::InvalidRequest, Sent::No, 0, 0);
        return if facts == expected { Ok(()) } else { Err(format!("{id} {texts:?}: {facts:?}")) };
    }
    match requests.as_slice() {
        [request] => target.strayed(request, texts).map_or(Ok(()), Err),
        requests => Err(format!("{id} {texts:?}: {} requests were sent; {error:?}", requests.len())),
    }
}

fn start() -> (Runtime, FaultServer, Vec<Target>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(FaultServer::start(vec![Step::json(200, &json!({"id": 1}))])).unwrap();
    let targets = targets(&server.base_url());
    let apis: BTreeSet<&str> = targets.iter().map(|target| target.row.api).collect();
    assert!(apis.contains("wootric") && apis.contains("directly"), "{apis:?}");
    (runtime, server, targets)
}

#[test]
fn an_odd_argument_reaches_its_own_path_or_is_refused() {
    let (runtime, server, targets) = start();
    let mut wrong = Vec::new();
    for target in &targets {
        for odd in ODD {
            let texts: Vec<String> = target.texts.iter().map(|_| (*odd).to_owned()).collect();
            wrong.extend(judge(target, &runtime, &server, &texts).err());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn any_argument_reaches_its_own_path_or_is_refused() {
    let (runtime, server, targets) = start();
    let text = prop_oneof![
        2 => any::<String>(),
        2 => "[./\\\\%2eEfF?#;+ a]{0,8}",
        1 => prop::sample::select(ODD).prop_map(ToOwned::to_owned),
        1 => (prop::sample::select(ODD), prop::sample::select(ODD)).prop_map(|(left, right)| format!("{left}{right}")),
    ];
    let calls = (0..targets.len(), prop::collection::vec(text, 2));
    TestRunner::new(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })
        .run(&calls, |(index, texts)| {
            let target = &targets[index];
            assert!(target.texts.len() <= texts.len());
            judge(target, &runtime, &server, &texts[..target.texts.len()]).map_err(TestCaseError::fail)
        })
        .unwrap();
}

#[test]
fn the_lookups_of_an_end_user_send_the_documented_url() {
    let (runtime, server, targets) = start();
    let core = &targets.iter().find(|target| target.row.api == "wootric").unwrap().core;
    let subject = support::subject("wootric");
    for (operation, arguments, path, query) in [
        ("get_end_user", json!({"id": "11"}), "/v1/end_users/11", ""),
        (
            "get_end_user",
            json!({"id": "pat@example.com", "lookup_by_email": true}),
            "/v1/end_users/pat%40example.com",
            "lookup_by_email=true",
        ),
        (
            "get_end_user",
            json!({"id": "pat+nps@example.com", "lookup_by_email": true}),
            "/v1/end_users/pat%2Bnps%40example.com",
            "lookup_by_email=true",
        ),
        (
            "get_end_user",
            json!({"id": "u-11", "lookup_by_external_id": true}),
            "/v1/end_users/u-11",
            "lookup_by_external_id=true",
        ),
        (
            "get_end_user",
            json!({"id": "eu/west 11", "lookup_by_external_id": true}),
            "/v1/end_users/eu%2Fwest%2011",
            "lookup_by_external_id=true",
        ),
        (
            "get_end_user_by_phone_number",
            json!({"phone_number": "+15550100"}),
            "/v1/end_users/phone_number/%2B15550100",
            "",
        ),
    ] {
        let call = (subject.client.call)(core.clone(), operation, arguments, CallOptions::new());
        runtime.block_on(call).unwrap();
        let requests = server.take_requests();
        let [request] = requests.as_slice() else { panic!("{} requests", requests.len()) };
        // In a path `@` and `+` mean the same as their escapes do.
        let same = |path: &str| path.replace("%40", "@").replace("%2B", "+");
        assert_eq!((request.method(), same(request.path())), ("GET", same(path)));
        assert_eq!(request.query(), query);
    }
}
