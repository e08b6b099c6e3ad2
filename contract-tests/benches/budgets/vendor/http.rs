//! As much of HTTP/1.1 as two kept-alive clients need.

use anyhow::{Context, Result, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use url::form_urlencoded;

/// A request head is short here.
const MAX_HEAD: usize = 64 * 1024;

/// A kept-alive connection.
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Bytes of the request that was answered last.
    taken: usize,
}

/// A request.
pub(super) struct Request {
    target: String,
    is_post: bool,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, buffer: Vec::with_capacity(16 * 1024), taken: 0 }
    }

    /// The next request; `None` when the client has gone.
    pub(super) async fn next(&mut self) -> Result<Option<Request>> {
        self.buffer.drain(..self.taken);
        self.taken = 0;
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                let head = std::str::from_utf8(self.buffer.get(..end).unwrap_or_default())?;
                let length = end + 4 + content_length(head)?.unwrap_or(0);
                if self.buffer.len() >= length {
                    let request = Request::of(head)?;
                    self.taken = length;
                    return Ok(Some(request));
                }
            }
            ensure!(self.buffer.len() <= MAX_HEAD, "a request that is too long");
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    pub(super) async fn write(&mut self, answer: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(answer).await?)
    }
}

impl Request {
    fn of(head: &str) -> Result<Self> {
        let mut words = head.lines().next().unwrap_or_default().split(' ');
        let (method, target) = words.next().zip(words.next()).context("a request without a target")?;
        Ok(Self { target: target.to_owned(), is_post: method == "POST" })
    }

    pub(super) fn is_token_request(&self) -> bool {
        self.is_post
    }

    /// Pairs of the query.
    pub(super) fn query(&self) -> Vec<(String, String)> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }
}

/// The length that a head announces.
pub(crate) fn content_length(head: &str) -> Result<Option<usize>> {
    let line = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim())
    });
    line.map(|value| value.parse().context("a length that is no number")).transpose()
}

/// Where something first stands in a text.
pub(crate) fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// A reply with a body of JSON.
pub(super) fn json(status: &str, body: &[u8]) -> Vec<u8> {
    let mut reply =
        format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len())
            .into_bytes();
    reply.extend_from_slice(body);
    reply
}

/// A token that is good for two hours.
pub(super) fn token(number: u64) -> Vec<u8> {
    let body = format!("{{\"access_token\":\"token-{number}\",\"token_type\":\"bearer\",\"expires_in\":7200}}");
    json("200 OK", body.as_bytes())
}
