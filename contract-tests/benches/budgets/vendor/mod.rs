//! The server that both sides of a pair talk to: HTTP/1.1 on loopback with as little work as possible, so that it is never
//! what is measured. One thread, answers made beforehand or printed straight into the buffer.

pub(crate) mod http;
mod rows;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use tokio::net::{TcpListener, TcpStream};

pub use rows::FIRST;
use rows::Rows;

/// What it answers with.
#[derive(Debug)]
pub struct Vendor {
    rows: Rows,
    /// Waited before each answer.
    latency: Duration,
    tokens: AtomicU64,
}

impl Vendor {
    /// A vendor with so many rows.
    pub fn new(rows: usize, latency: Duration) -> Arc<Self> {
        Arc::new(Self { rows: Rows::new(rows), latency, tokens: AtomicU64::new(0) })
    }

    /// Token requests so far.
    pub fn token_requests(&self) -> u64 {
        self.tokens.load(Ordering::Relaxed)
    }

    /// Serves until it is dropped.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) -> Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let vendor = Arc::clone(&self);
            // A connection that breaks off is the client's affair.
            tokio::spawn(async move { drop(vendor.answer_all(stream).await) });
        }
    }

    async fn answer_all(&self, stream: TcpStream) -> Result<()> {
        let mut connection = http::Connection::new(stream);
        while let Some(request) = connection.next().await? {
            if !self.latency.is_zero() {
                tokio::time::sleep(self.latency).await;
            }
            let answer = if request.is_token_request() {
                let number = self.tokens.fetch_add(1, Ordering::Relaxed);
                http::token(number)
            } else {
                self.rows.page(&request.query())
            };
            connection.write(&answer).await?;
        }
        Ok(())
    }
}
