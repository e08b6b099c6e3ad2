//! The guide: one page for each subject. Every example is compiled.
//!
//! | page | answers |
//! |---|---|
//! | [`getting_started`] | the first call, the shape of every other one |
//! | [`authentication`] | which grant to use, which region, where tokens are kept, how a session ends |
//! | [`errors`] | what can go wrong, and what to ask an error |
//! | [`retries_and_limits`] | what is repeated and what never is, deadlines, rate limits, settings of one call |
//! | [`pages_and_exports`] | lists, lists longer than the vendor's pages, continuing after a stop |
//! | [`webhooks`] | receiving events from both vendors |
//! | [`testing`] | testing your code against a vendor that behaves, refuses, lies and breaks |
//! | [`features`] | what each feature brings, and what is left without it |
//! | [`tls`] | certificates, proxies, an HTTP client of your own |
//! | [`blocking`] | calling from code without `async` |
//! | [`wasm`] | what works in a browser, and what does not |
//! | [`security`] | what is kept secret, from whom, and what is up to you |

#[doc = include_str!("authentication.md")]
pub mod authentication {}

#[doc = include_str!("blocking.md")]
pub mod blocking {}

#[doc = include_str!("errors.md")]
pub mod errors {}

#[doc = include_str!("features.md")]
pub mod features {}

#[doc = include_str!("getting_started.md")]
pub mod getting_started {}

#[doc = include_str!("pages_and_exports.md")]
pub mod pages_and_exports {}

#[doc = include_str!("retries_and_limits.md")]
pub mod retries_and_limits {}

#[doc = include_str!("security.md")]
pub mod security {}

#[doc = include_str!("testing.md")]
pub mod testing {}

#[doc = include_str!("tls.md")]
pub mod tls {}

#[doc = include_str!("wasm.md")]
pub mod wasm {}

#[doc = include_str!("webhooks.md")]
pub mod webhooks {}
