//! The commands, built from the tables of the generated clients.

use clap::{Arg, ArgAction, Command, ValueHint};
use cx_client::{
    dynamic::{Guide, Registered},
    generated::REGISTRY,
    operation::Operation,
};

use crate::{
    arguments, body, completions, confirm, exit::Failure, export, flags, headers, help, login, logout, settings,
};

/// All commands.
pub fn command() -> Command {
    Command::new("cx")
        .about("Calls APIs from the command line: every API is a command, and every operation a command of it")
        .version(env!("CARGO_PKG_VERSION"))
        .after_help(help::SECRETS)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .args(settings::flags())
        .subcommands(REGISTRY.iter().map(api_command))
        .subcommands(login::command())
        .subcommands(logout::command())
        .subcommand(completions::command())
}

/// The API of a command.
pub fn api(name: &str) -> Option<&'static Registered> {
    REGISTRY.iter().find(|one| one.api.name == name)
}

/// The operation of a command.
pub fn operation(registered: &Registered, command: &str) -> Result<&'static Operation, Failure> {
    let found = registered.api.operations.iter().copied().find(|one| flags::kebab_case(one.id) == command);
    found.ok_or_else(|| {
        Failure::usage(format!("{} has no operation `{command}`", registered.api.name))
            .then(format!("`cx {} --help` lists the operations", registered.api.name))
    })
}

fn api_command(registered: &'static Registered) -> Command {
    let operations = registered.api.operations.iter().map(|operation| operation_command(registered, operation));
    Command::new(registered.api.name)
        .about(registered.api.title)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(operations)
        .subcommands(export::command(registered))
}

fn operation_command(registered: &'static Registered, operation: &'static Operation) -> Command {
    let guide = registered.guide(operation.id);
    let command = Command::new(flags::kebab_case(operation.id))
        .about(operation.summary)
        .long_about(help::about(operation, guide))
        .after_help(help::example(operation, guide))
        .args(arguments::flags(flags::names(operation)))
        .args(operation.body.as_ref().into_iter().flat_map(body::flags))
        .arg(headers::flag());
    if guide.is_some_and(|guide: &Guide| guide.destructive) { command.arg(yes()) } else { command }
}

fn yes() -> Arg {
    Arg::new(confirm::YES)
        .long(confirm::YES)
        .short('y')
        .action(ArgAction::SetTrue)
        .help("Does not ask before doing what cannot be undone")
}

/// A flag that takes the path of a file.
pub fn file_flag(id: String, name: String) -> Arg {
    Arg::new(id)
        .long(name)
        .value_name("FILE")
        .value_hint(ValueHint::FilePath)
        .value_parser(clap::value_parser!(std::path::PathBuf))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_sound() {
        command().debug_assert();
    }

    #[test]
    fn every_operation_is_a_command_with_an_example() {
        let command = command();
        for registered in REGISTRY {
            let api = command.find_subcommand(registered.api.name).unwrap();
            for operation in registered.api.operations {
                let one = api.find_subcommand(flags::kebab_case(operation.id)).unwrap();
                let help = one.clone().render_long_help().to_string();
                assert!(help.contains("Example:"), "{help}");
                for parameter in operation.parameters.iter().filter(|one| !one.description.is_empty()) {
                    let word = parameter.description.split_whitespace().next().unwrap();
                    assert!(help.contains(word), "{}: {help}", parameter.name);
                }
            }
        }
    }
}
