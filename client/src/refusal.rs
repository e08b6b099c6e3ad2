//! What a vendor says of a token request that it refuses.

use crate::vendor_message;

/// What a vendor says of a token request that it refuses (RFC 6749 §5.2). It goes along with every error that the refusal
/// leads to, also one that has a reply of its own, such as the 401 that made a renewal necessary.
#[derive(Clone)]
pub(crate) struct Refusal {
    code: String,
    /// The vendor's text, cleaned and cut. It may hold personal data.
    description: Option<String>,
    uri: Option<String>,
}

impl Refusal {
    /// A refusal by its code alone.
    pub(crate) fn of(code: String) -> Self {
        Self { code, description: None, uri: None }
    }

    /// A refusal with what else the body says of it.
    pub(crate) fn explained(code: String, body: &[u8]) -> Self {
        Self { code, description: vendor_message::description(body), uri: vendor_message::error_uri(body) }
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    pub(crate) fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    pub(crate) fn uri(&self) -> Option<&str> {
        self.uri.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_description_is_cleaned_and_cut() {
        let said = format!("The grant\u{7}\r\nis \u{202e}spent. {}", "x".repeat(2_000));
        let body = json!({"error": "invalid_grant", "error_description": said}).to_string();
        let refusal = Refusal::explained("invalid_grant".to_owned(), body.as_bytes());
        let description = refusal.description().unwrap();
        assert!(description.starts_with("The grant  is spent. xxx"), "{description}");
        assert_eq!(description.chars().count(), 1_000);
    }

    #[test]
    fn a_body_that_explains_nothing_leaves_the_code() {
        for body in ["", "{}", "no JSON", r#"{"error":"invalid_grant","error_description":7,"error_uri":"ftp://a"}"#]
        {
            let refusal = Refusal::explained("invalid_grant".to_owned(), body.as_bytes());
            assert_eq!(
                (refusal.code(), refusal.description(), refusal.uri()),
                ("invalid_grant", None, None),
                "{body}"
            );
        }
    }
}
