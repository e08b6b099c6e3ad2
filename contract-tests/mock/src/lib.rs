//! A mock vendor made from an OpenAPI 3.0 document, which judges every request it receives.
//!
//! It knows nothing of any vendor. Paths, members, statuses and the flow of tokens come from the document and the
//! extensions that `cx-spec` reads; what the document does not say, it marks as undocumented instead of inventing it.
//!
//! ```
//! use cx_mock::{Answer, MockVendor};
//! # use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! # let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: list_a\n      responses:\n        \
//! #     '200': {description: Some., content: {application/json: {schema: {type: array}, example: [1]}}}\n        '429': {description: Later.}\n";
//! # let api = cx_spec::Api::index(cx_spec::Document::parse("t", "t.yaml", text)?)?;
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let vendor = MockVendor::start(api).await;
//! vendor.script("list_a", Answer::status(429)); // once; then the example again
//! // … point the client under test at it …
//! let url = vendor.base_url();
//! # let mut socket = tokio::net::TcpStream::connect(url.trim_start_matches("http://")).await?;
//! # socket.write_all(b"GET /a HTTP/1.1\r\nconnection: close\r\n\r\n").await?;
//! # let mut reply = String::new();
//! # socket.read_to_string(&mut reply).await?;
//! # assert!(reply.starts_with("HTTP/1.1 429"), "{reply}");
//! vendor.assert_no_violations();
//! assert_eq!(vendor.take_exchanges()[0].operation(), Some("list_a"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | what | where |
//! |---|---|
//! | the server: scripted replies, examples, `Prefer`, memory | [`MockVendor`], [`Answer`], [`Exchange`] |
//! | the judge, usable without a server | [`Validator`], [`Verdict`], [`Violation`], [`Incoming`] |
//! | tokens that expire, rotate and end | [`Issuer`], [`issuer`], [`ManualClock`] |
//! | one lie about the document, by name | [`Lie`], [`Told`] |
//! | faults on a raw socket | [`FaultServer`], [`Step`] |
//! | values that keep or break a schema | `strategy` (feature `proptest`, on by default) |
//! | requests made from the document's examples | [`example_request`] |
//! | schemas and forms by themselves | [`schema`], [`form`] |
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "a test may stop where it fails"
    )
)]

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod fault;
pub mod form;
mod incoming;
pub mod issuer;
mod json;
mod lie;
mod listen;
mod outgoing;
mod rehearsal;
mod router;
pub mod schema;
mod server;
mod state;
#[cfg(feature = "proptest")]
pub mod strategy;
mod validator;
mod violation;

pub use fault::{ClosedPort, DeafPort, FaultServer, Step};
pub use incoming::Incoming;
pub use issuer::{Clock, Issuer, ManualClock, Standing, SystemClock};
pub use lie::{Lie, Told, UnknownLie};
pub use outgoing::Outgoing;
pub use rehearsal::example_request;
pub use router::{Found, Router};
pub use server::{Answer, Exchange, MockVendor, MockVendorBuilder};
pub use validator::{Carrier, Credential, Parameters, Validator, Verdict};
pub use violation::{Place, Violation};
