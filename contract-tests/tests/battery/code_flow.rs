//! Items 82 to 87: the authorization code, which Directly has.

use std::{collections::BTreeSet, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cx_client::{
    ClientBuilder, ErrorKind,
    auth::{AuthorizationOptions, AuthorizationRequest},
    directly,
};
use cx_mock::{FaultServer, Incoming, Step, issuer};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

use crate::{
    item::{Item, item},
    rule::Rule,
    stage::{Stage, client_of, token},
    time::Time,
    verdict::{Verdict, ensure, equal, refused, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_82_uses_a_fresh_state_and_checks_it, Rule::StateUnchecked),
    item!(item_83_proves_by_s256_that_the_code_is_its_own, Rule::PlainChallenge),
    item!(item_84_repeats_the_redirect_uri_letter_for_letter, Rule::RedirectUriNormalised),
    item!(item_85_presents_a_code_once, Rule::CodeResent),
    item!(item_86_surfaces_the_error_of_a_callback, Rule::CallbackErrorIgnored),
    item!(item_87_checks_iss_where_there_are_two_servers, Rule::IssuerUnchecked),
];

/// A server that gives a token for anything, and then answers with no questions.
async fn server() -> FaultServer {
    FaultServer::start(vec![Step::json(200, &token()), Step::json(200, &json!({"questions": []}))]).await.unwrap()
}

fn builder(server: &FaultServer) -> ClientBuilder<directly::Client> {
    client_of(&server.base_url(), &Time::hurried())
}

fn options() -> AuthorizationOptions {
    AuthorizationOptions::new(issuer::CLIENT_ID)
}

/// A member of the address that a user is sent to.
fn asked(request: &AuthorizationRequest, name: &str) -> Option<String> {
    let url = Url::parse(request.url()).unwrap();
    url.query_pairs().find(|(there, _)| there == name).map(|(_, value)| value.into_owned())
}

/// A member of a form.
fn sent(request: &Incoming, name: &str) -> Option<String> {
    form_urlencoded::parse(request.body()).find(|(there, _)| there == name).map(|(_, value)| value.into_owned())
}

/// The callback that answers a request in good order.
fn callback(request: &AuthorizationRequest) -> String {
    format!("/callback?code={}&state={}", issuer::CODE, request.state().unwrap().expose())
}

/// Finishes a request, trades its code, and gives the token request.
async fn trade(server: &FaultServer, request: AuthorizationRequest) -> Verdict<Incoming> {
    let callback = callback(&request);
    let code = succeeds(request.finish(&callback), "a callback in good order")?;
    let client = builder(server).authorization_code(code, issuer::CLIENT_SECRET).build().unwrap();
    let outcome = client.list_questions().send().await;
    succeeds(outcome, "a call with a code")?;
    Ok(server.take_requests().swap_remove(0))
}

async fn item_82_uses_a_fresh_state_and_checks_it() -> Verdict {
    let stage = Stage::directly(Time::hurried()).await;
    let begin = || -> AuthorizationRequest {
        let options = AuthorizationOptions::new(issuer::CLIENT_ID);
        stage.client::<directly::Client>().authorization_request(options).unwrap()
    };
    let states: BTreeSet<String> =
        (0..64).filter_map(|_| begin().state().map(|state| state.expose().to_owned())).collect();
    equal(states.len(), 64, "different states of as many attempts")?;
    // 128 bits in base64 are 22 letters.
    ensure(states.iter().all(|state| state.len() >= 22), "a state has at least 128 bits")?;

    let (code, other) = (issuer::CODE, begin());
    let other = other.state().unwrap().expose();
    let bad = [
        format!("?code={code}"),
        format!("?code={code}&state="),
        format!("?code={code}&state=guessed"),
        format!("?code={code}&state={other}"),
    ];
    for callback in bad {
        refused(begin().finish(&callback), ErrorKind::Authentication, "a callback with a missing or wrong state")?;
    }
    equal(stage.vendor.take_exchanges().len(), 0, "requests on the strength of such callbacks")?;

    let request = begin();
    let state = request.state().unwrap().expose().to_owned();
    // `finish` consumes the request, so that a state is good for one callback.
    succeeds(request.finish(&format!("?code={code}&state={state}")), "a callback with its own state").map(drop)
}

/// Directly's page does not mention it, so it is for the caller to ask for.
async fn item_83_proves_by_s256_that_the_code_is_its_own() -> Verdict {
    let mut seen = BTreeSet::new();
    for _ in 0..8 {
        let server = server().await;
        let request = builder(&server).authorization_request(options().with_pkce()).unwrap();
        equal(asked(&request, "code_challenge_method").as_deref(), Some("S256"), "the method of the challenge")?;
        let challenge = asked(&request, "code_challenge").unwrap_or_default();
        // The request may wait for its callback in a session that is stored.
        let kept = serde_json::to_string(&request).unwrap();
        let request = trade(&server, serde_json::from_str(&kept).unwrap()).await?;
        let verifier = sent(&request, "code_verifier").unwrap_or_default();
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        ensure((43..=128).contains(&verifier.len()), "a verifier has 43 to 128 characters")?;
        ensure(verifier.bytes().all(unreserved), "a verifier has unreserved characters alone")?;
        let met = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        ensure(met == challenge, "the verifier meets the challenge")?;
        seen.insert(verifier);
    }
    equal(seen.len(), 8, "different verifiers of as many attempts")?;

    let server = server().await;
    let request = builder(&server).authorization_request(options()).unwrap();
    equal(asked(&request, "code_challenge"), None, "a challenge that nobody asked for")?;
    equal(sent(&trade(&server, request).await?, "code_verifier"), None, "a verifier that nobody asked for")
}

async fn item_84_repeats_the_redirect_uri_letter_for_letter() -> Verdict {
    let uris = [
        "https://app.example.com",
        "https://App.Example.com:443/a/../callback?x=1&y=a%20b+c",
        "http://127.0.0.1:49152/callback",
        "http://127.0.0.1:1/callback",
        "http://[::1]:65535/",
        "com.example.app:/oauth",
    ];
    for uri in uris {
        let server = server().await;
        let request = builder(&server).authorization_request(options().with_redirect_uri(uri));
        let request = succeeds(request, format!("a request with the redirect_uri {uri}"))?;
        equal(
            asked(&request, "redirect_uri").as_deref(),
            Some(uri),
            "the redirect_uri of the authorization request",
        )?;
        let request = trade(&server, request).await?;
        equal(sent(&request, "redirect_uri").as_deref(), Some(uri), "the redirect_uri of the token request")?;
    }
    let server = server().await;
    let request = builder(&server).authorization_request(options()).unwrap();
    equal(asked(&request, "redirect_uri"), None, "a redirect_uri that nobody named")?;
    equal(sent(&trade(&server, request).await?, "redirect_uri"), None, "a redirect_uri that nobody named, later")
}

async fn item_85_presents_a_code_once() -> Verdict {
    let lost = [
        ("a reset", Step::reset_before_headers()),
        ("a reset in the body", Step::reset_in_body()),
        ("a closed connection", Step::close_before_headers()),
        ("an unreadable reply", Step::reply(200, &[("content-type", "text/html")], "<p>Welcome")),
        ("500", Step::json(500, &json!({}))),
        ("503", Step::reply(503, &[("retry-after", "1")], "")),
        ("429", Step::reply(429, &[("retry-after", "1")], "")),
        ("a refusal", Step::json(400, &json!({"error": "invalid_grant"}))),
        ("a token that ends", Step::json(200, &token())),
    ];
    for (what, step) in lost {
        let time = Time::hurried();
        let steps = vec![step, Step::json(200, &json!({"questions": []})), Step::json(200, &token())];
        let server = FaultServer::start(steps).await.unwrap();
        let request = builder(&server).authorization_request(options()).unwrap();
        let callback = callback(&request);
        let code = request.finish(&callback).unwrap();
        let client = client_of::<directly::Client>(&server.base_url(), &time);
        let client = client.authorization_code(code, issuer::CLIENT_SECRET).build().unwrap();
        for _ in 0..3 {
            drop(client.list_questions().send().await);
            // Beyond any rest that the client grants the vendor, and the life of any token.
            time.advance(Duration::from_secs(24 * 3600));
        }
        let requests = server.take_requests();
        let presented = requests.iter().filter(|one| sent(one, "code").is_some()).count();
        equal(presented, 1, format!("how often a code is presented, the first time ending in {what}"))?;
        refused(
            client.list_questions().send().await,
            ErrorKind::Authentication,
            format!("a call long after {what}"),
        )?;
    }
    Ok(())
}

async fn item_86_surfaces_the_error_of_a_callback() -> Verdict {
    let server = server().await;
    let begin = || builder(&server).authorization_request(options()).unwrap();
    for code in ["access_denied", "invalid_scope", "server_error", "temporarily_unavailable", "vendor.own-code_7"] {
        for rest in ["", "&error_description=No%20such%20thing&error_uri=https%3A%2F%2Fa.example", "&code=mock-code"]
        {
            let request = begin();
            let callback = format!("/callback?error={code}&state={}{rest}", request.state().unwrap().expose());
            let error = refused(request.finish(&callback), ErrorKind::Authentication, "a callback with an error")?;
            equal(error.oauth_error(), Some(code), "the code of the error")?;
        }
    }
    equal(server.requests(), 0, "requests on the strength of such callbacks")?;

    let request = begin();
    let with_more = format!("{}&session_state=x&scope=read&lang=en&lang=de&errors=none#top", callback(&request));
    succeeds(request.finish(&with_more), "a callback with unknown parameters").map(drop)
}

async fn item_87_checks_iss_where_there_are_two_servers() -> Verdict {
    let issuers = ["https://api.directly.example", "https://api.sandbox.directly.example"];
    let server = server().await;
    let begin = |issuer: &str| builder(&server).authorization_request(options().with_issuer(issuer)).unwrap();
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    for (own, other) in [(issuers[0], issuers[1]), (issuers[1], issuers[0])] {
        let near =
            [format!("{own}/"), own.to_uppercase(), own.trim_end_matches(".example").to_owned(), String::new()];
        for wrong in near.iter().map(String::as_str).chain([other]) {
            let request = begin(own);
            let callback = format!("{}&iss={}", callback(&request), encoded(wrong));
            refused(request.finish(&callback), ErrorKind::Authentication, format!("a callback with iss {wrong}"))?;
        }
        let request = begin(own);
        let without = callback(&request);
        refused(request.finish(&without), ErrorKind::Authentication, "a callback without iss")?;
        let request = begin(own);
        let twice = format!("{}&iss={}&iss={}", callback(&request), encoded(own), encoded(other));
        refused(request.finish(&twice), ErrorKind::Authentication, "a callback with two iss")?;
        equal(server.requests(), 0, "requests on the strength of such callbacks")?;
        let request = begin(own);
        let right = format!("{}&iss={}", callback(&request), encoded(own));
        succeeds(request.finish(&right), "a callback with its own iss")?;
    }
    Ok(())
}
