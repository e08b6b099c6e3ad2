//! RFC 4180: a header, then one record an item. What is nested stands in its cell as JSON.

use std::io::{self, Write};

use serde_json::Value;

use super::{cell, columns};

/// Header and records.
pub fn write(out: &mut dyn Write, rows: &[&Value]) -> io::Result<()> {
    let columns = columns(rows);
    if columns.is_empty() {
        return rows.iter().try_for_each(|row| record(out, [cell(Some(row))]));
    }
    record(out, columns.iter().cloned())?;
    rows.iter().try_for_each(|row| record(out, columns.iter().map(|name| cell(row.get(name)))))
}

/// One record.
pub fn record(out: &mut dyn Write, cells: impl IntoIterator<Item = String>) -> io::Result<()> {
    let cells: Vec<String> = cells.into_iter().map(|cell| quoted(&cell)).collect();
    let line = cells.join(",");
    // Most readers pass over a line with nothing on it, and would miss a record.
    write!(out, "{}\r\n", if line.is_empty() { "\"\"" } else { line.as_str() })
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let rows = [json!({"a": "x,y", "b": null}), json!({"a": "say \"hi\"\n", "c": {"d": 1}})];
        let mut out = Vec::new();
        write(&mut out, &rows.iter().collect::<Vec<_>>()).unwrap();
        let expected = "a,b,c\r\n\"x,y\",,\r\n\"say \"\"hi\"\"\n\",,\"{\"\"d\"\":1}\"\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_record_of_one_empty_cell_is_no_empty_line() {
        for (rows, expected) in [
            ([json!({"a": null}), json!({"a": 1})], "a\r\n\"\"\r\n1\r\n"),
            ([json!(""), json!("x")], "\"\"\r\nx\r\n"),
        ] {
            let mut out = Vec::new();
            write(&mut out, &rows.iter().collect::<Vec<_>>()).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
