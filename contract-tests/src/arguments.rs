//! Arguments of a call, made from the examples of a document.

use cx_spec::{Operation, Parameter};
use serde_json::{Map, Value};

/// Which of an operation's parameters an example call carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// Those that must be given.
    Required,
    /// All.
    All,
}

/// Arguments with the examples of the parameters and, if there is one, a body.
pub fn example(operation: &Operation, breadth: Breadth, body: Option<&Value>) -> Value {
    let mut arguments = Map::new();
    for parameter in &operation.parameters {
        if parameter.required || breadth == Breadth::All {
            insert(&mut arguments, parameter);
        }
    }
    if let Some(body) = body {
        arguments.insert("body".to_owned(), body.clone());
    }
    Value::Object(arguments)
}

/// A parameter that is an object is given by its members, under the names they have on the wire.
fn insert(arguments: &mut Map<String, Value>, parameter: &Parameter) {
    match &parameter.example {
        Some(Value::Object(members)) if parameter.style == "deepObject" => {
            let flat = members.iter().map(|(key, value)| (format!("{}[{key}]", parameter.name), value.clone()));
            arguments.extend(flat);
        }
        Some(Value::Object(members)) if parameter.style == "form" && parameter.explode => {
            arguments.extend(members.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        Some(example) => {
            arguments.insert(parameter.name.clone(), example.clone());
        }
        None => {}
    }
}
