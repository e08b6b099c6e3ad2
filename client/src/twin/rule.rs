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
    UnknownTokenMemberRefused,
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
    /// 34: the token stands in the query too.
    TokenInQueryToo,
    /// 35: a second 401 is replayed as well.
    SecondReplay,
    /// 36: a second 401 is replayed as well, unless it names an error.
    SecondReplayWithoutError,
    /// 37: a quoted comma ends the parameter of a challenge.
    ChallengeCutAtCommas,
    /// 38: a 403 has the token renewed.
    ForbiddenRenewed,
    /// 39: a 400 with a challenge has the token renewed.
    BadRequestRenewed,
    /// 40: a replay has lost its body.
    ReplayWithoutBody,
    /// 41: a refusal of a token before the present one has the present one renewed.
    LateRefusalRenewed,

    // Refresh and concurrency.
    /// 42: every caller renews for itself.
    FlightPerCaller,
    /// 43: a failure stands for ever.
    FailureForEver,
    /// 44: who leaves a renewal ends it for all.
    LeaverEndsFlight,
    /// 45: the old refresh token stays in use.
    OldRefreshToken,
    /// 46: a refresh token that is not replaced is dropped.
    RefreshTokenDropped,
    /// 47: a refresh asks for what was asked for, not for what was granted.
    ScopeWidened,
    /// 48: the margin does not depend on the lifetime.
    MarginUncapped,
    /// 49: lifetimes are measured by the wall clock.
    WallClockLifetime,
    /// 50: the old pair is dropped before the new one is kept.
    OldPairDroppedFirst,
    /// 51: a renewal that all have left is thrown away, whatever it has sent.
    FlightThrownAway,
    /// Who stops waiting for a renewal does not wake the others. No item of the checklist: schedules find it.
    #[cfg(cx_shuttle)]
    LeaverSilent,

    // Retry and rate limits.
    /// 52: a wait may be of any length.
    WaitUncapped,
    /// 53: a request is repeated after any failure.
    AmbiguousRepeated,
    /// 54: one attempt more than is allowed.
    AttemptTooMany,
    /// 55: every client error is tried again.
    ClientErrorRetried,
    /// 56: a refused connection counts as one that may have carried the request.
    RefusalAmbiguous,

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
    /// 73: an attempt has no deadline of its own.
    AttemptWithoutDeadline,
    /// 74: a body that breaks off is taken as it is.
    CutBodyTaken,
    /// 75: a reply that cannot be read is the end of the program.
    OddJsonPanics,
    /// 76: a member that is not known is an error.
    UnknownMemberRefused,
    /// 77: a link in a reply is followed.
    LinkFollowed,

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
