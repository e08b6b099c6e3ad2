//! Running progenitor on a view.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Context, Result, anyhow};
use cx_spec::Api;
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

/// Tokens of the client, without the operations that progenitor does not take: each is tried alone, taken out of the
/// view, and remembered with the reason.
pub fn run_what_can_be(view: &mut View, api: &Api) -> Result<proc_macro2::TokenStream> {
    let whole = run(view);
    if whole.is_ok() {
        return whole;
    }
    run(&view.with_only(None)).context("a component schema is refused")?;
    for operation in &api.operations {
        if let Err(error) = run(&view.with_only(Some(&operation.id))) {
            view.leave_out(operation, format!("{error:#}"));
        }
    }
    run(view)
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
    catch_unwind(AssertUnwindSafe(generate))
        .map_err(|panic| anyhow!("progenitor panicked: {}", panic_message(panic.as_ref())))?
        .map_err(|error| anyhow!("{error}"))
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "without a message".to_owned())
}
