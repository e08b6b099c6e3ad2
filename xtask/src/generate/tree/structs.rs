//! Structs decode leniently: vendors send `1.0` for `1`, and a number where they declare a text.

use quote::ToTokens;
use syn::{Attribute, Fields, Item, ItemMod, Meta, parse_quote, punctuated::Punctuated};

use super::items;

/// Types that are decoded leniently, and by what.
const LENIENT: &[(&str, &str)] = &[
    ("i64", "i64"),
    (":: std :: option :: Option < i64 >", "option_i64"),
    ("f64", "f64"),
    (":: std :: option :: Option < f64 >", "option_f64"),
    ("bool", "bool"),
    (":: std :: option :: Option < bool >", "option_bool"),
    (":: std :: string :: String", "string"),
    (":: std :: option :: Option < :: std :: string :: String >", "option_string"),
    (":: std :: collections :: BTreeMap < :: std :: string :: String , :: std :: string :: String >", "string_map"),
    (
        ":: std :: option :: Option < :: std :: collections :: BTreeMap < :: std :: string :: String , :: std :: string :: String > >",
        "option_string_map",
    ),
    (":: std :: vec :: Vec < :: std :: string :: String >", "string_list"),
    (":: std :: option :: Option < :: std :: vec :: Vec < :: std :: string :: String > >", "option_string_list"),
];

/// Adds the lenient decoders to the fields of all structs.
pub fn bend(module: &mut ItemMod) {
    for item in items(module) {
        let Item::Struct(one) = item else { continue };
        let named = matches!(one.fields, Fields::Named(_));
        for field in &mut one.fields {
            let ty = field.ty.to_token_stream().to_string();
            let Some((_, decoder)) = LENIENT.iter().find(|(known, _)| *known == ty) else { continue };
            // A type of its own around a plain value says that the value matters; around a map it only names it.
            if !named && *decoder != "string_map" {
                continue;
            }
            let path = format!("::cx_client::lenient::{decoder}");
            // A member that is required and nullable has a decoder already, which refuses to make up a null.
            let required = take_decoder(&mut field.attrs);
            field.attrs.push(if decoder.starts_with("option") && !required {
                parse_quote!(#[serde(default, deserialize_with = #path)])
            } else {
                parse_quote!(#[serde(deserialize_with = #path)])
            });
        }
    }
}

/// Takes the decoder out that typify gave a field; says whether there was one.
fn take_decoder(attributes: &mut Vec<Attribute>) -> bool {
    let mut found = false;
    attributes.retain_mut(|attribute| {
        let parser = Punctuated::<Meta, syn::Token![,]>::parse_terminated;
        let Some(metas) =
            attribute.path().is_ident("serde").then(|| attribute.parse_args_with(parser).ok()).flatten()
        else {
            return true;
        };
        let kept: Vec<_> = metas.iter().filter(|meta| !meta.path().is_ident("deserialize_with")).collect();
        if kept.len() == metas.len() {
            return true;
        }
        found = true;
        let keep = !kept.is_empty();
        *attribute = parse_quote!(#[serde(#(#kept),*)]);
        keep
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_texts_is_decoded_as_leniently_as_a_text() {
        let texts = "::std::vec::Vec<::std::string::String>";
        let text = format!(
            "mod types {{\n\
             pub struct Row {{ pub a: {texts}, pub b: ::std::option::Option<{texts}>, pub c: ::std::vec::Vec<Kind> }}\n\
             pub struct Names(pub {texts});\n\
             }}"
        );
        let mut module: ItemMod = syn::parse_str(&text).unwrap();
        bend(&mut module);
        let text = module.to_token_stream().to_string();
        let required = "# [serde (deserialize_with = \"::cx_client::lenient::string_list\")] pub a";
        let optional = "# [serde (default , deserialize_with = \"::cx_client::lenient::option_string_list\")] pub b";
        assert!(text.contains(required) && text.contains(optional), "{text}");
        assert_eq!(text.matches("lenient").count(), 2, "{text}");
    }
}
