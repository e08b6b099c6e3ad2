//! Prism between client and mock vendor, while the positive cases run.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{ChildStdout, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use cx_spec::OAuthRole;
use tokio::{sync::oneshot, time::timeout};

use super::{
    Finding, Judge, Settings, Verdict,
    tool::{self, Running, Toolbox},
};
use crate::{
    apis::Subject,
    cases::{self, Case, Expected},
    runner::Runner,
};

/// Prism reads the document before it listens.
const START: Duration = Duration::from_secs(60);
/// What it writes once it listens.
const LISTENS: &str = "Prism is listening on ";
/// What it writes for each request.
const RECEIVED: &str = "Request received";

pub(super) async fn hear(
    toolbox: &Toolbox,
    subjects: &[Subject],
    settings: &Settings,
) -> Result<Option<Vec<Verdict>>> {
    let Some(program) = toolbox.program("prism") else { return Ok(None) };
    let all = subjects.iter().map(|subject| judge(&program, toolbox, subject, settings));
    Ok(Some(futures_util::future::try_join_all(all).await?))
}

async fn judge(program: &Path, toolbox: &Toolbox, subject: &Subject, settings: &Settings) -> Result<Verdict> {
    let started = Instant::now();
    let vendor = super::vendor(subject, settings).await;
    let proxy = Proxy::start(program, &toolbox.document(subject.name()), &vendor.base_url()).await?;
    // A document without a token operation would refuse the path of another's.
    let tokens = subject.api.oauth(OAuthRole::Token).map_or_else(|| vendor.base_url(), |_| proxy.base_url.clone());
    let core = subject.connect_at(&proxy.base_url, &tokens)?;
    let runner = Runner::new(subject.clone(), vendor, core);
    let cases: Vec<Case> = cases::enumerate_with(subject, settings.seed, 1).into_iter().filter(is_positive).collect();
    let count = cases.len();
    let mut findings = Vec::new();
    for case in cases {
        proxy.log.take_errors();
        let outcome = runner.run(case).await;
        let said = proxy.log.take_errors();
        if !outcome.passed() || !said.is_empty() {
            let violations = outcome.violations.iter().map(ToString::to_string);
            let words: Vec<String> = said.into_iter().chain(outcome.problems).chain(violations).collect();
            findings.push(Finding { place: outcome.case.id, message: words.join("; ") });
        }
    }
    let received = proxy.log.received();
    // Calls that went past the proxy were not judged.
    if received < count {
        bail!("Prism saw {received} requests in {count} cases of {}", subject.name());
    }
    Ok(Verdict {
        judge: Judge::Prism,
        api: subject.name().to_owned(),
        cases: count,
        findings,
        beside: None,
        duration_ms: started.elapsed().as_millis(),
    })
}

/// A request that keeps the document, answered with a documented success.
fn is_positive(case: &Case) -> bool {
    case.documented.is_success() && case.expected == Expected::Documented
}

/// A running Prism. It ends when it is dropped.
struct Proxy {
    base_url: String,
    log: Arc<Log>,
    _running: Running,
}

impl Proxy {
    async fn start(program: &Path, document: &Path, upstream: &str) -> Result<Self> {
        let folder = document.parent().context("a document lies in a folder")?;
        // Prism cannot be told to take a free port and say which.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut command = tool::command(program, folder);
        command.arg("proxy").arg(document).args([upstream, "--errors", "--port", &port.to_string()]);
        command.stderr(Stdio::null());
        let mut running = Running(command.spawn().context("Prism cannot be started")?);
        let stdout = running.0.stdout.take().context("Prism has no output")?;
        let log = Arc::new(Log::default());
        let (listens, heard) = oneshot::channel();
        thread::spawn({
            let log = Arc::clone(&log);
            move || follow(stdout, &log, listens)
        });
        match timeout(START, heard).await {
            Ok(Ok(())) => Ok(Self { base_url: format!("http://127.0.0.1:{port}"), log, _running: running }),
            Ok(Err(_)) => bail!("Prism ended at once: {}", log.take_errors().join("; ")),
            Err(_) => bail!("Prism does not listen after {} s", START.as_secs()),
        }
    }
}

/// Reads to the end what Prism writes, and says once that it listens.
fn follow(stdout: ChildStdout, log: &Log, listens: oneshot::Sender<()>) {
    let mut listens = Some(listens);
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        if line.contains(LISTENS)
            && let Some(listens) = listens.take()
        {
            // Nobody waits any more after the time limit.
            let _ = listens.send(());
        }
        log.keep(&line);
    }
}

/// What Prism wrote.
#[derive(Default)]
struct Log {
    errors: Mutex<Vec<String>>,
    received: AtomicUsize,
}

impl Log {
    fn keep(&self, line: &str) {
        if line.contains(RECEIVED) {
            self.received.fetch_add(1, Ordering::Relaxed);
        }
        if is_error(line) {
            self.errors.lock().unwrap_or_else(PoisonError::into_inner).push(words(line).to_owned());
        }
    }

    fn take_errors(&self) -> Vec<String> {
        std::mem::take(&mut *self.errors.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn received(&self) -> usize {
        self.received.load(Ordering::Relaxed)
    }
}

/// A refusal, or a violation that it lets pass.
fn is_error(line: &str) -> bool {
    line.contains("✖") || line.contains("Violation:")
}

/// The line without its time.
fn words(line: &str) -> &str {
    line.split_once("› ").map_or(line, |(_, rest)| rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_from_what_else_is_written() {
        let log = Log::default();
        log.keep("[5:35:04 PM] › [HTTP SERVER] get /a ℹ  info      Request received");
        log.keep("[5:35:04 PM] ›     [PROXY] ℹ  info      The upstream call to /a has returned 200");
        assert_eq!((log.take_errors(), log.received()), (vec![], 1));
        log.keep("[5:35:04 PM] › [HTTP SERVER] get /a ✖  error     Request terminated with error: Invalid request");
        log.keep("[5:35:04 PM] ›     [VALIDATOR] ⚠  warning   Violation: request.body must be object");
        assert_eq!(
            log.take_errors(),
            [
                "[HTTP SERVER] get /a ✖  error     Request terminated with error: Invalid request",
                "[VALIDATOR] ⚠  warning   Violation: request.body must be object",
            ]
        );
    }
}
