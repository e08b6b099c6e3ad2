//! The server.

use std::{io::Write, time::Duration};

use anyhow::Result;
use tokio::net::TcpListener;

use crate::vendor::Vendor;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// How many rows it has.
    #[arg(long)]
    rows: usize,
    /// Milliseconds before each answer.
    #[arg(long, default_value_t = 0)]
    latency: u64,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("http://{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        Vendor::new(arguments.rows, Duration::from_millis(arguments.latency)).serve(listener).await
    })
}
