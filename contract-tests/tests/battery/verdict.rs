//! What an item demands of the client. Anything else that goes wrong in a test is a panic, and no verdict.

use std::fmt;

use cx_client::{Error, ErrorKind};

/// What a test says about the client.
pub type Verdict<T = ()> = Result<T, Finding>;

/// What the client did wrong.
#[derive(Debug)]
pub struct Finding(String);

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Demands that something holds.
pub fn ensure(holds: bool, demand: impl fmt::Display) -> Verdict {
    if holds { Ok(()) } else { Err(Finding(format!("not so: {demand}"))) }
}

/// Demands that two values are equal.
pub fn equal<T: PartialEq<U> + fmt::Debug, U: fmt::Debug>(got: T, wanted: U, what: impl fmt::Display) -> Verdict {
    if got == wanted { Ok(()) } else { Err(Finding(format!("{what}: {got:?}, not {wanted:?}"))) }
}

/// Demands a success.
pub fn succeeds<T>(outcome: cx_client::Result<T>, what: impl fmt::Display) -> Verdict<T> {
    outcome.map_err(|error| Finding(format!("{what} failed: {error}")))
}

/// Demands an error of a kind.
pub fn refused<T>(outcome: cx_client::Result<T>, kind: ErrorKind, what: impl fmt::Display) -> Verdict<Error> {
    match outcome {
        Ok(_) => Err(Finding(format!("{what} succeeded"))),
        Err(error) if error.kind() == kind => Ok(error),
        Err(error) => Err(Finding(format!("{what} ended in {:?}, not in {kind:?}: {error}", error.kind()))),
    }
}
