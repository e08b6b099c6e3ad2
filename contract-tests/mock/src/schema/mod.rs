//! Schemas of OpenAPI 3.0, judged as JSON Schema draft 4.
//!
//! [`cx_spec::schema`] compiles them when they are first asked for. [`Schemas`] reports a fault without showing what is
//! secret or personal.

mod compiled;
#[cfg(feature = "proptest")]
mod standalone;

pub use compiled::{Fault, Schemas};
pub use cx_spec::schema::{Reading, is_cx_time, is_date, is_date_time, is_uuid, may_show};
#[cfg(feature = "proptest")]
pub(crate) use standalone::Standalone;
