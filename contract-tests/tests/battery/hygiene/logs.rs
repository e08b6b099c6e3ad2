//! Item 67: what is logged, by the client and by the crates under it.

use std::{
    fmt::{Debug, Write},
    sync::{Mutex, PoisonError},
};

use cx_client::{directly, wootric};
use cx_mock::{FaultServer, Step, issuer};
use serde_json::json;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::{
    stage::{Stage, client_of},
    time::Time,
    verdict::{Verdict, ensure, succeeds},
};

/// In every secret of this test and of no other: all tests of a process share its log.
const CANARY: &str = "canary-in-the-log";

/// All that was logged.
static LOG: Mutex<String> = Mutex::new(String::new());

/// Keeps everything that is said to it.
struct Spy;

fn note(line: std::fmt::Arguments<'_>) {
    let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    writeln!(log, "{line}").unwrap();
}

/// Fields of an event or a span.
#[derive(Default)]
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Spy {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        note(format_args!("{} {}{}", attributes.metadata().target(), attributes.metadata().name(), fields.0));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        note(format_args!("{}", fields.0));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        note(format_args!("{} {}", event.metadata().target(), fields.0));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

impl log::Log for Spy {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        note(format_args!("log {} {}", record.target(), record.args()));
    }

    fn flush(&self) {}
}

pub async fn item_67_logs_no_secret_at_any_level() -> Verdict {
    tracing::subscriber::set_global_default(Spy).unwrap();
    log::set_boxed_logger(Box::new(Spy)).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    log::trace!("the log is heard");

    let secret = |name: &str| format!("{CANARY}-{name}");
    let login = |number: u32| {
        let token = json!({
            "access_token": secret(&format!("token-{number}")),
            "refresh_token": secret(&format!("refresh-{number}")),
            "token_type": "bearer",
            "expires_in": 7200,
        });
        Step::reply(200, &[("content-type", "application/json"), ("set-cookie", CANARY)], token.to_string())
    };
    let refused = Step::json(401, &json!({"error": "invalid_token", "error_description": CANARY}));
    // A login, a call whose token is refused, a renewal, the call again; then one that is put off and one that fails.
    let steps = vec![
        login(1),
        refused.clone(),
        login(2),
        Step::json(200, &json!([])),
        Step::reply(503, &[("retry-after", "1")], CANARY),
        Step::reset_before_headers(),
        Step::json(500, &json!({"message": CANARY})),
        Step::json(200, &json!([])),
    ];
    let server = FaultServer::start(steps).await.unwrap();
    let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried());
    let client = client.token_query("account_token", secret("account")).password(secret("user"), secret("password"));
    let client = client.build().unwrap();
    succeeds(client.list_end_users().send().await, "a call with a renewal")?;
    for _ in 0..3 {
        drop(client.list_end_users().email(secret("email")).send().await);
    }

    let server = FaultServer::start(vec![login(1), refused]).await.unwrap();
    let stage = Stage::directly(Time::hurried()).await;
    let client = client_of::<directly::Client>(&server.base_url(), &Time::hurried());
    let client = client.authorization_code(stage.code(), secret("client")).build().unwrap();
    drop(client.list_questions().send().await);
    drop(client.core().sign_out().await);
    let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried());
    let client = client.token_in_query(true).static_token(secret("token")).build().unwrap();
    drop(client.list_end_users().send().await);

    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    ensure(!log.contains(CANARY), "the log has none of the secrets")?;
    ensure(!log.contains(issuer::CODE), "the log has no code")?;
    for said in
        ["the log is heard", "a token is asked for", "http.response.status_code=200", "log reqwest", "hyper_util"]
    {
        ensure(log.contains(said), format!("the log has `{said}`"))?;
    }
    Ok(())
}
