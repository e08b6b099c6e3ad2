//! What can be read off a scope (RFC 6749 §3.3).

/// Whether a scope is narrowed to one user, by an e-mail address in it.
pub(super) fn names_one_user(scope: &str) -> bool {
    scope.contains('@')
}

/// A scope as it may be shown: one that names a user is personal data.
pub(crate) fn shown_scope(scope: Option<&str>) -> Option<&str> {
    scope.map(|scope| if names_one_user(scope) { "***" } else { scope })
}

/// Whether `got` lacks a word of `asked`.
pub(super) fn narrower(asked: &str, got: &str) -> bool {
    asked.split_ascii_whitespace().any(|word| !got.split_ascii_whitespace().any(|there| there == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_shown_unless_it_names_a_user() {
        assert_eq!(shown_scope(Some("read write")), Some("read write"));
        assert_eq!(shown_scope(Some("read user:pat@example.com")), Some("***"));
        assert_eq!(shown_scope(None), None);
    }
}
