//! Personal members do not show in `Debug`. Secret ones have a type of their own that sees to itself.

use quote::{format_ident, quote};
use syn::{Fields, Item, ItemMod, ItemStruct, parse_quote};

use super::{items, marks, underive};
use crate::generate::lower::PERSONAL_MARK;

/// Writes `Debug` by hand for structs with personal members, and for the builders of all.
pub fn mask(module: &mut ItemMod) {
    let items = items(module);
    let mut added = Vec::new();
    for item in items.iter_mut() {
        match item {
            Item::Struct(one) => {
                let personal = take_marks(one);
                if !personal.is_empty() && underive(&mut one.attrs, "Debug") {
                    added.push(debug(one, &personal));
                }
            }
            Item::Enum(one) => {
                for variant in &mut one.variants {
                    for field in &mut variant.fields {
                        marks::take(&mut field.attrs, PERSONAL_MARK);
                    }
                }
            }
            Item::Mod(inner) if inner.ident == "builder" => mask_builders(inner),
            _ => {}
        }
    }
    items.extend(added);
}

fn mask_builders(module: &mut ItemMod) {
    let items = items(module);
    let mut added: Vec<Item> = Vec::new();
    for item in items.iter_mut() {
        let Item::Struct(one) = item else { continue };
        if underive(&mut one.attrs, "Debug") {
            let (name, text) = (&one.ident, one.ident.to_string());
            added.push(parse_quote! {
                impl ::std::fmt::Debug for #name {
                    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.debug_struct(#text).finish_non_exhaustive()
                    }
                }
            });
        }
    }
    items.extend(added);
}

fn debug(one: &ItemStruct, personal: &[String]) -> Item {
    let (name, text) = (&one.ident, one.ident.to_string());
    let fields = one.fields.iter().filter_map(|field| field.ident.as_ref()).map(|ident| {
        let label = ident.to_string();
        if personal.contains(&label) {
            quote!(.field(#label, &::cx_client::runtime::Masked))
        } else {
            let ident = format_ident!("{}", ident);
            quote!(.field(#label, &self.#ident))
        }
    });
    parse_quote! {
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(#text) #(#fields)* .finish()
            }
        }
    }
}

/// Names of marked fields; the marks are taken out of their documentation.
fn take_marks(one: &mut ItemStruct) -> Vec<String> {
    let Fields::Named(fields) = &mut one.fields else { return Vec::new() };
    let mut marked = Vec::new();
    for field in &mut fields.named {
        if marks::take(&mut field.attrs, PERSONAL_MARK) {
            marked.extend(field.ident.as_ref().map(ToString::to_string));
        }
    }
    marked
}
