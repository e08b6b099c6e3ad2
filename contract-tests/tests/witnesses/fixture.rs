//! What a fixture says. `fixtures/README.md` explains each member.

use std::{fs, path::Path};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::support::Part;

/// The documents that fixtures speak of.
pub(crate) const APIS: [&str; 3] = ["wootric", "wootric-cxi", "directly"];

/// Exchanges that the client cannot have, and why. One that it can have after all has no place here.
pub(crate) const UNSUPPORTED: &[(&str, &str)] = &[
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
pub(crate) struct Fixture {
    #[serde(skip)]
    pub file: String,
    pub source: String,
    pub date: String,
    pub grade: String,
    pub operation: String,
    pub arguments: Value,
    pub request: Request,
    pub reply: Scripted,
    pub outcome: Outcome,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub form: Option<Vec<(String, String)>>,
    pub json: Option<Value>,
    pub multipart: Option<Vec<Part>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scripted {
    pub status: u16,
    pub headers: Map<String, Value>,
    pub json: Option<Value>,
    pub text: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    pub kind: Kind,
    pub status: u16,
    pub message: Option<String>,
    #[serde(default)]
    pub absent: bool,
    #[serde(default)]
    pub not_modified: bool,
    #[serde(default)]
    pub contains: Map<String, Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Ok,
    Error,
}

/// The fixtures of an API, in the order of their names.
pub(crate) fn fixtures(api: &str) -> Vec<Fixture> {
    fixtures_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), api)
}

/// The fixtures of an API below a folder.
pub(crate) fn fixtures_in(folder: &Path, api: &str) -> Vec<Fixture> {
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
