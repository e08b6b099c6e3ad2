//! Who says so.

use cx_spec::Node;

use super::{
    finding::Findings,
    rules::Rule,
    subject::{Kind, Subject},
};

pub const RULES: &[Rule] = &[Rule {
    name: "provenance",
    reason: "every operation and every component schema names who attests it; nothing is invented",
    check: provenance,
}];

fn provenance(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let operations = subject.of(Kind::Operation).map(|node| ("operation", node));
    let schemas = subject.of(Kind::Component).map(|node| ("schema", node));
    for (what, node) in operations.chain(schemas) {
        let fix = "name tags of *Sources* in spec/README.md, such as `x-source: [seed]`";
        match node.member("x-source") {
            None => findings.at(node.pointer(), format!("the {what} has no `x-source`"), fix),
            Some(source) if source.items().is_empty() => {
                findings.at(source.pointer(), format!("the `x-source` of the {what} names nobody"), fix);
            }
            Some(source) if source.items().iter().any(is_blank) => {
                findings.at(source.pointer(), format!("the `x-source` of the {what} has an entry without text"), fix);
            }
            Some(_) => {}
        }
    }
}

fn is_blank(tag: &Node<'_>) -> bool {
    tag.value().as_str().is_none_or(|text| text.trim().is_empty())
}
