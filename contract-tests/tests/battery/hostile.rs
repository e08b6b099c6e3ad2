//! Items 74 to 77: hostile servers.

use cx_client::{ErrorKind, Response, Result, directly, wootric};
use cx_mock::{Answer, FaultServer, Step, issuer};
use serde_json::{Value, json};

use crate::{
    item::{Item, item},
    rule::Rule,
    stage::{Stage, client_of, token},
    time::Time,
    verdict::{Verdict, ensure, equal, refused, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_74_takes_broken_exchanges_for_transport_errors, Rule::CutBodyTaken),
    item!(item_75_survives_odd_json, Rule::OddJsonPanics),
    item!(item_76_tolerates_unknown_values_and_members, Rule::UnknownMemberRefused),
    item!(item_77_sends_no_token_after_a_link, Rule::LinkFollowed),
];

/// Faults of the wire, none of which is a reply, whatever was received of it.
fn faults() -> Vec<(&'static str, Step)> {
    let head = |fields: &str| format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{fields}\r\n\r\n");
    let raw = |fields: &str, body: &str| Step::nothing().send(head(fields) + body).close();
    // The body by itself would do for a list and, but for its members, for a token.
    let whole = token().to_string();
    vec![
        ("a reset before the request", Step::reset_on_connect()),
        ("a reset before the head", Step::reset_before_headers()),
        ("a reset after the head", Step::reset_after_headers()),
        ("a reset in the body", Step::reset_in_body()),
        ("a connection that closes", Step::close_before_headers()),
        ("half a head", Step::nothing().send("HTTP/1.1 200 OK\r\ncontent-le").close()),
        ("no HTTP", Step::nothing().send("220 mail.example.com ESMTP\r\n").close()),
        ("a cut body", Step::cut_body(format!("{whole}   "), whole.len())),
        ("a cut list", Step::cut_body("[]        ", 2)),
        ("a body that is too short", Step::wrong_length(1000, whole.clone())),
        ("a length that is no number", raw("content-length: many", &whole)),
        ("a negative length", raw("content-length: -1", &whole)),
        ("two lengths", raw("content-length: 2\r\ncontent-length: 3", &whole)),
        ("a bad chunk", Step::bad_chunk()),
        ("no last chunk", Step::missing_last_chunk()),
        ("a huge chunk size", raw("transfer-encoding: chunked", "fffffffffffffffff\r\n[]\r\n0\r\n\r\n")),
    ]
}

async fn item_74_takes_broken_exchanges_for_transport_errors() -> Verdict {
    for (what, fault) in faults() {
        let server = FaultServer::start(vec![fault.clone()]).await.unwrap();
        let builder = client_of::<wootric::Client>(&server.base_url(), &Time::hurried()).max_attempts(1);
        let outcome = builder.static_token("a-token").build().unwrap().list_end_users().send().await;
        refused(outcome, ErrorKind::Transport, format!("a call that ends in {what}"))?;

        let server = FaultServer::start(vec![fault]).await.unwrap();
        let builder = client_of::<wootric::Client>(&server.base_url(), &Time::hurried()).max_attempts(1);
        let login = builder.client_credentials("id", "secret").build().unwrap();
        refused(login.list_end_users().send().await, ErrorKind::Transport, format!("a login that ends in {what}"))?;
        equal(server.take_requests().iter().filter(|one| one.path() != "/oauth/token").count(), 0, "calls after it")?;
    }
    Ok(())
}

/// JSON that a careless reader stumbles over, alone and as a member of an end user.
fn odd_json() -> Vec<Vec<u8>> {
    let deep = |open: &str, close: &str| open.repeat(100_000) + "1" + &close.repeat(100_000);
    let mut values: Vec<Vec<u8>> = [
        "1e999",
        "-1e999",
        "1e-999",
        "-0",
        "99999999999999999999999999999999999999999",
        "0.1e",
        "01",
        "+1",
        "NaN",
        "Infinity",
        r#""\ud800""#,
        r#""\udc00\ud800""#,
        r#""\u0000""#,
        r#""\x""#,
        "\"\n\"",
        "{\"id\":1,\"id\":2,\"id\":\"3\"}",
        "{\"id\":{},\"id\":[]}",
        "{\"\":{\"\":null}}",
        "[1,]",
        "{\"a\":1,}",
        "/* no */ 1",
        "\u{feff}[]",
        "tru",
        "nul",
        "'a'",
        "",
        " ",
        "}",
        "]",
        ",",
        ":",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    values.extend([deep("[", "]"), deep("{\"a\":", "}"), "[".repeat(1_000_000)].map(String::into_bytes));
    values.push("9".repeat(100_000).into_bytes());
    values.extend([b"\"\xff\xfe\"".to_vec(), b"\xff\xfe[\0]\0".to_vec(), vec![0; 64]]);
    let inside = values.iter().flat_map(|value| {
        ["id", "properties", "nobody_knows_it"]
            .map(|name| [format!("[{{\"id\":1,\"{name}\":").as_bytes(), value, b"}]"].concat())
    });
    let inside: Vec<Vec<u8>> = inside.collect();
    values.extend(inside);
    values
}

/// Changes a text by bytes that mean something in JSON, in an order that is always the same.
fn mutants(text: &str, count: u64) -> Vec<Vec<u8>> {
    const BYTES: &[u8] = b"{}[]\",:\\0129eE+-.u\x00\x80\xff ntf";
    let mut state = 1_u64;
    let mut dice = |sides: usize| {
        // Knuth's linear congruential generator; its upper bits are random enough for this.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % sides
    };
    let mutant = |_| {
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=dice(4) {
            let (at, byte) = (dice(bytes.len()), BYTES[dice(BYTES.len())]);
            match dice(3) {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        bytes
    };
    (0..count).map(mutant).collect()
}

async fn item_75_survives_odd_json() -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in().await;
    let user = r#"[{"id":1,"email":"a\u00e9@example.com","created_at":"2018-03-05 09:41:27 -0800","properties":{"a":[1.5,null,true]}}]"#;
    let mut bodies = odd_json();
    bodies.extend(mutants(user, 300));
    for body in bodies {
        let shown = String::from_utf8_lossy(body.get(..80).unwrap_or(&body)).into_owned();
        let answer = Answer::raw(200, body).header("content-type", "application/json");
        stage.vendor.script("list_end_users", answer);
        let call = tokio::spawn({
            let client = client.clone();
            async move { client.list_end_users().send().await }
        });
        let Ok(outcome) = call.await else { return ensure(false, format!("the client survives {shown:?}")) };
        let harmless = match outcome {
            Ok(_) => true,
            Err(error) => error.kind() == ErrorKind::Decode,
        };
        ensure(harmless, format!("{shown:?} is read, or refused as unreadable"))?;
    }
    for body in odd_json() {
        let shown = String::from_utf8_lossy(body.get(..80).unwrap_or(&body)).into_owned();
        stage.vendor.script("create_token", Answer::raw(200, body).header("content-type", "application/json"));
        let client =
            stage.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build();
        let call = tokio::spawn({
            let client = client.unwrap();
            async move { client.list_end_users().send().await }
        });
        let Ok(outcome) = call.await else { return ensure(false, format!("a login survives {shown:?}")) };
        refused(outcome, ErrorKind::Decode, format!("a login answered with {shown:?}"))?;
    }
    succeeds(client.list_end_users().send().await, "a call after all that").map(drop)
}

async fn item_76_tolerates_unknown_values_and_members() -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in().await;
    let user = json!({"id": 7, "email": "a@example.com", "mood": {"now": ["fine"]}, "Id": "x", "": null});
    stage.vendor.on("create_end_user", {
        let user = user.clone();
        move |_, _| Some(Answer::value(201, user.clone()))
    });
    stage.vendor.on("list_end_users", move |_, _| Some(Answer::value(200, json!([user]))));
    let outcome = client.create_end_user().body_map(|body| body.email("a@example.com".to_owned())).send().await;
    equal(succeeds(outcome, "a reply with unknown members")?.id, 7, "the id")?;
    let users = succeeds(client.list_end_users().send().await, "a list with unknown members")?;
    equal(users.iter().map(|user| user.id).collect::<Vec<_>>(), [7], "the ids of the list")?;

    let stage = Stage::directly(Time::hurried()).await;
    let client = stage.client::<directly::Client>().static_token(issuer::ACCESS_TOKEN).build().unwrap();
    let question = json!({"uuid": "q", "type": "RIDDLE", "state": {"status": "ON_HOLIDAY", "weather": "fair"},
        "conversation": {"messages": [{"type": "SONG", "user": {"type": "ROBOT"}}], "tone": 1}, "rank": {}});
    let reply = json!({"meta": {"correlationId": "c", "shard": 3}, "data": question, "debug": []});
    stage.vendor.on("get_question", move |_, _| Some(Answer::value(200, reply.clone())));
    let outcome: Result<Response<_>> = client.get_question().uuid("q").send().await;
    let question = succeeds(outcome, "a reply with unknown values")?;
    let kept = serde_json::to_value(&*question).unwrap();
    let at = |pointer: &str| kept.pointer(pointer).cloned().unwrap_or(Value::Null);
    equal(at("/data/type"), json!("RIDDLE"), "an unknown value")?;
    equal(at("/data/state/status"), json!("ON_HOLIDAY"), "an unknown value within")?;
    equal(at("/data/uuid"), json!("q"), "what is known")
}

async fn item_77_sends_no_token_after_a_link() -> Verdict {
    let thief = FaultServer::start(vec![Step::json(200, &json!([]))]).await.unwrap();
    let base = thief.base_url();
    let link = format!("<{base}/v1/end_users?page=2>; rel=\"next\"");
    let elsewhere = format!("{base}/v1/end_users/8");
    let headers = [
        ("content-type", "application/json"),
        ("link", link.as_str()),
        ("location", elsewhere.as_str()),
        ("content-location", elsewhere.as_str()),
        ("refresh", &format!("0; url={elsewhere}")),
    ];
    let user = json!({"id": 7, "email": "a@example.com", "next": elsewhere, "links": {"next": elsewhere}});
    for status in [200, 201, 202, 302, 307] {
        for body in [json!([user]), user.clone()] {
            let server = FaultServer::start(vec![Step::reply(status, &headers, body.to_string())]).await.unwrap();
            let builder = client_of::<wootric::Client>(&server.base_url(), &Time::hurried()).static_token("a-token");
            let client = builder.build().unwrap();
            for page in 1..=2 {
                drop(client.list_end_users().page(page).send().await);
            }
            drop(client.create_end_user().body_map(|body| body.email("a@example.com".to_owned())).send().await);
            equal(thief.requests(), 0, format!("requests to where a reply with {status} pointed"))?;
            equal(server.requests(), 3, "requests to the vendor")?;
        }
    }
    // An argument cannot name another host either.
    let server = FaultServer::start(vec![Step::json(200, &json!({"data": {}}))]).await.unwrap();
    let builder = client_of::<directly::Client>(&server.base_url(), &Time::hurried()).static_token("a-token");
    let client = builder.build().unwrap();
    for argument in [base.as_str(), &format!("//{}", thief.address()), &format!("@{}/", thief.address())] {
        drop(client.get_question().uuid(argument).send().await);
        equal(thief.requests(), 0, format!("requests for the argument {argument}"))?;
    }
    equal(server.requests(), 3, "requests to the vendor")
}
