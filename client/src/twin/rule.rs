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
    /// 58: redirects to another origin are followed, with whatever headers the HTTP library keeps.
    RedirectAcrossOrigins,
    /// 59: redirects from `https` to `http` are followed.
    RedirectToPlainHttp,
    /// 60: plain `http` is taken anywhere.
    PlainHttp,
    /// 61: any certificate is taken.
    AnyCertificate,
    /// 62: redirects are followed without end.
    RedirectWithoutEnd,
    /// 63: a redirect is followed with the address before it in `Referer`.
    RefererSent,

    // Secret hygiene.
    /// 64: `Debug` shows secrets.
    SecretInDebug,
    /// 65: an error has the vendor's text among its causes.
    BodyInChain,
    /// 66: an error about a bad payload quotes it.
    PayloadQuoted,
    /// 67: the HTTP library logs what goes over the wire.
    WireInLog,
    /// 68: cookies in the headers of a reply are shown.
    CookieShown,
    /// 69: the address stands in the cause of an error.
    UrlInCause,
    /// 70: an error shows the body of the reply.
    BodyInDisplay,
    /// 71: the text that a secret was made from is not wiped.
    SecretNotWiped,

    // Limits and hostile servers.
    /// 72: a body may be of any size.
    BodyWithoutCap,

    // Revocation and logout.
    /// 78: a token that the vendor no longer knows is an error at logout.
    UnknownTokenFails,
    /// 79: a logout that the vendor put off counts as done.
    PutOffLogoutDone,
    /// 81: a renewal in flight brings an ended session back.
    RenewalOutlivesLogout,

    // Authorization code.
    /// 82: the `state` of a callback is not looked at.
    StateUnchecked,
    /// 83: the challenge is the verifier itself.
    PlainChallenge,
    /// 84: the `redirect_uri` of the token request is normalised.
    RedirectUriNormalised,
    /// 85: a code is sent again after a lost answer.
    CodeResent,
    /// 86: the `error` of a callback is not looked at.
    CallbackErrorIgnored,
    /// 87: the `iss` of a callback is not looked at.
    IssuerUnchecked,

    // Two vendors in one process.
    /// 88: stored tokens are not kept apart by vendor and origin.
    StoreKeyWithoutVendor,
    /// 89: nor by account.
    StoreKeyWithoutAccount,
    /// 90: nor by origin.
    StoreKeyWithoutOrigin,
}
