//! Every public type that is written by hand, and those that stand beside the generated ones: printed with canaries in
//! all that it can hold.

use std::sync::Arc;

use cx_client::{
    Binary, CallOptions, ClientBuilder, CoreBuilder, Patch, Secret, Time, Upload,
    auth::{
        AuthorizationOptions, Credentials, FileStore, MemoryStore, RedisStore, StoreKey, StoredToken, TokenStore,
    },
    directly,
    dynamic::Arguments,
    env::System,
    generated,
    runtime::{Masked, Payload},
    wootric, wootric_cxi,
};
use cx_mock::{FaultServer, Step};
use futures_util::FutureExt;
use serde_json::json;

use super::{EMAIL, by_hand, chain, debug, hidden, lists, printed, sessions};
use crate::support;

/// The types, by module.
pub const NAMES: &[&str] = &[
    "auth::authorize::AuthorizationCode",
    "auth::authorize::AuthorizationOptions",
    "auth::authorize::AuthorizationRequest",
    "auth::credentials::Credentials",
    "auth::store::StoreKey",
    "auth::store::StoredToken",
    "auth::store::file::FileStore",
    "auth::store::lock::Lock",
    "auth::store::memory::MemoryStore",
    "auth::store::redis::RedisStore",
    "binary::Binary",
    "client::build::typed::ClientBuilder",
    "client::Core",
    "client::build::CoreBuilder",
    "directly::changes::Changes",
    "directly::conversation::Conversation",
    "directly::push::MessageAuthor",
    "directly::wait::Backoff",
    "dynamic::Arguments",
    "dynamic::Registered",
    "dynamic::Reply",
    "dynamic::guide::Guide",
    "env::system::System",
    "error::Error",
    "error::ErrorKind",
    "error::Sent",
    "export::builder::Export",
    "export::crowded::CrowdedSecond",
    "export::cursor::Cursor",
    "export::progress::Progress",
    "export::stream::Rows",
    "generated::directly::Client",
    "generated::directly::operations::Operations",
    "generated::directly::types::error::ConversionError",
    "generated::wootric::Client",
    "generated::wootric::operations::Operations",
    "generated::wootric::types::error::ConversionError",
    "generated::wootric_cxi::Client",
    "generated::wootric_cxi::operations::Operations",
    "generated::wootric_cxi::types::error::ConversionError",
    "incoming::IncomingError",
    "operation::Api",
    "operation::Body",
    "operation::Envelope",
    "operation::File",
    "operation::Grant",
    "operation::Location",
    "operation::OAuth",
    "operation::Operation",
    "operation::Pagination",
    "operation::Parameter",
    "operation::Regions",
    "operation::Reply",
    "operation::Retry",
    "operation::Shape",
    "operation::Window",
    "options::CallOptions",
    "pages::items::Items",
    "pages::json::JsonList",
    "pages::stream::Pages",
    "patch::Patch",
    "rate_limit::RateLimit",
    "response::Response",
    "runtime::Payload",
    "secret::Masked",
    "secret::Secret",
    "session::GrantedScope",
    "time::Time",
    "upload::Upload",
    "wootric::nps::Band",
    "wootric::nps::Scale",
    "wootric::nps::Tally",
    "wootric::nps::Week",
    "wootric::nps::Weekly",
    "wootric::region::Region",
    "wootric::upsert::EndUserKey",
    "wootric::upsert::UpsertEndUser",
    "wootric::upsert::Upserted",
    "wootric::webhooks::event::Event",
    "wootric::webhooks::event::UnknownEvent",
    "wootric::webhooks::event::Webhook",
    "wootric::webhooks::receiver::Receiver",
];

/// What printing shows, under the name that it begins with.
struct Printed(Vec<(&'static str, String)>);

impl Printed {
    fn add(&mut self, name: &'static str, text: String) {
        assert!(NAMES.contains(&name), "{name} is not in the list");
        self.0.push((name, text));
    }
}

fn tokens_and_bodies(printed: &mut Printed) {
    let row = *wootric::operations::API.operations.iter().find(|row| row.id == "create_end_user").unwrap();
    let given = json!({"id": EMAIL, "body": {"email": EMAIL}});
    let header = (http::HeaderName::from_static("x-key"), http::HeaderValue::from_static("canary"));
    let upload = Upload::bytes("a.csv", EMAIL);
    printed.add("binary::Binary", debug(&Binary::from(bytes::Bytes::from_static(b"canary"))));
    printed.add("runtime::Payload", debug(&Payload::new(&given, row).unwrap().with_file("csv", &upload)));
    printed.add("dynamic::Arguments", debug(&Arguments::new(given, row).unwrap()));
    printed.add("upload::Upload", debug(&upload));
    printed.add("options::CallOptions", debug(&CallOptions::new().header(header.0, header.1)));
    printed.add("secret::Secret", debug(&Secret::from("canary")));
    printed.add("secret::Masked", debug(&Masked));
    printed.add("patch::Patch", debug(&Patch::Value(Secret::from("canary"))));
    printed.add("time::Time", debug(&serde_json::from_value::<Time>(json!("2021-01-02T03:04:05Z")).unwrap()));
    printed.add("env::system::System", debug(&System::default()));
    let stored = json!({"access_token": "canary", "refresh_token": "canary", "scope": EMAIL, "obtained_at": 1});
    printed.add("auth::store::StoredToken", debug(&serde_json::from_value::<StoredToken>(stored).unwrap()));
    stores(printed);
    for credentials in super::credentials() {
        printed.add("auth::credentials::Credentials", debug(&credentials));
    }
    let options = AuthorizationOptions::new("canary").with_scope(EMAIL).with_redirect_uri("https://a.example/canary");
    let request = printed::builder_of_directly().authorization_request(options.clone()).unwrap();
    printed.add("auth::authorize::AuthorizationOptions", debug(&options));
    printed.add("auth::authorize::AuthorizationRequest", debug(&request));
    printed.add("auth::authorize::AuthorizationCode", debug(&printed::code()));
}

fn stores(printed: &mut Printed) {
    let memory = MemoryStore::default();
    let key = StoreKey::new("wootric", "https://a.example/canary", EMAIL, "password").with_scope(EMAIL);
    let lock = memory.lock(&key).now_or_never().unwrap().unwrap();
    printed.add("auth::store::lock::Lock", debug(&lock));
    printed.add("auth::store::memory::MemoryStore", debug(&memory));
    printed.add("auth::store::file::FileStore", debug(&FileStore::new("/tmp/tokens")));
    let redis = RedisStore::new("redis://canary:canary@127.0.0.1:9/0").unwrap().with_prefix("cx");
    printed.add("auth::store::redis::RedisStore", debug(&redis));
}

fn clients(printed: &mut Printed) {
    fn both<C: std::fmt::Debug + cx_client::ApiClient>(builder: ClientBuilder<C>) -> String {
        let builder = builder.base_url("http://127.0.0.1:9/canary").account(EMAIL).static_token("canary");
        format!("{}\n{}", debug(&builder), debug(&builder.build().unwrap()))
    }
    let core = CoreBuilder::new(&wootric::operations::API)
        .base_url("http://127.0.0.1:9/canary")
        .credentials(Credentials::password(EMAIL, "canary"))
        .token_query("account_token", "canary");
    printed.add("client::build::CoreBuilder", debug(&core));
    printed.add("client::Core", debug(&core.build().unwrap()));
    printed.add("client::build::typed::ClientBuilder", both(wootric::Client::builder()));
    printed.add("generated::wootric::Client", both(wootric::Client::builder()));
    printed.add("generated::wootric_cxi::Client", both(wootric_cxi::Client::builder()));
    printed.add("generated::directly::Client", both(directly::Client::builder()));
}

/// What is known at compile time comes from the documents and holds nobody's data; it is printed all the same.
fn tables(printed: &mut Printed) {
    printed.add("generated::wootric::operations::Operations", debug(&wootric::operations::OPERATIONS));
    printed.add("generated::wootric_cxi::operations::Operations", debug(&wootric_cxi::operations::OPERATIONS));
    printed.add("generated::directly::operations::Operations", debug(&directly::operations::OPERATIONS));
    let all = generated::REGISTRY.iter().map(|one| debug(&one.api)).collect::<String>();
    for name in NAMES.iter().filter(|name| name.starts_with("operation::")) {
        printed.add(name, all.clone());
    }
    let guides: Vec<_> = generated::REGISTRY.iter().flat_map(|one| one.guides).collect();
    printed.add("dynamic::guide::Guide", debug(&guides));
    printed.add("dynamic::Registered", debug(&generated::REGISTRY));
}

fn conversions(printed: &mut Printed) {
    let missing = wootric::types::CreateResponseRequest::builder().text("canary".to_owned());
    let error = wootric::types::CreateResponseRequest::try_from(missing).unwrap_err();
    printed.add("generated::wootric::types::error::ConversionError", format!("{error} {}", debug(&error)));
    let missing = wootric_cxi::types::CreateProjectRequest::builder();
    let error = wootric_cxi::types::CreateProjectRequest::try_from(missing).unwrap_err();
    printed.add("generated::wootric_cxi::types::error::ConversionError", format!("{error} {}", debug(&error)));
    let missing = directly::types::CreateQuestionRequest::builder().user_name("canary".to_owned());
    let error = directly::types::CreateQuestionRequest::try_from(missing).unwrap_err();
    printed.add("generated::directly::types::error::ConversionError", format!("{error} {}", debug(&error)));
}

async fn replies(printed: &mut Printed) {
    let headers = [("x-mail", EMAIL), ("x-rate-limit-limit", "100")];
    let body = json!({"id": 1, "email": EMAIL, "unknown": "canary"}).to_string();
    let steps = vec![Step::reply(200, &headers, body.clone()), Step::reply(200, &headers, body.clone())];
    let refused = Step::reply(400, &headers, body);
    let server = FaultServer::start([steps, vec![refused]].concat()).await.unwrap();
    let subject = support::subject("wootric");
    let builder = support::builder(&subject, &server.base_url(), &Arc::default());
    let core = builder.credentials(Credentials::fixed("canary")).build().unwrap();
    let client = <wootric::Client as cx_client::ApiClient>::from_core(core.clone());
    let response = client.get_end_user().id("1").send().await.unwrap();
    printed.add("response::Response", debug(&response));
    printed.add("rate_limit::RateLimit", debug(&response.rate_limit().unwrap()));
    let call = || (subject.client.call)(core.clone(), "get_end_user", json!({"id": EMAIL}), CallOptions::new());
    printed.add("dynamic::Reply", debug(&call().await.unwrap()));
    let error = call().await.unwrap_err();
    printed.add("error::ErrorKind", debug(&error.kind()));
    printed.add("error::Sent", debug(&error.was_sent()));
    printed.add("error::Error", chain(&error));
    let (_, shown) = sessions::session("wootric", Credentials::password(EMAIL, "canary"), false).await;
    for (name, begins) in [("auth::store::StoreKey", "StoreKey {"), ("session::GrantedScope", "GrantedScope {")] {
        assert!(shown.contains(begins), "{name} was not printed: {shown}");
        printed.add(name, shown.clone());
    }
}

#[tokio::test]
async fn every_type_of_the_list_is_printed_and_shows_no_canary() {
    let mut printed = Printed(Vec::new());
    tokens_and_bodies(&mut printed);
    clients(&mut printed);
    tables(&mut printed);
    conversions(&mut printed);
    replies(&mut printed).await;
    for (name, text) in by_hand::printed().await.into_iter().chain(lists::printed().await) {
        printed.add(name, text);
    }
    for (name, text) in &printed.0 {
        assert!(!text.is_empty(), "{name} was not printed");
        hidden(text);
    }
    let missing: Vec<_> = NAMES.iter().filter(|name| !printed.0.iter().any(|(one, _)| one == *name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    println!("{} types", NAMES.len());
}
