//! How a text that somebody else wrote is shown.

/// Most characters of a path that are shown.
const PATH_LIMIT: usize = 200;

/// Control characters, and those that turn the direction of writing, by which a text could pass for something else in a
/// terminal or a log.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A text on one line. What does not show, or shows as something else, is escaped.
pub(crate) fn on_one_line(text: impl IntoIterator<Item = char>) -> String {
    let mut line = String::new();
    for character in text {
        if is_hidden(character) || character.is_whitespace() && character != ' ' {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

/// The beginning of a path into a body. Names in it may be whatever the sender of the body liked.
pub(crate) fn path(path: &str) -> String {
    on_one_line(path.chars().take(PATH_LIMIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_pass_for_something_else_is_escaped() {
        assert_eq!(
            on_one_line("a b\r\n\t\u{1b}[2J\u{202e}\u{2028}ä".chars()),
            "a b\\r\\n\\t\\u{1b}[2J\\u{202e}\\u{2028}ä"
        );
    }

    #[test]
    fn a_path_is_short_and_on_one_line() {
        assert_eq!(path("[3].properties.Signup Date"), "[3].properties.Signup Date");
        assert_eq!(path("properties.a\nb"), "properties.a\\nb");
        assert_eq!(path(&"ä".repeat(PATH_LIMIT + 1)), "ä".repeat(PATH_LIMIT));
    }
}
