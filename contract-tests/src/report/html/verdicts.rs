//! Mutants and outside judges, as the page shows them.

use serde::Serialize;
use serde_json::Value;

use super::{
    super::{Mutants, Survivor},
    view::Bar,
};

#[derive(Serialize)]
pub(super) struct MutantView<'r> {
    name: &'r str,
    score: Bar,
    survivors: &'r [Survivor],
}

pub(super) fn mutants(mutants: &Mutants) -> Vec<MutantView<'_>> {
    mutants
        .apis
        .iter()
        .map(|(name, score)| MutantView {
            name,
            score: Bar::new("faults noticed", score.killed, score.total),
            survivors: &score.survivors,
        })
        .collect()
}

/// What one judge said of one thing.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Judgement {
    title: String,
    facts: Vec<(String, String)>,
}

/// Each judge has figures of its own: whatever object has any is shown, under the names on the way to it.
pub(super) fn judges(judges: &Value) -> Vec<Judgement> {
    let mut found = Vec::new();
    collect(judges, &mut Vec::new(), &mut found);
    found
}

fn collect(value: &Value, way: &mut Vec<String>, found: &mut Vec<Judgement>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().map(|item| (String::new(), item)).collect(),
        _ => return,
    };
    let facts: Vec<(String, String)> = members
        .iter()
        .filter_map(|(name, value)| match value {
            Value::String(text) => Some((name.clone(), text.clone())),
            Value::Number(_) | Value::Bool(_) => Some((name.clone(), value.to_string())),
            _ => None,
        })
        .collect();
    if value.is_object() && !facts.is_empty() {
        let title = way.iter().filter(|name| !name.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
        found.push(Judgement { title, facts });
    }
    for (name, value) in members {
        way.push(name);
        collect(value, way, found);
        way.pop();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn figures_are_found_at_any_depth() {
        let found = judges(&json!({"judge": {"vendor": {"failures": 0, "examples": [1]}}, "note": null}));
        assert_eq!(
            found,
            [Judgement { title: "judge · vendor".into(), facts: vec![("failures".into(), "0".into())] }]
        );
    }
}
