//! What an export tells on stderr while it runs.

use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Steps of the bar.
const STEPS: u64 = 1_000;

/// A bar with rows, rate, window and estimated time of arrival. On anything but a terminal it draws nothing. It is taken
/// away when it is dropped, however the export ended.
pub struct Progress {
    bar: ProgressBar,
    /// Rows that were there before.
    before: u64,
    told: bool,
}

impl Progress {
    /// Starts the bar; `rows` were there before.
    pub fn start(rows: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr());
        // The bar takes what the words leave of the line: on a narrow terminal they matter more.
        let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {msg}, {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(format!("{} rows", HumanCount(rows)));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, before: rows, told: false }
    }

    /// So many rows were read. It says nothing once rows are written.
    pub fn read(&self, rows: u64) {
        if !self.told {
            self.bar.set_message(format!("{} rows, {} more read", HumanCount(self.before), HumanCount(rows)));
        }
    }

    /// So many rows, up to that point in time, and that part of the whole.
    pub fn tell(&mut self, rows: u64, window: &str, done: f64) {
        let seconds = self.bar.elapsed().as_secs_f64().max(0.001);
        let rate = rows.saturating_sub(self.before) as f64 / seconds;
        self.bar.set_message(format!("{} rows, {rate:.0}/s, up to {window}", HumanCount(rows)));
        self.bar.set_position((done.clamp(0.0, 1.0) * STEPS as f64) as u64);
        // What was done before took no time of this run.
        if !self.told && self.before > 0 {
            self.bar.reset_eta();
        }
        self.told = true;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
