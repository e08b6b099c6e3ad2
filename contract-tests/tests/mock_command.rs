//! `cargo xtask mock` as a person or a script meets it.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may stop where it fails"
)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

fn mock(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_suite"));
    command.arg("mock").args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn finish(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = mock(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/tests/fixtures/documents").join(name)
}

/// A running mock vendor. It ends with the test.
struct Vendor {
    child: Child,
    address: String,
}

impl Vendor {
    fn start(arguments: &[&str]) -> Self {
        let mut child = mock(arguments).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").expect("it prints where it listens").to_owned();
        Self { child, address }
    }

    /// Sends a request as it is written, and returns the reply as it comes.
    fn ask(&self, head: &str, body: &str) -> String {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(socket, "{head}\r\nHost: mock\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
            .unwrap();
        let mut reply = String::new();
        socket.read_to_string(&mut reply).unwrap();
        reply
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn serves_a_document_by_its_file_and_remembers_what_is_created() {
    let file = fixture("bookstore.yaml");
    let vendor = Vendor::start(&["--spec", file.to_str().unwrap()]);
    let body = r#"{"isbn": "9780000000031", "title": "Salt", "authors": ["B. Writer"], "genre": "poetry", "price_cents": 1200}"#;
    let token = "Authorization: Bearer mock-token";
    let head = format!("POST /books HTTP/1.1\r\n{token}\r\nIdempotency-Key: k-1\r\nContent-Type: application/json");
    let made = vendor.ask(&head, body);
    assert!(made.starts_with("HTTP/1.1 201"), "{made}");
    let listed = vendor.ask(&format!("GET /books HTTP/1.1\r\n{token}"), "");
    assert!(listed.contains("\"title\":\"Salt\""), "{listed}");
}

#[test]
fn serves_a_document_without_examples_and_without_our_conventions() {
    let file = fixture("pet-shop.yaml");
    let vendor = Vendor::start(&["--spec", file.to_str().unwrap()]);
    let stock = vendor.ask("GET /stock HTTP/1.1", "");
    assert!(stock.starts_with("HTTP/1.1 200") && stock.contains("application/json"), "{stock}");
    let missing = vendor.ask("PATCH /stock HTTP/1.1", "");
    assert!(missing.starts_with("HTTP/1.1 405") && missing.to_lowercase().contains("allow: get\r\n"), "{missing}");
}

#[test]
fn a_lie_is_told_by_name() {
    let file = fixture("bookstore.yaml");
    let vendor = Vendor::start(&["--spec", file.to_str().unwrap(), "--lie", "server-error"]);
    let reply = vendor.ask("GET /books HTTP/1.1\r\nAuthorization: Bearer mock-token", "");
    assert!(reply.starts_with("HTTP/1.1 500"), "{reply}");
    let (code, listed, _) = finish(&["--list-lies"]);
    assert_eq!((code, listed.lines().count()), (Some(0), cx_mock::Lie::ALL.len()));
    assert!(listed.lines().any(|line| line.starts_with("server-error ")), "{listed}");
    let (code, _, words) = finish(&["--lie", "white"]);
    assert_eq!(code, Some(2));
    assert!(words.contains("no lie is called `white`"), "{words}");
}

#[test]
fn a_broken_document_ends_with_file_line_and_pointer() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, place) in [
        (
            "twice.yaml",
            "openapi: 3.0.3\ninfo: {title: T, version: '1'}\ninfo: {}\npaths: {}\n",
            "twice.yaml:3:1: /info",
        ),
        (
            "gone.yaml",
            "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: a\n      responses:\n        \
             '200': {$ref: '#/components/responses/Gone'}\n",
            "gone.yaml:8",
        ),
        ("newer.yaml", "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n", "newer.yaml:1:1: /openapi"),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        let (code, stdout, words) = finish(&["--spec", file.to_str().unwrap()]);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{words}");
        assert!(words.contains(place), "{name}: {words}");
    }
    let (code, _, words) = finish(&["--spec", folder.path().join("none.yaml").to_str().unwrap()]);
    assert_eq!(code, Some(2));
    assert!(words.contains("none.yaml") && words.contains("cannot be read"), "{words}");
}

#[test]
fn a_parameter_that_would_be_misread_ends_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.yaml");
    // It could not listen there either: it ends in any case.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: get_a\n      parameters:\n        \
        - {name: filter, in: query, content: {application/json: {schema: {type: object}}}}\n      responses: {'200': {description: ok}}\n";
    fs::write(&file, text).unwrap();
    let (code, stdout, words) = finish(&["--spec", file.to_str().unwrap(), "--port", &port]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""), "{words}");
    let message = "/paths/~1a/get/parameters/0/content/application~1json/schema: a mock vendor cannot read the parameter \
                   `filter`: it is given by `content`";
    assert!(words.contains("t.yaml:8:") && words.contains(message), "{words}");
}
