//! Documentation of what progenitor leaves without any, and code in the document's own.

use std::ops::Range;

use cx_spec::Api;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};
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
    let wire = &call.parameters.iter().find(|one| one.setter == setter)?.wire;
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
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    let (mut named, mut done) = (String::new(), 0);
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if language.is_empty() => {
                let fence = part(range.start..text.len()).lines().next().unwrap_or_default();
                let end = range.start + fence.len();
                named.push_str(part(done..end));
                named.push_str("text");
                done = end;
            }
            // Code because it is indented, as prose may be by accident, has no place for a language.
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                // The block begins behind the indentation of its first line.
                let begin = part(0..range.start).rfind('\n').map_or(0, |end| end + 1);
                let margin = without_tabs(part(begin..range.start)).len().saturating_sub(INDENTATION.len());
                named.push_str(part(done..begin));
                named.push_str(&fenced(part(begin..range.end), margin));
                done = range.end;
            }
            _ => {}
        }
    }
    named.push_str(part(done..text.len()));
    named
}

/// What makes code of a line.
const INDENTATION: &str = "    ";

/// Lines of code between fences, at the margin of the list or the quotation in which they stand.
fn fenced(block: &str, margin: usize) -> String {
    let longest = block.split(|c: char| c != '`').map(str::len).max().unwrap_or_default();
    let marks = "`".repeat(longest.max(2) + 1);
    let lines: Vec<String> = block.lines().map(without_tabs).collect();
    let first: String = lines.first().into_iter().flat_map(|line| line.chars()).take(margin).collect();
    // The mark of an item of a list stands on its first line alone.
    let rest: String = first.chars().map(|c| if c == '>' { c } else { ' ' }).collect();
    let mut text = format!("{first}{marks}text\n");
    for line in lines {
        let code = line.split_at_checked(margin).and_then(|(_, indented)| indented.strip_prefix(INDENTATION));
        match code {
            Some(code) => text.push_str(&format!("{rest}{code}\n")),
            None => text.push_str(&format!("{line}\n")),
        }
    }
    let end = if block.ends_with('\n') { "\n" } else { "" };
    format!("{text}{rest}{marks}{end}")
}

fn without_tabs(line: &str) -> String {
    line.chars().fold(String::new(), |mut text, character| {
        match character {
            '\t' => text.push_str(&" ".repeat(4 - text.len() % 4)),
            other => text.push(other),
        }
        text
    })
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
            ("Call:\n\n    curl x\n\n      -d y\nDone.", "Call:\n\n```text\ncurl x\n\n  -d y\n```\nDone."),
            ("So:\n\n\ta", "So:\n\n```text\na\n```"),
            ("1. One:\n\n       a\n       b\n\n2. Two", "1. One:\n\n   ```text\n   a\n   b\n   ```\n\n2. Two"),
            ("-     a\n-     b", "- ```text\n  a\n  ```\n- ```text\n  b\n  ```"),
            ("> So:\n>\n>     a", "> So:\n>\n> ```text\n> a\n> ```"),
            ("So:\n\n    ```\n    a", "So:\n\n````text\n```\na\n````"),
            ("```json\n{\n    \"a\": 1\n}\n```", "```json\n{\n    \"a\": 1\n}\n```"),
            ("It goes\n    on.", "It goes\n    on."),
        ] {
            let mut file: syn::File = parse_quote! { #[doc = #text] struct A; };
            name_code(&mut file);
            let expected: syn::File = parse_quote! { #[doc = #expected] struct A; };
            assert_eq!(file.to_token_stream().to_string(), expected.to_token_stream().to_string());
        }
    }
}
