//! Loads a server of any kind with one request, again and again.
//!
//! Load and server share a machine, and what the load takes is missing from what is measured. So the request is written
//! beforehand, and of a reply no more is read than where it ends and whether it is a success.

use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use url::{Position, Url};

use crate::vendor::http::{content_length, find};

/// How a body in chunks ends. No JSON holds a line break of this kind.
const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// What is asked for.
    #[arg(long)]
    url: Url,
    #[arg(long)]
    requests: u64,
    /// Connections that share them.
    #[arg(long, default_value_t = 16)]
    connections: u64,
}

/// Prints the requests a second.
pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let share = arguments.requests / arguments.connections;
    let seconds = runtime.block_on(async {
        Connection::open(&arguments.url).await?.ask().await?;
        let started = Instant::now();
        let tasks: Vec<_> = (0..arguments.connections)
            .map(|_| {
                let url = arguments.url.clone();
                tokio::spawn(async move {
                    let mut connection = Connection::open(&url).await?;
                    for _ in 0..share {
                        connection.ask().await?;
                    }
                    anyhow::Ok(())
                })
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        anyhow::Ok(started.elapsed().as_secs_f64())
    })?;
    println!("{}", json!({"per_second": (share * arguments.connections) as f64 / seconds}));
    Ok(())
}

/// A kept-alive connection, and the request that it carries.
struct Connection {
    stream: TcpStream,
    request: Vec<u8>,
    reply: Vec<u8>,
}

impl Connection {
    async fn open(url: &Url) -> Result<Self> {
        let authority = &url[Position::BeforeHost..Position::AfterPort];
        let target = &url[Position::BeforePath..];
        let request = format!(
            "GET {target} HTTP/1.1\r\nhost: {authority}\r\nauthorization: Bearer mock-token\r\naccept: application/json\r\n\r\n"
        );
        let stream = TcpStream::connect(authority).await.context("the server cannot be reached")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, request: request.into_bytes(), reply: Vec::with_capacity(64 * 1024) })
    }

    /// Sends the request and reads to the end of its reply.
    async fn ask(&mut self) -> Result<()> {
        self.stream.write_all(&self.request).await?;
        self.reply.clear();
        while !is_whole(&self.reply)? {
            ensure!(self.stream.read_buf(&mut self.reply).await? > 0, "the server hung up within a reply");
        }
        Ok(())
    }
}

/// Whether all of a reply is there.
///
/// # Errors
/// A reply that is no success, or does not say where it ends.
fn is_whole(reply: &[u8]) -> Result<bool> {
    let Some(end) = find(reply, b"\r\n\r\n") else { return Ok(false) };
    let head = std::str::from_utf8(reply.get(..end).unwrap_or_default())?.to_ascii_lowercase();
    ensure!(head.starts_with("http/1.1 2"), "the server answered {}", head.lines().next().unwrap_or_default());
    match content_length(&head)? {
        Some(length) => Ok(reply.len() >= end + 4 + length),
        None if head.contains("transfer-encoding: chunked") => Ok(reply.ends_with(LAST_CHUNK)),
        None => bail!("the server does not say where its reply ends"),
    }
}
