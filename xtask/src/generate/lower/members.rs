//! Members that are made of what they are members of: `replies` of a `Comment`, each all of a `Comment` and more. Such a
//! schema has no name, so typify writes it out, and in it the same member again, until the stack is full.

use std::collections::{BTreeMap, BTreeSet};

use cx_spec::Api;
use serde_json::{Value, json};

use super::{View, circles::made_of, set, view::COMPONENTS, walk};

/// What says nothing of which values a schema takes.
const SILENT: &[&str] = &["description", "nullable", "title", "type"];

/// Gives such a member a component of its own.
pub fn name_members(view: &mut View, _api: &Api) {
    let written_out = written_out(view);
    for name in view.schema_names() {
        let Some(mut schema) = view.schema(&name).cloned() else { continue };
        let own = Own { written_out: &written_out, component: &name };
        own.inside(&mut schema, &name, view);
        view.add_schema(&name, schema);
    }
}

/// Component → those whose members are written out in it.
type WrittenOut = BTreeMap<String, Vec<String>>;

fn written_out(view: &View) -> WrittenOut {
    let of = |name: String| {
        let mut found = Vec::new();
        let mut schema = view.schema(&name).cloned().unwrap_or_default();
        made_of(view, &schema, &mut found);
        // The walk changes nothing here; it is the one that knows where schemas stand in a schema.
        walk(&mut schema, &mut |schema| found.extend(parts(view, schema)));
        (name, found)
    };
    view.schema_names().into_iter().map(of).collect()
}

/// The components that an `allOf` puts together with something else.
fn parts(view: &View, schema: &Value) -> Vec<String> {
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let says_something = |part: &&Value| {
        part.as_object().is_some_and(|members| members.keys().any(|key| !SILENT.contains(&key.as_str())))
    };
    let parts: Vec<&Value> = parts.filter(says_something).collect();
    let mut found = Vec::new();
    // One part alone is only another name for it.
    if parts.len() > 1 || schema.get("properties").is_some() {
        parts.into_iter().for_each(|part| made_of(view, part, &mut found));
    }
    found
}

/// A component on whose members we are.
struct Own<'o> {
    written_out: &'o WrittenOut,
    component: &'o str,
}

impl Own<'_> {
    /// Sees to all schemas below one. `name` is the one that typify would make up for it.
    fn inside(&self, schema: &mut Value, name: &str, view: &mut View) {
        let Some(members) = schema.as_object_mut() else { return };
        for (key, member) in members {
            match key.as_str() {
                "properties" => {
                    for (property, one) in member.as_object_mut().into_iter().flatten() {
                        self.member(one, &format!("{name}_{property}"), view);
                    }
                }
                "items" => self.member(member, &format!("{name}_item"), view),
                "additionalProperties" => self.member(member, &format!("{name}_value"), view),
                "allOf" => member.as_array_mut().into_iter().flatten().for_each(|one| self.inside(one, name, view)),
                "oneOf" => member.as_array_mut().into_iter().flatten().for_each(|one| self.member(one, name, view)),
                _ => {}
            }
        }
    }

    fn member(&self, schema: &mut Value, name: &str, view: &mut View) {
        if !parts(view, schema).iter().any(|part| self.is_written_out_in(part)) {
            return self.inside(schema, name, view);
        }
        let component = view.free_type(name);
        let reference = json!({"allOf": [{"$ref": format!("{COMPONENTS}{component}")}]});
        let mut whole = std::mem::replace(schema, reference);
        // What the member says of itself stays with it.
        for key in ["description", "nullable"] {
            if let Some(own) = whole.as_object_mut().and_then(|members| members.shift_remove(key)) {
                set(schema, key, own);
            }
        }
        view.add_schema(&component, whole);
    }

    /// Whether the members of the component would be written out in another one.
    fn is_written_out_in(&self, other: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![other];
        while let Some(name) = open.pop() {
            if name == self.component {
                return true;
            }
            if seen.insert(name) {
                open.extend(self.written_out.get(name).into_iter().flatten().map(String::as_str));
            }
        }
        false
    }
}
