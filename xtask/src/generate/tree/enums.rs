//! Enums stay open: a value nobody has documented yet is kept as its text.

use anyhow::{Result, bail};
use quote::{ToTokens, format_ident};
use syn::{Arm, Expr, Fields, Ident, ImplItem, Item, ItemEnum, ItemMod, Stmt, parse_quote};

use super::{items, underive};

/// Adds `Unknown(String)` to every enum of texts with more than one value; `Unlisted(String)` where `unknown` is a value that
/// the document lists. An enum of one value is a tag.
pub fn open(module: &mut ItemMod) -> Result<()> {
    let items = items(module);
    let mut opened = Vec::new();
    for item in items.iter_mut() {
        if let Item::Enum(one) = item
            && is_text_enum(one)
        {
            let catch_all = free_variant(one);
            one.variants.push(parse_quote! {
                /// A value that the document does not list.
                #[serde(untagged)]
                #catch_all(::std::string::String)
            });
            underive(&mut one.attrs, "Copy");
            opened.push((one.ident.clone(), catch_all));
        }
    }
    for item in items.iter_mut() {
        let Item::Impl(one) = item else { continue };
        let target = one.self_ty.to_token_stream().to_string();
        let Some((_, catch_all)) = opened.iter().find(|(name, _)| *name == target) else { continue };
        let of = one.trait_.as_ref().map(|(path, ..)| path.to_token_stream().to_string()).unwrap_or_default();
        if of.ends_with(":: Display") {
            push_arm(one, parse_quote!(Self::#catch_all(ref value) => f.write_str(value),), false)?;
        } else if of.ends_with(":: FromStr") {
            push_arm(one, parse_quote!(_ => Ok(Self::#catch_all(value.to_string())),), true)?;
        }
    }
    Ok(())
}

fn is_text_enum(one: &ItemEnum) -> bool {
    let untagged = one.attrs.iter().any(|attribute| attribute.path().is_ident("serde"));
    !untagged && one.variants.len() > 1 && one.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit))
}

/// The first name for the catch-all that no value of the enum has.
fn free_variant(one: &ItemEnum) -> Ident {
    let is_free = |name: &String| one.variants.iter().all(|variant| variant.ident != *name);
    let numbered = (2..).map(|number| format!("Unlisted{number}"));
    let mut names = ["Unknown".to_owned(), "Unlisted".to_owned()].into_iter().chain(numbered);
    let name = names.find(is_free).unwrap_or_default();
    format_ident!("{name}")
}

fn push_arm(one: &mut syn::ItemImpl, arm: Arm, replace_last: bool) -> Result<()> {
    for item in &mut one.items {
        let ImplItem::Fn(function) = item else { continue };
        if let Some(Stmt::Expr(Expr::Match(matched), _)) = function.block.stmts.last_mut() {
            if replace_last {
                matched.arms.pop();
            }
            matched.arms.push(arm);
            return Ok(());
        }
    }
    bail!("`{}` does not match on its value", one.self_ty.to_token_stream())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of an enum of texts as typify writes it, with these variants.
    fn opened(variants: &str) -> String {
        let text = format!(
            "mod types {{\n\
             pub enum State {{ {variants} }}\n\
             impl ::std::fmt::Display for State {{ fn fmt(&self) -> R {{ match *self {{ Self::A => f.write_str(\"a\"), }} }} }}\n\
             impl ::std::str::FromStr for State {{ fn from_str(value: &str) -> R {{ match value {{ \"a\" => Ok(Self::A), _ => Err(()), }} }} }}\n\
             }}"
        );
        let mut module: ItemMod = syn::parse_str(&text).unwrap();
        open(&mut module).unwrap();
        module.to_token_stream().to_string()
    }

    #[test]
    fn a_value_that_nobody_listed_is_kept_as_its_text() {
        let text = opened("A, B");
        assert!(text.contains("Unknown (:: std :: string :: String)"), "{text}");
        assert!(text.contains("Self :: Unknown (ref value) => f . write_str (value)"), "{text}");
        assert!(text.contains("_ => Ok (Self :: Unknown (value . to_string ()))"), "{text}");
    }

    #[test]
    fn a_value_that_is_listed_as_unknown_keeps_its_variant() {
        for (variants, expected) in
            [("A, Unknown", "Unlisted"), ("A, Unknown, Unlisted", "Unlisted2"), ("Unlisted, B", "Unknown")]
        {
            let text = opened(variants);
            assert!(text.contains(&format!("{expected} (:: std :: string :: String)")), "{text}");
            assert_eq!(text.matches(&format!("Self :: {expected} (")).count(), 2, "{text}");
        }
    }
}
