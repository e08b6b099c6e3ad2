//! Component schemas that would become one type.

use std::collections::{BTreeMap, BTreeSet};

use cx_spec::{
    SpecError,
    pointer::{escape, unescape},
};
use heck::ToPascalCase;
use serde_json::Value;

use super::Mending;

/// Gives a schema another name where its own becomes the type of another.
pub fn schemas(mending: &mut Mending<'_>) -> Result<(), SpecError> {
    let schemas = mending.value.pointer("/components/schemas").and_then(Value::as_object);
    let names: Vec<String> = schemas.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let mut taken: BTreeSet<String> = names.iter().map(|name| rust_type(name)).collect();
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    let mut renamed = BTreeMap::new();
    for name in names {
        let own = rust_type(&name);
        let Some(first) = owners.get(&own).cloned() else {
            owners.insert(own, name);
            continue;
        };
        let free = (2..).map(|number| format!("{own}{number}")).find(|free| taken.insert(rust_type(free)));
        let free = free.unwrap_or_default();
        let pointer = format!("/components/schemas/{}", escape(&name));
        mending.replaced(&pointer, format!("`{name}` and `{first}` are one type in Rust: it is called `{free}`"));
        renamed.insert(name, free);
    }
    if !renamed.is_empty() {
        rename(&mut mending.value, &renamed);
        if let Some(schemas) = mending.value.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
            let all = std::mem::take(schemas);
            schemas
                .extend(all.into_iter().map(|(name, schema)| (renamed.get(&name).cloned().unwrap_or(name), schema)));
        }
    }
    Ok(())
}

fn rust_type(name: &str) -> String {
    name.replace(|c: char| !c.is_alphanumeric(), " ").to_pascal_case()
}

/// Lets references follow.
fn rename(value: &mut Value, renamed: &BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let target = member.as_str().and_then(|text| text.strip_prefix("#/components/schemas/"));
                match target.and_then(|name| renamed.get(&unescape(name))) {
                    Some(free) if key == "$ref" => *member = format!("#/components/schemas/{free}").into(),
                    _ => rename(member, renamed),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, renamed)),
        _ => {}
    }
}
