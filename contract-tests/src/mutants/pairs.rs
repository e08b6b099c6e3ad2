//! Pairs of texts, as in a query or an urlencoded form.

use cx_mock::form;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Names and values, in their order.
pub(super) type Pairs = Vec<(String, String)>;

/// The pairs of a query or a form.
pub(super) fn read(bytes: &[u8]) -> Pairs {
    let pairs = form::urlencoded(bytes).into_iter();
    pairs
        .filter_map(|pair| match pair.part {
            form::Part::Text(text) => Some((pair.name, text)),
            _ => None,
        })
        .collect()
}

/// Pairs as they go out.
pub(super) fn written(pairs: &[(String, String)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A text with everything escaped that could mean something in a path or a query.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Path and query of a request.
pub(super) fn target(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
