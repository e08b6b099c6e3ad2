//! Enums stay open: a value nobody has documented yet is kept as its text.

use anyhow::{Result, bail};
use quote::ToTokens;
use syn::{Arm, Expr, Fields, ImplItem, Item, ItemEnum, ItemMod, Stmt, parse_quote};

use super::{items, underive};

/// Adds `Unknown(String)` to every enum of texts with more than one value. An enum of one value is a tag.
pub fn open(module: &mut ItemMod) -> Result<()> {
    let items = items(module);
    let mut opened = Vec::new();
    for item in items.iter_mut() {
        if let Item::Enum(one) = item
            && is_text_enum(one)
        {
            one.variants.push(parse_quote! {
                /// A value that the document does not list.
                #[serde(untagged)]
                Unknown(::std::string::String)
            });
            underive(&mut one.attrs, "Copy");
            opened.push(one.ident.clone());
        }
    }
    for item in items.iter_mut() {
        let Item::Impl(one) = item else { continue };
        let target = one.self_ty.to_token_stream().to_string();
        if !opened.iter().any(|name| *name == target) {
            continue;
        }
        let of = one.trait_.as_ref().map(|(path, ..)| path.to_token_stream().to_string()).unwrap_or_default();
        if of.ends_with(":: Display") {
            push_arm(one, parse_quote!(Self::Unknown(ref value) => f.write_str(value),), false)?;
        } else if of.ends_with(":: FromStr") {
            push_arm(one, parse_quote!(_ => Ok(Self::Unknown(value.to_string())),), true)?;
        }
    }
    Ok(())
}

fn is_text_enum(one: &ItemEnum) -> bool {
    let untagged = one.attrs.iter().any(|attribute| attribute.path().is_ident("serde"));
    !untagged && one.variants.len() > 1 && one.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit))
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
