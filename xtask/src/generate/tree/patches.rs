//! Marked members become `Patch<T>`: left out, null and a value are three different things.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use quote::ToTokens;
use syn::{
    Attribute, Field, Fields, GenericArgument, ImplItem, Item, ItemMod, Meta, PathArguments, Type, parse_quote,
    punctuated::Punctuated,
    visit_mut::{self, VisitMut},
};

use super::{items, marks};
use crate::generate::lower::PATCH_MARK;

/// Names of the fields that were bent, by struct.
type Bent = BTreeMap<String, Vec<String>>;

/// Bends fields, and in the builders of structs what sets them.
pub fn bend(module: &mut ItemMod) -> Result<()> {
    let items = items(module);
    let mut bent = Bent::new();
    for item in items.iter_mut() {
        match item {
            Item::Struct(one) => {
                let names = bend_fields(&mut one.fields).with_context(|| format!("struct {}", one.ident))?;
                if !names.is_empty() {
                    bent.insert(one.ident.to_string(), names);
                }
            }
            Item::Enum(one) => {
                for variant in &mut one.variants {
                    bend_fields(&mut variant.fields).with_context(|| format!("enum {}", one.ident))?;
                }
            }
            _ => {}
        }
    }
    for item in items.iter_mut() {
        match item {
            Item::Mod(inner) if inner.ident == "builder" => bend_builders(inner, &bent)?,
            // The type of a member written in its place carries the member's description.
            other => Unmark.visit_item_mut(other),
        }
    }
    Ok(())
}

fn bend_fields(fields: &mut Fields) -> Result<Vec<String>> {
    let mut bent = Vec::new();
    for field in fields.iter_mut() {
        if marks::take(&mut field.attrs, PATCH_MARK) && bend_field(field)? {
            bent.extend(field.ident.as_ref().map(ToString::to_string));
        }
    }
    Ok(bent)
}

/// Bends one field. A member that another branch of an `allOf` requires is written as null, so it needs no third state.
fn bend_field(field: &mut Field) -> Result<bool> {
    let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut left_out = false;
    for attribute in field.attrs.iter_mut().filter(|attribute| attribute.path().is_ident("serde")) {
        left_out |= leave_out_if_absent(attribute)?;
    }
    if left_out {
        let before = field.ty.clone();
        ensure!(optional_to_patch(&mut field.ty), "`{name}` is no `Option` but {}", before.to_token_stream());
    }
    Ok(left_out)
}

/// Turns `skip_serializing_if = "Option::is_none"` into the same of `Patch`; says whether it was there.
fn leave_out_if_absent(attribute: &mut Attribute) -> Result<bool> {
    let parser = Punctuated::<Meta, syn::Token![,]>::parse_terminated;
    let metas = attribute.parse_args_with(parser).context("a serde attribute of another form")?;
    let is_skip = |meta: &Meta| meta.path().is_ident("skip_serializing_if");
    if !metas.iter().any(is_skip) {
        return Ok(false);
    }
    let kept = metas.iter().filter(|meta| !is_skip(meta) && !meta.path().is_ident("default"));
    *attribute = parse_quote!(#[serde(#(#kept,)* default, skip_serializing_if = "::cx_client::Patch::is_absent")]);
    Ok(true)
}

fn optional_to_patch(ty: &mut Type) -> bool {
    let Type::Path(path) = &*ty else { return false };
    let Some(last) = path.path.segments.last().filter(|last| last.ident == "Option") else { return false };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
    let Some(GenericArgument::Type(inner)) = arguments.args.first() else { return false };
    *ty = parse_quote!(::cx_client::Patch<#inner>);
    true
}

fn bend_builders(module: &mut ItemMod, bent: &Bent) -> Result<()> {
    let mut setters = 0;
    for item in items(module) {
        match item {
            Item::Struct(one) => {
                let Some(names) = bent.get(&one.ident.to_string()) else { continue };
                for field in &mut one.fields {
                    if field.ident.as_ref().is_some_and(|ident| names.iter().any(|name| ident == name)) {
                        OutermostOption(false).visit_type_mut(&mut field.ty);
                    }
                }
            }
            Item::Impl(one) if one.trait_.is_none() => {
                let Some(names) = bent.get(&one.self_ty.to_token_stream().to_string()) else { continue };
                for item in &mut one.items {
                    let ImplItem::Fn(function) = item else { continue };
                    if names.iter().any(|name| function.sig.ident == name) {
                        let mut change = OutermostOption(false);
                        change.visit_generics_mut(&mut function.sig.generics);
                        ensure!(change.0, "the setter `{}` takes no `Option`", function.sig.ident);
                        setters += 1;
                    }
                }
            }
            _ => {}
        }
    }
    let fields: usize = bent.values().map(Vec::len).sum();
    ensure!(setters == fields, "{setters} setters were found for {fields} members");
    Ok(())
}

/// Replaces the first `Option` that it meets, and says whether it met one.
struct OutermostOption(bool);

impl VisitMut for OutermostOption {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if self.0 || optional_to_patch(ty) {
            self.0 = true;
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}

/// Takes marks out wherever they are left.
struct Unmark;

impl VisitMut for Unmark {
    fn visit_item_mut(&mut self, item: &mut Item) {
        match item {
            Item::Struct(one) => drop(marks::take(&mut one.attrs, PATCH_MARK)),
            Item::Enum(one) => drop(marks::take(&mut one.attrs, PATCH_MARK)),
            Item::Type(one) => drop(marks::take(&mut one.attrs, PATCH_MARK)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of types as typify writes it, with a member that the view marked.
    fn types(member: &str, setter: &str) -> ItemMod {
        let text = format!(
            "mod types {{\n\
             #[doc = \"An inline type.{PATCH_MARK}\"] pub enum Style {{ A }}\n\
             pub enum Either {{ One {{ #[doc = \"{PATCH_MARK}\"] #[serde(default, skip_serializing_if = \"Option::is_none\")] a: ::std::option::Option<i64> }} }}\n\
             pub struct X {{ {member} pub b: ::std::option::Option<i64> }}\n\
             pub mod builder {{\n\
             pub struct X {{ a: ::std::result::Result<::std::option::Option<Vec<::std::option::Option<i64>>>, String>, b: ::std::option::Option<i64> }}\n\
             impl X {{ pub fn a<T>(mut self, value: T) -> Self where T: ::std::convert::TryInto<{setter}>, T::Error: ::std::fmt::Display {{ self }} }}\n\
             }} }}"
        );
        syn::parse_str(&text).unwrap()
    }

    fn member(serde: &str, ty: &str) -> String {
        format!("#[doc = \"Text.{PATCH_MARK}\"] #[serde({serde})] pub a: {ty},")
    }

    const LIST: &str = "::std::option::Option<Vec<::std::option::Option<i64>>>";
    const SKIP: &str = "rename = \"A\", skip_serializing_if = \"::std::option::Option::is_none\"";

    #[test]
    fn a_marked_member_its_builder_and_its_setter_take_a_patch() {
        let mut module = types(&member(SKIP, LIST), LIST);
        bend(&mut module).unwrap();
        let expected = format!(
            "mod types {{\n\
             #[doc = \"An inline type.\"] pub enum Style {{ A }}\n\
             pub enum Either {{ One {{ #[serde(default, skip_serializing_if = \"::cx_client::Patch::is_absent\")] a: ::cx_client::Patch<i64> }} }}\n\
             pub struct X {{\n\
             #[doc = \"Text.\"] #[serde(rename = \"A\", default, skip_serializing_if = \"::cx_client::Patch::is_absent\")] pub a: {patch},\n\
             pub b: ::std::option::Option<i64> }}\n\
             pub mod builder {{\n\
             pub struct X {{ a: ::std::result::Result<{patch}, String>, b: ::std::option::Option<i64> }}\n\
             impl X {{ pub fn a<T>(mut self, value: T) -> Self where T: ::std::convert::TryInto<{patch}>, T::Error: ::std::fmt::Display {{ self }} }}\n\
             }} }}",
            patch = "::cx_client::Patch<Vec<::std::option::Option<i64>>>",
        );
        let expected: ItemMod = syn::parse_str(&expected).unwrap();
        assert_eq!(module.to_token_stream().to_string(), expected.to_token_stream().to_string());
    }

    #[test]
    fn a_member_that_is_always_written_needs_no_third_state() {
        let mut module = types(&member("rename = \"A\"", LIST), LIST);
        bend(&mut module).unwrap();
        let text = module.to_token_stream().to_string();
        assert_eq!(text.matches("Patch <").count(), 1, "only the member of the enum is bent: {text}");
        assert!(!text.contains(PATCH_MARK));
    }

    #[test]
    fn code_of_another_form_is_an_error() {
        let error = bend(&mut types(&member(SKIP, "Vec<i64>"), LIST)).unwrap_err();
        assert!(format!("{error:#}").contains("`a` is no `Option`"), "{error:#}");
        let error = bend(&mut types(&member(SKIP, LIST), "i64")).unwrap_err();
        assert!(format!("{error:#}").contains("the setter `a` takes no `Option`"), "{error:#}");
    }
}
