//! Every operation has an id, which is the name of a method.

use std::collections::BTreeMap;

use cx_spec::SpecError;
use serde_json::Value;

use super::{Mending, edit};
use crate::generate::names::{RESERVED, argument_name, pascal_case};

/// Gives each operation an id in the form of its method's name.
pub fn operations(mending: &mut Mending<'_>) -> Result<(), SpecError> {
    // Name of the builder, in which `list_v_2` and `list_v2` are one → name, id as it was given, and where.
    let mut taken: BTreeMap<String, (String, Option<String>, String)> = BTreeMap::new();
    for (pointer, path, method) in mending.operations() {
        let given = mending.value.pointer(&pointer).and_then(|operation| operation.get("operationId"));
        let given = given.and_then(Value::as_str).map(ToOwned::to_owned);
        let mut name = given.as_deref().map_or_else(|| derived(&method, &path), argument_name);
        if given.is_none() {
            mending.replaced(&pointer, format!("no `operationId`: it is called `{name}`"));
        }
        if RESERVED.contains(&name.as_str()) {
            let free = format!("call_{name}");
            mending.replaced(&pointer, format!("`{name}` is a name of the runtime's: it is called `{free}`"));
            name = free;
        }
        let builder = pascal_case(&name);
        if let Some((known, first, at)) = taken.get(&builder) {
            let line = mending.line(at);
            if given.is_some() && *first == given && !mending.keep_going {
                let message =
                    format!("`operationId: {name}` is taken by the operation on line {line}; every id is used once");
                return Err(mending.document.error(&pointer, message));
            }
            let reason = match *known == name {
                true => format!("it would be called `{name}`, as the operation on line {line} is"),
                false => {
                    format!("its builder would be called `{builder}`, as that of the operation on line {line} is")
                }
            };
            mending.left_out(&pointer, reason);
            edit::remove(&mut mending.value, &pointer);
            continue;
        }
        if let Some(operation) = mending.value.pointer_mut(&pointer).and_then(Value::as_object_mut) {
            operation.insert("operationId".into(), name.clone().into());
        }
        taken.insert(builder, (name, given, pointer));
    }
    Ok(())
}

/// `get_pets_by_id` for `GET /pets/{id}`.
fn derived(method: &str, path: &str) -> String {
    let steps =
        path.split('/').filter(|step| !step.is_empty()).map(|step| step.replace('{', " by ").replace('}', " "));
    argument_name(&format!("{method} {}", steps.collect::<Vec<_>>().join(" ")))
}
