//! What a judge cannot judge, place by place with its reason: the lists in `spec/judges`.

use std::fs;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, de::DeserializeOwned};

use super::tool::Toolbox;

/// One thing that is set aside.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Aside<What> {
    /// Name of the API.
    pub api: String,
    /// What exactly: each judge has its own measure.
    pub what: What,
    /// Why the judge is not to be believed there.
    pub reason: String,
}

/// Reads the list of a judge.
///
/// # Errors
/// A list that cannot be read, and an entry without a reason or of a document that there is not.
pub(super) fn read<What: DeserializeOwned>(toolbox: &Toolbox, file: &str) -> Result<Vec<Aside<What>>> {
    let file = toolbox.settings(file);
    let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    parse(&text, cx_spec::NAMES).with_context(|| file.display().to_string())
}

fn parse<What: DeserializeOwned>(text: &str, documents: &[&str]) -> Result<Vec<Aside<What>>> {
    let list: Vec<Aside<What>> = serde_json::from_str(text)?;
    if let Some(place) = list.iter().position(|one| one.reason.trim().is_empty()) {
        bail!("entry {place} has no reason");
    }
    if let Some(stray) = list.iter().find(|one| !documents.contains(&one.api.as_str())) {
        bail!("no document is called {}; there are {}", stray.api, documents.join(", "));
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_set_aside_without_a_reason() {
        let parse = |text| parse::<String>(text, &["orchard"]);
        let list = parse(r#"[{"api": "orchard", "what": "/a", "reason": "it cannot read it"}]"#).unwrap();
        assert_eq!((list[0].api.as_str(), list[0].what.as_str()), ("orchard", "/a"));
        let error = parse(r#"[{"api": "orchard", "what": "/a", "reason": " "}]"#).unwrap_err();
        assert_eq!(error.to_string(), "entry 0 has no reason");
        assert!(parse(r#"[{"api": "orchard", "what": "/a"}]"#).is_err());
        let error = parse(r#"[{"api": "orhcard", "what": "/a", "reason": "it cannot read it"}]"#).unwrap_err();
        assert_eq!(error.to_string(), "no document is called orhcard; there are orchard");
    }
}
