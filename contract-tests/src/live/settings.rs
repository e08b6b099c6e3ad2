//! Where a live run goes, and how far.

use std::{fmt, path::PathBuf, sync::Arc};

use anyhow::{Context, Result, bail};
use cx_client::env::{Environment, System};
use cx_spec::Document;
use url::{Host, Url};

use crate::apis::{self, Subject};

/// Requests a second, unless told otherwise.
pub const DEFAULT_RATE: f64 = 1.0;
/// Requests of a whole run, unless told otherwise.
pub const DEFAULT_BUDGET: u32 = 200;
/// A slower run would look like one that hangs, and outlast the deadlines of the client.
const SLOWEST_RATE: f64 = 0.05;

/// A live run.
#[derive(Clone)]
pub struct Settings {
    /// The document and its client.
    pub subject: Subject,
    /// Where requests go, without a slash at the end.
    pub base_url: String,
    /// Where tokens are fetched, without a slash at the end.
    pub token_base_url: String,
    /// Requests a second.
    pub rate: f64,
    /// Requests of the whole run at most, retries and token requests included.
    pub budget: u32,
    /// Where fixtures go, if anywhere.
    pub record: Option<PathBuf>,
    /// Clock, timer and random numbers.
    pub environment: Arc<dyn Environment>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("api", &self.subject.name())
            .field("base_url", &self.base_url)
            .field("rate", &self.rate)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// A run with the defaults.
    ///
    /// # Errors
    /// An address that is none or would show the token; no `api` where the address is not that of exactly one document.
    pub fn new(base_url: &str, api: Option<&str>) -> Result<Self> {
        let subject = match api {
            Some(api) => apis::subjects(Some(api))?.into_iter().next().context("there is no such document")?,
            None => by_address(&address(base_url)?)?,
        };
        Self::of(subject, base_url)
    }

    /// A run with the defaults, by a document at hand.
    ///
    /// # Errors
    /// An address that is none or would show the token.
    pub fn of(subject: Subject, base_url: &str) -> Result<Self> {
        let base_url = address(base_url)?;
        Ok(Self {
            subject,
            token_base_url: base_url.clone(),
            base_url,
            rate: DEFAULT_RATE,
            budget: DEFAULT_BUDGET,
            record: None,
            environment: Arc::new(System::default()),
        })
    }

    /// Where tokens are fetched, if not where requests go.
    ///
    /// # Errors
    /// An address that is none or would show the credentials.
    pub fn with_token_base_url(self, url: &str) -> Result<Self> {
        Ok(Self { token_base_url: address(url)?, ..self })
    }

    /// How far the run may go.
    ///
    /// # Errors
    /// A rate that is no number of requests a second, or too slow to end; no budget at all.
    pub fn with_limits(self, rate: f64, budget: u32) -> Result<Self> {
        if !rate.is_finite() || rate < SLOWEST_RATE {
            bail!("--rate is requests a second, at least {SLOWEST_RATE}");
        }
        if budget == 0 {
            bail!("--budget 0 leaves no request to ask with");
        }
        Ok(Self { rate, budget, ..self })
    }
}

/// An address that a token may be sent to.
fn address(text: &str) -> Result<String> {
    // The text is not repeated: it may hold a password.
    let url = Url::parse(text).context("the base URL is not a URL, such as https://api.example.com")?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        bail!("a base URL has no user name, password, query or fragment; credentials come from the environment");
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        _ => bail!("the token would travel in the open: use https (http is for this machine only)"),
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The one document that has the address among its servers.
fn by_address(base_url: &str) -> Result<Subject> {
    let mut found: Vec<Subject> = apis::subjects(None)?;
    let names: Vec<String> = found.iter().map(|subject| subject.name().to_owned()).collect();
    found.retain(|subject| servers(subject.api.document()).iter().any(|server| server == base_url));
    match (found.pop(), found.is_empty()) {
        (Some(subject), true) => Ok(subject),
        _ => bail!("the address does not say which API it is: add --api with one of {}", names.join(", ")),
    }
}

/// Every address of a document, each variable with each of its values.
fn servers(document: &Document) -> Vec<String> {
    let servers = document.at("/servers").map(|node| node.items()).unwrap_or_default();
    let mut addresses = Vec::new();
    for server in servers {
        let mut urls: Vec<String> = server.text("url").map(str::to_owned).into_iter().collect();
        for (name, variable) in server.member("variables").map(|node| node.members()).unwrap_or_default() {
            let listed = variable.member("enum").map(|node| node.items()).unwrap_or_default();
            let mut values: Vec<&str> = listed.iter().filter_map(|node| node.value().as_str()).collect();
            values.extend(variable.text("default"));
            let with = |url: &String| -> Vec<String> {
                values.iter().map(|value| url.replace(&format!("{{{name}}}"), value)).collect()
            };
            urls = urls.iter().flat_map(with).collect();
        }
        addresses.extend(urls.into_iter().map(|url| url.trim_end_matches('/').to_owned()));
    }
    addresses
}
