//! What tracing shows of a call and of each of its requests.

use tracing::{Dispatch, subscriber::NoSubscriber};
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};

use super::*;

/// Has tracing ask every subscriber whether it wants a place in the code that is met for the first time. As long as there is
/// but one, it asks that of the thread which met the place, and where that thread has none, the place is off for all.
fn heed_all_threads() {
    static STANDING: OnceLock<[Dispatch; 2]> = OnceLock::new();
    STANDING.get_or_init(|| std::array::from_fn(|_| Dispatch::new(NoSubscriber::default())));
}

/// What the subscriber of a test wrote.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Written {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// The spans that ended, in their order: their fields as they are written.
async fn spans(kind: &str, run: impl Future<Output = ()>) -> Vec<String> {
    heed_all_threads();
    let written = Written::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(written.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    run.await;
    drop(guard);
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    let ends = text.lines().filter_map(|line| line.split_once(": cx_client::transport::trace: close "));
    let fields = |(spans, _): (&str, &str)| {
        let (_, fields) = spans.rsplit_once(&format!("{kind}{{"))?;
        // Not a span that merely stands around the one that ended.
        (!fields.contains('{')).then(|| fields.trim_end_matches('}').to_owned())
    };
    ends.filter_map(fields).collect()
}

/// The value of a field, without quotes; empty if it was not recorded.
fn field<'s>(span: &'s str, name: &str) -> &'s str {
    let value = span.split_once(&format!("{name}=")).map(|(_, value)| value).unwrap_or_default();
    value.split_whitespace().next().unwrap_or_default().trim_matches('"')
}

#[tokio::test]
async fn the_span_of_a_request_says_what_came_of_it_and_what_was_before() {
    let run = async {
        let stage = Stage::set([token(FIRST), reply(401), token(SECOND), things()]).await;
        stage.call(&LIST).await.unwrap();
        let stage = Stage::set([token(FIRST), reply(503), reply(204)]).await;
        stage.log_out().await.unwrap();
    };
    let names = ["http.request.resend_count", "http.response.status_code", "error.type", "otel.status_code"];
    let spans = spans("request", run).await;
    let told: Vec<_> = spans.iter().map(|span| names.map(|name| field(span, name))).collect();
    let (good, renewed) = (["", "200", "", ""], ["1", "200", "", ""]);
    let refused = ["", "401", "401", "ERROR"];
    let logout = [["", "503", "503", "ERROR"], ["1", "204", "", ""]];
    assert_eq!(told, [&[good, refused, good, renewed, good][..], &logout].concat(), "{spans:#?}");
}

#[tokio::test]
async fn the_span_of_a_call_names_its_error() {
    for (replies, operation, kind) in [
        ([reply(404)], &OPEN, "404"),
        ([reply(401)], &OPEN, "authentication"),
        ([http::Response::new("no JSON")], &COUNT, "decode"),
        ([things()], &OPEN, ""),
    ] {
        let spans = spans("call", async {
            let stage = Stage::set(replies).await;
            let _told_by_the_span = stage.call(operation).await;
        });
        let spans = spans.await;
        let status = if kind.is_empty() { "" } else { "ERROR" };
        assert_eq!(spans.len(), 1, "{spans:?}");
        assert_eq!(
            (field(&spans[0], "error.type"), field(&spans[0], "otel.status_code")),
            (kind, status),
            "{spans:?}"
        );
    }
}
