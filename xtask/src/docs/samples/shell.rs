//! Words of a shell.

/// A text as a shell reads it as one word.
pub fn quoted(text: &str) -> String {
    let harmless = |letter: char| letter.is_ascii_alphanumeric() || "-_./:@,=+%".contains(letter);
    if !text.is_empty() && text.chars().all(harmless) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A text with a variable at its end, as one word.
pub fn with_variable(text: &str, variable: &str) -> String {
    format!("\"{}${variable}\"", text.replace(['\\', '"', '$', '`'], ""))
}

/// Words as one command, a line each where one line would be long.
pub fn command(words: &[String]) -> String {
    let line = words.join(" ");
    if line.len() <= 80 && !line.contains('\n') { line } else { words.join(" \\\n  ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_it_must_be() {
        assert_eq!(quoted("pat@example.com"), "pat@example.com");
        assert_eq!(quoted("a[b]=c d"), "'a[b]=c d'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn nothing_but_the_variable_is_expanded() {
        assert_eq!(with_variable("Authorization: Bearer ", "CX_TOKEN"), "\"Authorization: Bearer $CX_TOKEN\"");
        assert_eq!(with_variable("a`b$c=", "CX_A"), "\"abc=$CX_A\"");
    }
}
