//! Personal members do not show in `Debug`, nor do secrets that are no texts. Secret texts have a type of their own that sees
//! to itself.

use quote::{format_ident, quote};
use syn::{Fields, Ident, Item, ItemMod, ItemStruct, parse_quote};

use super::{items, marks, underive};
use crate::generate::lower::PERSONAL_MARK;

/// Writes `Debug` by hand for structs with personal members, and for the builders of all.
pub fn mask(module: &mut ItemMod) {
    let items = items(module);
    let mut added = Vec::new();
    for item in items.iter_mut() {
        match item {
            Item::Struct(one) => {
                let whole = marks::take(&mut one.attrs, PERSONAL_MARK);
                let personal = take_marks(one);
                if (whole || !personal.is_empty()) && underive(&mut one.attrs, "Debug") {
                    added.push(if whole { hidden(&one.ident) } else { debug(one, &personal) });
                }
            }
            // Which variant it is may be told by its members alone, so all of it is hidden.
            Item::Enum(one) => {
                let mut personal = marks::take(&mut one.attrs, PERSONAL_MARK);
                for variant in &mut one.variants {
                    personal |= marks::take(&mut variant.attrs, PERSONAL_MARK);
                    for field in &mut variant.fields {
                        personal |= marks::take(&mut field.attrs, PERSONAL_MARK);
                    }
                }
                if personal && underive(&mut one.attrs, "Debug") {
                    added.push(hidden(&one.ident));
                }
            }
            Item::Type(one) => drop(marks::take(&mut one.attrs, PERSONAL_MARK)),
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

/// `Debug` that tells nothing but the type.
fn hidden(name: &Ident) -> Item {
    let text = name.to_string();
    parse_quote! {
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(#text).field(&::cx_client::runtime::Masked).finish()
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;

    /// Which types derive `Debug` and which have it written, of types as typify writes them.
    fn masked(types: &str) -> (Vec<String>, String) {
        let mut module: ItemMod =
            syn::parse_str(&format!("mod types {{ {} }}", types.replace('~', PERSONAL_MARK))).unwrap();
        mask(&mut module);
        let text = module.to_token_stream().to_string();
        assert!(!text.contains(PERSONAL_MARK), "{text}");
        let written = items(&mut module).iter().filter_map(|item| match item {
            Item::Impl(one) => Some(one.self_ty.to_token_stream().to_string()),
            _ => None,
        });
        (written.collect(), text)
    }

    #[test]
    fn what_is_personal_shows_neither_as_a_member_nor_as_a_type_nor_in_a_variant() {
        let (written, text) = masked(
            "#[derive(Clone, Debug)] pub struct Plain { pub a: i64 }\n\
             #[derive(Clone, Debug)] pub struct Person { pub a: i64, #[doc = \"~\"] pub mail: String }\n\
             #[doc = \"An address.~\"] #[derive(Clone, Debug)] pub struct Mail(pub String);\n\
             #[doc = \"~\"] #[derive(Clone, Debug)] pub enum Mood { Good, Bad }\n\
             #[derive(Clone, Debug)] pub enum Either { One { #[doc = \"~\"] mail: String }, Other(i64) }\n\
             #[derive(Clone, Debug)] pub enum Style { A, B }",
        );
        assert_eq!(written, ["Person", "Mail", "Mood", "Either"]);
        assert_eq!(text.matches("derive (Clone , Debug)").count(), 2, "{text}");
        assert!(text.contains("field (\"a\" , & self . a)"), "{text}");
        assert_eq!(text.matches("runtime :: Masked").count(), 4, "{text}");
    }
}
