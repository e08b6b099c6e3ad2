//! Why an export broke off, and how it goes on.

use std::error::Error as _;

use cx_client::{Error, export::CrowdedSecond};

use crate::exit::Failure;

/// Why an export broke off.
pub enum Stop {
    /// Ctrl-C.
    Interrupt,
    /// What the stream ended in.
    Error(Error),
}

impl Stop {
    /// What is said of it, after so many rows that are safe: all of those before a second.
    pub fn failure(self, into_file: bool, rows: u64, reached: i64) -> Failure {
        match self {
            Self::Interrupt => Failure::interrupted().and_then(goes_on(into_file, rows)),
            Self::Error(error) => match crowded(&error) {
                // The same export would only come as far again.
                Some(second) => Failure::from(error).then(around(second)),
                // It may be a row that stays as it is.
                None if error.is_decode() => {
                    Failure::from(error).and_then(goes_on(into_file, rows)).and_then(past(reached))
                }
                None => Failure::from(error).and_then(goes_on(into_file, rows)),
            },
        }
    }
}

/// The second that shows fewer rows than it has, if that is what it was.
fn crowded(error: &Error) -> Option<i64> {
    error.source()?.downcast_ref::<CrowdedSecond>().map(|crowded| crowded.second)
}

fn around(second: i64) -> String {
    let after = second.saturating_add(1);
    format!(
        "export around that second, --until {second} and --from {after}, into a file each, and the second itself piece \
         by piece by the filters of the list"
    )
}

fn past(reached: i64) -> String {
    format!(
        "if it ends there again, what cannot be read lies in the second {reached} or after it: come close to it by \
         --until, and go on behind it by --from, into a file each"
    )
}

/// How an export that broke off goes on, after so many rows that are safe.
pub fn goes_on(into_file: bool, rows: u64) -> String {
    if into_file {
        format!("the same command with --resume goes on after the {rows} rows that came")
    } else {
        "run it again with --out FILE: such an export can go on by --resume".to_owned()
    }
}
