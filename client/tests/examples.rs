//! Every example runs without arguments, and does what it says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may stop where it fails"
)]

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// A file that `cargo test` has built beside this one.
fn program(name: &str) -> PathBuf {
    let folder = std::env::current_exe().unwrap().parent().unwrap().with_file_name("examples");
    let path = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(path.exists(), "{name} is not built: run cargo build --examples --all-features");
    path
}

/// A run whose environment is empty but for a folder for temporary files.
fn command(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(program(name));
    command.env_clear().env("TMPDIR", folder).env("TEMP", folder).env("TMP", folder).current_dir(folder);
    command
}

/// Runs an example to its good end, and gives its lines.
fn run(name: &str, folder: &TempDir, arguments: &[&str]) -> Vec<String> {
    let output = command(name, folder.path()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{name}: {output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(ToOwned::to_owned).collect()
}

/// Runs an example to which every file is full after some rows, to its bad end.
#[cfg(unix)]
fn finds_no_room(name: &str, folder: &TempDir) {
    // Whoever ignores the signal is told by the error of the write.
    let mut limited = Command::new("/bin/sh");
    limited.arg("-c").arg("trap '' XFSZ; ulimit -f 4; exec \"$0\"").arg(program(name));
    let limited = limited.env_clear().env("TMPDIR", folder.path()).current_dir(folder.path()).output().unwrap();
    assert!(!limited.status.success(), "{limited:?}");
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn each_example_has_a_test_here() {
    let mut examples = BTreeSet::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") || path.join("main.rs").exists() {
            examples.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    let text = include_str!("examples.rs");
    let tested = |name: &String| text.contains(&format!("(\"{name}\", "));
    assert_eq!(examples.iter().filter(|name| !tested(name)).count(), 0, "{examples:?}");
    assert_eq!(examples.len(), 9);
}

#[test]
fn quickstart_creates_lists_and_looks_up() {
    let lines = run("quickstart", &folder(), &[]);
    let id = lines[0].strip_prefix("created: ").unwrap().to_owned();
    assert!(lines.contains(&format!("listed: {id} pat@example.com")), "{lines:?}");
    assert!(lines.contains(&format!("found: {id} with status 200 OK")), "{lines:?}");
    assert!(lines.last().unwrap().starts_with("not found: wootric get_end_user"), "{lines:?}");
}

#[test]
fn export_to_csv_writes_every_response_once_and_goes_on_from_its_cursor() {
    let folder = folder();
    let lines = run("export_to_csv", &folder, &[]);
    assert!(lines[0].starts_with("2080 rows in "), "{lines:?}");
    let path = folder.path().join("responses.csv");
    let read = || fs::read_to_string(&path).unwrap();
    let text = read();
    assert_eq!(text.lines().next(), Some("id,created_at,score,text"));
    assert!(text.contains(",\"My colleague said \"\"buy it\"\"\"\n"));
    let ids: Vec<i64> = text.lines().skip(1).map(|row| row.split(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(ids, (1..=2080).collect::<Vec<_>>());

    let lines = run("export_to_csv", &folder, &[]);
    assert!(lines[0].starts_with("0 rows in "), "{lines:?}");
    assert_eq!(read(), text, "nothing came since");
}

#[cfg(unix)]
#[test]
fn export_to_csv_takes_back_the_rows_of_a_run_that_finds_no_room() {
    let folder = folder();
    run("export_to_csv", &folder, &[]);
    let (path, cursor) = (folder.path().join("responses.csv"), folder.path().join("responses.cursor.json"));
    // As a run leaves them that is stopped before its first row.
    let mut stopped: serde_json::Value = serde_json::from_slice(&fs::read(&cursor).unwrap()).unwrap();
    stopped["from"] = 1_704_000_000.into();
    stopped["seen"] = serde_json::json!([]);
    fs::write(&cursor, stopped.to_string()).unwrap();
    fs::write(&path, "id,created_at,score,text\n").unwrap();

    finds_no_room("export_to_csv", &folder);
    assert_eq!(fs::read_to_string(&path).unwrap(), "id,created_at,score,text\n");

    let lines = run("export_to_csv", &folder, &[]);
    assert!(lines[0].starts_with("2080 rows in "), "{lines:?}");
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2081);
}

#[cfg(unix)]
#[test]
fn export_to_csv_loses_no_row_to_the_cursor_of_a_file_that_is_gone() {
    let folder = folder();
    let (path, cursor) = (folder.path().join("responses.csv"), folder.path().join("responses.cursor.json"));
    let brings_all = || {
        let lines = run("export_to_csv", &folder, &[]);
        assert!(lines[0].starts_with("2080 rows in "), "{lines:?}");
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2081);
    };
    brings_all();
    fs::remove_file(&path).unwrap();
    finds_no_room("export_to_csv", &folder);
    assert!(!cursor.exists(), "the next run would go on from it");
    brings_all();
    // Emptied is as good as gone.
    fs::write(&path, "").unwrap();
    brings_all();
}

#[test]
fn weekly_nps_draws_a_chart_of_26_weeks() {
    let folder = folder();
    let lines = run("weekly_nps", &folder, &[]);
    assert_eq!(lines.len(), 27);
    assert!(lines[..26].iter().all(|line| line.contains("  80 responses  NPS ")), "{lines:?}");
    assert!(lines[0].starts_with("2024-01-01") && lines[25].starts_with("2024-06-24"), "{lines:?}");
    let chart = fs::read_to_string(folder.path().join("weekly-nps.svg")).unwrap();
    assert!(chart.starts_with("<svg ") && chart.trim_end().ends_with("</svg>"));
    // Three bands a week, and one line.
    assert_eq!((chart.matches("<rect ").count(), chart.matches("fill=\"none\"").count()), (26 * 3, 1));
}

#[test]
fn weekly_nps_reads_what_cx_exports() {
    let folder = folder();
    let rows = "{\"id\":1,\"score\":10,\"created_at\":\"2024-01-01 00:00:00 +0000\"}\n\
                {\"id\":2,\"score\":0,\"created_at\":\"2024-01-02 00:00:00 +0000\"}\n";
    fs::write(folder.path().join("rows.ndjson"), rows).unwrap();
    let lines = run("weekly_nps", &folder, &["chart.svg", "rows.ndjson"]);
    assert_eq!(lines, ["2024-01-01     2 responses  NPS    0", "chart: chart.svg"]);
}

#[test]
fn webhook_receiver_takes_both_encodings_and_refuses_the_forged_one() {
    let lines = run("webhook_receiver", &folder(), &[]);
    let wanted = [
        "response 41 of end user Some(7): score Some(9)",
        "answered with 204 No Content",
        "decline 42 of end user Some(7)",
        "answered with 204 No Content",
    ];
    assert!(lines[0].starts_with("listening on http://127.0.0.1:"), "{lines:?}");
    assert_eq!(lines[1..5], wanted);
    assert!(lines[5].starts_with("refused: ") && lines[6].starts_with("answered with 4"), "{lines:?}");
}

#[test]
fn ask_and_poll_goes_from_the_question_to_its_end() {
    let lines = run("ask_and_poll", &folder(), &[]);
    assert!(lines[0].starts_with("asked: question "), "{lines:?}");
    let rest = ["message: Hold the button for ten seconds", "accepted and rated: good", "closed"];
    assert_eq!(lines[1..], rest);
}

#[test]
fn custom_token_store_shares_one_session_and_shows_no_token() {
    let lines = run("custom_token_store", &folder(), &[]);
    let of = |word: &str| lines.iter().filter(|line| line.starts_with(word)).cloned().collect::<Vec<_>>();
    assert_eq!(of("save: ").len(), 1, "{lines:?}");
    assert_eq!(
        (of("load: ").first().unwrap().as_str(), of("load: ").last().unwrap().as_str()),
        ("load: nothing yet", "load: a session")
    );
    assert_eq!(lines.last().unwrap(), "token requests: 1");
    assert!(!lines.concat().contains("access_token"), "{lines:?}");
}

#[test]
fn custom_http_client_sends_all_requests_its_own_way() {
    let lines = run("custom_http_client", &folder(), &[]);
    let all = ["create_token came via 1.1 example-gateway", "list_segments came via 1.1 example-gateway"];
    assert_eq!(lines[1..], all);
}

#[test]
fn tracing_to_stdout_shows_every_request_and_no_personal_data() {
    let lines = run("tracing_to_stdout", &folder(), &[]);
    let with = |words: &[&str]| lines.iter().filter(|line| words.iter().all(|word| line.contains(word))).count();
    assert_eq!(with(&["http.response.status_code=500", "close"]), 1, "{lines:#?}");
    assert_eq!(with(&["http.response.status_code=200", "http.request.resend_count=1", "close"]), 1, "{lines:#?}");
    assert_eq!(with(&["POST /oauth/token", "http.response.status_code=200", "close"]), 1, "{lines:#?}");
    let text = lines.concat();
    assert!(!text.contains("pat@example.com") && !text.contains(cx_mock::issuer::CLIENT_SECRET), "{lines:#?}");
}

#[test]
fn made_up_vendor_says_where_it_is_and_stays() {
    let folder = folder();
    let mut child =
        command("made_up_vendor", folder.path()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    let host = address.trim().strip_prefix("http://").unwrap_or_default().to_owned();
    let reached = std::net::TcpStream::connect(&host);
    child.kill().unwrap();
    child.wait().unwrap();
    reached.unwrap_or_else(|error| panic!("{address}: {error}"));
}
