//! Cookies have names of their own: the header under which the view carries them shows nowhere but on its way.

use syn::{
    Ident, LitStr,
    visit_mut::{self, VisitMut},
};

use crate::generate::names::argument_name;

/// What the prefix of the header becomes in fields and setters, and in types.
const FIELD: &str = "x_cx_cookie_";
const TYPE: &str = "XCxCookie";

/// Takes the prefix off fields, setters, types and messages.
pub fn rename(file: &mut syn::File) {
    Rename.visit_file_mut(file);
}

struct Rename;

impl VisitMut for Rename {
    fn visit_ident_mut(&mut self, ident: &mut Ident) {
        let name = ident.to_string();
        if let Some(cookie) = name.strip_prefix(FIELD) {
            *ident = Ident::new(&argument_name(cookie), ident.span());
        } else if name.contains(TYPE) {
            *ident = Ident::new(&name.replace(TYPE, ""), ident.span());
        }
    }

    fn visit_lit_str_mut(&mut self, text: &mut LitStr) {
        let value = text.value();
        if value.contains(FIELD) {
            *text = LitStr::new(&value.replace(FIELD, ""), text.span());
        }
        visit_mut::visit_lit_str_mut(self, text);
    }
}
