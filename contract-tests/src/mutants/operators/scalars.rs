//! Bounds, known values, formats and patterns of one schema: what parameters and members of bodies have in common.

use serde_json::{Value, json};

use crate::mutants::{
    edit::{Change, Edit},
    site::Site,
};

fn number(schema: &Value, keyword: &str) -> Option<i64> {
    schema.get(keyword).and_then(Value::as_i64)
}

/// `keyword` moved by a step, for a schema at a pointer.
fn moved(pointer: &str, schema: &Value, keyword: &str, by: i64) -> Option<Edit> {
    let bound = number(schema, keyword)?;
    Some(Edit::set(&format!("{pointer}/{keyword}"), json!(bound.saturating_add(by))))
}

/// The largest value is one less.
pub(super) fn cut_maximum(pointer: &str, schema: &Value) -> Option<Edit> {
    moved(pointer, schema, "maximum", -1)
}

/// The largest value is one more.
pub(super) fn raise_maximum(pointer: &str, schema: &Value) -> Option<Edit> {
    moved(pointer, schema, "maximum", 1)
}

/// The smallest value is one more.
pub(super) fn raise_minimum(pointer: &str, schema: &Value) -> Option<Edit> {
    moved(pointer, schema, "minimum", 1)
}

/// The smallest value is one less.
pub(super) fn cut_minimum(pointer: &str, schema: &Value) -> Option<Edit> {
    moved(pointer, schema, "minimum", -1)
}

/// A text may be one shorter at most; one that had no limit gets one of two.
pub(super) fn cut_length(pointer: &str, schema: &Value) -> Option<Edit> {
    if !is_free_text(schema) {
        return None;
    }
    let most = number(schema, "maxLength").map_or(2, |most| most.saturating_sub(1));
    Some(Edit::set(&format!("{pointer}/maxLength"), json!(most)))
}

/// A text may not be empty.
pub(super) fn forbid_empty(pointer: &str, schema: &Value) -> Option<Edit> {
    let open = is_free_text(schema) && number(schema, "minLength").unwrap_or(0) == 0;
    open.then(|| Edit::set(&format!("{pointer}/minLength"), json!(1)))
}

/// The last known value is known no more.
pub(super) fn drop_value(pointer: &str, schema: &Value) -> Option<Edit> {
    let known = schema.get("enum").and_then(Value::as_array).filter(|known| known.len() > 1)?;
    Some(Edit::remove(&format!("{pointer}/enum/{}", known.len() - 1)))
}

/// One more value is known.
pub(super) fn add_value(pointer: &str, schema: &Value) -> Option<Edit> {
    let list = format!("{pointer}/enum");
    let first = schema.get("enum").and_then(Value::as_array)?.first()?;
    let value = if first.is_number() { json!(987_654) } else { json!("another_value") };
    Some(Edit { pointer: list.clone(), changes: vec![Change::Append(list, value)] })
}

/// A text has to have a format, or another one.
pub(super) fn change_format(pointer: &str, schema: &Value) -> Option<Edit> {
    if schema.get("type").and_then(Value::as_str) != Some("string") || schema.get("enum").is_some() {
        return None;
    }
    let other = match schema.get("format").and_then(Value::as_str) {
        None | Some("date" | "date-time" | "cx-time" | "uri") => "uuid",
        Some("uuid" | "email") => "date",
        // A file and a password are any text.
        Some(_) => return None,
    };
    Some(Edit::set(&format!("{pointer}/format"), json!(other)))
}

/// A format is asked for no more.
pub(super) fn drop_format(pointer: &str, schema: &Value) -> Option<Edit> {
    let checked = ["date", "date-time", "cx-time", "uri", "uuid", "email"];
    let format = schema.get("format").and_then(Value::as_str)?;
    checked.contains(&format).then(|| Edit::remove(&format!("{pointer}/format")))
}

/// Numbers of 64 bits have to fit into 32.
pub(super) fn narrow_integer(pointer: &str, schema: &Value) -> Option<Edit> {
    let wide = schema.get("format").and_then(Value::as_str) == Some("int64") && schema.get("maximum").is_none();
    wide.then(|| Edit::set(&format!("{pointer}/format"), json!("int32")))
}

/// Numbers have to be whole.
pub(super) fn whole_number(pointer: &str, schema: &Value) -> Option<Edit> {
    let number = schema.get("type").and_then(Value::as_str) == Some("number");
    number.then(|| {
        let edit = Edit::set(&format!("{pointer}/type"), json!("integer"));
        match schema.get("format") {
            Some(_) => edit.and(Change::Remove(format!("{pointer}/format"))),
            None => edit,
        }
    })
}

/// A text has to match a pattern, or another one.
pub(super) fn change_pattern(pointer: &str, schema: &Value) -> Option<Edit> {
    is_free_text(schema).then(|| Edit::set(&format!("{pointer}/pattern"), json!("^[0-9]{4}-mutant$")))
}

/// A pattern is asked for no more.
pub(super) fn drop_pattern(pointer: &str, schema: &Value) -> Option<Edit> {
    schema.get("pattern").map(|_| Edit::remove(&format!("{pointer}/pattern")))
}

fn is_free_text(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("string")
        && schema.get("enum").is_none()
        && schema.get("format").and_then(Value::as_str).is_none_or(|format| format == "password")
}

/// An operator over the schema of a place itself.
pub(super) fn own(site: &Site<'_>, edit: fn(&str, &Value) -> Option<Edit>) -> Vec<Edit> {
    edit(site.pointer(), site.value()).into_iter().collect()
}

/// An operator over the schema of a parameter.
pub(super) fn of_parameter(site: &Site<'_>, edit: fn(&str, &Value) -> Option<Edit>) -> Vec<Edit> {
    let schema = site.node.member("schema").and_then(|schema| schema.resolve().ok());
    schema.and_then(|schema| edit(schema.pointer(), schema.value())).into_iter().collect()
}
