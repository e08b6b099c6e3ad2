//! Exports of 100,000 rows, and what is left of them when they are killed.

use std::{
    fs,
    path::Path,
    process::Child,
    sync::{Arc, OnceLock},
};

use cx_mock::issuer;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{
    bulk::{Bulk, START},
    process::{cx, finish},
};

const ROWS: i64 = 100_000;

fn start(vendor: &Bulk, out: &Path) -> Child {
    let (from, until) = (START.to_string(), (START + ROWS * 60).to_string());
    let run = cx(["wootric", "export", "list-responses", "--from", &from, "--until", &until, "--resume"]);
    let run = run.base_url(&vendor.base_url());
    // One window after the other: the first rows are safe after some fifty requests.
    run.env("CX_TOKEN", issuer::ACCESS_TOKEN).arg("--in-flight").arg("1").arg("--out").arg(out).start()
}

/// The ids of whole lines.
fn ids(text: &str) -> Vec<i64> {
    assert!(text.is_empty() || text.ends_with('\n'), "a line is cut off");
    text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_i64().unwrap()).collect()
}

#[track_caller]
fn holds_every_row_once(path: &Path, rows: i64) {
    let mut ids = ids(&fs::read_to_string(path).unwrap());
    ids.sort_unstable();
    assert!(ids == (0..rows).collect::<Vec<_>>(), "{} of {rows} rows", ids.len());
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "something was left beside the file");
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
