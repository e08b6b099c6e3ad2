//! The command: exit codes, the written report, and credentials from the environment alone.

use std::{
    path::Path,
    process::{Command, Output},
    sync::Arc,
};

use cx_mock::issuer;
use serde_json::Value;

use crate::{
    support,
    vendor::{Drifting, Reply},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_codes_say_what_came_of_it() {
    let honest = support::subject("directly").vendor().await;
    let lying = |id: &str, reply: &mut Reply| {
        if id == "list_questions" {
            reply.body.clear();
        }
    };
    let vendor = Drifting::start("directly", &honest, Arc::new(lying)).await;
    let folder = tempfile::tempdir().unwrap();

    let output = conformance(&honest.base_url(), folder.path(), true).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report = report(folder.path());
    assert_eq!(report["drifts"], Value::Array(Vec::new()));
    assert!(report["requests"].as_u64().unwrap() > 3);

    let output = conformance(&vendor.base_url, folder.path(), true).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("drift: directly list_questions $: empty-body in 1 of 1 replies"), "{text}");
    let drift = &self::report(folder.path())["drifts"][0];
    let members: Vec<&str> = drift.as_object().unwrap().keys().map(String::as_str).collect();
    let wanted = ["api", "operation", "path", "kind", "severity", "expected", "spec", "seen", "count", "of"];
    assert_eq!(members, wanted);
    assert_eq!((&drift["operation"], &drift["path"]), (&"list_questions".into(), &"$".into()));

    let output = conformance(&honest.base_url(), folder.path(), false).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

/// Who names one case is not to have a vendor asked for all that it has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_a_mock_can_heed_is_refused_before_anything_is_asked() {
    let honest = support::subject("directly").vendor().await;
    let folder = tempfile::tempdir().unwrap();
    for more in [&["--case", "get_question"][..], &["--seed", "7"], &["--cases", "2"], &["--judges"]] {
        let output = conformance_with(&honest.base_url(), folder.path(), true, more).await;
        assert_eq!(output.status.code(), Some(2), "{more:?}: {output:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("cannot be used with") && text.contains(more[0]), "{text}");
    }
    assert_eq!(honest.take_exchanges().len(), 0);
}

fn report(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("drift.json")).unwrap()).unwrap()
}

async fn conformance(url: &str, folder: &Path, credentials: bool) -> Output {
    conformance_with(url, folder, credentials, &[]).await
}

/// Runs the command in surroundings that hold nothing else. Blocking, so on a thread of its own.
async fn conformance_with(url: &str, folder: &Path, credentials: bool, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_suite"));
    command.env_clear().args([
        "conformance",
        "--api",
        "directly",
        "--rate",
        "1000000",
        "--base-url",
        url,
        "--report",
    ]);
    command.arg(folder).args(more);
    if credentials {
        command.env("CX_CLIENT_ID", issuer::CLIENT_ID).env("CX_CLIENT_SECRET", issuer::CLIENT_SECRET);
    }
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}
