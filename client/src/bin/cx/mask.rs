//! Credentials in replies, masked.

use serde_json::Value;

/// Masks the members with these names, at whatever depth. Whether there were any.
pub fn mask(value: &mut Value, names: &[&str]) -> bool {
    match value {
        // Every member, not up to the first: `any` would stop there.
        Value::Object(members) => {
            members.iter_mut().filter_map(|(name, value)| masked(name, value, names).then_some(())).count() > 0
        }
        Value::Array(items) => items.iter_mut().filter_map(|item| mask(item, names).then_some(())).count() > 0,
        _ => false,
    }
}

fn masked(name: &str, value: &mut Value, names: &[&str]) -> bool {
    if names.contains(&name) && !value.is_null() {
        *value = Value::String("***".to_owned());
        return true;
    }
    mask(value, names)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_masked_at_any_depth() {
        let mut value = json!([{"token": "a", "kept": 1}, {"inner": {"token": {"deep": "b"}}}, {"token": null}]);
        assert!(mask(&mut value, &["token"]));
        assert_eq!(value, json!([{"token": "***", "kept": 1}, {"inner": {"token": "***"}}, {"token": null}]));
        assert!(!mask(&mut json!({"kept": 1}), &["token"]));
    }
}
