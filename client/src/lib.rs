//! Client for the APIs of Wootric (now InMoment: NPS, CES and CSAT surveys), Wootric CXI (text analytics) and Directly
//! (expert support messaging).
//!
//! The clients [`wootric`], [`wootric_cxi`] and [`directly`] are generated from OpenAPI documents: a method for every
//! operation, a builder for its parameters, types for requests and replies. The runtime under them is written by hand: it
//! fetches and renews tokens, repeats requests where that is safe, and decodes replies leniently. Whatever fails is one
//! [`Error`], which keeps status, headers and body.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use cx_client::wootric;
//!
//! let client = wootric::Client::builder().client_credentials("id", "secret").build()?;
//! let page = client.list_end_users().created_gte(1_515_940_485).per_page(50).send().await?;
//! for end_user in page.iter() {
//!     println!("{} last changed {:?}", end_user.id, end_user.updated_at);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Where to read on
//!
//! The [`guide`] has a page for each subject: [getting started](guide::getting_started),
//! [authentication](guide::authentication), [errors](guide::errors), [retries and limits](guide::retries_and_limits),
//! [pages and exports](guide::pages_and_exports), [webhooks](guide::webhooks), [testing](guide::testing),
//! [features](guide::features), [TLS](guide::tls), [blocking code](guide::blocking), [wasm](guide::wasm),
//! [security](guide::security).
//!
//! | you look for | in |
//! |---|---|
//! | settings of a client, of one call | [`ClientBuilder`], [`CallOptions`] |
//! | what a call gives back | [`Response`], [`Error`] |
//! | credentials, token stores, the authorization code flow | [`auth`] |
//! | lists page by page, lists of any length | [`pages`], [`export`] |
//! | values that need care: secrets, times, files, members that may be `null` | [`Secret`], [`Time`], [`Upload`], [`Patch`] |
//! | tables of the operations, calls by operation id | [`operation`], [`dynamic`] |
//! | clock, timers and random numbers of your own | [`env`](mod@env) |
//!
//! # Features
//!
//! | feature | brings | default |
//! |---|---|---|
//! | `wootric`, `wootric-cxi`, `directly` | the client of that API | yes |
//! | `rustls` | TLS by rustls on ring, trusting what the platform trusts | yes |
//! | `dynamic` | calls by operation id with JSON in and out | no |
//! | `cli` | the `cx` tool; a library does not need it | no |
//! | `redis` | [`auth::RedisStore`]: tokens that many machines share | no |
#![deny(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "a test may stop where it fails"
    )
)]

extern crate self as cx_client;

/// The examples of the workspace's README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The example of the package's own README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct PackageReadme;

pub mod auth;
mod binary;
mod challenge;
mod client;
#[cfg(feature = "directly")]
pub mod directly;
#[cfg(feature = "dynamic")]
pub mod dynamic;
pub mod env;
mod envelope;
mod error;
pub mod export;
mod form;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
pub mod generated;
#[cfg(any(doc, doctest))]
pub mod guide;
#[cfg(any(feature = "wootric", feature = "directly"))]
mod incoming;
#[doc(hidden)]
pub mod lenient;
pub mod operation;
mod options;
pub mod pages;
mod patch;
mod rate_limit;
mod refusal;
mod response;
#[doc(hidden)]
pub mod runtime;
mod secret;
mod session;
mod shown;
mod time;
#[cfg(feature = "rustls")]
mod tls;
mod transport;
mod twin;
mod upload;
mod vendor_message;
#[cfg(feature = "wootric")]
pub mod wootric;

#[cfg(feature = "wootric-cxi")]
pub use generated::wootric_cxi;

pub use binary::Binary;
pub use client::{ApiClient, ClientBuilder, Core, CoreBuilder};
pub use error::{Error, ErrorKind, Result, Sent};
#[cfg(any(feature = "wootric", feature = "directly"))]
pub use incoming::IncomingError;
pub use options::CallOptions;
pub use patch::Patch;
pub use rate_limit::RateLimit;
pub use response::Response;
pub use secret::Secret;
pub use session::GrantedScope;
pub use time::Time;
pub use upload::Upload;
