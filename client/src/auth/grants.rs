//! Which grants a vendor takes, as types.
//!
//! The generated client of a document implements the traits that the document's token operation lists, so that a client
//! cannot be built with a grant its vendor lacks: the constructor for that grant asks for the trait.

/// The vendor takes `grant_type=password` (RFC 6749 §4.3).
///
/// RFC 9700 §2.4 advises against it. It is there because Wootric documents it; prefer [`ClientCredentialsGrant`].
pub trait PasswordGrant {}

/// The vendor takes `grant_type=client_credentials` (RFC 6749 §4.4).
pub trait ClientCredentialsGrant {}

/// The vendor takes `grant_type=refresh_token` (RFC 6749 §6).
pub trait RefreshTokenGrant {}

/// The vendor takes `grant_type=authorization_code` (RFC 6749 §4.1).
pub trait AuthorizationCodeGrant {}
