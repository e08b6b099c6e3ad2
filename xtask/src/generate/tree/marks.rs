//! Marks that a pass on the view left in descriptions, for a pass over the syntax tree to find.

use syn::{Attribute, Expr, Lit, Meta};

/// Takes a mark out of documentation; says whether it was there.
pub fn take(attributes: &mut Vec<Attribute>, mark: &str) -> bool {
    let mut found = false;
    attributes.retain_mut(|attribute| {
        let Meta::NameValue(meta) = &mut attribute.meta else { return true };
        let Expr::Lit(literal) = &mut meta.value else { return true };
        let Lit::Str(text) = &mut literal.lit else { return true };
        let value = text.value();
        if !meta.path.is_ident("doc") || !value.contains(mark) {
            return true;
        }
        found = true;
        let clean = value.replace(mark, "");
        *text = syn::LitStr::new(&clean, text.span());
        !clean.trim().is_empty()
    });
    found
}
