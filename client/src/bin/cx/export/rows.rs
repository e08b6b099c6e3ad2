//! Rows of an export, as lines of JSON or records of CSV.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::line::Line;
use crate::output::{cell, columns, csv};

/// The column of what has no column of its own.
const OTHER: &str = "other_members";

/// Writes rows as they come.
pub enum Rows {
    /// One line of JSON a row.
    Ndjson,
    /// The header is made from the first rows. Members that none of them has go into a last column as JSON: nothing is
    /// lost because it came late.
    Csv {
        /// Columns of the header; `None` before the first rows.
        columns: Option<Vec<String>>,
    },
}

impl Rows {
    /// The columns of the header, once it is written.
    pub fn columns(&self) -> Option<Vec<String>> {
        match self {
            Self::Ndjson => None,
            Self::Csv { columns } => columns.clone(),
        }
    }

    /// Writes some rows.
    ///
    /// # Errors
    /// As the writer.
    pub fn write(&mut self, out: &mut dyn Write, rows: &[Line]) -> io::Result<()> {
        match self {
            Self::Ndjson => rows.iter().try_for_each(|row| writeln!(out, "{}", row.text())),
            Self::Csv { columns: header } => {
                if rows.is_empty() {
                    return Ok(());
                }
                let rows: Vec<Value> = rows.iter().map(Line::value).collect::<Result<_, _>>()?;
                if header.is_none() {
                    let names = columns(&rows.iter().collect::<Vec<_>>());
                    csv::record(out, names.iter().cloned().chain([OTHER.to_owned()]))?;
                    *header = Some(names);
                }
                let names = header.as_deref().unwrap_or_default();
                rows.iter().try_for_each(|row| record(out, names, row))
            }
        }
    }
}

fn record(out: &mut dyn Write, names: &[String], row: &Value) -> io::Result<()> {
    let members = row.as_object().into_iter().flatten();
    let others: Map<String, Value> = members
        .filter(|(name, value)| !names.contains(name) && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let others = if others.is_empty() { String::new() } else { Value::Object(others).to_string() };
    csv::record(out, names.iter().map(|name| cell(row.get(name))).chain([others]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_member_that_comes_late_is_kept() {
        let mut rows = Rows::Csv { columns: None };
        let mut out = Vec::new();
        rows.write(&mut out, &[]).unwrap();
        rows.write(&mut out, &[json!({"id": 1}).into()]).unwrap();
        rows.write(&mut out, &[json!({"id": 2, "late": true, "nothing": null}).into()]).unwrap();
        let expected = "id,other_members\r\n1,\r\n2,\"{\"\"late\"\":true}\"\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        assert_eq!(rows.columns(), Some(vec!["id".to_owned()]));
    }
}
