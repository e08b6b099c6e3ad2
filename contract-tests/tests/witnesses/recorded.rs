//! What a live run records is a fixture like any other.

use std::{collections::BTreeSet, sync::Arc};

use contract_tests::live;
use cx_mock::{Validator, issuer};

use crate::{exchange, fixture::fixtures_in, support};

/// Records an honest vendor of each document, and has every exchange again from what was written.
pub(crate) async fn what_a_live_run_records_is_had_like_any_other_fixture() -> Vec<String> {
    let mut problems = Vec::new();
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
            let wrong = exchange::exchange(&subject, &validator, fixture).await;
            problems.extend(wrong.into_iter().map(|problem| format!("{}: {problem}", fixture.file)));
        }
    }
    problems
}
