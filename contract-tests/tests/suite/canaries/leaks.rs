//! Leaks made on purpose, each of which the search has to find, and harmless twins, in which it has to find nothing.

use std::fmt::{self, Display};

use base64::{Engine, engine::general_purpose::STANDARD};
use contract_tests::{
    cases,
    report::{ApiReport, Report},
    runner::Outcome,
};
use cx_mock::ClosedPort;
use http::{HeaderMap, HeaderValue};
use serde_json::json;

use super::{CANARY, debug, files, hidden, masks, search};
use crate::{capture::Capture, support};

/// Leaks that are seeded at least.
const LEAST: usize = 12;

/// A type that should have masked its member.
#[derive(Debug)]
#[expect(dead_code, reason = "it is there to be printed")]
struct Derived {
    token: String,
}

/// An error that quotes what it should not.
struct Quoting(String);

impl Display for Quoting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the vendor refused {}", self.0)
    }
}

fn traced(secret: &str) -> String {
    let capture = Capture::start();
    tracing::trace!(token = secret, "asked for a token");
    capture.text()
}

fn logged(secret: &str) -> String {
    let capture = Capture::start();
    log::trace!("sending Bearer {secret}");
    capture.text()
}

fn panicked(secret: &str) -> String {
    let secret = secret.to_owned();
    let payload = std::panic::catch_unwind(move || panic!("no reply to {secret}")).unwrap_err();
    payload.downcast_ref::<String>().unwrap().clone()
}

fn header(secret: &str) -> HeaderMap {
    [(http::header::AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {secret}")).unwrap())].into_iter().collect()
}

/// An error of the HTTP library that kept its URL.
async fn url(secret: &str) -> String {
    let port = ClosedPort::take().unwrap();
    let url = format!("{}/v1/end_users?access_token={secret}", port.base_url().unwrap());
    let core = support::core(&support::subject("wootric"), &port.base_url().unwrap());
    core.http().get(url).send().await.unwrap_err().to_string()
}

fn snapshot(secret: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("---\nsource: a.rs\n---\n{:#}\n", json!({"authorization": format!("Bearer {secret}")}));
    std::fs::write(folder.path().join("a.snap"), text).unwrap();
    files::texts(folder.path()).into_iter().map(|(_, text)| text).collect()
}

fn report(secret: &str) -> String {
    let problems = vec![format!("the typed reply lost {secret}")];
    let mut api = ApiReport::default();
    let subject = support::subject("wootric");
    let case = cases::enumerate(&subject).remove(0);
    api.add(&subject, 0, Outcome { case, problems, violations: Vec::new(), exchanges: Vec::new() });
    let mut report = Report::new(0, Vec::new());
    report.apis.insert("vendor".to_owned(), api);
    let folder = tempfile::tempdir().unwrap();
    report.write(folder.path()).unwrap();
    files::texts(folder.path()).into_iter().map(|(_, text)| text).collect()
}

/// Each byte of a text as `%63`, which URL rules read as the text.
fn percent_encoded(secret: &str) -> String {
    secret.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn leaks(secret: &str) -> Vec<(&'static str, String)> {
    let (first, second) = secret.split_at(3);
    vec![
        ("a type with a derived Debug", debug(&Derived { token: secret.to_owned() })),
        ("a line of a trace", traced(secret)),
        ("a line of a log", logged(secret)),
        ("a header that is not marked sensitive", debug(&header(secret))),
        ("a URL in an error", url(secret).await),
        ("a snapshot", snapshot(secret)),
        ("a report", report(secret)),
        ("a line for curl", format!("curl 'https://a.example/?access_token={}'", percent_encoded(secret))),
        ("a panic", panicked(secret)),
        ("the text of an error", Quoting(secret.to_owned()).to_string()),
        ("Basic authentication", format!("Basic {}", STANDARD.encode(format!("pat:{secret}")))),
        ("a member in pieces", format!("{:#}", json!({"token": [first, second]}))),
        ("a dump of headers", format!("{:?}", header(secret)[http::header::AUTHORIZATION].as_bytes())),
        ("hexadecimal digits", secret.bytes().map(|byte| format!("{byte:02X} ")).collect()),
        ("escapes of JSON", secret.bytes().map(|byte| format!("\\u{byte:04x}")).collect()),
        ("a URL in a URL", percent_encoded(&percent_encoded(secret))),
    ]
}

#[tokio::test]
async fn seeded_leaks_are_all_caught() {
    let leaks = leaks("canary-token").await;
    let mut caught = 0;
    for (name, text) in &leaks {
        let form = search::found(text, CANARY);
        println!("{name:<40} {}", form.unwrap_or("MISSED"));
        caught += usize::from(form.is_some());
    }
    println!("{caught} of {} seeded leaks caught", leaks.len());
    assert!(leaks.len() >= LEAST);
    assert_eq!(caught, leaks.len());
}

#[tokio::test]
async fn nothing_is_found_where_nothing_leaks() {
    for (name, text) in leaks("pigeon-token").await {
        assert_eq!(search::found(&text, CANARY), None, "{name}: {text}");
    }
}

#[test]
fn the_checks_that_the_other_tests_use_can_fail() {
    assert!(std::panic::catch_unwind(|| hidden(&Quoting("Canary".to_owned()).to_string())).is_err());
    assert!(std::panic::catch_unwind(|| masks::<serde_json::Value>(json!("canary"))).is_err());
}
