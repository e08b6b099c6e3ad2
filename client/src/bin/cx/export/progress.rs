//! What an export tells on stderr while it runs.

use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Steps of the bar.
const STEPS: u64 = 1_000;

/// A bar with rows, rate, window and estimated time of arrival. On anything but a terminal it draws nothing.
pub struct Progress {
    bar: ProgressBar,
    rows: u64,
}

impl Progress {
    /// Starts the bar; `rows` were there before.
    pub fn start(rows: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}  {elapsed} gone, {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, rows }
    }

    /// So many rows, up to that point in time, and that part of the whole.
    pub fn tell(&self, rows: u64, window: &str, done: f64) {
        let seconds = self.bar.elapsed().as_secs_f64().max(0.001);
        let rate = rows.saturating_sub(self.rows) as f64 / seconds;
        self.bar.set_message(format!("{} rows, {rate:.0}/s, {window}", HumanCount(rows)));
        self.bar.set_position((done.clamp(0.0, 1.0) * STEPS as f64) as u64);
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
