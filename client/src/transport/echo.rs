//! A token that a vendor sends back in an error.

use std::{collections::VecDeque, ops::Range};

use bytes::Bytes;

use crate::secret::Secret;

/// Shorter texts occur by chance: taking them out would make an error unreadable and hide nothing.
const SHORTEST_HIDDEN: usize = 8;

/// What stands where the token stood.
const MASK: &[u8] = b"***";

/// The body of an error without the token, letter for letter or escaped: what a vendor says of a request is written into
/// logs, and whoever reads its JSON or follows its links takes the escapes off.
pub(super) fn without(body: Bytes, token: &Secret) -> Bytes {
    let token = token.expose().as_bytes();
    if token.len() < SHORTEST_HIDDEN {
        return body;
    }
    let places = places(&body, token);
    if places.is_empty() {
        return body;
    }
    let mut clean = Vec::with_capacity(body.len());
    let mut done = 0;
    for place in places {
        // Else it is another reading of what was masked just now.
        if let Some(before) = body.get(done..place.start) {
            clean.extend_from_slice(before);
            clean.extend_from_slice(MASK);
        }
        done = done.max(place.end);
    }
    clean.extend_from_slice(body.get(done..).unwrap_or_default());
    clean.into()
}

/// Where the token stands, from the front to the back. Each spelling is read once from end to end, and takes no more time
/// for a body that nearly holds the token everywhere.
fn places(body: &[u8], token: &[u8]) -> Vec<Range<usize>> {
    // Without its sign a spelling reads the same as the one before.
    let spellings = |sign: u8| if body.contains(&sign) { &[false, true][..] } else { &[false] };
    let finder = Finder::new(token);
    let mut places = Vec::new();
    for &json in spellings(b'\\') {
        for &url in spellings(b'%') {
            finder.find(body, Spelling { json, url }, &mut places);
        }
    }
    places.sort_by_key(|place| place.start);
    places
}

/// Which escapes are taken off.
#[derive(Clone, Copy)]
struct Spelling {
    /// Those of a text in JSON (RFC 8259 §7), as far as a token has what they stand for.
    json: bool,
    /// Those of a URL (RFC 3986 §2.1).
    url: bool,
}

impl Spelling {
    /// The first byte of a text, and how many bytes it is written with.
    fn first(self, text: &[u8]) -> Option<(u8, usize)> {
        let escaped = match text {
            [b'\\', b'u', b'0', b'0', high, low, ..] if self.json => (hex(*high, *low), 6),
            [b'\\', sign @ (b'"' | b'\\' | b'/'), ..] if self.json => (Some(*sign), 2),
            [b'%', high, low, ..] if self.url => (hex(*high, *low), 3),
            _ => (None, 1),
        };
        match escaped {
            (Some(byte), length) => Some((byte, length)),
            (None, _) => Some((*text.first()?, 1)),
        }
    }
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Looks for a text without ever going back (Knuth, Morris and Pratt).
struct Finder<'t> {
    wanted: &'t [u8],
    /// For each beginning of it, the longest shorter one in which that ends.
    shorter: Vec<usize>,
}

impl<'t> Finder<'t> {
    fn new(wanted: &'t [u8]) -> Self {
        let mut finder = Self { wanted, shorter: vec![0] };
        let mut matched = 0;
        for byte in wanted.iter().skip(1) {
            matched = finder.step(matched, *byte);
            finder.shorter.push(matched);
        }
        finder
    }

    /// How much of the text has come with one more byte.
    fn step(&self, mut matched: usize, byte: u8) -> usize {
        while self.wanted.get(matched) != Some(&byte) {
            let Some(last) = matched.checked_sub(1) else { return 0 };
            matched = self.shorter.get(last).copied().unwrap_or_default();
        }
        matched + 1
    }

    fn find(&self, body: &[u8], spelling: Spelling, places: &mut Vec<Range<usize>>) {
        // Where the last bytes begin, as many as are looked for.
        let mut starts = VecDeque::with_capacity(self.wanted.len());
        let (mut at, mut matched) = (0, 0);
        while let Some((byte, length)) = body.get(at..).and_then(|left| spelling.first(left)) {
            if starts.len() == self.wanted.len() {
                starts.pop_front();
            }
            starts.push_back(at);
            at += length;
            matched = self.step(matched, byte);
            if matched == self.wanted.len() {
                places.extend(starts.front().map(|start| *start..at));
                matched = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(body: &'static str, token: &str) -> Bytes {
        without(Bytes::from_static(body.as_bytes()), &token.into())
    }

    #[test]
    fn a_token_is_taken_out_wherever_it_stands_and_nothing_else_is() {
        for (body, expected) in [
            ("canary-4711", "***"),
            ("canary-4711 and canary-4711.", "*** and ***."),
            ("canary-4711canary-4711", "******"),
            ("bad: Bearer canary-4711", "bad: Bearer ***"),
            ("ccanary-4711canary-471", "c***canary-471"),
            ("100 %canary-4711 or \\canary-4711", "100 %*** or \\***"),
            ("", ""),
        ] {
            assert_eq!(clean(body, "canary-4711"), expected, "{body}");
        }
        assert_eq!(clean("bad: 12345678", "12345678"), "bad: ***");
        // A word that many errors hold, and no text at all.
        assert_eq!(clean("the token is spent", "token"), "the token is spent");
        assert_eq!(clean("any", ""), "any");
    }

    #[test]
    fn a_token_that_begins_like_itself_is_found_behind_its_own_beginning() {
        assert_eq!(clean("aaaaaaaaab", "aaaaaaab"), "aa***");
        assert_eq!(clean("ababababac", "abababac"), "ab***");
        assert_eq!(clean("aabaabaabaac", "aabaabaac"), "aab***");
        assert_eq!(clean("aabaabaabaab", "aabaabaac"), "aabaabaabaab");
    }

    #[test]
    fn a_token_is_taken_out_however_it_is_escaped() {
        let token = "canary+/4711==";
        for (body, expected) in [
            (r#"{"error":"Bearer canary+\/4711== is bad"}"#, r#"{"error":"Bearer *** is bad"}"#),
            (r#"{"error":"canary\u002b/4711\u003d\u003D"}"#, r#"{"error":"***"}"#),
            (r#"{"error":"canary\u002B\/4711\u003d="}"#, r#"{"error":"***"}"#),
            ("/login?token=canary%2B%2F4711%3D%3D&a=%2B", "/login?token=***&a=%2B"),
            ("/login?token=%63%61nary%2b/4711%3d=", "/login?token=***"),
            // An address in JSON.
            (r#"{"at":"\/login?token=canary%2B\/4711%3D%3D"}"#, r#"{"at":"\/login?token=***"}"#),
            (r#"canary+\/4711== %2B canary%2B/4711=="#, "*** %2B ***"),
            // Another token.
            (r#"{"error":"canary+\/4711=\u003c"}"#, r#"{"error":"canary+\/4711=\u003c"}"#),
            ("canary%2B%2X4711%3D%3D", "canary%2B%2X4711%3D%3D"),
            (r"canary+/4711=\u003", r"canary+/4711=\u003"),
        ] {
            assert_eq!(clean(body, token), expected, "{body}");
        }
    }

    #[test]
    fn a_token_with_signs_that_escape_is_found_as_it_is_and_escaped() {
        for (token, body, expected) in [
            ("canary%2B4711", "is canary%2B4711 bad", "is *** bad"),
            ("canary%2B4711", "is canary%252B4711 bad", "is *** bad"),
            (r#"canary\"4711"#, r#"is canary\"4711 bad"#, "is *** bad"),
            (r"canary\u00414711", r"is canary\u00414711 bad", "is *** bad"),
            (r#"canary\"4711"#, r#"is canary\\\"4711 bad"#, "is *** bad"),
        ] {
            assert_eq!(clean(body, token), expected, "{body}");
        }
    }
}
