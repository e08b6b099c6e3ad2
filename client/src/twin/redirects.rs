//! What twins do with redirects; the client follows none.

use reqwest::redirect::{Attempt, Policy};
use url::Url;

use super::{Rule, broken};

/// Most redirects in a row that a twin follows: more than anybody allows, and not for ever.
const MANY: usize = 40;

/// How a twin follows redirects; `None` for the client.
pub(crate) fn redirects() -> Option<Policy> {
    if broken(Rule::RedirectFollowed) || broken(Rule::RefererSent) {
        return Some(Policy::default());
    }
    let follows: fn(&Url, &Url) -> bool = if broken(Rule::RedirectAcrossOrigins) {
        |from, to| from.origin() != to.origin()
    } else if broken(Rule::RedirectToPlainHttp) {
        |from, to| from.scheme() == "https" && to.scheme() == "http"
    } else if broken(Rule::RedirectWithoutEnd) {
        |_, _| true
    } else {
        return None;
    };
    Some(Policy::custom(move |attempt: Attempt<'_>| {
        let from = attempt.previous().last().filter(|_| attempt.previous().len() < MANY);
        if from.is_some_and(|from| follows(from, attempt.url())) { attempt.follow() } else { attempt.stop() }
    }))
}
