//! `--header`: headers of one call that its document does not name.

use std::ffi::OsStr;

use clap::{Arg, ArgAction, ArgMatches, Command, builder::TypedValueParser, error::ErrorKind};
use cx_client::CallOptions;
use http::{HeaderName, HeaderValue, header};

use crate::exit::Failure;

const HEADER: &str = "header";

/// The flag.
pub fn flag() -> Arg {
    Arg::new(HEADER)
        .long(HEADER)
        .short('H')
        .value_name("NAME: VALUE")
        .action(ArgAction::Append)
        .value_parser(Header)
        .help("Adds a header to the request, as often as it is given; nothing secret belongs here")
}

/// Adds the headers that were given to what a call takes.
///
/// # Errors
/// The header of the token, which comes from the environment or a file.
pub fn add(options: CallOptions, matches: &ArgMatches) -> Result<CallOptions, Failure> {
    let given = matches.get_many::<(HeaderName, HeaderValue)>(HEADER).into_iter().flatten();
    given.cloned().try_fold(options, |options, (name, value)| {
        if name == header::AUTHORIZATION {
            return Err(Failure::usage("command lines can be read by others, and `Authorization` holds a secret")
                .then("give a token in CX_TOKEN or by --token-file"));
        }
        Ok(options.header(name, value))
    })
}

/// The value of the flag. The text is not repeated in a message, as that of a plain function would be: it may hold what it
/// should not.
#[derive(Clone)]
struct Header;

impl TypedValueParser for Header {
    type Value = (HeaderName, HeaderValue);

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, value: &OsStr) -> Result<Self::Value, clap::Error> {
        let refuse =
            |reason: &str| command.clone().error(ErrorKind::ValueValidation, format!("`--{HEADER}`: {reason}"));
        let text = value.to_str().ok_or_else(|| refuse("a header is text in UTF-8"))?;
        read(text).map_err(refuse)
    }
}

/// A header as curl takes it.
fn read(text: &str) -> Result<(HeaderName, HeaderValue), &'static str> {
    let (name, value) = text.split_once(':').ok_or("a header is NAME: VALUE, as in 'Prefer: code=404'")?;
    let name =
        HeaderName::try_from(name.trim()).map_err(|_| "the name of a header is letters, digits and hyphens")?;
    let value = HeaderValue::try_from(value.trim()).map_err(|_| "the value of a header is one line of text")?;
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_curl_takes_them() {
        let (name, value) = read("Prefer: code=404, example=a:b").unwrap();
        assert_eq!((name.as_str(), value.to_str().unwrap()), ("prefer", "code=404, example=a:b"));
        assert!(read("X-Empty:").unwrap().1.is_empty());
        for wrong in ["Prefer", ": value", "two words: value", "Name: two\nlines"] {
            read(wrong).unwrap_err();
        }
    }
}
