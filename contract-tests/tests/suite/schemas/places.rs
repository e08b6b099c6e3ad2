//! The places of a value, each with the schema that it keeps.

use cx_spec::Api;
use serde_json::{Map, Value};

/// A schema without references and `allOf` at its top.
pub type Flat = Map<String, Value>;

/// One step from a value into it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A member of an object.
    Member(String),
    /// An item of a list.
    Item(usize),
}

/// A place in a value.
pub struct Place {
    /// The way to it.
    pub steps: Vec<Step>,
    /// Its schema.
    pub flat: Flat,
    /// The branches of a `oneOf`.
    pub branches: Vec<Flat>,
    /// Which schema of the document it is, in words that two places of one schema share.
    pub origin: String,
    /// Whether null is one of its values.
    pub nullable: bool,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether it is a member, a value of a map or an item of a list that is a member, with a schema of its own, rather than
    /// one that refers to another.
    pub member: bool,
    /// How many steps lead to where an error is reported that happens here: serde keeps no path to a member that the
    /// schema does not name beside others that it does.
    reported: usize,
}

impl Place {
    /// What stands there.
    pub fn value<'v>(&self, value: &'v Value) -> &'v Value {
        self.steps.iter().fold(value, |value, step| match step {
            Step::Member(name) => &value[name],
            Step::Item(index) => &value[index],
        })
    }

    /// The way to where an error is reported.
    pub fn reported(&self) -> &[Step] {
        &self.steps[..self.reported]
    }

    /// Names of the members that the schema declares.
    pub fn members(&self) -> Vec<String> {
        self.flat
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Whether it is an object whose type has a field for each member and no other.
    pub fn is_closed_struct(&self) -> bool {
        !self.members().is_empty() && !is_open(&self.flat)
    }

    /// Whether it is one of several known texts.
    pub fn is_open_enum(&self) -> bool {
        let known = self.flat.get("enum").and_then(Value::as_array);
        kind(&self.flat) == Some("string")
            && known.is_some_and(|known| known.iter().filter(|one| !one.is_null()).count() > 1)
    }
}

/// Every place of a value; what stands inside a branch of a `oneOf` is not looked into.
pub fn places(api: &Api, schema: &Value, value: &Value) -> Vec<Place> {
    let mut found = Vec::new();
    let root =
        Way { steps: Vec::new(), origin: String::new(), optional: false, member: false, named: false, reported: 0 };
    visit(api, schema, value, root, &mut found);
    found
}

/// How a place is reached.
#[derive(Clone)]
struct Way {
    steps: Vec<Step>,
    origin: String,
    optional: bool,
    member: bool,
    /// Whether the schema of its owner names it.
    named: bool,
    reported: usize,
}

impl Way {
    fn to(&self, step: Step, origin: String, exact: bool) -> Self {
        let mut steps = self.steps.clone();
        let exact = exact && self.reported == steps.len();
        steps.push(step);
        let reported = if exact { steps.len() } else { self.reported };
        Self { steps, origin, optional: false, member: false, named: false, reported }
    }
}

fn visit(api: &Api, schema: &Value, value: &Value, way: Way, found: &mut Vec<Place>) {
    let (flat, origin) = flatten(api, schema, &way.origin);
    let branches = flat.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let branches: Vec<Flat> = branches.map(|branch| flatten(api, branch, "").0).collect();
    let nullable = is_nullable(&flat) || branches.iter().any(is_nullable);
    if branches.is_empty() {
        match value {
            Value::Object(members) => inside_object(api, &flat, members, &origin, &way, found),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let Some(schema) = flat.get("items") else { break };
                    let mut inner = way.to(Step::Item(index), format!("{origin}/items"), true);
                    // A list without a schema of its own has a type of its own.
                    inner.member = way.named && origin == way.origin;
                    visit(api, schema, item, inner, found);
                }
            }
            _ => {}
        }
    }
    let Way { steps, optional, member, reported, .. } = way;
    let member = member && origin == way.origin;
    found.push(Place { steps, flat, branches, origin, nullable, optional, member, reported });
}

fn inside_object(
    api: &Api,
    flat: &Flat,
    members: &Map<String, Value>,
    origin: &str,
    way: &Way,
    found: &mut Vec<Place>,
) {
    let declared = flat.get("properties").and_then(Value::as_object);
    let required = flat.get("required").and_then(Value::as_array);
    let is_map = declared.is_none_or(Map::is_empty);
    for (name, value) in members {
        let own = declared.and_then(|declared| declared.get(name));
        let Some(schema) = own.or_else(|| flat.get("additionalProperties").filter(|more| more.is_object())) else {
            continue;
        };
        // Members beside the named ones are gathered first and read afterwards, without a path.
        let exact = own.is_some() || is_map;
        let mut way = way.to(Step::Member(name.clone()), format!("{origin}/{}", own.map_or("*", |_| name)), exact);
        way.member = own.is_some() || is_map;
        way.named = own.is_some();
        way.optional = own.is_some() && !required.is_some_and(|names| names.iter().any(|one| one == name));
        visit(api, schema, value, way, found);
    }
}

/// A schema with references and `allOf` of one followed, and what it is called.
fn flatten(api: &Api, schema: &Value, origin: &str) -> (Flat, String) {
    let mut origin = origin.to_owned();
    let mut schema = schema.clone();
    let mut nullable = false;
    for _ in 0..32 {
        nullable |= schema.get("nullable") == Some(&Value::Bool(true));
        let target = match (schema.get("$ref").and_then(Value::as_str), schema.get("allOf").and_then(Value::as_array))
        {
            (Some(reference), _) => {
                origin = reference.trim_start_matches("#/components/schemas/").to_owned();
                api.document().at(reference.trim_start_matches('#')).unwrap().value().clone()
            }
            (None, Some(all)) => {
                assert_eq!(all.len(), 1, "no document puts schemas together: {schema}");
                all[0].clone()
            }
            (None, None) => break,
        };
        schema = target;
    }
    let mut flat = schema.as_object().cloned().unwrap_or_default();
    if nullable {
        flat.insert("nullable".to_owned(), Value::Bool(true));
    }
    (flat, origin)
}

/// `type`, or what members and items say.
pub fn kind(flat: &Flat) -> Option<&str> {
    flat.get("type").and_then(Value::as_str).or_else(|| {
        let object = flat.contains_key("properties") || flat.contains_key("additionalProperties");
        object.then_some("object").or_else(|| flat.contains_key("items").then_some("array"))
    })
}

fn is_nullable(flat: &Flat) -> bool {
    flat.get("nullable") == Some(&Value::Bool(true))
}

/// Whether the type keeps members that the schema does not name.
fn is_open(flat: &Flat) -> bool {
    flat.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false))
}

/// A value without the files in it: a file has no place in JSON and does not come back.
pub fn without_files(api: &Api, schema: &Value, mut value: Value) -> Value {
    let files = places(api, schema, &value);
    for place in files.iter().filter(|place| place.flat.get("format").and_then(Value::as_str) == Some("binary")) {
        *at_mut(&mut value, &place.steps) = Value::String("<file upload>".to_owned());
    }
    value
}

/// What stands at the end of some steps.
pub fn at_mut<'v>(value: &'v mut Value, steps: &[Step]) -> &'v mut Value {
    steps.iter().fold(value, |value, step| match step {
        Step::Member(name) => &mut value[name],
        Step::Item(index) => &mut value[index],
    })
}

/// Steps as the client's errors write them.
pub fn path(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Member(name) if path.is_empty() => path.push_str(name),
            Step::Member(name) => path.push_str(&format!(".{name}")),
            Step::Item(index) => path.push_str(&format!("[{index}]")),
        }
    }
    if path.is_empty() { ".".to_owned() } else { path }
}
