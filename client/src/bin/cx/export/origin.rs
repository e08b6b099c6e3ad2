//! What has to be the same for an export to go on.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where the rows of a file come from, and how they are written. A file holds those of one origin.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    pub api: String,
    pub operation: String,
    /// Where requests go.
    pub server: String,
    /// Fingerprint of the account; `None` where a token alone was given, which names none.
    pub account: Option<String>,
    /// Parameters, but for secrets.
    pub arguments: Map<String, Value>,
    pub by: Option<String>,
    pub from: Option<i64>,
    pub until: Option<i64>,
    pub format: String,
}

impl Origin {
    /// What another origin has that this one has not, for people. Nothing: it is the same.
    pub fn differences(&self, now: &Self) -> Vec<String> {
        let list = |origin: &Self| format!("{} {}", origin.api, origin.operation);
        let changed =
            |what: &str, then: &str, now: &str| (then != now).then(|| format!("{what} ({then} then, {now} now)"));
        let flag = |name: &str, differs: bool| differs.then(|| format!("--{name}"));
        let names =
            self.arguments.keys().chain(now.arguments.keys().filter(|name| !self.arguments.contains_key(*name)));
        // Values may be personal: names alone.
        let arguments = names
            .filter(|name| self.arguments.get(*name) != now.arguments.get(*name))
            .map(|name| Some(format!("the parameter `{name}`")));
        let others = [
            changed("the list", &list(self), &list(now)),
            changed("the server", &self.server, &now.server),
            self.other_account(now),
            flag("by", self.by != now.by),
            flag("from", self.from != now.from),
            flag("until", self.until != now.until),
            changed("the format", &self.format, &now.format),
        ];
        others.into_iter().chain(arguments).flatten().collect()
    }

    fn other_account(&self, now: &Self) -> Option<String> {
        let why = match (&self.account, &now.account) {
            (then, now) if then == now => return None,
            (None, _) => " (a token alone was given then, which names none)",
            (_, None) => " (a token alone is given now, which names none)",
            _ => "",
        };
        Some(format!("the account{why}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_is_named_and_personal_values_are_not() {
        let then = Origin {
            server: "https://a.example".to_owned(),
            account: Some("00ff".to_owned()),
            from: Some(7),
            format: "csv".to_owned(),
            ..Origin::default()
        };
        assert_eq!(then.differences(&then), Vec::<String>::new());
        let mut now = Origin { server: "https://b.example".to_owned(), account: None, from: None, ..then.clone() };
        now.arguments.insert("email".to_owned(), json!("pat@example.com"));
        let expected = [
            "the server (https://a.example then, https://b.example now)",
            "the account (a token alone is given now, which names none)",
            "--from",
            "the parameter `email`",
        ];
        assert_eq!(then.differences(&now), expected);
        assert_eq!(now.differences(&then).last().map(String::as_str), Some("the parameter `email`"));
    }
}
