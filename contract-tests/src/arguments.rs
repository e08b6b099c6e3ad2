//! Arguments of a call, made from the examples of a document.

use cx_spec::{Media, Operation, Parameter};
use serde_json::{Map, Value};

/// Which of an operation's parameters an example call carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// Those that must be given.
    Required,
    /// All.
    All,
}

/// The first example of the body that an operation is sent by default.
pub fn example_body(operation: &Operation) -> Option<&Value> {
    operation.sent_media()?.examples.first().map(|example| &example.value)
}

/// The media type that a call sends its body as: the one that it asks for, or the operation's usual one.
pub(crate) fn media<'o>(operation: &'o Operation, asked: Option<&str>) -> Option<&'o Media> {
    match asked {
        Some(name) => operation.body.as_ref()?.media.iter().find(|media| media.media_type == name),
        None => operation.sent_media(),
    }
}

/// Arguments with the examples of the parameters and, if there is one, a body.
pub fn example(operation: &Operation, breadth: Breadth, body: Option<&Value>) -> Value {
    let mut arguments = Map::new();
    for parameter in &operation.parameters {
        if (parameter.required || breadth == Breadth::All)
            && let Some(example) = &parameter.example
        {
            Spelling::of(parameter).insert(&mut arguments, example);
        }
    }
    if let Some(body) = body {
        arguments.insert("body".to_owned(), body.clone());
    }
    Value::Object(arguments)
}

/// How a parameter is given: one that is an object by its members, under the names they have on the wire.
#[derive(Clone, Debug)]
pub(crate) struct Spelling {
    name: String,
    style: String,
    explode: bool,
}

impl Spelling {
    pub(crate) fn of(parameter: &Parameter) -> Self {
        Self { name: parameter.name.clone(), style: parameter.style.clone(), explode: parameter.explode }
    }

    /// The name of a member of the parameter.
    pub(crate) fn member(&self, key: &str) -> String {
        if self.style == "deepObject" { format!("{}[{key}]", self.name) } else { key.to_owned() }
    }

    /// Whether the members of an object are given one by one.
    pub(crate) fn is_spread(&self) -> bool {
        self.style == "deepObject" || (self.style == "form" && self.explode)
    }

    /// Gives the parameter a value.
    pub(crate) fn insert(&self, arguments: &mut Map<String, Value>, value: &Value) {
        match value {
            Value::Object(members) if self.is_spread() => {
                arguments.extend(members.iter().map(|(key, value)| (self.member(key), value.clone())));
            }
            value => {
                arguments.insert(self.name.clone(), value.clone());
            }
        }
    }
}
