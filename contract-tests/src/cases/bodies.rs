//! Request bodies: whole, bare, each place of them varied, each notation.

use cx_mock::schema::Reading;
use cx_spec::{Media, Operation};
use serde_json::Value;

use super::{
    Case, Expected, Lacking, examples,
    maker::{Fill, Filled, Kit, Maker},
    variations::{Nulls, Seen, Varier},
};
use crate::anatomy::Anatomy;

pub(super) fn of(kit: &Kit<'_>, operation: &Operation, seen: &mut Seen) -> Vec<Case> {
    let (Some(template), Some(body), Some(sent)) =
        (examples::success(operation), &operation.body, operation.sent_media())
    else {
        return Vec::new();
    };
    let mut cases = Vec::new();
    for media in &body.media {
        let is_sent = media.media_type == sent.media_type;
        let notation = (!is_sent).then(|| media.media_type.clone());
        let case = |name: &str, value: &Value| {
            let place = if is_sent { "body" } else { media.media_type.as_str() };
            let mut case = Case {
                id: format!("{}/request/{place}{name}", template.id),
                media_type: notation.clone(),
                ..template.clone()
            };
            if let Some(arguments) = case.arguments.as_object_mut() {
                arguments.insert("body".to_owned(), value.clone());
            }
            case
        };
        for (name, value) in &*filled(kit, media, Reading::Request) {
            cases.push(case(name, value));
        }
        // The places of one schema are varied in one notation.
        for one in varied(kit, media, Reading::Request, seen) {
            let mut varied = case(&one.name(), &one.value);
            if one.is_missing {
                varied.expected = Expected::RequestRefused(Lacking::Member(one.pointer));
            }
            cases.push(varied);
        }
    }
    cases
}

/// Whole and bare values of a media type, of each of its branches.
pub(super) fn filled(kit: &Kit<'_>, media: &Media, way: Reading) -> Filled {
    kit.filled(format!("{} {way:?} {:?}", media.pointer, nulls_of(media)), || fill(kit, media, way))
}

fn fill(kit: &Kit<'_>, media: &Media, way: Reading) -> Vec<(String, Value)> {
    let Some(anatomy) = Anatomy::at(kit.api, &media.pointer, way) else { return Vec::new() };
    let maker = Maker { kit, way };
    let branches = anatomy.branches();
    let shapes: Vec<(String, Anatomy<'_>)> = if branches.is_empty() {
        vec![(String::new(), anatomy)]
    } else {
        let chosen = branches.iter().map(|branch| anatomy.with_branch(branch));
        chosen.enumerate().map(|(index, chosen)| (format!("/branch{index}"), chosen)).collect()
    };
    let mut found: Vec<(String, Value)> = Vec::new();
    for (branch, shape) in shapes {
        for (label, fill) in [("whole", Fill::Whole), ("bare", Fill::Bare), ("nulls", Fill::Nulls)] {
            if fill == Fill::Nulls && nulls_of(media) == Nulls::Unwritten {
                continue;
            }
            let Some(value) = maker.made_of(&shape, fill, &[]) else { continue };
            // A body whose required members are all that it has is whole already, and one without nulls is the same again.
            if !found.iter().any(|(_, known)| *known == value) {
                found.push((format!("{branch}/{label}"), value));
            }
        }
    }
    found
}

/// Each place of a media type that has not been varied before.
pub(super) fn varied(
    kit: &Kit<'_>,
    media: &Media,
    way: Reading,
    seen: &mut Seen,
) -> Vec<super::variations::Variation> {
    let Some(node) = kit.api.document().at(&media.pointer) else { return Vec::new() };
    let nulls = nulls_of(media);
    // Once all of it has been gone through, nothing in it is new.
    if !seen.insert(format!("{} all, nulls {nulls:?}", media.pointer)) {
        return Vec::new();
    }
    Varier { maker: Maker { kit, way }, nulls, seen }.vary(&node, &[])
}

fn nulls_of(media: &Media) -> Nulls {
    if media.is_json() { Nulls::Written } else { Nulls::Unwritten }
}
