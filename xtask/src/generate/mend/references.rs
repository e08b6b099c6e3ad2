//! References: local ones are followed, others are reported.

use cx_spec::{METHODS, SpecError, pointer::escape};
use serde_json::{Value, json};

use super::{Mending, edit, in_schema};

/// Writes out path items that stand elsewhere in the document.
pub fn path_items(mending: &mut Mending<'_>) -> Result<(), SpecError> {
    let paths = mending.value.get("paths").and_then(Value::as_object).cloned().unwrap_or_default();
    let by_reference = |(path, item): &(String, Value)| !path.starts_with("x-") && item.get("$ref").is_some();
    for (path, item) in paths.into_iter().filter(by_reference) {
        let pointer = format!("/paths/{}", escape(&path));
        match edit::follow(&mending.value, &item) {
            Ok(target) => {
                let mut whole = target.clone();
                if let (Some(whole), Some(own)) = (whole.as_object_mut(), item.as_object()) {
                    whole.extend(
                        own.iter().filter(|(key, _)| *key != "$ref").map(|(key, one)| (key.clone(), one.clone())),
                    );
                }
                if let Some(slot) = mending.value.pointer_mut(&pointer) {
                    *slot = whole;
                }
            }
            Err(reference) => {
                mending.unfollowed(&pointer, &reference, true)?;
                edit::remove(&mut mending.value, &pointer);
            }
        }
    }
    Ok(())
}

/// Reports what leaves the document or points at nothing: a schema becomes any JSON, a header, an example or a link
/// goes, anything else takes its operation with it.
pub fn references(mending: &mut Mending<'_>) -> Result<(), SpecError> {
    for round in 0.. {
        let mut broken = Vec::new();
        edit::each_object(&mending.value, &mut |pointer, object| {
            if object.get("$ref").is_some_and(Value::is_string)
                && let Err(reference) = edit::follow(&mending.value, object)
            {
                broken.push((pointer.to_owned(), reference));
            }
        });
        // What was taken out in the round before is not the document's fault.
        let is_own_fault = round == 0;
        if broken.is_empty() {
            break;
        }
        for (pointer, reference) in broken {
            if in_schema(&pointer) {
                mending.unfollowed_schema(&pointer, &reference, is_own_fault)?;
                if let Some(slot) = mending.value.pointer_mut(&pointer) {
                    *slot = json!({});
                }
            } else {
                mending.unfollowed(&pointer, &reference, is_own_fault)?;
                // Where nothing can or need go with it, the reference goes alone: otherwise it would be found in every round.
                if in_extension(&pointer) || !edit::remove(&mut mending.value, &holder(&pointer)) {
                    edit::remove(&mut mending.value, &format!("{pointer}/$ref"));
                }
            }
        }
    }
    Ok(())
}

impl Mending<'_> {
    /// Reports a reference that takes something with it; one to nothing ends the run unless it is to keep going.
    fn unfollowed(&mut self, pointer: &str, reference: &str, is_own_fault: bool) -> Result<(), SpecError> {
        let reason = self.unfollowable(pointer, reference, is_own_fault)?;
        self.left_out(pointer, reason);
        Ok(())
    }

    fn unfollowed_schema(&mut self, pointer: &str, reference: &str, is_own_fault: bool) -> Result<(), SpecError> {
        let reason = self.unfollowable(pointer, reference, is_own_fault)?;
        self.replaced(pointer, format!("{reason}; any JSON stands for it"));
        Ok(())
    }

    fn unfollowable(&self, pointer: &str, reference: &str, is_own_fault: bool) -> Result<String, SpecError> {
        if !reference.starts_with('#') {
            return Ok(format!("`$ref: {reference}` leaves the document"));
        }
        if is_own_fault && !self.keep_going {
            let message = format!("`$ref: {reference}` points at nothing; define it or correct the name");
            return Err(self.document.error(pointer, message));
        }
        Ok(format!("`$ref: {reference}` points at nothing"))
    }
}

/// Whether a pointer leads into an extension, which nothing here is made from.
fn in_extension(pointer: &str) -> bool {
    /// Objects whose keys are names that a vendor chose.
    const NAMES: &[&str] =
        &["properties", "headers", "schemas", "parameters", "responses", "requestBodies", "examples"];
    let steps: Vec<&str> = pointer.split('/').collect();
    steps.windows(2).any(|pair| matches!(pair, [map, step] if step.starts_with("x-") && !NAMES.contains(map)))
}

/// The smallest part of the document that can go when a reference in it cannot be followed.
fn holder(pointer: &str) -> String {
    const MAPS: &[&str] = &["headers", "examples", "links", "callbacks"];
    let steps: Vec<&str> = pointer.split('/').collect();
    let upto = |count: usize| steps.iter().take(count).copied().collect::<Vec<_>>().join("/");
    if let Some(at) = steps.iter().position(|step| MAPS.contains(step)) {
        return upto(at + 2);
    }
    match (steps.get(1), steps.get(3)) {
        // An error reply has no type of its own.
        (Some(&"paths"), _) if is_error_reply(&steps) => upto(6),
        (Some(&"paths"), Some(method)) if METHODS.contains(method) => upto(4),
        (Some(&"paths"), _) => upto(3),
        // A component: `/components/responses/Name`.
        _ => upto(4),
    }
}

fn is_error_reply(steps: &[&str]) -> bool {
    steps.get(4) == Some(&"responses") && steps.get(5).is_some_and(|status| status.starts_with(['3', '4', '5']))
}
