//! Schemas of OpenAPI 3.0, judged as JSON Schema draft 4.
//!
//! OpenAPI 3.0 is draft 4 with a few words of its own. [`Schemas`] rewrites those words, compiles a schema when it is
//! first asked for and keeps it, and reports a fault with the pointer of the document, not of the rewritten schema.

mod build;
mod compiled;
mod formats;
mod rewrite;

#[cfg(feature = "proptest")]
pub(crate) use build::Standalone;
pub use compiled::{Fault, Reading, Schemas};
pub use formats::{is_cx_time, is_date, is_date_time, is_uuid};
pub(crate) use rewrite::escape;
