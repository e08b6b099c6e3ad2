//! Item 70: what is written down: snapshots, reports, recordings, panics.

use std::{
    fs,
    panic::{self, AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use contract_tests::{
    apis::{self, Subject},
    cases::{self, Case},
    report::{ApiReport, Report},
    runner::Outcome,
};
use cx_client::wootric;
use cx_mock::{Answer, issuer};
use serde_json::json;

use super::CANARY;
use crate::{
    stage::{Stage, chain},
    time::Time,
    verdict::{Verdict, ensure, equal},
};

pub async fn item_70_leaves_no_secret_in_what_is_written_down() -> Verdict {
    let secrets = [issuer::PASSWORD, issuer::CLIENT_SECRET, issuer::REFRESH_TOKEN, "-access-0000", "-refresh-0000"];
    let snapshots = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/snapshots"));
    ensure(snapshots.len() > 50, "there are snapshots")?;
    for file in &snapshots {
        let text = fs::read_to_string(file).unwrap();
        let found = secrets.iter().any(|secret| text.contains(secret));
        ensure(!found, format!("{} has no secret of the mock", file.display()))?;
    }

    // A run in which everything fails, so that everything is written down.
    let stage = Stage::wootric(Time::hurried()).await;
    stage.vendor.issuer().accept(CANARY, None);
    let said = json!({"error": "refused", "access_token": CANARY, "email": CANARY});
    stage
        .vendor
        .on("list_end_users", move |_, _| Some(Answer::value(400, said.clone()).header("set-cookie", CANARY)));
    stage.vendor.on("list_responses", |_, _| Some(Answer::value(200, json!([{"id": {"of": CANARY}}]))));
    let client = stage.client::<wootric::Client>().static_token(CANARY).build().unwrap();
    let refused = client.list_end_users().email(CANARY).send().await.map(drop);
    let unread = client.list_responses().send().await.map(drop);
    // What breaks the document is written down as a violation.
    let http = client.core().http();
    for request in [
        http.get(format!("{}/v1/end_users?page={CANARY}", stage.vendor.base_url())).bearer_auth(CANARY),
        http.post(format!("{}/oauth/token", stage.vendor.base_url()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("grant_type={CANARY}&password={CANARY}&client_secret={CANARY}")),
    ] {
        drop(request.send().await.unwrap());
    }
    let violations = stage.vendor.take_violations();
    ensure(!violations.is_empty(), "bad requests break the document")?;
    let exchanges = stage.vendor.take_exchanges();
    equal(exchanges.len(), 4, "requests that were recorded")?;
    let recorded = format!("{exchanges:?} {exchanges:#?}");
    ensure(recorded.contains("list_end_users"), "a recording says what was asked for")?;

    let subject = apis::subjects(Some("wootric")).unwrap().remove(0);
    let (mut report, mut printed) = (ApiReport::new(&subject.api), String::new());
    for outcome in [refused, unread] {
        let Err(error) = outcome else { return ensure(false, "a call with a bad reply fails") };
        printed.push_str(&chain(&error));
        let problems = vec![format!("status 200 ended in an error: {error}"), format!("{error:?}")];
        printed.push_str(&panicked(Err(error)));
        let (violations, exchanges) = (violations.clone(), exchanges.clone());
        report.add(&subject, 1, Outcome { case: case(&subject), problems, violations, exchanges });
    }
    let mut whole = Report::new(1, Vec::new());
    whole.apis.insert("wootric".to_owned(), report);
    let folder = tempfile::tempdir().unwrap();
    whole.write(folder.path()).unwrap();
    let written = files(folder.path());
    ensure(written.len() == 4, "a report is written")?;
    for file in written {
        let text = fs::read_to_string(&file).unwrap();
        ensure(text.contains("ended in an error"), "a report says what failed")?;
        let name = file.file_name().unwrap_or_default().display();
        ensure(!text.contains(CANARY), format!("{name} has no secret"))?;
    }
    for (text, what) in [(recorded, "a recording"), (whole.summary(), "a summary"), (printed, "a panic")] {
        ensure(!text.contains(CANARY), format!("{what} has no secret"))?;
    }
    Ok(())
}

/// All files in a folder and those below.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// A case to report on.
fn case(subject: &Subject) -> Case {
    cases::enumerate(subject).remove(0)
}

/// What a panic on a failure says. Nothing of it is printed: in the output of a run that passed it would look like a
/// failure. An item has its process to itself, so no other panic is silenced.
fn panicked(outcome: cx_client::Result<()>) -> String {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let payload = catch_unwind(AssertUnwindSafe(move || outcome.unwrap())).unwrap_err();
    panic::set_hook(usual);
    payload.downcast_ref::<String>().cloned().unwrap_or_default()
}
