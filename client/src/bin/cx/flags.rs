//! Names of commands and flags, and the values that flags take.

use std::ffi::OsStr;

use clap::{
    Arg, Command,
    builder::{PossibleValue, TypedValueParser},
    error::ErrorKind,
};
use cx_client::operation::{Operation, Parameter};
use serde_json::Value;

/// Flags that the tool itself has: a parameter of the same name is called `parameter-…`.
const RESERVED: &[&str] = &[
    "base-url",
    "token-base-url",
    "timeout",
    "retries",
    "output",
    "verbose",
    "token-file",
    "show-secrets",
    "body",
    "media-type",
    "header",
    "yes",
    "out",
    "resume",
    "by",
    "from",
    "until",
    "in-flight",
    "help",
    "version",
];

/// A name in kebab case: `created[gte]` is `created-gte`, `userEmail` is `user-email`.
pub fn kebab_case(name: &str) -> String {
    let mut kebab = String::new();
    let mut previous = '-';
    for letter in name.chars() {
        if !letter.is_ascii_alphanumeric() {
            if previous != '-' {
                kebab.push('-');
            }
            previous = '-';
            continue;
        }
        if letter.is_ascii_uppercase() && (previous.is_ascii_lowercase() || previous.is_ascii_digit()) {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
        previous = letter;
    }
    kebab.trim_end_matches('-').to_owned()
}

/// A parameter and the name of its flag.
pub type Named = (&'static Parameter, String);

/// The flags of an operation's parameters, in the order of the document; no two are the same.
pub fn names(operation: &'static Operation) -> Vec<Named> {
    let mut taken: Vec<Named> = Vec::new();
    for parameter in operation.parameters {
        let mut name = kebab_case(parameter.name);
        while RESERVED.contains(&name.as_str()) || taken.iter().any(|(_, other)| *other == name) {
            name = format!("parameter-{name}");
        }
        taken.push((parameter, name));
    }
    taken
}

/// Reads the value of a parameter as JSON of its type.
///
/// Values that the document lists are offered by help and completions; others pass, since a vendor may know more than
/// its document.
#[derive(Clone, Debug)]
pub struct ParameterValue {
    kind: &'static str,
    values: &'static [&'static str],
}

impl ParameterValue {
    /// The values of a parameter.
    pub fn of(parameter: &Parameter) -> Self {
        Self { kind: parameter.kind, values: parameter.values }
    }

    fn read(&self, text: &str) -> Result<Value, &'static str> {
        match self.kind {
            "integer" => text.parse::<i64>().map(Value::from).map_err(|_| "a whole number"),
            "number" => {
                let number = text.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
                number.map(Value::Number).ok_or("a number")
            }
            "boolean" => text.parse::<bool>().map(Value::Bool).map_err(|_| "true or false"),
            _ => Ok(Value::String(text.to_owned())),
        }
    }
}

impl TypedValueParser for ParameterValue {
    type Value = Value;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Value, clap::Error> {
        let name = arg.and_then(Arg::get_long).unwrap_or_default();
        let refuse =
            |wanted: &str| command.clone().error(ErrorKind::ValueValidation, format!("`--{name}` takes {wanted}"));
        let text = value.to_str().ok_or_else(|| refuse("text in UTF-8"))?;
        self.read(text).map_err(refuse)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let known: &[&'static str] = if self.kind == "boolean" { &["true", "false"] } else { self.values };
        if known.is_empty() { None } else { Some(Box::new(known.iter().map(|value| PossibleValue::new(*value)))) }
    }
}

#[cfg(test)]
mod tests {
    use cx_client::generated::REGISTRY;

    use super::*;

    #[test]
    fn names_are_in_kebab_case() {
        for (name, kebab) in [
            ("created[gte]", "created-gte"),
            ("list_end_users", "list-end-users"),
            ("externalId.system", "external-id-system"),
            ("lastChecked", "last-checked"),
            ("X-Request-ID", "x-request-id"),
            ("date_range[end_date]", "date-range-end-date"),
        ] {
            assert_eq!(kebab_case(name), kebab);
        }
    }

    #[test]
    fn no_two_flags_of_an_operation_are_the_same() {
        for operation in REGISTRY.iter().flat_map(|one| one.api.operations) {
            let mut names: Vec<_> = names(operation).into_iter().map(|(_, name)| name).collect();
            assert!(!names.iter().any(|name| RESERVED.contains(&name.as_str())));
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all, "{}", operation.id);
        }
    }
}
