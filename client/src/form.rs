//! JSON values written as form members, in the bracket notation that Rack and Rails read.
//!
//! | value | written as |
//! |---|---|
//! | `{"end_user": {"properties": {"plan": "Pro"}}}` | `end_user[properties][plan]=Pro` |
//! | `{"emails": ["a", "b"]}` | `emails[]=a`, `emails[]=b`, or `emails[0]=a`, `emails[1]=b` where the operation says so |
//! | `{"users": [{"id": 1}, {"id": 2}]}` | `users[][id]=1`, `users[][id]=2` |
//! | `true`, `1`, `1.0`, `0.5` | `true`, `1`, `1`, `0.5` |
//! | `null`, `[]`, `{}` | refused, at any depth: the notation has no word for them, and an empty value means something else |
//! | `[{"a": 1}, {"b": 2}]`, `[[1], [2]]` | refused, unless the operation says indices: `x[][a]=1`, `x[][b]=2` is also how `[{"a": 1, "b": 2}]` is written |
//!
//! Names are written between the brackets as they are, also those that a caller made up. One that is empty or holds a
//! bracket itself is refused: `a[b [c]]` is read as `{"a": {"b ": {"c": …}}}`, or worse, and `a[]` as a list.
//!
//! **Order.** `users[][id]` does not say which element it belongs to: a reader opens a new element at a name that the
//! current one has already, and a name with another `[]` in it never opens one. So an element's plain members are written
//! first, then its objects, then its arrays, and where two elements differ in their members, one they share comes first.

use std::{collections::HashSet, fmt};

use serde_json::Value;
use url::form_urlencoded;

use crate::operation::Body;

/// A value that the notation cannot express.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unwritable {
    path: String,
    reason: &'static str,
}

impl Unwritable {
    /// Dotted path of the member, such as `end_user.properties.plan` or `emails[1]`; empty for the body itself. It may
    /// hold names that the caller made up, never values.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong, without the path.
    pub(crate) fn reason(&self) -> &'static str {
        self.reason
    }
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(self.reason),
            path => write!(f, "{path}: {}", self.reason),
        }
    }
}

impl std::error::Error for Unwritable {}

/// The members of a body in the order they are to be sent. A body that is `null` or `{}` has none.
///
/// # Errors
///
/// A `null`, an empty list or an empty map anywhere inside, a name that a reader would take apart, elements that it
/// would join, or a body that is not an object.
pub(crate) fn pairs(value: &Value, body: &Body) -> Result<Vec<(String, String)>, Unwritable> {
    let members = match value {
        Value::Object(members) => members,
        Value::Null => return Ok(Vec::new()),
        _ => return Err(Unwritable { path: String::new(), reason: "only an object can be written as a form" }),
    };
    let mut leaves = Vec::with_capacity(members.len());
    for (name, member) in members {
        write(member, name.clone(), At { shown: name.clone(), dotted: name.clone() }, body, &mut leaves)?;
    }
    Ok(leaves.into_iter().map(|leaf| (leaf.name, leaf.text)).collect())
}

/// Pairs as `application/x-www-form-urlencoded`: blanks as `+`, UTF-8, everything else as the URL standard says.
pub(crate) fn urlencoded<N: AsRef<str>, T: AsRef<str>>(pairs: impl IntoIterator<Item = (N, T)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The name of a part, or of a file in one, as HTML writes it: what would end the name, or its line, is escaped, and
/// nothing else.
pub(crate) fn part_name(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Whether a form can hold a member of a map by its name: a reader would take another one apart.
pub(crate) fn holds(name: &str) -> bool {
    !name.is_empty() && !name.contains(['[', ']'])
}

/// Place of a value: as shown in an error, and as the operation's table names it, without positions in arrays.
#[derive(Clone)]
struct At {
    shown: String,
    dotted: String,
}

struct Leaf {
    name: String,
    text: String,
    depth: Depth,
}

impl Leaf {
    /// Whether a reader may open a new element at it.
    fn opens(&self) -> bool {
        self.depth != Depth::InArray
    }
}

/// Where a leaf lies in the innermost element (or body) that holds it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    Plain,
    InObject,
    InArray,
}

fn write(value: &Value, name: String, at: At, body: &Body, leaves: &mut Vec<Leaf>) -> Result<(), Unwritable> {
    let refuse = |reason| Err(Unwritable { path: at.shown.clone(), reason });
    let text = match value {
        Value::Null => return refuse("null cannot be written in a form; leave the member out"),
        Value::Object(members) if members.is_empty() => {
            return refuse("an empty map cannot be written in a form; leave the member out");
        }
        Value::Array(elements) if elements.is_empty() => {
            return refuse("an empty list cannot be written in a form; leave the member out");
        }
        Value::Object(members) => {
            for (member, value) in members {
                let at = At { shown: format!("{}.{member}", at.shown), dotted: format!("{}.{member}", at.dotted) };
                if !holds(member) {
                    let reason = "a name that is empty or holds a bracket cannot be written in a form";
                    return Err(Unwritable { path: at.shown, reason });
                }
                let start = leaves.len();
                write(value, format!("{name}[{member}]"), at, body, leaves)?;
                if value.is_object() {
                    for leaf in leaves.iter_mut().skip(start) {
                        leaf.depth = leaf.depth.max(Depth::InObject);
                    }
                }
            }
            return Ok(());
        }
        Value::Array(elements) => return write_array(elements, &name, &at, body, leaves),
        Value::String(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        // Unlike JSON's, the plain notation of a float has neither `.0` nor an exponent.
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => float.to_string(),
            _ => number.to_string(),
        },
    };
    leaves.push(Leaf { name, text, depth: Depth::Plain });
    Ok(())
}

fn write_array(
    elements: &[Value],
    name: &str,
    at: &At,
    body: &Body,
    leaves: &mut Vec<Leaf>,
) -> Result<(), Unwritable> {
    let indexed = body.indexed || body.indexed_members.contains(&at.dotted.as_str());
    // Names at which a reader opens a new element: those of the element before, if that was an object.
    let mut opening: Option<HashSet<String>> = None;
    for (index, element) in elements.iter().enumerate() {
        let name = if indexed { format!("{name}[{index}]") } else { format!("{name}[]") };
        let at = At { shown: format!("{}[{index}]", at.shown), dotted: at.dotted.clone() };
        let refuse = |reason| Err(Unwritable { path: at.shown.clone(), reason });
        let mut own = Vec::new();
        write(element, name, at.clone(), body, &mut own)?;
        if element.is_array() && !indexed {
            return refuse("a list inside a list cannot be written in a form");
        }
        own.sort_by_key(|leaf| leaf.depth);
        if element.is_object() && !indexed {
            if let Some(opening) = opening {
                let opens = own.iter().position(|leaf| leaf.opens() && opening.contains(&leaf.name));
                match opens.and_then(|opens| own.get_mut(..=opens)) {
                    Some(up_to_it) => up_to_it.rotate_right(1),
                    None => {
                        return refuse(
                            "shares no member with the element before it, and a form would make one of the two; \
                             join them, or give both a common member",
                        );
                    }
                }
            }
            opening = Some(own.iter().filter(|leaf| leaf.opens()).map(|leaf| leaf.name.clone()).collect());
        } else {
            opening = None;
        }
        leaves.extend(own.into_iter().map(|leaf| Leaf { depth: Depth::InArray, ..leaf }));
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
