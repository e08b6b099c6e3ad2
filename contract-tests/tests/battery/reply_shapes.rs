//! Items 22 to 24: what a token response looks like, and where it stays.

use std::{env, process::Command};

use cx_client::{ErrorKind, auth::Credentials, wootric};
use cx_mock::{Answer, issuer};
use serde_json::json;

use crate::{
    stage::{AGES, chain, seen, token, token_requests},
    token_response::vendor_of,
    verdict::{Verdict, ensure, equal, refused, succeeds},
};

/// Stands in bodies that must not be shown.
const CANARY: &str = "canary-41c8";

/// A token response with a token that must not be shown.
fn secret_token() -> serde_json::Value {
    let mut reply = token();
    reply["access_token"] = json!(CANARY);
    reply
}

/// What a call comes to whose login is answered with this, of that status. It sends nothing but that login, and shows no canary.
async fn ends_in(answer: Answer, status: u16, kind: ErrorKind, what: &str) -> Verdict<cx_client::Error> {
    let stage = vendor_of(answer).await;
    let client =
        stage.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build();
    let error = refused(client.unwrap().list_end_users().send().await, kind, format!("a call after {what}"))?;
    equal(seen(&stage.vendor.take_exchanges()), [("create_token", status)], format!("what was sent after {what}"))?;
    equal(error.status().map(|status| status.as_u16()), Some(status), "the status of the error")?;
    // What is shown is not repeated here: it would stand in the log of the test.
    ensure(!chain(&error).contains(CANARY), format!("the error after {what} shows nothing of the body"))?;
    Ok(error)
}

pub async fn item_22_refuses_a_reply_that_is_not_json_by_media_type() -> Verdict {
    let page = format!("<!doctype html><title>Sign in</title><input name=token value={CANARY}>");
    let form = format!("access_token={CANARY}&token_type=bearer");
    let json = secret_token().to_string();
    for (media_type, body) in [
        ("text/html; charset=utf-8", &json),
        ("text/html", &page),
        ("text/plain", &json),
        ("application/octet-stream", &json),
        ("application/jsonp", &json),
        ("application/x-www-form-urlencoded", &form),
    ] {
        let answer = Answer::raw(200, body.as_str()).header("content-type", media_type);
        let error = ends_in(answer, 200, ErrorKind::Decode, &format!("200 with {media_type}")).await?;
        let (said, essence) = (chain(&error), media_type.split(';').next().unwrap_or_default());
        ensure(said.contains("status 200"), "the error names the status")?;
        ensure(said.contains(essence), format!("the error names the type {essence}"))?;
        ensure(error.body().is_none_or(|body| body.is_empty()), "the error does not carry the body")?;
    }
    // A type that would forge a line of a log is not repeated.
    let answer = Answer::raw(200, json.as_str()).header("content-type", "text/<b>canary-41c8</b>");
    ends_in(answer, 200, ErrorKind::Decode, "200 with an odd media type").await?;
    for media_type in ["application/json", "Application/JSON; charset=UTF-8", "application/vnd.example.v2+json"] {
        let stage = vendor_of(Answer::raw(200, json.as_str()).header("content-type", media_type)).await;
        let client =
            stage.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build();
        succeeds(client.unwrap().list_end_users().send().await, format!("a call after 200 with {media_type}"))?;
    }
    Ok(())
}

pub async fn item_23_refuses_a_success_that_is_none() -> Verdict {
    let json = |text: &str| Answer::raw(200, text).header("content-type", "application/json");
    let good = secret_token().to_string();
    for (text, code) in [
        (json!({"error": true, "access_token": CANARY, "token_type": "bearer"}), None),
        (json!({"error": "invalid_client"}), Some("invalid_client")),
        (json!({"error": {"code": 7, "message": CANARY}}), None),
        (
            json!({"error": "invalid_grant", "access_token": CANARY, "token_type": "bearer", "refresh_token": CANARY}),
            Some("invalid_grant"),
        ),
    ] {
        let error = ends_in(json(&text.to_string()), 200, ErrorKind::Authentication, "200 with an error").await?;
        equal(error.oauth_error(), code, "the code of the error")?;
    }
    for (text, what) in [
        ("", "an empty 200"),
        (" \n", "a blank 200"),
        ("[]", "200 with an array"),
        (&format!("[{good}]"), "200 with a token in an array"),
        ("null", "200 with null"),
        ("\"canary-41c8\"", "200 with a text"),
        ("canary-41c8", "200 with no JSON"),
        ("{", "200 cut after a byte"),
        (&good[..good.len() / 2], "200 cut in the middle"),
        (&good[..good.len() - 1], "200 cut before its end"),
        (&format!("{good}{good}"), "200 with two replies"),
    ] {
        ends_in(json(text), 200, ErrorKind::Decode, what).await?;
    }
    ends_in(Answer::raw(204, ""), 204, ErrorKind::Decode, "204").await?;
    Ok(())
}

/// Set for a process whose home, folder and temporary folder are watched.
const WATCHED: &str = "CX_BATTERY_WATCHED";

pub async fn item_24_keeps_no_token_response_in_a_file_or_cache() -> Verdict {
    if env::var_os(WATCHED).is_some() {
        return log_in_and_renew().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut watched = Command::new(env::current_exe().unwrap());
    watched.args(["--run", "item_24_keeps_no_token_response_in_a_file_or_cache"]).env(WATCHED, "1");
    watched.current_dir(folder.path());
    for name in [
        "HOME",
        "TMPDIR",
        "TMP",
        "TEMP",
        "USERPROFILE",
        "APPDATA",
        "LOCALAPPDATA",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
        "XDG_STATE_HOME",
    ] {
        watched.env(name, folder.path());
    }
    let ended = watched.output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
    // 0 and 1 are verdicts of the watched process.
    assert!(matches!(ended.status.code(), Some(0 | 1)), "{said}");
    ensure(ended.status.success(), said)?;
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    equal(left, 0, "files and folders that logins and renewals left behind")
}

/// Logins and a renewal whose replies say that they may be cached: each of them is asked for anew.
async fn log_in_and_renew() -> Verdict {
    let answer = Answer::value(200, secret_token())
        .header("cache-control", "public, max-age=31536000, immutable")
        .header("etag", "\"1\"")
        .header("last-modified", "Thu, 01 Jan 1970 00:00:00 GMT");
    let stage = vendor_of(answer).await;
    for _ in 0..2 {
        let client =
            stage.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build();
        let client = client.unwrap();
        for _ in 0..2 {
            succeeds(client.list_end_users().send().await, "a call")?;
            stage.time.advance(AGES);
        }
        client.core().sign_in(Credentials::client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET)).unwrap();
        succeeds(client.list_end_users().send().await, "a call of the next session")?;
    }
    let exchanges = stage.vendor.take_exchanges();
    let requests = token_requests(&exchanges);
    equal(requests.len(), 6, "token requests of four logins and two renewals")?;
    let conditional =
        requests.iter().flat_map(|one| one.request.headers()).filter(|(name, _)| name.starts_with("if-")).count();
    equal(conditional, 0, "conditions in token requests")
}
