//! `cargo xtask bench`: the budgets, each a ratio against what people would use instead, both measured in one run.
//!
//! [`budget`] has a module a budget; each returns [`table::Row`]s. [`measure`] runs pairs in turn, counts instructions and
//! reads the memory of children; [`vendor`] is the server that both sides talk to; [`peers`] brings the other tools here.
//! Whatever is measured runs in a process of its own ([`roles`]), so that neither side pays for the other or for the harness.

mod budget;
mod folder;
mod measure;
mod peers;
mod roles;
mod table;
mod vendor;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;

/// Measures the budgets, side by side.
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    #[command(subcommand)]
    role: Option<roles::Role>,
    #[command(flatten)]
    options: Options,
    /// Given by cargo, and of no use here.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What to measure, and how often.
#[derive(clap::Args, Clone, Debug)]
struct Options {
    /// How to print the result.
    #[arg(long, default_value = "text", value_parser = ["text", "json"])]
    format: String,
    /// Only these budgets, such as P1; all unless told otherwise.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Pairs of each budget.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    pairs: u32,
    /// Also how the figures grow: P2 over tasks, P3 over rows, P5 over operations.
    #[arg(long)]
    scaling: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode> {
    if let Some(role) = arguments.role {
        roles::play(role)?;
        return Ok(ExitCode::SUCCESS);
    }
    let options = arguments.options;
    let is_known = |id: &String| budget::ALL.iter().any(|budget| id.eq_ignore_ascii_case(budget.id));
    if let Some(unknown) = options.only.iter().find(|id| !is_known(id)) {
        bail!("there is no budget {unknown}");
    }
    let mut table = table::Table::default();
    for budget in budget::ALL {
        if !options.only.is_empty() && !options.only.iter().any(|id| id.eq_ignore_ascii_case(budget.id)) {
            continue;
        }
        eprintln!("── {}: {}", budget.id, budget.title);
        match (budget.measure)(&options) {
            Ok(rows) => table.add(budget, rows),
            Err(error) => {
                eprintln!("{} could not be measured: {error:#}", budget.id);
                table.could_not(budget, &error);
            }
        }
    }
    table.print(&options.format)?;
    Ok(table.exit_code())
}
