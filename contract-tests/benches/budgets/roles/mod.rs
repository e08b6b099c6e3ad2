//! What runs in a process of its own. Each role prints one line: JSON with its figures, or the address it serves at.

mod by_hand;
mod calls;
mod export;
mod load;
mod memory;
mod serve;

use anyhow::Result;
use clap::{Subcommand, ValueEnum};

/// Which side of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Side {
    /// The generated client.
    Ours,
    /// What a team would write by hand: reqwest and serde_json, into the same types.
    Peer,
}

/// A role.
#[derive(Clone, Debug, Subcommand)]
#[command(hide = true)]
pub enum Role {
    /// Serves rows.
    Serve(serve::Arguments),
    /// Asks for one page again and again.
    Call(calls::Arguments),
    /// Exports a list.
    Export(export::Arguments),
    /// Many tasks on an expired token.
    Expired(calls::Expired),
    /// Loads a server of any kind.
    Load(load::Arguments),
}

/// Plays it.
pub fn play(role: Role) -> Result<()> {
    match role {
        Role::Serve(arguments) => serve::run(&arguments),
        Role::Call(arguments) => calls::run(&arguments),
        Role::Export(arguments) => export::run(&arguments),
        Role::Expired(arguments) => calls::expired(&arguments),
        Role::Load(arguments) => load::run(&arguments),
    }
}
