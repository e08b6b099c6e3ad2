//! One operation.

use cx_spec::{Api, Confidence, Media, Node, Operation, Reply, Retry};
use maud::{Markup, html};

use super::{markdown, samples::Samples, schema};

/// The anchor of an operation.
pub fn anchor(api: &Api, operation: &Operation) -> String {
    format!("{}.{}", api.name(), operation.id)
}

/// What the search looks at: id, path and summary in small letters.
pub fn searched(operation: &Operation) -> String {
    format!("{} {} {} {}", operation.id, operation.method, operation.path, operation.summary).to_lowercase()
}

/// The section of an operation.
pub fn section(api: &Api, operation: &Operation, samples: &Samples) -> Markup {
    html! {
        section.operation id=(anchor(api, operation)) data-search=(searched(operation)) {
            h3 { a href={ "#" (anchor(api, operation)) } { (operation.summary) } }
            p.address { span.method.{ (operation.method.to_lowercase()) } { (operation.method) } " " code { (operation.path) } }
            p.marks { code.id { (operation.id) } " " (marks(operation)) }
            div.columns {
                div.facts {
                    (markdown::block(&operation.description))
                    p.source { "source: " (operation.source.join(", ")) }
                    (limits(operation))
                    (parameters(api, operation))
                    (body(api, operation))
                    (replies(api, operation))
                }
                (samples_of(samples))
            }
        }
    }
}

fn marks(operation: &Operation) -> Markup {
    html! {
        (confidence(operation.confidence))
        @match operation.retry {
            Retry::Safe => span.mark title="has no effect: repeated freely after a failure" { "safe to repeat" },
            Retry::Idempotent => span.mark title="repeating does no harm" { "idempotent" },
            Retry::Never => span.mark title="never repeated where the first request may have arrived" { "never repeated" },
        }
        " "
        @if operation.security.is_empty() { span.mark { "no token" } " " }
        @if operation.destructive { span.mark.warning { "cannot be undone" } " " }
        @if operation.deprecated { span.mark.deprecated { "deprecated" } " " }
        @if operation.envelope.is_some() { span.mark title="the reply may be wrapped; the client unwraps it" { "envelope" } " " }
    }
}

fn confidence(confidence: Confidence) -> Markup {
    html! {
        @match confidence {
            Confidence::Documented => span.mark.documented { "documented" },
            Confidence::Observed => span.mark.observed { "observed" },
            Confidence::Inferred => span.mark.inferred { "inferred" },
        }
        " "
    }
}

/// How far a list goes.
fn limits(operation: &Operation) -> Markup {
    let Some(pages) = &operation.pagination else { return html! {} };
    html! {
        p.limits {
            "Pages: " code { (pages.page) } " from " (pages.first_page)
            @if let Some(last) = pages.max_page { " to " (last) }
            ", " code { (pages.per_page) }
            @if let Some(most) = pages.max_per_page { " up to " (most) }
            ". In Rust, " code { ".stream()" } " reads all of them"
            @if pages.windows.is_empty() { "." } @else { "; an export goes past the last page by windows of "
                @for (index, name) in pages.windows.keys().enumerate() { @if index > 0 { ", " } code { (name) } } "." }
        }
    }
}

fn parameters(api: &Api, operation: &Operation) -> Markup {
    if operation.parameters.is_empty() {
        return html! {};
    }
    html! {
        h4 { "Parameters" }
        div.table { table {
            thead { tr { th { "name" } th { "in" } th { "type" } th { "meaning" } } }
            tbody { @for parameter in &operation.parameters { tr {
                td { code { (parameter.name) } @if parameter.required { " " span.mark.required { "required" } } }
                td { (parameter.location.name()) }
                td { @if let Some(node) = api.document().at(&parameter.pointer) { (schema::name(api, &node)) } }
                td {
                    @if parameter.secret { span.mark.secret { "secret" } " " }
                    @if parameter.personal { span.mark.personal { "personal" } " " }
                    (markdown::block(&parameter.description))
                    @if let Some(example) = parameter.example.as_ref().filter(|_| !parameter.secret) {
                        p.values { "example: " code { (example) } }
                    }
                }
            } } }
        } }
    }
}

fn body(api: &Api, operation: &Operation) -> Markup {
    let Some(body) = &operation.body else { return html! {} };
    let sent = operation.sent_media().map(|media| media.media_type.as_str());
    html! {
        h4 { "Body" @if body.required { " " span.mark.required { "required" } } }
        @for one in &body.media {
            (media(api, one, if Some(one.media_type.as_str()) == sent { "what the client sends" } else { "taken too" }))
        }
    }
}

fn replies(api: &Api, operation: &Operation) -> Markup {
    html! {
        h4 { "Replies" }
        @for reply in &operation.replies { (one_reply(api, reply)) }
    }
}

fn one_reply(api: &Api, reply: &Reply) -> Markup {
    let class = if reply.status.is_success() { "success" } else { "failure" };
    html! {
        details.reply open[reply.status.is_success()] {
            summary {
                span.status.{ (class) } { (reply.status) } " "
                @if reply.confidence != Confidence::Documented { (confidence(reply.confidence)) }
                span.said { (markdown::inline(&reply.description)) }
            }
            @if !reply.headers.is_empty() {
                p.values { "headers: " @for (name, _) in &reply.headers { code { (name) } " " } }
            }
            @if reply.media.is_empty() { p.values { "no body" } }
            @for one in &reply.media { (media(api, one, "")) }
        }
    }
}

/// One media type: its schema and its examples.
fn media(api: &Api, media: &Media, note: &str) -> Markup {
    let node = api.document().at(&media.pointer);
    html! {
        p.media {
            code { (media.media_type) } " "
            @if let Some(node) = &node { (schema::name(api, node)) }
            @if !note.is_empty() { " " small { (note) } }
        }
        @if let Some(node) = node.as_ref().and_then(|node| shown(node, note)) { (schema::members(api, &node)) }
        @for example in &media.examples {
            details.example { summary { "example " code { (example.name) } } pre tabindex="0" { code { (format!("{:#}", example.value)) } } }
        }
    }
}

/// A body shows the members of its component, since that is what one has to fill in; a reply links to them.
fn shown<'d>(node: &Node<'d>, note: &str) -> Option<Node<'d>> {
    if note.is_empty() { Some(node.clone()) } else { node.resolve().ok() }
}

fn samples_of(samples: &Samples) -> Markup {
    let all = [("curl", "curl", &samples.curl), ("cx", "cx", &samples.cx), ("rust", "Rust", &samples.rust)];
    html! {
        div.samples {
            @for (language, title, text) in all {
                figure data-language=(language) {
                    figcaption { (title) }
                    pre tabindex="0" { code { (text) } }
                }
            }
        }
    }
}
