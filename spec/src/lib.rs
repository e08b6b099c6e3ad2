//! The documents that `cx-client` follows, and a loader that knows where every fact stands.
//!
//! A [`Document`] is one OpenAPI 3.0 file: its text, its value, and the line of every member. [`Api`] is the index over it
//! that generator, mock vendor and contract tests share: operations with their parameters, bodies and replies resolved,
//! and the extensions of `spec/README.md` as types.
//!
//! ```
//! let api = cx_spec::embedded("wootric")?;
//! let operation = api.operation("create_token").expect("the seed names it");
//! assert_eq!(operation.path, "/oauth/token");
//! # Ok::<(), cx_spec::SpecError>(())
//! ```
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "a test may stop where it fails"
    )
)]

mod api;
mod document;
mod embedded;
mod error;
mod extensions;
pub mod form;
mod index;
pub mod media_type;
mod nulls;
pub mod pointer;
mod references;
#[cfg(feature = "schema")]
pub mod schema;
mod status;
mod unreadable;
mod yaml;

pub use api::{Api, Body, Example, Location, Media, Operation, Parameter, Reply};
pub use document::{Document, Node};
pub use embedded::{NAMES, embedded, embedded_all};
pub use error::{Place, SpecError};
pub use extensions::{
    Arrays, Confidence, Envelope, EnvelopeKind, Form, Grant, OAuth, OAuthRole, Pagination, Parent, RefreshScope,
    Regions, Resource, ResourceRole, Retry, Sort, Window,
};
pub use index::METHODS;
pub use status::Status;
