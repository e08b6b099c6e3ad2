//! Forms of the data on stdout.

use cx_mock::{Answer, MockVendor};
use serde_json::{Value, json};

use crate::process::{Ran, cx_at, vendor};

async fn listed(vendor: &MockVendor, format: Option<&str>) -> Ran {
    let rows = json!([
        {"id": 1, "email": "pat@example.com", "properties": {"plan": "Pro, yearly"}},
        {"id": 2, "email": null, "phone_number": "+15550100"},
    ]);
    vendor.script("list_end_users", Answer::value(200, rows));
    let run = cx_at(vendor, ["wootric", "list-end-users"]);
    let run = match format {
        Some(format) => run.arg("--output").arg(format),
        None => run,
    };
    run.run().await.exits(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_pipe_it_is_json_as_it_was_received() {
    let vendor = vendor("wootric").await;
    let ran = listed(&vendor, None).await;
    assert_eq!(ran.json()[0]["properties"]["plan"], json!("Pro, yearly"));
    assert_eq!(ran.stdout, listed(&vendor, Some("json")).await.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn ndjson_is_a_line_an_item() {
    let vendor = vendor("wootric").await;
    let ran = listed(&vendor, Some("ndjson")).await;
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["id"], json!(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_has_a_header_and_quotes_what_it_must() {
    let vendor = vendor("wootric").await;
    let ran = listed(&vendor, Some("csv")).await;
    let expected = "id,email,properties,phone_number\r\n\
                    1,pat@example.com,\"{\"\"plan\"\":\"\"Pro, yearly\"\"}\",\r\n\
                    2,,,+15550100\r\n";
    assert_eq!(ran.stdout, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_lines_up() {
    let vendor = vendor("wootric").await;
    let ran = listed(&vendor, Some("table")).await;
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 3);
    let column = lines[0].find("EMAIL").unwrap();
    assert_eq!(lines[1].find("pat@example.com"), Some(column));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_in_an_envelope_is_unpacked_into_rows() {
    let vendor = vendor("directly").await;
    let questions = json!({"meta": {"status": 200}, "data": {"questions": [{"uuid": "a"}, {"uuid": "b"}]}});
    vendor.script("list_questions", Answer::value(200, questions));
    let run = cx_at(&vendor, ["directly", "list-questions", "--user-email", "pat@example.com", "-o", "ndjson"]);
    let ran = run.run().await.exits(0);
    assert_eq!(ran.stdout, "{\"uuid\":\"a\"}\n{\"uuid\":\"b\"}\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_is_no_data_and_no_failure() {
    let vendor = vendor("directly").await;
    vendor.script("get_question", Answer::status(304));
    let ran = cx_at(&vendor, ["directly", "get-question", "--uuid", "a"]).run().await.exits(0);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("nothing new"), "{}", ran.stderr);
}
