//! No public type of the client escapes the other tests of this module: its sources are read, and a type that none of
//! them prints is a failure.

use std::{collections::BTreeSet, path::Path};

use syn::{Attribute, Item, Visibility};

use super::{generated_types, hand_written};

/// A public struct, enum or union.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Type {
    module: String,
    name: String,
    derives_debug: bool,
}

impl Type {
    fn path(&self) -> String {
        format!("{}::{}", self.module, self.name)
    }

    /// Builders are generated all alike.
    fn is_builder(&self) -> bool {
        self.module.starts_with("generated::") && self.module.ends_with("::builder")
    }
}

/// The public types of a source, tests aside.
fn types_in(source: &str, module: &str) -> Vec<Type> {
    let mut found = Vec::new();
    collect(&syn::parse_file(source).unwrap().items, module, &mut found);
    found
}

fn collect(items: &[Item], module: &str, found: &mut Vec<Type>) {
    let mut add = |visibility: &Visibility, ident: &syn::Ident, attributes: &[Attribute]| {
        if matches!(visibility, Visibility::Public(_)) {
            let (module, name) = (module.to_owned(), ident.to_string());
            found.push(Type { module, name, derives_debug: derives_debug(attributes) });
        }
    };
    for item in items {
        match item {
            Item::Struct(one) => add(&one.vis, &one.ident, &one.attrs),
            Item::Enum(one) => add(&one.vis, &one.ident, &one.attrs),
            Item::Union(one) => add(&one.vis, &one.ident, &one.attrs),
            _ => {}
        }
    }
    for item in items {
        if let Item::Mod(inner) = item {
            let is_test = inner.attrs.iter().any(|one| one.path().is_ident("cfg"));
            if let (Some((_, items)), false) = (&inner.content, is_test) {
                collect(items, &format!("{module}::{}", inner.ident), found);
            }
        }
    }
}

fn derives_debug(attributes: &[Attribute]) -> bool {
    let mut found = false;
    for attribute in attributes.iter().filter(|one| one.path().is_ident("derive")) {
        attribute
            .parse_nested_meta(|meta| {
                found |= meta.path.segments.last().is_some_and(|last| last.ident == "Debug");
                Ok(())
            })
            .unwrap();
    }
    found
}

/// Every source of the client that is no test.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../client/src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // A tool is no library: nobody else can print its types.
                if !path.ends_with("tests") && !path.ends_with("bin") {
                    folders.push(path);
                }
                continue;
            }
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let module = path.strip_prefix(&root).unwrap().with_extension("");
            let parts: Vec<_> = module.iter().map(|part| part.to_str().unwrap()).collect();
            let parts = parts.strip_suffix(&["mod"]).unwrap_or(&parts);
            found.push(Source::new(&parts.join("::"), &std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// A source and the public types in it.
struct Source {
    dense: String,
    types: Vec<Type>,
}

impl Source {
    fn new(module: &str, text: &str) -> Self {
        Self { dense: text.chars().filter(|one| !one.is_whitespace()).collect(), types: types_in(text, module) }
    }
}

/// Types of these sources that no test prints.
fn unknown(sources: &[Source]) -> Vec<String> {
    let mut known: BTreeSet<String> =
        generated_types::known().iter().map(|one| format!("generated::{}::types::{}", one.api, one.name)).collect();
    known.extend(hand_written::NAMES.iter().map(|name| (*name).to_owned()));
    let mut unknown = Vec::new();
    for source in sources {
        for one in &source.types {
            let says_nothing = format!("debug_struct(\"{}\").finish_non_exhaustive()", one.name);
            let is_known = if one.is_builder() {
                !one.derives_debug && source.dense.contains(&says_nothing)
            } else {
                known.contains(&one.path())
            };
            if !is_known {
                unknown.push(one.path());
            }
        }
    }
    unknown
}

#[test]
fn every_public_type_is_printed_by_a_test() {
    let sources = sources();
    let all: BTreeSet<String> = sources.iter().flat_map(|source| &source.types).map(Type::path).collect();
    println!("{} public types", all.len());
    assert!(all.len() > 350, "{}", all.len());
    let unknown = unknown(&sources);
    assert!(unknown.is_empty(), "print these with canaries in them, and name them in the list: {unknown:#?}");
    // A name that stands for nothing would hide that its type was renamed.
    let gone: Vec<_> = hand_written::NAMES.iter().filter(|name| !all.contains(**name)).collect();
    assert!(gone.is_empty(), "{gone:?}");
}

#[test]
fn a_new_public_type_fails_the_test_above() {
    let new = |module: &str, source: &str| unknown(&[Source::new(module, source)]);
    assert_eq!(new("session", "pub struct Ticket { pub token: String }"), ["session::Ticket"]);
    assert_eq!(new("auth::store", "mod a { pub enum Ticket { A } }"), ["auth::store::a::Ticket"]);
    assert_eq!(new("generated::wootric::types", "pub struct Ticket;"), ["generated::wootric::types::Ticket"]);
    assert_eq!(
        new("session", "pub(crate) struct Ticket; struct Other; #[cfg(test)] mod a { pub struct B; }"),
        [""; 0]
    );
    let builder = "impl D for Ticket { fn fmt() { f.debug_struct(\"Ticket\").finish_non_exhaustive() } }";
    let derived = format!("#[derive(Clone, Debug)] pub struct Ticket; {builder}");
    assert_eq!(new("generated::wootric::builder", &derived), ["generated::wootric::builder::Ticket"]);
    assert_eq!(new("generated::wootric::builder", &format!("pub struct Ticket; {builder}")), [""; 0]);
}
