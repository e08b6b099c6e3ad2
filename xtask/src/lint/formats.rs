//! Formats that validator, generator and runtime know.

use cx_spec::schema::FORMATS;

use super::{finding::Findings, rules::Rule, subject::Subject};

pub const RULES: &[Rule] = &[Rule {
    name: "format",
    reason: "a format nobody knows is checked by nobody and becomes a plain text",
    check: format,
}];

fn format(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in subject.schemas() {
        let Some(format) = part.node.text("format") else { continue };
        let pointer = format!("{}/format", part.node.pointer());
        let Some((_, wanted)) = FORMATS.iter().find(|(name, _)| *name == format) else {
            let known: Vec<_> = FORMATS.iter().map(|(name, _)| *name).collect();
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
