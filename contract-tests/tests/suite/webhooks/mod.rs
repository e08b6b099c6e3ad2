//! What vendors post to us, by the fixtures of `fixtures/webhooks`, which were written from the facts.

mod directly;
mod signature;
mod wootric;

use std::{fs, path::Path};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Map, Value};

/// One delivery, and what must become of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    #[serde(skip)]
    file: String,
    source: String,
    date: String,
    grade: String,
    content_type: String,
    headers: Map<String, Value>,
    body: String,
    expect: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    secret: Option<String>,
    signature_valid: Option<bool>,
    kind: Option<String>,
    event_name: Option<String>,
    event_type: Option<String>,
    echo: Option<bool>,
    author: Option<String>,
    #[serde(default)]
    error: bool,
    #[serde(default)]
    contains: Map<String, Value>,
}

impl Fixture {
    fn headers(&self) -> HeaderMap {
        let pair = |(name, value): (&String, &Value)| {
            let value = HeaderValue::from_str(value.as_str().unwrap()).unwrap();
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), value)
        };
        self.headers.iter().map(pair).collect()
    }

    /// What of the expected members a decoded tree lacks. `null` and a missing member are equal.
    fn missing_in(&self, tree: &Value) -> Vec<String> {
        let expected = self.expect.contains.iter();
        let wrong = expected.filter(|(pointer, value)| tree.pointer(pointer).unwrap_or(&Value::Null) != *value);
        wrong
            .map(|(pointer, value)| format!("{}: {pointer} is {:?}, not {value}", self.file, tree.pointer(pointer)))
            .collect()
    }
}

/// The fixtures of a vendor, in the order of their names.
fn fixtures(vendor: &str) -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/webhooks");
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.starts_with(vendor)).collect();
    names.sort();
    let read = |name: String| {
        let text = fs::read_to_string(folder.join(&name)).unwrap();
        let fixture: Fixture = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        Fixture { file: name, ..fixture }
    };
    names.into_iter().map(read).collect()
}

#[test]
fn every_fixture_names_its_source_and_belongs_to_a_vendor() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/webhooks");
    let all: Vec<Fixture> = ["wootric-", "directly-"].into_iter().flat_map(fixtures).collect();
    assert_eq!(all.len(), fs::read_dir(folder).unwrap().count());
    for Fixture { file, source, date, grade, content_type, headers, .. } in &all {
        assert!(!source.is_empty() && !date.is_empty(), "{file}");
        assert!(["documented", "observed", "inferred"].contains(&grade.as_str()), "{file}: {grade}");
        assert_eq!(headers.get("content-type").and_then(Value::as_str), Some(content_type.as_str()), "{file}");
    }
}
