//! Items 1 to 11: the token request.

use std::collections::BTreeSet;

use cx_client::{
    ErrorKind,
    auth::{AuthorizationOptions, Credentials},
    directly, wootric,
};
use cx_mock::{Exchange, FaultServer, Step, issuer};
use reqwest::Url;
use serde_json::Value;

use crate::{
    client_authentication::{
        item_02_sends_forms_that_survive_any_text, item_04_uses_one_way_of_client_authentication,
        item_05_encodes_id_and_secret_before_it_joins_them,
    },
    item::{Item, item},
    rule::Rule,
    stage::{AGES, Stage, client_of, every_grant, field, grants, invalid_grant, members, token, token_requests},
    time::Time,
    verdict::{Verdict, ensure, equal, refused, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_01_posts_every_token_request, Rule::TokenRequestIsGet),
    item!(item_02_sends_forms_that_survive_any_text, Rule::ValuesUnescaped),
    item!(item_03_puts_no_secret_in_a_url, Rule::SecretsInQuery),
    item!(item_04_uses_one_way_of_client_authentication, Rule::SecretInHeaderAndForm),
    item!(item_05_encodes_id_and_secret_before_it_joins_them, Rule::BasicUnencoded),
    item!(item_06_repeats_no_parameter_and_sends_none_empty, Rule::EmptyParameterSent),
    item!(item_07_sends_the_fields_of_its_grant_alone, Rule::PasswordInRefresh),
    item!(item_08_asks_for_the_configured_scope_or_none, Rule::ScopeAdded),
    item!(item_09_attaches_no_old_token_to_a_token_request, Rule::BearerOnTokenRequest),
    item!(item_10_asks_for_json_and_identifies_itself_without_secrets, Rule::AnyAccept),
    item!(item_11_drops_the_password_once_a_token_is_held, Rule::PasswordKept),
];

/// Token requests of [`every_grant`].
const EVERY_GRANT: usize = 8;

async fn item_01_posts_every_token_request() -> Verdict {
    let exchanges = every_grant().await;
    let requests = token_requests(&exchanges);
    for one in &requests {
        equal(one.request.method(), "POST", "the method of a token request")?;
    }
    equal(requests.len(), EVERY_GRANT, "the number of token requests")
}

async fn item_03_puts_no_secret_in_a_url() -> Verdict {
    let exchanges = every_grant().await;
    let secrets = secrets(&exchanges);
    for one in &exchanges {
        let line = format!("{}?{}", one.request.path(), one.request.query());
        // The line itself is not shown: it may hold what is looked for.
        ensure(
            !secrets.iter().any(|secret| line.contains(secret)),
            format!("{} is free of secrets", one.request.path()),
        )?;
    }
    equal(token_requests(&exchanges).len(), EVERY_GRANT, "the number of token requests")
}

/// The credentials of [`every_grant`] and the tokens that it was given.
fn secrets(exchanges: &[Exchange]) -> Vec<String> {
    let mut secrets: Vec<String> = [issuer::PASSWORD, issuer::CLIENT_SECRET, issuer::CODE].map(str::to_owned).into();
    secrets.extend(exchanges.iter().flat_map(tokens_given));
    secrets
}

/// The tokens in a reply.
fn tokens_given(exchange: &Exchange) -> Vec<String> {
    let body: Value = serde_json::from_slice(&exchange.reply.body).unwrap_or_default();
    let text = |name| body.get(name).and_then(Value::as_str).map(str::to_owned);
    ["access_token", "refresh_token"].into_iter().filter_map(text).collect()
}

async fn item_06_repeats_no_parameter_and_sends_none_empty() -> Verdict {
    let mut exchanges = every_grant().await;
    let stage = Stage::directly(Time::hurried()).await;
    let client = stage.client::<directly::Client>().static_token("a-token").build().unwrap();
    let application = || Credentials::client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET);
    let code = || Credentials::authorization_code(issuer::CLIENT_ID, issuer::CLIENT_SECRET, issuer::CODE);
    let refresh =
        || Credentials::refresh_token(issuer::REFRESH_TOKEN).with_client(issuer::CLIENT_ID, issuer::CLIENT_SECRET);
    let optional = [
        application().with_scope(""),
        application().with_scope("read write"),
        code().with_scope("").with_redirect_uri(""),
        code().with_scope("read write").with_redirect_uri("https://example.com/callback"),
        refresh().with_scope("read write"),
    ];
    let more = optional.len();
    for credentials in optional {
        client.core().sign_in(credentials).unwrap();
        drop(client.core().granted_scope().await);
    }
    exchanges.extend(stage.vendor.take_exchanges());
    let requests = token_requests(&exchanges);
    for one in &requests {
        let members = members(&one.request);
        let names: BTreeSet<&String> = members.iter().map(|(name, _)| name).collect();
        equal(names.len(), members.len(), "different names of the members of a form")?;
        for (name, value) in &members {
            ensure(!value.is_empty(), format!("{name} is not empty"))?;
        }
        equal(one.request.query(), "", "the query of a token request")?;
    }
    equal(requests.len(), EVERY_GRANT + more, "the number of token requests")
}

/// What a form may carry besides its grant.
fn fields_of(api: &str, grant: &str) -> &'static [&'static str] {
    match (api, grant) {
        ("wootric", "password") => &["password", "username"],
        ("wootric", "refresh_token") => &["refresh_token"],
        ("directly", "authorization_code") => &["client_id", "client_secret", "code"],
        ("directly", "refresh_token") => &["client_id", "client_secret", "refresh_token", "scope"],
        (_, "client_credentials") => &["client_id", "client_secret"],
        other => panic!("nothing here uses {other:?}"),
    }
}

async fn item_07_sends_the_fields_of_its_grant_alone() -> Verdict {
    let mut exchanges = every_grant().await;
    // A kept password is at hand when the token is refreshed.
    let stage = Stage::wootric(Time::hurried()).await;
    let kept = stage.client::<wootric::Client>().password_kept(issuer::USERNAME, issuer::PASSWORD).build().unwrap();
    for _ in 0..2 {
        drop(kept.list_end_users().send().await);
        stage.time.advance(AGES);
    }
    exchanges.extend(stage.vendor.take_exchanges());
    let mut seen = BTreeSet::new();
    for one in token_requests(&exchanges) {
        let (api, grant) = (one.verdict.api.clone(), field(one, "grant_type").unwrap());
        let mut names: Vec<String> = members(&one.request).into_iter().map(|(name, _)| name).collect();
        names.retain(|name| name != "grant_type");
        names.sort();
        equal(names, fields_of(&api, &grant), format!("what {grant} at {api} carries"))?;
        seen.insert((api, grant));
    }
    equal(seen.len(), 6, "grants that were seen, at two vendors")
}

async fn item_08_asks_for_the_configured_scope_or_none() -> Verdict {
    let server = FaultServer::start(vec![Step::json(200, &token())]).await.unwrap();
    let builder = || client_of::<directly::Client>(&server.base_url(), &Time::hurried());
    let client = builder().static_token("a-token").build().unwrap();
    let application = || Credentials::client_credentials("an-id", "a-secret");
    let code = || Credentials::authorization_code("an-id", "a-secret", "a-code");
    let refresh = || Credentials::refresh_token("a-refresh-token").with_client("an-id", "a-secret");
    for (credentials, scope) in [
        (application(), None),
        (application().with_scope("read"), Some("read")),
        (application().with_scope("read write"), Some("read write")),
        // The scope of a code was asked for when the user was sent to the vendor (RFC 6749 §4.1.3).
        (code(), None),
        (code().with_scope("read write"), None),
        (refresh().with_scope("read write"), Some("read write")),
    ] {
        let what = format!("the scope that {} with {scope:?} asks for", credentials.grant());
        client.core().sign_in(credentials).unwrap();
        drop(client.core().granted_scope().await);
        let requests = server.take_requests();
        equal(requests.len(), 1, "token requests")?;
        let sent = members(&requests[0]).into_iter().find(|(name, _)| name == "scope").map(|(_, value)| value);
        equal(sent.as_deref(), scope, what)?;
    }
    for scope in [None, Some("read write")] {
        let options = AuthorizationOptions::new("an-id");
        let options = scope.into_iter().fold(options, AuthorizationOptions::with_scope);
        let url = Url::parse(builder().authorization_request(options).unwrap().url()).unwrap();
        let asked = url.query_pairs().find(|(name, _)| name == "scope").map(|(_, value)| value.into_owned());
        equal(asked.as_deref(), scope, "the scope that a user is asked for")?;
    }
    Ok(())
}

async fn item_09_attaches_no_old_token_to_a_token_request() -> Verdict {
    let exchanges = every_grant().await;
    let requests = token_requests(&exchanges);
    for one in &requests {
        equal(one.request.header("authorization").is_some(), false, "a token request has an Authorization header")?;
    }
    equal(requests.len(), EVERY_GRANT, "the number of token requests")
}

async fn item_10_asks_for_json_and_identifies_itself_without_secrets() -> Verdict {
    let exchanges = every_grant().await;
    let mut secrets = secrets(&exchanges);
    secrets.extend([issuer::USERNAME, issuer::CLIENT_ID].map(str::to_owned));
    let requests = token_requests(&exchanges);
    for one in &requests {
        equal(one.request.header("accept"), Some("application/json"), "what a token request accepts")?;
        let agent = one.request.header("user-agent").unwrap_or_default();
        ensure(agent.starts_with("cx-client/"), "a token request says whose it is")?;
        ensure(!secrets.iter().any(|secret| agent.contains(secret)), "User-Agent is free of secrets")?;
    }
    equal(requests.len(), EVERY_GRANT, "the number of token requests")?;

    let stage = Stage::wootric(Time::hurried()).await;
    let named = stage.client::<wootric::Client>().user_agent("a-survey-tool/2");
    let named = named.client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build().unwrap();
    named.list_end_users().send().await.unwrap();
    for one in stage.vendor.take_exchanges() {
        let agent = one.request.header("user-agent").unwrap_or_default();
        ensure(agent.starts_with("a-survey-tool/2 cx-client/"), "the application is named before the client")?;
    }
    Ok(())
}

async fn item_11_drops_the_password_once_a_token_is_held() -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in_by_password().await;

    stage.time.advance(AGES);
    stage.vendor.script("create_token", invalid_grant());
    let outcome = client.list_end_users().send().await;
    refused(outcome, ErrorKind::Authentication, "a call whose session is lost")?;
    equal(grants(&stage.vendor.take_exchanges()), ["refresh_token"], "what was tried to save the session")?;
    stage.time.advance(AGES);
    let outcome = client.list_end_users().send().await;
    refused(outcome, ErrorKind::Authentication, "another call without a fresh password")?;
    equal(stage.vendor.take_exchanges().len(), 0, "requests of that call")?;

    client.core().sign_in(Credentials::password(issuer::USERNAME, issuer::PASSWORD)).unwrap();
    succeeds(client.list_end_users().send().await, "a call with a fresh password")?;
    equal(grants(&stage.vendor.take_exchanges()), ["password"], "what a fresh password leads to")?;

    let kept = stage.logged_in_by_kept_password().await;
    stage.time.advance(AGES);
    stage.vendor.script("create_token", invalid_grant());
    succeeds(kept.list_end_users().send().await, "a call of a client that was told to keep the password")?;
    equal(grants(&stage.vendor.take_exchanges()), ["refresh_token", "password"], "what a kept password leads to")?;

    // The grant is there where the vendor documents it, and nowhere else.
    let stage = Stage::directly(Time::hurried()).await;
    let client = stage.client::<directly::Client>().static_token("a-token").build().unwrap();
    let outcome = client.core().sign_in(Credentials::password(issuer::USERNAME, issuer::PASSWORD));
    refused(outcome, ErrorKind::InvalidRequest, "a password at a vendor who does not take it")?;
    equal(stage.vendor.take_exchanges().len(), 0, "requests with it")
}
