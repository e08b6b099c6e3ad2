//! The pass over the syntax tree that progenitor leaves.
//!
//! progenitor owns types, builders and the encoding of parameters; sending, tokens, retries, errors and decoding are
//! the runtime's. So everything after `.build()` in each `send()` becomes one call into it. A pattern that is not found
//! exactly once an operation is an error: it means that another version of progenitor writes other code.

mod alternatives;
mod chain;
mod client;
mod cookies;
mod documentation;
mod enums;
mod marks;
mod masking;
mod pages;
mod patches;
mod rewrite;
mod send;
mod structs;

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use cx_spec::Api;
use syn::{Item, ItemMod};

use super::{Home, lower::View, names, print, title};

pub use alternatives::OtherBody;
pub use send::{Argument, Call};

/// Bends the whole file; returns what dispatch needs to know of each operation.
pub fn bend(file: &mut syn::File, api: &Api, view: &View) -> Result<Vec<Call>> {
    cookies::rename(file);
    let types = module(file, "types")?;
    patches::bend(types)?;
    structs::bend(types);
    enums::open(types)?;
    masking::mask(types);

    let builder = module(file, "builder")?;
    let mut calls = send::bend(builder, api)?;
    let expected = view.clone().operations_mut().len();
    ensure!(calls.len() == expected, "{} of {expected} operations have a `send` that could be bent", calls.len());
    documentation::describe_setters(builder, &calls, view);
    alternatives::add(builder, &mut calls, api, view)?;
    pages::add(file, &calls, api)?;

    client::replace(file, api)?;
    documentation::name_code(file);
    Ok(calls)
}

/// A component schema that became a type.
pub struct Schema {
    /// Its name in the document.
    pub name: String,
    /// Name of the type.
    pub ty: syn::Ident,
    /// Whether the document lets it be `null`, which the type itself does not.
    pub nullable: bool,
}

/// The component schemas of the view that became types.
pub fn schemas(file: &syn::File, view: &View) -> Vec<Schema> {
    let types = file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
        _ => None,
    });
    let types: BTreeMap<String, &syn::Ident> = types
        .into_iter()
        .flat_map(|(_, items)| items)
        .filter_map(|item| match item {
            Item::Struct(one) => Some(&one.ident),
            Item::Enum(one) => Some(&one.ident),
            Item::Type(one) => Some(&one.ident),
            _ => None,
        })
        .map(|ident| (ident.to_string(), ident))
        .collect();
    let found = |name: &String| {
        let ty = (*types.get(&names::pascal_case(name))?).clone();
        Some(Schema { name: name.clone(), ty, nullable: view.nullable.contains(name) })
    };
    view.schema_names().iter().filter_map(found).collect()
}

/// Splits the file into the files of a module.
pub fn split(file: syn::File, api: &Api, home: Home) -> Result<Vec<(String, String)>> {
    let mut root = Vec::new();
    let mut files = Vec::new();
    for item in file.items {
        match item {
            Item::Mod(module) if module.ident == "types" || module.ident == "builder" => {
                let name = module.ident.to_string();
                let (_, items) = module.content.context("a generated module without a body")?;
                let purpose = match name.as_str() {
                    "types" => "Requests and replies.",
                    _ => "One builder an operation.",
                };
                files.push((format!("{name}.rs"), format!("//! {purpose}\n\n{}", print(items))));
            }
            // The prelude would re-export one type.
            Item::Mod(module) if module.ident == "prelude" => {}
            item => root.push(item),
        }
    }
    let title = title(api);
    let gate = if home == Home::Client { "#[cfg(feature = \"dynamic\")]\n" } else { "" };
    let head = format!(
        "//! {title}.\n\npub mod builder;\n{gate}pub mod dispatch;\n{gate}pub mod guides;\npub mod operations;\npub mod types;\n\n"
    );
    files.push(("mod.rs".to_owned(), format!("{head}{}", print(root))));
    Ok(files)
}

fn module<'f>(file: &'f mut syn::File, name: &str) -> Result<&'f mut ItemMod> {
    file.items
        .iter_mut()
        .find_map(|item| match item {
            Item::Mod(module) if module.ident == name => Some(module),
            _ => None,
        })
        .with_context(|| format!("progenitor wrote no `mod {name}`"))
}

/// Items of a module.
fn items(module: &mut ItemMod) -> &mut Vec<Item> {
    &mut module.content.get_or_insert_with(Default::default).1
}

/// Takes one trait out of a `#[derive(…)]`.
fn underive(attributes: &mut [syn::Attribute], name: &str) -> bool {
    let mut found = false;
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let parser = syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated;
        let Ok(paths) = attribute.parse_args_with(parser) else { continue };
        let kept: Vec<_> =
            paths.iter().filter(|path| path.segments.last().is_none_or(|last| last.ident != name)).collect();
        found |= kept.len() < paths.len();
        *attribute = syn::parse_quote!(#[derive(#(#kept),*)]);
    }
    found
}
