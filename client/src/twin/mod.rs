//! Places where a rule of OAuth is broken on purpose, so that the battery can show that its tests notice.
//!
//! In a build for users [`broken`] is `false` at compile time. Under `--cfg cx_twins`, which only `cargo xtask battery`
//! sets, the variable `CX_TWIN` names the one rule that the process breaks. Under `--cfg cx_shuttle`, which only
//! `cargo xtask schedules` sets, a test chooses it for its thread.

#[cfg(not(target_family = "wasm"))]
mod redirects;
// Without TLS of our own nobody can break the rule about certificates; the file is shared with tests, which know no features.
#[cfg_attr(not(feature = "rustls"), allow(dead_code, reason = "one of the rules is about TLS"))]
mod rule;
mod strict;

#[cfg(not(target_family = "wasm"))]
pub(crate) use redirects::redirects;
pub(crate) use rule::Rule;
pub(crate) use strict::strict;

/// Whether this process breaks a rule.
#[cfg(not(any(cx_twins, all(test, cx_shuttle))))]
pub(crate) const fn broken(_: Rule) -> bool {
    false
}

/// Whether this process breaks a rule.
#[cfg(cx_twins)]
pub(crate) fn broken(rule: Rule) -> bool {
    static CHOSEN: std::sync::LazyLock<Option<String>> = std::sync::LazyLock::new(|| std::env::var("CX_TWIN").ok());
    CHOSEN.as_ref().is_some_and(|chosen| *chosen == format!("{rule:?}"))
}

#[cfg(all(test, cx_shuttle))]
std::thread_local! {
    static CHOSEN: std::cell::Cell<Option<Rule>> = const { std::cell::Cell::new(None) };
}

/// Whether this thread breaks a rule.
#[cfg(all(test, cx_shuttle))]
pub(crate) fn broken(rule: Rule) -> bool {
    CHOSEN.get() == Some(rule)
}

/// Has this thread break a rule, and only that, from now on.
#[cfg(all(test, cx_shuttle))]
pub(crate) fn choose(rule: Option<Rule>) {
    CHOSEN.set(rule);
}
