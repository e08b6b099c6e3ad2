//! One client from one document.

use std::path::Path;

use anyhow::{Context, Result, bail};
use cx_spec::Api;
use quote::ToTokens;
use syn::visit_mut::VisitMut;

use super::{Exported, Why};
use crate::generate::{self, Home};

/// Files of a module: name and text.
pub(super) type Files = Vec<(String, String)>;

/// The clients of some documents, in their order, or why there is none.
pub(super) fn all(root: &Path, documents: &Path, written: &[&Exported]) -> Result<Vec<Result<Files, Why>>> {
    let paths = generate::documents(&root.join("spec"))?;
    let apis = paths.iter().map(|path| generate::load(root, path)).collect::<Result<Vec<_>>>()?;
    written.iter().map(|one| of(documents, one, &apis)).collect()
}

fn of(documents: &Path, one: &Exported, apis: &[Api]) -> Result<Result<Files, Why>> {
    let file = |kind: &str| documents.join(one.number.to_string()).join(kind).join(format!("{}.yaml", one.api));
    let made = match client(&file("mutant"), apis) {
        Ok(made) => made,
        Err(error) => {
            eprintln!("{}: no client: {error:#}", one.number);
            return Ok(Err(Why::NotGenerated));
        }
    };
    if one.mutant.is_none() {
        return Ok(Ok(made));
    }
    let original = client(&file("original"), apis)?;
    Ok(if code(&made)? == code(&original)? { Err(Why::SameClient) } else { Ok(made) })
}

/// The client of a document, of which all has to be expressed. `apis` are the documents beside it.
fn client(path: &Path, apis: &[Api]) -> Result<Files> {
    let api = generate::load(path.parent().unwrap_or(path), path)?;
    // Deeply nested schemas need more room than a thread has by itself.
    let thread = std::thread::Builder::new().stack_size(64 * 1024 * 1024);
    let generated = std::thread::scope(|scope| {
        let running = thread.spawn_scoped(scope, || generate::generate(&api, apis, Home::Elsewhere))?;
        running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    match generated.unsupported.first() {
        Some(first) => bail!("{first}"),
        None => Ok(generated.files),
    }
}

/// The code of a client without its documentation, as tokens. The guides are nothing else.
fn code(files: &Files) -> Result<Vec<(&str, String)>> {
    let code = files.iter().filter(|(name, _)| name != "guides.rs").map(|(name, text)| {
        let mut file = syn::parse_file(text).with_context(|| format!("{name} is not Rust"))?;
        Undocumented.visit_file_mut(&mut file);
        Ok((name.as_str(), file.into_token_stream().to_string()))
    });
    code.collect()
}

struct Undocumented;

impl VisitMut for Undocumented {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(types: &str, guides: &str) -> Files {
        vec![("types.rs".to_owned(), types.to_owned()), ("guides.rs".to_owned(), guides.to_owned())]
    }

    #[test]
    fn documentation_makes_no_other_client_and_a_type_does() {
        let one = files(
            "//! Types.\n/// A tree.\npub struct Tree { /** Its age. */ pub age: u8 }",
            "pub static A: u8 = 1;",
        );
        let retold = files("//! More.\npub struct Tree { pub age: u8 }", "pub static A: u8 = 2;");
        let retyped = files("//! Types.\n/// A tree.\npub struct Tree { /** Its age. */ pub age: u16 }", "");
        assert_eq!(code(&one).unwrap(), code(&retold).unwrap());
        assert_ne!(code(&one).unwrap(), code(&retyped).unwrap());
    }
}
