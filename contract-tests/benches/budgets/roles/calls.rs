//! The same page, again and again: through the client, and by hand.

use std::{
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Result, ensure};
use cx_client::{
    env::{BoxFuture, Environment, System},
    wootric::{self, types::EndUser},
};
use serde_json::json;
use tokio::net::TcpListener;

use super::{Side, by_hand};
use crate::vendor::Vendor;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    #[arg(long)]
    side: Side,
    #[arg(long)]
    url: String,
    /// Requests in all.
    #[arg(long)]
    requests: u64,
    /// Tasks that share them.
    #[arg(long, default_value_t = 1)]
    tasks: u64,
}

/// Prints the requests a second.
pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = if arguments.tasks == 1 {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?
    } else {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?
    };
    let seconds = runtime.block_on(async {
        match arguments.side {
            Side::Ours => {
                let client = wootric::Client::builder().base_url(&arguments.url).static_token("a-token").build()?;
                share(arguments, move || {
                    let client = client.clone();
                    async move { ours(&client).await }
                })
                .await
            }
            Side::Peer => {
                let client = by_hand::client()?;
                let url = arguments.url.clone();
                share(arguments, move || {
                    let (client, url) = (client.clone(), url.clone());
                    async move { plain(&client, &url).await }
                })
                .await
            }
        }
    })?;
    println!("{}", json!({"per_second": arguments.requests as f64 / seconds, "seconds": seconds}));
    Ok(())
}

/// Shares the requests among tasks; returns the seconds from first to last.
async fn share<F, A>(arguments: &Arguments, ask: F) -> Result<f64>
where
    F: Fn() -> A + Clone + Send + 'static,
    A: Future<Output = Result<usize>> + Send,
{
    let first = ask().await?;
    ensure!(first == 50, "a page of {first} rows");
    let started = Instant::now();
    let tasks: Vec<_> = (0..arguments.tasks)
        .map(|task| {
            let ask = ask.clone();
            let extra = u64::from(task < arguments.requests % arguments.tasks);
            let share = arguments.requests / arguments.tasks + extra;
            tokio::spawn(async move {
                for _ in 0..share {
                    ask().await?;
                }
                anyhow::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(started.elapsed().as_secs_f64())
}

async fn ours(client: &wootric::Client) -> Result<usize> {
    let page = client.list_end_users().page(1).per_page(50).send().await?;
    Ok(page.len())
}

async fn plain(client: &reqwest::Client, url: &str) -> Result<usize> {
    let request = client.get(format!("{url}/v1/end_users")).query(&[("page", 1), ("per_page", 50)]);
    let reply = request.bearer_auth("a-token").send().await?.error_for_status()?;
    let page: Vec<EndUser> = serde_json::from_slice(&reply.bytes().await?)?;
    Ok(page.len())
}

#[derive(Clone, Debug, clap::Args)]
pub struct Expired {
    /// Tasks that find the token expired.
    #[arg(long)]
    tasks: u64,
}

/// A clock that can be set forward; it waits and guesses like the machine.
#[derive(Debug, Default)]
struct Clock {
    system: System,
    ahead: AtomicU64,
}

impl Environment for Clock {
    fn now(&self) -> Duration {
        self.system.now() + Duration::from_secs(self.ahead.load(Ordering::Relaxed))
    }

    fn wall_clock(&self) -> SystemTime {
        self.system.wall_clock() + Duration::from_secs(self.ahead.load(Ordering::Relaxed))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        self.system.sleep(duration)
    }

    fn random(&self) -> f64 {
        self.system.random()
    }
}

/// Prints how many token requests many tasks made together.
pub(super) fn expired(arguments: &Expired) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let said = runtime.block_on(async {
        let vendor = Vendor::new(50, Duration::ZERO);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(Arc::clone(&vendor).serve(listener));
        let clock = Arc::new(Clock::default());
        let builder = wootric::Client::builder().base_url(&url).client_credentials("id", "secret");
        let client = builder.environment(clock.clone()).deadline(Duration::from_secs(300)).build()?;
        client.list_end_users().per_page(50).send().await?;
        let before = vendor.token_requests();
        ensure!(before == 1, "{before} token requests for one call");
        clock.ahead.store(4 * 3600, Ordering::Relaxed);
        // Connections are not what is measured: so many at once would run into the system's limits.
        let room = Arc::new(tokio::sync::Semaphore::new(256));
        let barrier = Arc::new(tokio::sync::Barrier::new(usize::try_from(arguments.tasks)?));
        let tasks: Vec<_> = (0..arguments.tasks)
            .map(|_| {
                let (client, barrier, room) = (client.clone(), Arc::clone(&barrier), Arc::clone(&room));
                tokio::spawn(async move {
                    barrier.wait().await;
                    let _room = room.acquire().await?;
                    client.list_end_users().per_page(50).send().await?;
                    anyhow::Ok(())
                })
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        anyhow::Ok(json!({"token_requests": vendor.token_requests() - before, "tasks": arguments.tasks}))
    })?;
    println!("{said}");
    Ok(())
}
