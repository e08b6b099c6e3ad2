//! Each fault, seen by a client that knows nothing of it.

use std::time::Duration;

use cx_mock::{ClosedPort, DeafPort, FaultServer, Step};
use serde_json::json;

use crate::server::http;

/// Status and body of one request, or how it failed.
async fn ask(server: &FaultServer) -> Result<(u16, String), reqwest::Error> {
    let reply = http().get(server.base_url()).timeout(Duration::from_secs(5)).send().await?;
    Ok((reply.status().as_u16(), reply.text().await?))
}

#[tokio::test]
async fn good_replies_come_through_on_one_connection() {
    let server = FaultServer::start(vec![Step::json(201, &json!({"a": 1})), Step::ok()]).await.unwrap();
    let client = http();
    for (status, body) in [(201, "{\"a\":1}"), (200, "{}"), (200, "{}")] {
        let request = client.post(server.base_url()).body("sent");
        let reply = request.send().await.unwrap();
        assert_eq!((reply.status().as_u16(), reply.text().await.unwrap().as_str()), (status, body));
    }
    assert_eq!((server.connections(), server.requests()), (1, 3));
    let requests = server.take_requests();
    assert_eq!((requests[0].method(), requests[0].body()), ("POST", b"sent".as_slice()));
}

#[tokio::test]
async fn broken_transfers_are_seen_as_errors() {
    for (name, step) in [
        ("cut body", Step::cut_body("{\"a\": 1}", 3)),
        ("too long", Step::wrong_length(100, "{}")),
        ("reset on connect", Step::reset_on_connect()),
        ("reset before headers", Step::reset_before_headers()),
        ("reset after headers", Step::reset_after_headers()),
        ("reset in body", Step::reset_in_body()),
        ("closed without a reply", Step::close_before_headers()),
        ("bad chunk", Step::bad_chunk()),
        ("no last chunk", Step::missing_last_chunk()),
    ] {
        let server = FaultServer::start(vec![step]).await.unwrap();
        let outcome = ask(&server).await;
        assert!(outcome.is_err(), "{name}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_reset_after_the_request_was_read_counts_as_one() {
    let server = FaultServer::start(vec![Step::reset_before_headers(), Step::ok()]).await.unwrap();
    assert!(ask(&server).await.is_err());
    assert_eq!((server.requests(), ask(&server).await.unwrap().0), (1, 200));
    let server = FaultServer::start(vec![Step::reset_on_connect()]).await.unwrap();
    assert!(ask(&server).await.is_err());
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_stall_lasts_until_the_client_gives_up() {
    for step in [Step::stall_before_headers(), Step::stall_after_headers(), Step::stall_in_body()] {
        let server = FaultServer::start(vec![step]).await.unwrap();
        let request = http().get(server.base_url()).timeout(Duration::from_millis(50)).send().await;
        let outcome = match request {
            Ok(reply) => reply.text().await.map(drop),
            Err(error) => Err(error),
        };
        assert!(outcome.unwrap_err().is_timeout());
    }
}

#[tokio::test]
async fn slow_big_and_odd_replies_arrive() {
    let drip = Step::drip("{\"a\": 1}", 10, Duration::from_millis(1));
    let server = FaultServer::start(vec![drip]).await.unwrap();
    assert_eq!(ask(&server).await.unwrap().1, "{\"a\": 1}");
    let server =
        FaultServer::start(vec![Step::big_body(1_000_001), Step::big_unannounced_body(70_000)]).await.unwrap();
    assert_eq!(ask(&server).await.unwrap().1.len(), 1_000_001);
    assert_eq!(ask(&server).await.unwrap().1.len(), 70_000);
    let server = FaultServer::start(vec![Step::informational_storm(50)]).await.unwrap();
    assert_eq!(ask(&server).await.unwrap(), (200, "{}".into()));
    let server = FaultServer::start(vec![Step::no_content_with_body("{}")]).await.unwrap();
    assert_eq!(ask(&server).await.unwrap(), (204, String::new()));
    let server = FaultServer::start(vec![Step::redirect(307, "/elsewhere"), Step::gzip("no gzip")]).await.unwrap();
    let _ = ask(&server).await;
    assert_eq!(server.take_requests()[1].path(), "/elsewhere");
}

#[tokio::test]
async fn a_request_in_chunks_is_read_to_its_end() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = FaultServer::start(vec![Step::ok().close()]).await.unwrap();
    let mut socket = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    socket
        .write_all(b"POST /a?b=c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
        .await
        .unwrap();
    let mut reply = String::new();
    socket.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 200 OK\r\n") && reply.ends_with("\r\n\r\n{}"), "{reply}");
    let request = &server.take_requests()[0];
    assert_eq!((request.path(), request.query(), request.body()), ("/a", "b=c", b"abcde".as_slice()));
}

#[tokio::test]
async fn a_closed_port_refuses_and_a_deaf_one_says_nothing() {
    let closed = ClosedPort::take().unwrap();
    let error = http().get(closed.base_url().unwrap()).send().await.unwrap_err();
    assert!(error.is_connect() && !error.is_timeout(), "{error:?}");
    let deaf = DeafPort::take().await.unwrap();
    let request = http().get(deaf.base_url().unwrap()).timeout(Duration::from_millis(50));
    assert!(request.send().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_bomb_is_small_and_says_what_it_is() {
    let server = FaultServer::start(vec![Step::gzip_bomb(10_000_000)]).await.unwrap();
    let reply = http().get(server.base_url()).send().await.unwrap();
    assert_eq!(reply.headers()["content-encoding"], "gzip");
    let bytes = reply.bytes().await.unwrap();
    assert_eq!(&bytes[..3], [0x1f, 0x8b, 8]);
    assert!((60_000..70_000).contains(&bytes.len()), "{}", bytes.len());
}
