//! What need not be covered, and why: `exemptions.json`.
//!
//! An entry names an API and a gap as `cargo xtask coverage` prints it. One that is no longer needed is a finding, so that
//! the list only ever says what is true.

use anyhow::{Context, Result};
use cx_spec::Api;
use serde::Deserialize;

use crate::coverage::{Coverage, Recorder};

/// A gap that is accepted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// API it belongs to.
    pub api: String,
    /// The gap, as it is printed.
    pub gap: String,
    /// Why it is accepted.
    pub reason: String,
}

/// The list of this repository.
///
/// # Errors
/// A list that cannot be read, or an entry without a reason.
pub fn load() -> Result<Vec<Exemption>> {
    let list: Vec<Exemption> =
        serde_json::from_str(include_str!("../exemptions.json")).context("contract-tests/exemptions.json")?;
    match list.iter().find(|one| one.reason.trim().is_empty()) {
        Some(one) => anyhow::bail!("contract-tests/exemptions.json: `{}` has no reason", one.gap),
        None => Ok(list),
    }
}

/// What the cases of an API covered, without the gaps that are accepted; and what is to be said of entries that are not
/// needed.
pub fn apply(list: &[Exemption], api: &Api, recorder: &Recorder) -> (Coverage, Vec<String>) {
    let mut gaps = Vec::new();
    let coverage = recorder.coverage_without(api, |gap| {
        gaps.push(gap.to_owned());
        is_accepted(list, api.name(), gap)
    });
    (coverage, needless(list, api.name(), &gaps))
}

/// Whether a gap of an API is accepted.
fn is_accepted(list: &[Exemption], api: &str, gap: &str) -> bool {
    list.iter().any(|one| one.api == api && one.gap == gap)
}

/// What is to be said of the entries of an API whose gap is none, or is none any more.
fn needless(list: &[Exemption], api: &str, gaps: &[String]) -> Vec<String> {
    let of_this = list.iter().filter(|one| one.api == api && !gaps.contains(&one.gap));
    of_this
        .map(|one| format!("contract-tests/exemptions.json: {api} covers `{}` by now; take the entry out", one.gap))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exemption(gap: &str) -> Exemption {
        Exemption { api: "a".into(), gap: gap.into(), reason: "because".into() }
    }

    #[test]
    fn an_accepted_gap_is_accepted_and_a_needless_entry_is_a_finding() {
        let (list, gaps) = ([exemption("x"), exemption("z")], ["x".to_owned(), "y".to_owned()]);
        assert!(is_accepted(&list, "a", "x") && !is_accepted(&list, "a", "y"));
        assert_eq!(
            needless(&list, "a", &gaps),
            ["contract-tests/exemptions.json: a covers `z` by now; take the entry out"]
        );
    }

    #[test]
    fn every_entry_is_of_a_document() {
        assert!(load().unwrap().iter().all(|one| cx_spec::NAMES.contains(&one.api.as_str())));
    }

    #[test]
    fn entries_of_another_api_do_not_count() {
        let list = [exemption("x")];
        assert!(needless(&list, "b", &["x".to_owned()]).is_empty());
        assert!(!is_accepted(&list, "b", "x"));
    }
}
