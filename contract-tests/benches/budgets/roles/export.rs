//! A whole list: through the client's export, and by the loop that a team would write by hand.

use std::{collections::HashSet, time::Instant};

use anyhow::{Result, ensure};
use cx_client::wootric::{self, types::EndUser};
use futures_util::TryStreamExt;
use serde_json::json;

use super::{Side, by_hand, memory};

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    #[arg(long)]
    side: Side,
    #[arg(long)]
    url: String,
    /// Rows that must come.
    #[arg(long)]
    rows: usize,
}

/// Prints the seconds and the peak of memory.
pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let started = Instant::now();
    let seen = runtime.block_on(async {
        match arguments.side {
            Side::Ours => ours(&arguments.url, arguments.rows).await,
            Side::Peer => plain(&arguments.url, arguments.rows).await,
        }
    })?;
    let seconds = started.elapsed().as_secs_f64();
    seen.is_whole(arguments.rows)?;
    println!("{}", json!({"seconds": seconds, "peak_mib": memory::peak_mib()?}));
    Ok(())
}

/// Which rows came: a bit a row, so that both sides pay the same for the check.
struct Seen {
    bits: Vec<u64>,
    count: usize,
}

impl Seen {
    fn new(rows: usize) -> Self {
        Self { bits: vec![0; rows / 64 + 1], count: 0 }
    }

    fn add(&mut self, row: &EndUser) -> Result<()> {
        let place = usize::try_from(row.id)?;
        let word = self.bits.get_mut(place / 64);
        let Some(word) = word else { anyhow::bail!("a row with the id {place}") };
        ensure!(*word & (1 << (place % 64)) == 0, "row {place} came twice");
        *word |= 1 << (place % 64);
        self.count += 1;
        Ok(())
    }

    fn is_whole(&self, rows: usize) -> Result<()> {
        ensure!(self.count == rows, "{} of {rows} rows came", self.count);
        Ok(())
    }
}

async fn ours(url: &str, rows: usize) -> Result<Seen> {
    let client = wootric::Client::builder().base_url(url).static_token("a-token").build()?;
    let mut seen = Seen::new(rows);
    let mut stream = client.export_end_users().from(crate::vendor::FIRST).stream()?;
    while let Some(row) = stream.try_next().await? {
        seen.add(&row)?;
    }
    Ok(seen)
}

/// Page by page; past the last page that is shown, from the last second on, less what came already.
async fn plain(url: &str, rows: usize) -> Result<Seen> {
    let client = by_hand::client()?;
    let mut seen = Seen::new(rows);
    let mut known: HashSet<i64> = HashSet::new();
    let mut after = crate::vendor::FIRST - 1;
    loop {
        let mut last = after;
        let mut fresh = HashSet::new();
        for page in 1..=30 {
            let query = [
                ("page", page.to_string()),
                ("per_page", "50".to_owned()),
                ("created[gt]", after.to_string()),
                ("sort_key", "created_at".to_owned()),
                ("sort_order", "asc".to_owned()),
            ];
            let request = client.get(format!("{url}/v1/end_users")).query(&query).bearer_auth("a-token");
            let reply = request.send().await?.error_for_status()?;
            let page: Vec<EndUser> = serde_json::from_slice(&reply.bytes().await?)?;
            let is_last = page.len() < 50;
            for row in page {
                if let Some(created) = row.created_at.as_ref().and_then(cx_client::Time::timestamp) {
                    last = last.max(created);
                }
                if known.contains(&row.id) || !fresh.insert(row.id) {
                    continue;
                }
                seen.add(&row)?;
            }
            if is_last {
                return Ok(seen);
            }
        }
        // Bounds are exclusive and count whole seconds, so the last second is read again.
        after = last - 1;
        known = fresh;
    }
}
