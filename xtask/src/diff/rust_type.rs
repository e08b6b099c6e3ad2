//! Schemas in the words of Rust: the type that the generator makes of one.

use std::collections::HashSet;

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

/// Deeper, a type leads back to itself: components, which are compared by themselves, are not looked into.
const DEEPEST: usize = 32;

/// The shape of a schema.
pub fn shape<'d>(schema: &Node<'d>) -> Shape<'d> {
    shape_at(schema, 0)
}

fn shape_at<'d>(schema: &Node<'d>, depth: usize) -> Shape<'d> {
    if depth > DEEPEST {
        return Shape::Plain("Value");
    }
    if let Some(reference) = schema.text("$ref") {
        return match reference.strip_prefix("#/components/schemas/") {
            Some(name) => Shape::Named(name),
            None => schema.resolve().map_or(Shape::Plain("Value"), |target| shape_at(&target, depth + 1)),
        };
    }
    let branches = |key: &str| schema.member(key).map(|node| node.items()).unwrap_or_default();
    let all = branches("allOf");
    if let ([only], None) = (all.as_slice(), schema.member("properties")) {
        return shape_at(only, depth + 1);
    }
    let one = [branches("oneOf"), branches("anyOf")].concat();
    if !one.is_empty() {
        return Shape::OneOf(one);
    }
    let mut fields = Vec::new();
    gather(schema, &mut fields, &mut HashSet::new());
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

/// Gathers the members of an object and of what it is composed of. `seen` holds the schemas that were gathered from:
/// one that comes back says nothing new.
fn gather<'d>(schema: &Node<'d>, found: &mut Vec<Field<'d>>, seen: &mut HashSet<String>) {
    if !seen.insert(schema.pointer().to_owned()) {
        return;
    }
    let names: Vec<&str> = schema
        .member("required")
        .map(|node| node.value())
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let own = schema.member("properties").map(|node| node.members()).unwrap_or_default();
    let from = found.len();
    found.extend(own.into_iter().map(|(name, node)| Field { name, required: false, node }));
    for branch in schema.member("allOf").map(|all| all.items()).unwrap_or_default() {
        gather(&branch.resolve().unwrap_or(branch), found, seen);
    }
    for field in found.iter_mut().skip(from) {
        field.required |= names.contains(&field.name);
    }
}

/// The Rust type of a schema, without the `Option` that the place of it may add.
pub fn rust_type(schema: &Node<'_>) -> String {
    rust_type_at(schema, 0)
}

fn rust_type_at(schema: &Node<'_>, depth: usize) -> String {
    let inner = |schema: Node<'_>| rust_type_at(&schema, depth + 1);
    match shape_at(schema, depth) {
        Shape::Named(name) => format!("types::{name}"),
        Shape::Struct(_) => "a struct".to_owned(),
        Shape::Enum(_) => "an enum".to_owned(),
        Shape::OneOf(_) => "an enum of types".to_owned(),
        Shape::List(items) => format!("Vec<{}>", items.map_or_else(|| "Value".to_owned(), inner)),
        Shape::Map(None) => "Map<String, Value>".to_owned(),
        Shape::Map(Some(values)) => format!("Map<String, {}>", inner(values)),
        Shape::Plain(name) => name.to_owned(),
    }
}

/// A type as messages show it: Rust in code quotes, words as words.
pub fn shown(name: &str) -> String {
    if name.starts_with("a ") || name.starts_with("an ") { name.to_owned() } else { format!("`{name}`") }
}

#[cfg(test)]
mod tests {
    use cx_spec::Document;

    use super::*;

    fn document(components: &str) -> Document {
        let head = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\n";
        Document::parse("t", "t.yaml", &format!("{head}{components}")).unwrap()
    }

    #[test]
    fn what_a_struct_is_made_of_is_gathered_once() {
        let mut text = "components:\n  schemas:\n".to_owned();
        for level in 0..40 {
            let next = format!("{{$ref: '#/components/schemas/L{}'}}", level + 1);
            text.push_str(&format!(
                "    L{level}: {{allOf: [{next}, {next}, {{$ref: '#/components/schemas/L0'}}]}}\n"
            ));
        }
        let end = "{type: object, required: [a], properties: {a: {type: string}, b: {type: string}}}";
        let document = document(&format!("{text}    L40: {end}\n"));
        let Shape::Struct(fields) = shape(&document.at("/components/schemas/L0").unwrap()) else {
            panic!("it has members");
        };
        let fields: Vec<_> = fields.iter().map(|field| (field.name, field.required)).collect();
        assert_eq!(fields, [("a", true), ("b", false)]);
    }

    #[test]
    fn a_type_outside_the_components_that_leads_back_to_itself_ends() {
        let document =
            document("x-whole: {allOf: [{$ref: '#/x-whole'}]}\nx-list: {type: array, items: {$ref: '#/x-list'}}\n");
        let name = |pointer: &str| rust_type(&document.at(pointer).unwrap());
        assert_eq!(name("/x-whole"), "Value");
        assert!(name("/x-list").starts_with("Vec<Vec<"));
    }
}
