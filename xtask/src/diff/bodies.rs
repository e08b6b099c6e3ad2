//! Bodies: what a method takes, and what it returns.

use cx_spec::{Media, Operation, Reply, Status};

use super::{
    change::Changes,
    operations::method,
    schemas::{self, Pair, Way},
};

pub fn requests(changes: &mut Changes<'_>, old: &Operation, new: &Operation) {
    let at = format!("{}/requestBody", new.place.pointer);
    let name = method(new);
    let (before, after) = match (&old.body, &new.body) {
        (None, None) => return,
        (Some(_), None) => {
            changes.lost(&format!("{}/requestBody", old.place.pointer), format!("{name} lost the method `body`"));
            return;
        }
        (None, Some(body)) if body.required => {
            changes.breaking(&at, format!("{name} gained the method `body`, which has to be called"));
            return;
        }
        (None, Some(_)) => {
            changes.compatible(&at, format!("{name} gained the method `body`"));
            return;
        }
        (Some(before), Some(after)) => (before, after),
    };
    match (before.required, after.required) {
        (false, true) => changes.breaking(&at, format!("the body of {name} is required now")),
        (true, false) => changes.compatible(&at, format!("the body of {name} may be left out")),
        _ => {}
    }
    for media in after.media.iter().filter(|one| !has(&before.media, one)) {
        changes.compatible(&media.pointer, format!("the vendor takes `{}` from {name}", media.media_type));
    }
    let (Some(sent), Some(sends)) = (old.sent_media(), new.sent_media()) else { return };
    if sent.media_type != sends.media_type {
        let message = format!("{name} sends `{}` now, was `{}`", sends.media_type, sent.media_type);
        changes.breaking(&sends.pointer, message);
    }
    // What was sent by default is told above.
    let gone = before.media.iter().filter(|one| !has(&after.media, one) && one.media_type != sent.media_type);
    for media in gone {
        changes.lost(&media.pointer, format!("the vendor no longer takes `{}` from {name}", media.media_type));
    }
    media(changes, sent, sends, Way::Request, &format!("the body of {name}"));
}

pub fn replies(changes: &mut Changes<'_>, old: &Operation, new: &Operation) {
    let name = method(new);
    for before in &old.replies {
        match successor(new, before.status) {
            Some(after) => reply(changes, &name, before, after),
            None if before.status.is_success() => {
                changes.lost(&before.pointer, format!("{name} no longer succeeds with {}", before.status));
            }
            None => changes.lost(&before.pointer, format!("{name} no longer answers {}", before.status)),
        }
    }
    for after in new.replies.iter().filter(|reply| !old.replies.iter().any(|one| one.status == reply.status)) {
        let what = if after.status.is_success() { "may succeed with" } else { "may answer" };
        changes.compatible(&after.pointer, format!("{name} {what} {}", after.status));
    }
}

/// The reply that tells what one of a status says: its own, or the range it falls under.
fn successor(operation: &Operation, status: Status) -> Option<&Reply> {
    let own = operation.replies.iter().find(|reply| reply.status == status);
    own.or_else(|| match status {
        Status::Code(code) => operation.reply(code).filter(|reply| reply.status != Status::Default),
        Status::Range(_) | Status::Default => None,
    })
}

fn reply(changes: &mut Changes<'_>, name: &str, old: &Reply, new: &Reply) {
    let path = match new.status.is_success() {
        true => format!("the reply of {name}"),
        false => format!("the {} of {name}", old.status),
    };
    for before in &old.media {
        match new.media.iter().find(|one| one.media_type == before.media_type) {
            Some(after) => media(changes, before, after, Way::Reply, &path),
            None => changes.lost(&before.pointer, format!("{path} is no longer `{}`", before.media_type)),
        }
    }
    for after in new.media.iter().filter(|one| !has(&old.media, one)) {
        let message = format!("{path} may be `{}`", after.media_type);
        // A type where there was none gives the method something to return.
        match old.media.is_empty() && new.status.is_success() {
            true => changes.breaking(&after.pointer, format!("{message} now, where it was empty")),
            false => changes.compatible(&after.pointer, message),
        }
    }
}

fn has(all: &[Media], one: &Media) -> bool {
    all.iter().any(|other| other.media_type == one.media_type)
}

fn media(changes: &mut Changes<'_>, old: &Media, new: &Media, way: Way, path: &str) {
    let (before, after) = (changes.old.document().at(&old.pointer), changes.new.document().at(&new.pointer));
    if let (Some(before), Some(after)) = (before, after) {
        schemas::compare(changes, &Pair::new(&before, &after, way, path));
    }
}
