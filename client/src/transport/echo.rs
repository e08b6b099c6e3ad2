//! A token that a vendor sends back in an error.

use bytes::Bytes;

use crate::secret::Secret;

/// Shorter texts occur by chance: taking them out would make an error unreadable and hide nothing.
const SHORTEST_HIDDEN: usize = 8;

/// What stands where the token stood.
const MASK: &[u8] = b"***";

/// The body of an error without the token: what a vendor says of a request is written into logs.
pub(super) fn without(body: Bytes, token: &Secret) -> Bytes {
    let token = token.expose().as_bytes();
    if token.len() < SHORTEST_HIDDEN || find(&body, token).is_none() {
        return body;
    }
    let mut clean = Vec::with_capacity(body.len());
    let mut left: &[u8] = &body;
    while let Some(at) = find(left, token) {
        let (before, rest) = left.split_at(at);
        clean.extend_from_slice(before);
        clean.extend_from_slice(MASK);
        left = rest.strip_prefix(token).unwrap_or_default();
    }
    clean.extend_from_slice(left);
    clean.into()
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|part| part == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_out_wherever_it_stands_and_nothing_else_is() {
        let clean = |body: &'static str, token: &str| without(Bytes::from_static(body.as_bytes()), &token.into());
        for (body, expected) in [
            ("canary-4711", "***"),
            ("canary-4711 and canary-4711.", "*** and ***."),
            ("bad: Bearer canary-4711", "bad: Bearer ***"),
            ("ccanary-4711canary-471", "c***canary-471"),
            ("", ""),
        ] {
            assert_eq!(clean(body, "canary-4711"), expected, "{body}");
        }
        assert_eq!(clean("bad: 12345678", "12345678"), "bad: ***");
        // A word that many errors hold, and no text at all.
        assert_eq!(clean("the token is spent", "token"), "the token is spent");
        assert_eq!(clean("any", ""), "any");
    }
}
