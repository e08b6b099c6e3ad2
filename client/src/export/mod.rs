//! Lists of any length, read whole.
//!
//! Some vendors show no more than so many pages of a list: of Wootric's, 30 of 50 rows. What is longer can only be read
//! in windows of time, by the filters that the list has. An export does that: it cuts the time into windows of about as
//! many rows as a run of pages shows, reads several at once, and hands the rows out in the order of time, each once.
//!
//! ```no_run
//! # async fn example(client: cx_client::wootric::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use futures_util::TryStreamExt;
//!
//! let mut rows = client.list_responses().export().from(1_515_940_485).stream()?;
//! while let Some(response) = rows.try_next().await? {
//!     println!("{} {:?}", response.id, response.score);
//! }
//! std::fs::write("cursor.json", serde_json::to_vec(&rows.cursor())?)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//!
//! The upper bound is fixed when the export starts, one second behind the clock, so that no second is read that may still
//! grow. What comes later is for the next run, which goes on from the [`Cursor`].
//!
//! * **Over the time of creation** every row comes exactly once. Rows that others put into the past meanwhile (back-dated)
//!   may be missed, and each of them may push one that was there onto a page that was read already;
//!   [`Export::look_back`] lets a later run read a margin again. Rows that others delete meanwhile make no other row be
//!   missed.
//! * **Over the time of the last change** every row comes at least once: one that changes while the export runs leaves
//!   its window for the present, and comes with the next run.
//! * **From a cursor** the rest comes: the rows before the cursor and those after it are together the whole.
//!
//! # How
//!
//! Bounds are written as the document says they are meant: `gt` and `lt` leave the bound out and count whole seconds, so
//! neighbouring windows overlap by the one second that a fraction could hide in, and rows seen twice are dropped by their
//! key. Inside a window the pages are read **from the last to the first**: a row that leaves the list moves those after it
//! one place towards the front, that is towards the pages that are still to be read, and none slips through. Where the
//! times of the rows can be read, the next stretch starts at the last time seen, so that no window is too full; where they
//! cannot (no offset, no order), a window that is fuller than a run of pages is split in two.
//!
//! A list that shows more rows in one second than a run of pages can is not read past them: the export ends in an error of
//! the kind [`Truncated`](crate::ErrorKind::Truncated) whose source is a [`CrowdedSecond`].
//!
//! Memory is bounded by the windows in flight ([`Export::windows`]) and their rows ([`Export::window_rows`]), not by the
//! length of the list. Requests move on only while the stream is polled, and dropping it ends them.

mod builder;
mod crowded;
mod cursor;
mod known;
mod plan;
mod progress;
mod reader;
mod row;
mod schedule;
mod stream;
// The vendor of the tests has Wootric's table.
#[cfg(all(test, feature = "wootric"))]
mod tests;

pub use builder::Export;
pub use crowded::CrowdedSecond;
pub use cursor::Cursor;
pub use progress::Progress;
pub use stream::Rows;
