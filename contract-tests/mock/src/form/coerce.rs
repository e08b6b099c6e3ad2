//! From the texts of a form to the types of a schema.

use std::{cell::Cell, fmt};

use cx_spec::{
    Arrays, Form,
    pointer::escape,
    schema::{Additional, Shape},
};
use serde_json::{Map, Number, Value};

use super::{
    nest::Tree,
    pairs::{File, Part},
};
use crate::schema::{Reading, Schemas};

/// Something a form says that its schema or its notation has no place for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormFault {
    /// `type`, `duplicate`, `notation` or `max-bytes`.
    pub rule: &'static str,
    /// JSON pointer into the decoded value.
    pub pointer: String,
    /// What is wrong, without the value.
    pub message: String,
    /// JSON pointer of the schema in the document; empty where the notation alone is at fault.
    pub schema: String,
}

/// A decoded form.
#[derive(Clone, Default, PartialEq)]
pub struct Coerced {
    /// The value; what could not be coerced stays a text.
    pub value: Value,
    /// What could not be coerced or is written in another notation than documented.
    pub faults: Vec<FormFault>,
    /// Files, with the pointer of the marker that stands for each.
    pub files: Vec<(String, File)>,
}

// The value may hold secrets.
impl fmt::Debug for Coerced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coerced").field("faults", &self.faults).field("files", &self.files).finish_non_exhaustive()
    }
}

/// A schema whose branches branch deeper than this leads back to itself.
const DEEPEST: usize = 32;

/// Branches that one form may try. Past them, what still branches is taken as it is written.
const MOST_BRANCHES: usize = 100_000;

/// How arrays have to be written.
#[derive(Clone, Copy, Debug)]
pub enum Notation<'f> {
    /// By `x-form`. Beside it, a top-level array may repeat its plain name, which is what `encoding` with
    /// `style: form, explode: true` means to other tools.
    Form(&'f Form),
    /// Any way.
    Any,
}

/// How a form writes an array.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// `a=1&a=2`
    PlainName,
    /// `a[]=1&a[]=2`
    Brackets,
    /// `a[0]=1&a[1]=2`
    Indices,
}

impl Written {
    fn name(self) -> &'static str {
        match self {
            Self::PlainName => "its plain name",
            Self::Brackets => "brackets",
            Self::Indices => "indices",
        }
    }
}

/// Gives a tree the types of the schema at a pointer of the document. Only coercion is judged here; whether the
/// value keeps the schema is [`Schemas::judge`]'s to say.
pub fn coerce(schemas: &Schemas, pointer: &str, tree: &Tree, notation: Notation<'_>) -> Coerced {
    let shape = Shape::at(schemas.api(), pointer);
    let tried = Cell::new(0);
    let mut pass = Pass { schemas, notation, depth: 0, tried: &tried, faults: Vec::new(), files: Vec::new() };
    let value = pass.value(&shape, tree, "", "");
    Coerced { value, faults: pass.faults, files: pass.files }
}

/// The tree as a value without any schema: all leaves are texts, a repeated name is an array.
pub fn plain(tree: &Tree) -> Value {
    match tree {
        Tree::Leaf(parts) => match parts.as_slice() {
            [one] => Value::String(text(one)),
            many => many.iter().map(|part| Value::String(text(part))).collect(),
        },
        Tree::Map(members) => Value::Object(members.iter().map(|(name, tree)| (name.clone(), plain(tree))).collect()),
        Tree::List(items) => items.iter().map(plain).collect(),
    }
}

fn text(part: &Part) -> String {
    match part {
        Part::Text(text) | Part::Json(text) => text.clone(),
        Part::File(file) => file.marker(),
    }
}

struct Pass<'s> {
    schemas: &'s Schemas,
    notation: Notation<'s>,
    /// How many branches this pass stands inside.
    depth: usize,
    /// How many branches were tried, by all passes over the form.
    tried: &'s Cell<usize>,
    faults: Vec<FormFault>,
    files: Vec<(String, File)>,
}

impl<'s> Pass<'s> {
    /// `at` is the JSON pointer, `path` the same with dots and without indices, as `x-form` names members.
    fn value(&mut self, shape: &Shape<'s>, tree: &Tree, at: &str, path: &str) -> Value {
        if !shape.branches().is_empty() && self.depth <= DEEPEST && self.tried.get() < MOST_BRANCHES {
            return self.branch(shape, tree, at, path);
        }
        match (tree, shape.kind()) {
            (Tree::Leaf(parts), Some("array")) => {
                if let [Part::Json(json)] = parts.as_slice() {
                    return self.json(shape, json, at);
                }
                self.check_notation(Written::PlainName, path, at, shape);
                let items: Vec<Tree> = parts.iter().map(|part| Tree::Leaf(vec![part.clone()])).collect();
                self.items(shape, &items, at, path)
            }
            (Tree::Leaf(parts), kind) => self.leaf(shape, parts, kind, at),
            (Tree::Map(members), Some("array")) => self.indexed(shape, members, at, path),
            (Tree::Map(members), Some("object") | None) => self.object(shape, members, at, path),
            (Tree::List(items), Some("array") | None) => {
                if shape.kind().is_some() {
                    self.check_notation(Written::Brackets, path, at, shape);
                }
                self.items(shape, items, at, path)
            }
            (tree, Some(kind)) => {
                self.fault("type", at, shape, format!("brackets where {} is expected", article(kind)));
                plain(tree)
            }
        }
    }

    /// The first branch that takes the value; else the one with the fewest faults.
    fn branch(&mut self, shape: &Shape<'s>, tree: &Tree, at: &str, path: &str) -> Value {
        let mut best: Option<(usize, Coerced)> = None;
        for branch in shape.branches() {
            self.tried.set(self.tried.get() + 1);
            let depth = self.depth + 1;
            let mut attempt = Pass { depth, faults: Vec::new(), files: Vec::new(), ..*self };
            let value = attempt.value(&shape.with_branch(&branch), tree, at, path);
            let broken = self.schemas.judge(branch.pointer(), Reading::Request, &value).len() + attempt.faults.len();
            if best.as_ref().is_none_or(|(least, _)| broken < *least) {
                best = Some((broken, Coerced { value, faults: attempt.faults, files: attempt.files }));
            }
            if broken == 0 {
                break;
            }
        }
        let Some((_, chosen)) = best else { return plain(tree) };
        self.faults.extend(chosen.faults);
        self.files.extend(chosen.files);
        chosen.value
    }

    fn leaf(&mut self, shape: &Shape<'s>, parts: &[Part], kind: Option<&str>, at: &str) -> Value {
        let Some(part) = parts.first() else { return Value::Null };
        if parts.len() > 1 {
            self.fault("duplicate", at, shape, format!("given {} times", parts.len()));
        }
        let text = match part {
            Part::File(file) => {
                if !matches!(kind, Some("string") | None) {
                    self.fault(
                        "type",
                        at,
                        shape,
                        format!("a file where {} is expected", article(kind.unwrap_or(""))),
                    );
                }
                if shape.count("x-max-bytes").is_some_and(|most| file.size as u64 > most) {
                    self.fault("max-bytes", at, shape, format!("a file of {} bytes is too large", file.size));
                }
                self.files.push((at.to_owned(), file.clone()));
                return Value::String(file.marker());
            }
            Part::Json(json) if matches!(kind, Some("object") | None) => return self.json(shape, json, at),
            Part::Text(text) | Part::Json(text) => text,
        };
        match scalar(text, kind) {
            Some(value) => value,
            None => {
                self.fault("type", at, shape, format!("the text is not {}", article(kind.unwrap_or("value"))));
                Value::String(text.clone())
            }
        }
    }

    fn json(&mut self, shape: &Shape<'s>, json: &str, at: &str) -> Value {
        crate::json::read(json.as_bytes()).unwrap_or_else(|error| {
            let message =
                format!("a part of type JSON that is none (line {}, column {})", error.line(), error.column());
            self.fault("type", at, shape, message);
            Value::String(json.to_owned())
        })
    }

    fn object(
        &mut self,
        shape: &Shape<'s>,
        members: &indexmap::IndexMap<String, Tree>,
        at: &str,
        path: &str,
    ) -> Value {
        let mut object = Map::new();
        for (name, tree) in members {
            let inner = shape.property(name).or_else(|| match shape.additional() {
                Additional::Schema(node) => Some(Shape::of(&node)),
                _ => None,
            });
            let at = format!("{at}/{}", escape(name));
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let value = match inner {
                Some(inner) => self.value(&inner, tree, &at, &path),
                None => plain(tree),
            };
            object.insert(name.clone(), value);
        }
        Value::Object(object)
    }

    fn items(&mut self, shape: &Shape<'s>, items: &[Tree], at: &str, path: &str) -> Value {
        let inner = shape.items();
        items
            .iter()
            .enumerate()
            .map(|(index, item)| match &inner {
                Some(inner) => self.value(inner, item, &format!("{at}/{index}"), path),
                None => plain(item),
            })
            .collect()
    }

    fn indexed(
        &mut self,
        shape: &Shape<'s>,
        members: &indexmap::IndexMap<String, Tree>,
        at: &str,
        path: &str,
    ) -> Value {
        let in_order = members.keys().enumerate().all(|(index, key)| *key == index.to_string());
        if !in_order {
            self.fault("notation", at, shape, "indices of an array count up from 0".to_owned());
        }
        self.check_notation(Written::Indices, path, at, shape);
        let items: Vec<Tree> = members.values().cloned().collect();
        self.items(shape, &items, at, path)
    }

    fn check_notation(&mut self, found: Written, path: &str, at: &str, shape: &Shape<'s>) {
        let Notation::Form(form) = self.notation else { return };
        let indices = form.arrays == Arrays::Indices || form.indexed.iter().any(|indexed| indexed == path);
        let wanted = if indices { Written::Indices } else { Written::Brackets };
        let repeated_top_level = found == Written::PlainName && !path.contains('.');
        if found != wanted && !repeated_top_level {
            let message = format!("an array by {}, documented by {}", found.name(), wanted.name());
            self.fault("notation", at, shape, message);
        }
    }

    fn fault(&mut self, rule: &'static str, at: &str, shape: &Shape<'s>, message: String) {
        self.faults.push(FormFault { rule, pointer: at.to_owned(), message, schema: shape.pointer().to_owned() });
    }
}

/// A text as a value of a type; none if it does not read as one.
pub(crate) fn scalar(text: &str, kind: Option<&str>) -> Option<Value> {
    match kind {
        Some("string") | None => Some(Value::String(text.to_owned())),
        Some("boolean") => match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        // JSON's own grammar: no leading zero, no plus sign. Unlike `from_str`, `parse` takes no blanks around it either.
        Some("integer") => text.parse::<Number>().ok().filter(|number| !number.is_f64()).map(Value::Number),
        Some("number") => text.parse::<Number>().ok().map(Value::Number),
        Some(_) => None,
    }
}

fn article(kind: &str) -> String {
    let article = if matches!(kind, "array" | "integer" | "object") { "an" } else { "a" };
    format!("{article} {kind}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{nest, urlencoded};
    use cx_spec::{Api, Document};
    use serde_json::json;

    const DOCUMENT: &str = "
openapi: 3.0.3
info: {title: T, version: '1'}
paths: {}
components:
  schemas:
    Body:
      type: object
      properties:
        count: {type: integer}
        open: {type: boolean}
        mails: {type: array, items: {type: string}}
        id: {oneOf: [{type: integer}, {type: string}]}
        import:
          type: object
          properties: {names: {type: array, items: {type: string}}, ids: {type: array, items: {type: integer}}}
        free: {type: object, additionalProperties: {type: integer}}
";

    fn read(form: &str) -> (Value, Vec<(&'static str, String)>) {
        let schemas = Schemas::new(Api::index(Document::parse("t", "t.yaml", DOCUMENT).unwrap()).unwrap());
        let rules = Form { indexed: vec!["import.ids".to_owned()], ..Form::default() };
        let (tree, mut faults) = nest(&urlencoded(form.as_bytes()));
        let coerced = coerce(&schemas, "/components/schemas/Body", &tree, Notation::Form(&rules));
        faults.extend(coerced.faults);
        (coerced.value, faults.into_iter().map(|fault| (fault.rule, fault.pointer)).collect())
    }

    #[test]
    fn gives_texts_their_types() {
        let (value, faults) = read("count=7&open=true&mails[]=a&id=901&free[x]=1&import[ids][0]=5&import[ids][1]=6");
        assert_eq!(faults, []);
        assert_eq!(
            value,
            json!({"count": 7, "open": true, "mails": ["a"], "id": 901, "free": {"x": 1}, "import": {"ids": [5, 6]}})
        );
    }

    #[test]
    fn tries_the_branches_in_order() {
        assert_eq!(read("id=abc"), (json!({"id": "abc"}), vec![]));
    }

    #[test]
    fn reports_what_cannot_be_coerced_and_keeps_the_text() {
        assert_eq!(
            read("count=007&open=1&mails=a&mails=b&free[x]=y&count=8"),
            (
                json!({"count": "007", "open": "1", "mails": ["a", "b"], "free": {"x": "y"}}),
                vec![
                    ("duplicate", "/count".into()),
                    ("type", "/count".into()),
                    ("type", "/open".into()),
                    ("type", "/free/x".into()),
                ]
            )
        );
    }

    #[test]
    fn takes_no_blank_beside_a_number() {
        // A plus sign that was not escaped is a blank.
        for form in ["count=+7", "count=7+", "count=%0A7"] {
            assert_eq!(read(form).1, [("type", "/count".into())], "{form}");
        }
    }

    #[test]
    fn holds_arrays_to_their_notation() {
        let notation = |form: &str| read(form).1;
        assert_eq!(notation("mails[0]=a"), [("notation", "/mails".into())]);
        assert_eq!(notation("import[ids][]=5"), [("notation", "/import/ids".into())]);
        assert_eq!(notation("import[names]=a"), [("notation", "/import/names".into())]);
        assert_eq!(notation("import[ids][1]=5"), [("notation", "/import/ids".into())]);
    }
}
