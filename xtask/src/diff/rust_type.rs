//! Schemas in the words of Rust: the type that the generator makes of one.

use cx_spec::Node;
use serde_json::Value;

/// What a schema is, references to components left as they stand, since components are compared by themselves.
#[derive(Clone, Debug)]
pub enum Shape<'d> {
    /// A component schema.
    Named(&'d str),
    /// An object with named members.
    Struct(Vec<Field<'d>>),
    /// One of several texts.
    Enum(Vec<&'d str>),
    /// One of several schemas.
    OneOf(Vec<Node<'d>>),
    /// A list.
    List(Option<Node<'d>>),
    /// An object with free members.
    Map(Option<Node<'d>>),
    /// Anything else; the Rust type says it all.
    Plain(&'static str),
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Field<'d> {
    pub name: &'d str,
    pub node: Node<'d>,
    pub required: bool,
}

impl Field<'_> {
    /// Whether the field is an `Option`.
    pub fn is_option(&self) -> bool {
        !self.required || is_nullable(&self.node)
    }
}

/// Whether a schema says itself that it may be null. A component that says so is compared by itself.
pub fn is_nullable(schema: &Node<'_>) -> bool {
    schema.flag("nullable")
}

/// The shape of a schema.
pub fn shape<'d>(schema: &Node<'d>) -> Shape<'d> {
    if let Some(reference) = schema.text("$ref") {
        return match reference.strip_prefix("#/components/schemas/") {
            Some(name) => Shape::Named(name),
            None => schema.resolve().map_or(Shape::Plain("Value"), |target| shape(&target)),
        };
    }
    let branches = |key: &str| schema.member(key).map(|node| node.items()).unwrap_or_default();
    let all = branches("allOf");
    if let ([only], None) = (all.as_slice(), schema.member("properties")) {
        return shape(only);
    }
    let one = [branches("oneOf"), branches("anyOf")].concat();
    if !one.is_empty() {
        return Shape::OneOf(one);
    }
    let fields = fields(schema, 0);
    match schema.text("type") {
        _ if !fields.is_empty() => Shape::Struct(fields),
        Some("array") => Shape::List(schema.member("items")),
        Some("object") => Shape::Map(schema.member("additionalProperties").filter(|node| node.value().is_object())),
        Some("string") => text(schema),
        Some("integer") => Shape::Plain(if schema.text("format") == Some("int32") { "i32" } else { "i64" }),
        Some("number") => Shape::Plain(if schema.text("format") == Some("float") { "f32" } else { "f64" }),
        Some("boolean") => Shape::Plain("bool"),
        _ => Shape::Plain("Value"),
    }
}

fn text<'d>(schema: &Node<'d>) -> Shape<'d> {
    if schema.flag("x-secret") {
        return Shape::Plain("Secret");
    }
    let values = schema.member("enum").map(|node| node.value()).and_then(Value::as_array);
    if let Some(values) = values {
        return Shape::Enum(values.iter().filter_map(Value::as_str).collect());
    }
    Shape::Plain(match schema.text("format") {
        Some("password") => "Secret",
        Some("binary") => "Upload",
        Some("cx-time") => "Time",
        _ => "String",
    })
}

/// Members of an object and of what it is composed of, and the free ones beside them.
fn fields<'d>(schema: &Node<'d>, depth: usize) -> Vec<Field<'d>> {
    let names: Vec<&str> = schema
        .member("required")
        .map(|node| node.value())
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let own = schema.member("properties").map(|node| node.members()).unwrap_or_default();
    let mut found: Vec<Field<'d>> =
        own.into_iter().map(|(name, node)| Field { name, required: names.contains(&name), node }).collect();
    for branch in schema.member("allOf").map(|all| all.items()).unwrap_or_default() {
        // A circle of compositions ends somewhere.
        if depth < 16 {
            let branch = branch.resolve().unwrap_or(branch);
            found.extend(fields(&branch, depth + 1));
        }
    }
    for field in &mut found {
        field.required |= names.contains(&field.name);
    }
    found
}

/// The Rust type of a schema, without the `Option` that the place of it may add.
pub fn rust_type(schema: &Node<'_>) -> String {
    match shape(schema) {
        Shape::Named(name) => format!("types::{name}"),
        Shape::Struct(_) => "a struct".to_owned(),
        Shape::Enum(_) => "an enum".to_owned(),
        Shape::OneOf(_) => "an enum of types".to_owned(),
        Shape::List(items) => format!("Vec<{}>", items.map_or_else(|| "Value".to_owned(), |items| rust_type(&items))),
        Shape::Map(None) => "Map<String, Value>".to_owned(),
        Shape::Map(Some(values)) => format!("Map<String, {}>", rust_type(&values)),
        Shape::Plain(name) => name.to_owned(),
    }
}

/// A type as messages show it: Rust in code quotes, words as words.
pub fn shown(name: &str) -> String {
    if name.starts_with("a ") || name.starts_with("an ") { name.to_owned() } else { format!("`{name}`") }
}
