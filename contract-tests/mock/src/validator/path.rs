//! Parameters of the path, in each of its styles: `simple`, and `label` and `matrix`, which begin with a sign of their own
//! (RFC 6570 §3.2.5, §3.2.7).

use cx_spec::{Api, Parameter, schema::Shape};

use super::parameters::{leaf, members, simple, split};
use crate::form::Tree;

/// What the path says about a parameter; none where it is not in the notation of its style.
pub(super) fn tree(api: &Api, parameter: &Parameter, text: &str) -> Option<Tree> {
    match parameter.style.as_str() {
        "label" => label(Shape::at(api, &parameter.pointer).kind(), parameter.explode, text),
        "matrix" => matrix(&parameter.name, Shape::at(api, &parameter.pointer).kind(), parameter.explode, text),
        _ => Some(simple(api, &parameter.pointer, parameter.explode, text)),
    }
}

/// `.a`, `.a,b`, `.k,v` or, exploded, `.a.b`, `.k=v`.
fn label(kind: Option<&str>, explode: bool, text: &str) -> Option<Tree> {
    let text = text.strip_prefix('.')?;
    Some(match kind {
        Some("object") if explode => members(text.split('.')),
        // In its examples OpenAPI 3.0.3 has dots here too; OpenAPI 3.0.4 has commas, as RFC 6570 has.
        _ if !explode && text.contains(',') => split(text, kind, ','),
        _ => split(text, kind, '.'),
    })
}

/// `;name=a`, `;name=a,b`, `;name=k,v` or, exploded, `;name=a;name=b`, `;k=v`. Nothing stands after the name of an empty text.
fn matrix(name: &str, kind: Option<&str>, explode: bool, text: &str) -> Option<Tree> {
    let text = text.strip_prefix(';')?;
    match kind {
        Some("object") if explode => Some(members(text.split(';'))),
        Some("array") if explode => {
            text.split(';').map(|pair| Some(leaf(value_of(name, pair)?))).collect::<Option<Vec<_>>>().map(Tree::List)
        }
        _ => Some(split(value_of(name, text)?, kind, ',')),
    }
}

/// What stands after a name.
fn value_of<'t>(name: &str, pair: &'t str) -> Option<&'t str> {
    let rest = pair.strip_prefix(name)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('=') }
}

#[cfg(test)]
mod tests {
    use cx_spec::Document;
    use serde_json::{Value, json};

    use super::*;
    use crate::{form::plain, incoming::Incoming, validator::Validator, violation::Place};

    fn read(style: &str, kind: &str, explode: bool, text: &str) -> Option<Value> {
        let tree = match style {
            "label" => label(Some(kind), explode, text),
            _ => matrix("colour", Some(kind), explode, text),
        };
        tree.map(|tree| plain(&tree))
    }

    // The examples of OpenAPI 3.0.4, under "Style Examples".
    #[test]
    fn a_path_is_read_by_the_style_of_its_parameter() {
        let list = json!(["blue", "black", "brown"]);
        let object = json!({"R": "100", "G": "200", "B": "150"});
        for (style, kind, explode, text, expected) in [
            ("label", "string", false, ".blue", json!("blue")),
            ("label", "string", false, ".a,b.c", json!("a,b.c")),
            ("label", "array", false, ".blue,black,brown", list.clone()),
            ("label", "array", false, ".blue.black.brown", list.clone()),
            ("label", "array", true, ".blue.black.brown", list.clone()),
            ("label", "object", false, ".R,100,G,200,B,150", object.clone()),
            ("label", "object", true, ".R=100.G=200.B=150", object.clone()),
            ("matrix", "string", false, ";colour=blue", json!("blue")),
            ("matrix", "string", false, ";colour=a;b=c", json!("a;b=c")),
            ("matrix", "string", false, ";colour", json!("")),
            ("matrix", "array", false, ";colour=blue,black,brown", list.clone()),
            ("matrix", "array", true, ";colour=blue;colour=black;colour=brown", list),
            ("matrix", "object", false, ";colour=R,100,G,200,B,150", object.clone()),
            ("matrix", "object", true, ";R=100;G=200;B=150", object),
        ] {
            assert_eq!(read(style, kind, explode, text), Some(expected), "{style} {kind} {explode} {text}");
        }
    }

    #[test]
    fn what_lacks_the_signs_of_its_style_is_not_read() {
        for (style, kind, explode, text) in [
            ("label", "string", false, "blue"),
            ("matrix", "string", false, "blue"),
            ("matrix", "string", false, "colour=blue"),
            ("matrix", "string", false, ";color=blue"),
            ("matrix", "string", false, ";colours=blue"),
            ("matrix", "array", true, ";colour=blue;black"),
        ] {
            assert_eq!(read(style, kind, explode, text), None, "{style} {text}");
        }
    }

    #[test]
    fn another_notation_than_that_of_the_style_is_a_violation() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a/{id}:\n    get:\n      operationId: get_a\n      \
            parameters: [{name: id, in: path, required: true, style: matrix, schema: {type: integer}}]\n      responses: {}\n";
        let validator = Validator::new(Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap());
        assert_eq!(validator.request(&Incoming::new("GET", "/a/;id=5")).violations, []);
        let violations = validator.request(&Incoming::new("GET", "/a/5")).violations;
        let found: Vec<(&Place, &str)> = violations.iter().map(|one| (&one.place, one.rule.as_str())).collect();
        assert_eq!(found, [(&Place::Path("id".into()), "notation")]);
    }
}
