//! One document: text, value and places.

use std::path::Path;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    error::{Place, SpecError},
    nulls,
    pointer::{below, unescape},
    references, unreadable,
    yaml::{self, Positions},
};

/// `$ref` chains longer than this are taken for loops.
const MAX_REFERENCES: usize = 32;

/// An OpenAPI 3.0 document that parsed, with the place of every member.
#[derive(Debug)]
pub struct Document {
    name: String,
    file: String,
    text: String,
    value: Value,
    positions: Positions,
}

impl Document {
    /// Parses `text`. `name` is the API's name (the file's stem), `file` is what messages call it.
    ///
    /// # Errors
    /// Text that is not YAML, a key given twice, or something other than an OpenAPI 3.0 document.
    pub fn parse(name: &str, file: &str, text: &str) -> Result<Self, SpecError> {
        let (mut value, positions) = yaml::parse(text).map_err(|error| {
            let place =
                Place { file: file.to_owned(), line: error.line, column: error.column, pointer: error.pointer };
            SpecError::new(place, error.message)
        })?;
        nulls::fold(&mut value);
        references::decode(&mut value);
        let document = Self { name: name.to_owned(), file: file.to_owned(), text: text.to_owned(), value, positions };
        match document.value.get("openapi").and_then(Value::as_str) {
            Some(version) if version.starts_with("3.0.") => Ok(document),
            Some(version) => Err(document.error("/openapi", format!("version {version}: only 3.0.x is understood"))),
            None if document.value.get("openapi").is_some() => {
                Err(document.error("/openapi", "the version is no text: write all of it, such as 3.0.3"))
            }
            None => Err(document.error("", "no `openapi` version: this is not an OpenAPI document")),
        }
    }

    /// Reads and parses a file. The API is named after its stem.
    ///
    /// # Errors
    /// As [`Document::parse`], and a file that cannot be read.
    pub fn load(path: &Path) -> Result<Self, SpecError> {
        let file = path.display().to_string();
        let place = || Place { file: file.clone(), line: 0, column: 0, pointer: String::new() };
        let text = std::fs::read_to_string(path)
            .map_err(|error| SpecError::new(place(), format!("cannot be read: {error}")))?;
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .ok_or_else(|| SpecError::new(place(), "the file needs a name in plain text"))?;
        Self::parse(name, &file, &text)
    }

    /// A copy with another value. Its places are those of the text: what moved has the place of its nearest ancestor.
    pub fn with_value(&self, value: Value) -> Self {
        let Self { name, file, text, positions, .. } = self;
        Self { name: name.clone(), file: file.clone(), text: text.clone(), value, positions: positions.clone() }
    }

    /// The API's name, such as `wootric-cxi`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file, as messages name it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole document as JSON. A choice with a branch for null (`spec/README.md`, *Conventions*) is a nullable one here,
    /// and references are JSON pointers, not percent-encoded.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The root.
    pub fn root(&self) -> Node<'_> {
        Node { document: self, pointer: String::new(), value: &self.value }
    }

    /// The node at a JSON pointer.
    pub fn at(&self, pointer: &str) -> Option<Node<'_>> {
        let value = descend(&self.value, pointer)?;
        Some(Node { document: self, pointer: pointer.to_owned(), value })
    }

    /// The place of a pointer, or of its nearest ancestor that has one.
    pub fn place(&self, pointer: &str) -> Place {
        let mut known = pointer;
        let (line, column) = loop {
            match (self.positions.get(known), known.rfind('/')) {
                (Some(&position), _) => break position,
                (None, Some(cut)) => known = known.get(..cut).unwrap_or_default(),
                (None, None) => break (1, 1),
            }
        };
        Place { file: self.file.clone(), line, column, pointer: pointer.to_owned() }
    }

    /// An error at a pointer of this document.
    pub fn error(&self, pointer: &str, message: impl Into<String>) -> SpecError {
        SpecError::new(self.place(pointer), message)
    }

    /// The document in the typed model of `openapiv3`.
    ///
    /// # Errors
    /// A member of the wrong type. The model does not say where, so the smallest part that fails is looked for.
    pub fn to_openapi(&self) -> Result<openapiv3::OpenAPI, SpecError> {
        openapiv3::OpenAPI::deserialize(&self.value).map_err(|error| {
            let smallest = unreadable::smallest(&self.root());
            let (pointer, message) = smallest.unwrap_or_else(|| (String::new(), error.to_string()));
            self.error(&pointer, format!("not OpenAPI 3.0: {message}"))
        })
    }
}

/// [`Value::pointer`], which unescapes every step; the mock vendor goes down dozens of pointers for each request, and
/// hardly a step has anything to unescape.
fn descend<'v>(root: &'v Value, pointer: &str) -> Option<&'v Value> {
    if pointer.is_empty() {
        return Some(root);
    }
    pointer.strip_prefix('/')?.split('/').try_fold(root, |value, step| match value {
        Value::Object(members) if !step.contains('~') => members.get(step),
        Value::Object(members) => members.get(&unescape(step)),
        // Numbers as JSON pointers write them: neither sign nor leading zero.
        Value::Array(items) if step == "0" || !step.starts_with(['0', '+']) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// A value inside a document that knows where it stands.
#[derive(Clone, Debug)]
pub struct Node<'d> {
    document: &'d Document,
    pointer: String,
    value: &'d Value,
}

impl<'d> Node<'d> {
    /// The value.
    pub fn value(&self) -> &'d Value {
        self.value
    }

    /// JSON pointer of this value.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// File, line and pointer.
    pub fn place(&self) -> Place {
        self.document.place(&self.pointer)
    }

    /// An error that points here.
    pub fn error(&self, message: impl Into<String>) -> SpecError {
        self.document.error(&self.pointer, message)
    }

    /// A member of an object.
    pub fn member(&self, key: &str) -> Option<Node<'d>> {
        let value = self.value.get(key)?;
        Some(self.child(key, value))
    }

    /// What stands under a name among the `properties` of a schema.
    #[cfg(feature = "schema")]
    pub(crate) fn property(&self, name: &str) -> Option<Node<'d>> {
        let value = self.value.get("properties")?.get(name)?;
        Some(Node { document: self.document, pointer: below(&below(&self.pointer, "properties"), name), value })
    }

    /// All members of an object, in the order they are written; none for anything else.
    pub fn members(&self) -> Vec<(&'d str, Node<'d>)> {
        self.value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.as_str(), self.child(key, value)))
            .collect()
    }

    /// All items of an array; none for anything else.
    pub fn items(&self) -> Vec<Node<'d>> {
        self.value
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, value)| self.child(&index.to_string(), value))
            .collect()
    }

    /// A member that is a text.
    pub fn text(&self, key: &str) -> Option<&'d str> {
        self.value.get(key).and_then(Value::as_str)
    }

    /// Whether a member is `true`.
    pub fn flag(&self, key: &str) -> bool {
        self.value.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Follows `$ref` until something else stands there.
    ///
    /// # Errors
    /// A reference to another file, to nothing, or in a circle.
    pub fn resolve(&self) -> Result<Node<'d>, SpecError> {
        let mut node = self.clone();
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = node.text("$ref") else { return Ok(node) };
            let pointer = reference.strip_prefix('#').ok_or_else(|| {
                node.error(format!("`$ref: {reference}` leaves the document; copy what it names into `components`"))
            })?;
            node = self.document.at(pointer).ok_or_else(|| {
                node.error(format!("`$ref: {reference}` points at nothing; define it or correct the name"))
            })?;
        }
        Err(self.error("`$ref` goes in a circle"))
    }

    /// Reads this value as `T`.
    ///
    /// # Errors
    /// A value of another shape.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, SpecError> {
        T::deserialize(self.value).map_err(|error| self.error(error.to_string()))
    }

    fn child(&self, key: &str, value: &'d Value) -> Node<'d> {
        Node { document: self.document, pointer: below(&self.pointer, key), value }
    }
}
