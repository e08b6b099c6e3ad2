//! JSON, and one line of it an item.

use std::io::{self, Write};

use serde_json::Value;

/// One value, indented.
pub fn pretty(out: &mut dyn Write, data: &Value) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, data)?;
    writeln!(out)
}

/// One value on one line.
pub fn line(out: &mut dyn Write, data: &Value) -> io::Result<()> {
    serde_json::to_writer(&mut *out, data)?;
    writeln!(out)
}
