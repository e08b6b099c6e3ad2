//! What plain progenitor makes of a document.

use std::panic::{AssertUnwindSafe, catch_unwind};

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::Value;

/// One line: "generates", or how it fails.
pub fn outcome(document: &Value) -> String {
    match serde_json::from_value(document.clone()) {
        // Deep schemas overflow the stack that a test has.
        Ok(document) => {
            let thread = std::thread::Builder::new().stack_size(64 * 1024 * 1024).spawn(move || generated(&document));
            thread.unwrap().join().unwrap()
        }
        Err(error) => format!("error: not OpenAPI: {}", short(&error.to_string())),
    }
}

fn generated(document: &openapiv3::OpenAPI) -> String {
    let generate = || {
        let mut settings = GenerationSettings::default();
        settings.with_interface(InterfaceStyle::Builder);
        Generator::new(&settings).generate_tokens(document)
    };
    match catch_unwind(AssertUnwindSafe(generate)) {
        Ok(Ok(tokens)) => match syn::parse2::<syn::File>(tokens) {
            Ok(_) => "generates".to_owned(),
            Err(error) => format!("writes what is not Rust: {error}"),
        },
        Ok(Err(error)) => format!("error: {}", short(&error.to_string())),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
            format!("panic: {}", short(text))
        }
    }
}

/// The first line, without the dump that may follow.
fn short(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default().trim_end_matches(['{', '(', ' ']);
    let line = line.strip_prefix("unexpected or unhandled format in the OpenAPI document ").unwrap_or(line);
    let cut: String = line.chars().take(90).collect();
    cut.replace('|', "\\|").trim_end().to_owned()
}
