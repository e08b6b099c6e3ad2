//! Items 12 to 24: the token response.

use std::time::Duration;

use cx_client::{ErrorKind, auth::Credentials, directly, wootric};
use cx_mock::{Answer, FaultServer, Step, issuer};
use serde_json::{Value, json};

use crate::{
    item::{Item, item},
    reply_shapes::{
        item_22_refuses_a_reply_that_is_not_json_by_media_type, item_23_refuses_a_success_that_is_none,
        item_24_keeps_no_token_response_in_a_file_or_cache,
    },
    rule::Rule,
    stage::{AGES, Stage, chain, client_of, field, grants, seen, token, token_requests},
    time::Time,
    verdict::{Verdict, ensure, equal, refused, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_12_reads_token_type_without_regard_to_case, Rule::TokenTypeByCase),
    item!(item_13_refuses_a_token_of_an_unknown_type, Rule::AnyTokenType),
    item!(item_14_refuses_a_reply_without_token_or_type, Rule::TokenTypeOptional),
    item!(item_15_lives_without_expires_in, Rule::LifetimeRequired),
    item!(item_16_survives_any_expires_in, Rule::LifetimeAtItsWord),
    item!(item_17_ignores_unknown_members, Rule::UnknownTokenMemberRefused),
    item!(item_18_notices_a_narrower_scope, Rule::NarrowerScopeUnnoticed),
    item!(item_19_repeats_the_grant_where_no_refresh_token_came, Rule::AccessTokenForRefresh),
    item!(item_20_passes_tokens_through_unchanged, Rule::TokenTrimmed),
    item!(item_21_rejects_a_token_that_no_header_can_hold, Rule::TokenCleaned),
    item!(item_22_refuses_a_reply_that_is_not_json_by_media_type, Rule::AnyMediaType),
    item!(item_23_refuses_a_success_that_is_none, Rule::ErrorInSuccessIgnored),
    item!(item_24_keeps_no_token_response_in_a_file_or_cache, Rule::TokenInFile),
];

/// A vendor that answers every token request with this, and takes whatever token comes of it.
pub async fn vendor_of(answer: Answer) -> Stage {
    let stage = Stage::wootric(Time::hurried()).await;
    stage.vendor.issuer().trust_unknown_tokens(true);
    stage.vendor.on("create_token", move |_, _| Some(answer.clone()));
    stage
}

/// Such a vendor, and an application that logs in there.
async fn answering(reply: Value) -> (Stage, wootric::Client) {
    let stage = vendor_of(Answer::value(200, reply)).await;
    let client =
        stage.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build();
    (stage, client.unwrap())
}

/// A token response with one member changed.
fn with(member: &str, value: Value) -> Value {
    let mut reply = token();
    reply[member] = value;
    reply
}

async fn item_12_reads_token_type_without_regard_to_case() -> Verdict {
    for spelling in ["bearer", "Bearer", "BEARER", "bEARER"] {
        let (_stage, client) = answering(with("token_type", json!(spelling))).await;
        succeeds(client.list_end_users().send().await, format!("a call with a {spelling} token"))?;
    }
    Ok(())
}

async fn item_13_refuses_a_token_of_an_unknown_type() -> Verdict {
    for kind in ["mac", "DPoP", "bearer2"] {
        let (stage, client) = answering(with("token_type", json!(kind))).await;
        refused(client.list_end_users().send().await, ErrorKind::Decode, format!("a call with a {kind} token"))?;
        equal(seen(&stage.vendor.take_exchanges()), [("create_token", 200)], "what was sent")?;
    }
    Ok(())
}

/// A token response with one member left out.
fn without(member: &str) -> Value {
    let mut reply = token();
    reply.as_object_mut().unwrap().shift_remove(member);
    reply
}

async fn item_14_refuses_a_reply_without_token_or_type() -> Verdict {
    for member in ["access_token", "token_type"] {
        let replies = [without(member), with(member, json!("")), with(member, Value::Null), with(member, json!(7))];
        for reply in replies {
            let what = format!("a call with {reply}");
            let (stage, client) = answering(reply).await;
            let error = refused(client.list_end_users().send().await, ErrorKind::Decode, &what)?;
            ensure(chain(&error).contains(member), format!("the error names {member}"))?;
            equal(seen(&stage.vendor.take_exchanges()), [("create_token", 200)], what)?;
        }
    }
    Ok(())
}

async fn item_15_lives_without_expires_in() -> Verdict {
    let (stage, client) = answering(without("expires_in")).await;
    for _ in 0..3 {
        succeeds(client.list_end_users().send().await, "a call with a token without a lifetime")?;
        stage.time.advance(AGES);
    }
    equal(token_requests(&stage.vendor.take_exchanges()).len(), 1, "token requests for three calls")?;
    stage.vendor.script("list_end_users", Answer::status(401));
    succeeds(client.list_end_users().send().await, "a call whose token has ended")?;
    let renewed = [("list_end_users", 401), ("create_token", 200), ("list_end_users", 200)];
    equal(seen(&stage.vendor.take_exchanges()), renewed, "what was sent when the token had ended")?;

    let hour = Duration::from_secs(3600);
    let told = stage.client::<wootric::Client>().default_token_lifetime(hour);
    let told = told.client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build().unwrap();
    for (passed, requests) in [(Duration::ZERO, 1), (hour / 2, 0), (hour, 1), (hour / 2, 0)] {
        stage.time.advance(passed);
        succeeds(told.list_end_users().send().await, "a call of a client that was told a lifetime")?;
        let exchanges = stage.vendor.take_exchanges();
        equal(token_requests(&exchanges).len(), requests, format!("token requests after {passed:?}"))?;
    }
    Ok(())
}

async fn item_16_survives_any_expires_in() -> Verdict {
    let odd = [
        json!("7200"),
        json!(7200.5),
        json!(0),
        json!(-5),
        json!(9_223_372_036_854_775_808_u64),
        json!(1e300),
        Value::Null,
        json!("soon"),
        json!({}),
    ];
    for value in odd {
        let what = format!("a call with expires_in {value}");
        let (stage, client) = answering(with("expires_in", value)).await;
        for _ in 0..3 {
            succeeds(client.list_end_users().send().await, &what)?;
        }
        equal(
            token_requests(&stage.vendor.take_exchanges()).len(),
            1,
            format!("token requests for three times {what}"),
        )?;
    }
    Ok(())
}

async fn item_17_ignores_unknown_members() -> Verdict {
    for (member, value) in [
        ("created_at", json!(1_515_940_485)),
        ("user", json!({"id": 7, "access_token": "another-token", "error": "no", "expires_in": 0})),
        ("accounts", json!([[{"token_type": "mac"}], null, 1.5])),
        ("", json!("")),
        ("expires", json!("yesterday")),
    ] {
        let (stage, client) = answering(with(member, value)).await;
        for _ in 0..2 {
            succeeds(client.list_end_users().send().await, format!("a call with {member:?} in the reply"))?;
        }
        let exchanges = stage.vendor.take_exchanges();
        equal(token_requests(&exchanges).len(), 1, "token requests for two calls")?;
        let sent = exchanges.last().and_then(|one| one.request.header("authorization"));
        equal(sent, Some("Bearer an-access-token"), "the token that was sent")?;
    }
    Ok(())
}

async fn item_18_notices_a_narrower_scope() -> Verdict {
    let application = || Credentials::client_credentials("an-id", "a-secret");
    let both = Some("read write");
    for (asked, granted, scope, narrowed) in [
        (both, Some("read"), Some("read"), true),
        (both, Some("write public"), Some("write public"), true),
        (both, Some("reader write"), Some("reader write"), true),
        (both, Some("write read"), Some("write read"), false),
        (both, Some("read write admin"), Some("read write admin"), false),
        (both, None, both, false),
        (both, Some(""), both, false),
        (None, Some("public"), Some("public"), false),
        (None, None, None, false),
    ] {
        let reply = granted.map_or_else(token, |granted| with("scope", json!(granted)));
        let server = FaultServer::start(vec![Step::json(200, &reply)]).await.unwrap();
        let client = client_of::<directly::Client>(&server.base_url(), &Time::hurried()).static_token("a-token");
        let client = client.build().unwrap();
        client.core().sign_in(asked.into_iter().fold(application(), Credentials::with_scope)).unwrap();
        let what = format!("scope {granted:?} for {asked:?}");
        let found = succeeds(client.core().granted_scope().await, &what)?;
        equal((found.scope.as_deref(), found.narrowed), (scope, narrowed), what)?;
    }
    Ok(())
}

async fn item_19_repeats_the_grant_where_no_refresh_token_came() -> Verdict {
    let (wootric, directly) = (Stage::wootric(Time::hurried()).await, Stage::directly(Time::hurried()).await);
    let one = wootric.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET);
    let other = directly.client::<directly::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET);
    let (one, other) = (one.build().unwrap(), other.build().unwrap());
    for _ in 0..3 {
        succeeds(one.list_end_users().send().await, "a call of the first vendor")?;
        succeeds(other.list_questions().send().await, "a call of the second vendor")?;
        wootric.time.advance(AGES);
        directly.time.advance(AGES);
    }
    // A vendor that gives no refresh token for a password either, and one that gives one where RFC 6749 §4.4.3 has none.
    let silent = vendor_of(Answer::value(200, token())).await;
    let kept = silent.client::<wootric::Client>().password_kept(issuer::USERNAME, issuer::PASSWORD).build().unwrap();
    let (generous, application) = answering(with("refresh_token", json!("a-refresh-token"))).await;
    for _ in 0..3 {
        succeeds(kept.list_end_users().send().await, "a call of a kept password")?;
        succeeds(application.list_end_users().send().await, "a call of an application")?;
        silent.time.advance(AGES);
        generous.time.advance(AGES);
    }
    let (application, password) = (["client_credentials"; 3], ["password"; 3]);
    for (stage, wanted) in
        [(wootric, application), (directly, application), (silent, password), (generous, application)]
    {
        let exchanges = stage.vendor.take_exchanges();
        equal(grants(&exchanges), wanted, "the grants of three lifetimes")?;
        let refresh = exchanges.iter().filter_map(|one| field(one, "refresh_token")).count();
        equal(refresh, 0, "refresh tokens that were sent")?;
    }
    Ok(())
}

async fn item_20_passes_tokens_through_unchanged() -> Verdict {
    let long = "aZ09-._~+/=".repeat(16 * 1024 / 11 + 1);
    for text in ["x", "-._~+/=", "bm8gdG9rZW4=", "YQ==", "%41%2B+", long.as_str()] {
        let mut reply = token();
        reply["access_token"] = json!(text);
        reply["refresh_token"] = json!(format!("{text}="));
        let stage = vendor_of(Answer::value(200, reply)).await;
        let client = stage.client::<wootric::Client>().password(issuer::USERNAME, issuer::PASSWORD).build().unwrap();
        for _ in 0..2 {
            succeeds(client.list_end_users().send().await, format!("a call with a token of {} bytes", text.len()))?;
            stage.time.advance(AGES);
        }
        let exchanges = stage.vendor.take_exchanges();
        let bearers: Vec<&str> = exchanges.iter().filter_map(|one| one.request.header("authorization")).collect();
        let refreshes: Vec<String> = exchanges.iter().filter_map(|one| field(one, "refresh_token")).collect();
        equal((bearers.len(), refreshes.len()), (2, 1), "access tokens and refresh tokens that were sent")?;
        // They are not shown: one is 16 KiB long.
        ensure(bearers.iter().all(|sent| *sent == format!("Bearer {text}")), "the access token is sent as it came")?;
        ensure(refreshes.iter().all(|sent| *sent == format!("{text}=")), "the refresh token is sent as it came")?;
    }
    Ok(())
}

async fn item_21_rejects_a_token_that_no_header_can_hold() -> Verdict {
    let odd = ["a\r\nx-injected: 1", "a\nb", "a\rb", "a\0b", "a\u{1b}b", "a\u{7f}b", "a\tb", "a b", "ä", "a\n"];
    for text in odd {
        let (stage, client) = answering(with("access_token", json!(text))).await;
        let what = format!("a token {text:?}");
        refused(client.list_end_users().send().await, ErrorKind::Decode, format!("a call with {what}"))?;
        equal(seen(&stage.vendor.take_exchanges()), [("create_token", 200)], "what was sent")?;
        let built = stage.client::<wootric::Client>().static_token(text).build();
        refused(built, ErrorKind::Decode, format!("a client of {what}"))?;
        let signed_in = client.core().sign_in(Credentials::fixed(text));
        refused(signed_in, ErrorKind::Decode, format!("a session of {what}"))?;
    }
    Ok(())
}
