//! The HTTP client of the hand-written side.

use anyhow::Result;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};

/// reqwest as a team would set it up. It wants to be told which implementation of TLS it has, though none is used here.
pub(super) fn client() -> Result<reqwest::Client> {
    if CryptoProvider::get_default().is_none() {
        // It was set in between, then.
        let _ = ring::default_provider().install_default();
    }
    Ok(reqwest::Client::builder().no_proxy().build()?)
}
