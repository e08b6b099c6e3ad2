//! What a vendor says went wrong, read from whatever body came with an error status.
//!
//! | shape | seen at |
//! |---|---|
//! | `{"errors": [{"message": …}]}` | Wootric |
//! | `{"error": …, "error_description": …}` | RFC 6749 §5.2 |
//! | `{"error": {"message": …}}`, `{"meta": {"correlationId": …}}` | Directly |
//! | `{"error": …}` | both |
//! | `{"message": …}` | Wootric CXI |
//! | short text that is not HTML | proxies, servers that fell over |
//!
//! Nothing here fails: a body that makes no sense has no message.

use serde_json::Value;
use url::Url;

use crate::{
    shown::{is_hidden, on_one_line},
    twin::{self, Rule},
};

/// Most characters of a message.
const MESSAGE_LIMIT: usize = 1_000;

/// Most characters of an id.
const ID_LIMIT: usize = 200;

/// Largest body in bytes that may be a message without being JSON.
const TEXT_LIMIT: usize = 500;

/// Longest OAuth error code.
const CODE_LIMIT: usize = 64;

/// Longest address of a page about an error.
const URI_LIMIT: usize = 2_000;

/// Most characters of a body that an excerpt shows.
const EXCERPT_LIMIT: usize = 200;

/// The vendor's message, without control characters, at most 1,000 characters.
pub(crate) fn message(body: &[u8]) -> Option<String> {
    match parse(body) {
        Some(Value::Object(members)) => {
            let first = members.get("errors").and_then(Value::as_array).and_then(|errors| {
                errors.iter().find_map(|error| text(error.get("message").unwrap_or(error), MESSAGE_LIMIT))
            });
            let get = |name: &str| members.get(name).and_then(|value| text(value, MESSAGE_LIMIT));
            let inner = || text(members.get("error")?.get("message")?, MESSAGE_LIMIT);
            first
                .or_else(|| get("error_description"))
                .or_else(inner)
                .or_else(|| get("error"))
                .or_else(|| get("message"))
        }
        Some(Value::String(plain)) => of_plain(&plain),
        Some(_) => None,
        None => of_plain(std::str::from_utf8(body).ok()?),
    }
}

/// `meta.correlationId`.
pub(crate) fn correlation_id(body: &[u8]) -> Option<String> {
    match parse(body)?.get("meta")?.get("correlationId")? {
        Value::Number(number) => Some(number.to_string()),
        id => text(id, ID_LIMIT),
    }
}

/// `error`, if it looks like an error code of RFC 6749 §5.2. A sentence does not, so `{"error": "Not found"}` has none.
pub(crate) fn oauth_code(body: &[u8]) -> Option<String> {
    code(parse(body)?.get("error")?.as_str()?)
}

/// A text, if it looks like an error code: at most 64 letters, digits, `_`, `-` and `.`. Extension codes (RFC 6749 §8.5)
/// do.
pub(crate) fn code(text: &str) -> Option<String> {
    if twin::broken(Rule::ExtensionCodeLost) && !text.starts_with("invalid_") {
        return None;
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (!text.is_empty() && text.len() <= CODE_LIMIT && text.bytes().all(plain)).then(|| text.to_owned())
}

/// `error_description` of RFC 6749 §5.2, without control characters, at most 1,000 characters.
pub(crate) fn description(body: &[u8]) -> Option<String> {
    text(parse(body)?.get("error_description")?, MESSAGE_LIMIT)
}

/// `error_uri` of RFC 6749 §5.2, if it is the address of a web page.
pub(crate) fn error_uri(body: &[u8]) -> Option<String> {
    let body = parse(body)?;
    let uri = body.get("error_uri")?.as_str().filter(|uri| uri.len() <= URI_LIMIT && is_one_word(uri))?;
    let is_web = Url::parse(uri).is_ok_and(|parsed| matches!(parsed.scheme(), "http" | "https"));
    is_web.then(|| uri.to_owned())
}

/// The beginning of a body on one line, whatever it is. What does not show, or shows as something else, is escaped.
pub(crate) fn excerpt(body: &[u8]) -> Option<String> {
    if twin::broken(Rule::ExcerptUnbounded) {
        return Some(String::from_utf8_lossy(body).into_owned());
    }
    // No character has more than four bytes.
    let start = body.get(..4 * EXCERPT_LIMIT).unwrap_or(body);
    let excerpt = on_one_line(String::from_utf8_lossy(start).chars().take(EXCERPT_LIMIT));
    (!excerpt.is_empty()).then_some(excerpt)
}

/// Whether a text consists of the characters that RFC 6749 §5.2 allows, without the blank.
fn is_one_word(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

/// The body as JSON. Bytes that are not UTF-8 are replaced, since a message in a wrong encoding is still worth reading.
fn parse(body: &[u8]) -> Option<Value> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    serde_json::from_slice(body).ok().or_else(|| match std::str::from_utf8(body) {
        Ok(_) => None,
        Err(_) => serde_json::from_str(&String::from_utf8_lossy(body)).ok(),
    })
}

fn of_plain(plain: &str) -> Option<String> {
    let broken_json = plain.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with(['{', '[']);
    if plain.len() > TEXT_LIMIT || plain.contains('<') || broken_json {
        return None;
    }
    clean(plain, MESSAGE_LIMIT)
}

fn text(value: &Value, limit: usize) -> Option<String> {
    clean(value.as_str()?, limit)
}

/// Blanks for white space, nothing for what is hidden. `None` if nothing is left.
fn clean(text: &str, limit: usize) -> Option<String> {
    if twin::broken(Rule::MessageUncleaned) {
        return Some(text.to_owned());
    }
    let cleaned: String = text
        .trim()
        .chars()
        .map(|character| if character.is_whitespace() { ' ' } else { character })
        .filter(|character| !is_hidden(*character))
        .take(limit)
        .collect();
    let cleaned = cleaned.trim();
    (!cleaned.is_empty()).then(|| cleaned.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of(body: &str) -> Option<String> {
        message(body.as_bytes())
    }

    #[test]
    fn every_known_shape_has_its_message() {
        for (body, expected) in [
            (
                r#"{"type":"error_list","errors":[{"status":"record_not_found","message":"No such user","field":null}]}"#,
                "No such user",
            ),
            (r#"{"errors":[{"message":"first"},{"message":"second"}]}"#, "first"),
            (r#"{"errors":[{"message":null},"second"]}"#, "second"),
            (r#"{"error":"Email has already been taken"}"#, "Email has already been taken"),
            (r#"{"error":"Not found","status":404}"#, "Not found"),
            (r#"{"error":"invalid_grant","error_description":"The grant is spent"}"#, "The grant is spent"),
            (r#"{"error":"invalid_grant","error_description":""}"#, "invalid_grant"),
            (r#"{"message":"Account not onboarded"}"#, "Account not onboarded"),
            (
                r#"{"meta":{"correlationId":"3f"},"data":null,"error":{"message":"Question not found"}}"#,
                "Question not found",
            ),
            (r#"{"meta":{},"error":"Not allowed"}"#, "Not allowed"),
            (r#"{"errors":{},"error":{},"message":"last resort"}"#, "last resort"),
            (r#"{"error":"first","error":"last"}"#, "last"),
            ("\u{feff}{\"message\":\"marked\"}", "marked"),
            (r#""quoted""#, "quoted"),
            ("Error", "Error"),
            (" Service\r\n\tUnavailable \n", "Service   Unavailable"),
        ] {
            assert_eq!(of(body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn a_body_without_a_message_has_none() {
        for body in [
            "",
            " ",
            "null",
            "{}",
            "[]",
            "7",
            "true",
            "<html>502</html>",
            "Bad <b>gateway</b>",
            "{\"error\":",
            "[[[",
            r#"{"error":{"code":17}}"#,
            r#"{"error":{"message":7}}"#,
            r#"{"errors":[]}"#,
            r#"{"message":"\u0007\u0000"}"#,
            r#"["a"]"#,
            r#""<p>""#,
        ] {
            assert_eq!(of(body), None, "{body}");
        }
        assert_eq!(of(&"x".repeat(TEXT_LIMIT + 1)), None);
        assert_eq!(of(&"x".repeat(TEXT_LIMIT)), Some("x".repeat(TEXT_LIMIT)));
        assert_eq!(message(b"\xff\xfe text"), None);
    }

    #[test]
    fn a_message_in_a_wrong_encoding_is_still_read() {
        assert_eq!(message(b"{\"message\":\"caf\xe9\"}").as_deref(), Some("caf\u{fffd}"));
    }

    #[test]
    fn control_characters_are_taken_out() {
        let body = json!({"message": "\u{1b}[31mred\u{7}\u{202e}\u{9b}\nnext"}).to_string();
        assert_eq!(of(&body).as_deref(), Some("[31mred next"));
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let body = json!({"message": "ä".repeat(2_000)}).to_string();
        assert_eq!(of(&body), Some("ä".repeat(1_000)));
    }

    #[test]
    fn deep_nesting_has_no_message() {
        let deep = format!("{{\"error\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!((of(&deep), correlation_id(deep.as_bytes()), oauth_code(deep.as_bytes())), (None, None, None));
        let open = "{\"error\":".repeat(100_000);
        assert_eq!(of(&open), None);
    }

    #[test]
    fn the_correlation_id_is_a_string_or_a_number() {
        assert_eq!(correlation_id(br#"{"meta":{"correlationId":"3f1c9a52"}}"#).as_deref(), Some("3f1c9a52"));
        assert_eq!(correlation_id(br#"{"meta":{"correlationId":17}}"#).as_deref(), Some("17"));
        for body in [r#"{"meta":{}}"#, r#"{"meta":null}"#, r#"{"meta":{"correlationId":""}}"#, "[]", "", "<html>"] {
            assert_eq!(correlation_id(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn a_description_is_cleaned_and_cut() {
        let description = |value: Value| description(json!({"error_description": value}).to_string().as_bytes());
        assert_eq!(description(json!(" The grant\n is spent\u{7}")).as_deref(), Some("The grant  is spent"));
        assert_eq!(description(json!("x".repeat(2_000))), Some("x".repeat(MESSAGE_LIMIT)));
        for none in [json!(""), json!(null), json!(7)] {
            assert_eq!(description(none.clone()), None, "{none}");
        }
    }

    #[test]
    fn the_address_of_an_error_is_that_of_a_web_page() {
        let uri = |uri: Value| error_uri(json!({"error_uri": uri}).to_string().as_bytes());
        assert_eq!(uri(json!("https://example.com/e?a=1#b")).as_deref(), Some("https://example.com/e?a=1#b"));
        for odd in [
            json!("javascript:alert(1)"),
            json!("/errors/1"),
            json!("https://example.com/a b"),
            json!("https://example.com/\u{1b}[31m"),
            json!(format!("https://example.com/{}", "x".repeat(URI_LIMIT))),
            json!(""),
            json!(null),
            json!(7),
        ] {
            assert_eq!(uri(odd.clone()), None, "{odd}");
        }
    }

    #[test]
    fn an_excerpt_is_short_and_on_one_line() {
        assert_eq!(excerpt(b""), None);
        assert_eq!(excerpt(b"<h1>Bad\r\n\x1b[2J\xff").as_deref(), Some("<h1>Bad\\r\\n\\u{1b}[2J\u{fffd}"));
        assert_eq!(excerpt("\u{202e}\u{2028}".as_bytes()).as_deref(), Some("\\u{202e}\\u{2028}"));
        assert_eq!(excerpt("ä".repeat(5_000).as_bytes()), Some("ä".repeat(200)));
    }

    #[test]
    fn an_oauth_code_is_one_word() {
        assert_eq!(oauth_code(br#"{"error":"invalid_grant"}"#).as_deref(), Some("invalid_grant"));
        for error in [
            json!("Not found"),
            json!(""),
            json!("a\"b"),
            json!("a\\b"),
            json!("a/b"),
            json!("a<b>"),
            json!("ä"),
            json!("x".repeat(65)),
            json!(null),
            json!({}),
            json!(7),
        ] {
            assert_eq!(oauth_code(json!({"error": error}).to_string().as_bytes()), None, "{error}");
        }
        assert!(oauth_code(json!({"error": "x".repeat(64)}).to_string().as_bytes()).is_some());
    }

    fn any_body() -> impl Strategy<Value = Vec<u8>> {
        let name = prop_oneof!["error", "errors", "message", "error_description", "meta", "correlationId"];
        let leaf =
            prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), any::<String>().prop_map(Value::from)];
        let tree = leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name.clone(), inner, 0..4).prop_map(|map| json!(map)),
            ]
        });
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            tree.clone().prop_map(|tree| tree.to_string().into_bytes()),
            (tree, any::<prop::sample::Index>(), any::<u8>()).prop_map(|(tree, index, byte)| {
                let mut body = tree.to_string().into_bytes();
                let at = index.index(body.len());
                if let Some(place) = body.get_mut(at) {
                    *place = byte;
                }
                body
            }),
        ]
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived_and_what_comes_out_is_clean(body in any_body()) {
            for found in [message(&body), correlation_id(&body)].into_iter().flatten() {
                prop_assert!(!found.is_empty() && found.chars().count() <= MESSAGE_LIMIT);
                prop_assert!(!found.chars().any(char::is_control));
            }
            if let Some(code) = oauth_code(&body) {
                prop_assert!(code.bytes().all(|byte| byte.is_ascii_graphic()) && code.len() <= CODE_LIMIT);
            }
        }
    }
}
