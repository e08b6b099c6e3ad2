//! What the fault server does with one request.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tokio::sync::Notify;

use super::gzip;

/// One thing to do on a connection.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// Send bytes.
    Send(Vec<u8>),
    /// Send the same bytes so many times, without holding them all in memory.
    Repeat(Vec<u8>, u64),
    /// Send bytes in pieces, with a pause after each.
    Drip { bytes: Vec<u8>, piece: usize, every: Duration },
    /// Wait until the gate is opened once.
    Hold(Arc<Notify>),
    /// Send nothing more, but stay connected until the client leaves.
    Stall,
    /// End the connection the hard way: the client sees a reset.
    Reset,
    /// End the connection in good order.
    Close,
}

/// What the fault server does with one request: a list of actions, made by the constructors or put together by hand.
///
/// Unless it ends the connection itself, the server waits for the next request on it.
///
/// ```
/// use cx_mock::Step;
/// let half_a_head = Step::nothing().send("HTTP/1.1 200 OK\r\ncontent-le").stall();
/// # let _ = half_a_head;
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Step {
    pub(super) actions: Vec<Action>,
    /// Whether the request is read first.
    pub(super) reads: bool,
}

impl Step {
    /// Reads the request and does nothing.
    pub fn nothing() -> Self {
        Self { actions: Vec::new(), reads: true }
    }

    /// A good reply: 200 with `{}`.
    pub fn ok() -> Self {
        Self::json(200, &Value::Object(serde_json::Map::new()))
    }

    /// A good reply of JSON.
    pub fn json(status: u16, value: &Value) -> Self {
        Self::reply(status, &[("content-type", "application/json")], value.to_string())
    }

    /// A good reply. The length is added.
    pub fn reply(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self::nothing().send(head(status, headers, Some(body.len() as u64))).send(body)
    }

    /// A body that ends after `sent` bytes although its length is announced in full.
    pub fn cut_body(body: impl Into<Vec<u8>>, sent: usize) -> Self {
        let body = body.into();
        let length = body.len() as u64;
        Self::wrong_length(length, body.into_iter().take(sent).collect::<Vec<u8>>())
    }

    /// A body of another length than announced.
    pub fn wrong_length(announced: u64, body: impl Into<Vec<u8>>) -> Self {
        Self::nothing().send(head(200, JSON, Some(announced))).send(body).close()
    }

    /// A reset before the request is read.
    pub fn reset_on_connect() -> Self {
        Self { reads: false, ..Self::nothing() }.reset()
    }

    /// A reset after the request was read: nobody knows whether it took effect.
    pub fn reset_before_headers() -> Self {
        Self::nothing().reset()
    }

    /// A reset between head and body.
    pub fn reset_after_headers() -> Self {
        Self::nothing().send(head(200, JSON, Some(100))).reset()
    }

    /// A reset after part of the body.
    pub fn reset_in_body() -> Self {
        Self::nothing().send(head(200, JSON, Some(100))).send("{\"a\":").reset()
    }

    /// A connection that is closed in good order without a reply, as an idle one is.
    pub fn close_before_headers() -> Self {
        Self::nothing().close()
    }

    /// Never a byte.
    pub fn stall_before_headers() -> Self {
        Self::nothing().stall()
    }

    /// A head and then never a byte.
    pub fn stall_after_headers() -> Self {
        Self::nothing().send(head(200, JSON, Some(100))).stall()
    }

    /// Half a body and then never a byte.
    pub fn stall_in_body() -> Self {
        Self::nothing().send(head(200, JSON, Some(100))).send("{\"a\":").stall()
    }

    /// A good reply, `piece` bytes at a time.
    pub fn drip(body: impl Into<Vec<u8>>, piece: usize, every: Duration) -> Self {
        let body = body.into();
        let mut bytes = head(200, JSON, Some(body.len() as u64)).into_bytes();
        bytes.extend(body);
        Self::nothing().act(Action::Drip { bytes, piece: piece.max(1), every })
    }

    /// A chunked body whose second chunk has no size.
    pub fn bad_chunk() -> Self {
        Self::chunked().send("2\r\n{}\r\nzz\r\nno\r\n0\r\n\r\n").close()
    }

    /// A chunked body without its last chunk.
    pub fn missing_last_chunk() -> Self {
        Self::chunked().send("2\r\n{}\r\n").close()
    }

    /// So many interim replies (RFC 9110 §15.2) before the good one.
    pub fn informational_storm(count: u64) -> Self {
        Self::ok().after_interim_replies(count)
    }

    /// The same, with so many interim replies (RFC 9110 §15.2) before it.
    pub fn after_interim_replies(self, count: u64) -> Self {
        let hint = b"HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n".to_vec();
        let mut step = Self::nothing().act(Action::Repeat(hint, count));
        step.actions.extend(self.actions);
        step
    }

    /// A 204 that has a body all the same, which then stands before the next reply.
    pub fn no_content_with_body(body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self::nothing().send(head(204, JSON, Some(body.len() as u64))).send(body)
    }

    /// A text of JSON of so many bytes, with its length announced.
    pub fn big_body(bytes: u64) -> Self {
        Self::nothing().send(head(200, JSON, Some(bytes))).big_text(bytes)
    }

    /// A text of JSON of so many bytes in one endless-looking run: the length is not announced.
    pub fn big_unannounced_body(bytes: u64) -> Self {
        Self::nothing().send(head(200, JSON, None)).big_text(bytes).close()
    }

    /// Bytes that are announced as gzip, whatever they are: a bomb, a cut stream, no gzip at all.
    pub fn gzip(bytes: impl Into<Vec<u8>>) -> Self {
        Self::reply(200, &[("content-type", "application/json"), ("content-encoding", "gzip")], bytes)
    }

    /// A small reply that grows to about so many bytes when it is decompressed.
    pub fn gzip_bomb(bytes: u64) -> Self {
        Self::gzip(gzip::bomb(bytes))
    }

    /// Lists in lists, so many deep.
    pub fn deep_json(depth: usize) -> Self {
        Self::reply(200, JSON, format!("{}{}", "[".repeat(depth), "]".repeat(depth)))
    }

    /// A head that ends in the middle.
    pub fn cut_head() -> Self {
        Self::nothing().send("HTTP/1.1 200 OK\r\ncontent-ty").close()
    }

    /// A redirect.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::reply(status, &[("location", location)], "")
    }

    /// Sends bytes.
    pub fn send(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.act(Action::Send(bytes.into()))
    }

    /// Sends nothing more and waits for the client to leave.
    pub fn stall(self) -> Self {
        self.act(Action::Stall)
    }

    /// Holds all of it back until the gate is notified; each notification lets one request through.
    pub fn held(mut self, gate: &Arc<Notify>) -> Self {
        self.actions.insert(0, Action::Hold(Arc::clone(gate)));
        self
    }

    /// Ends the connection with a reset.
    pub fn reset(self) -> Self {
        self.act(Action::Reset)
    }

    /// Ends the connection in good order.
    pub fn close(self) -> Self {
        self.act(Action::Close)
    }

    fn chunked() -> Self {
        let headers = [("content-type", "application/json"), ("transfer-encoding", "chunked")];
        Self::nothing().send(head(200, &headers, None))
    }

    fn big_text(self, bytes: u64) -> Self {
        const PIECE: u64 = 64 * 1024;
        let inner = bytes.saturating_sub(2);
        let piece = vec![b'x'; PIECE as usize];
        let rest = vec![b'x'; (inner % PIECE) as usize];
        self.send("\"").act(Action::Repeat(piece, inner / PIECE)).send(rest).send("\"")
    }

    fn act(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }
}

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

fn head(status: u16, headers: &[(&str, &str)], length: Option<u64>) -> String {
    let reason = http::StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason()).unwrap_or("Odd");
    let mut head = format!("HTTP/1.1 {status} {reason}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(length) = length {
        head.push_str(&format!("content-length: {length}\r\n"));
    }
    head.push_str("\r\n");
    head
}
