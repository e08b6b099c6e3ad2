//! Credentials, clients, arguments, options, types and replies, printed.

use std::{fmt::Debug, sync::Arc};

use cx_client::{
    ApiClient, CallOptions, ClientBuilder, CoreBuilder, Upload,
    auth::{AuthorizationCode, AuthorizationOptions, Credentials, MemoryStore, StoredToken},
    directly,
    dynamic::Arguments,
    generated,
    runtime::Payload,
    wootric, wootric_cxi,
};
use cx_mock::{FaultServer, Step};
use serde_json::json;

use super::{EMAIL, canaries, chain, credentials, debug, hidden, masks};
use crate::support;

#[test]
fn credentials_and_the_clients_made_from_them_show_nothing() {
    let mut checked = 0;
    for registered in generated::REGISTRY {
        for credentials in credentials() {
            hidden(&debug(&credentials));
            let builder = CoreBuilder::new(registered.api)
                .base_url("http://127.0.0.1:9/canary-path")
                .credentials(credentials)
                .token_base_url("http://127.0.0.1:9/canary-path")
                .token_query("account_token", "canary-account-token")
                .token_store(Arc::new(MemoryStore::default()))
                .account(EMAIL)
                .user_agent("canary-agent");
            hidden(&debug(&builder));
            match builder.build() {
                Ok(core) => hidden(&debug(&core)),
                Err(error) => hidden(&chain(&error)),
            }
            checked += 1;
        }
    }
    assert!(checked > 0);
}

#[test]
fn generated_builders_and_clients_show_nothing() {
    fn check<C: Debug + ApiClient>(builder: ClientBuilder<C>) {
        let builder = builder.base_url("http://127.0.0.1:9");
        hidden(&debug(&builder));
        hidden(&debug(&builder.build().unwrap()));
    }
    check(wootric::Client::builder().password(EMAIL, "canary-password"));
    check(wootric::Client::builder().password_kept(EMAIL, "canary-password"));
    check(wootric::Client::builder().client_credentials("canary-id", "canary-secret"));
    check(wootric::Client::builder().refresh_token(Credentials::refresh_token("canary-refresh")));
    check(wootric::Client::builder().static_token("canary-token"));
    check(wootric_cxi::Client::builder().static_token("canary-token"));
    check(directly::Client::builder().static_token("canary-token"));
    check(directly::Client::builder().authorization_code(code(), "canary-secret"));
}

/// The vendor has no address of its own that anybody would know.
pub fn builder_of_directly() -> ClientBuilder<directly::Client> {
    directly::Client::builder().base_url("http://127.0.0.1:9")
}

/// A code as it comes back from a user who agreed.
pub fn code() -> AuthorizationCode {
    let options = AuthorizationOptions::new("canary-id")
        .with_scope(format!("read {EMAIL}"))
        .with_redirect_uri("https://example.com/canary");
    hidden(&debug(&options));
    let request = builder_of_directly().authorization_request(options).unwrap();
    hidden(&debug(&request));
    let state = request.state().unwrap().expose().to_owned();
    assert!(!debug(&request).contains(&state) && !debug(&request.state()).contains(&state));
    let code = request.finish(&format!("https://example.com/canary?code=canary-code&state={state}")).unwrap();
    hidden(&debug(&code));
    code
}

#[test]
fn a_callback_that_is_refused_shows_nothing_of_itself() {
    for callback in [
        "https://example.com/canary?code=canary-code&state=canary-state",
        "https://example.com/canary?code=canary-code",
        "canary",
    ] {
        let options = AuthorizationOptions::new("canary-id");
        let request = builder_of_directly().authorization_request(options).unwrap();
        hidden(&chain(&request.finish(callback).unwrap_err()));
    }
}

#[test]
fn options_arguments_and_bodies_show_nothing() {
    let options = CallOptions::new()
        .header(http::HeaderName::from_static("x-key"), http::HeaderValue::from_static("canary-header"));
    hidden(&debug(&options));
    let row = *wootric::operations::API.operations.iter().find(|row| row.id == "create_end_user").unwrap();
    let given = json!({"id": EMAIL, "body": {"email": EMAIL}});
    hidden(&debug(&Arguments::new(given.clone(), row).unwrap()));
    hidden(&debug(&Payload::new(&given, row).unwrap().with_file("csv", &Upload::bytes("a.csv", EMAIL))));
    hidden(&debug(&Upload::bytes("a.csv", EMAIL)));
    let client = wootric::Client::builder().static_token("canary-token").build().unwrap();
    hidden(&debug(&client.get_end_user().id(EMAIL)));
    hidden(&debug(&client.list_end_users().email(EMAIL)));
    let body: wootric::types::CreateEndUserRequest = serde_json::from_value(json!({"email": EMAIL})).unwrap();
    hidden(&debug(&client.create_end_user().body(body)));
}

#[test]
fn types_of_tokens_show_no_secret() {
    let token = json!({
        "access_token": "canary-token",
        "refresh_token": "canary-refresh",
        "token_type": "bearer",
        "expires_in": 7200,
    });
    masks::<wootric::types::TokenResponse>(token.clone());
    masks::<directly::types::Token>(token);
    let password = json!({"grant_type": "password", "username": EMAIL, "password": "canary-password"});
    masks::<wootric::types::PasswordGrant>(password.clone());
    masks::<wootric::types::CreateTokenRequest>(password);
    let refresh = json!({"grant_type": "refresh_token", "refresh_token": "canary-refresh"});
    masks::<wootric::types::RefreshTokenGrant>(refresh.clone());
    masks::<wootric::types::CreateTokenRequest>(refresh);
    let application =
        json!({"grant_type": "client_credentials", "client_id": "an-id", "client_secret": "canary-secret"});
    masks::<wootric::types::ClientCredentialsGrant>(application.clone());
    masks::<wootric::types::CreateTokenRequest>(application);
    let code = json!({
        "grant_type": "authorization_code",
        "client_id": "an-id",
        "client_secret": "canary-secret",
        "code": "canary-code",
    });
    masks::<directly::types::AuthorizationCodeGrant>(code.clone());
    masks::<directly::types::CreateTokenRequest>(code);
    masks::<StoredToken>(
        json!({"access_token": "canary-token", "refresh_token": "canary-refresh", "scope": EMAIL, "obtained_at": 1}),
    );
}

#[test]
fn types_with_personal_data_show_none_of_it() {
    let end_user = json!({
        "id": 1,
        "email": EMAIL,
        "phone_number": "+1 555 canary",
        "last_response": {"id": 2, "score": 3, "text": "canary text"},
    });
    masks::<wootric::types::EndUser>(end_user.clone());
    masks::<Vec<wootric::types::EndUser>>(json!([end_user]));
    masks::<wootric::types::CreateEndUserRequest>(json!({"email": EMAIL, "phone_number": "+1 555 canary"}));
    masks::<wootric::types::UpdateEndUserRequest>(json!({"email": EMAIL, "phone_number": "+1 555 canary"}));
    let response = json!({"id": 1, "score": 3, "text": "canary text", "ip_address": "canary", "notes": ["canary"]});
    masks::<wootric::types::Response>(response);
    let answer =
        json!({"score": 3, "text": "canary text", "ip_address": "canary", "origin_url": "https://a.example"});
    masks::<wootric::types::CreateResponseRequest>(answer);
    masks::<wootric::types::Decline>(json!({"id": 1, "ip_address": "canary"}));
    masks::<wootric::types::CreateEmailSurveyRequest>(json!({
        "emails": [EMAIL],
        "reply_to_email": EMAIL,
        "senders_name": "Canary canary",
    }));
    masks::<directly::types::CreateQuestionRequest>(
        json!({"userEmail": EMAIL, "userName": "canary", "text": "canary text"}),
    );
    masks::<directly::types::Author>(json!({"name": "canary"}));
    masks::<directly::types::Message>(
        json!({"body": "canary text", "bodyHtml": "<b>canary</b>", "author": {"name": "canary"}}),
    );
    masks::<directly::types::QuestionEnvelope>(json!({"data": {"uuid": "q", "metadata": {"plan": "canary"}}}));
    masks::<directly::types::CreateMessageRequest>(json!({"userEmail": EMAIL, "text": "canary text"}));
}

/// They hold what the customer puts there, names of people included.
#[test]
fn free_attributes_of_an_end_user_are_not_shown() {
    let attributes = json!({"First Name": "canary"});
    let end_user = json!({"properties": attributes});
    masks::<wootric::types::EndUser>(json!({"id": 1, "properties": attributes}));
    masks::<wootric::types::EndUser>(json!({"id": 1, "properties": "{'First Name':'canary'}"}));
    masks::<wootric::types::CreateEndUserRequest>(json!({"email": "Unknown", "properties": attributes}));
    masks::<wootric::types::UpdateEndUserRequest>(end_user.clone());
    masks::<wootric::types::Response>(json!({"id": 1, "end_user": end_user}));
    masks::<wootric::types::CreateDeclineRequest>(json!({"end_user": end_user}));
    masks::<wootric::types::UpdateDeclineRequest>(json!({"end_user": end_user}));
    masks::<wootric::types::WebhookResponse>(json!({"id": 1, "end_user_properties": attributes}));
    masks::<wootric::types::WebhookDecline>(json!({"id": 1, "end_user_properties": attributes}));
}

#[tokio::test]
async fn replies_show_neither_values_nor_headers() {
    let headers = [("content-type", "application/json"), ("x-mail", EMAIL)];
    let body = json!({"id": 1, "email": EMAIL, "unknown": "canary"}).to_string();
    let server = FaultServer::start(vec![Step::reply(200, &headers, body)]).await.unwrap();
    let client = wootric::Client::builder().base_url(server.base_url()).static_token("canary-token").build().unwrap();
    let response = client.get_end_user().id("1").send().await.unwrap();
    assert_eq!(response.email.as_deref(), Some(EMAIL));
    assert!(canaries(&String::from_utf8_lossy(response.raw())) > 0);
    hidden(&debug(&response));
    let subject = support::subject("wootric");
    let core = support::core(&subject, &server.base_url());
    let reply = (subject.client.call)(core, "get_end_user", json!({"id": "1"}), CallOptions::new()).await.unwrap();
    assert_eq!(reply.typed["email"], EMAIL);
    hidden(&debug(&reply));
}
