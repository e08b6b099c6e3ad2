//! Items 25 to 33: errors of the token endpoint.

use cx_client::{Error, ErrorKind, wootric};
use cx_mock::{Answer, issuer};
use serde_json::json;

use crate::{
    item::{Item, item},
    persistence::{
        item_28_drops_a_refused_refresh_token_and_logs_in_once, item_31_backs_off_as_the_vendor_asks,
        item_32_resends_a_rotating_refresh_token_at_most_once, item_33_ends_in_time_and_survives_a_cancelled_caller,
    },
    rule::Rule,
    stage::{AGES, Stage, chain, seen, token_requests},
    time::Time,
    verdict::{Verdict, ensure, equal, refused},
};

pub const ITEMS: &[Item] = &[
    item!(item_25_exposes_the_whole_of_an_error, Rule::ErrorDescriptionLost),
    item!(item_26_keeps_extension_codes, Rule::ExtensionCodeLost),
    item!(item_27_takes_invalid_client_under_400_and_401_once, Rule::RefusalRetried),
    item!(item_28_drops_a_refused_refresh_token_and_logs_in_once, Rule::RefusedRefreshTokenKept),
    item!(item_29_makes_a_bounded_excerpt_of_any_error, Rule::ExcerptUnbounded),
    item!(item_30_strips_and_caps_the_description, Rule::MessageUncleaned),
    item!(item_31_backs_off_as_the_vendor_asks, Rule::RetryAfterIgnored),
    item!(item_32_resends_a_rotating_refresh_token_at_most_once, Rule::LostRefreshResent),
    item!(item_33_ends_in_time_and_survives_a_cancelled_caller, Rule::AbandonedFlightPoisons),
];

/// What a login comes to that is answered with this, and how many requests it took.
async fn login(answer: Answer, kind: ErrorKind, what: &str) -> Verdict<(Error, usize)> {
    let stage = Stage::wootric(Time::hurried()).await;
    stage.vendor.on("create_token", move |_, _| Some(answer.clone()));
    let client =
        stage.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build();
    let error = refused(client.unwrap().list_end_users().send().await, kind, what)?;
    let exchanges = stage.vendor.take_exchanges();
    equal(exchanges.len(), token_requests(&exchanges).len(), "requests, all of which are token requests")?;
    Ok((error, exchanges.len()))
}

/// What a refresh comes to that is answered with this, where there is nothing to log in with.
async fn refresh(answer: Answer, kind: ErrorKind, what: &str) -> Verdict<Error> {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.client::<wootric::Client>().password(issuer::USERNAME, issuer::PASSWORD).build().unwrap();
    client.list_end_users().send().await.unwrap();
    stage.time.advance(AGES);
    stage.vendor.on("create_token", move |_, _| Some(answer.clone()));
    refused(client.list_end_users().send().await, kind, what)
}

fn status(error: &Error) -> Option<u16> {
    error.status().map(|status| status.as_u16())
}

async fn item_25_exposes_the_whole_of_an_error() -> Verdict {
    for (sent, code) in [
        (400, "invalid_request"),
        (400, "invalid_client"),
        (401, "invalid_client"),
        (400, "invalid_grant"),
        (400, "unauthorized_client"),
        (400, "unsupported_grant_type"),
        (400, "invalid_scope"),
    ] {
        let (description, uri) = (format!("It is {code}."), format!("https://example.com/errors?code={code}#top"));
        let body = json!({"error": code, "error_description": description, "error_uri": uri});
        let answer = Answer::value(sent, body);
        let what = format!("{code} under {sent}");
        let (of_login, requests) = login(answer.clone(), ErrorKind::Authentication, &what).await?;
        equal(requests, 1, format!("requests of a login that ends in {what}"))?;
        for error in [of_login, refresh(answer, ErrorKind::Authentication, &what).await?] {
            equal(error.oauth_error(), Some(code), "the code")?;
            equal(error.vendor_message(), Some(description.clone()), "the description")?;
            equal(error.oauth_error_description(), Some(description.as_str()), "the description beside the code")?;
            equal(error.oauth_error_uri(), Some(uri.as_str()), "the address")?;
            equal(status(&error), Some(sent), "the status")?;
        }
    }
    Ok(())
}

async fn item_26_keeps_extension_codes() -> Verdict {
    for (sent, code, kind) in [
        (400, "slow_down", ErrorKind::Authentication),
        (403, "mfa_required", ErrorKind::Authentication),
        (401, "consent_required", ErrorKind::Authentication),
        (400, "vendor.code-7", ErrorKind::Authentication),
        (429, "slow_down", ErrorKind::Api),
        (503, "temporarily_unavailable", ErrorKind::Api),
    ] {
        let answer = Answer::value(sent, json!({"error": code}));
        let what = format!("{code} under {sent}");
        let (of_login, _) = login(answer.clone(), kind, &what).await?;
        for error in [of_login, refresh(answer, kind, &what).await?] {
            equal(error.oauth_error(), Some(code), format!("the code of {what}"))?;
            equal(status(&error), Some(sent), format!("the status of {what}"))?;
        }
    }
    Ok(())
}

async fn item_27_takes_invalid_client_under_400_and_401_once() -> Verdict {
    for status in [400, 401] {
        let stage = Stage::wootric(Time::hurried()).await;
        let answer = Answer::value(status, json!({"error": "invalid_client"}));
        let answer = if status == 401 { answer.header("www-authenticate", "Basic realm=\"token\"") } else { answer };
        stage.vendor.on("create_token", move |_, _| Some(answer.clone()));
        let client =
            stage.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, "a-wrong-secret").build();
        let outcome = client.unwrap().list_end_users().send().await;
        let error = refused(outcome, ErrorKind::Authentication, format!("a login refused with {status}"))?;
        equal(error.oauth_error(), Some("invalid_client"), "the code of the error")?;
        equal(error.status().map(|status| status.as_u16()), Some(status), "the status of the error")?;
        equal(seen(&stage.vendor.take_exchanges()), [("create_token", status)], "what was sent")?;
    }
    Ok(())
}

/// Stands in bodies that an error must not show by itself.
const CANARY: &str = "canary-5b1e";

async fn item_29_makes_a_bounded_excerpt_of_any_error() -> Verdict {
    let page = format!("<html>\r\n<title>502 \u{1b}]0;{CANARY}\u{7}</title>\u{202e}{}</html>", "ä".repeat(40_000));
    let cut = format!("{{\"error\": \"{CANARY}");
    let bytes = [b"\xff\xfe\x00".as_slice(), CANARY.as_bytes()].concat();
    for (sent, media_type, body, begins, kind, requests) in [
        (502, "text/html", page.as_bytes(), "<html>\\r\\n<title>502 \\u{1b}]0;", ErrorKind::Api, 3),
        (500, "text/plain", b"Error".as_slice(), "Error", ErrorKind::Api, 3),
        (503, "application/json", cut.as_bytes(), "{\"error\": \"", ErrorKind::Api, 3),
        (502, "application/octet-stream", &bytes, "\u{fffd}\u{fffd}\\u{0}", ErrorKind::Api, 3),
        (400, "text/html", page.as_bytes(), "<html>\\r\\n<title>502 ", ErrorKind::Authentication, 1),
        (502, "text/html", b"", "", ErrorKind::Api, 3),
        (401, "application/json", b"", "", ErrorKind::Authentication, 1),
    ] {
        let what = format!("{sent} with {} bytes of {media_type}", body.len());
        let answer = Answer::raw(sent, body).header("content-type", media_type);
        let (error, sent_requests) = login(answer, kind, &what).await?;
        equal(sent_requests, requests, format!("requests answered with {what}"))?;
        equal(status(&error), Some(sent), format!("the status of {what}"))?;
        equal(error.oauth_error(), None, format!("the code of {what}"))?;
        let excerpt = error.body_excerpt();
        equal(excerpt.is_some(), !body.is_empty(), format!("an excerpt of {what}"))?;
        let excerpt = excerpt.unwrap_or_default();
        ensure(excerpt.starts_with(begins), format!("the excerpt of {what} is its beginning, escaped"))?;
        ensure(excerpt.chars().count() < 300, format!("the excerpt of {what} is short"))?;
        ensure(is_plain(&excerpt), format!("the excerpt of {what} can be printed"))?;
        ensure(!chain(&error).contains(CANARY), format!("the error of {what} shows nothing of the body by itself"))?;
    }
    Ok(())
}

/// Whether a text has nothing in it that moves a cursor or turns the direction of writing.
fn is_plain(text: &str) -> bool {
    let turns = |character: char| matches!(character, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !text.chars().any(|character| character.is_control() || turns(character))
}

async fn item_30_strips_and_caps_the_description() -> Verdict {
    let evil = "\u{1b}[2J\u{1b}]0;owned\u{7}It is\r\nspent\u{0}\u{9b}\u{202e}.\u{7f}";
    let long = format!("{evil}{}", "x".repeat(64 * 1024));
    for (description, begins) in [(evil, "[2J]0;ownedIt is  spent."), (&long, "[2J]0;ownedIt is  spent.xxx")] {
        let body = json!({
            "error": "invalid_grant",
            "error_description": description,
            "error_uri": format!("https://example.com/{evil}"),
        });
        let (error, _) = login(Answer::value(400, body), ErrorKind::Authentication, "invalid_grant").await?;
        equal(error.oauth_error(), Some("invalid_grant"), "the code")?;
        let message = error.vendor_message().unwrap_or_default();
        ensure(message.starts_with(begins), "the description is there")?;
        ensure(is_plain(&message), "the description is free of control characters")?;
        ensure(message.chars().count() <= 1_000, "the description is at most 1,000 characters long")?;
        equal(error.oauth_error_uri(), None, "an address with control characters in it")?;
        ensure(is_plain(&chain(&error).replace('\n', " ")), "what the error says can be printed")?;
    }
    // A code is shown with the error, so it has to be one.
    for code in [evil, &long, "no code", ""] {
        let body = json!({"error": code});
        let (error, _) = login(Answer::value(400, body), ErrorKind::Authentication, "an odd code").await?;
        equal(error.oauth_error(), None, "what is no code")?;
        ensure(is_plain(&chain(&error).replace('\n', " ")), "what the error says can be printed")?;
    }
    Ok(())
}
