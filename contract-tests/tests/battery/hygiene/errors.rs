//! Items 65, 66, 68 and 69: what errors show.

use cx_client::{ClientBuilder, Error, ErrorKind, auth::Credentials, directly, wootric};
use cx_mock::{FaultServer, Step};
use serde_json::{Value, json};

use super::CANARY;
use crate::{
    stage::{chain, client_of, token},
    time::Time,
    verdict::{Verdict, ensure, equal, refused},
};

/// Demands that an error and what caused it show no canary. What they do show is not repeated: it would stand in the log.
fn hides(error: &Error, what: &str) -> Verdict {
    ensure(!chain(error).contains(CANARY), format!("an error says nothing secret after {what}"))
}

/// The error of a call, which has to fail.
fn failed<T>(outcome: cx_client::Result<T>, what: &str) -> Verdict<Error> {
    match outcome {
        Err(error) => Ok(error),
        Ok(_) => ensure(false, format!("a call fails after {what}")).map(|()| unreachable!("it was demanded")),
    }
}

/// Replies of every kind that ends in an error, each full of canaries.
fn bad_replies() -> Vec<(&'static str, Step)> {
    let headers = [("content-type", "application/json"), ("set-cookie", CANARY), ("www-authenticate", CANARY)];
    // A word by itself would be a code, which is shown.
    let said = json!({"error": format!("{CANARY} is wrong"), "error_description": CANARY, "error_uri": CANARY, "message": CANARY});
    let said = said.to_string();
    vec![
        ("400", Step::reply(400, &headers, said.clone())),
        ("401", Step::reply(401, &headers, said.clone())),
        ("403", Step::reply(403, &headers, said.clone())),
        ("408", Step::reply(408, &headers, said.clone())),
        ("429", Step::reply(429, &headers, said.clone())),
        ("500", Step::reply(500, &headers, said.clone())),
        ("502 with a page", Step::reply(502, &[("content-type", "text/html")], CANARY)),
        ("an error in a success", Step::reply(200, &headers, said)),
        ("a redirect", Step::redirect(307, &format!("https://{CANARY}.example/{CANARY}?{CANARY}"))),
        ("no JSON", Step::reply(200, &headers, CANARY)),
        ("a text", Step::json(200, &json!(CANARY))),
        ("a list", Step::json(200, &json!([{"id": CANARY}]))),
        ("an open end", Step::reply(200, &headers, format!(r#"{{"access_token":"{CANARY}"#))),
        ("a token of type mac", Step::json(200, &json!({"access_token": CANARY, "token_type": CANARY}))),
        ("no type", Step::json(200, &json!({"access_token": CANARY}))),
        (
            "a token with a line break",
            Step::json(200, &json!({"access_token": format!("{CANARY}\r\n"), "token_type": "bearer"})),
        ),
        ("a cut body", Step::cut_body(format!(r#"{{"access_token":"{CANARY}"}}"#), 35)),
        ("a reset", Step::reset_before_headers()),
        ("a reset in the body", Step::reset_in_body()),
        ("no HTTP", Step::nothing().send(format!("{CANARY} {CANARY}\r\n\r\n")).close()),
    ]
}

/// Credentials of every grant, full of canaries.
fn wootric_logins() -> Vec<fn(ClientBuilder<wootric::Client>) -> ClientBuilder<wootric::Client>> {
    vec![
        |one| one.client_credentials("an-id", CANARY),
        |one| one.password("a@example.com", CANARY).token_query("account_token", CANARY),
        |one| one.refresh_token(Credentials::refresh_token(CANARY)),
    ]
}

pub async fn item_65_shows_no_secret_in_any_chain_of_errors() -> Verdict {
    for (what, step) in bad_replies() {
        for login in wootric_logins() {
            let server = FaultServer::start(vec![step.clone()]).await.unwrap();
            let client = login(client_of(&server.base_url(), &Time::hurried())).build().unwrap();
            hides(&failed(client.list_end_users().send().await, what)?, &format!("a login that ended in {what}"))?;
        }
        for in_query in [false, true] {
            let server = FaultServer::start(vec![step.clone()]).await.unwrap();
            let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried());
            let client = client.token_in_query(in_query).static_token(CANARY).build().unwrap();
            let outcome = client.get_nps_summary().send().await;
            if let Err(error) = outcome {
                hides(&error, &format!("a call that ended in {what}"))?;
            }
            let outcome = client.get_end_user().id(CANARY).send().await;
            hides(&failed(outcome, what)?, &format!("a call with an argument that ended in {what}"))?;
        }
        let server = FaultServer::start(vec![step]).await.unwrap();
        let client = client_of::<directly::Client>(&server.base_url(), &Time::hurried()).static_token(CANARY);
        if let Err(error) = client.build().unwrap().core().sign_out().await {
            hides(&error, &format!("a logout that ended in {what}"))?;
        }
    }
    // A token that no header takes fails before anything is sent.
    let outcome = ClientBuilder::<wootric::Client>::new().static_token(format!("{CANARY}\r\n")).build();
    hides(&failed(outcome, "a token with a line break")?, "a token with a line break")
}

/// Of a payload that cannot be used an error says where, how long and of which type.
pub async fn item_66_describes_a_bad_payload_without_quoting_it() -> Verdict {
    let with = |name: &str, value: Value| {
        let mut reply = token();
        reply["refresh_token"] = json!(CANARY);
        reply["access_token"] = json!(CANARY);
        reply[name] = value;
        reply.to_string()
    };
    let json = [("content-type", "application/json")];
    let logins = [
        // Items 13 and 14.
        (with("token_type", json!("mac")), Some("token_type")),
        (with("token_type", json!(CANARY)), Some("token_type")),
        (with("token_type", Value::Null), Some("token_type")),
        (with("access_token", json!("")), Some("access_token")),
        (with("access_token", json!({"token": CANARY})), Some("access_token")),
        (with("access_token", json!(format!("{CANARY}\n"))), Some("access_token")),
        // Item 23.
        (json!([CANARY]).to_string(), None),
        (json!(CANARY).to_string(), None),
        (format!(r#"{{"access_token": "{CANARY}", "refresh_"#), None),
        (format!("{CANARY}{{"), None),
    ];
    for (body, path) in logins {
        let server = FaultServer::start(vec![Step::reply(200, &json, body.clone())]).await.unwrap();
        let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried());
        let client = client.client_credentials("an-id", "a-secret").build().unwrap();
        let outcome = client.list_end_users().send().await;
        let error = refused(outcome, ErrorKind::Decode, "a login with a payload that is no token")?;
        hides(&error, "a token reply that cannot be used")?;
        let kept = error.body().map(|body| body.to_vec()).unwrap_or_default();
        ensure(kept.is_empty(), "an error keeps no token reply")?;
        let shown = chain(&error);
        let place = shown.contains(&format!("{} bytes", body.len())) || path.is_some_and(|path| shown.contains(path));
        ensure(place, "an error tells a token reply's size or the member that is wrong")?;
    }
    // Item 16: a lifetime that makes no sense is no error at all, and resources are described likewise.
    let calls = [
        (json!([{"id": CANARY}]).to_string(), Some("[0].id")),
        (json!([{"id": 1}, {"id": {"of": CANARY}}]).to_string(), Some("[1].id")),
        (json!({"error": CANARY}).to_string(), Some(".")),
        (format!(r#"[{{"email": "{CANARY}"#), None),
        (CANARY.to_owned(), None),
    ];
    for (body, path) in calls {
        let server = FaultServer::start(vec![Step::reply(200, &json, body)]).await.unwrap();
        let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried()).static_token("a-token");
        let outcome = client.build().unwrap().list_end_users().send().await;
        let error = refused(outcome, ErrorKind::Decode, "a call with a payload of another type")?;
        hides(&error, "a payload of another type")?;
        if let Some(path) = path {
            equal(error.json_path(), Some(path), "where the payload is wrong")?;
        }
        ensure(error.json_path().is_some() || chain(&error).contains("line 1"), "an error tells the place")?;
    }
    Ok(())
}

pub async fn item_68_hides_cookies_and_credentials_in_headers() -> Verdict {
    let headers = [
        ("content-type", "application/json"),
        ("set-cookie", "session=canary-7f3a; HttpOnly"),
        ("set-cookie", "other=canary-7f3a"),
        ("authorization", "Bearer canary-7f3a"),
        ("proxy-authorization", "Basic canary-7f3a"),
        ("authentication-info", "nextnonce=\"canary-7f3a\""),
    ];
    for status in [401, 403, 500] {
        let server = FaultServer::start(vec![Step::reply(status, &headers, "{}")]).await.unwrap();
        let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried());
        let login = client.client_credentials("an-id", "a-secret").build().unwrap().list_end_users().send().await;
        let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried());
        let call = client.static_token("a-token").build().unwrap().list_end_users().send().await;
        for (outcome, what) in [(login, "a login"), (call, "a call")] {
            let what = format!("{what} answered with {status} and cookies");
            let error = failed(outcome, &what)?;
            hides(&error, &what)?;
            // Whoever prints the headers by themselves sees their names.
            if let Some(headers) = error.headers() {
                let shown = format!("{headers:?} {headers:#?}");
                ensure(shown.contains("set-cookie"), "the headers are there")?;
                ensure(!shown.contains(CANARY), format!("the headers of {what} hide their secrets"))?;
            }
        }
    }
    Ok(())
}

pub async fn item_69_hides_user_info_and_queries_of_addresses() -> Verdict {
    let builder = || ClientBuilder::<wootric::Client>::new().client_credentials("an-id", "a-secret");
    for address in [
        "https://user:canary-7f3a@api.example.com",
        "https://canary-7f3a@api.example.com",
        "https://api.example.com?key=canary-7f3a",
        "https://api.example.com/#canary-7f3a",
        "ftp://user:canary-7f3a@api.example.com",
        "https://user:canary-7f3a@[",
        "canary-7f3a",
    ] {
        let error =
            refused(builder().base_url(address).build(), ErrorKind::InvalidRequest, "a base URL with secrets")?;
        hides(&error, "a base URL with secrets")?;
        let outcome = builder().base_url("https://api.example.com").token_base_url(address).build();
        let error = refused(outcome, ErrorKind::InvalidRequest, "a token URL with secrets")?;
        hides(&error, "a token URL with secrets")?;
    }

    // What goes wrong on the way is told by the HTTP library, which knows the whole address.
    let on_the_way =
        [Step::reset_before_headers(), Step::close_before_headers(), Step::reset_in_body(), Step::bad_chunk()];
    for step in on_the_way {
        let server = FaultServer::start(vec![step]).await.unwrap();
        unreached(&server.base_url(), "an exchange that broke off").await?;
    }
    // Nobody listens on a port that was free a moment ago.
    let gone = FaultServer::start(Vec::new()).await.unwrap().base_url();
    unreached(&gone, "a connection that was refused").await
}

/// Calls that have secrets in their queries, at a server that does not get to answer.
async fn unreached(base_url: &str, what: &str) -> Verdict {
    let client = client_of::<wootric::Client>(base_url, &Time::hurried()).token_in_query(true).static_token(CANARY);
    let client = client.build().unwrap();
    let error = failed(client.list_end_users().email(CANARY).send().await, what)?;
    hides(&error, what)?;
    let client = client_of::<wootric::Client>(base_url, &Time::hurried()).token_query("account_token", CANARY);
    let client = client.client_credentials("an-id", "a-secret").build().unwrap();
    hides(&failed(client.list_end_users().send().await, what)?, what)
}
