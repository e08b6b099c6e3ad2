//! Exports of 100,000 rows: what they hold in memory, and what is left of them when they are killed.

use std::{
    fs,
    path::Path,
    process::Child,
    sync::{Arc, Mutex, OnceLock},
};

use cx_mock::issuer;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{
    bulk::{Bulk, START},
    exported::{holds_every_row_once, ids},
    process::{cx, finish},
};

const ROWS: i64 = 100_000;

fn start(vendor: &Bulk, out: &Path) -> Child {
    let from = START.to_string();
    let run = cx(["wootric", "export", "list-responses", "--from", &from, "--resume"]).base_url(&vendor.base_url());
    run.env("CX_TOKEN", issuer::ACCESS_TOKEN).arg("--out").arg(out).start()
}

/// The most memory that a process held so far, in KiB.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Exports so many rows, and says what the tool held when it asked for its last page.
async fn peak_of_export(rows: i64) -> u64 {
    let vendor = Bulk::start(rows);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.ndjson");
    let process = Arc::new(OnceLock::new());
    let most = Arc::new(Mutex::new(0));
    let (id, kept, out) = (Arc::clone(&process), Arc::clone(&most), path.clone());
    vendor.watch(move |_| {
        assert!(!out.exists(), "the file is there before it is whole");
        if let Some(peak) = peak(*id.wait()) {
            *kept.lock().unwrap() = peak;
        }
    });
    let child = start(&vendor, &path);
    process.set(child.id()).unwrap();
    let ran = finish(child).await.exits(0);
    assert!(ran.stderr.contains(&format!("{rows} rows")), "{}", ran.stderr);
    holds_every_row_once(&path, rows);
    let peak = *most.lock().unwrap();
    println!("{rows} rows in {} requests: {peak} KiB at most", vendor.unwatch());
    assert!(peak > 0);
    peak
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_does_not_grow_with_the_list() {
    let (small, large) = (peak_of_export(10_000).await, peak_of_export(ROWS).await);
    assert!(large <= small + 16 * 1_024, "{large} KiB for {ROWS} rows, {small} KiB for 10,000");
}

/// What a killed export leaves is whole lines up to its checkpoint.
fn goes_on_from_a_checkpoint(path: &Path) -> usize {
    assert!(!path.exists(), "a file that is not whole");
    let beside = |suffix: &str| path.with_extension(format!("ndjson.{suffix}"));
    let Ok(checkpoint) = fs::read(beside("cursor")) else { return 0 };
    let checkpoint: Value = serde_json::from_slice(&checkpoint).unwrap();
    let bytes = usize::try_from(checkpoint["bytes"].as_u64().unwrap()).unwrap();
    let part = fs::read_to_string(beside("part")).unwrap();
    let safe = ids(&part[..bytes]).len();
    assert_eq!(checkpoint["rows"].as_u64(), Some(safe as u64));
    safe
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_killed_at_ten_random_points_ends_with_every_row_once() {
    let vendor = Bulk::start(ROWS);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.ndjson");
    let mut random = fastrand::Rng::with_seed(20_180_926);
    // Together fewer requests than the rows need, so that none of them gets to the end.
    let points: Vec<u64> = (0..10).map(|_| random.u64(1..=200)).collect();
    let mut safe = Vec::new();
    for point in &points {
        let point = *point;
        let process = Arc::new(OnceLock::new());
        let id = Arc::clone(&process);
        // In the middle of whatever it does, other requests and writing among it.
        vendor.watch(move |requests| {
            if requests == point {
                kill_process(Pid::from_raw(i32::try_from(*id.wait()).unwrap()).unwrap(), Signal::KILL).unwrap();
            }
        });
        let child = start(&vendor, &path);
        process.set(child.id()).unwrap();
        finish(child).await.exits(-1);
        safe.push(goes_on_from_a_checkpoint(&path));
    }
    println!("killed after requests {points:?}, with so many rows safe: {safe:?}");
    assert!(safe.is_sorted() && safe.last() > Some(&0), "{safe:?}");
    vendor.unwatch();
    finish(start(&vendor, &path)).await.exits(0);
    holds_every_row_once(&path, ROWS);
}
