//! The faults, and what each is to end in.

use std::time::Duration;

use cx_client::ErrorKind;
use cx_mock::Step;
use serde_json::json;

use super::surroundings::Clocks;

/// A reply that each of the three operations takes for a success.
const GOOD: &str = r#"{"id":1}"#;
const JSON: &[(&str, &str)] = &[("content-type", "application/json")];
const HTML: &[(&str, &str)] = &[("content-type", "text/html")];

/// What stands at the other end.
pub enum Vendor {
    /// A server with a script.
    Script(Vec<Step>),
    /// A port at which nobody listens.
    Closed,
    /// A port at which nobody accepts.
    Deaf,
    /// A server that sends the client to another origin.
    Elsewhere(u16),
}

/// Which deadline is real and ends the call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    None,
    Attempt,
    Total,
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Someone with a token that cannot be renewed.
    Token,
    /// Someone who fetches tokens.
    Credentials,
}

/// What a call is to end in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Success,
    /// An error of this kind; with a reply of this status, if there is to be one.
    Error(ErrorKind, Option<u16>),
}

/// A row of the table. The figures are in the order safe, idempotent, never.
pub struct Fault {
    pub name: &'static str,
    pub vendor: Vendor,
    pub caller: Caller,
    pub deadline: Deadline,
    pub clocks: Clocks,
    pub end: End,
    /// Requests that the server reads in full.
    pub requests: [u64; 3],
    /// What the error gives as the number of attempts; `None` where it depends on who is faster.
    pub attempts: Option<[u32; 3]>,
    /// How many bytes of the reply the error is to keep, where that is not all.
    pub kept: Option<usize>,
}

/// Largest reply that the clients of the table take.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

const ONCE: [u64; 3] = [1, 1, 1];
/// What may have taken effect is repeated where that does no harm.
const HARMLESS: [u64; 3] = [3, 3, 1];
const ALWAYS: [u64; 3] = [3, 3, 3];
const NEVER_SEEN: [u64; 3] = [0, 0, 0];

fn fault(name: &'static str, vendor: Vendor, end: End, requests: [u64; 3]) -> Fault {
    Fault {
        name,
        vendor,
        caller: Caller::Token,
        deadline: Deadline::None,
        clocks: Clocks::Calm,
        end,
        requests,
        attempts: Some(requests.map(|count| u32::try_from(count).unwrap())),
        kept: None,
    }
}

impl Fault {
    fn attempts(self, attempts: Option<[u32; 3]>) -> Self {
        Self { attempts, ..self }
    }

    fn within(self, deadline: Deadline) -> Self {
        Self { deadline, ..self }
    }

    fn by(self, clocks: Clocks) -> Self {
        Self { clocks, ..self }
    }

    fn keeps(self, bytes: usize) -> Self {
        Self { kept: Some(bytes), ..self }
    }

    fn asked_by(self, caller: Caller) -> Self {
        Self { caller, ..self }
    }
}

fn step(name: &'static str, step: Step, end: End, requests: [u64; 3]) -> Fault {
    fault(name, Vendor::Script(vec![step]), end, requests)
}

/// The exchange breaks off, and nobody knows whether it took effect.
fn breaks(name: &'static str, one: Step, status: Option<u16>) -> Fault {
    step(name, one, End::Error(ErrorKind::Transport, status), HARMLESS)
}

/// A whole reply, but not one of the contract.
fn garbles(name: &'static str, one: Step) -> Fault {
    step(name, one, End::Error(ErrorKind::Decode, Some(200)), ONCE)
}

fn body(name: &'static str, text: impl Into<Vec<u8>>) -> Fault {
    garbles(name, Step::reply(200, JSON, text))
}

fn status(name: &'static str, status: u16, requests: [u64; 3]) -> Fault {
    step(name, Step::reply(status, JSON, "{}"), End::Error(ErrorKind::Api, Some(status)), requests)
}

/// The head of a refusal, and two bytes of the hundred that it announces.
fn begun(status: u16) -> Step {
    Step::nothing().send(format!("HTTP/1.1 {status} No\r\ncontent-length: 100\r\n\r\n{{}}"))
}

/// A refusal whose body is not all read: its status says what is to be done.
fn refuses(name: &'static str, one: Step, status: u16, requests: [u64; 3]) -> Fault {
    step(name, one, End::Error(ErrorKind::Api, Some(status)), requests)
}

fn succeeds(name: &'static str, one: Step) -> Fault {
    step(name, one, End::Success, ONCE)
}

fn stalls(name: &'static str, one: Step, status: Option<u16>) -> Fault {
    step(name, one, End::Error(ErrorKind::Timeout, status), HARMLESS).within(Deadline::Attempt)
}

/// All of them.
pub fn faults() -> Vec<Fault> {
    let mut all = connections();
    all.extend(transfers());
    all.extend(stalling());
    all.extend(bodies());
    all.extend(refusals());
    all.extend(clocks());
    all
}

fn connections() -> Vec<Fault> {
    let unreachable = End::Error(ErrorKind::Transport, None);
    let moved = |status| End::Error(ErrorKind::Api, Some(status));
    vec![
        fault("connection refused", Vendor::Closed, unreachable, NEVER_SEEN).attempts(Some([3, 3, 3])),
        fault("stall at connect", Vendor::Deaf, End::Error(ErrorKind::Timeout, None), NEVER_SEEN)
            .attempts(Some([3, 3, 1]))
            .within(Deadline::Attempt),
        step("reset on connect", Step::reset_on_connect(), unreachable, NEVER_SEEN).attempts(None),
        fault("307 to another origin", Vendor::Elsewhere(307), moved(307), ONCE),
        fault("308 to another origin", Vendor::Elsewhere(308), moved(308), ONCE),
        fault("303 to another origin", Vendor::Elsewhere(303), moved(303), ONCE),
        step("redirect loop", Step::redirect(302, "/v1/end_users/1"), moved(302), ONCE),
        step("redirect to nowhere", Step::reply(301, &[], ""), moved(301), ONCE),
    ]
}

fn transfers() -> Vec<Fault> {
    let good = || Step::reply(200, JSON, GOOD);
    let head = |lines: String| Step::nothing().send(format!("HTTP/1.1 200 OK\r\n{lines}\r\n{GOOD}")).close();
    vec![
        breaks("reset before headers", Step::reset_before_headers(), None),
        breaks("closed before headers", Step::close_before_headers(), None),
        breaks("cut head", Step::cut_head(), None),
        breaks("reset after headers", Step::reset_after_headers(), Some(200)),
        breaks("reset in body", Step::reset_in_body(), Some(200)),
        breaks("cut body", Step::cut_body(GOOD, 3), Some(200)).keeps(3),
        breaks("length too long", Step::wrong_length(100, GOOD), Some(200)).keeps(GOOD.len()),
        succeeds("length too short", Step::wrong_length(GOOD.len() as u64, format!("{GOOD}{GOOD}"))),
        breaks("bad chunk", Step::bad_chunk(), Some(200)),
        breaks("no last chunk", Step::missing_last_chunk(), Some(200)),
        breaks("no HTTP", Step::nothing().send("220 mail.example.com ESMTP\r\n").close(), None),
        breaks("two lengths", head("content-length: 8\r\ncontent-length: 9\r\n".to_owned()), None),
        breaks("a length that is no number", head("content-length: many\r\n".to_owned()), None),
        breaks("a thousand headers", head("x-a: b\r\n".repeat(1000)), None),
        breaks("a head of 1 MB", head(format!("x-a: {}\r\n", "b".repeat(1_000_000))), None),
        succeeds("1xx storm", good().after_interim_replies(1000)),
        refuses("cut body of a 404", begun(404).close(), 404, ONCE).keeps(2),
        refuses("cut body of a 429", begun(429).close(), 429, ALWAYS).keeps(2),
        refuses("cut body of a 503", begun(503).close(), 503, HARMLESS).keeps(2),
        refuses("large body of a 502", Step::reply(502, HTML, "x".repeat(2 * MAX_BODY_BYTES)), 502, HARMLESS)
            .keeps(MAX_BODY_BYTES),
    ]
}

fn stalling() -> Vec<Fault> {
    let total = End::Error(ErrorKind::Timeout, None);
    vec![
        stalls("stall before headers", Step::stall_before_headers(), None),
        stalls("stall after headers", Step::stall_after_headers(), Some(200)).keeps(0),
        stalls("stall in body", Step::stall_in_body(), Some(200)).keeps(5),
        stalls("slow drip", Step::drip(" ".repeat(1000), 1, Duration::from_millis(20)), None),
        stalls("endless 1xx", Step::nothing().after_interim_replies(u64::MAX), None),
        refuses("stall in the body of a 503", begun(503).stall(), 503, HARMLESS).keeps(2).within(Deadline::Attempt),
        step("stall until the deadline", Step::stall_before_headers(), total, ONCE).within(Deadline::Total),
        fault(
            "stall after a refusal until the deadline",
            Vendor::Script(vec![Step::reply(429, &[("retry-after", "0")], ""), Step::stall_before_headers()]),
            total,
            [2, 2, 2],
        )
        .within(Deadline::Total),
    ]
}

fn bodies() -> Vec<Fault> {
    let deep = |member: &str| format!(r#"{{"id":1,"{member}":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let mut latin = br#"{"id":1,"email":"caf"#.to_vec();
    latin.extend(b"\xe9\"}");
    vec![
        step("204 with a body", Step::no_content_with_body(GOOD), End::Error(ErrorKind::Decode, Some(204)), ONCE),
        body("empty body", ""),
        body("null", "null"),
        body("HTML for JSON", "<html><body>Log in</body></html>"),
        garbles("HTML", Step::reply(200, HTML, "<html><body>Log in</body></html>")),
        succeeds("JSON of another media type", Step::reply(200, HTML, GOOD)),
        garbles("200 MB body", Step::big_body(200_000_000)).keeps(MAX_BODY_BYTES),
        garbles("200 MB body of no length", Step::big_unannounced_body(200_000_000)).keeps(MAX_BODY_BYTES),
        garbles("gzip bomb", Step::gzip_bomb(20_000_000)),
        garbles("gzip that is none", Step::gzip(GOOD)),
        garbles("deep JSON", Step::deep_json(100_000)),
        body("deep JSON in a free member", deep("properties")),
        succeeds("deep JSON in an unknown member", Step::reply(200, JSON, deep("x"))),
        body("lone surrogate", r#"{"id":1,"email":"\ud800"}"#),
        body("lone surrogate, the second half", r#"{"id":1,"email":"a\udc00b"}"#),
        body("duplicate keys", r#"{"id":1,"email":"a@example.com","email":"b@example.com"}"#),
        body("no UTF-8", latin),
        body("a number without end", r#"{"id":1e999}"#),
        body("a list for an object", r#"[{"id":1}]"#),
        body("an object of other types", r#"{"id":{"a":1}}"#),
        body("more after the JSON", format!("{GOOD}{GOOD}")),
        body("JSON that ends early", r#"{"id":1"#),
    ]
}

fn refusals() -> Vec<Fault> {
    let token = || Step::json(200, &json!({"access_token": "a", "token_type": "bearer", "expires_in": 7200}));
    let refused = || Step::json(401, &json!({}));
    let unauthorised = |status| End::Error(ErrorKind::Authentication, Some(status));
    vec![
        status("404", 404, ONCE),
        status("408 storm", 408, HARMLESS),
        status("429 storm", 429, ALWAYS),
        status("500 storm", 500, HARMLESS),
        status("501", 501, ONCE),
        status("503 storm", 503, HARMLESS),
        status("a status that no standard knows", 799, ONCE),
        step(
            "502 of a proxy",
            Step::reply(502, HTML, "<html>Bad Gateway</html>"),
            End::Error(ErrorKind::Api, Some(502)),
            HARMLESS,
        ),
        step(
            "429 that asks for years",
            Step::reply(429, &[("retry-after", "99999999999999999999")], ""),
            End::Error(ErrorKind::Api, Some(429)),
            ONCE,
        ),
        step(
            "429 storm that asks for a second",
            Step::reply(429, &[("retry-after", "1")], ""),
            End::Error(ErrorKind::Api, Some(429)),
            ALWAYS,
        ),
        step("401 storm", refused(), unauthorised(401), ONCE),
        fault(
            "401 storm with fresh tokens",
            Vendor::Script(vec![token(), refused(), token(), refused()]),
            unauthorised(401),
            [4, 4, 4],
        )
        .asked_by(Caller::Credentials)
        .attempts(Some([2, 2, 2])),
        fault(
            "cut body of a 401, then a fresh token",
            Vendor::Script(vec![token(), begun(401).close(), token(), Step::reply(200, JSON, GOOD)]),
            End::Success,
            [4, 4, 4],
        )
        .asked_by(Caller::Credentials),
        fault("401 storm at the token", Vendor::Script(vec![refused()]), unauthorised(401), ONCE)
            .asked_by(Caller::Credentials)
            .attempts(Some([0, 0, 0])),
    ]
}

/// The dates of these replies are seven seconds after the calm time of day.
fn clocks() -> Vec<Fault> {
    const DATE: (&str, &str) = ("date", "Sun, 13 Sep 2020 12:26:40 GMT");
    const LATER: (&str, &str) = ("retry-after", "Sun, 13 Sep 2020 12:26:47 GMT");
    let limited = End::Error(ErrorKind::Api, Some(429));
    let later = || Step::reply(429, &[LATER], "");
    vec![
        step("a date", later(), limited, ALWAYS),
        // The wait is cut to two minutes, which is still more than the call has.
        step("a date, the clock long ago", later(), limited, ONCE).by(Clocks::LongAgo),
        step("a date, the clock far ahead", later(), limited, ALWAYS).by(Clocks::FarAhead),
        step(
            "a date beside the vendor's time, the clock long ago",
            Step::reply(429, &[DATE, LATER], ""),
            limited,
            ALWAYS,
        )
        .by(Clocks::LongAgo),
        status("503 storm, the clock to and fro", 503, HARMLESS).by(Clocks::ToAndFro),
        status("503 storm, the deadline passed in a leap", 503, ONCE).by(Clocks::Leaping),
    ]
}

/// Rows that are wrong, to see that the table can fail: another end, another count, another number of kept bytes.
pub fn impossible() -> Vec<Fault> {
    let another = Fault { end: End::Error(ErrorKind::Api, Some(403)), ..status("another status", 404, ONCE) };
    vec![
        another,
        succeeds("a refusal that is none", Step::reply(404, JSON, "{}")),
        status("a count too low", 429, ONCE),
        body("a body that is all there", "x").keeps(7),
    ]
}
