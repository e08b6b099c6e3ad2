//! What tools for people show of an operation, beside its row in the table.

use serde_json::Value;

/// What tools for people show of an operation, beside its row in the table.
#[derive(Debug)]
pub struct Guide {
    /// Id of the operation.
    pub operation: &'static str,
    /// What it does, with units and limits; Markdown.
    pub description: &'static str,
    /// Example arguments as JSON text: every parameter, and the body under `body`.
    pub example: &'static str,
    /// What it does cannot be undone: ask before it is called.
    pub destructive: bool,
    /// Members of the request body that are credentials, at whatever depth.
    pub request_secrets: &'static [&'static str],
    /// Members of a successful reply that are credentials, at whatever depth.
    pub reply_secrets: &'static [&'static str],
}

impl Guide {
    /// The example arguments; `null` if the text were no JSON.
    pub fn example_arguments(&self) -> Value {
        serde_json::from_str(self.example).unwrap_or_default()
    }
}
