//! The generator's view of a document.
//!
//! The documents say what travels on the wire; progenitor takes less than that. A view is a copy in which every
//! construct it refuses, or silently gets wrong, is replaced by one it handles, and the tables written beside the
//! generated code tell the transport how to get from there to the wire. Each pass is a pure function on the view.

mod bodies;
mod circles;
mod members;
mod names;
mod parameters;
mod patches;
mod plain;
mod properties;
mod references;
mod replies;
mod schemas;
mod servers;
#[cfg(test)]
mod tests;
mod types;
mod view;

pub use bodies::Alternative;
pub use parameters::{COOKIE_HEADER, delimiter};
pub use patches::PATCH_MARK;
pub use schemas::PERSONAL_MARK;

use cx_spec::Api;
use serde_json::Value;

pub use view::View;

/// What a generated document cannot express.
#[derive(Debug, Clone)]
pub struct Unsupported {
    /// What became of it.
    pub effect: Effect,
    pub pointer: String,
    pub reason: String,
}

/// What becomes of something that cannot be expressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It is not generated.
    LeftOut,
    /// Something wider or of another name stands for it.
    Replaced,
}

impl Unsupported {
    pub fn left_out(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { effect: Effect::LeftOut, pointer: pointer.into(), reason: reason.into() }
    }

    pub fn replaced(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { effect: Effect::Replaced, pointer: pointer.into(), reason: reason.into() }
    }
}

impl std::fmt::Display for Unsupported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let effect = match self.effect {
            Effect::LeftOut => "left out",
            Effect::Replaced => "replaced",
        };
        write!(f, "{effect}: {}: {}", self.pointer, self.reason)
    }
}

/// One step from document to view.
pub struct Pass {
    pub name: &'static str,
    pub reason: &'static str,
    run: fn(&mut View, &Api),
}

/// The passes, in the order in which they run.
pub const PASSES: &[Pass] = &[
    Pass {
        name: "one_server",
        reason: "the server of a path or an operation is ignored, and its requests would go elsewhere in silence",
        run: servers::one_server,
    },
    Pass {
        name: "named_operations",
        reason: "an id that is no name of a method, or makes the builder of another, is code that does not compile",
        run: names::named_operations,
    },
    Pass {
        name: "named_schemas",
        reason: "of two components that are one type, one would be taken for the other, or both be written",
        run: names::named_schemas,
    },
    Pass {
        name: "success_only",
        reason: "progenitor takes one success and one error type an operation; errors are read by our transport",
        run: replies::success_only,
    },
    Pass {
        name: "one_body",
        reason: "several media types, multipart and nested forms are refused; the transport writes the notation",
        run: bodies::one_body,
    },
    Pass {
        name: "misplaced_files",
        reason: "a file in JSON, in a list or below a member would be sent as its name; the body is left out",
        run: bodies::misplaced_files,
    },
    Pass {
        name: "other_bodies",
        reason: "a media type with a schema of its own has no place in the one body; it gets a setter of its own",
        run: bodies::other_bodies,
    },
    Pass {
        name: "components_only",
        reason: "of a reference into a schema, typify takes the last step for the name of a component",
        run: references::components_only,
    },
    Pass {
        name: "flatten_queries",
        reason: "only `style: form` queries of scalars and lists are taken; deepObject becomes literal names",
        run: parameters::flatten_queries,
    },
    Pass {
        name: "headers_of_ours",
        reason: "`Accept`, `Authorization` and `Content-Type` are no parameters, and the transport writes them",
        run: parameters::headers_of_ours,
    },
    Pass {
        name: "cookies_as_headers",
        reason: "cookie parameters are refused; they travel under a header name that the transport knows",
        run: parameters::cookies_as_headers,
    },
    Pass {
        name: "plain_parameters",
        reason: "outside the body only scalars and lists of them can be written; a list that is one value is its text",
        run: plain::plain_parameters,
    },
    Pass {
        name: "distinct_parameters",
        reason: "names that collapse to one Rust name do not compile",
        run: names::distinct_parameters,
    },
    Pass {
        name: "break_circles",
        reason: "components that are made of each other by `allOf` would be written out without end",
        run: circles::break_circles,
    },
    Pass {
        name: "distinct_properties",
        reason: "two members that become one field do not compile; the second goes among the free members",
        run: properties::distinct_properties,
    },
    Pass {
        name: "distinct_values",
        reason: "an enum whose values become one variant, or have no type in common, is refused; it is left open",
        run: schemas::distinct_values,
    },
    Pass {
        name: "no_not",
        reason: "most `not` schemas panic; without it the type is wider, and the contract tests keep it",
        run: schemas::no_not,
    },
    Pass {
        name: "files",
        reason: "a file member would be a text; it takes the type that streams",
        run: schemas::files,
    },
    Pass {
        name: "any_of",
        reason: "`anyOf` becomes a struct of flattened options that can never decode a scalar",
        run: schemas::any_of_as_one_of,
    },
    Pass {
        name: "one_way_members",
        reason: "one type serves both ways: what is `readOnly` or `writeOnly` is missing the other way, required or not",
        run: schemas::one_way_members,
    },
    Pass {
        name: "strip_defaults",
        reason: "a default of a request member would always be sent, and overwrite what the server has",
        run: schemas::strip_defaults,
    },
    Pass {
        name: "strip_bounds",
        reason: "bounds, patterns and formats reject replies and make clumsy types; the contract tests keep them",
        run: schemas::strip_bounds,
    },
    Pass {
        name: "open_objects",
        reason: "`additionalProperties: false` makes an unknown member of a reply fatal",
        run: schemas::open_objects,
    },
    Pass {
        name: "personal",
        reason: "marks personal members, whose values the syntax-tree pass keeps out of `Debug`",
        run: schemas::mark_personal,
    },
    Pass { name: "secrets", reason: "secret members take the redacting type", run: schemas::secrets },
    Pass {
        name: "strip_extensions",
        reason: "a schema with an extension matches no conversion",
        run: schemas::strip_extensions,
    },
    Pass {
        name: "name_members",
        reason: "a member that is all of its owner and more has no name, and would be written out without end",
        run: members::name_members,
    },
    Pass {
        name: "tri_state",
        reason: "an optional, nullable member is one `Option`: a JSON request could not set it to null",
        run: patches::tri_state,
    },
    Pass {
        name: "optional_containers",
        reason: "an optional list is left out when empty, so an empty one could not be sent",
        run: schemas::optional_containers,
    },
    Pass {
        name: "nullable_components",
        reason: "a nullable `oneOf` component yields two types of one name; the null moves to where it is used",
        run: schemas::nullable_components,
    },
    Pass {
        name: "no_null_parameters",
        reason: "a path or a header is written by `to_string`, which an `Option` has not",
        run: plain::no_null_parameters,
    },
    Pass {
        name: "distinct_types",
        reason: "of two schemas whose types get one name, typify takes the second for the first or writes both",
        run: types::distinct_types,
    },
];

/// The view of a document after all passes.
pub fn lower(api: &Api) -> View {
    let mut view = View::new(api);
    for pass in PASSES {
        (pass.run)(&mut view, api);
    }
    view
}

/// Sets a member of an object; anything else stays as it is.
fn set(value: &mut Value, key: &str, member: impl Into<Value>) {
    if let Some(members) = value.as_object_mut() {
        members.insert(key.to_owned(), member.into());
    }
}

/// Whether a value has a member that is true.
pub fn is_true(value: &Value, key: &str) -> bool {
    value.get(key) == Some(&Value::Bool(true))
}

/// The parameters of an operation of the view.
fn parameters_of(operation: &mut Value) -> impl Iterator<Item = &mut Value> {
    operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten()
}

/// Calls `visit` on every schema of the view, outermost first.
fn each_schema(view: &mut View, visit: &mut impl FnMut(&mut Value)) {
    for (_, operation) in view.operations_mut() {
        for parameter in parameters_of(operation) {
            if let Some(schema) = parameter.get_mut("schema") {
                walk(schema, visit);
            }
        }
        let bodies = ["/requestBody/content", "/responses/2XX/content"];
        for content in bodies {
            for media in operation.pointer_mut(content).and_then(Value::as_object_mut).into_iter().flatten() {
                if let Some(schema) = media.1.get_mut("schema") {
                    walk(schema, visit);
                }
            }
        }
    }
    for (_, schema) in view.schemas_mut() {
        walk(schema, visit);
    }
}

/// Calls `visit` on a schema and on every schema inside it.
fn walk(schema: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    visit(schema);
    let Some(members) = schema.as_object_mut() else { return };
    for (key, member) in members {
        match key.as_str() {
            "properties" => member.as_object_mut().into_iter().flatten().for_each(|(_, one)| walk(one, visit)),
            "allOf" | "oneOf" | "anyOf" => {
                member.as_array_mut().into_iter().flatten().for_each(|one| walk(one, visit))
            }
            "items" | "additionalProperties" | "not" if member.is_object() => walk(member, visit),
            _ => {}
        }
    }
}
