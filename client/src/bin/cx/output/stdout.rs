//! stdout, on a terminal without what that would take for commands: data are written by strangers.

use std::io::{self, BufWriter, IsTerminal, Write};

/// stdout, buffered.
pub struct Stdout {
    out: BufWriter<io::Stdout>,
    is_terminal: bool,
}

impl Stdout {
    /// stdout as it is.
    pub fn open() -> Self {
        let stdout = io::stdout();
        Self { is_terminal: stdout.is_terminal(), out: BufWriter::new(stdout) }
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_terminal {
            return self.out.write(bytes);
        }
        // All that is written here comes in whole characters.
        self.out.write_all(harmless(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A text without control characters but for those that make lines and columns.
fn harmless(text: &str) -> String {
    let shown = |letter: char| if letter.is_control() && !matches!(letter, '\n' | '\t') { ' ' } else { letter };
    text.replace("\r\n", "\n").chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_stay_and_commands_do_not() {
        assert_eq!(harmless("a\tb\r\nc\rd\u{1b}[2J\u{9b}e\u{7f}\u{e9}\n"), "a\tb\nc d [2J e \u{e9}\n");
    }
}
