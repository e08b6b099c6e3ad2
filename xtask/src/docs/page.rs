//! The page around the operations: heading, list to pick from, chapters.

use cx_spec::{Api, Operation};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Chapter, Reference, markdown, operation, schema};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The whole page.
pub fn render(reference: &Reference<'_>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                // Nothing is loaded from anywhere, and nothing could be.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";
                link rel="icon" href="data:,";
                title { "API reference" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#content" { "Skip to the operations" }
                header {
                    h1 { a href="#" { "API reference" } }
                    div.search {
                        input #search type="search" placeholder="Search operations" aria-label="Search by operation id, path or summary" autocomplete="off" spellcheck="false";
                        kbd title="focuses the search" { "/" }
                    }
                    button #menu type="button" aria-expanded="false" aria-controls="list" { "Operations" }
                    button #theme type="button" title="light or dark" { "Theme" }
                }
                nav #list aria-label="Operations" {
                    p #none hidden { "Nothing found." }
                    @for chapter in &reference.chapters { (entries(chapter)) }
                }
                main #content {
                    @for chapter in &reference.chapters { (self::chapter(chapter)) }
                    footer { "Made by " code { "cargo xtask docs" } " from the documents in " code { "spec/" } "." }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// The operations of a chapter to pick from, by group.
fn entries(chapter: &Chapter<'_>) -> Markup {
    html! {
        div.group {
            h2 { a href={ "#" (chapter.api.name()) } { (chapter.api.name()) } " " small { (chapter.api.operations.len()) } }
            @for tag in tags(chapter.api) {
                h3 { (tag.replace('_', " ")) }
                ul { @for operation in tagged(chapter.api, tag) {
                    li data-search=(operation::searched(operation)) {
                        a href={ "#" (operation::anchor(chapter.api, operation)) } title=(operation.summary) {
                            span.method.{ (operation.method.to_lowercase()) } { (operation.method) } " " (operation.id)
                        }
                    }
                } }
            }
        }
    }
}

/// Groups in the order in which operations name them.
fn tags(api: &Api) -> Vec<&str> {
    let mut tags: Vec<&str> = Vec::new();
    for operation in &api.operations {
        if !tags.contains(&operation.tag.as_str()) {
            tags.push(&operation.tag);
        }
    }
    tags
}

fn tagged<'a>(api: &'a Api, tag: &'a str) -> impl Iterator<Item = &'a Operation> {
    api.operations.iter().filter(move |operation| operation.tag == tag)
}

fn chapter(chapter: &Chapter<'_>) -> Markup {
    let api = chapter.api;
    let info = api.document().root().member("info");
    let title = info.as_ref().and_then(|info| info.text("title")).unwrap_or(api.name());
    let description = info.as_ref().and_then(|info| info.text("description")).unwrap_or_default();
    html! {
        article.chapter id=(api.name()) {
            h2 { (title) }
            details.about open {
                summary { "About this API" }
                (markdown::block(description))
                (servers(api))
                (schemes(api))
            }
            @for (operation, samples) in api.operations.iter().zip(&chapter.samples) {
                (operation::section(api, operation, samples))
            }
            details.schemas {
                summary { "Schemas of " (title) }
                @for (name, node) in api.schemas() { (schema::section(api, name, &node)) }
            }
        }
    }
}

fn servers(api: &Api) -> Markup {
    let servers = api.document().at("/servers").map(|list| list.items()).unwrap_or_default();
    html! {
        h4 { "Servers" }
        ul { @for server in &servers {
            li { code { (server.text("url").unwrap_or_default()) } " " (server.text("description").unwrap_or_default()) }
        } }
    }
}

fn schemes(api: &Api) -> Markup {
    let schemes = api.document().at("/components/securitySchemes").map(|node| node.members()).unwrap_or_default();
    html! {
        h4 { "Authentication" }
        ul { @for (name, scheme) in &schemes {
            li {
                code { (name) } " (" (scheme.text("type").unwrap_or_default()) ") "
                (markdown::block(scheme.text("description").unwrap_or_default()))
                (schema::sources(scheme))
            }
        } }
    }
}
