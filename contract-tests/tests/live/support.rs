//! A run against a vendor, in a time that passes at once.

#[path = "../common/patient.rs"]
mod patient;

use std::{
    future::pending,
    sync::{Arc, LazyLock},
};

use contract_tests::{
    apis::{self, Subject},
    live::{self, Report, Settings},
};
use cx_mock::issuer;

pub use patient::Patient;

pub const APIS: &[&str] = &["wootric", "wootric-cxi", "directly"];

/// The settings of a run that nothing slows down.
pub fn settings(api: &str, base_url: &str) -> Settings {
    let settings = Settings::of(subject(api), base_url).unwrap().with_limits(1.0, 1_000).unwrap();
    Settings { environment: Arc::new(Patient::default()), ..settings }
}

/// Credentials that the mock knows, one kind at a time.
pub fn mock_credentials(name: &str) -> Option<String> {
    let value = match name {
        "CX_CLIENT_ID" => issuer::CLIENT_ID,
        "CX_CLIENT_SECRET" => issuer::CLIENT_SECRET,
        _ => return None,
    };
    Some(value.to_owned())
}

/// A run that nobody ends.
pub async fn run(settings: &Settings) -> Report {
    live::run(settings, &mock_credentials, pending()).await.unwrap()
}

/// The subject of an API. The documents are read once, because that takes a while.
pub fn subject(api: &str) -> Subject {
    static ALL: LazyLock<Vec<Subject>> = LazyLock::new(|| apis::subjects(None).unwrap());
    ALL.iter().find(|subject| subject.name() == api).unwrap().clone()
}
