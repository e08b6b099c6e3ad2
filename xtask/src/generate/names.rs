//! Names as progenitor and typify write them, so that we see a collision before they do.

use heck::{ToPascalCase, ToSnakeCase};

/// Names that generated code has for itself: methods of every client, the functions beside those that dispatch and what these
/// call their arguments, and types that the module of the builders writes without a path.
pub const RESERVED: &[&str] = &[
    "arguments",
    "box",
    "builder",
    "call",
    "client",
    "clone",
    "core",
    "decode_schema",
    "id",
    "option",
    "options",
    "result",
    "string",
    "vec",
];

/// The Rust name of a field, as typify writes it.
pub fn snake_case(name: &str) -> String {
    identifier(name, str::to_snake_case, "x")
}

/// The Rust name of a method or a parameter, as progenitor writes it.
pub fn argument_name(name: &str) -> String {
    identifier(name, str::to_snake_case, "_")
}

/// The Rust name of a type.
pub fn pascal_case(name: &str) -> String {
    identifier(name, str::to_pascal_case, "X")
}

fn identifier(name: &str, write: fn(&str) -> String, start: &str) -> String {
    let name = match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => write(&name.replace('\'', "").replace(is_no_part, "-")),
    };
    let name = match name.chars().next() {
        None => write("x"),
        Some(first) if first.is_alphabetic() || first == '_' => name,
        Some(_) => format!("{start}{name}"),
    };
    // A keyword is no identifier.
    if syn::parse_str::<syn::Ident>(&name).is_ok() { name } else { format!("{name}_") }
}

/// A letter or digit for Unicode that is none for Rust, such as `²`.
fn is_no_part(c: char) -> bool {
    !c.is_ascii() && syn::parse_str::<syn::Ident>(&format!("a{c}")).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_generated_code() {
        for (wire, field) in [
            ("created[gte]", "created_gte"),
            ("externalId.system", "external_id_system"),
            ("HTTPServer", "http_server"),
            ("userEmail", "user_email"),
            ("X-Request-ID", "x_request_id"),
            ("type", "type_"),
            ("9lives", "x9lives"),
            ("don't", "dont"),
            ("-1", "minus1"),
            ("[]", "x"),
            ("größe", "größe"),
            ("area m²", "area_m"),
        ] {
            assert_eq!(snake_case(wire), field, "{wire}");
        }
        assert_eq!(pascal_case("HTTPServer"), "HttpServer");
        assert_eq!(pascal_case("end_user"), "EndUser");
        assert_eq!(pascal_case("4xx"), "X4xx");
        assert_eq!(argument_name("9lives"), "_9lives");
    }
}
