//! A body in the notation of its form: `end_user[properties][plan]=Pro`, `emails[]=a`.

use serde_json::Value;

use crate::extensions::{Arrays, Form};

/// A member of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Its name on the wire.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Its place in the body, without positions in lists.
    pub dotted: String,
}

/// The members of a body, in its order. A null is left out: a form has no word for it.
pub fn pairs(body: &Value, form: &Form) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (name, member) in body.as_object().into_iter().flatten() {
        write(member, name.clone(), name.clone(), form, &mut pairs);
    }
    pairs
}

fn write(value: &Value, name: String, dotted: String, form: &Form, pairs: &mut Vec<Pair>) {
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                write(value, format!("{name}[{member}]"), format!("{dotted}.{member}"), form, pairs);
            }
        }
        Value::Array(items) => {
            let indexed = form.arrays == Arrays::Indices || form.indexed.contains(&dotted);
            for (index, item) in items.iter().enumerate() {
                let index = if indexed { index.to_string() } else { String::new() };
                write(item, format!("{name}[{index}]"), dotted.clone(), form, pairs);
            }
        }
        Value::Null => {}
        Value::String(text) => pairs.push(Pair { name, value: text.clone(), dotted }),
        scalar => pairs.push(Pair { name, value: scalar.to_string(), dotted }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_members_are_written_with_brackets() {
        let form = Form { media_type: None, arrays: Arrays::Brackets, indexed: vec!["import.names".to_owned()] };
        let body = json!({
            "end_user": {"properties": {"plan": "Pro"}},
            "emails": ["a", "b"],
            "rows": [{"id": 1}],
            "import": {"names": ["x", "y"]},
            "gone": null,
        });
        let written: Vec<_> =
            pairs(&body, &form).into_iter().map(|one| format!("{}={}", one.name, one.value)).collect();
        assert_eq!(
            written,
            [
                "end_user[properties][plan]=Pro",
                "emails[]=a",
                "emails[]=b",
                "rows[][id]=1",
                "import[names][0]=x",
                "import[names][1]=y",
            ]
        );
    }
}
