//! Wootric: the generated client, and what is written by hand on top of it.

mod export;

pub use crate::generated::wootric::*;
