//! The `cx` tool as a process, against mock vendors.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may stop where it fails"
)]

#[cfg(target_os = "linux")]
mod bulk;
mod destructive;
mod exits;
mod export;
mod exported;
mod files;
mod formats;
mod headers;
mod help;
mod login;
mod process;
mod secrets;
#[cfg(target_os = "linux")]
mod terminal;
mod tokens;
#[cfg(target_os = "linux")]
mod volume;
mod walk;
