//! Token operations: made from the environment, masked unless asked.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use cx_mock::{Answer, issuer};
use serde_json::{Value, json};

use crate::process::{Cx, applicant, cx, finish, read_until, vendor};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_masked_unless_asked_for() {
    let vendor = vendor("wootric").await;
    let ran = applicant(cx(["wootric", "create-token"]).base_url(&vendor.base_url())).run().await.exits(0);
    assert_eq!(ran.json()["access_token"], json!("***"));
    assert!(ran.stderr.contains("--show-secrets"), "{}", ran.stderr);

    let ran = applicant(cx(["wootric", "create-token", "--show-secrets"]).base_url(&vendor.base_url())).run().await;
    let token = ran.exits(0).json()["access_token"].as_str().unwrap().to_owned();
    let run = cx(["wootric", "list-segments"]).base_url(&vendor.base_url()).env("CX_TOKEN", token);
    run.run().await.exits(0);
    vendor.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_masks() {
    let vendor = vendor("wootric").await;
    for format in ["json", "ndjson", "csv", "table"] {
        let run = cx(["wootric", "create-token", "-o", format]).base_url(&vendor.base_url());
        let ran = applicant(run).run().await.exits(0);
        assert!(ran.stdout.contains("***") && ran.stdout.contains("access_token"), "{format}: {ran:?}");
        let exchanges = vendor.take_exchanges();
        let reply: Value = serde_json::from_slice(&exchanges[0].reply.body).unwrap();
        let token = reply["access_token"].as_str().unwrap().to_owned();
        assert!(!ran.stdout.contains(&token), "{format}: {ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_json_cannot_hold_whole_is_masked_all_the_same() {
    let vendor = vendor("wootric").await;
    // A number beyond all decimals, half of a letter, and letters of another encoding, where no type looks.
    for odd in [&b"1e400"[..], br#""\ud83d""#, b"\"caf\xe9\""] {
        let body = [&br#"{"access_token":"canary-4711","token_type":"bearer","odd":"#[..], odd, b"}"].concat();
        vendor.script("create_token", Answer::raw(200, body).header("content-type", "application/json"));
        let run = cx(["wootric", "create-token", "-o", "ndjson"]).base_url(&vendor.base_url());
        let ran = applicant(run).run().await.exits(0);
        assert_eq!(ran.json(), json!({"access_token": "***", "token_type": "bearer"}), "{odd:?}");
        assert!(ran.stderr.contains("cannot be shown") && !ran.stderr.contains("canary"), "{}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_after_a_byte_order_mark_is_masked_as_any_other() {
    let vendor = vendor("wootric").await;
    let body = "\u{feff}{\"access_token\":\"canary-4711\",\"token_type\":\"bearer\",\"odd\":1}";
    vendor.script("create_token", Answer::raw(200, body).header("content-type", "application/json"));
    let run = cx(["wootric", "create-token"]).base_url(&vendor.base_url());
    let ran = applicant(run).run().await.exits(0);
    assert_eq!(ran.json(), json!({"access_token": "***", "token_type": "bearer", "odd": 1}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_completed_from_the_environment() {
    let vendor = vendor("wootric").await;
    let body = json!({"grant_type": "password", "username": issuer::USERNAME}).to_string();
    let run = cx(["wootric", "create-token", "--body", &body]).base_url(&vendor.base_url());
    applicant(run).env("CX_PASSWORD", issuer::PASSWORD).run().await.exits(0);
    vendor.assert_no_violations();
    let run = cx(["wootric", "create-token"]).base_url(&vendor.base_url());
    let ran = run.run().await.exits(2);
    assert!(ran.stderr.contains("CX_USERNAME and CX_PASSWORD"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_refresh_token_is_kept_for_the_next_call() {
    let vendor = vendor("wootric").await;
    let sessions = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let run = cx(["wootric", "list-segments"]).base_url(&vendor.base_url());
        let run = run.env("CX_REFRESH_TOKEN", issuer::REFRESH_TOKEN).env("CX_SESSION_DIR", sessions.path());
        run.run().await.exits(0);
    }
    assert_eq!(vendor.issuer().token_requests(), 1);
    assert_eq!(vendor.issuer().reuse_detected(), 0);
}

/// A file of a store that has no answer stands for all that the system cannot break off, such as looking up a name.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_ends_in_its_time_though_the_system_does_not_answer() {
    let vendor = vendor("wootric").await;
    let sessions = tempfile::tempdir().unwrap();
    let run = |timeout: &str| {
        let run = cx(["wootric", "list-segments", "--timeout", timeout]).base_url(&vendor.base_url());
        run.env("CX_REFRESH_TOKEN", issuer::REFRESH_TOKEN).env("CX_SESSION_DIR", sessions.path())
    };
    run("30").run().await.exits(0);
    let file = |extension: &str| {
        let mut files = fs::read_dir(sessions.path().join("tokens")).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|own| own == extension)).unwrap()
    };
    // A renewal is due, and its lock hangs.
    fs::remove_file(file("json")).unwrap();
    let fence = fs::File::options().write(true).open(file("fence")).unwrap();
    fs4::FileExt::lock(&fence).unwrap();
    let child = run("0.1").start();
    let ended = tokio::time::timeout(Duration::from_secs(30), finish(child)).await;
    // Whoever waits still can go on, and ends with the test.
    drop(fence);
    ended.unwrap().exits(4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_not_spent_where_the_next_one_cannot_be_kept() {
    let vendor = vendor("wootric").await;
    let run = cx(["wootric", "list-segments"]).base_url(&vendor.base_url());
    let ran = run.env("CX_REFRESH_TOKEN", issuer::REFRESH_TOKEN).run().await.exits(2);
    assert!(ran.stderr.contains("next: set CX_SESSION_DIR"), "{}", ran.stderr);
    assert_eq!(vendor.issuer().token_requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_lack_something_say_where_it_comes_from() {
    let vendor = vendor("directly").await;
    let sessions = tempfile::tempdir().unwrap();
    let run = cx(["directly", "list-messages", "--user-email", "pat@example.com"]).base_url(&vendor.base_url());
    let run = run.env("CX_REFRESH_TOKEN", issuer::REFRESH_TOKEN).env("CX_SESSION_DIR", sessions.path());
    let ran = run.run().await.exits(2);
    assert!(ran.stderr.contains("needs a client_id"), "{}", ran.stderr);
    assert!(ran.stderr.contains("next: set what is missing, such as CX_CLIENT_SECRET"), "{}", ran.stderr);
    assert_eq!(vendor.issuer().token_requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_meanwhile_is_begun_again_with_the_password() {
    let vendor = vendor("wootric").await;
    // As where another login ends the session before it.
    vendor.script("list_segments", Answer::status(401));
    vendor.on("create_token", |request, _| {
        let refresh = String::from_utf8_lossy(request.body()).contains("grant_type=refresh_token");
        refresh.then(|| Answer::value(400, json!({"error": "invalid_grant"})))
    });
    let run = cx(["wootric", "list-segments"]).base_url(&vendor.base_url());
    run.env("CX_USERNAME", issuer::USERNAME).env("CX_PASSWORD", issuer::PASSWORD).run().await.exits(0);
    let calls = vendor.take_exchanges();
    let sent: Vec<_> = calls.iter().filter_map(|one| one.operation()).collect();
    assert_eq!(sent, ["create_token", "list_segments", "create_token", "create_token", "list_segments"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_fetched_for_a_call_where_the_document_says() {
    for name in ["wootric", "wootric-cxi"] {
        let vendor = vendor(name).await;
        let operation = if name == "wootric" { "list-segments" } else { "list-tags" };
        let run = cx([name, operation]).base_url(&vendor.base_url()).env("CX_ACCOUNT_TOKEN", "NPS-EXAMPLE");
        let run = run.env("CX_USERNAME", issuer::USERNAME).env("CX_PASSWORD", issuer::PASSWORD);
        run.run().await.exits(0);
        vendor.assert_no_violations();
        assert_eq!(vendor.issuer().token_requests(), 1);
        let exchanges = vendor.take_exchanges();
        assert!(exchanges[0].request.query_pairs().iter().any(|pair| pair.name == "account_token"));
    }
}

/// A proxy that lets nobody through: its address, and the first line of each request to it.
fn proxy() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, asked) = channel();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut line = String::new();
            BufReader::new(&socket).read_line(&mut line).unwrap();
            // The end of the test may have come.
            let _unheard = sender.send(line.trim_end().to_owned());
            let _unread = socket.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
        }
    });
    (address, asked)
}

fn behind(run: Cx, proxy: &str) -> Cx {
    applicant(run).env("HTTP_PROXY", proxy).env("HTTPS_PROXY", proxy)
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_this_machine_are_fetched_past_the_proxy_that_calls_go_through() {
    let vendor = vendor("wootric").await;
    let (address, asked) = proxy();
    let run = cx(["wootric", "list-segments", "--retries", "0", "--token-base-url", &vendor.base_url()]);
    behind(run.base_url("https://api.invalid"), &address).run().await.exits(4);
    assert_eq!(vendor.issuer().token_requests(), 1);
    assert_eq!(asked.try_iter().collect::<Vec<_>>(), ["CONNECT api.invalid:443 HTTP/1.1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_from_elsewhere_are_fetched_through_the_proxy_although_calls_stay_on_this_machine() {
    let vendor = vendor("wootric").await;
    let (address, asked) = proxy();
    let run = cx(["wootric", "list-segments", "--token-base-url", "https://tokens.invalid"]);
    let mut child = behind(run.base_url(&vendor.base_url()), &address).start();
    let first = asked.recv_timeout(Duration::from_secs(60));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(first.as_deref(), Ok("CONNECT tokens.invalid:443 HTTP/1.1"));
}

/// The first host that a run wants to connect to, which a proxy is told and does not do.
async fn first_host(run: Cx) -> String {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let run = run.env("HTTPS_PROXY", format!("http://{}", proxy.local_addr().unwrap()));
    let asked = tokio::task::spawn_blocking(move || {
        let (mut socket, _) = proxy.accept().unwrap();
        read_until(&mut socket, |text| text.ends_with("\r\n\r\n"))
    });
    run.arg("--retries").arg("0").run().await.exits(4);
    asked.await.unwrap().split(' ').nth(1).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_asked_for_on_its_own_server() {
    for (account, host) in [("NPS-EU-1a2b", "api.wootric.eu:443"), ("NPS-1a2b", "api.wootric.com:443")] {
        let run = cx(["wootric", "list-segments"]).env("CX_TOKEN", "any").env("CX_ACCOUNT_TOKEN", account);
        assert_eq!(first_host(run).await, host, "{account}");
    }
}
