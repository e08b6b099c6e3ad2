//! Schemas of OpenAPI 3.0 as JSON Schema draft 4 (feature `schema`).
//!
//! OpenAPI 3.0 is draft 4 with a few words of its own. [`compile`] rewrites those words and knows the way back, so that
//! a fault is reported with the pointer of the document and not of the rewritten schema. Lint and mock vendor judge by
//! the same rules that way. [`Shape`] answers what a schema says of one value, over its references and its `allOf`.

mod compile;
mod formats;
mod known;
mod rewrite;
mod shape;

use serde_json::Value;

pub use compile::{Compiled, compile};
pub use formats::{FORMATS, is_cx_time, is_date, is_date_time, is_uuid};
pub(crate) use known::Known;
pub use known::Usable;
pub use shape::{Additional, Shape, declares, may_show};

/// Which way a body travels: `readOnly` members are not asked of a request, `writeOnly` ones not of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// To the server.
    Request,
    /// From the server.
    Reply,
}

impl Reading {
    /// Whether a member, by its schema, only travels the other way.
    pub fn leaves_out(self, member: &Value) -> bool {
        let flag = match self {
            Self::Request => "readOnly",
            Self::Reply => "writeOnly",
        };
        member.get(flag) == Some(&Value::Bool(true))
    }
}
