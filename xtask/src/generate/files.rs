//! Files in request bodies: a multipart body has them as parts of their own, and no other body has a place for them.

use std::collections::BTreeSet;

use cx_spec::{Api, Media, Node, schema::Shape};

/// A member of a multipart body that is a file.
pub struct File {
    /// Its name.
    pub name: String,
    /// The largest size that the vendor takes, in bytes.
    pub max_bytes: Option<u64>,
}

/// The members of a body that go out as files.
pub fn parts(api: &Api, media: &Media) -> Vec<File> {
    if !media.is_multipart() {
        return Vec::new();
    }
    let body = Shape::at(api, &media.pointer);
    let file = |name: &str| {
        let member = body.property(name)?;
        is_file(&member).then(|| File { name: name.to_owned(), max_bytes: member.count("x-max-bytes") })
    };
    body.property_names().into_iter().filter_map(file).collect()
}

/// Pointer of the first file of a body that is no part of its own: one in a list, below a member, or in JSON. The type of a
/// file has no content to write in such a place.
pub fn misplaced(api: &Api, media: &Media) -> Option<String> {
    // Any other body is one value, which the caller writes.
    if !media.is_json() && !media.is_form() {
        return None;
    }
    let parts: Vec<String> = parts(api, media).into_iter().map(|file| file.name).collect();
    let root = api.document().at(&media.pointer)?;
    let mut seen = BTreeSet::new();
    first_file(&root, &mut seen, &parts)
}

/// The first file at or below a schema. `parts` are the members of its own that are none of our business.
fn first_file(schema: &Node<'_>, seen: &mut BTreeSet<String>, parts: &[String]) -> Option<String> {
    let target = schema.resolve().ok()?;
    if target.text("type") == Some("string") && target.text("format") == Some("binary") {
        return Some(schema.pointer().to_owned());
    }
    if !seen.insert(target.pointer().to_owned()) {
        return None;
    }
    let members = target.member("properties").map(|node| node.members()).unwrap_or_default();
    let members = members.into_iter().filter(|(name, _)| !parts.iter().any(|part| part == name));
    let mut found = members.map(|(_, member)| member).find_map(|member| first_file(&member, seen, &[]));
    for key in ["items", "additionalProperties"] {
        found = found.or_else(|| first_file(&target.member(key)?, seen, &[]));
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        let branches = target.member(key).map(|node| node.items()).unwrap_or_default();
        found = found.or_else(|| branches.iter().find_map(|branch| first_file(branch, seen, parts)));
    }
    found
}

fn is_file(shape: &Shape<'_>) -> bool {
    shape.text("format") == Some("binary") && shape.text("type") == Some("string")
}
