//! Running progenitor on a view.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Once,
};

use anyhow::{Context, Result, anyhow};
use cx_spec::{Api, Operation};
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use schemars::schema::{InstanceType, SchemaObject};

use super::lower::View;

/// Formats of texts that stand for a type of the runtime.
const CONVERSIONS: &[(&str, &str)] = &[
    ("password", "::cx_client::Secret"),
    ("cx-file", "::cx_client::Upload"),
    ("cx-time", "::cx_client::Time"),
    ("cx-bytes", "::cx_client::Binary"),
];

/// What progenitor makes of a view and `finish` of that, without what either refuses: each component is tried alone, and so
/// is each operation, in the end, that is no good together with others. A component that is refused becomes any JSON, an
/// operation goes; both are remembered with the reason.
pub fn run_what_can_be<T>(
    view: &mut View,
    api: &Api,
    finish: impl Fn(proc_macro2::TokenStream, &View) -> Result<T>,
) -> Result<T> {
    let attempt = |view: &View| run(view).and_then(|tokens| finish(tokens, view));
    let whole = attempt(view);
    if whole.is_ok() {
        return whole;
    }
    if run(&view.with_only(&[])).is_err() {
        for name in view.schemas_mut().into_iter().map(|(name, _)| name).collect::<Vec<_>>() {
            if let Err(error) = run(&view.with_only_schema(&name)) {
                view.free_schema(&name, format!("{error:#}"));
            }
        }
        run(&view.with_only(&[])).context("the component schemas are refused together")?;
    }
    let operations: Vec<&Operation> = api.operations.iter().collect();
    let refused = refused(&operations, &|some| attempt(&view.with_only(some)).map(drop));
    for (operation, error) in refused {
        view.leave_out(operation, format!("{error:#}"));
    }
    attempt(view)
}

/// Those of some things that are refused even alone, and why. Half of them are tried at a time: each attempt makes all
/// component schemas anew.
fn refused<T: Copy>(some: &[T], attempt: &dyn Fn(&[T]) -> Result<()>) -> Vec<(T, anyhow::Error)> {
    match (attempt(some), some) {
        (Ok(()), _) | (Err(_), []) => Vec::new(),
        (Err(error), [one]) => vec![(*one, error)],
        (Err(_), many) => {
            let (former, latter) = many.split_at(many.len() / 2);
            refused(former, attempt).into_iter().chain(refused(latter, attempt)).collect()
        }
    }
}

/// Tokens of the client. A panic inside the generator becomes an error, since it says "not supported" that way.
pub fn run(view: &View) -> Result<proc_macro2::TokenStream> {
    let document: openapiv3::OpenAPI =
        serde_json::from_value(view.value.clone()).context("the view is not OpenAPI any more")?;
    let generate = || {
        let mut settings = GenerationSettings::default();
        settings.with_interface(InterfaceStyle::Builder).with_derive("PartialEq");
        // Sorted, so that the same request is the same bytes.
        settings.with_map_type("::std::collections::BTreeMap");
        for (format, rust_type) in CONVERSIONS {
            let schema = SchemaObject {
                instance_type: Some(InstanceType::String.into()),
                format: Some((*format).to_owned()),
                ..Default::default()
            };
            settings.with_conversion(schema, *rust_type, std::iter::empty());
        }
        Generator::new(&settings).generate_tokens(&document)
    };
    quietly(|| catch_unwind(AssertUnwindSafe(generate)))
        .map_err(|panic| anyhow!("progenitor panicked: {}", first_line(&panic_message(panic.as_ref()))))?
        .map_err(|error| anyhow!("{}", first_line(&error.to_string())))
}

thread_local! {
    /// Whether a panic of this thread is caught and told in other words.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs something whose panics are caught without the lines that a panic prints.
fn quietly<T>(action: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                loud(panic);
            }
        }));
    });
    QUIET.set(true);
    let result = action();
    QUIET.set(false);
    result
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "without a message".to_owned())
}

/// Messages go on with a dump of the schema, which the pointer says better.
fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default().trim_end_matches(['{', '(', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_a_thousand_is_found_in_a_few_attempts() {
        let attempts = Cell::new(0);
        let attempt = |some: &[u32]| {
            attempts.set(attempts.get() + 1);
            anyhow::ensure!(!some.contains(&7) && !some.contains(&998), "refused");
            Ok(())
        };
        let all: Vec<u32> = (0..1000).collect();
        let found: Vec<u32> = refused(&all, &attempt).into_iter().map(|(one, _)| one).collect();
        assert_eq!(found, [7, 998]);
        assert!(attempts.get() < 50, "{} attempts", attempts.get());
        assert!(refused(&[1, 2], &attempt).is_empty());
    }
}
