//! Prism between client and mock vendor, while the positive cases run.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use cx_spec::{OAuthRole, Operation};
use tokio::{io::AsyncWriteExt, net::TcpStream, sync::mpsc, time::timeout};

use super::{
    Beside, Finding, Judge, Settings, Verdict,
    aside::{self, Aside},
    tool::{self, Running, Toolbox},
};
use crate::{
    apis::Subject,
    arguments,
    cases::{self, Case, Expected},
    runner::Runner,
};

/// The violations that are set aside, in `spec/judges`.
const ASIDE: &str = "prism.json";
/// How long it is waited for the next line. Prism reads the document before it writes the first.
const PATIENCE: Duration = Duration::from_secs(60);
/// What it writes once it listens.
const LISTENS: &str = "Prism is listening on ";
/// What it writes for each request,
const RECEIVED: &str = "Request received";
/// with method and path behind this,
const SERVER: &str = "[HTTP SERVER]";
/// for what breaks the document,
const VIOLATION: &str = "Violation:";
/// for a request that it does not pass on,
const TERMINATED: &str = "Request terminated with error:";
/// and for one whose path the document does not have.
const UNKNOWN_PATH: &str = "Selected route not found";
/// Such a path.
const NOWHERE: &str = "/.end-of-the-run";

pub(super) async fn hear(
    toolbox: &Toolbox,
    subjects: &[Subject],
    settings: &Settings,
) -> Result<Option<Vec<Verdict>>> {
    let Some(program) = toolbox.program("prism") else { return Ok(None) };
    let aside: Vec<Aside<Finding>> = aside::read(toolbox, ASIDE)?;
    let all = subjects.iter().map(|subject| {
        let of_api = aside.iter().filter(|one| one.api == subject.name()).collect();
        judge(&program, toolbox, subject, settings, of_api)
    });
    Ok(Some(super::verdicts(Judge::Prism, subjects, all).await))
}

async fn judge(
    program: &Path,
    toolbox: &Toolbox,
    subject: &Subject,
    settings: &Settings,
    aside: Vec<&Aside<Finding>>,
) -> Result<Verdict> {
    let started = Instant::now();
    let vendor = super::vendor(subject, settings).stateful().start().await;
    let proxy = Proxy::start(program, &toolbox.document(subject.name()), &vendor.base_url()).await?;
    // A document without a token operation would refuse the path of another's.
    let tokens = subject.api.oauth(OAuthRole::Token).map_or_else(|| vendor.base_url(), |_| proxy.base_url());
    let core = subject.connect_at(&proxy.base_url(), &tokens)?;
    let runner = Runner::new(subject.clone(), vendor, core);
    let cases: Vec<Case> = cases::enumerate(subject).into_iter().filter(is_positive).collect();
    let (multipart, cases): (Vec<Case>, Vec<Case>) = cases.into_iter().partition(|case| is_multipart(subject, case));
    let count = cases.len();
    let token = subject.api.oauth(OAuthRole::Token);
    let of_tokens = cases.iter().filter(|case| token.is_some_and(|token| token.id == case.operation)).count();
    for case in cases {
        // What the client makes of the reply is judged elsewhere; here it is what went through the proxy.
        runner.run(case).await;
    }
    let log = proxy.end().await.with_context(|| format!("Prism between client and vendor of {}", subject.name()))?;
    // Calls that went past the proxy were not judged. A token that the client fetches for itself stands for none of them.
    let (tokens, others) = log.received(token);
    if tokens < of_tokens || others < count - of_tokens {
        bail!("Prism saw {others} requests and {tokens} for tokens in {count} cases of {}", subject.name());
    }
    let (findings, mut beside) = set_aside(log.findings, &aside);
    if !multipart.is_empty() {
        beside.push(Beside { cases: multipart.len(), failed: 0, reason: MULTIPART.to_owned() });
    }
    Ok(Verdict {
        judge: Judge::Prism,
        api: subject.name().to_owned(),
        cases: count,
        findings,
        beside,
        duration_ms: started.elapsed().as_millis(),
    })
}

/// Takes out the violations that are set aside: each alone, so that whatever else Prism says of the same request counts. One
/// that Prism does not find any more is a finding too, or the list would outlive its reasons.
fn set_aside(mut findings: Vec<Finding>, aside: &[&Aside<Finding>]) -> (Vec<Finding>, Vec<Beside>) {
    let mut beside = Vec::new();
    for Aside { what, reason, .. } in aside {
        let before = findings.len();
        findings.retain(|finding| finding != what);
        let taken = before - findings.len();
        if taken == 0 {
            let message = format!("not found any more, take it out of spec/judges/{ASIDE}: {}", what.message);
            findings.push(Finding { place: what.place.clone(), message });
        } else {
            beside.push(Beside { cases: taken, failed: taken, reason: reason.clone() });
        }
    }
    (findings, beside)
}

/// Why multipart bodies stay away: the parser of Prism 5.16 (parse-multipart-data) ends the process on parts it cannot read.
const MULTIPART: &str = "multipart bodies, on which Prism crashes: not sent";

fn is_multipart(subject: &Subject, case: &Case) -> bool {
    let operation = subject.api.operation(&case.operation);
    let media = operation.and_then(|operation| arguments::media(operation, case.media_type.as_deref()));
    case.arguments.get("body").is_some() && media.is_some_and(|media| media.media_type == "multipart/form-data")
}

/// A request that keeps the document, answered with a documented success. Values that are drawn are left to the other judges:
/// Prism reads some characters of a path in its own way.
fn is_positive(case: &Case) -> bool {
    case.documented.is_success() && case.expected == Expected::Documented && case.drawn.is_none()
}

/// A running Prism. It ends when it is dropped.
struct Proxy {
    port: u16,
    running: Running,
    lines: mpsc::UnboundedReceiver<String>,
}

impl Proxy {
    async fn start(program: &Path, document: &Path, upstream: &str) -> Result<Self> {
        let folder = document.parent().context("a document lies in a folder")?;
        // Prism cannot be told to take a free port and say which.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut command = tool::command(program, folder);
        command.arg("proxy").arg(document).args([upstream, "--port", &port.to_string()]).stderr(Stdio::null());
        let mut running = Running(command.spawn().context("Prism cannot be started")?);
        let stdout = running.0.stdout.take().context("Prism has no output")?;
        let (sender, lines) = mpsc::unbounded_channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut proxy = Self { port, running, lines };
        proxy.read_to(LISTENS).await.context("Prism does not listen")?;
        Ok(proxy)
    }

    fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks for a path that no document has, and reads until Prism complains of it: then everything before has been read,
    /// and a Prism that would notice nothing is found out.
    async fn end(mut self) -> Result<Log> {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).await?;
        let request = format!("GET {NOWHERE} HTTP/1.1\r\nHost: prism\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await?;
        let lines = self.read_to(UNKNOWN_PATH).await.context("Prism does not notice a path that no document has")?;
        drop(self.running);
        let mut log = Log::default();
        lines.iter().for_each(|line| log.keep(line));
        Ok(log)
    }

    /// The lines before the one that holds some words.
    async fn read_to(&mut self, words: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        loop {
            match timeout(PATIENCE, self.lines.recv()).await {
                Ok(Some(line)) if line.contains(words) => return Ok(found),
                Ok(Some(line)) => found.push(line),
                Ok(None) => bail!("it ended: {}", tool::last(&found)),
                Err(_) => bail!("it says nothing for {} s: {}", PATIENCE.as_secs(), tool::last(&found)),
            }
        }
    }
}

/// What Prism wrote.
#[derive(Default)]
struct Log {
    /// Method and path of the requests that came through it.
    received: Vec<String>,
    findings: Vec<Finding>,
    /// The request that the lines belong to.
    current: String,
}

impl Log {
    /// How many requests were for tokens, and how many were not.
    fn received(&self, token: Option<&Operation>) -> (usize, usize) {
        let is_for_token = |request: &&String| {
            token.zip(request.split_once(' ')).is_some_and(|(token, (method, path))| {
                method.eq_ignore_ascii_case(&token.method) && path.ends_with(&token.path)
            })
        };
        let tokens = self.received.iter().filter(is_for_token).count();
        (tokens, self.received.len() - tokens)
    }

    fn keep(&mut self, line: &str) {
        let words = line.split_once("› ").map_or(line, |(_, rest)| rest).trim();
        if let Some((_, request)) = words.split_once(SERVER).filter(|(_, rest)| rest.ends_with(RECEIVED)) {
            self.current = request.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
            // The request that ends the run is no case.
            if !self.current.ends_with(NOWHERE) {
                self.received.push(self.current.clone());
            }
        } else if let Some((_, message)) = words.split_once(VIOLATION).or_else(|| words.split_once(TERMINATED)) {
            self.findings.push(Finding { place: self.current.clone(), message: message.trim().to_owned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_violation_is_set_aside_and_only_while_it_is_found() {
        let finding = |message: &str| Finding { place: "post /a".into(), message: message.into() };
        let aside = Aside { api: "orchard".into(), what: finding("no list"), reason: "brackets".into() };
        let found = vec![finding("no list"), finding("no number"), finding("no list")];
        let (findings, beside) = set_aside(found, &[&aside]);
        assert_eq!(findings, [finding("no number")]);
        assert_eq!((beside[0].cases, beside[0].reason.as_str()), (2, "brackets"));
        let (findings, beside) = set_aside(Vec::new(), &[&aside]);
        assert!(beside.is_empty());
        assert_eq!(findings, [finding("not found any more, take it out of spec/judges/prism.json: no list")]);
    }

    #[test]
    fn violations_are_read_with_their_request() {
        let mut log = Log::default();
        for line in [
            "[5:55:06 PM] › [HTTP SERVER] get /v1/things ℹ  info      Request received",
            "[5:55:06 PM] ›     [PROXY] ℹ  info      > Forwarding \"get\" request to http://127.0.0.1:1/v1/things?page=0...",
            "[5:55:06 PM] ›     [PROXY] ℹ  info      The upstream call to /v1/things has returned 400",
            "[5:55:06 PM] ›     [VALIDATOR] ✖  error     Violation: request.query.page Request query parameter page must be >= 1",
            "[5:55:07 PM] › [HTTP SERVER] put /v1/things/7 ℹ  info      Request received",
            "[5:55:07 PM] › [HTTP SERVER] put /v1/things/7 ✖  error     Request terminated with error: #UNKNOWN: Socket closed",
        ] {
            log.keep(line);
        }
        let found: Vec<(&str, &str)> =
            log.findings.iter().map(|finding| (finding.place.as_str(), finding.message.as_str())).collect();
        assert_eq!(log.received, ["get /v1/things", "put /v1/things/7"]);
        assert_eq!(
            found,
            [
                ("get /v1/things", "request.query.page Request query parameter page must be >= 1"),
                ("put /v1/things/7", "#UNKNOWN: Socket closed"),
            ]
        );
    }

    #[test]
    fn a_request_for_a_token_stands_for_no_other() {
        let api = cx_spec::embedded(cx_spec::NAMES.first().unwrap()).unwrap();
        let token = api.oauth(OAuthRole::Token).unwrap();
        let log = Log {
            received: vec![format!("{} {}", token.method.to_lowercase(), token.path), "get /v1/things".to_owned()],
            ..Log::default()
        };
        assert_eq!(log.received(Some(token)), (1, 1));
        assert_eq!(log.received(None), (0, 2));
    }
}
