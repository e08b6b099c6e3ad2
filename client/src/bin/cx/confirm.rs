//! Asks before something is done that cannot be undone.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::ArgMatches;
use cx_client::{dynamic::Guide, operation::Operation};

use crate::exit::Failure;

/// The flag that answers beforehand.
pub const YES: &str = "yes";

/// Asks, if the operation is one to ask for and `--yes` was not given.
///
/// # Errors
/// A no, or nobody to ask.
pub fn confirm(operation: &Operation, guide: Option<&Guide>, matches: &ArgMatches) -> Result<(), Failure> {
    // Without its guide nobody knows whether it is harmless, and the flag is not there.
    if !guide.is_some_and(|guide| guide.destructive) || matches.get_flag(YES) {
        return Ok(());
    }
    let (stdin, stderr) = (io::stdin(), io::stderr());
    let terminal = stdin.is_terminal() && stderr.is_terminal();
    ask(operation, terminal, &mut stdin.lock(), &mut stderr.lock())
}

fn ask(
    operation: &Operation,
    terminal: bool,
    answers: &mut dyn BufRead,
    questions: &mut dyn Write,
) -> Result<(), Failure> {
    let refuse = |message: String| Failure::usage(message).then("give --yes to do it without being asked");
    if !terminal {
        return Err(refuse(format!("{}: cannot be undone, and there is no terminal to ask on", operation.summary)));
    }
    let mut answer = String::new();
    write!(questions, "{}: this cannot be undone. Go on? [y/N] ", operation.summary)
        .and_then(|()| questions.flush())
        .and_then(|()| answers.read_line(&mut answer))
        .map_err(|error| refuse(format!("cannot ask: {error}")))?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(refuse("nothing was done".to_owned()))
}

#[cfg(test)]
mod tests {
    use cx_client::generated::REGISTRY;

    use super::*;

    fn destructive() -> &'static Operation {
        let (registered, guide) =
            REGISTRY.iter().find_map(|one| Some((one, one.guides.iter().find(|guide| guide.destructive)?))).unwrap();
        registered.api.operations.iter().find(|one| one.id == guide.operation).unwrap()
    }

    fn answered(answer: &str, terminal: bool) -> (bool, String) {
        let mut asked = Vec::new();
        let allowed = ask(destructive(), terminal, &mut answer.as_bytes(), &mut asked).is_ok();
        (allowed, String::from_utf8(asked).unwrap())
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        for (answer, allowed) in
            [("y\n", true), ("yes\n", true), ("\n", false), ("n\n", false), ("", false), ("yeah\n", false)]
        {
            let (was_allowed, asked) = answered(answer, true);
            assert_eq!(was_allowed, allowed, "{answer:?}");
            assert!(asked.contains("cannot be undone"), "{asked}");
        }
    }

    #[test]
    fn without_a_terminal_nobody_is_asked_and_nothing_done() {
        assert_eq!(answered("y\n", false), (false, String::new()));
    }
}
