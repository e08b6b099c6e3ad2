//! `Prefer: code=404, example=not_found` (RFC 7240), which lets a person or a client in any language pick the reply.

use cx_spec::{Operation, Reply};

use super::answer::STATUSES;
use crate::outgoing;

/// What the header asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Prefer {
    /// What no reply can have is kept as it is written, so that its sender can be told.
    pub code: Option<Result<u16, String>>,
    pub example: Option<String>,
}

/// Reads all `Prefer` headers of a request; None if they hold nothing for a mock.
pub(super) fn read(headers: &[(String, String)]) -> Option<Prefer> {
    let mut found = Prefer::default();
    for (_, value) in headers.iter().filter(|(name, _)| name == "prefer") {
        for preference in value.split([',', ';']) {
            let Some((name, value)) = preference.split_once('=') else { continue };
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "code" => found.code = Some(code(value)),
                "example" => found.example = Some(value.to_owned()),
                _ => {}
            }
        }
    }
    (found != Prefer::default()).then_some(found)
}

/// A status that ends an exchange; else the text.
fn code(text: &str) -> Result<u16, String> {
    text.parse().ok().filter(|code| STATUSES.contains(code)).ok_or_else(|| text.to_owned())
}

/// The status that goes without saying: that of the named example, else the first success.
pub(super) fn status(operation: &Operation, example: Option<&str>) -> Option<u16> {
    let has = |reply: &&Reply| {
        let mut examples = reply.media.iter().flat_map(|media| &media.examples);
        example.is_some_and(|name| examples.any(|one| one.name == name))
    };
    let named = operation.replies.iter().find(has);
    named.or_else(|| outgoing::success(operation)).map(|reply| reply.status.representative())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_code_and_example_in_any_order() {
        let read = |value: &str| read(&[("prefer".to_owned(), value.to_owned())]);
        assert_eq!(
            read("respond-async, Example=\"a b\"; code=404"),
            Some(Prefer { code: Some(Ok(404)), example: Some("a b".into()) })
        );
        assert_eq!(read("respond-async"), None);
    }
}
