//! The texts of the help.

use cx_client::{
    dynamic::Guide,
    operation::{Operation, Parameter},
};
use serde_json::Value;

use crate::{body, flags, secrets};

/// Where credentials come from, for the end of the first help.
pub const SECRETS: &str = "\
Credentials come from the environment or from files, never from the command line. The first of
these that is there and that the API takes is used:
  CX_TOKEN or --token-file FILE         an access token
  CX_REFRESH_TOKEN                      an earlier session (some APIs want the application too)
  CX_USERNAME, CX_PASSWORD              the account's own password
  `cx login`                            a session that was started in the browser
  CX_CLIENT_ID, CX_CLIENT_SECRET        a registered application
Beside them:
  CX_SCOPE                              the scope to ask for
  CX_ACCOUNT_TOKEN                      picks one of the accounts of a login, and its server
  CX_SESSION_DIR                        where sessions are kept
                                        [default: $XDG_STATE_HOME/cx, else ~/.local/state/cx]

Exit codes: 0 done, 1 the vendor refused, 2 usage, 3 authentication, 4 network, deadline or output,
5 undecodable reply, 130 stopped by Ctrl-C.";

/// What an operation does.
pub fn about(operation: &Operation, guide: Option<&Guide>) -> String {
    let mut text = operation.summary.to_owned();
    if let Some(guide) = guide.filter(|guide| !guide.description.is_empty()) {
        text.push_str("\n\n");
        text.push_str(guide.description);
    }
    if operation.deprecated {
        text.push_str("\n\nThe vendor no longer documents it.");
    }
    text
}

/// What a parameter means, in one line and in full.
pub fn parameter(parameter: &Parameter) -> (String, String) {
    let description = parameter.description.trim();
    let first = description.split("\n\n").next().unwrap_or_default();
    let source = if parameter.secret {
        format!(" [file with the secret; or {} in the environment]", secrets::variable_name(parameter.name))
    } else {
        String::new()
    };
    (format!("{}{source}", first.replace('\n', " ")), format!("{description}{source}"))
}

/// An example of a call, made from the examples of the document.
pub fn example(operation: &'static Operation, guide: Option<&Guide>) -> String {
    let arguments = guide.map(Guide::example_arguments).unwrap_or_default();
    let mut variables = String::new();
    let mut line = format!("cx {} {}", operation.api, flags::kebab_case(operation.id));
    for (parameter, flag) in flags::names(operation) {
        // Those that must be given; where none must, the first one shows how.
        let Some(value) = arguments.get(parameter.name).filter(|_| shown(operation, parameter)) else { continue };
        if parameter.secret {
            variables.push_str(&format!("{}=… ", secrets::variable_name(parameter.name)));
            continue;
        }
        let values = match value {
            Value::Array(values) => values.iter().collect(),
            value => vec![value],
        };
        for value in values {
            line.push_str(&format!(" --{flag} {}", quoted(&plain(value))));
        }
    }
    if let (Some(row), Some(guide), Some(value)) = (&operation.body, guide, arguments.get("body")) {
        line.push_str(&format!(" --body {}", body::example(row, guide, value)));
    }
    format!("Example:\n  {variables}{line}")
}

fn shown(operation: &Operation, parameter: &Parameter) -> bool {
    let first = operation.parameters.first().is_some_and(|first| std::ptr::eq(first, parameter));
    parameter.required || (first && operation.body.is_none() && !operation.parameters.iter().any(|one| one.required))
}

/// A value as one types it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// A text as a shell reads it as one word.
pub fn quoted(text: &str) -> String {
    let harmless = |letter: char| letter.is_ascii_alphanumeric() || "-_./:@,=+%".contains(letter);
    if !text.is_empty() && text.chars().all(harmless) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_shell_is_quoted_where_it_must_be() {
        assert_eq!(quoted("pat@example.com"), "pat@example.com");
        assert_eq!(quoted("{\"a\": 1}"), "'{\"a\": 1}'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
