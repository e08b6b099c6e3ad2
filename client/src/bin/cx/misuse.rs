//! What is said to a command line that cannot be understood.

use clap::{
    Error,
    error::{ContextKind, ContextValue},
};

/// How many commands are suggested: more are not read.
const TIPS: usize = 3;

/// The same error with the most similar commands first, and no others.
pub fn with_the_best_tips(mut error: Error) -> Error {
    if let Some(ContextValue::Strings(tips)) = error.get(ContextKind::SuggestedSubcommand) {
        // clap has them in the order of their likeness, the best last.
        let best: Vec<String> = tips.iter().rev().take(TIPS).cloned().collect();
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(best));
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_similar_command_comes_first() {
        let error = crate::tree::command().try_get_matches_from(["cx", "wootric", "list-response"]).unwrap_err();
        let text = with_the_best_tips(error).to_string();
        let tips = text.lines().find(|line| line.contains("tip:")).unwrap();
        assert!(tips.contains("exist: 'list-responses', '"), "{text}");
        assert_eq!(tips.matches(',').count(), TIPS - 1, "{text}");
    }
}
