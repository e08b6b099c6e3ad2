//! References to schemas that are no components: a member of one, the body of a reply. typify takes the last step of any
//! reference for the name of a component, so that `#/components/schemas/order/properties/customer` would be the component
//! `customer`, and nothing where there is none.

use std::collections::BTreeSet;

use cx_spec::{Api, pointer::unescape};
use serde_json::Value;

use super::{View, each_schema, set, view::COMPONENTS};

/// Steps of a pointer that say nothing of what stands there.
const STRUCTURE: &[&str] = &["components", "schemas", "paths", "properties", "content", "schema"];

/// Gives each such schema a component of its own, and lets the references lead there.
pub fn components_only(view: &mut View, api: &Api) {
    let mut seen = BTreeSet::new();
    loop {
        // A schema that was added may refer to others.
        let open: Vec<String> = elsewhere(view).into_iter().filter(|one| seen.insert(one.clone())).collect();
        if open.is_empty() {
            break;
        }
        for reference in open {
            name_target(view, api, reference);
        }
    }
    let known = view.elsewhere.clone();
    each_schema(view, &mut |schema| {
        let name = schema.get("$ref").and_then(Value::as_str).and_then(|reference| known.get(reference));
        if let Some(name) = name {
            set(schema, "$ref", format!("{COMPONENTS}{name}"));
        }
    });
}

/// The references that lead to no component.
fn elsewhere(view: &mut View) -> BTreeSet<String> {
    let names: BTreeSet<String> = view.schema_names().into_iter().collect();
    let mut found = BTreeSet::new();
    each_schema(view, &mut |schema| {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str)
            && reference.strip_prefix(COMPONENTS).is_none_or(|name| !names.contains(name))
        {
            found.insert(reference.to_owned());
        }
    });
    found
}

/// Sees to it that what a reference leads to has a name.
fn name_target(view: &mut View, api: &Api, reference: String) {
    let target = reference.strip_prefix('#').and_then(|pointer| api.document().at(pointer)?.resolve().ok());
    let Some(target) = target else { return };
    let end = format!("#{}", target.pointer());
    let component = end.strip_prefix(COMPONENTS).filter(|name| view.schema(name).is_some()).map(ToOwned::to_owned);
    let name = component.or_else(|| view.elsewhere.get(&end).cloned()).unwrap_or_else(|| {
        let name = view.free_type(&words(target.pointer()));
        view.add_schema(&name, target.value().clone());
        name
    });
    view.elsewhere.insert(end, name.clone());
    view.elsewhere.insert(reference, name);
}

/// What the steps of a pointer say.
fn words(pointer: &str) -> String {
    let steps = pointer.split('/').map(unescape).filter(|step| !STRUCTURE.contains(&step.as_str()));
    steps.map(|step| step.replace(|c: char| !c.is_alphanumeric(), " ")).collect::<Vec<_>>().join(" ")
}
