//! `index.html`: one file, no network, readable without a script but for the drill-down.
//!
//! | file | holds |
//! |---|---|
//! | `page.html`, `failure.html`, `grid.html`, `provenance.html`, `elsewhere.html` | templates; every value is escaped |
//! | `style.css`, `script.js` | what they say |
//! | `view` | what the templates see |
//! | `data` | cases and exchanges for the drill-down, as JSON |

mod data;
mod grid;
mod provenance;
mod view;

use anyhow::{Context, Result};
use minijinja::{Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};

use super::Report;

const TEMPLATES: &[(&str, &str)] = &[
    ("page.html", include_str!("page.html")),
    ("failure.html", include_str!("failure.html")),
    ("grid.html", include_str!("grid.html")),
    ("provenance.html", include_str!("provenance.html")),
    ("elsewhere.html", include_str!("elsewhere.html")),
];

/// The page of a run.
pub(super) fn page(report: &Report) -> Result<String> {
    let mut templates = Environment::new();
    // A misspelled name is an error, not a hole in the page.
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    for (name, text) in TEMPLATES {
        templates.add_template(name, text).with_context(|| format!("the template {name}"))?;
    }
    let page = view::page(report)?;
    templates.get_template("page.html")?.render(Serde(page)).context("index.html cannot be made")
}
