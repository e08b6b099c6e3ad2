//! The rules that a twin can break.
//!
//! The battery includes this file, so that a twin it names exists, and a rule that either side has forgotten is dead code.

/// What a twin does wrong. The number is that of the item which forbids it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    // Token request.
    /// 1: a token request is a GET.
    TokenRequestIsGet,
    /// 3: the form of a token request stands in its query too.
    SecretsInQuery,
    /// 9: a token request carries an `Authorization` header with a token.
    BearerOnTokenRequest,

    // Token response.
    /// 12: `token_type` is compared as it is spelled.
    TokenTypeByCase,
    /// 13: a token of any type is sent as a bearer token.
    AnyTokenType,
    /// 16: a lifetime that makes no sense is taken at its word.
    LifetimeAtItsWord,

    // Token endpoint errors.
    /// 27: a refusal of the client is asked for again.
    RefusalRetried,

    // Resource requests.
    /// 35: a second 401 is replayed as well.
    SecondReplay,

    // Refresh and concurrency.
    /// 42: every caller renews for itself.
    FlightPerCaller,
    /// 45: the old refresh token stays in use.
    OldRefreshToken,

    // Retry and rate limits.
    /// 55: every client error is tried again.
    ClientErrorRetried,

    // Redirects and transport.
    /// 57: redirects are followed.
    RedirectFollowed,
    /// 60: plain `http` is taken anywhere.
    PlainHttp,

    // Secret hygiene.
    /// 64: `Debug` shows secrets.
    SecretInDebug,

    // Limits and hostile servers.
    /// 72: a body may be of any size.
    BodyWithoutCap,

    // Revocation and logout.
    /// 81: a renewal in flight brings an ended session back.
    RenewalOutlivesLogout,

    // Authorization code.
    /// 82: the `state` of a callback is not looked at.
    StateUnchecked,

    // Two vendors in one process.
    /// 88: stored tokens are not kept apart by vendor and origin.
    StoreKeyWithoutVendor,
}
