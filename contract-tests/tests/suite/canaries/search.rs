//! Finds a word in whatever form it got into a text.

use base64::{Engine, engine::general_purpose as base64_of};

/// The form in which a text holds a word, if it does. Case does not count, but in base64.
pub fn found(text: &str, word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    let twice = percent_encoding::percent_decode_str(&decoded).decode_utf8_lossy();
    for (form, view) in [
        ("as it is", text.to_owned()),
        ("percent-encoded", decoded.clone().into_owned()),
        ("percent-encoded twice", twice.into_owned()),
        ("escaped", unescaped(text)),
        ("in pieces", squeezed(&unescaped(&decoded))),
    ] {
        if view.to_lowercase().contains(&word) {
            return Some(form);
        }
    }
    let dense: String = text.chars().filter(|one| !one.is_whitespace()).collect();
    let bytes =
        |format: fn(&u8) -> String, between| word.as_bytes().iter().map(format).collect::<Vec<_>>().join(between);
    if dense.contains(&bytes(ToString::to_string, ",")) {
        return Some("as a list of bytes");
    }
    if dense.to_lowercase().contains(&bytes(|byte| format!("{byte:02x}"), "")) {
        return Some("as hexadecimal digits");
    }
    in_base64(&word).iter().any(|part| dense.contains(part)).then_some("in base64")
}

/// What base64 makes of a word, at each of the three places where it may begin: the digits that depend on nothing else.
fn in_base64(word: &str) -> Vec<String> {
    let capital: String = word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
    let mut parts = Vec::new();
    for word in [word, &capital] {
        for before in 0..3_usize {
            let bytes = [&[0; 2][..before], word.as_bytes()].concat();
            let (first, last) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
            for engine in [base64_of::STANDARD_NO_PAD, base64_of::URL_SAFE_NO_PAD] {
                parts.push(engine.encode(&bytes)[first..last].to_owned());
            }
        }
    }
    parts
}

/// The letters and digits alone.
fn squeezed(text: &str) -> String {
    text.chars().filter(|one| one.is_alphanumeric()).collect()
}

/// `\u0063`, `\u{63}` and `\x63` read as what they stand for.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let (digits, after) = match rest.as_bytes() {
            [b'u', b'{', ..] => rest[2..].split_once('}').unwrap_or(("", rest)),
            [b'u', ..] if rest.is_char_boundary(rest.len().min(5)) => rest[1..].split_at(rest.len().min(5) - 1),
            [b'x', ..] if rest.is_char_boundary(rest.len().min(3)) => rest[1..].split_at(rest.len().min(3) - 1),
            _ => ("", rest),
        };
        match u32::from_str_radix(digits, 16).ok().and_then(char::from_u32) {
            Some(one) => {
                out.push(one);
                rest = after;
            }
            None => out.push('\\'),
        }
    }
    out.push_str(rest);
    out
}

#[test]
fn a_word_is_found_wherever_it_begins_in_base64() {
    for before in ["", "a", "ab", "abc", "Basic pat:"] {
        for after in ["", "x", "xy", "-token"] {
            let text = base64_of::STANDARD.encode(format!("{before}canary{after}"));
            assert_eq!(found(&text, "canary"), Some("in base64"), "{text}");
        }
    }
    assert_eq!(found(&base64_of::STANDARD.encode("something else"), "canary"), None);
}

#[test]
fn escapes_at_the_end_of_a_text_are_survived() {
    for text in ["\\", "\\u", "\\u00", "\\u{", "\\u{}", "\\x", "\\x6", "\\ué", "\\u12é4", "\\xé"] {
        assert_eq!(found(text, "canary"), None);
    }
}
