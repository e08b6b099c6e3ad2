//! What several modules need: subjects, clients of a raw server, surroundings without a real clock, readers of the wire.

#[path = "../common/patient.rs"]
mod patient;

use std::sync::{Arc, LazyLock, OnceLock};

use contract_tests::apis::{self, Subject};
use cx_client::{Core, CoreBuilder, auth::Credentials};
use cx_mock::{Incoming, form};

pub use patient::Patient;

/// The token that the fixtures send.
pub const TOKEN: &str = "example-access-token";

/// All subjects. They are read once, because that takes a while.
pub fn subjects() -> &'static [Subject] {
    static ALL: LazyLock<Vec<Subject>> = LazyLock::new(|| apis::subjects(None).unwrap());
    &ALL
}

/// The subject of this name.
pub fn subject(api: &str) -> Subject {
    subjects().iter().find(|subject| subject.name() == api).unwrap().clone()
}

/// A client of any server, with a token that is not renewed and surroundings that never wait.
pub fn core(subject: &Subject, base_url: &str) -> Core {
    builder(subject, base_url, &Arc::default()).build().unwrap()
}

/// The builder of such a client. All of them share one HTTP client, because setting up TLS takes longer than all else;
/// it is one that the client itself made, with whatever that says about redirects.
pub fn builder(subject: &Subject, base_url: &str, surroundings: &Arc<Patient>) -> CoreBuilder {
    static FIRST: OnceLock<Core> = OnceLock::new();
    let first =
        FIRST.get_or_init(|| CoreBuilder::new(subject.client.api).base_url("http://127.0.0.1:9").build().unwrap());
    let surroundings: Arc<Patient> = Arc::clone(surroundings);
    CoreBuilder::new(subject.client.api)
        .base_url(base_url)
        .token_base_url(base_url)
        .credentials(Credentials::fixed(TOKEN))
        .http_client(first.http().clone())
        .environment(surroundings)
}

/// The segments of a path, each decoded on its own. A `+` is a `+`.
pub fn segments(path: &str) -> Vec<String> {
    path.split('/').map(decoded).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|hex| *first == b'%' && hex.iter().all(u8::is_ascii_hexdigit));
        match hex {
            Some(hex) => {
                bytes.push(u8::from_str_radix(std::str::from_utf8(hex).unwrap(), 16).unwrap());
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// Pairs of texts, as in a query or an urlencoded form.
pub fn texts(pairs: Vec<form::Pair>) -> Vec<(String, String)> {
    let text = |part| match part {
        form::Part::Text(text) | form::Part::Json(text) => text,
        form::Part::File(file) => panic!("a file: {}", file.marker()),
    };
    pairs.into_iter().map(|pair| (pair.name, text(pair.part))).collect()
}

/// One part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Name of the member.
    pub name: String,
    /// Name of the file, if it is one.
    pub file_name: Option<String>,
    /// Content.
    pub value: String,
}

/// The parts of a multipart request, with their contents.
pub fn parts(request: &Incoming) -> Vec<Part> {
    let boundary = form::boundary(request.header("content-type").unwrap()).unwrap();
    // The strict reader first: it does not keep what a file holds.
    let judged = form::multipart(&boundary, request.body()).unwrap();
    let body = std::str::from_utf8(request.body()).unwrap();
    let delimiter = format!("--{boundary}");
    let contents: Vec<&str> = body
        .split(&delimiter)
        .skip(1)
        .filter(|part| part.starts_with("\r\n"))
        .map(|part| part.split_once("\r\n\r\n").unwrap().1.strip_suffix("\r\n").unwrap())
        .collect();
    assert_eq!(judged.len(), contents.len());
    let part = |(pair, content): (form::Pair, &str)| Part {
        name: pair.name,
        file_name: match pair.part {
            form::Part::File(file) => file.file_name,
            form::Part::Text(_) | form::Part::Json(_) => None,
        },
        value: content.to_owned(),
    };
    judged.into_iter().zip(contents).map(part).collect()
}
