//! What every connection of a client has in common.

use http::HeaderValue;

use crate::error::{Error, ErrorKind, Result};
#[cfg(not(target_family = "wasm"))]
use crate::twin::{self, Rule};

pub(super) fn user_agent(application: Option<&str>) -> Result<HeaderValue> {
    let own = concat!("cx-client/", env!("CARGO_PKG_VERSION"));
    let text = application.map_or_else(|| own.to_owned(), |application| format!("{application} {own}"));
    HeaderValue::try_from(text).map_err(|cause| {
        Error::new(ErrorKind::InvalidRequest, "the user agent holds a character that no header may hold")
            .with_cause(cause)
    })
}

/// The HTTP client: no redirects, which would carry credentials along, and no proxy of the environment for loopback.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn http_client(loopback: bool, authorities: &[Vec<u8>]) -> Result<reqwest::Client> {
    let mut builder = reqwest::Client::builder()
        .redirect(twin::redirects().unwrap_or_else(reqwest::redirect::Policy::none))
        .referer(twin::broken(Rule::RefererSent))
        .connection_verbose(twin::broken(Rule::WireInLog))
        // Said here because any crate of the program can turn decompression on for all.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(std::time::Duration::from_secs(10));
    if loopback {
        builder = builder.no_proxy();
    }
    #[cfg(feature = "rustls")]
    {
        builder = if twin::broken(Rule::AnyCertificate) {
            drop(rustls::crypto::ring::default_provider().install_default());
            builder.tls_danger_accept_invalid_certs(true)
        } else {
            builder.tls_backend_preconfigured(crate::tls::config(authorities)?)
        };
    }
    #[cfg(not(feature = "rustls"))]
    debug_assert!(authorities.is_empty(), "only with rustls can one be given");
    builder
        .build()
        .map_err(|cause| Error::new(ErrorKind::InvalidRequest, "the HTTP client cannot be set up").with_cause(cause))
}

/// The browser's, whose redirects, connections and certificates are its own.
#[cfg(target_family = "wasm")]
pub(crate) fn http_client(_: bool, _: &[Vec<u8>]) -> Result<reqwest::Client> {
    Ok(reqwest::Client::new())
}
