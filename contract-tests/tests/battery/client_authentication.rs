//! Items 2, 4 and 5: how credentials are written, and where the application's id and secret stand.

use base64::{Engine, engine::general_purpose::STANDARD};
use cx_client::{auth::Credentials, directly, wootric};
use cx_mock::{FaultServer, Incoming, Step, form};
use proptest::{
    strategy::{Strategy, ValueTree},
    string::string_regex,
    test_runner::TestRunner,
};
use serde_json::json;

use crate::{
    stage::{client_of, members, token},
    time::Time,
    verdict::{Verdict, ensure, equal},
};

/// Text that a form has to escape, and every letter that it escapes in a way of its own.
const AWKWARD: &str = "+ %&=é;#/?:@*\"'<>[]{}\\^`|~\u{1f600}";

/// Signs in with credentials, one after the other, and returns the token requests.
async fn sent(server: &FaultServer, client: &cx_client::Core, credentials: Vec<Credentials>) -> Vec<Incoming> {
    for one in credentials {
        client.sign_in(one).unwrap();
        // What comes of it is not looked at: the request is.
        drop(client.granted_scope().await);
    }
    server.take_requests()
}

pub async fn item_02_sends_forms_that_survive_any_text() -> Verdict {
    let server = FaultServer::start(vec![Step::json(200, &token())]).await.unwrap();
    let (url, time) = (server.base_url(), Time::hurried());
    let wootric = client_of::<wootric::Client>(&url, &time).static_token("a-token").build().unwrap();
    let directly = client_of::<directly::Client>(&url, &time).static_token("a-token").build().unwrap();
    let mut runner = TestRunner::deterministic();
    // `@` is left out: a scope with one cannot be refreshed at Directly.
    let any = string_regex("[+ %&=é;#/?a-cZ0-9€\u{1f600}]{1,12}").unwrap();
    let mut texts: Vec<String> = (0..40).map(|_| any.new_tree(&mut runner).unwrap().current()).collect();
    texts.push(AWKWARD.replace('@', ""));
    for text in texts {
        // Each value has a name in it, so that two that change places are noticed.
        let value = |name: &str| format!("{text}{name}{text}");
        let login = vec![Credentials::password(value("username"), value("password"))];
        let mut requests = sent(&server, wootric.core(), login).await;
        let (id, secret) = (value("client_id"), value("client_secret"));
        let application = || Credentials::client_credentials(id.as_str(), secret.as_str()).with_scope(value("scope"));
        let code = Credentials::authorization_code(id.as_str(), secret.as_str(), value("code"))
            .with_redirect_uri(value("redirect_uri"));
        let refresh = Credentials::refresh_token(value("refresh_token"))
            .with_client(id.as_str(), secret.as_str())
            .with_scope(value("scope"));
        requests.extend(sent(&server, directly.core(), vec![application(), code, refresh]).await);
        equal(requests.len(), 4, "token requests")?;
        for (request, names) in requests.iter().zip([
            &["username", "password"][..],
            &["client_id", "client_secret", "scope"],
            &["client_id", "client_secret", "code", "redirect_uri"],
            &["client_id", "client_secret", "refresh_token", "scope"],
        ]) {
            equal(request.media_type().as_deref(), Some("application/x-www-form-urlencoded"), "the media type")?;
            let got: Vec<_> = members(request).into_iter().filter(|(name, _)| name != "grant_type").collect();
            let wanted: Vec<_> = names.iter().map(|name| ((*name).to_owned(), value(name))).collect();
            equal(got, wanted, "what the server reads")?;
        }
    }
    Ok(())
}

pub async fn item_04_uses_one_way_of_client_authentication() -> Verdict {
    for basic in [false, true] {
        let mut reply = token();
        reply["refresh_token"] = json!("a-refresh-token");
        let server = FaultServer::start(vec![Step::json(200, &reply)]).await.unwrap();
        let builder = client_of::<directly::Client>(&server.base_url(), &Time::hurried()).client_secret_basic(basic);
        let client = builder.static_token("a-token").build().unwrap();
        let credentials = vec![
            Credentials::client_credentials("an-id", "a-secret"),
            Credentials::authorization_code("an-id", "a-secret", "a-code"),
            Credentials::refresh_token("a-token").with_client("an-id", "a-secret").with_scope("read"),
        ];
        let requests = sent(&server, client.core(), credentials).await;
        equal(requests.len(), 3, "token requests")?;
        for request in &requests {
            let headers: Vec<&str> = request
                .headers()
                .iter()
                .filter(|(name, _)| name == "authorization")
                .map(|(_, value)| &**value)
                .collect();
            let fields = members(request);
            let in_form = |name: &str| fields.iter().filter(|(there, _)| there == name).count();
            let found = (headers.len(), in_form("client_id"), in_form("client_secret"));
            let wanted = if basic { (1, 0, 0) } else { (0, 1, 1) };
            equal(found, wanted, "Authorization headers, ids and secrets in the form")?;
            ensure(headers.iter().all(|header| header.starts_with("Basic ")), "the header is of the scheme Basic")?;
        }
    }
    Ok(())
}

pub async fn item_05_encodes_id_and_secret_before_it_joins_them() -> Verdict {
    let server = FaultServer::start(vec![Step::json(200, &token())]).await.unwrap();
    let builder = client_of::<directly::Client>(&server.base_url(), &Time::hurried()).client_secret_basic(true);
    let client = builder.static_token("a-token").build().unwrap();
    for (id, secret) in [
        ("an-id", "a:secret"),
        ("an:id", "a-secret"),
        ("a%3Aid", "100%+1"),
        ("a+b", "a b"),
        ("é", "=&\u{1f600}"),
        (AWKWARD, AWKWARD),
    ] {
        let requests = sent(&server, client.core(), vec![Credentials::client_credentials(id, secret)]).await;
        let header = requests[0].header("authorization").and_then(|header| header.strip_prefix("Basic "));
        ensure(header.is_some(), "there is a header of the scheme Basic")?;
        let joined = String::from_utf8(STANDARD.decode(header.unwrap_or_default()).unwrap()).unwrap();
        let (left, right) = joined.split_once(':').unwrap();
        equal((decoded(left), decoded(right)), (id.to_owned(), secret.to_owned()), "what the server reads")?;
    }
    // The example of RFC 6749 §2.3.1.
    let example = Credentials::client_credentials("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw");
    let requests = sent(&server, client.core(), vec![example]).await;
    let header = requests[0].header("authorization");
    equal(header, Some("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"), "the header of the example")
}

/// One value of a form.
fn decoded(text: &str) -> String {
    let pairs = form::urlencoded(format!("value={text}").as_bytes());
    match pairs.into_iter().next().map(|pair| pair.part) {
        Some(form::Part::Text(text)) => text,
        _ => panic!("no text"),
    }
}
