//! Secrets come from the environment and from files, and are found nowhere afterwards.

use std::fs;

use cx_mock::{Answer, ClosedPort, issuer};
use serde_json::json;

use crate::process::{Ran, applicant, cx, vendor};

/// Values that occur nowhere else.
const CANARIES: &[(&str, &str)] = &[
    ("CX_TOKEN", "canary-token-5511"),
    ("CX_CLIENT_ID", "shown-client-id"),
    ("CX_CLIENT_SECRET", "canary-client-secret-5512"),
    ("CX_USERNAME", "shown@example.com"),
    ("CX_PASSWORD", "canary-password-5513"),
    ("CX_REFRESH_TOKEN", "canary-refresh-token-5514"),
    ("CX_ACCOUNT_TOKEN", "NPS-canary-5515"),
    ("CX_EXTERNAL_ID_SYSTEM", "canary-system-5516"),
];

#[track_caller]
fn shows_no_canary(ran: &Ran) {
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains("canary"), "{text}");
    }
}

/// Every credential but for those that are named.
fn with_canaries(mut run: crate::process::Cx, without: &[&str]) -> crate::process::Cx {
    for (name, value) in CANARIES.iter().filter(|(name, _)| !without.contains(name)) {
        run = run.env(name, value);
    }
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_printed_however_a_call_ends() {
    let vendor = vendor("wootric").await;
    let closed = ClosedPort::take().unwrap();
    let sessions = tempfile::tempdir().unwrap();
    // A vendor that sends back what it was sent.
    vendor.on("list_end_users", |request, _| {
        let token = request.header("authorization").unwrap_or_default().to_owned();
        Some(Answer::value(400, json!({"errors": [format!("bad: {token}")]})))
    });
    vendor.on("create_token", |request, _| {
        let form = String::from_utf8_lossy(request.body()).into_owned();
        Some(Answer::value(401, json!({"error": "invalid_grant", "error_description": format!("bad: {form}")})))
    });
    // Grant by grant: each set of variables lacks what is tried before it.
    let grants: &[&[&str]] =
        &[&[], &["CX_TOKEN"], &["CX_TOKEN", "CX_REFRESH_TOKEN"], &["CX_TOKEN", "CX_REFRESH_TOKEN", "CX_USERNAME"]];
    for without in grants {
        for url in [vendor.base_url(), closed.base_url().unwrap()] {
            let run = cx(["wootric", "list-end-users", "-v", "--retries", "0"]).base_url(&url);
            let ran = with_canaries(run, without).env("CX_SESSION_DIR", sessions.path()).run().await;
            assert!([1, 3, 4].contains(&ran.code), "{ran:?}");
            shows_no_canary(&ran);
        }
    }
    assert!(!vendor.take_exchanges().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_fetched_is_taken_out_of_what_the_vendor_says() {
    let vendor = vendor("wootric").await;
    vendor.script("create_token", Answer::value(200, json!({"access_token": "canary-4711", "token_type": "bearer"})));
    vendor.on("list_end_users", |request, _| {
        let token = request.header("authorization").unwrap_or_default().to_owned();
        Some(Answer::value(403, json!({"errors": [format!("bad: {token}")]})))
    });
    let run = applicant(cx(["wootric", "list-end-users"]).base_url(&vendor.base_url()));
    let ran = run.run().await.exits(1);
    assert!(ran.stderr.contains("bad: Bearer ***"), "{}", ran.stderr);
    shows_no_canary(&ran);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_the_same_whatever_wrote_it() {
    let vendor = vendor("wootric").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, format!("\u{feff}{}\r\n", issuer::ACCESS_TOKEN)).unwrap();
    let run = || cx(["wootric", "list-segments"]).base_url(&vendor.base_url());
    run().arg("--token-file").arg(&path).run().await.exits(0);
    // What a shell of Unix reads out of a file of variables from Windows.
    run().env("CX_TOKEN", format!("{}\r", issuer::ACCESS_TOKEN)).run().await.exits(0);
    let application = run().env("CX_CLIENT_ID", format!("{}\r", issuer::CLIENT_ID));
    application.env("CX_CLIENT_SECRET", format!("{}\r", issuer::CLIENT_SECRET)).run().await.exits(0);
    vendor.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_cannot_be_one_is_a_misuse_and_no_reply() {
    let vendor = vendor("wootric").await;
    for token in ["canary ", "Bearer canary", "canary\nCX_TOKEN", "\u{201c}canary\u{201d}"] {
        let run = cx(["wootric", "list-segments"]).base_url(&vendor.base_url());
        let ran = run.env("CX_TOKEN", token).run().await.exits(2);
        assert!(ran.stderr.contains("next: give the token and nothing else"), "{}", ran.stderr);
        shows_no_canary(&ran);
    }
    assert!(vendor.take_exchanges().is_empty());
}

/// Where the system lets a variable hold any bytes.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_cannot_be_read_is_a_misuse_and_not_one_that_is_missing() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    let vendor = vendor("wootric").await;
    let latin = OsStr::from_bytes(b"canary-\xe9");
    for name in ["CX_TOKEN", "CX_CLIENT_ID", "CX_CLIENT_SECRET", "CX_PASSWORD", "CX_SCOPE", "CX_ACCOUNT_TOKEN"] {
        let run = cx(["wootric", "list-segments"]).base_url(&vendor.base_url()).env("CX_USERNAME", issuer::USERNAME);
        let ran = run.env(name, latin).run().await.exits(2);
        assert!(ran.stderr.contains(&format!("the variable {name} cannot be read")), "{}", ran.stderr);
        shows_no_canary(&ran);
    }
    let run = cx(["wootric", "create-token"]).base_url(&vendor.base_url()).env("CX_PASSWORD", latin);
    let ran = run.env("CX_USERNAME", issuer::USERNAME).run().await.exits(2);
    assert!(ran.stderr.contains("the variable CX_PASSWORD cannot be read"), "{}", ran.stderr);
    assert!(vendor.take_exchanges().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_parameter_comes_from_environment_or_file_and_never_from_the_line() {
    let vendor = vendor("directly").await;
    let arguments = ["directly", "list-messages", "--external-id-id", "7", "-v"];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("system");
    fs::write(&path, "canary-system-5516\n").unwrap();

    let from_variable = cx(arguments).env("CX_EXTERNAL_ID_SYSTEM", "canary-system-5516");
    let from_file = cx(arguments).arg("--external-id-system-file").arg(&path);
    for run in [from_variable, from_file] {
        let ran = run.base_url(&vendor.base_url()).env("CX_TOKEN", issuer::ACCESS_TOKEN).run().await;
        shows_no_canary(&ran);
        let exchanges = vendor.take_exchanges();
        let sent = exchanges.iter().flat_map(|one| one.request.query_pairs());
        assert!(sent.into_iter().any(|pair| pair.name == "externalId.system"), "{ran:?}");
    }
    let ran = cx(arguments).arg("--external-id-system").arg("canary").run().await.exits(2);
    assert!(ran.stderr.contains("--external-id-system-file"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_a_body_on_the_line_is_refused() {
    let vendor = vendor("wootric").await;
    let body = r#"{"grant_type": "password", "username": "mock@example.com", "password": "canary"}"#;
    let run = cx(["wootric", "create-token", "--body", body]).base_url(&vendor.base_url());
    let ran = run.run().await.exits(2);
    assert!(ran.stderr.contains("--body @FILE"), "{}", ran.stderr);
    shows_no_canary(&ran);
    assert!(vendor.take_exchanges().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_the_file_of_a_body_is_taken_out_of_what_the_vendor_says() {
    let vendor = vendor("wootric").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("request.json");
    let body = json!({"grant_type": "password", "username": issuer::USERNAME, "password": "canary-5517"});
    fs::write(&path, body.to_string()).unwrap();
    vendor.on("create_token", |request, _| {
        let form = String::from_utf8_lossy(request.body()).into_owned();
        Some(Answer::value(401, json!({"error": "invalid_grant", "error_description": format!("bad: {form}")})))
    });
    let run = cx(["wootric", "create-token", "--body", &format!("@{}", path.display())]).base_url(&vendor.base_url());
    let ran = run.run().await;
    assert!(ran.code != 0 && ran.stderr.contains("bad: ") && ran.stderr.contains("***"), "{ran:?}");
    shows_no_canary(&ran);
}

/// What others can see of a process while it runs.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_process_list() {
    let vendor = vendor("wootric").await;
    let (seen, was_seen) = std::sync::mpsc::channel();
    let process = std::sync::Arc::new(std::sync::OnceLock::<u32>::new());
    let id = std::sync::Arc::clone(&process);
    vendor.on("list_end_users", move |_, _| {
        // The tool waits for its answer meanwhile.
        let line = fs::read(format!("/proc/{}/cmdline", id.wait())).ok()?;
        seen.send(String::from_utf8(line).ok()?).ok()?;
        None
    });
    let run = cx(["wootric", "list-end-users"]).base_url(&vendor.base_url());
    let run = with_canaries(run, &["CX_TOKEN"]).env("CX_TOKEN", issuer::ACCESS_TOKEN);
    let child = run.start();
    process.set(child.id()).unwrap();
    crate::process::finish(child).await.exits(0);
    let line = was_seen.try_recv().unwrap();
    assert!(
        line.contains("list-end-users") && !line.contains("canary") && !line.contains(issuer::ACCESS_TOKEN),
        "{line}"
    );
}
