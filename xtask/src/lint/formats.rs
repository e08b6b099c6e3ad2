//! Formats that validator, generator and runtime know.

use super::{finding::Findings, rules::Rule, subject::Subject};

pub const RULES: &[Rule] = &[Rule {
    name: "format",
    reason: "a format nobody knows is checked by nobody and becomes a plain text",
    check: format,
}];

/// Format, the type it belongs to, and its pattern where the validator of JSON Schema does not know it.
const FORMATS: &[(&str, &str, Option<&str>)] = &[
    ("int32", "integer", None),
    ("int64", "integer", None),
    ("float", "number", None),
    ("double", "number", None),
    ("date", "string", Some(r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")),
    ("date-time", "string", None),
    ("cx-time", "string", Some(CX_TIME)),
    ("uuid", "string", Some("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")),
    ("byte", "string", Some("^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$")),
    ("email", "string", None),
    ("hostname", "string", None),
    ("ipv4", "string", None),
    ("ipv6", "string", None),
    ("uri", "string", None),
    ("binary", "string", Some("")),
    ("password", "string", Some("")),
];

/// Every spelling of a time that `spec/README.md` allows.
const CX_TIME: &str = concat!(
    r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
    r"(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)?",
    r"| ([01]\d|2[0-3]):[0-5]\d:[0-5]\d( [+-]([01]\d|2[0-3])[0-5]\d|[+-]([01]\d|2[0-3]):[0-5]\d)?)$",
);

/// The pattern that stands for a format.
pub fn pattern(format: &str) -> Option<&'static str> {
    FORMATS.iter().find(|(name, ..)| *name == format)?.2
}

/// The format that a pattern stands for.
pub fn of_pattern(pattern: &str) -> Option<&'static str> {
    FORMATS.iter().find(|(_, _, known)| *known == Some(pattern)).map(|(name, ..)| *name)
}

/// The range of a format of integers.
pub fn range(format: &str) -> Option<(i64, i64)> {
    match format {
        "int32" => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
        "int64" => Some((i64::MIN, i64::MAX)),
        _ => None,
    }
}

fn format(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in subject.schemas() {
        let Some(format) = part.node.text("format") else { continue };
        let pointer = format!("{}/format", part.node.pointer());
        let Some((_, wanted, _)) = FORMATS.iter().find(|(name, ..)| *name == format) else {
            let known: Vec<_> = FORMATS.iter().map(|(name, ..)| *name).collect();
            let fix = format!("use one of {}, or leave it out", known.join(", "));
            findings.at(&pointer, format!("nobody here knows the format `{format}`"), fix);
            continue;
        };
        let kind = part.node.text("type").unwrap_or("any type");
        if kind != *wanted {
            let message = format!("the format `{format}` belongs to `{wanted}`, not to `{kind}`");
            findings.at(&pointer, message, format!("write `type: {wanted}`, or leave the format out"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_spellings_of_a_time() {
        let is_time = |text: &str| {
            let schema = serde_json::json!({"pattern": CX_TIME});
            jsonschema::is_valid(&schema, &text.into())
        };
        for text in [
            "2018-03-05 09:41:27 -0800",
            "2014-12-01 18:36:59",
            "2015-02-12T06:29:27.000-08:00",
            "2015-02-12T06:29:27",
            "2015-04-20 04:46:51-08:00",
            "2015-02-12T06:29:27Z",
        ] {
            assert!(is_time(text), "{text}");
        }
        for text in ["", "1515940485", "2018-03-05", "2018-03-05T24:00:00Z", "2018-03-05 09:41:27 -08:00", "soon"] {
            assert!(!is_time(text), "{text}");
        }
    }
}
