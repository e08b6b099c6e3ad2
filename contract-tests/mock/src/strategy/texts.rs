//! Texts: by format, by pattern, by length.

use std::sync::LazyLock;

use proptest::{prelude::*, sample::select, strategy::SBoxedStrategy, string::string_regex};
use serde_json::Value;

use super::merge::{Flat, count};

/// What forms, paths and JSON have to escape, and what takes more than one byte.
const TRICKY: &[char] =
    &['+', '%', '&', '=', ' ', '/', '?', '#', ';', ',', '"', '\'', '\\', '[', ']', '{', '<', 'é', 'ß', '漢', '😀'];

/// Names as programs write them.
pub(super) static SNAKE_CASE: LazyLock<SBoxedStrategy<String>> = LazyLock::new(|| parsed("[a-z][a-z_]{0,7}"));
/// Names as people write them.
pub(super) static WORDS: LazyLock<SBoxedStrategy<String>> =
    LazyLock::new(|| parsed("[A-Z][a-z]{1,5} [A-Z][a-z]{1,5}"));
/// Short names.
pub(super) static SHORT: LazyLock<SBoxedStrategy<String>> = LazyLock::new(|| parsed("[a-z]{1,6}"));

/// Texts that match a pattern. A pattern that is a strategy as it stands is parsed for each text that is drawn.
fn parsed(pattern: &'static str) -> SBoxedStrategy<String> {
    string_regex(pattern).map_or_else(|_| pattern.sboxed(), Strategy::sboxed)
}

pub(super) fn texts(flat: &Flat) -> BoxedStrategy<Value> {
    let format = flat.get("format").and_then(Value::as_str);
    let pattern = flat.get("pattern").and_then(Value::as_str);
    let text = match (format.and_then(formatted), pattern.and_then(matching)) {
        (Some(strategy), _) | (None, Some(strategy)) => strategy,
        (None, None) => plain(count(flat, "minLength").unwrap_or(0), count(flat, "maxLength")),
    };
    text.prop_map(Value::String).boxed()
}

/// Texts of a length, counted in characters as JSON Schema counts.
pub(super) fn plain(least: usize, most: Option<usize>) -> BoxedStrategy<String> {
    let most = most.unwrap_or(least.saturating_add(20)).min(least.saturating_add(40)).max(least);
    let character = prop_oneof![
        8 => proptest::char::range('a', 'z'),
        2 => proptest::char::range('A', 'Z'),
        2 => proptest::char::range('0', '9'),
        2 => select(TRICKY),
    ];
    proptest::collection::vec(character, least..=most).prop_map(String::from_iter).boxed()
}

/// Texts that match a pattern anywhere, as JSON Schema has it; none if the pattern is beyond the generator.
pub(super) fn matching(pattern: &str) -> Option<BoxedStrategy<String>> {
    // The generator knows no anchors; what it makes matches the pattern as a whole, so they go without saying.
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let ends = inner.ends_with('$') && !inner.ends_with("\\$");
    let inner = if ends { inner.get(..inner.len() - 1)? } else { inner };
    // `\d` is ten digits in ECMA 262, and several hundred in Rust.
    let inner = inner.replace("\\d", "[0-9]").replace("\\w", "[A-Za-z0-9_]");
    string_regex(&inner).ok().map(Strategy::boxed)
}

/// Whether the validator refuses texts that are not of a format.
pub(super) fn is_checked(format: &str) -> bool {
    matches!(
        format,
        "uuid" | "email" | "uri" | "byte" | "ipv4" | "ipv6" | "hostname" | "date" | "date-time" | "cx-time"
    )
}

fn formatted(format: &str) -> Option<BoxedStrategy<String>> {
    let day = || (2000..2035_u32, 1..=12_u32, 1..=28_u32).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"));
    let time = || (0..24_u32, 0..60_u32, 0..60_u32).prop_map(|(h, m, s)| format!("{h:02}:{m:02}:{s:02}"));
    let strategy = match format {
        "uuid" => "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}".to_owned(),
        "email" => "[a-z]{1,8}(\\+[a-z]{1,4})?@[a-z]{1,8}\\.example".to_owned(),
        "uri" => "https://[a-z]{1,8}\\.example(/[a-z0-9]{1,6}){0,3}(\\?[a-z]{1,4}=[a-z0-9]{1,4})?".to_owned(),
        "byte" => "([A-Za-z0-9+/]{4}){0,6}".to_owned(),
        "ipv4" => "(1?[0-9]?[0-9]\\.){3}(1?[0-9]?[0-9])".to_owned(),
        "ipv6" => "([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}".to_owned(),
        "hostname" => "[a-z]{1,8}(\\.[a-z]{1,8}){1,2}".to_owned(),
        "date" => return Some(day().boxed()),
        "date-time" => {
            let offset = select(vec!["Z", ".000Z", "+00:00", ".125-08:00"]);
            return Some((day(), time(), offset).prop_map(|(day, time, end)| format!("{day}T{time}{end}")).boxed());
        }
        "cx-time" => {
            // Every spelling with a time to the second: what stands between day and time, and what follows.
            let spelling = select(vec![(" ", " -0800"), (" ", ""), ("T", ".000-08:00"), ("T", "Z"), (" ", "-08:00")]);
            let spelled = (day(), time(), spelling).prop_map(|(day, time, (t, end))| format!("{day}{t}{time}{end}"));
            return Some(spelled.boxed());
        }
        _ => return None,
    };
    string_regex(&strategy).ok().map(Strategy::boxed)
}
