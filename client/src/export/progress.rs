//! How far an export is.

/// How far an export is. Counts are of this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Rows handed out.
    pub rows: u64,
    /// Rows received, those among them that are waiting to be handed out and those that came twice.
    pub received: u64,
    /// Pages asked for.
    pub requests: u64,
    /// Windows read to their end.
    pub windows: u64,
    /// Windows that are being read.
    pub in_flight: usize,
    /// UNIX second at which the run starts: its lower bound, or the first row where it has none.
    pub start: i64,
    /// UNIX second up to which all rows were handed out.
    pub reached: i64,
    /// UNIX second at which the run ends.
    pub until: i64,
}

impl Progress {
    /// The part of the run's time that is done, from 0 to 1. It is of time, not of rows: nobody knows how many there are.
    pub fn fraction(&self) -> f64 {
        let whole = self.until.saturating_sub(self.start);
        if whole <= 0 {
            return 1.0;
        }
        let done = self.reached.saturating_sub(self.start);
        (done as f64 / whole as f64).clamp(0.0, 1.0)
    }
}
