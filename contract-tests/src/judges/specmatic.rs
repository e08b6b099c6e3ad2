//! Specmatic on the mock vendor.
//!
//! It knows no `encoding` of forms, so the requests it makes for them are not what their documents say, and an honest vendor
//! refuses them. It expects each documented success by sending the same request once more, while a vendor has one success for
//! a request. So the gate is on operations with a body of JSON and the status that the vendor answers with; the rest is
//! counted beside.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Result, bail};
use cx_mock::issuer::ACCESS_TOKEN;
use cx_spec::{Api, Operation};

use super::{
    Beside, Finding, Judge, Settings, Verdict,
    aside::{self, Aside},
    tool::{self, Toolbox},
};
use crate::apis::Subject;

/// The archive inside its Python package.
const ARCHIVE: &str = "specmatic/core/specmatic.jar";
/// The paths that are set aside, in `spec/judges`.
const ASIDE: &str = "specmatic.json";
/// Neither its command line nor its environment has a seed: what it draws differs from run to run, and so may this count.
const REASON: &str =
    "no JSON body, or another success than the vendor's (it draws without a seed, so the count varies)";

pub(super) async fn hear(
    toolbox: &Toolbox,
    subjects: &[Subject],
    settings: &Settings,
) -> Result<Option<Vec<Verdict>>> {
    let (Some(java), Some(archive)) = (toolbox.program("java"), toolbox.python_file(ARCHIVE)) else {
        return Ok(None);
    };
    let run = Run { java, archive, aside: aside::read(toolbox, ASIDE)? };
    let all = subjects.iter().map(|subject| run.judge(toolbox, subject, settings));
    Ok(Some(super::verdicts(Judge::Specmatic, subjects, all).await))
}

struct Run {
    java: PathBuf,
    archive: PathBuf,
    /// Paths that Specmatic is not asked about.
    aside: Vec<Aside<String>>,
}

impl Run {
    async fn judge(&self, toolbox: &Toolbox, subject: &Subject, settings: &Settings) -> Result<Verdict> {
        let started = Instant::now();
        if let Some(stray) = stray(&self.aside, &subject.api) {
            bail!("{stray}, which spec/judges/{ASIDE} sets aside, is no path of {}: take it out", subject.name());
        }
        // Without a memory: it changes what it has not created.
        let vendor = super::vendor(subject, settings).start().await;
        let folder = tempfile::tempdir()?;
        let output = tool::finish(self.command(toolbox, subject, &vendor.base_url(), folder.path())).await?;
        let scenarios: Vec<Scenario> = output.stdout.lines().filter_map(Scenario::read).collect();
        // It exits with 1 for findings and for most troubles of its own; its count tells them apart.
        let counted = total(&output.stdout);
        if scenarios.is_empty() || counted != Some(scenarios.len()) {
            bail!(
                "Specmatic could not judge {} (exit {}, {} scenarios read, {counted:?} counted):\n{}",
                subject.name(),
                output.code,
                scenarios.len(),
                tool::tail(&output)
            );
        }
        let (gated, beside): (Vec<&Scenario>, Vec<&Scenario>) =
            scenarios.iter().partition(|scenario| scenario.is_gated(&subject.api));
        let is_asked = |operation: &Operation| {
            !self.aside.iter().any(|one| one.api == subject.name() && one.what == operation.path)
        };
        if gated.is_empty() && subject.api.operations.iter().any(|one| is_asked(one) && gate(one).is_some()) {
            bail!("none of Specmatic's scenarios is one that {} is judged by", subject.name());
        }
        let findings = gated.iter().filter(|scenario| !scenario.passed).map(|scenario| scenario.finding()).collect();
        Ok(Verdict {
            judge: Judge::Specmatic,
            api: subject.name().to_owned(),
            cases: gated.len(),
            findings,
            beside: vec![Beside {
                cases: beside.len(),
                failed: beside.iter().filter(|scenario| !scenario.passed).count(),
                reason: REASON.to_owned(),
            }],
            duration_ms: started.elapsed().as_millis(),
        })
    }

    fn command(&self, toolbox: &Toolbox, subject: &Subject, base_url: &str, folder: &Path) -> Command {
        let mut command = tool::command(&self.java, folder);
        command.arg("-jar").arg(&self.archive).arg("test").arg(toolbox.document(subject.name()));
        // Without it, a status such as `4XX` ends the run.
        command.args(["--lenient", "--testBaseURL", base_url]);
        let aside = self.aside.iter().filter(|one| one.api == subject.name());
        let filter: Vec<String> = aside.map(|one| format!("PATH!='{}'", one.what)).collect();
        if !filter.is_empty() {
            command.arg(format!("--filter={}", filter.join(" && ")));
        }
        command.env("SPECMATIC_DISABLE_TELEMETRY", "true");
        // It takes the token of a security scheme from a variable of that name.
        for (scheme, _) in subject.api.security_schemes() {
            command.env(scheme, ACCESS_TOKEN);
        }
        command
    }
}

/// One test, as its line says: `Scenario: POST /a/(id:number) -> 200 with … has SUCCEEDED`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Scenario {
    method: String,
    /// With the parameters as the document writes them.
    path: String,
    status: u16,
    words: String,
    passed: bool,
}

impl Scenario {
    fn read(line: &str) -> Option<Self> {
        let words = line.trim().strip_prefix("Scenario: ")?;
        let (words, passed) = match words.strip_suffix(" has SUCCEEDED") {
            Some(words) => (words, true),
            None => (words.strip_suffix(" has FAILED")?, false),
        };
        let mut parts = words.split(' ');
        let (method, path, arrow, status) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        (arrow == "->").then_some(())?;
        // `201/202` is a 201 in whose place it takes a 202, as it does wherever the document has one.
        let status = status.split('/').next()?.parse().ok()?;
        Some(Self { method: method.to_owned(), path: template(path), status, words: words.to_owned(), passed })
    }

    fn is_gated(&self, api: &Api) -> bool {
        let of_this = |operation: &&Operation| operation.method == self.method && operation.path == self.path;
        api.operations.iter().find(of_this).and_then(gate) == Some(self.status)
    }

    fn finding(&self) -> Finding {
        Finding { place: format!("{} {}", self.method, self.path), message: self.words.clone() }
    }
}

/// A path that is set aside and that the document does not have. Whether one that it has is set aside in vain only Specmatic
/// could say, and it would take its time.
fn stray<'a>(aside: &'a [Aside<String>], api: &Api) -> Option<&'a str> {
    let mut own = aside.iter().filter(|one| one.api == api.name()).map(|one| one.what.as_str());
    own.find(|path| api.operations.iter().all(|operation| operation.path != *path))
}

/// The status that an operation is judged by; none where it is beside the gate.
fn gate(operation: &Operation) -> Option<u16> {
    let takes_json = operation.sent_media().is_some_and(|media| media.media_type == "application/json");
    let success = operation.replies.iter().find(|reply| reply.status.is_success())?;
    takes_json.then(|| success.status.representative())
}

/// `/a/(id:number)` is `/a/{id}` in the document.
fn template(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let name = segment.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')?.split_once(':'));
        name.map_or_else(|| segment.to_owned(), |(name, _)| format!("{{{name}}}"))
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The number in `Tests run: 126, Successes: …`.
fn total(stdout: &str) -> Option<usize> {
    let line = stdout.lines().find_map(|line| line.trim().strip_prefix("Tests run: "))?;
    line.split(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_scenario_or_is_not() {
        let line = "Scenario: POST /v1/things/(id:number)/close -> 201 with a request where all is said has FAILED";
        let scenario = Scenario::read(line).unwrap();
        assert_eq!((scenario.method.as_str(), scenario.path.as_str()), ("POST", "/v1/things/{id}/close"));
        assert_eq!((scenario.status, scenario.passed), (201, false));
        assert!(Scenario::read("  Scenario: GET /a -> 200 has SUCCEEDED").unwrap().passed);
        assert_eq!(Scenario::read("Scenario: POST /a -> 201/202 has FAILED").unwrap().status, 201);
        assert_eq!(Scenario::read("\"Scenario: GET /a -> 200 FAILED\""), None);
        assert_eq!(Scenario::read("Scenario: GET /a has SUCCEEDED"), None);
    }

    #[test]
    fn nothing_is_set_aside_that_the_document_does_not_have() {
        let text = "{openapi: 3.0.3, info: {title: A, version: '1'}, servers: [{url: 'https://a.example'}], \
                    paths: {/a: {get: {operationId: get_a, responses: {'204': {description: Done.}}}}}}";
        let api = Api::index(cx_spec::Document::parse("a", "a.yaml", text).unwrap()).unwrap();
        let aside = |api: &str, what: &str| Aside { api: api.into(), what: what.to_owned(), reason: "slow".into() };
        assert_eq!(stray(&[aside("a", "/a"), aside("b", "/b")], &api), None);
        assert_eq!(stray(&[aside("a", "/a"), aside("a", "/b")], &api), Some("/b"));
    }

    #[test]
    fn tests_are_counted_by_its_own_words() {
        assert_eq!(total("…\nTests run: 126, Successes: 86, Failures: 40, WIP: 0, Errors: 0\n"), Some(126));
        assert_eq!(total("nothing ran"), None);
    }
}
