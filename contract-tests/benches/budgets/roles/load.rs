//! Loads a server of any kind with one request, again and again.

use std::time::Instant;

use anyhow::{Result, ensure};
use serde_json::json;

use super::by_hand;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// What is asked for.
    #[arg(long)]
    url: String,
    #[arg(long)]
    requests: u64,
    /// Connections that share them.
    #[arg(long, default_value_t = 16)]
    connections: u64,
}

/// Prints the requests a second.
pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let seconds = runtime.block_on(async {
        let client = by_hand::client()?;
        ask(&client, &arguments.url).await?;
        let started = Instant::now();
        let tasks: Vec<_> = (0..arguments.connections)
            .map(|_| {
                let (client, url) = (client.clone(), arguments.url.clone());
                let share = arguments.requests / arguments.connections;
                tokio::spawn(async move {
                    for _ in 0..share {
                        ask(&client, &url).await?;
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
    let asked = arguments.requests / arguments.connections * arguments.connections;
    println!("{}", json!({"per_second": asked as f64 / seconds}));
    Ok(())
}

async fn ask(client: &reqwest::Client, url: &str) -> Result<()> {
    let reply = client.get(url).bearer_auth("mock-token").header("accept", "application/json").send().await?;
    ensure!(reply.status().is_success(), "the server answered {}", reply.status());
    reply.bytes().await?;
    Ok(())
}
