//! The name of a record outside this process.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::StoreKey;

/// Bytes of the hash that are kept.
const KEPT: usize = 16;

/// A name that differs from key to key and shows API and grant alone: account and scope may hold an e-mail address or a
/// fingerprint of a secret, and are hashed.
pub(super) fn name(key: &StoreKey) -> String {
    let mut hash = Sha256::new();
    for part in [&key.api, &key.origin, &key.account, &key.grant] {
        update(&mut hash, part);
    }
    // Without a scope nothing follows, so that an empty one differs from none.
    if let Some(scope) = &key.scope {
        update(&mut hash, scope);
    }
    let mut name = format!("{}-{}-", plain(&key.api), plain(&key.grant));
    for byte in hash.finalize().iter().take(KEPT) {
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// Each part with its length before it, so that no two keys hash the same text.
fn update(hash: &mut Sha256, part: &str) {
    hash.update((part.len() as u64).to_be_bytes());
    hash.update(part);
}

/// What every file system takes.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_that_differ_have_names_that_differ() {
        let key = || StoreKey::new("api", "https://a.example", "pat", "password");
        let keys = [
            key(),
            key().with_scope(""),
            key().with_scope("read"),
            StoreKey::new("apis", "https://a.example", "pat", "password"),
            StoreKey::new("api", "https://b.example", "pat", "password"),
            StoreKey::new("api", "https://a.examplep", "at", "password"),
            StoreKey::new("api", "https://a.example", "sam", "password"),
            StoreKey::new("api", "https://a.example", "pat", "client_credentials"),
        ];
        let names: HashSet<String> = keys.iter().map(name).collect();
        assert_eq!(names.len(), keys.len());
        assert_eq!(name(&key()), name(&key()));
    }

    #[test]
    fn a_name_is_plain_and_shows_neither_account_nor_scope() {
        let key = StoreKey::new("../api", "https://a.example", "pat@example.com#00ff", "pass/word");
        let name = name(&key.with_scope("read pat@example.com"));
        assert!(name.starts_with("___api-pass_word-"), "{name}");
        assert!(!name.contains("pat") && !name.contains("_00ff") && !name.contains("read"), "{name}");
        assert!(name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter)), "{name}");
    }
}
