//! Tables for people: a row an item, or a line a member where there is one item.

use std::io::{self, Write};

use console::{measure_text_width, truncate_str};
use serde_json::Value;

use super::{cell, columns, printable};

/// Widest cell of a table with several columns.
const WIDEST: usize = 40;
/// Between two columns.
const GAP: &str = "  ";

/// Writes a table that fits into `width` columns, or one that is as wide as it needs to be.
pub fn write(out: &mut dyn Write, rows: &[&Value], width: Option<usize>) -> io::Result<()> {
    match rows {
        [] => writeln!(out, "(none)"),
        [one] if one.is_object() => members(out, one, width),
        _ => items(out, rows, width),
    }
}

fn members(out: &mut dyn Write, row: &Value, width: Option<usize>) -> io::Result<()> {
    let names = columns(&[row]);
    let widest = names.iter().map(|name| measure_text_width(name)).max().unwrap_or_default();
    for name in &names {
        let line = format!("{}{GAP}{}", padded(&printable(name), widest), shown(row.get(name)));
        writeln!(out, "{}", fitted(&line, width))?;
    }
    Ok(())
}

fn items(out: &mut dyn Write, rows: &[&Value], width: Option<usize>) -> io::Result<()> {
    let names = columns(rows);
    if names.is_empty() {
        return rows.iter().try_for_each(|row| writeln!(out, "{}", fitted(&shown(Some(row)), width)));
    }
    let table: Vec<Vec<String>> = std::iter::once(names.iter().map(|name| printable(&name.to_uppercase())).collect())
        .chain(rows.iter().map(|row| names.iter().map(|name| shortened(&shown(row.get(name)))).collect()))
        .collect();
    let column = |index: usize| table.iter().filter_map(move |row| row.get(index));
    let widths: Vec<usize> = (0..names.len())
        .map(|index| column(index).map(|cell| measure_text_width(cell)).max().unwrap_or_default())
        .collect();
    for row in &table {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect();
        writeln!(out, "{}", fitted(cells.join(GAP).trim_end(), width))?;
    }
    Ok(())
}

fn shown(value: Option<&Value>) -> String {
    printable(&cell(value))
}

fn shortened(cell: &str) -> String {
    truncate_str(cell, WIDEST, "…").into_owned()
}

fn fitted(line: &str, width: Option<usize>) -> String {
    width.map_or_else(|| line.to_owned(), |width| truncate_str(line, width, "…").into_owned())
}

fn padded(cell: &str, width: usize) -> String {
    let missing = width.saturating_sub(measure_text_width(cell));
    format!("{cell}{}", " ".repeat(missing))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(rows: &[Value], width: Option<usize>) -> String {
        let mut out = Vec::new();
        write(&mut out, &rows.iter().collect::<Vec<_>>(), width).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn several_items_are_rows() {
        let rows = [json!({"id": 1, "text": "day"}), json!({"id": 22, "text": null})];
        assert_eq!(table(&rows, None), "ID  TEXT\n1   day\n22\n");
    }

    #[test]
    fn one_item_is_a_list_of_its_members() {
        assert_eq!(table(&[json!({"id": 1, "name": "Pat"})], None), "id    1\nname  Pat\n");
    }

    #[test]
    fn a_line_fits_the_terminal_and_carries_no_commands_to_it() {
        let shown = table(&[json!({"text": "\u{1b}[2Jall of it is shown"})], Some(16));
        assert_eq!(shown, "text   [2Jall o…\n");
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        assert_eq!(table(&[], None), "(none)\n");
    }
}
