//! The rules that a twin can break.
//!
//! The battery includes this file, so that a twin it names exists, and a rule that either side has forgotten is dead code.

/// What a twin does wrong. The number is that of the item which forbids it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    // Token request.
    /// 1: a token request is a GET.
    TokenRequestIsGet,
    /// 2: the values of a form are written as they are.
    ValuesUnescaped,
    /// 3: the form of a token request stands in its query too.
    SecretsInQuery,
    /// 4: the application's id and secret stand in the form beside the header.
    SecretInHeaderAndForm,
    /// 5: id and secret are not encoded before they are joined.
    BasicUnencoded,
    /// 6: a parameter without a value is sent all the same.
    EmptyParameterSent,
    /// 7: a refresh carries the password.
    PasswordInRefresh,
    /// 8: more scope is asked for than was configured.
    ScopeAdded,
    /// 9: a token request carries an `Authorization` header with a token.
    BearerOnTokenRequest,
    /// 10: a reply of any media type is asked for.
    AnyAccept,
    /// 11: the password is kept although nobody asked for that.
    PasswordKept,

    // Token response.
    /// 12: `token_type` is compared as it is spelled.
    TokenTypeByCase,
    /// 13: a token of any type is sent as a bearer token.
    AnyTokenType,
    /// 14: a token without a type is sent as a bearer token.
    TokenTypeOptional,
    /// 15: a token without a lifetime counts as expired.
    LifetimeRequired,
    /// 16: a lifetime that makes no sense is taken at its word.
    LifetimeAtItsWord,
    /// 17: a reply with an unknown member is refused.
    UnknownMemberRefused,
    /// 18: a narrower scope is not noticed.
    NarrowerScopeUnnoticed,
    /// 19: the access token stands in for a refresh token that did not come.
    AccessTokenForRefresh,
    /// 20: the padding of a token is cut off.
    TokenTrimmed,
    /// 21: control characters are taken out of a token.
    TokenCleaned,
    /// 22: a reply is read as JSON whatever its media type.
    AnyMediaType,
    /// 23: an error in a success is not looked at.
    ErrorInSuccessIgnored,
    /// 24: the default store writes a file.
    TokenInFile,

    // Token endpoint errors.
    /// 25: description and address of an error are thrown away.
    ErrorDescriptionLost,
    /// 26: only the six codes of RFC 6749 §5.2 are kept.
    ExtensionCodeLost,
    /// 27: a refusal of the client is asked for again.
    RefusalRetried,
    /// 28: a refresh token that was refused is sent again.
    RefusedRefreshTokenKept,
    /// 29: the excerpt of a body is the whole of it, as it came.
    ExcerptUnbounded,
    /// 30: the vendor's message is handed on as it came.
    MessageUncleaned,
    /// 31: the wait that the vendor asks for is not kept.
    RetryAfterIgnored,
    /// 32: a refresh token whose answer was lost is sent over and over.
    LostRefreshResent,
    /// 33: a renewal whose caller left fails the next caller.
    AbandonedFlightPoisons,

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
