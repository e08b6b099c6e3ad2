//! The flags that every command has.

use std::{path::PathBuf, time::Duration};

use clap::{Arg, ArgAction, ArgMatches, ValueHint, value_parser};

use crate::{exit::Failure, output::Format, tree};

const HEADING: &str = "Options of every command";

/// What the flags of every command say.
pub struct Settings {
    pub base_url: Option<String>,
    pub token_base_url: Option<String>,
    pub timeout: Option<Duration>,
    pub retries: Option<u32>,
    /// `None` where the place that stdout goes to decides.
    pub output: Option<Format>,
    pub verbose: bool,
    pub token_file: Option<PathBuf>,
    pub show_secrets: bool,
}

/// The flags.
pub fn flags() -> Vec<Arg> {
    let flags = [
        Arg::new("base-url")
            .long("base-url")
            .value_name("URL")
            .value_hint(ValueHint::Url)
            .help("Where requests go instead of the vendor's address; tokens are then fetched there too"),
        Arg::new("token-base-url")
            .long("token-base-url")
            .value_name("URL")
            .value_hint(ValueHint::Url)
            .help("Where tokens are fetched, if not where requests go"),
        Arg::new("timeout")
            .long("timeout")
            .value_name("SECONDS")
            .value_parser(value_parser!(f64))
            .help("A call ends within this time, retries and token included [default: 60]"),
        Arg::new("retries")
            .long("retries")
            .value_name("N")
            .value_parser(value_parser!(u32))
            .help("How many times a request that may be repeated is sent again [default: 2]"),
        Arg::new("output")
            .long("output")
            .short('o')
            .value_name("FORMAT")
            .value_parser(["json", "ndjson", "csv", "table"])
            .help("Form of the data [default: table on a terminal, json elsewhere; of exports ndjson]")
            .long_help(
                "Form of the data [default: table on a terminal, json elsewhere; of exports ndjson]. Texts go into \
                 csv as they are: a spreadsheet may take one that begins with =, +, - or @ for a formula",
            ),
        Arg::new("verbose")
            .long("verbose")
            .short('v')
            .action(ArgAction::SetTrue)
            .help("Reports every request on stderr"),
        tree::file_flag("token-file".to_owned(), "token-file".to_owned())
            .help("Access token to use, instead of CX_TOKEN"),
        Arg::new("show-secrets")
            .long("show-secrets")
            .action(ArgAction::SetTrue)
            .help("Prints credentials in replies as they are, not as ***"),
    ];
    flags.into_iter().map(|flag| flag.global(true).help_heading(HEADING)).collect()
}

impl Settings {
    /// Where tokens are fetched, if not at the vendor's address: who sends requests elsewhere does not mean credentials to
    /// go to the vendor.
    pub fn token_server(&self) -> Option<&str> {
        self.token_base_url.as_deref().or(self.base_url.as_deref())
    }

    /// Reads the flags, wherever in the line they stand.
    ///
    /// # Errors
    /// A time that is none.
    pub fn read(matches: &ArgMatches) -> Result<Self, Failure> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let timeout = matches.get_one::<f64>("timeout").map(|seconds| timeout(*seconds)).transpose()?;
        Ok(Self {
            base_url: text("base-url"),
            token_base_url: text("token-base-url"),
            timeout,
            retries: matches.get_one::<u32>("retries").copied(),
            output: matches.get_one::<String>("output").and_then(|name| Format::named(name)),
            verbose: matches.get_flag("verbose"),
            token_file: matches.get_one::<PathBuf>("token-file").cloned(),
            show_secrets: matches.get_flag("show-secrets"),
        })
    }
}

fn timeout(seconds: f64) -> Result<Duration, Failure> {
    let time = Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero());
    time.ok_or_else(|| {
        Failure::usage("`--timeout` takes a number of seconds above 0").then("give one such as --timeout 30")
    })
}
