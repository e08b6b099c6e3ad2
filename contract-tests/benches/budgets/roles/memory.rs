//! Peak memory of this process.

use anyhow::{Context, Result};

/// The most that was ever resident, in MiB.
pub(super) fn peak_mib() -> Result<f64> {
    let status =
        std::fs::read_to_string("/proc/self/status").context("this system does not tell the peak of memory")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak of memory is told")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().context("the peak of memory is no number")?;
    Ok(kib / 1024.0)
}
