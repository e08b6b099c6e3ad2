//! `cx`: every operation of every document from the command line.
//!
//! The commands are built from the tables of the generated clients when the tool starts: an operation that enters a
//! document is a command, with its flags, its help and its completions, and nothing is written here for it.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")
)]

mod account;
mod arguments;
mod body;
mod call;
mod completions;
mod confirm;
mod connect;
mod credentials;
mod exit;
mod export;
mod files;
mod flags;
mod headers;
mod help;
mod login;
mod logout;
mod mask;
mod misuse;
mod output;
mod secrets;
mod session;
mod settings;
mod trace;
mod tree;

use std::{process::ExitCode, time::Duration};

use clap::ArgMatches;

use crate::{exit::Failure, secrets::Secrets, settings::Settings};

/// How long a command that has ended waits for files that are still written. Looking up a name takes longer, and cannot be
/// broken off: nobody waits for that after a deadline or Ctrl-C.
const GRACE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let secrets = Secrets::default();
    let outcome = match tree::command().try_get_matches() {
        Ok(matches) => start(&matches, &secrets),
        Err(error) => {
            let error = misuse::with_the_best_tips(error);
            let printed = error.print();
            if error.exit_code() != 0 {
                return exit::Code::Usage.into();
            }
            // Help is no failure, and goes to stdout.
            output::written(printed)
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(&secrets),
    }
}

fn start(matches: &ArgMatches, secrets: &Secrets) -> Result<(), Failure> {
    let settings = Settings::read(matches)?;
    trace::start(settings.verbose);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        Failure::usage(format!("the tool cannot start: {error}"))
            .then("check the limits of the process (`ulimit -a`): open files, memory")
    })?;
    let outcome = runtime.block_on(run(matches, &settings, secrets));
    runtime.shutdown_timeout(GRACE);
    outcome
}

async fn run(matches: &ArgMatches, settings: &Settings, secrets: &Secrets) -> Result<(), Failure> {
    match matches.subcommand() {
        Some((completions::NAME, matches)) => completions::run(matches),
        Some((login::NAME, matches)) => login::run(matches, settings, secrets).await,
        Some((logout::NAME, matches)) => logout::run(matches, settings, secrets).await,
        Some((api, matches)) => match (tree::api(api), matches.subcommand()) {
            (Some(registered), Some((export::NAME, matches))) => {
                export::run(registered, matches, settings, secrets).await
            }
            (Some(registered), Some((operation, matches))) => {
                let operation = tree::operation(registered, operation)?;
                call::run(registered, operation, matches, settings, secrets).await
            }
            _ => Err(Failure::usage("no such command").then("`cx --help` lists the commands")),
        },
        None => Err(Failure::usage("no command was given").then("`cx --help` lists the commands")),
    }
}
