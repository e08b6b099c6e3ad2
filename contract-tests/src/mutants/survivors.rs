//! Mutants that may survive, and why: `survivors.json`.
//!
//! An entry names an API, an operator and a pointer as `cargo xtask mutants` prints them. One that is caught by now, or
//! that no run makes any more, is a finding, so that the list only ever says what is true.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// A mutant that may survive.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survivor {
    /// API it belongs to.
    pub api: String,
    /// The operator.
    pub operator: String,
    /// The place.
    pub pointer: String,
    /// Why nobody can notice it.
    pub reason: String,
}

/// The list of this repository.
///
/// # Errors
/// A list that cannot be read, or an entry without a reason.
pub fn load() -> Result<Vec<Survivor>> {
    let list: Vec<Survivor> =
        serde_json::from_str(include_str!("../../survivors.json")).context("contract-tests/survivors.json")?;
    match list.iter().find(|one| one.reason.trim().is_empty()) {
        Some(one) => bail!("contract-tests/survivors.json: {} at {} has no reason", one.operator, one.pointer),
        None => Ok(list),
    }
}

/// The reason that the list gives for a survivor.
pub fn reason<'l>(list: &'l [Survivor], api: &str, operator: &str, pointer: &str) -> Option<&'l str> {
    let is_it = |one: &&Survivor| one.api == api && one.operator == operator && one.pointer == pointer;
    list.iter().find(is_it).map(|one| one.reason.as_str())
}

/// What is to be said of the entries of an API that no survivor needs. `survived` are operators and pointers.
pub fn needless(list: &[Survivor], api: &str, survived: &[(&str, &str)]) -> Vec<String> {
    let of_this = list.iter().filter(|one| one.api == api);
    let needless = of_this.filter(|one| !survived.contains(&(one.operator.as_str(), one.pointer.as_str())));
    needless
        .map(|one| {
            format!(
                "contract-tests/survivors.json: `{}` at {} of {api} does not survive by now; take the entry out",
                one.operator, one.pointer
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survivor(api: &str, pointer: &str) -> Survivor {
        let text = |text: &str| text.to_owned();
        Survivor { api: text(api), operator: text("add scope"), pointer: text(pointer), reason: text("because") }
    }

    #[test]
    fn an_entry_that_is_not_needed_is_a_finding() {
        let list = [survivor("a", "/x"), survivor("a", "/y"), survivor("b", "/z")];
        assert_eq!(reason(&list, "a", "add scope", "/x"), Some("because"));
        assert_eq!(reason(&list, "a", "remove operation", "/x"), None);
        let needless = needless(&list, "a", &[("add scope", "/x")]);
        assert_eq!(
            needless,
            ["contract-tests/survivors.json: `add scope` at /y of a does not survive by now; take the entry out"]
        );
    }

    #[test]
    fn the_list_can_be_read() {
        load().unwrap();
    }
}
