//! How things are measured.

mod child;
mod instructions;
mod server;

use std::time::Duration;

use anyhow::{Context, Result};

pub use child::{cargo, run, seconds};
pub use instructions::per_request;
pub use server::Server;

/// Smallest, middle and largest of a set of figures.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// The middle one; of an even number, the mean of the two in the middle.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// Of these figures.
    ///
    /// # Errors
    /// No figures.
    pub fn of(mut figures: Vec<f64>) -> Result<Self> {
        figures.sort_by(f64::total_cmp);
        let (min, max) = figures.first().zip(figures.last()).context("nothing was measured")?;
        let (low, high) = (figures.get((figures.len() - 1) / 2), figures.get(figures.len() / 2));
        let (low, high) = low.zip(high).context("nothing was measured")?;
        Ok(Self { median: f64::midpoint(*low, *high), min: *min, max: *max })
    }
}

/// Figures of both sides, and their ratios pair by pair.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    pub ours: Spread,
    pub peer: Spread,
    pub ratio: Spread,
}

/// Measures both sides in turn, A B A B …, after one round that does not count: a machine whose speed drifts drifts for both.
pub fn pairs(
    rounds: u32,
    mut ours: impl FnMut() -> Result<f64>,
    mut peer: impl FnMut() -> Result<f64>,
) -> Result<Compared> {
    ours()?;
    peer()?;
    cold_pairs(rounds, ours, peer)
}

/// The same without the round that does not count, for what must not be warm.
pub fn cold_pairs(
    rounds: u32,
    mut ours: impl FnMut() -> Result<f64>,
    mut peer: impl FnMut() -> Result<f64>,
) -> Result<Compared> {
    let (mut a, mut b, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=rounds {
        let (own, other) = (ours()?, peer()?);
        eprintln!("   pair {round} of {rounds}: {own:.3} against {other:.3}");
        a.push(own);
        b.push(other);
        ratios.push(own / other);
    }
    Ok(Compared { ours: Spread::of(a)?, peer: Spread::of(b)?, ratio: Spread::of(ratios)? })
}

/// Waits until something is so, and fails if it takes too long.
pub fn wait_for(what: &str, limit: Duration, mut so: impl FnMut() -> bool) -> Result<()> {
    let started = std::time::Instant::now();
    while !so() {
        anyhow::ensure!(started.elapsed() < limit, "{what} took longer than {} s", limit.as_secs());
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
