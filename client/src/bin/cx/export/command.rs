//! The commands that export lists.

use clap::{Arg, ArgAction, Command, builder::PossibleValuesParser, value_parser};
use cx_client::{
    dynamic::Registered,
    operation::{Operation, Pagination},
};

use super::{NAME, time};
use crate::{
    arguments,
    flags::{self, Named},
    tree,
};

/// The command, if the API has a list that can be cut into windows.
pub fn command(registered: &'static Registered) -> Option<Command> {
    let lists: Vec<Command> = registered.api.operations.iter().filter_map(|one| list_command(one)).collect();
    if lists.is_empty() {
        return None;
    }
    Some(
        Command::new(NAME)
            .about("Exports a list of any length, past what its pages show")
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommands(lists),
    )
}

fn list_command(operation: &'static Operation) -> Option<Command> {
    let pagination = operation.pagination.as_ref().filter(|one| !one.windows.is_empty())?;
    let name = flags::kebab_case(operation.id);
    let windows: Vec<&str> = pagination.windows.iter().map(|window| window.parameter).collect();
    let default = windows.first().copied().unwrap_or_default();
    let command = Command::new(&name)
        .about(operation.summary)
        .after_help(format!(
            "The columns of csv are those of the first rows; members that come later stand in the last one,\n\
             other_members, as JSON.\n\
             A spreadsheet may take a text in csv that begins with =, +, - or @ for a formula.\n\n\
             Example:\n  cx {} {NAME} {name} --from 2024-01-01 --out rows.csv --resume",
            operation.api
        ))
        .args(arguments::flags(filters(operation, pagination)))
        .args([
            Arg::new("by")
                .long("by")
                .value_name("TIME")
                .value_parser(PossibleValuesParser::new(windows))
                .default_value(default)
                .help("The time by which the list is cut into windows"),
            moment("from", "First moment of the export: UNIX seconds, a day or RFC 3339 [default: the first row]"),
            moment("until", "End of the export, which is not part of it [default: now]"),
            tree::file_flag("out".to_owned(), "out".to_owned())
                .help("File to write, which appears when it is complete; csv if its name ends in .csv; - is stdout [default: stdout]"),
            Arg::new("resume")
                .long("resume")
                .action(ArgAction::SetTrue)
                .requires("out")
                .help("Continues an export of the same server and account into the same file that was stopped; starts one if there is none"),
            Arg::new("in-flight")
                .long("in-flight")
                .value_name("N")
                .value_parser(value_parser!(u8).range(1..=16))
                .default_value("4")
                .help("How many windows are read at once"),
        ]);
    Some(command)
}

fn moment(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("TIME").value_parser(time::seconds).allow_negative_numbers(true).help(help)
}

/// The parameters that the export leaves to the caller: not those that it pages and cuts by.
pub fn filters(operation: &'static Operation, pagination: &Pagination) -> Vec<Named> {
    let own = [Some(pagination.page), Some(pagination.per_page), pagination.sort_key, pagination.sort_order];
    let is_bound = |name: &str| {
        let windows = pagination.windows.iter().map(|window| window.parameter);
        windows
            .into_iter()
            .any(|window| name.strip_prefix(window).is_some_and(|rest| rest.is_empty() || rest.starts_with('[')))
    };
    let names = flags::names(operation).into_iter();
    names.filter(|(parameter, _)| !own.contains(&Some(parameter.name)) && !is_bound(parameter.name)).collect()
}
