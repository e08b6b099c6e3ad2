//! `cx completions`: scripts that complete commands, flags and known values.

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;

use crate::{exit::Failure, output, tree};

pub const NAME: &str = "completions";

/// The command.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Prints a script that completes commands, flags and known values")
        .after_help("Example:\n  cx completions bash > ~/.local/share/bash-completion/completions/cx")
        .arg(Arg::new("shell").required(true).value_parser(value_parser!(Shell)))
}

/// Prints the script.
///
/// # Errors
/// A stdout that takes nothing.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let Some(shell) = matches.get_one::<Shell>("shell") else { return Ok(()) };
    // Written at once: the generator panics when it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(*shell, &mut tree::command(), "cx", &mut script);
    output::to_stdout(|stdout| stdout.write_all(&script))
}
