//! `cargo xtask docs`: the documents as one page, for people.
//!
//! Everything on it comes from the documents and from the code generated out of them: what a call is named in Rust is
//! read from there ([`surface`]), never guessed. The page holds its style and its script, and asks no network for anything.

mod markdown;
mod operation;
mod page;
mod samples;
mod schema;
mod surface;
#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::{Context, Result};
use cx_spec::Api;

use crate::generate::{self, Home};
use samples::Samples;
use surface::Surface;

/// What the page shows.
pub struct Reference<'a> {
    chapters: Vec<Chapter<'a>>,
}

/// One document.
struct Chapter<'a> {
    api: &'a Api,
    /// Samples of each operation, in the order of the document.
    samples: Vec<Samples>,
}

impl<'a> Reference<'a> {
    /// Collects what the page shows of the documents of the workspace at `root`.
    ///
    /// # Errors
    /// A document that cannot be generated from.
    pub fn new(root: &Path, apis: &'a [Api]) -> Result<Self> {
        let library = root.join("client/src/lib.rs");
        let library =
            std::fs::read_to_string(&library).with_context(|| format!("{} cannot be read", library.display()))?;
        let chapters = apis
            .iter()
            .map(|api| {
                let generated = generate::generate(api, apis, Home::Client)?;
                let surface = Surface::read(&generated, &library)?;
                let samples = api.operations.iter().map(|operation| Samples::new(api, operation, &surface)).collect();
                Ok(Chapter { api, samples })
            })
            .collect::<Result<_>>()?;
        Ok(Self { chapters })
    }

    /// The page.
    pub fn page(&self) -> String {
        page::render(self).into_string()
    }

    /// All Rust samples as one program, a function a sample.
    pub fn rust_program(&self) -> String {
        let mut text = String::from(
            "//! The Rust samples of the reference page, for a compiler to read.\n\
             #![allow(dead_code, unused_variables, deprecated, reason = \"samples are read, not run\")]\n\n\
             fn main() {}\n",
        );
        for chapter in &self.chapters {
            for (operation, samples) in chapter.api.operations.iter().zip(&chapter.samples) {
                let name = format!("{}_{}", chapter.api.name().replace('-', "_"), operation.id);
                let body = samples.rust.replace('\n', "\n    ");
                text.push_str(&format!(
                    "\nasync fn {name}() -> Result<(), Box<dyn std::error::Error>> {{\n    {body}\n    Ok(())\n}}\n"
                ));
            }
        }
        text
    }
}
