//! Parameters: their flags, and the arguments of a call made from them.

use clap::{Arg, ArgAction, ArgMatches};
use cx_client::operation::Parameter;
use serde_json::{Map, Value};

use crate::{
    exit::Failure,
    flags::{Named, ParameterValue},
    help,
    secrets::{self, Secrets},
    tree,
};

/// Keeps the ids of parameters apart from those of the tool's own flags.
fn id(parameter: &Parameter) -> String {
    format!("parameter {}", parameter.name)
}

/// One flag a parameter. That of a secret takes the path of a file.
pub fn flags(parameters: Vec<Named>) -> Vec<Arg> {
    parameters.into_iter().map(|(parameter, name)| flag(parameter, name)).collect()
}

fn flag(parameter: &'static Parameter, name: String) -> Arg {
    let (short, long) = help::parameter(parameter);
    let arg = if parameter.secret {
        tree::file_flag(id(parameter), format!("{name}-file"))
    } else {
        value_flag(parameter, name)
    };
    arg.help(short).long_help(long)
}

fn value_flag(parameter: &'static Parameter, name: String) -> Arg {
    let arg =
        Arg::new(id(parameter)).long(name).required(parameter.required).value_parser(ParameterValue::of(parameter));
    match parameter.kind {
        "boolean" => arg.value_name("BOOLEAN").num_args(0..=1).default_missing_value("true"),
        "integer" => arg.value_name("INTEGER").allow_negative_numbers(true),
        "number" => arg.value_name("NUMBER").allow_negative_numbers(true),
        "array" => arg.value_name("TEXT").action(ArgAction::Append),
        _ => arg.value_name("TEXT"),
    }
}

/// The parameters that were given, by the names they have on the wire.
///
/// # Errors
/// A secret that has to be given and is not, or cannot be read.
pub fn read(parameters: Vec<Named>, matches: &ArgMatches, secrets: &Secrets) -> Result<Map<String, Value>, Failure> {
    let mut arguments = Map::new();
    for (parameter, flag) in parameters {
        let id = id(parameter);
        let value = if parameter.secret {
            secret(parameter, &flag, matches, secrets)?
        } else if parameter.kind == "array" {
            matches.get_many::<Value>(&id).map(|items| Value::Array(items.cloned().collect()))
        } else {
            matches.get_one::<Value>(&id).cloned()
        };
        if let Some(value) = value {
            arguments.insert(parameter.name.to_owned(), value);
        }
    }
    Ok(arguments)
}

fn secret(
    parameter: &Parameter,
    flag: &str,
    matches: &ArgMatches,
    secrets: &Secrets,
) -> Result<Option<Value>, Failure> {
    let variable = secrets::variable_name(parameter.name);
    let path = matches.get_one::<std::path::PathBuf>(&id(parameter));
    match secrets.file_or_variable(path, &variable)? {
        Some(secret) => Ok(Some(Value::String(secret.expose().to_owned()))),
        None if parameter.required => Err(Failure::usage(format!("the secret `{}` is missing", parameter.name))
            .then(format!("set {variable}, or write it to a file and give --{flag}-file"))),
        None => Ok(None),
    }
}
