//! Each exit code, and what is said with it.

use std::process::Stdio;

use cx_mock::{Answer, ClosedPort, DeafPort, issuer};
use serde_json::json;

use crate::process::{applicant, cx, cx_at, finish, vendor};

#[tokio::test(flavor = "multi_thread")]
async fn zero_is_done() {
    let vendor = vendor("wootric").await;
    let ran = cx_at(&vendor, ["wootric", "list-end-users", "--page", "2"]).run().await.exits(0);
    assert!(ran.json().is_array());
    assert_eq!(ran.stderr, "");
    let exchanges = vendor.take_exchanges();
    assert!(exchanges[0].request.query_pairs().iter().any(|pair| pair.name == "page"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_what_it_is_though_nobody_reads_what_is_said() {
    let vendor = vendor("wootric").await;
    let nobody = || cx(["wootric", "list-segments"]).base_url(&vendor.base_url());
    let masked = || applicant(cx(["wootric", "create-token"]).base_url(&vendor.base_url()));
    for (run, code) in [(nobody(), 3), (masked(), 0), (masked().arg("-v"), 0)] {
        let (reader, stderr) = std::io::pipe().unwrap();
        drop(reader);
        let child = run.start_on(Stdio::null(), Stdio::piped(), stderr.into());
        let ran = finish(child).await.exits(code);
        assert_eq!(ran.stdout.contains("***"), code == 0, "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn help_that_is_not_read_to_its_end_is_no_misuse() {
    for arguments in [["--help"].as_slice(), &["--version"], &["wootric", "list-end-users", "--help"]] {
        let (reader, stdout) = std::io::pipe().unwrap();
        drop(reader);
        let child = cx(arguments).start_on(Stdio::null(), stdout.into(), Stdio::piped());
        let ran = finish(child).await.exits(0);
        assert_eq!(ran.stderr, "", "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_the_vendors_no() {
    let vendor = vendor("wootric").await;
    for (status, word) in [(404, "check the id"), (403, "may not"), (500, "the failure is the vendor's")] {
        let answer = Answer::value(status, json!({"type": "error", "message": "no such thing here"}));
        vendor.script("get_end_user", answer);
        let run = cx_at(&vendor, ["wootric", "get-end-user", "--id", "1", "--retries", "0"]);
        let ran = run.run().await.exits(1);
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.contains("error: ") && ran.stderr.contains("next: "), "{}", ran.stderr);
        assert!(ran.stderr.contains(word), "{}", ran.stderr);
        assert!(ran.stderr.contains("no such thing here"), "{}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_also_a_spent_limit() {
    let vendor = vendor("wootric").await;
    vendor.script("list_segments", Answer::status(429).header("Retry-After", "7"));
    let ran = cx_at(&vendor, ["wootric", "list-segments", "--retries", "0"]).run().await.exits(1);
    assert!(ran.stderr.contains("try again in 7 s"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_is_a_misuse_and_nothing_is_sent() {
    let vendor = vendor("wootric").await;
    let misuses: &[(&[&str], &str)] = &[
        (&["wootric", "list-end-usrs"], "list-end-users"),
        (&["wootric", "list-end-users", "--pge", "2"], "--page"),
        (&["wootrik", "list-end-users"], "wootric"),
        (&["wootric", "list-end-users", "--page", "two"], "`--page` takes a whole number"),
        (&["wootric", "get-end-user"], "--id <TEXT>"),
        (&["wootric", "list-end-users", "--token-base-url", "http://vendor.example"], "or http on this machine"),
        (&["wootric", "list-end-users", "--timeout", "0"], "above 0"),
        (&["wootric", "list-end-users", "--output", "yaml"], "ndjson"),
        (&["wootric", "create-end-user"], "needs a body"),
        (&["wootric", "create-end-user", "--body", "{email:"], "is not JSON"),
        (&["wootric", "create-end-user", "--body", "@/nowhere.json"], "cannot be read"),
        (&["wootric", "create-end-user", "--body", "{\"e_mail\": \"pat@example.com\"}"], "body.e_mail"),
        (&["wootric", "list-end-users", "--token-file", "/nowhere"], "cannot be read"),
    ];
    for (arguments, word) in misuses {
        let ran = cx_at(&vendor, *arguments).run().await.exits(2);
        assert_eq!(ran.stdout, "", "{arguments:?}");
        assert!(ran.stderr.contains(word), "{arguments:?}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("next: ") || ran.stderr.contains("try '--help'"),
            "{arguments:?}: {}",
            ran.stderr
        );
    }
    assert!(vendor.take_exchanges().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn three_is_a_lack_of_credentials() {
    let vendor = vendor("directly").await;
    let ran = cx(["directly", "list-messages"]).base_url(&vendor.base_url()).run().await.exits(3);
    for way in ["CX_TOKEN", "CX_REFRESH_TOKEN", "cx login directly"] {
        assert!(ran.stderr.contains(way), "{way}: {}", ran.stderr);
    }
    assert!(vendor.take_exchanges().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn three_is_also_a_refused_credential() {
    let vendor = vendor("wootric").await;
    let run = cx(["wootric", "list-end-users"]).base_url(&vendor.base_url());
    let ran = run.env("CX_TOKEN", "never-issued").run().await.exits(3);
    assert!(ran.stderr.contains("next: check the credentials"), "{}", ran.stderr);
    let run = cx(["wootric", "list-end-users"]).base_url(&vendor.base_url());
    run.env("CX_CLIENT_ID", issuer::CLIENT_ID).env("CX_CLIENT_SECRET", "another").run().await.exits(3);
}

#[tokio::test(flavor = "multi_thread")]
async fn four_is_the_network_or_the_deadline() {
    let closed = ClosedPort::take().unwrap();
    let run = cx(["wootric", "list-end-users", "--retries", "0"]).base_url(&closed.base_url().unwrap());
    let ran = run.env("CX_TOKEN", "any").run().await.exits(4);
    assert!(ran.stderr.contains("check the network"), "{}", ran.stderr);

    let deaf = DeafPort::take().await.unwrap();
    let run = cx(["wootric", "list-end-users", "--timeout", "0.01"]).base_url(&deaf.base_url().unwrap());
    let ran = run.env("CX_TOKEN", "any").run().await.exits(4);
    assert!(ran.stderr.contains("--timeout"), "{}", ran.stderr);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn four_is_also_a_stdout_that_has_no_room() {
    for arguments in [["--help"].as_slice(), &["completions", "bash"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let child = cx(arguments).start_on(Stdio::null(), full.into(), Stdio::piped());
        let ran = finish(child).await.exits(4);
        assert!(ran.stderr.contains("next: make room where stdout goes"), "{arguments:?}: {}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_is_a_reply_that_cannot_be_read() {
    let vendor = vendor("wootric").await;
    for body in ["<html>", "{\"id\": 1}"] {
        vendor.script("list_end_users", Answer::raw(200, body));
        let ran = cx_at(&vendor, ["wootric", "list-end-users"]).run().await.exits(5);
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.contains("check --base-url"), "{}", ran.stderr);
    }
}
