//! Media types: which of them are written and read as what.

use crate::api::Media;

/// A media type without its parameters, in lower case.
pub fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a media type is JSON: `application/json`, or one that ends in `+json` (RFC 6839 §3.1).
pub fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/json" || essence.ends_with("+json")
}

impl Media {
    /// Whether this is JSON; see [`is_json`].
    pub fn is_json(&self) -> bool {
        is_json(&self.media_type)
    }

    /// Whether this is a form whose members are parts of their own.
    pub fn is_multipart(&self) -> bool {
        essence(&self.media_type).starts_with("multipart/")
    }

    /// Whether this is a form, of either kind.
    pub fn is_form(&self) -> bool {
        self.is_multipart() || essence(&self.media_type) == "application/x-www-form-urlencoded"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_media_type_is_what_it_is_called_and_not_what_its_name_holds() {
        for (media_type, json, form) in [
            ("application/json", true, false),
            ("Application/JSON; charset=utf-8", true, false),
            ("application/problem+json", true, false),
            ("application/x-ndjson", false, false),
            ("application/json-seq", false, false),
            ("application/x-www-form-urlencoded; charset=utf-8", false, true),
            ("multipart/form-data; boundary=x", false, true),
            ("application/vnd.platform", false, false),
            ("application/vnd.platform+json", true, false),
        ] {
            let media = Media {
                media_type: media_type.to_owned(),
                schema: Value::Null,
                pointer: String::new(),
                examples: Vec::new(),
            };
            assert_eq!((media.is_json(), media.is_form()), (json, form), "{media_type}");
        }
    }
}
