//! Schemas: the name of a type, and the members of one.

use cx_spec::{Api, Node};
use maud::{Markup, html};

use super::markdown;

/// The anchor of a component schema.
pub fn anchor(api: &Api, name: &str) -> String {
    format!("{}.schema.{name}", api.name())
}

/// A type in a few words; a component is a link to its section.
pub fn name(api: &Api, node: &Node<'_>) -> Markup {
    if let Some(reference) = node.text("$ref") {
        let name = reference.rsplit('/').next().unwrap_or(reference);
        // What stands inside of something else has no section.
        return match reference.strip_prefix("#/components/schemas/") == Some(name) {
            true => html! { a href={ "#" (anchor(api, name)) } { (name) } },
            false => html! { (name) },
        };
    }
    for (key, word) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
        if let Some(list) = node.member(key) {
            return html! {
                @for (index, branch) in list.items().iter().enumerate() {
                    @if index > 0 { (word) }
                    (name(api, branch))
                }
            };
        }
    }
    let format = node.text("format");
    match node.text("type") {
        Some("array") => html! {
            "list of "
            @match node.member("items") { Some(items) => (name(api, &items)), None => "anything" }
        },
        Some("object") => match node.member("additionalProperties").filter(|inner| inner.value().is_object()) {
            Some(inner) => html! { "map of " (name(api, &inner)) },
            None => html! { "object" },
        },
        Some(kind) => html! { (kind) @if let Some(format) = format { " (" (format) ")" } },
        None => html! { "any JSON" },
    }
}

/// A component schema with its members.
pub fn section(api: &Api, title: &str, node: &Node<'_>) -> Markup {
    html! {
        section.schema id=(anchor(api, title)) data-search=(title.to_lowercase()) {
            h3 { a href={ "#" (anchor(api, title)) } { (title) } " " small { (name(api, node)) } " " (marks(node)) }
            (describe(node))
            (members(api, node))
            (sources(node))
        }
    }
}

/// The members of an object, a row each; those of objects inside it are rows too.
pub fn members(api: &Api, node: &Node<'_>) -> Markup {
    let mut rows = Vec::new();
    collect(node, "", &mut rows);
    html! {
        @if !rows.is_empty() {
            div.table { table {
                thead { tr { th { "member" } th { "type" } th { "meaning" } } }
                tbody { @for row in &rows { tr {
                    td { code { (row.path) } @if row.required { " " span.mark.required { "required" } } }
                    td { (name(api, &row.node)) @if row.node.flag("nullable") { " or null" } }
                    td { (marks(&row.node)) (describe(&row.node)) (values(&row.node)) (sources(&row.node)) }
                } } }
            } }
        }
    }
}

struct Row<'d> {
    path: String,
    required: bool,
    node: Node<'d>,
}

fn collect<'d>(node: &Node<'d>, start: &str, rows: &mut Vec<Row<'d>>) {
    let required: Vec<_> = node.member("required").map(|list| list.items()).unwrap_or_default();
    for (name, member) in node.member("properties").map(|node| node.members()).unwrap_or_default() {
        let path = format!("{start}{name}");
        let required = required.iter().any(|one| one.value().as_str() == Some(name));
        rows.push(Row { path: path.clone(), required, node: member.clone() });
        match member.member("items") {
            Some(items) => collect(&items, &format!("{path}[]."), rows),
            None => collect(&member, &format!("{path}."), rows),
        }
    }
}

fn describe(node: &Node<'_>) -> Markup {
    html! { @if let Some(text) = node.text("description") { (markdown::block(text)) } }
}

/// Known values, bounds and an example.
fn values(node: &Node<'_>) -> Markup {
    let known = node.member("enum").map(|list| list.items()).unwrap_or_default();
    html! {
        @if !known.is_empty() {
            p.values { "known: " @for value in &known { code { (value.value()) } " " } }
        }
        @for bound in ["minimum", "maximum", "maxLength", "x-max-bytes"] {
            @if let Some(value) = node.member(bound) { p.values { (bound) ": " code { (value.value()) } } }
        }
    }
}

/// How sure we are, and what is kept out of logs.
pub fn marks(node: &Node<'_>) -> Markup {
    html! {
        @if let Some(confidence) = node.text("x-confidence") { span.mark.{ (confidence) } { (confidence) } " " }
        @if node.flag("x-secret") { span.mark.secret { "secret" } " " }
        @if node.flag("x-personal") { span.mark.personal { "personal" } " " }
        @if node.flag("deprecated") { span.mark.deprecated { "deprecated" } " " }
    }
}

/// Who says so.
pub fn sources(node: &Node<'_>) -> Markup {
    let sources = node.member("x-source").map(|list| list.items()).unwrap_or_default();
    let sources: Vec<_> = sources.iter().filter_map(|one| one.value().as_str()).collect();
    html! { @if !sources.is_empty() { p.source { "source: " (sources.join(", ")) } } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cx_spec::Document;

    #[test]
    fn a_reference_into_a_schema_is_no_link() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents: {schemas: {a: {type: object, properties: {\
            a: {type: string}, into: {$ref: '#/components/schemas/a/properties/a'}, whole: {$ref: '#/components/schemas/a'}}}}}\n";
        let api = Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap();
        let shown = |member: &str| {
            let node = api.document().at(&format!("/components/schemas/a/properties/{member}")).unwrap();
            name(&api, &node).into_string()
        };
        assert_eq!((shown("into").as_str(), shown("whole").as_str()), ("a", "<a href=\"#t.schema.a\">a</a>"));
    }
}
