//! `cx … export`: whole files, from a vendor that shows 30 pages of a list and no more.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::Child,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, channel},
    },
    time::Duration,
};

use cx_mock::{Answer, Incoming, MockVendor, form::Part, issuer};
use serde_json::{Value, json};

#[cfg(unix)]
use crate::process::interrupt;
use crate::{
    exported::{holds_every_row_once, ids},
    process::{Cx, Ran, applicant, cx_at, finish, vendor},
};

/// First second of the rows.
const START: i64 = 1_700_000_000;
/// How many there are.
const ROWS: i64 = 8_000;

/// When a row was created: most a minute apart, some all in one second.
fn created(id: i64) -> i64 {
    match id {
        2_000..3_200 => START + 2_000 * 60,
        id => START + id * 60,
    }
}

/// What `list_responses` shows of the rows.
fn page(request: &Incoming) -> Answer {
    page_of(request, ROWS, created)
}

/// What a list shows of so many rows: filtered, sorted, a page of it; 400 past the last page.
fn page_of(request: &Incoming, rows: i64, created: fn(i64) -> i64) -> Answer {
    let texts = request.query_pairs().into_iter().filter_map(|pair| match pair.part {
        Part::Text(text) => Some((pair.name, text)),
        _ => None,
    });
    let query: BTreeMap<String, String> = texts.collect();
    let number = |name: &str| query.get(name).and_then(|value| value.parse::<i64>().ok());
    let (page, size) = (number("page").unwrap_or(1), number("per_page").unwrap_or(25));
    if page > 30 {
        return Answer::value(400, json!({"errors": ["page is above 30"]}));
    }
    let within = |time: i64| {
        number("created[eq]").is_none_or(|bound| time == bound)
            && number("created[gt]").is_none_or(|bound| time > bound)
            && number("created[gte]").is_none_or(|bound| time >= bound)
            && number("created[lt]").is_none_or(|bound| time < bound)
            && number("created[lte]").is_none_or(|bound| time <= bound)
    };
    let mut ids: Vec<i64> = (0..rows).filter(|id| within(created(*id))).collect();
    if query.get("sort_order").is_some_and(|order| order == "desc") {
        ids.reverse();
    }
    let skipped = usize::try_from((page - 1) * size).unwrap();
    let shown = ids.into_iter().skip(skipped).take(usize::try_from(size).unwrap());
    let shown = shown.map(|id| row(id, created(id)));
    Answer::value(200, Value::Array(shown.collect()))
}

fn row(id: i64, created: i64) -> Value {
    let time = chrono::DateTime::from_timestamp(created, 0).unwrap().to_rfc3339();
    json!({"id": id, "score": id % 11, "text": "fine, thanks", "created_at": time, "updated_at": time})
}

async fn simulated() -> MockVendor {
    let vendor = vendor("wootric").await;
    vendor.on("list_responses", |request, _| Some(page(request)));
    vendor
}

/// Answers so many requests and leaves the next ones hanging; tells of the first that hangs.
pub fn hang_after(vendor: &MockVendor, requests: usize) -> Receiver<()> {
    let (sender, receiver) = channel();
    let left = Arc::new(Mutex::new(requests));
    vendor.on("list_responses", move |request, _| {
        let mut left = left.lock().unwrap();
        if *left == 0 {
            // Nobody may be listening any more.
            let _told = sender.send(());
            return Some(page(request).delayed(Duration::from_secs(3_600)));
        }
        *left -= 1;
        Some(page(request))
    });
    receiver
}

pub fn export(vendor: &MockVendor, out: &Path) -> Cx {
    let from = START.to_string();
    let run = cx_at(vendor, ["wootric", "export", "list-responses", "--from", &from, "--resume"]);
    run.arg("--out").arg(out)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_exported_past_the_last_page_that_is_shown() {
    let vendor = simulated().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.ndjson");
    let ran = export(&vendor, &path).run().await.exits(0);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("8000 rows"), "{}", ran.stderr);
    holds_every_row_once(&path, ROWS);
    vendor.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_goes_to_stdout_with_one_header() {
    let vendor = simulated().await;
    let (from, until) = (START.to_string(), (START + 100 * 60).to_string());
    for out in [&["--out", "-"][..], &[]] {
        let run =
            cx_at(&vendor, ["wootric", "export", "list-responses", "-o", "csv", "--from", &from, "--until", &until]);
        let ran = out.iter().fold(run, |run, argument| run.arg(argument)).run().await.exits(0);
        let lines: Vec<&str> = ran.stdout.lines().collect();
        assert_eq!(lines[0], "id,score,text,created_at,updated_at,other_members");
        assert_eq!(lines.len(), 101);
        assert!(lines[1].starts_with("0,0,\"fine, thanks\",2023-11-14T"), "{}", lines[1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_csv_by_its_name_in_either_case() {
    let vendor = simulated().await;
    let folder = tempfile::tempdir().unwrap();
    let until = (START + 100 * 60).to_string();
    for (name, head) in [("rows.csv", "id,score,"), ("ROWS.CSV", "id,score,"), ("rows.json", "{\"id\":0,")] {
        let path = folder.path().join(name);
        export(&vendor, &path).arg("--until").arg(&until).run().await.exits(0);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(head), "{name}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misuse_sends_nothing() {
    let vendor = simulated().await;
    for (arguments, word) in [
        (&["--output", "table"][..], "ndjson or csv"),
        (&["--resume"], "--out"),
        (&["--from", "yesterday"], "2024-01-31"),
        (&["--by", "score"], "created"),
        (&["--from", "2024-01-01", "--until", "2023-01-01"], "not after"),
        (&["--out", "/nowhere/rows.csv"], "/nowhere/rows.csv"),
        (&["--out", "-", "--resume"], "name a file by --out"),
        (&["--page", "2"], "--page"),
    ] {
        let run = cx_at(&vendor, ["wootric", "export", "list-responses"]);
        let ran = arguments.iter().fold(run, |run, argument| run.arg(argument)).run().await.exits(2);
        assert!(ran.stderr.contains(word), "{}", ran.stderr);
    }
    assert!(vendor.take_exchanges().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_no_file_to_export_into() {
    let vendor = simulated().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exports");
    fs::create_dir(&path).unwrap();
    let ran = export(&vendor, &path).run().await.exits(2);
    assert!(ran.stderr.contains("next: name a file by --out"), "{}", ran.stderr);
    assert!(vendor.take_exchanges().is_empty());
}

/// Waits until the vendor leaves a request hanging.
async fn hanging(receiver: Receiver<()>, mut child: Child) -> Child {
    tokio::task::spawn_blocking(move || {
        // An export that ended asks for nothing more.
        while receiver.recv_timeout(Duration::from_millis(20)).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "it ended before: {:?}", child.wait_with_output());
        }
        child
    })
    .await
    .unwrap()
}

#[cfg(unix)]
async fn interrupted(child: Child) -> Ran {
    interrupt(&child);
    finish(child).await
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_leaves_no_half_written_file_and_something_to_go_on_from() {
    let vendor = vendor("wootric").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.ndjson");
    let hangs = hang_after(&vendor, 60);
    let child = export(&vendor, &path).start();
    let ran = interrupted(hanging(hangs, child).await).await.exits(130);
    assert!(ran.stderr.contains("--resume"), "{}", ran.stderr);
    assert!(!path.exists());
    let part = fs::read_to_string(folder.path().join("rows.ndjson.part")).unwrap();
    assert!(part.ends_with('\n') && !ids(&part).is_empty());

    vendor.on("list_responses", |request, _| Some(page(request)));
    export(&vendor, &path).arg("--email").arg("pat@example.com").run().await.exits(2);
    export(&vendor, &path).run().await.exits(0);
    holds_every_row_once(&path, ROWS);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_stopped_export_lost_is_named_with_a_way_to_start_again() {
    let vendor = vendor("wootric").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.ndjson");
    let hangs = hang_after(&vendor, 60);
    let child = export(&vendor, &path).start();
    interrupted(hanging(hangs, child).await).await.exits(130);

    fs::write(folder.path().join("rows.ndjson.part"), "").unwrap();
    let ran = export(&vendor, &path).run().await.exits(2);
    assert!(ran.stderr.contains("rows.ndjson.part is shorter than it was"), "{}", ran.stderr);
    assert!(ran.stderr.contains("next: start again without --resume"), "{}", ran.stderr);

    fs::write(folder.path().join("rows.ndjson.cursor"), "{").unwrap();
    let ran = export(&vendor, &path).run().await.exits(2);
    assert!(ran.stderr.contains("rows.ndjson.cursor cannot be read"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_starts_again_whatever_a_stopped_one_left() {
    let vendor = simulated().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.ndjson");
    fs::write(folder.path().join("rows.ndjson.part"), "{\"id\":").unwrap();
    fs::write(folder.path().join("rows.ndjson.cursor"), "{").unwrap();
    let from = START.to_string();
    let run = cx_at(&vendor, ["wootric", "export", "list-responses", "--from", &from]);
    let ran = run.arg("--out").arg(&path).run().await.exits(0);
    assert!(ran.stderr.contains("is started again; --resume would have kept its rows"), "{}", ran.stderr);
    holds_every_row_once(&path, ROWS);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_to_stdout_that_breaks_off_names_the_kind_that_can_go_on() {
    let vendor = vendor("wootric").await;
    vendor.on("list_responses", |_, _| Some(Answer::raw(200, "<html>")));
    let ran = cx_at(&vendor, ["wootric", "export", "list-responses"]).run().await.exits(5);
    assert!(ran.stderr.contains("--out FILE"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_keeps_as_text_what_no_value_can_hold_and_says_so() {
    let vendor = vendor("wootric").await;
    let row = r#"{"id":1,"created_at":"2023-11-14T22:13:20Z","odd":[-1e400,"\"caf\ud83d"]}"#;
    vendor.on("list_responses", move |request, _| {
        let pairs = request.query_pairs().into_iter();
        let first =
            pairs.filter(|one| one.name == "page").any(|one| matches!(one.part, Part::Text(page) if page == "1"));
        Some(Answer::raw(200, if first { format!("[{row}]") } else { "[]".to_owned() }))
    });
    let ran = cx_at(&vendor, ["wootric", "export", "list-responses"]).run().await.exits(0);
    let odd = json!(["-1e400", r#"\"caf\ud83d"#]);
    assert_eq!(ran.json(), json!({"id": 1, "created_at": "2023-11-14T22:13:20Z", "odd": odd}));
    assert!(ran.stderr.contains("are written as texts"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_loses_no_member_in_silence_that_cannot_be_kept() {
    let vendor = vendor("wootric").await;
    vendor.on("list_responses", |_, _| Some(Answer::raw(200, b"[{\"id\":1,\"odd\":\"caf\xe9\"}]")));
    let ran = cx_at(&vendor, ["wootric", "export", "list-responses"]).run().await.exits(5);
    assert!(ran.stderr.contains("a number or a text that cannot be kept"), "{}", ran.stderr);
    // The same export would end at the same page.
    assert!(ran.stderr.contains("go on behind it by --from"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_that_is_too_full_is_to_be_exported_around() {
    let vendor = vendor("wootric").await;
    // More than 30 pages of 50 rows, all of one second.
    vendor.on("list_responses", |request, _| Some(page_of(request, 1_600, |_| START)));
    let folder = tempfile::tempdir().unwrap();
    let ran = export(&vendor, &folder.path().join("rows.ndjson")).run().await.exits(1);
    for way in [format!("--until {START}"), format!("--from {}", START + 1)] {
        assert!(ran.stderr.contains(&way), "{way}: {}", ran.stderr);
    }
    // It would only come as far again.
    assert!(!ran.stderr.contains("--resume"), "{}", ran.stderr);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_no_misuse_and_the_export_goes_on_once_there_is_room() {
    let vendor = simulated().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.ndjson");
    // Room for some batches, and not for the whole.
    let ran = export(&vendor, &path).with_files_of_at_most(600).run().await.exits(4);
    assert!(ran.stderr.contains("make room") && ran.stderr.contains("--resume"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("after the 0 rows"), "{}", ran.stderr);
    assert!(!path.exists());
    vendor.take_exchanges();
    export(&vendor, &path).run().await.exits(0);
    holds_every_row_once(&path, ROWS);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_export_goes_on_with_the_server_and_the_account_that_it_began_with() {
    let vendor = vendor("wootric").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.ndjson");
    let nobody = |vendor: &MockVendor| export(vendor, &path).env("CX_TOKEN", "");
    let hangs = hang_after(&vendor, 20);
    let child = applicant(nobody(&vendor)).start();
    interrupted(hanging(hangs, child).await).await.exits(130);
    let cursor = fs::read_to_string(folder.path().join("rows.ndjson.cursor")).unwrap();
    assert!(!cursor.contains(issuer::CLIENT_ID), "{cursor}");
    vendor.on("list_responses", |request, _| Some(page(request)));
    let logins = vendor.issuer().token_requests();

    let another = simulated().await;
    let person = nobody(&vendor).env("CX_USERNAME", issuer::USERNAME).env("CX_PASSWORD", issuer::PASSWORD);
    for (run, difference) in [
        (applicant(nobody(&another)), another.base_url().as_str()),
        (person, "the account"),
        (applicant(nobody(&vendor)).env("CX_ACCOUNT_TOKEN", "NPS-EXAMPLE"), "the account"),
        (export(&vendor, &path), "the account (a token alone"),
    ] {
        let ran = run.run().await.exits(2);
        assert!(ran.stderr.contains(difference) && ran.stderr.contains("without --resume"), "{}", ran.stderr);
    }
    // A request of the export that was interrupted may be read late, so only those for tokens are counted here.
    assert_eq!(vendor.issuer().token_requests(), logins);
    assert!(another.take_exchanges().is_empty());
    applicant(nobody(&vendor)).run().await.exits(0);
    holds_every_row_once(&path, ROWS);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_killed_again_and_again_ends_with_every_row_once() {
    let vendor = vendor("wootric").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.ndjson");
    // All of them together bring less than the whole.
    for requests in [0, 1, 5, 9, 14, 20, 7, 25, 18, 11] {
        let hangs = hang_after(&vendor, requests);
        let mut child = hanging(hangs, export(&vendor, &path).start()).await;
        child.kill().unwrap();
        finish(child).await;
        assert!(!path.exists(), "a file that is not whole");
    }
    vendor.on("list_responses", |request, _| Some(page(request)));
    export(&vendor, &path).run().await.exits(0);
    holds_every_row_once(&path, ROWS);
}
