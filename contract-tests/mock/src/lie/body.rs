//! Lies about the members of a body.

use cx_spec::{Media, Operation, pointer::unescape};
use serde_json::{Map, Value, json};

use super::{
    Lie, head,
    members::{self, Site},
};
use crate::{
    incoming::falls_under,
    outgoing::Outgoing,
    validator::Validator,
    violation::{Place, Violation},
};

/// The name of a member that no document has.
const EXTRA: &str = "undocumented_member";
/// A value that no enumeration has.
const UNKNOWN: &str = "undocumented_value";

/// What is done to one place of a body.
enum Edit {
    /// Something else stands there.
    Put(Value),
    /// Nothing stands there.
    Drop,
    /// It stands under another name.
    Rename(String),
    /// One more member stands in it.
    Add,
}

/// What is left of the reply after the lie: the first place where the document contradicts it.
pub(super) fn tell(
    lie: Lie,
    validator: &Validator,
    operation: &Operation,
    honest: &Outgoing,
) -> Option<(Outgoing, Place)> {
    let body = head::json_of(honest)?;
    let content_type = honest.content_type()?;
    let fits = |media: &&Media| falls_under(content_type, &media.media_type);
    let media = operation.reply(honest.status)?.media.iter().find(fits)?;
    let truth = findings(validator, operation, honest, &body);
    members::sites(validator.api(), &media.pointer, &body).iter().find_map(|site| {
        let edit = edit(lie, site)?;
        let place = place(site, &edit);
        let changed = apply(&body, &site.pointer, edit)?;
        let outgoing = Outgoing { body: changed.to_string().into_bytes(), ..honest.clone() };
        let is_news = findings(validator, operation, &outgoing, &changed) != truth;
        is_news.then_some((outgoing, Place::ReplyBody(place)))
    })
}

/// What the document has against a body, news included.
fn findings(validator: &Validator, operation: &Operation, outgoing: &Outgoing, body: &Value) -> Vec<Violation> {
    let mut found = validator.reply(&operation.id, outgoing.status, outgoing.content_type(), &outgoing.body);
    found.extend(validator.unknown_reply_members(&operation.id, outgoing.status, body));
    found
}

fn place(site: &Site<'_, '_>, edit: &Edit) -> String {
    match edit {
        Edit::Add => format!("{}/{EXTRA}", site.pointer),
        _ => site.pointer.clone(),
    }
}

/// What the lie would do at a place; none if nothing. Whether the document minds is asked afterwards.
fn edit(lie: Lie, site: &Site<'_, '_>) -> Option<Edit> {
    let is_member = !site.pointer.is_empty() && !site.is_item;
    let put = |value: Option<Value>| value.map(Edit::Put);
    match lie {
        Lie::WrappedBody if site.pointer.is_empty() => put(Some(json!({"payload": site.value?}))),
        Lie::ListedBody if site.pointer.is_empty() => put(Some(json!([site.value?]))),
        Lie::MissingMember if is_member => site.value.map(|_| Edit::Drop),
        Lie::RenamedMember if is_member => site.value.map(|_| Edit::Rename("renamed_".to_owned())),
        Lie::ExtraMember if site.depth == 0 => site.value.filter(|value| value.is_object()).map(|_| Edit::Add),
        Lie::ExtraNestedMember if site.depth > 0 => site.value.filter(|value| value.is_object()).map(|_| Edit::Add),
        Lie::NullMember if is_member => site.value.map(|_| Edit::Put(Value::Null)),
        Lie::NullItem if site.is_item => Some(Edit::Put(Value::Null)),
        Lie::ObjectAsList | Lie::ObjectAsText | Lie::ListAsObject | Lie::ListAsText if site.pointer.is_empty() => {
            None
        }
        _ => put(retyped(lie, site.value).or_else(|| of_another_value(lie, site))),
    }
}

/// The same in another type.
fn retyped(lie: Lie, value: Option<&Value>) -> Option<Value> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match (lie, value?) {
        (Lie::NumberAsText, value @ Value::Number(_)) => Some(json!(value.to_string())),
        (Lie::TextAsNumber, Value::String(_)) => Some(json!(7)),
        (Lie::FlagAsText, value @ Value::Bool(_)) => Some(json!(value.to_string())),
        (Lie::FlagAsNumber, Value::Bool(flag)) => Some(json!(u8::from(*flag))),
        (Lie::ScalarAsObject, value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => {
            Some(json!({"value": value}))
        }
        (Lie::ScalarAsList, value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => Some(json!([value])),
        (Lie::ObjectAsList, value @ Value::Object(_)) => Some(json!([value])),
        (Lie::ObjectAsText, value @ Value::Object(_)) => Some(json!(value.to_string())),
        (Lie::ListAsObject, Value::Array(items)) => {
            let members = items.iter().enumerate().map(|(index, item)| (index.to_string(), item.clone()));
            Some(Value::Object(members.collect::<Map<_, _>>()))
        }
        (Lie::ListAsText, Value::Array(items)) => Some(json!(items.iter().map(text).collect::<Vec<_>>().join(","))),
        (Lie::Fraction, value @ Value::Number(_)) if value.is_i64() || value.is_u64() => {
            Some(json!(value.as_f64()? + 0.5))
        }
        _ => None,
    }
}

/// Another value of the same type, which the schema does not allow.
fn of_another_value(lie: Lie, site: &Site<'_, '_>) -> Option<Value> {
    let shape = site.shape.as_ref()?;
    let known = || shape.value("enum").and_then(Value::as_array);
    let bound = |keyword: &str| shape.value(keyword).and_then(Value::as_f64);
    match lie {
        Lie::UnknownValue if known()?.iter().any(Value::is_number) => Some(json!(987_654_321)),
        Lie::UnknownValue => known()?.iter().any(Value::is_string).then(|| json!(UNKNOWN)),
        Lie::OtherCase => {
            let one = known()?.iter().find_map(Value::as_str)?;
            let other = if one.to_uppercase() == one { one.to_lowercase() } else { one.to_uppercase() };
            (!known()?.contains(&json!(other))).then(|| json!(other))
        }
        Lie::BadFormat => shape.text("format").filter(|_| shape.kind() == Some("string")).map(|_| json!("\u{1}no {")),
        Lie::TooSmall => bound("minimum").map(|least| json!(least.floor() - 1.0)).map(whole),
        Lie::TooLarge => bound("maximum").map(|most| json!(most.ceil() + 1.0)).map(whole),
        Lie::TooWide => match shape.text("format")? {
            "int32" => Some(json!(1_u64 << 40)),
            "int64" => Some(json!(u64::MAX)),
            _ => None,
        },
        _ => None,
    }
}

/// `7.0` is a whole number to a schema; a server would write `7`.
fn whole(value: Value) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "bounds of documents are small, and a float that is cut is still off"
    )]
    value.as_f64().map_or(value, |number| json!(number as i64))
}

fn apply(body: &Value, pointer: &str, edit: Edit) -> Option<Value> {
    let mut changed = body.clone();
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        return match edit {
            Edit::Put(value) => Some(value),
            Edit::Add => {
                changed.as_object_mut()?.insert(EXTRA.to_owned(), json!("new"));
                Some(changed)
            }
            Edit::Drop | Edit::Rename(_) => None,
        };
    };
    let key = unescape(key);
    match (changed.pointer_mut(parent)?, edit) {
        (Value::Object(members), Edit::Put(value)) => {
            members.insert(key, value);
        }
        (Value::Array(items), Edit::Put(value)) => *items.get_mut(key.parse::<usize>().ok()?)? = value,
        (Value::Object(members), Edit::Drop) => {
            members.shift_remove(&key)?;
        }
        (Value::Object(members), Edit::Rename(prefix)) => {
            let value = members.shift_remove(&key)?;
            members.insert(format!("{prefix}{key}"), value);
        }
        (_, Edit::Add) => {
            changed.pointer_mut(pointer)?.as_object_mut()?.insert(EXTRA.to_owned(), json!("new"));
        }
        _ => return None,
    }
    Some(changed)
}
