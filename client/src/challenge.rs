//! The challenges of a `WWW-Authenticate` header (RFC 9110 §11.6.1).
//!
//! Read by the grammar: one field may hold several challenges, a comma may stand in a quoted string, as may bytes beyond
//! ASCII, and no name has a fixed case. What breaks the grammar ends the field there; what stood before it counts.

use http::{HeaderMap, header::WWW_AUTHENTICATE};

use crate::twin::{self, Rule};

/// A parameter of the `Bearer` challenge (RFC 6750 §3), the first of its name; none if it is not ASCII, as a code and a
/// scope are.
pub(crate) fn bearer_parameter(headers: &HeaderMap, name: &str) -> Option<String> {
    let found = headers.get_all(WWW_AUTHENTICATE).into_iter().find_map(|field| {
        // A description in the vendor's language must not hide the code beside it.
        let field = String::from_utf8_lossy(field.as_bytes());
        let challenges = challenges(&field).into_iter().filter(|one| one.scheme.eq_ignore_ascii_case("bearer"));
        let mut parameters = challenges.flat_map(|one| one.parameters);
        parameters.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    });
    found.filter(|value| value.is_ascii())
}

#[derive(Debug, PartialEq)]
struct Challenge<'h> {
    scheme: &'h str,
    parameters: Vec<(&'h str, String)>,
}

fn challenges(field: &str) -> Vec<Challenge<'_>> {
    let mut rest = Cursor(field);
    let mut challenges: Vec<Challenge<'_>> = Vec::new();
    loop {
        rest.skip(|byte| is_blank(byte) || byte == b',');
        let Some(name) = rest.token() else { return challenges };
        let mut ahead = Cursor(rest.0);
        ahead.skip(is_blank);
        match challenges.last_mut() {
            Some(challenge) if ahead.eat('=') => {
                ahead.skip(is_blank);
                let Some(value) = ahead.value() else { return challenges };
                challenge.parameters.push((name, value));
                rest = ahead;
            }
            _ => {
                challenges.push(Challenge { scheme: name, parameters: Vec::new() });
                rest.skip_token68();
            }
        }
    }
}

/// What of a field has not been read yet.
struct Cursor<'h>(&'h str);

impl<'h> Cursor<'h> {
    /// The bytes in front that fit. Only ASCII is ever asked for, so that the cut is between two characters.
    fn take(&mut self, fits: impl Fn(u8) -> bool) -> &'h str {
        let end = self.0.bytes().position(|byte| !fits(byte)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at_checked(end).unwrap_or(("", self.0));
        self.0 = rest;
        taken
    }

    fn skip(&mut self, fits: impl Fn(u8) -> bool) {
        self.take(fits);
    }

    fn eat(&mut self, wanted: char) -> bool {
        match self.0.strip_prefix(wanted) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn token(&mut self) -> Option<&'h str> {
        Some(self.take(is_token)).filter(|token| !token.is_empty())
    }

    /// A token or a quoted string, without its quotes.
    fn value(&mut self) -> Option<String> {
        if twin::broken(Rule::ChallengeCutAtCommas) {
            return Some(self.take(|byte| byte != b',').trim_matches('"').to_owned());
        }
        if !self.eat('"') {
            return self.token().map(str::to_owned);
        }
        let mut value = String::new();
        let mut letters = self.0.chars();
        loop {
            match letters.next()? {
                '"' => break,
                '\\' => value.push(letters.next()?),
                letter => value.push(letter),
            }
        }
        self.0 = letters.as_str();
        Some(value)
    }

    /// What some schemes have in the place of parameters; it looks like a parameter without a value.
    fn skip_token68(&mut self) {
        let mut ahead = Cursor(self.0);
        ahead.skip(is_blank);
        ahead.skip(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte));
        ahead.skip(|byte| byte == b'=');
        ahead.skip(is_blank);
        if ahead.0.is_empty() || ahead.0.starts_with(',') {
            self.0 = ahead.0;
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn bearer(fields: &[&str], name: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(WWW_AUTHENTICATE, HeaderValue::from_str(field).unwrap());
        }
        bearer_parameter(&headers, name)
    }

    #[test]
    fn a_challenge_is_found_among_others() {
        for field in [
            r#"Bearer error="invalid_token""#,
            r#"bEARER realm = "a, b" , ERROR = invalid_token"#,
            r#"Basic realm="Bearer error=no, x=\"y\"", Bearer error="invalid_token""#,
            r#"Negotiate YII+a/b==, ,Bearer scope="a b",error="invalid_token""#,
            r#"Negotiate,Bearer error="invalid\_token""#,
            r#"Bearer error="invalid_token", Digest realm="x", error="other""#,
        ] {
            assert_eq!(bearer(&[field], "error").as_deref(), Some("invalid_token"), "{field}");
        }
        let two = [r#"Basic realm="x", error="no""#, r#"Bearer error="invalid_token""#];
        assert_eq!(bearer(&two, "error").as_deref(), Some("invalid_token"));
    }

    #[test]
    fn a_description_in_any_language_hides_nothing_beside_it() {
        for description in ["f\u{fc}r diese Liste fehlt ein Recht".as_bytes(), b"acc\xe8s refus\xe9", b"\xff\xfe"] {
            let mut field = br#"Bearer error_description=""#.to_vec();
            field.extend_from_slice(description);
            field.extend_from_slice(br#"", error="insufficient_scope", scope="a b""#);
            let mut headers = HeaderMap::new();
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_bytes(&field).unwrap());
            assert_eq!(bearer_parameter(&headers, "error").as_deref(), Some("insufficient_scope"));
            assert_eq!(bearer_parameter(&headers, "scope").as_deref(), Some("a b"));
            assert_eq!(bearer_parameter(&headers, "error_description"), None);
        }
    }

    #[test]
    fn what_is_no_challenge_has_no_parameters() {
        for field in ["", ",", "Bearer", "Bearer ,", r#"Bearer error="cut"#, "Bearer error=", "Bearer error=@", "=x"]
        {
            assert_eq!(bearer(&[field], "error"), None, "{field}");
        }
        assert_eq!(bearer(&[r#"Bearer scope="a", error="cut"#], "scope").as_deref(), Some("a"));
    }

    proptest! {
        #[test]
        fn any_field_is_survived(field in "[ -~\t]{0,80}") {
            let _ = challenges(&field);
        }

        #[test]
        fn any_value_is_read_back(value in "[ -~]{0,40}", before in "[ -!#-\\[\\]-~]{0,20}") {
            let quoted = value.replace('\\', r"\\").replace('"', r#"\""#);
            let field = format!(r#"Basic realm="{before}", Bearer realm="{before}", error="{quoted}""#);
            prop_assert_eq!(bearer(&[&field], "error"), Some(value));
        }
    }
}
