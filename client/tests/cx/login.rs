//! `cx login`: the callback on loopback, and the session that later calls find.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Child,
};

use cx_mock::{Answer, MockVendor, issuer};
use serde_json::json;
use url::Url;

use crate::process::{Cx, Ran, applicant, builder, cx, finish, read_until, vendor};

/// A login that waits for its callback: the process, where to bring the code, and the state it expects.
struct Waiting {
    child: Child,
    uri: Url,
    state: String,
}

fn start(vendor: &MockVendor, sessions: &Path) -> Waiting {
    let run = cx(["login", "directly", "--redirect-uri", "http://127.0.0.1:0/callback", "--scope", "read write"]);
    let run = run.base_url(&vendor.base_url()).env("CX_SESSION_DIR", sessions);
    let mut child = applicant(run).start();
    let stderr = child.stderr.as_mut().unwrap();
    let text = read_until(stderr, |text| text.contains("http://") && text.ends_with("\n\n"));
    let address = text.lines().map(str::trim).find(|line| line.starts_with("http://")).unwrap();
    let address = Url::parse(address).unwrap();
    let parameter = |name: &str| address.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    assert_eq!(parameter("client_id"), issuer::CLIENT_ID);
    assert_eq!(parameter("scope"), "read write");
    Waiting { child, uri: Url::parse(&parameter("redirect_uri")).unwrap(), state: parameter("state") }
}

/// What a browser does.
async fn visit(uri: Url) -> String {
    tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(uri.socket_addrs(|| None).unwrap()[0]).unwrap();
        let target = uri.query().map_or_else(|| uri.path().to_owned(), |query| format!("{}?{query}", uri.path()));
        write!(socket, "GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut reply = String::new();
        socket.read_to_string(&mut reply).unwrap();
        reply
    })
    .await
    .unwrap()
}

fn callback(waiting: &Waiting, state: &str) -> Url {
    let mut uri = waiting.uri.clone();
    uri.query_pairs_mut().append_pair("code", issuer::CODE).append_pair("state", state);
    uri
}

fn list(vendor: &MockVendor, sessions: &Path) -> Cx {
    let run = cx(["directly", "list-messages", "--user-email", "pat@example.com"]).base_url(&vendor.base_url());
    run.env("CX_SESSION_DIR", sessions)
}

/// Where the session at a mock vendor is kept.
fn session_file(vendor: &MockVendor, sessions: &Path) -> PathBuf {
    let server = vendor.base_url().replace("://", "-").replace(['.', ':'], "-");
    sessions.join(format!("directly-{server}.json"))
}

async fn call(vendor: &MockVendor, sessions: &Path) -> Ran {
    list(vendor, sessions).run().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_found_by_later_calls() {
    // The document does not list the `redirect_uri` that RFC 6749 §4.1.3 wants repeated.
    let vendor = builder("directly").allow_unknown_members().start().await;
    let sessions = tempfile::tempdir().unwrap();
    call(&vendor, sessions.path()).await.exits(3);

    let waiting = start(&vendor, sessions.path());
    // An idle connection and a question about an icon keep nobody waiting.
    let _idle = TcpStream::connect(waiting.uri.socket_addrs(|| None).unwrap()[0]).unwrap();
    let mut icon = waiting.uri.clone();
    icon.set_path("/favicon.ico");
    assert!(visit(icon).await.starts_with("HTTP/1.1 404"));
    let reply = visit(callback(&waiting, &waiting.state)).await;
    assert!(reply.starts_with("HTTP/1.1 200") && !reply.contains(issuer::CODE), "{reply}");
    let ran = finish(waiting.child).await.exits(0);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("Logged in"), "{}", ran.stderr);
    for secret in [issuer::CODE, issuer::CLIENT_SECRET] {
        assert!(!ran.stderr.contains(secret), "{}", ran.stderr);
    }

    call(&vendor, sessions.path()).await.exits(0);
    // The application could have a token of its own, which is not the user's.
    applicant(list(&vendor, sessions.path())).run().await.exits(0);
    assert_eq!(vendor.issuer().token_requests(), 1);
    vendor.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_not_that_of_another_application() {
    let vendor = vendor("directly").await;
    let sessions = tempfile::tempdir().unwrap();
    let file = session_file(&vendor, sessions.path());
    std::fs::write(file, r#"{"client_id": "another", "scope": null}"#).unwrap();
    applicant(list(&vendor, sessions.path())).run().await.exits(0);
    assert_eq!(vendor.issuer().token_requests(), 1);
    vendor.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_not_that_of_another_server() {
    let vendor = vendor("directly").await;
    let sessions = tempfile::tempdir().unwrap();
    let session = format!(r#"{{"client_id": "{}", "scope": null}}"#, issuer::CLIENT_ID);
    // That of the real vendor.
    std::fs::write(sessions.path().join("directly.json"), session).unwrap();
    applicant(list(&vendor, sessions.path())).run().await.exits(0);
    assert_eq!(vendor.issuer().token_requests(), 1);
    vendor.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_tokens_are_gone_asks_for_another_login() {
    let vendor = vendor("directly").await;
    let sessions = tempfile::tempdir().unwrap();
    let session = format!(r#"{{"client_id": "{}", "scope": null}}"#, issuer::CLIENT_ID);
    std::fs::write(session_file(&vendor, sessions.path()), session).unwrap();
    for run in [list(&vendor, sessions.path()), applicant(list(&vendor, sessions.path()))] {
        let ran = run.run().await.exits(3);
        assert!(ran.stderr.contains("log in again"), "{}", ran.stderr);
    }
    assert_eq!(vendor.issuer().token_requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_callback_is_refused_and_the_login_goes_on() {
    // Because of the `redirect_uri`, as above.
    let vendor = builder("directly").allow_unknown_members().start().await;
    let sessions = tempfile::tempdir().unwrap();
    let waiting = start(&vendor, sessions.path());
    for forged in [callback(&waiting, "of-another-request"), waiting.uri.clone()] {
        let reply = visit(forged).await;
        assert!(reply.starts_with("HTTP/1.1 400"), "{reply}");
    }
    assert_eq!(vendor.issuer().token_requests(), 0);
    call(&vendor, sessions.path()).await.exits(3);
    let reply = visit(callback(&waiting, &waiting.state)).await;
    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    let ran = finish(waiting.child).await.exits(0);
    assert!(ran.stderr.contains("without the state"), "{}", ran.stderr);
    assert_eq!(vendor.issuer().token_requests(), 1);
    vendor.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_waited_for_forever() {
    let sessions = tempfile::tempdir().unwrap();
    let run = cx(["login", "--redirect-uri", "http://127.0.0.1:0/callback", "--wait", "0"]);
    let run = run.env("CX_SESSION_DIR", sessions.path());
    let ran = run.env("CX_CLIENT_ID", "id").env("CX_CLIENT_SECRET", "secret").run().await.exits(3);
    assert!(ran.stderr.contains("nobody came back"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callback_is_on_this_machine_and_on_a_free_port() {
    for uri in ["http://example.com/callback", "https://127.0.0.1:8917/callback", "callback"] {
        let run = cx(["login", "--redirect-uri", uri]).env("CX_SESSION_DIR", "/tmp");
        run.env("CX_CLIENT_ID", "id").env("CX_CLIENT_SECRET", "secret").run().await.exits(2);
    }
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}/callback", taken.local_addr().unwrap());
    let run = cx(["login", "--redirect-uri", &uri]).env("CX_SESSION_DIR", "/tmp");
    let ran = run.env("CX_CLIENT_ID", "id").env("CX_CLIENT_SECRET", "secret").run().await.exits(2);
    assert!(ran.stderr.contains("next: end what listens there"), "{}", ran.stderr);
    let ran = cx(["login"]).env("CX_SESSION_DIR", "/tmp").run().await.exits(3);
    assert!(ran.stderr.contains("CX_CLIENT_ID"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_login_brings_its_own_session() {
    let vendor = builder("directly").allow_unknown_members().start().await;
    let sessions = tempfile::tempdir().unwrap();
    for logins in 1..=2 {
        // What the login before it brought is of no use.
        vendor.issuer().end_all();
        let waiting = start(&vendor, sessions.path());
        visit(callback(&waiting, &waiting.state)).await;
        finish(waiting.child).await.exits(0);
        assert_eq!(vendor.issuer().token_requests(), logins);
    }
    call(&vendor, sessions.path()).await.exits(0);
    assert_eq!(vendor.issuer().token_requests(), 2);
    vendor.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_brings_less_than_was_asked_for_says_so() {
    let vendor = builder("directly").allow_unknown_members().start().await;
    let sessions = tempfile::tempdir().unwrap();
    let token = json!({"access_token": issuer::ACCESS_TOKEN, "token_type": "bearer", "scope": "read"});
    vendor.script("create_token", Answer::value(200, token));
    let waiting = start(&vendor, sessions.path());
    visit(callback(&waiting, &waiting.state)).await;
    let ran = finish(waiting.child).await.exits(0);
    assert!(ran.stderr.contains("granted less than was asked for: read\n"), "{}", ran.stderr);
}

fn logout(vendor: &MockVendor, sessions: &Path) -> Cx {
    cx(["logout"]).base_url(&vendor.base_url()).env("CX_SESSION_DIR", sessions)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_logged_out_of_is_over_here_and_at_the_vendor() {
    let vendor = builder("directly").allow_unknown_members().start().await;
    let sessions = tempfile::tempdir().unwrap();
    let waiting = start(&vendor, sessions.path());
    visit(callback(&waiting, &waiting.state)).await;
    finish(waiting.child).await.exits(0);
    vendor.take_exchanges();

    let ran = logout(&vendor, sessions.path()).run().await.exits(0);
    assert!(ran.stderr.contains("Logged out"), "{}", ran.stderr);
    let exchanges = vendor.take_exchanges();
    assert_eq!(exchanges.iter().filter_map(|one| one.operation()).collect::<Vec<_>>(), ["logout"]);
    assert!(!session_file(&vendor, sessions.path()).exists());
    call(&vendor, sessions.path()).await.exits(3);

    let ran = logout(&vendor, sessions.path()).run().await.exits(0);
    assert!(ran.stderr.contains("no session"), "{}", ran.stderr);
    assert!(vendor.take_exchanges().is_empty());
    vendor.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_forgotten_though_the_vendor_ends_no_token() {
    let vendor = builder("directly").allow_unknown_members().start().await;
    let sessions = tempfile::tempdir().unwrap();
    let waiting = start(&vendor, sessions.path());
    visit(callback(&waiting, &waiting.state)).await;
    finish(waiting.child).await.exits(0);
    // The vendor's operation ends one token, and leaves the session with its refresh token.
    let run = cx(["directly", "logout"]).base_url(&vendor.base_url()).env("CX_SESSION_DIR", sessions.path());
    let ran = run.run().await.exits(0);
    assert!(ran.stderr.contains("`cx logout directly`"), "{}", ran.stderr);

    vendor.script("logout", Answer::status(500));
    let ran = logout(&vendor, sessions.path()).arg("--retries").arg("0").run().await.exits(1);
    assert!(ran.stderr.contains("next: this machine has forgotten the session"), "{}", ran.stderr);
    let ran = call(&vendor, sessions.path()).await.exits(3);
    assert!(ran.stderr.contains("run `cx login directly`"), "{}", ran.stderr);
}
