//! The one notation of a null that everything else reads.
//!
//! In OpenAPI 3.0.3 `nullable` speaks of the `type` beside it and of nothing else, so a reference, or a choice, that may
//! be null says so with a branch. Outside tools hold documents to that; every reader of ours would have to look through
//! the branch. So it is folded, once, into `nullable` on the whole.

use serde_json::{Map, Value};

/// Folds each branch that stands for null into `nullable: true` beside the other branches; one other branch alone becomes
/// a one-element `allOf`.
pub(crate) fn fold(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(fold),
        Value::Object(members) => {
            fold_choice(members);
            members.values_mut().for_each(fold);
        }
        _ => {}
    }
}

fn fold_choice(schema: &mut Map<String, Value>) {
    let Some(branches) = schema.get_mut("oneOf").and_then(Value::as_array_mut) else { return };
    // Where two branches take a null, exactly-one-of takes none.
    if branches.iter().filter(|branch| takes_null(branch)).count() != 1 {
        return;
    }
    branches.retain(|branch| !is_null(branch));
    for branch in branches.iter_mut().filter_map(Value::as_object_mut) {
        branch.shift_remove("nullable");
    }
    let single = branches.len() == 1;
    if single && let Some(Value::Array(branches)) = schema.shift_remove("oneOf") {
        // What holds beside the choice goes on to hold.
        match schema.get_mut("allOf").and_then(Value::as_array_mut) {
            Some(parts) => parts.extend(branches),
            None => drop(schema.insert("allOf".to_owned(), Value::Array(branches))),
        }
    }
    schema.insert("nullable".to_owned(), Value::Bool(true));
}

fn takes_null(branch: &Value) -> bool {
    branch.get("nullable") == Some(&Value::Bool(true))
}

/// `{type: string, nullable: true, enum: [null]}`: a null and nothing else.
fn is_null(branch: &Value) -> bool {
    let only_null = |values: &Vec<Value>| matches!(values.as_slice(), [Value::Null]);
    takes_null(branch) && branch.get("enum").and_then(Value::as_array).is_some_and(only_null)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn folded(mut value: Value) -> Value {
        fold(&mut value);
        value
    }

    fn nothing() -> Value {
        json!({"type": "string", "nullable": true, "enum": [null]})
    }

    #[test]
    fn a_reference_or_null_is_a_nullable_reference() {
        let reference = json!({"$ref": "#/components/schemas/Leaf"});
        let schema = json!({"items": {"description": "A leaf.", "oneOf": [reference, nothing()]}});
        let expected = json!({"items": {"description": "A leaf.", "nullable": true, "allOf": [reference]}});
        assert_eq!(folded(schema), expected);
    }

    #[test]
    fn a_nullable_branch_makes_the_choice_nullable() {
        let schema = json!({"oneOf": [{"type": "integer"}, {"type": "string", "nullable": true}]});
        let expected = json!({"nullable": true, "oneOf": [{"type": "integer"}, {"type": "string"}]});
        assert_eq!(folded(schema), expected);
    }

    #[test]
    fn what_stands_beside_the_choice_is_not_lost() {
        let (one, other) = (json!({"$ref": "#/components/schemas/A"}), json!({"$ref": "#/components/schemas/B"}));
        let schema = json!({"allOf": [one], "oneOf": [other, nothing()]});
        assert_eq!(folded(schema), json!({"nullable": true, "allOf": [one, other]}));
    }

    #[test]
    fn a_null_that_two_branches_take_is_left_alone() {
        let schema = json!({"oneOf": [{"type": "integer", "nullable": true}, {"type": "string", "nullable": true}]});
        assert_eq!(folded(schema.clone()), schema);
    }

    #[test]
    fn a_choice_without_null_is_left_alone() {
        let schema = json!({"oneOf": [{"type": "integer"}, {"type": "string"}]});
        assert_eq!(folded(schema.clone()), schema);
    }
}
