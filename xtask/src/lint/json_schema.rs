//! What is wrong with a value, in words that name no more of it than is wrong.

use cx_spec::schema::Compiled;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

/// What is wrong with a value.
pub struct Fault {
    /// JSON pointer into the value.
    pub instance: String,
    /// What.
    pub message: String,
}

/// What is wrong with a value.
pub fn faults(schema: &Compiled, value: &Value) -> Vec<Fault> {
    schema
        .validator
        .iter_errors(value)
        .map(|error| {
            let part = error.instance();
            let whole = part.is_object() || part.is_array();
            let message = match error.kind() {
                ValidationErrorKind::Format { format } => format!("{part} is not of the format `{format}`"),
                _ if whole => error.masked().to_string(),
                _ => error.to_string(),
            };
            Fault { instance: error.instance_path().as_str().to_owned(), message }
        })
        .collect()
}
