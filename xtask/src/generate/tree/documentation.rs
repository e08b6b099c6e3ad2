//! Documentation of what progenitor leaves without any, and code in the document's own.

use cx_spec::Api;
use serde_json::Value;
use syn::{
    Attribute, Expr, ImplItem, ImplItemFn, Item, ItemMod, Lit, LitStr, Meta, parse_quote, visit_mut::VisitMut,
};

use super::{items, send::Call};
use crate::generate::lower::{COOKIE_HEADER, View};

/// Says what an operation does, what it sends, and who says so.
pub fn describe_operation(function: &mut ImplItemFn, api: &Api) {
    let name = function.sig.ident.to_string();
    let Some(operation) = api.operation(&name) else { return };
    let mut text = format!("{}\n\n", operation.summary.trim_end());
    if !operation.description.trim().is_empty() {
        text.push_str(operation.description.trim());
        text.push_str("\n\n");
    }
    text.push_str(&format!("`{} {}`", operation.method, operation.path));
    if !operation.source.is_empty() {
        text.push_str(&format!(" · source: {}", operation.source.join(", ")));
    }
    function.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
    if operation.deprecated {
        function.attrs.push(parse_quote!(#[deprecated = "no longer documented by the vendor"]));
    }
    function.attrs.push(parse_quote!(#[doc = #text]));
}

/// Gives each setter the description of its parameter.
pub fn describe_setters(module: &mut ItemMod, calls: &[Call], view: &View) {
    let mut view = view.clone();
    let operations: Vec<(String, Value)> =
        view.operations_mut().into_iter().map(|(id, operation)| (id, operation.clone())).collect();
    for item in items(module) {
        let Item::Impl(implementation) = item else { continue };
        let syn::Type::Path(target) = &*implementation.self_ty else { continue };
        let Some(name) = target.path.segments.last().map(|segment| &segment.ident) else { continue };
        let Some(call) = calls.iter().find(|call| &call.builder == name) else { continue };
        let operation = operations.iter().find(|(id, _)| *id == call.id).map(|(_, operation)| operation);
        for item in &mut implementation.items {
            let ImplItem::Fn(function) = item else { continue };
            if let Some(text) = setter_text(&function.sig.ident.to_string(), call, operation) {
                function.attrs.push(parse_quote!(#[doc = #text]));
            }
        }
    }
}

fn setter_text(setter: &str, call: &Call, operation: Option<&Value>) -> Option<String> {
    match setter {
        "new" => return Some("Starts a call; [`Client`](super::Client) has a method that does.".to_owned()),
        "body" => return Some("The request body.".to_owned()),
        "body_map" => return Some("Changes the request body in the making.".to_owned()),
        _ => {}
    }
    let (wire, ..) = call.parameters.iter().find(|(_, ident, _)| ident == setter)?;
    let parameters = operation?.get("parameters")?.as_array()?;
    let description = parameters
        .iter()
        .find(|one| one.get("name").and_then(Value::as_str) == Some(wire))?
        .get("description")?
        .as_str()?;
    let wire = wire.strip_prefix(COOKIE_HEADER).unwrap_or(wire);
    Some(if description.is_empty() { format!("`{wire}`") } else { format!("`{wire}`: {}", description.trim()) })
}

/// Says of code in a document's prose that it is a text: rustdoc compiles what names no language, and runs it as a test.
pub fn name_code(file: &mut syn::File) {
    struct Prose;

    impl VisitMut for Prose {
        fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
            if attribute.path().is_ident("doc")
                && let Meta::NameValue(meta) = &mut attribute.meta
                && let Expr::Lit(literal) = &mut meta.value
                && let Lit::Str(text) = &mut literal.lit
            {
                *text = LitStr::new(&with_named_code(&text.value()), text.span());
            }
        }
    }

    Prose.visit_file_mut(file);
}

fn with_named_code(text: &str) -> String {
    let mut open = None;
    let lines = text.split('\n').map(|line| {
        match (open, fence(line)) {
            (None, Some((marks, language))) => {
                open = Some(marks);
                if language.is_empty() {
                    return format!("{line}text");
                }
            }
            (Some(marks), Some((others, ""))) if others.starts_with(marks) => open = None,
            _ => {}
        }
        line.to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The marks with which code begins or ends, and the language behind them.
fn fence(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let rest = line.trim_start_matches(if line.starts_with('~') { '~' } else { '`' });
    let (marks, language) = line.split_at(line.len() - rest.len());
    (marks.len() >= 3 && !language.contains('`')).then(|| (marks, language.trim()))
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;

    #[test]
    fn code_that_names_no_language_is_no_test() {
        for (text, expected) in [
            ("Call:\n\n```\ncurl x\n```\n```y``` or so.", "Call:\n\n```text\ncurl x\n```\n```y``` or so."),
            ("~~~\na\n```\n~~~", "~~~text\na\n```\n~~~"),
            ("```json\n{}\n```\n````\n```\n````", "```json\n{}\n```\n````text\n```\n````"),
        ] {
            let mut file: syn::File = parse_quote! { #[doc = #text] struct A; };
            name_code(&mut file);
            let expected: syn::File = parse_quote! { #[doc = #expected] struct A; };
            assert_eq!(file.to_token_stream().to_string(), expected.to_token_stream().to_string());
        }
    }
}
