//! What the judges said.

use std::{fmt, fmt::Write};

use serde::{Deserialize, Serialize};

/// An outside judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Judge {
    /// Property-based requests to the mock vendor.
    Schemathesis,
    /// A validating proxy between client and mock vendor.
    Prism,
    /// Contract tests of the mock vendor.
    Specmatic,
}

impl Judge {
    /// All of them, in the order in which they are heard.
    pub const ALL: &'static [Self] = &[Self::Schemathesis, Self::Prism, Self::Specmatic];
}

impl fmt::Display for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `pad` heeds the width of a column.
        f.pad(match self {
            Self::Schemathesis => "schemathesis",
            Self::Prism => "prism",
            Self::Specmatic => "specmatic",
        })
    }
}

/// What all judges said.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Judgement {
    /// One verdict for each judge and API.
    pub verdicts: Vec<Verdict>,
    /// Judges that are not installed.
    pub left_out: Vec<LeftOut>,
}

/// What one judge said of one API.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// The judge.
    pub judge: Judge,
    /// Name of the API.
    pub api: String,
    /// Cases that count.
    pub cases: usize,
    /// What the judge has against them.
    pub findings: Vec<Finding>,
    /// Cases that are reported and do not count.
    pub beside: Vec<Beside>,
    /// How long it took: left out of what is written, since it differs from run to run.
    #[serde(skip)]
    pub duration_ms: u128,
}

/// What a judge has against an operation or a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Operation or case, in the judge's words.
    pub place: String,
    /// What is wrong, in the judge's words.
    pub message: String,
}

/// Cases that do not count, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Beside {
    /// How many there are.
    pub cases: usize,
    /// How many of them failed.
    pub failed: usize,
    /// Why they do not count.
    pub reason: String,
}

/// A judge that was not heard, because it is not installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The judge.
    pub judge: Judge,
}

/// So many findings of a verdict are shown; the report has all.
const SHOWN: usize = 10;

impl Judgement {
    /// Whether no judge has anything to say.
    pub fn passed(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.findings.is_empty())
    }

    /// One line a verdict and what was found, for a terminal.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        for verdict in &self.verdicts {
            let _ = writeln!(text, "{verdict}");
            for finding in verdict.findings.iter().take(SHOWN) {
                let _ = writeln!(text, "  {}: {}", finding.place, finding.message);
            }
            if verdict.findings.len() > SHOWN {
                let _ = writeln!(text, "  … and {} more", verdict.findings.len() - SHOWN);
            }
        }
        for LeftOut { judge } in &self.left_out {
            let _ = writeln!(text, "{judge:<14}left out: it is not installed (.ci/run installs it into .judges)");
        }
        text
    }
}

impl Verdict {
    /// For a judge that came to none. It fails like one with a finding, and costs nobody else what he has to say.
    pub(super) fn missing(judge: Judge, api: &str, error: &anyhow::Error) -> Self {
        let message = format!("came to no verdict: {error:#}");
        let finding = Finding { place: "the judge itself".to_owned(), message };
        Self { judge, api: api.to_owned(), cases: 0, findings: vec![finding], beside: Vec::new(), duration_ms: 0 }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.duration_ms / 100;
        write!(
            f,
            "{:<14}{:<14}{:>6} cases, {} failures, {}.{} s",
            self.judge,
            self.api,
            self.cases,
            self.findings.len(),
            seconds / 10,
            seconds % 10
        )?;
        for Beside { cases, failed, reason } in &self.beside {
            write!(f, "\n  beside: {cases} cases, {failed} failed; {reason}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(findings: usize) -> Verdict {
        let finding = Finding { place: "GET /a".into(), message: "no".into() };
        Verdict {
            judge: Judge::Prism,
            api: "orchard".into(),
            cases: 12,
            findings: vec![finding; findings],
            beside: vec![Beside { cases: 3, failed: 1, reason: "forms".into() }],
            duration_ms: 1_250,
        }
    }

    #[test]
    fn a_finding_fails_and_a_judge_that_is_missing_is_named() {
        let good = Judgement { verdicts: vec![verdict(0)], left_out: vec![LeftOut { judge: Judge::Specmatic }] };
        assert!(good.passed());
        assert_eq!(
            good.summary(),
            "prism         orchard           12 cases, 0 failures, 1.2 s\n  beside: 3 cases, 1 failed; forms\n\
             specmatic     left out: it is not installed (.ci/run installs it into .judges)\n"
        );
        let bad = Judgement { verdicts: vec![verdict(11)], left_out: vec![] };
        assert!(!bad.passed());
        assert!(bad.summary().ends_with("  GET /a: no\n  … and 1 more\n"));
    }
}
