//! Whose data a call reads, without saying who.

use std::fmt::Write as _;

use cx_client::{Secret, auth::Credentials};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Bytes of the hash that are kept.
const KEPT: usize = 16;

/// What tells an account from others and shows neither name nor token. `None` where nothing names one: a token does not
/// say whose it is, and the next token of the same account is another text.
pub fn fingerprint(credentials: &Credentials, selectors: &[(&'static str, Secret)]) -> Option<String> {
    let name = match credentials {
        Credentials::Password { username, .. } => username,
        Credentials::ClientCredentials { client_id, .. } | Credentials::AuthorizationCode { client_id, .. } => {
            client_id
        }
        Credentials::RefreshToken { client, .. } => client.as_ref().map(|(id, _)| id)?,
        _ => return None,
    };
    let selectors = selectors.iter().flat_map(|(name, value)| [*name, value.expose()]);
    let parts: Vec<&str> = std::iter::once(name.as_str()).chain(selectors).collect();
    // As a list of JSON no two accounts hash the same text.
    let hash = Sha256::digest(Value::from(parts).to_string());
    let mut text = String::new();
    for byte in hash.iter().take(KEPT) {
        let _infallible = write!(text, "{byte:02x}");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn accounts_are_told_apart_and_not_shown() {
        let application = |id: &str| Credentials::client_credentials(id, "secret");
        let selected = |token: &str| vec![("account_token", Secret::from(token))];
        let accounts = [
            fingerprint(&application("id"), &[]),
            fingerprint(&application("id"), &selected("NPS-1")),
            fingerprint(&application("id"), &selected("NPS-2")),
            fingerprint(&application("another"), &[]),
            fingerprint(&Credentials::password("pat@example.com", "password"), &[]),
        ];
        let texts: HashSet<String> = accounts.iter().flatten().cloned().collect();
        assert_eq!(texts.len(), accounts.len());
        assert!(texts.iter().all(|text| text.len() == 2 * KEPT && text.bytes().all(|byte| byte.is_ascii_hexdigit())));
    }

    #[test]
    fn an_account_is_the_same_whatever_its_tokens_are() {
        let refresh = |token: &str| Credentials::refresh_token(token).with_client("id", "secret");
        assert_eq!(fingerprint(&refresh("one"), &[]), fingerprint(&refresh("two"), &[]));
        assert_eq!(fingerprint(&Credentials::refresh_token("one"), &[]), None);
        assert_eq!(fingerprint(&Credentials::fixed("one"), &[]), None);
    }
}
