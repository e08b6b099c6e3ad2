//! Edits of a document, as data.

use cx_spec::pointer::unescape;
use serde_json::{Map, Value};

/// One step of an edit. Pointers are JSON pointers into the document.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Puts a value at a pointer, in the place of what is there.
    Set(String, Value),
    /// Takes out what is at a pointer.
    Remove(String),
    /// Gives a member another name, in the same place of the order.
    Rename(String, String),
    /// Adds an item to the end of the list at a pointer.
    Append(String, Value),
}

/// One change of meaning: the place it is about, and the steps that make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The place that it is about.
    pub pointer: String,
    /// The steps, in their order.
    pub changes: Vec<Change>,
}

impl Edit {
    /// An edit of one step at the place that it is about.
    pub fn set(pointer: &str, value: Value) -> Self {
        Self { pointer: pointer.to_owned(), changes: vec![Change::Set(pointer.to_owned(), value)] }
    }

    /// An edit that takes out the place that it is about.
    pub fn remove(pointer: &str) -> Self {
        Self { pointer: pointer.to_owned(), changes: vec![Change::Remove(pointer.to_owned())] }
    }

    /// An edit that renames the place that it is about.
    pub fn rename(pointer: &str, name: &str) -> Self {
        Self { pointer: pointer.to_owned(), changes: vec![Change::Rename(pointer.to_owned(), name.to_owned())] }
    }

    /// One more step.
    #[must_use]
    pub fn and(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// The document after the edit; None if a place is not there, or if nothing is different.
    pub fn apply(&self, document: &Value) -> Option<Value> {
        let mut edited = document.clone();
        for change in &self.changes {
            change.apply(&mut edited)?;
        }
        (edited != *document).then_some(edited)
    }
}

impl Change {
    fn apply(&self, document: &mut Value) -> Option<()> {
        match self {
            Self::Append(pointer, value) => document.pointer_mut(pointer)?.as_array_mut()?.push(value.clone()),
            Self::Set(pointer, value) => {
                let (parent, key) = split(pointer)?;
                match document.pointer_mut(parent)? {
                    Value::Object(members) => drop(members.insert(key, value.clone())),
                    Value::Array(items) => *items.get_mut(key.parse::<usize>().ok()?)? = value.clone(),
                    _ => return None,
                }
            }
            Self::Remove(pointer) => {
                let (parent, key) = split(pointer)?;
                match document.pointer_mut(parent)? {
                    Value::Object(members) => drop(members.shift_remove(&key)?),
                    Value::Array(items) => {
                        let index = key.parse::<usize>().ok().filter(|index| *index < items.len())?;
                        items.remove(index);
                    }
                    _ => return None,
                }
            }
            Self::Rename(pointer, name) => {
                let (parent, key) = split(pointer)?;
                let members = document.pointer_mut(parent)?.as_object_mut()?;
                if !members.contains_key(&key) || members.contains_key(name) {
                    return None;
                }
                let rename = |(own, value)| if own == key { (name.clone(), value) } else { (own, value) };
                *members = std::mem::take(members).into_iter().map(rename).collect::<Map<_, _>>();
            }
        }
        Some(())
    }
}

/// Pointer of the parent, and the key below it.
fn split(pointer: &str) -> Option<(&str, String)> {
    let (parent, key) = pointer.rsplit_once('/')?;
    Some((parent, unescape(key)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({"paths": {"/a/{id}": {"get": {"parameters": [{"name": "x"}]}, "put": {}}}})
    }

    #[test]
    fn every_step_does_what_it_says_and_leaves_the_rest() {
        let edit = Edit::rename("/paths/~1a~1{id}", "/b/{id}")
            .and(Change::Append("/paths/~1b~1{id}/get/parameters".into(), json!({"name": "y"})));
        let edited = edit.apply(&document()).unwrap();
        assert_eq!(
            edited.to_string(),
            r#"{"paths":{"/b/{id}":{"get":{"parameters":[{"name":"x"},{"name":"y"}]},"put":{}}}}"#
        );
        assert_eq!(
            Edit::remove("/paths/~1a~1{id}/get/parameters/0").apply(&document()).unwrap().to_string(),
            r#"{"paths":{"/a/{id}":{"get":{"parameters":[]},"put":{}}}}"#
        );
    }

    #[test]
    fn what_changes_nothing_or_has_no_place_is_no_edit() {
        assert_eq!(Edit::set("/paths/~1a~1{id}/put", json!({})).apply(&document()), None);
        assert_eq!(Edit::remove("/paths/~1a~1{id}/post").apply(&document()), None);
        assert_eq!(Edit::rename("/paths/~1a~1{id}/get", "put").apply(&document()), None, "the name is taken");
        assert_eq!(Edit::remove("/paths/~1a~1{id}/get/parameters/1").apply(&document()), None);
    }
}
