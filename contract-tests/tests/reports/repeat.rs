//! Two runs with one seed.

use crate::support::{self, Files};

/// The report without the one thing that differs: how long it took.
fn timeless(folder: &std::path::Path) -> Files {
    let mut files = support::files(folder);
    let page = files.get_mut("index.html").unwrap();
    let from = page.find("<time id=\"duration\">").unwrap();
    let to = from + page[from..].find("</time>").unwrap();
    page.replace_range(from..to, "");
    let json = files.get_mut("report.json").unwrap();
    let lines: Vec<&str> = json.lines().filter(|line| !line.starts_with("  \"duration_ms\": ")).collect();
    assert_eq!(lines.len() + 1, json.lines().count(), "one member says how long it took");
    *json = lines.join("\n");
    files
}

#[test]
fn two_runs_with_one_seed_write_the_same_bytes() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for folder in [&first, &second] {
        let output = support::conformance(folder.path(), &["--seed", "7"]);
        assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let (first, second) = (timeless(first.path()), timeless(second.path()));
    assert_eq!(first.len(), 4);
    for (name, text) in &first {
        let other = &second[name];
        let difference = text.lines().zip(other.lines()).position(|(one, other)| one != other);
        assert!(text == other, "{name} differs, first in line {difference:?}");
    }
    let size: usize = first.values().map(String::len).sum();
    assert!(size < 3_000_000, "the report has {size} bytes");
}

#[test]
fn another_seed_is_named_in_the_report() {
    let folder = tempfile::tempdir().unwrap();
    support::conformance(folder.path(), &["--seed", "8", "--api", "directly", "--case", "get_health_status"]);
    let files = support::files(folder.path());
    assert!(files["report.json"].contains("\"seed\": 8"));
    assert!(files["index.html"].contains("Seed <b>8</b>"));
}
