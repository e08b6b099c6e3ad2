//! Secrets: read from the environment and from files, never from the command line, and kept out of what is printed.

use std::{
    cell::RefCell,
    cmp::Reverse,
    env::{self, VarError},
    fs,
    path::{Path, PathBuf},
};

use cx_client::Secret;
use serde_json::Value;

use crate::{exit::Failure, files, flags::kebab_case};

/// Shorter texts occur by chance: taking them out would make a message unreadable and hide nothing.
const SHORTEST_HIDDEN: usize = 4;

/// The secrets that were read so far.
#[derive(Default)]
pub struct Secrets(RefCell<Vec<Secret>>);

/// The variable of a secret: `account_token` is `CX_ACCOUNT_TOKEN`.
pub fn variable_name(name: &str) -> String {
    format!("CX_{}", kebab_case(name).replace('-', "_").to_ascii_uppercase())
}

/// What ends a line, here and on Windows. Nothing that is meant ends in it.
const LINE_END: [char; 2] = ['\r', '\n'];

/// A variable that is no secret, without the end of its line: one of a file from Windows stays in the variable.
///
/// # Errors
/// One that is no UTF-8: whoever set it means it to be used.
pub fn plain_variable(name: &str) -> Result<Option<String>, Failure> {
    let mut value = match env::var(name) {
        Ok(value) => value,
        Err(VarError::NotPresent) => return Ok(None),
        Err(VarError::NotUnicode(_)) => {
            return Err(Failure::usage(format!("the variable {name} cannot be read: it is no UTF-8"))
                .then(format!("set {name} to a text in UTF-8, or unset it")));
        }
    };
    value.truncate(value.trim_end_matches(LINE_END).len());
    Ok(Some(value).filter(|value| !value.is_empty()))
}

impl Secrets {
    /// A secret from the environment; an empty one counts as none.
    ///
    /// # Errors
    /// As [`plain_variable`].
    pub fn variable(&self, name: &str) -> Result<Option<Secret>, Failure> {
        Ok(plain_variable(name)?.map(|value| self.remember(Secret::from(value))))
    }

    /// A secret from a file, without the newline at its end.
    ///
    /// # Errors
    /// A file that cannot be read, is no UTF-8 or is empty.
    pub fn file(&self, path: &Path) -> Result<Secret, Failure> {
        let refuse = |reason: String| {
            Failure::usage(format!("the secret in {} cannot be read: {reason}", path.display()))
                .then("name a file that holds the secret and nothing else")
        };
        let text = fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
        let secret = files::without_mark(&text).trim_end_matches(LINE_END);
        if secret.is_empty() {
            return Err(refuse("the file is empty".to_owned()));
        }
        Ok(self.remember(Secret::from(secret)))
    }

    /// A secret from a file if one is named, or else from the environment.
    ///
    /// # Errors
    /// As [`Self::file`] and [`Self::variable`].
    pub fn file_or_variable(&self, path: Option<&PathBuf>, variable: &str) -> Result<Option<Secret>, Failure> {
        match path {
            Some(path) => self.file(path).map(Some),
            None => self.variable(variable),
        }
    }

    /// The secrets among the members of a body, by their names and at whatever depth.
    pub fn members(&self, value: &Value, names: &[&str]) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        Value::String(text) if names.contains(&name.as_str()) => {
                            self.remember(Secret::from(text.as_str()));
                        }
                        other => self.members(other, names),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.members(item, names)),
            _ => {}
        }
    }

    /// A text without the secrets that were read: a vendor may send them back in a message.
    pub fn without(&self, text: &str) -> String {
        let secrets = self.0.borrow();
        let hidden = secrets.iter().map(Secret::expose).filter(|secret| secret.len() >= SHORTEST_HIDDEN);
        let mut hidden: Vec<&str> = hidden.collect();
        // A short one may be a part of a long one, of which the rest would be left.
        hidden.sort_by_key(|secret| Reverse(secret.len()));
        hidden.into_iter().fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
    }

    fn remember(&self, secret: Secret) -> Secret {
        self.0.borrow_mut().push(secret.clone());
        secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_named_after_members() {
        assert_eq!(variable_name("account_token"), "CX_ACCOUNT_TOKEN");
        assert_eq!(variable_name("externalId.system"), "CX_EXTERNAL_ID_SYSTEM");
    }

    #[test]
    fn a_message_loses_the_secrets_that_were_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "canary-4711\n").unwrap();
        let secrets = Secrets::default();
        assert_eq!(secrets.file(&path).unwrap().expose(), "canary-4711");
        assert_eq!(secrets.without("token canary-4711 is spent"), "token *** is spent");
    }

    #[test]
    fn a_secret_is_the_same_whatever_wrote_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        for text in ["canary-4711", "canary-4711\n", "canary-4711\r\n", "\u{feff}canary-4711\r\n"] {
            fs::write(&path, text).unwrap();
            assert_eq!(Secrets::default().file(&path).unwrap().expose(), "canary-4711", "{text:?}");
        }
    }

    #[test]
    fn nothing_is_left_of_a_secret_that_begins_with_another() {
        let secrets = Secrets::default();
        secrets.remember("canary".into());
        secrets.remember("canary-4711".into());
        assert_eq!(secrets.without("token canary-4711 is spent"), "token *** is spent");
    }

    #[test]
    fn an_empty_file_is_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        for text in ["", "\n", "\u{feff}\r\n"] {
            fs::write(&path, text).unwrap();
            assert!(Secrets::default().file(&path).is_err(), "{text:?}");
        }
    }
}
