//! What an export wrote.

use std::{fs, path::Path};

use serde_json::Value;

/// The ids of whole lines.
#[track_caller]
pub fn ids(text: &str) -> Vec<i64> {
    assert!(text.is_empty() || text.ends_with('\n'), "a line is cut off");
    text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_i64().unwrap()).collect()
}

/// Checks that a file is whole, and that nothing else is left in its folder.
#[track_caller]
pub fn holds_every_row_once(path: &Path, rows: i64) {
    let mut ids = ids(&fs::read_to_string(path).unwrap());
    ids.sort_unstable();
    // Not by `assert_eq`, which would print all of them.
    assert!(ids == (0..rows).collect::<Vec<_>>(), "{} of {rows} rows", ids.len());
    let names: Vec<_> =
        fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [path.file_name().unwrap()], "something was left beside the file");
}
