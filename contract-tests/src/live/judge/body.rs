//! The body: media type, schema, and the members that no schema names.

use cx_mock::{Place, Violation};
use cx_spec::{
    Media,
    pointer::{escape, unescape},
};
use serde_json::Value;

use super::{Case, file_and_line, json_path, path_to_unnamed};
use crate::live::drift::{Finding, Kind, Severity};

pub(super) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let exchange = case.exchange;
    let (operation, status) = (&case.operation.id, exchange.status);
    let violations = case.validator.reply(operation, status, exchange.header("content-type"), &exchange.body);
    let body: Value = serde_json::from_slice(&exchange.body).unwrap_or_default();
    let found = violations.iter().flat_map(|violation| {
        let found = of_violation(case, violation, &body).into_iter();
        found.map(move |finding| (&violation.place, finding))
    });
    let mut findings: Vec<Finding> = Vec::new();
    for finding in plainest(found.collect()) {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    let unknown = case.validator.unknown_reply_members(operation, status, &body);
    findings.extend(unknown.iter().filter_map(|one| unnamed(case, one, &body, Severity::Drift)));
    let free = case.validator.free_reply_members(operation, status, &body);
    findings.extend(free.iter().filter_map(|one| unnamed(case, one, &body, Severity::Information)));
    findings
}

fn of_violation(case: &Case<'_>, violation: &Violation, body: &Value) -> Vec<Finding> {
    let finding = |path: &str, kind, expected: String, seen: String| Finding {
        path: path.to_owned(),
        kind,
        severity: Severity::Drift,
        expected,
        spec: file_and_line(&violation.spec),
        seen,
    };
    let bytes = case.exchange.body.len();
    let pointer = match &violation.place {
        Place::ReplyMediaType => {
            let seen = case.exchange.header("content-type").map_or("none", |_| "another type");
            return vec![finding("content-type", Kind::MediaType, media_types(case), seen.to_owned())];
        }
        Place::ReplyBody(pointer) => pointer,
        // The status has a judge of its own.
        _ => return Vec::new(),
    };
    match violation.rule.as_str() {
        "unexpected-body" => {
            vec![finding("$", Kind::UndocumentedBody, "no body".to_owned(), format!("{bytes} bytes"))]
        }
        "syntax" => {
            vec![finding("$", Kind::Unreadable, media_types(case), format!("{bytes} bytes of something else"))]
        }
        "required" if case.exchange.body.is_empty() => {
            vec![finding("$", Kind::EmptyBody, "a body".to_owned(), "nothing".to_owned())]
        }
        "required" => missing(case, violation, pointer, body)
            .into_iter()
            .map(|name| {
                let path = path_to_unnamed(&case.names(), body, &format!("{pointer}/{}", escape(&name)));
                finding(&path, Kind::MissingMember, format!("`{name}`, which is required"), "none".to_owned())
            })
            .collect(),
        rule => {
            let value = body.pointer(pointer).unwrap_or(&Value::Null);
            let expected = expected(case, violation);
            let kind = kind(rule, &expected, value);
            vec![finding(&json_path(&case.names(), body, pointer), kind, expected, seen(case, kind, pointer, value))]
        }
    }
}

fn kind(rule: &str, expected: &str, value: &Value) -> Kind {
    let container = |name: &str| matches!(name, "an object" | "an array");
    match rule {
        "type" | "oneOf" | "anyOf" if value.is_null() => Kind::Null,
        "enum" if value.is_null() => Kind::Null,
        "type" if container(expected) || value.is_object() || value.is_array() => Kind::Shape,
        "oneOf" | "anyOf" if value.is_object() || value.is_array() => Kind::Shape,
        "type" | "oneOf" | "anyOf" => Kind::Type,
        "enum" => Kind::UndocumentedValue,
        "format" => Kind::Format,
        _ => Kind::Rule,
    }
}

/// What the keyword at the violation's place of the document asks for.
fn expected(case: &Case<'_>, violation: &Violation) -> String {
    let keyword = case.validator.api().document().at(&violation.spec.pointer).map(|node| node.value());
    match (violation.rule.as_str(), keyword) {
        ("type", Some(Value::String(name))) => with_article(name),
        ("enum", Some(Value::Array(values))) => {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            format!("one of {}", values.join(", "))
        }
        ("format", Some(Value::String(name))) => format!("format `{name}`"),
        ("oneOf" | "anyOf", _) => "one of the alternatives".to_owned(),
        (rule, Some(value @ (Value::Number(_) | Value::Bool(_)))) => format!("{rule} {value}"),
        (rule, _) => format!("`{rule}` to hold"),
    }
}

fn with_article(name: &str) -> String {
    let article = if name.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {name}")
}

/// The type of a value and its size. Of a value outside a documented set the value itself, where it may be shown.
fn seen(case: &Case<'_>, kind: Kind, pointer: &str, value: &Value) -> String {
    let may_show = || media(case).is_some_and(|media| case.validator.schemas().may_show(&media.pointer, pointer));
    if kind == Kind::UndocumentedValue && may_show() {
        return value.as_str().filter(|text| text.len() <= 40).map_or_else(|| shape(value), |_| value.to_string());
    }
    shape(value)
}

/// A value as its type and size.
pub(crate) fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(number) if number.is_f64() => "a number with a fraction".to_owned(),
        Value::Number(_) => "an integer".to_owned(),
        Value::String(text) if text.is_empty() => "an empty string".to_owned(),
        Value::String(text) if text.parse::<f64>().is_ok() => "a string that holds a number".to_owned(),
        Value::String(_) => "a string".to_owned(),
        Value::Array(items) if items.is_empty() => "an empty array".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(members) if members.is_empty() => "an empty object".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// Required members that the value at a pointer lacks.
fn missing(case: &Case<'_>, violation: &Violation, pointer: &str, body: &Value) -> Vec<String> {
    let required = case.validator.api().document().at(&violation.spec.pointer);
    let names = required.iter().flat_map(|node| node.items()).filter_map(|node| node.value().as_str());
    let holder = body.pointer(pointer);
    names.filter(|name| holder.is_none_or(|holder| holder.get(name).is_none())).map(str::to_owned).collect()
}

/// A member that the document does not name, unless one of its examples shows it.
fn unnamed(case: &Case<'_>, violation: &Violation, body: &Value, severity: Severity) -> Option<Finding> {
    let Place::ReplyBody(pointer) = &violation.place else { return None };
    let path = path_to_unnamed(&case.names(), body, pointer);
    let steps: Vec<String> = pointer.split('/').skip(1).map(unescape).collect();
    let shown = media(case).is_some_and(|media| media.examples.iter().any(|example| shows(&example.value, &steps)));
    (!shown).then(|| Finding {
        path,
        kind: Kind::UndocumentedMember,
        severity,
        expected: match severity {
            Severity::Drift => "no such member",
            Severity::Information => "no such member by name; any may be there",
        }
        .to_owned(),
        spec: file_and_line(&violation.spec),
        seen: body.pointer(pointer).map(shape).unwrap_or_default(),
    })
}

/// Whether an example has something at the place where these steps of a pointer lead, in any item of a list.
fn shows(example: &Value, steps: &[String]) -> bool {
    let Some((first, rest)) = steps.split_first() else { return true };
    match example {
        Value::Object(members) => members.get(first).is_some_and(|inner| shows(inner, rest)),
        Value::Array(items) => first.parse::<usize>().is_ok() && items.iter().any(|inner| shows(inner, rest)),
        _ => false,
    }
}

/// The documented JSON body.
fn media<'c>(case: &'c Case<'_>) -> Option<&'c Media> {
    let reply = case.operation.reply(case.exchange.status)?;
    reply.media.iter().find(|media| media.is_json())
}

fn media_types(case: &Case<'_>) -> String {
    let media = case.operation.reply(case.exchange.status).map(|reply| reply.media.as_slice()).unwrap_or_default();
    media.iter().map(|media| media.media_type.as_str()).collect::<Vec<_>>().join(" or ")
}

/// One value that is wrong in its type breaks every other rule of its schema as well: only that is told of its place.
fn plainest(found: Vec<(&Place, Finding)>) -> Vec<Finding> {
    let of_type = |finding: &Finding| matches!(finding.kind, Kind::Null | Kind::Shape | Kind::Type);
    let plain: Vec<&Place> = found.iter().filter(|(_, one)| of_type(one)).map(|(place, _)| *place).collect();
    let kept = found
        .into_iter()
        .filter(|(place, one)| of_type(one) || one.kind == Kind::MissingMember || !plain.contains(place));
    kept.map(|(_, one)| one).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_example_shows_members_of_any_item_whatever_their_names() {
        let example = json!({"list": [{"a": 1}, {"ada@example.com": {"b": 1}}]});
        let shown =
            |steps: &[&str]| shows(&example, &steps.iter().map(|step| (*step).to_owned()).collect::<Vec<_>>());
        assert!(shown(&[]) && shown(&["list", "7", "a"]) && shown(&["list", "0", "ada@example.com", "b"]));
        assert!(!shown(&["a"]) && !shown(&["list", "a"]) && !shown(&["list", "0", "grace@example.com"]));
    }

    #[test]
    fn a_wrong_type_hides_what_else_is_wrong_at_its_place_and_nothing_of_the_next_item() {
        let finding = |kind| Finding {
            path: "$[*].a".to_owned(),
            kind,
            severity: Severity::Drift,
            expected: String::new(),
            spec: String::new(),
            seen: String::new(),
        };
        let [first, second] = ["/0/a", "/1/a"].map(|pointer| Place::ReplyBody(pointer.to_owned()));
        let found = vec![
            (&first, finding(Kind::Null)),
            (&first, finding(Kind::Format)),
            (&first, finding(Kind::MissingMember)),
            (&second, finding(Kind::Rule)),
        ];
        let kinds: Vec<Kind> = plainest(found).into_iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [Kind::Null, Kind::MissingMember, Kind::Rule]);
    }
}
