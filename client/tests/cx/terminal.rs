//! What people see: a real terminal on all three streams.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::{fd::OwnedFd, unix::ffi::OsStrExt},
    path::Path,
    process::{Child, Stdio},
};

use cx_mock::{Answer, MockVendor, form::Part};
use rustix::{
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    export,
    process::{Cx, cx_at, interrupt, read_until, vendor},
};

const COLUMNS: u16 = 64;

/// A run of the tool on a terminal of its own.
struct Session {
    child: Child,
    terminal: File,
}

impl Session {
    fn start(run: Cx) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let size = Winsize { ws_row: 24, ws_col: COLUMNS, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&terminal, size).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap();
        let path = Path::new(std::ffi::OsStr::from_bytes(name.as_bytes()));
        let end: OwnedFd = OpenOptions::new().read(true).write(true).open(path).unwrap().into();
        let stream = || Stdio::from(end.try_clone().unwrap());
        let child = run.env("TERM", "xterm").start_on(stream(), stream(), stream());
        Self { child, terminal: terminal.into() }
    }

    /// What is shown until some text is.
    async fn shows(&mut self, wanted: &'static str) -> String {
        let mut terminal = self.terminal.try_clone().unwrap();
        let read = move || read_until(&mut terminal, |text| text.contains(wanted));
        tokio::task::spawn_blocking(read).await.unwrap()
    }

    fn types(&mut self, keys: &str) {
        self.terminal.write_all(keys.as_bytes()).unwrap();
    }

    /// The exit code, and all that is shown until then.
    async fn end(mut self) -> (Option<i32>, String) {
        let rest = tokio::task::spawn_blocking(move || {
            let mut shown = Vec::new();
            let mut piece = [0; 1_024];
            // A terminal that nobody has open any more cannot be read from.
            while let Ok(read @ 1..) = self.terminal.read(&mut piece) {
                shown.extend_from_slice(&piece[..read]);
            }
            (self.child.wait().unwrap().code(), String::from_utf8_lossy(&shown).into_owned())
        });
        rest.await.unwrap()
    }
}

fn delete(vendor: &MockVendor) -> Session {
    Session::start(cx_at(vendor, ["wootric", "delete-end-user", "--id", "11"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_undone_is_done_after_a_yes() {
    let vendor = vendor("wootric").await;
    for answer in ["y\n", "Y\n", "yes\n"] {
        let mut session = delete(&vendor);
        let question = session.shows("[y/N] ").await;
        assert!(question.contains("Delete an end user") && question.contains("cannot be undone"), "{question}");
        assert!(vendor.take_exchanges().is_empty(), "it was done before the answer");
        session.types(answer);
        let (code, shown) = session.end().await;
        assert_eq!(code, Some(0), "{shown}");
        assert_eq!(vendor.take_exchanges()[0].operation(), Some("delete_end_user"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_but_a_yes_is_a_no() {
    let vendor = vendor("wootric").await;
    // The last is the end of the input.
    for answer in ["n\n", "\n", "yep\n", "\u{4}"] {
        let mut session = delete(&vendor);
        session.shows("[y/N] ").await;
        session.types(answer);
        let (code, shown) = session.end().await;
        assert_eq!(code, Some(2), "{shown}");
        assert!(shown.contains("nothing was done") && shown.contains("--yes"), "{shown}");
        assert!(vendor.take_exchanges().is_empty(), "{answer:?} was taken for a yes");
    }
}

/// Has the programs that are started from here take Ctrl-C. Who was started in the background of a script ignores it, and
/// so does all that is started from there; a signal that is caught is a matter of who catches it alone.
fn pass_interrupts_on() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap();
    if ignored & (1_u64 << (SignalKind::interrupt().as_raw_value() - 1)) != 0 {
        // It stays caught, and nobody asks for it: here it is ignored as before.
        drop(signal(SignalKind::interrupt()).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_at_the_question_does_nothing() {
    pass_interrupts_on();
    let vendor = vendor("wootric").await;
    let mut session = delete(&vendor);
    session.shows("[y/N] ").await;
    interrupt(&session.child);
    // Whoever took no notice gets an answer, and does not wait for it for ever. Else nobody is there who could read it.
    let _unread = session.terminal.write_all(b"n\n");
    let (code, shown) = session.end().await;
    assert_eq!(code, None, "it went on after the signal: {shown}");
    assert!(vendor.take_exchanges().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_a_table_that_fits_and_carries_no_commands() {
    let vendor = vendor("wootric").await;
    let rows = json!([
        {"id": 1, "email": "pat@example.com", "note": "\u{1b}[2Jgone"},
        {"id": 2, "email": "a-very-long-address-of-somebody@example.com", "note": "x".repeat(200)},
    ]);
    vendor.script("list_end_users", Answer::value(200, rows));
    let (code, shown) = Session::start(cx_at(&vendor, ["wootric", "list-end-users"])).end().await;
    assert_eq!(code, Some(0), "{shown}");
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].starts_with("ID  EMAIL") && lines[1].starts_with("1   pat@example.com"), "{shown}");
    assert!(lines.iter().all(|line| line.chars().count() <= usize::from(COLUMNS)), "{shown}");
    assert!(lines[2].ends_with('…') && !shown.contains('\u{1b}'), "{shown:?}");
}

/// What somebody could write into a survey: commands of seven bits, of eight, and a DEL.
const COMMANDS: &str = "\u{1b}[2Jgone\u{9b}2J\u{7f}";

#[tokio::test(flavor = "multi_thread")]
async fn no_form_of_the_data_carries_commands() {
    let vendor = vendor("wootric").await;
    for format in ["json", "ndjson", "csv", "table"] {
        vendor.script("list_end_users", Answer::value(200, json!([{"id": 1, "note": COMMANDS}, {"id": 2}])));
        let run = cx_at(&vendor, ["wootric", "list-end-users", "-o", format]);
        let (code, shown) = Session::start(run).end().await;
        assert_eq!(code, Some(0), "{shown}");
        assert!(shown.contains("[2Jgone"), "{format}: {shown:?}");
        assert!(!shown.contains(['\u{1b}', '\u{9b}', '\u{7f}']), "{format}: {shown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_of_an_export_carries_commands() {
    let vendor = vendor("wootric").await;
    vendor.on("list_responses", |request, _| {
        let texts = request.query_pairs().into_iter();
        let first =
            texts.filter(|pair| pair.name == "page").any(|pair| matches!(pair.part, Part::Text(text) if text == "1"));
        let row = json!({"id": 1, "text": COMMANDS, "created_at": "2023-11-14T22:13:20Z"});
        Some(Answer::value(200, if first { json!([row]) } else { json!([]) }))
    });
    for format in ["ndjson", "csv"] {
        let run = cx_at(&vendor, ["wootric", "export", "list-responses", "-o", format]);
        let (code, shown) = Session::start(run).end().await;
        assert_eq!(code, Some(0), "{shown}");
        // The bar has commands of its own.
        assert!(shown.contains("[2Jgone"), "{format}: {shown:?}");
        assert!(!shown.contains(COMMANDS) && !shown.contains(['\u{9b}', '\u{7f}']), "{format}: {shown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_shows_rows_rate_window_and_the_time_left() {
    let vendor = vendor("wootric").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.ndjson");
    // One window after the other: the first is written when the vendor hangs.
    let _hangs = export::hang_after(&vendor, 110);
    let mut session = Session::start(export::export(&vendor, &path).arg("--in-flight").arg("1"));
    let bar = session.shows("000 rows").await + &session.shows(" left").await;
    for part in ["%", "/s", "up to 2023-11-1"] {
        assert!(bar.contains(part), "{part}: {bar}");
    }
    interrupt(&session.child);
    let (code, shown) = session.end().await;
    assert_eq!(code, Some(130), "{shown}");
    assert!(shown.contains("--resume"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_says_how_much_it_has_read_before_it_can_write() {
    let vendor = vendor("wootric").await;
    let folder = tempfile::tempdir().unwrap();
    // More than 1,000 rows, and too few for any of the windows that are read side by side.
    let _hangs = export::hang_after(&vendor, 28);
    let mut session = Session::start(export::export(&vendor, &folder.path().join("rows.ndjson")));
    let bar = session.shows("1,").await + &session.shows(" left").await;
    assert!(bar.contains(" more read"), "{bar}");
    interrupt(&session.child);
    assert_eq!(session.end().await.0, Some(130));
}
