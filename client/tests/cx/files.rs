//! Bodies and uploads from files and stdin.

use std::fs;

use crate::process::{cx_at, vendor};

#[tokio::test(flavor = "multi_thread")]
async fn a_body_comes_from_the_line_from_a_file_or_from_stdin() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("body.json");
    let body = r#"{"email": "pat@example.com"}"#;
    fs::write(&path, body).unwrap();
    let vendor = vendor("wootric").await;
    for given in [body.to_owned(), format!("@{}", path.display()), "-".to_owned()] {
        cx_at(&vendor, ["wootric", "create-end-user", "--body", &given]).stdin(body).run().await.exits(0);
    }
    vendor.assert_no_violations();
    let exchanges = vendor.take_exchanges();
    assert_eq!(exchanges.len(), 3);
    for exchange in &exchanges {
        assert_eq!(exchange.request.body(), exchanges[0].request.body());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_the_same_whatever_wrote_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("body.json");
    let body = "\u{feff}{\"email\": \"pat@example.com\"}\r\n";
    fs::write(&path, body).unwrap();
    let vendor = vendor("wootric").await;
    for given in [format!("@{}", path.display()), "-".to_owned()] {
        cx_at(&vendor, ["wootric", "create-end-user", "--body", &given]).stdin(body).run().await.exits(0);
    }
    vendor.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_json_is_to_be_mended_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("body.json");
    let body = "{email:";
    fs::write(&path, body).unwrap();
    let vendor = vendor("wootric").await;
    for (given, next) in [(body.to_owned(), "quote it"), (format!("@{}", path.display()), "correct it there")] {
        let ran = cx_at(&vendor, ["wootric", "create-end-user", "--body", &given]).run().await.exits(2);
        assert!(ran.stderr.contains(next), "{given}: {}", ran.stderr);
    }
    assert!(vendor.take_exchanges().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_to_upload_is_named_by_its_path_and_need_not_be_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    let content = b"email\nandr\xe9@example.com\n";
    fs::write(&path, content).unwrap();
    let vendor = vendor("wootric-cxi").await;
    let body = serde_json::json!({"file": format!("@{}", path.display())}).to_string();
    cx_at(&vendor, ["wootric-cxi", "create-import", "--body", &body]).run().await.exits(0);
    vendor.assert_no_violations();
    let sent = vendor.take_exchanges()[0].request.body().to_vec();
    assert!(sent.windows(content.len()).any(|part| part == content));
    assert!(sent.windows(10).any(|part| part == b"people.csv"));

    let ran = cx_at(&vendor, ["wootric-cxi", "create-import", "--body", r#"{"file": "@/nowhere.csv"}"#]).run().await;
    let ran = ran.exits(2);
    assert!(ran.stderr.contains("/nowhere.csv cannot be read"), "{}", ran.stderr);
    assert!(ran.stderr.contains("next: check the path"), "{}", ran.stderr);
}
