//! TLS by rustls on ring.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer};
use rustls_platform_verifier::{BuilderVerifierExt, Verifier};

use crate::error::{Error, ErrorKind, Result};

/// A configuration that trusts what the platform trusts, and beside it the given authorities, each in DER. The provider is
/// named here so that none has to be installed for the whole process.
///
/// # Errors
///
/// `InvalidRequest` when an authority is no certificate, or the platform's cannot be read.
pub(crate) fn config(authorities: &[Vec<u8>]) -> Result<ClientConfig> {
    let fail = |cause: rustls::Error| Error::new(ErrorKind::InvalidRequest, "TLS cannot be set up").with_cause(cause);
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider));
    let config = config.with_safe_default_protocol_versions().map_err(fail)?;
    if authorities.is_empty() {
        return Ok(config.with_platform_verifier().map_err(fail)?.with_no_client_auth());
    }
    let mut parsed = Vec::new();
    for authority in authorities {
        let authority = CertificateDer::from(authority.clone());
        // The verifier would leave out what it cannot read, without a word.
        RootCertStore::empty().add(authority.clone()).map_err(fail)?;
        parsed.push(authority);
    }
    let verifier = Verifier::new_with_extra_roots(parsed, provider).map_err(fail)?;
    // "Dangerous" is what rustls calls any verifier but its own; this one is the platform's.
    Ok(config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}
