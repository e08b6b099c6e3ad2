//! Mutants that may survive, and why: `survivors.json`.
//!
//! An entry names an API, an operator and a pointer as `cargo xtask mutants` prints them, and the judge if it is the second.
//! One that is caught by now is a finding, and one that no run makes any more fails a test, so that the list only ever says
//! what is true.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// Which of the two judges a mutant is before: 1 lets it judge the client, 2 judges the client that it makes.
pub type Judge = u8;

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
    /// The judge that does not notice it.
    #[serde(default = "first")]
    pub judge: Judge,
    /// Why nobody can notice it.
    pub reason: String,
}

fn first() -> Judge {
    1
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

/// A mutant before a judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before<'m> {
    /// The judge.
    pub judge: Judge,
    /// The operator.
    pub operator: &'m str,
    /// The place.
    pub pointer: &'m str,
}

impl Survivor {
    fn before(&self) -> Before<'_> {
        Before { judge: self.judge, operator: &self.operator, pointer: &self.pointer }
    }
}

/// The reason that the list gives for a survivor.
pub fn reason<'l>(list: &'l [Survivor], api: &str, mutant: Before<'_>) -> Option<&'l str> {
    list.iter().find(|one| one.api == api && one.before() == mutant).map(|one| one.reason.as_str())
}

/// What is to be said of the entries of an API whose mutants were judged and did not survive. A run that is not full does
/// not judge all, nor does the second judge, so nothing is said of the others.
pub fn needless(list: &[Survivor], api: &str, judged: &[Before<'_>], survived: &[Before<'_>]) -> Vec<String> {
    let is_needless = |one: &&Survivor| {
        let mutant = one.before();
        one.api == api && judged.contains(&mutant) && !survived.contains(&mutant)
    };
    let needless = list.iter().filter(is_needless);
    needless
        .map(|one| {
            format!(
                "contract-tests/survivors.json: `{}` at {} of {api} does not survive judge {} by now; take the entry out",
                one.operator, one.pointer, one.judge
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survivor(api: &str, pointer: &str) -> Survivor {
        let text = |text: &str| text.to_owned();
        let (operator, reason) = (text("add scope"), text("because"));
        Survivor { api: text(api), operator, pointer: text(pointer), judge: 1, reason }
    }

    fn before(judge: Judge, operator: &'static str, pointer: &'static str) -> Before<'static> {
        Before { judge, operator, pointer }
    }

    #[test]
    fn an_entry_that_is_not_needed_is_a_finding() {
        let list = [survivor("a", "/x"), survivor("a", "/y"), survivor("b", "/z")];
        assert_eq!(reason(&list, "a", before(1, "add scope", "/x")), Some("because"));
        assert_eq!(reason(&list, "a", before(2, "add scope", "/x")), None);
        assert_eq!(reason(&list, "a", before(1, "remove operation", "/x")), None);
        let (x, y) = (before(1, "add scope", "/x"), before(1, "add scope", "/y"));
        let needless = needless(&list, "a", &[x, y], &[x]);
        assert_eq!(
            needless,
            [
                "contract-tests/survivors.json: `add scope` at /y of a does not survive judge 1 by now; take the entry out"
            ]
        );
    }

    #[test]
    fn nothing_is_said_of_an_entry_whose_mutant_was_not_judged() {
        let list = [Survivor { judge: 2, ..survivor("a", "/x") }];
        let mutant = before(2, "add scope", "/x");
        assert_eq!(needless(&list, "a", &[before(1, "add scope", "/x")], &[]), Vec::<String>::new());
        assert_eq!(needless(&list, "a", &[mutant], &[]).len(), 1);
        assert_eq!(needless(&list, "a", &[mutant], &[mutant]), Vec::<String>::new());
    }

    #[test]
    fn the_list_can_be_read() {
        load().unwrap();
    }
}
