//! The status of a reply, as documents write it.

use std::{fmt, str::FromStr};

/// The status of a documented reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// One code.
    Code(u16),
    /// A hundred codes: `4` for `4XX`.
    Range(u16),
    /// Anything else.
    Default,
}

impl Status {
    /// Whether a code falls under it.
    pub fn covers(self, code: u16) -> bool {
        match self {
            Self::Code(own) => own == code,
            Self::Range(hundreds) => code / 100 == hundreds,
            Self::Default => true,
        }
    }

    /// One code that stands for it wherever one reply is made of it: a code itself; of a range the plainest, and of those
    /// that send the client elsewhere the one that does not; of `default` a failure.
    pub fn representative(self) -> u16 {
        match self {
            Self::Code(code) => code,
            Self::Range(2) => 200,
            Self::Range(3) => 304,
            Self::Range(4) => 400,
            Self::Range(5) | Self::Default => 500,
            Self::Range(hundreds) => hundreds * 100,
        }
    }

    /// Whether it says that all went well.
    pub fn is_success(self) -> bool {
        self.representative() / 100 == 2
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Range(hundreds) => write!(f, "{hundreds}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "default" {
            return Ok(Self::Default);
        }
        let known = match text.strip_suffix("XX") {
            Some(hundreds) => hundreds.parse().ok().filter(|hundreds| (1..=5).contains(hundreds)).map(Self::Range),
            None => text.parse().ok().filter(|code| (100..=599).contains(code)).map(Self::Code),
        };
        known.ok_or_else(|| format!("`{text}` is no status: write a code, `4XX` or `default`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_read_as_they_are_written() {
        for (text, status) in [
            ("200", Status::Code(200)),
            ("599", Status::Code(599)),
            ("1XX", Status::Range(1)),
            ("5XX", Status::Range(5)),
            ("default", Status::Default),
        ] {
            assert_eq!(text.parse(), Ok(status));
            assert_eq!(status.to_string(), text);
            assert!(status.covers(status.representative()), "{text}");
        }
    }

    #[test]
    fn what_is_no_status_is_refused() {
        for text in ["", "99", "600", "0XX", "6XX", "40XX", "999XX", "XX", "4xx", "Default"] {
            assert!(text.parse::<Status>().is_err(), "{text}");
        }
    }
}
