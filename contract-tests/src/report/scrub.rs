//! Taking hidden texts out of whatever else they got into, such as the message of an error that quotes a reply.

use std::collections::BTreeSet;

use serde_json::Value;

use super::redact::HIDDEN;

/// A hidden text shorter than this is looked for as a word of its own only: as a part of other words it would be found where
/// it has no business, as `Pat` in `Pattern`.
const SHORTEST: usize = 6;

/// A hidden text shorter than this is not looked for at all: any text has such words, and they tell nobody anything.
const SHORTEST_WORD: usize = 3;

/// Hidden texts, made ready once: dozens of texts of a case are searched for the same ones.
pub(super) struct Scrubber(Vec<Sought>);

/// A hidden text.
struct Sought {
    text: String,
    /// How a body of JSON writes it, where that is otherwise.
    in_json: Option<String>,
    /// Whether it is looked for as a word of its own.
    is_word: bool,
}

impl Scrubber {
    pub(super) fn new(hidden: &BTreeSet<String>) -> Self {
        let mut sought: Vec<Sought> = hidden.iter().filter_map(|text| Sought::of(text)).collect();
        // The longest first: one may be a part of another.
        sought.sort_by_key(|one| std::cmp::Reverse(one.text.len()));
        Self(sought)
    }

    /// Takes the hidden texts out of a text.
    pub(super) fn scrub(&self, text: &mut String) {
        for one in &self.0 {
            if one.is_word {
                if text.contains(&one.text) {
                    *text = without_word(text, &one.text);
                }
                continue;
            }
            for form in std::iter::once(&one.text).chain(&one.in_json) {
                if text.contains(form) {
                    *text = text.replace(form, HIDDEN);
                }
            }
        }
    }
}

impl Sought {
    /// None for a text that tells nobody anything.
    fn of(text: &str) -> Option<Self> {
        let length = text.chars().count();
        if length < SHORTEST_WORD {
            return None;
        }
        let in_json = Value::String(text.to_owned()).to_string();
        let in_json = Some(in_json.trim_matches('"')).filter(|form| *form != text).map(str::to_owned);
        Some(Self { text: text.to_owned(), in_json, is_word: length < SHORTEST })
    }
}

/// Takes hidden texts out of one text, such as the message of an error.
pub(super) fn scrub(hidden: &BTreeSet<String>, text: &str) -> String {
    let mut scrubbed = text.to_owned();
    Scrubber::new(hidden).scrub(&mut scrubbed);
    scrubbed
}

/// A text without a word, where it stands between others.
fn without_word(text: &str, word: &str) -> String {
    let is_apart = |neighbour: Option<char>| neighbour.is_none_or(|one| !one.is_alphanumeric() && one != '_');
    let mut less = String::new();
    let mut pieces = text.split(word).peekable();
    while let Some(piece) = pieces.next() {
        less.push_str(piece);
        if let Some(next) = pieces.peek() {
            let hides = is_apart(less.chars().next_back()) && is_apart(next.chars().next());
            less.push_str(if hides { HIDDEN } else { word });
        }
    }
    less
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_hidden_is_found_in_other_texts() {
        let hidden = BTreeSet::from(["pat@example.com".to_owned(), "say \"hi\" to".to_owned(), "on".to_owned()]);
        assert_eq!(scrub(&hidden, "no pat@example.com, on: say \\\"hi\\\" to"), "no ***, on: ***");
    }

    #[test]
    fn a_short_text_is_hidden_where_it_is_a_word_of_its_own() {
        let hidden = BTreeSet::from(["Pat".to_owned(), "4711".to_owned()]);
        assert_eq!(
            scrub(&hidden, "Pat: `4711` of Pattern_Pat and 47110, Pat"),
            "***: `***` of Pattern_Pat and 47110, ***"
        );
    }
}
