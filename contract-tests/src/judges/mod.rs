//! Outside judges: tools that know the documents and nothing of our code.
//!
//! Client and mock vendor are made from the same document by the same people. A judge that reads the document with other
//! eyes shows where both misread it.
//!
//! | judge | what it does | gate |
//! |---|---|---|
//! | [Schemathesis](https://schemathesis.io) | sends the mock vendor requests that keep the document and ones that break it, in all its phases with all its checks | no failure |
//! | [Prism](https://stoplight.io/open-source/prism) | stands between client and mock vendor as a validating proxy, while the positive cases run | no violation |
//! | [Specmatic](https://specmatic.io) | sends the mock vendor the requests of the examples and ones it makes from the schemas | no failure where the request body is JSON |
//!
//! What a judge cannot judge is set aside in `spec/judges`, place by place, with the reason. A judge that is not installed is
//! left out, and a line says so; one that does not come to a verdict has failed, and the others are heard all the same.

mod aside;
mod prism;
mod schemathesis;
mod specmatic;
mod tool;
mod verdict;

use std::path::PathBuf;

use anyhow::Result;
use cx_mock::{Lie, MockVendorBuilder};

pub use verdict::{Beside, Finding, Judge, Judgement, LeftOut, Verdict};

use crate::apis::Subject;
use tool::Toolbox;

/// What the judges are asked for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Root of the repository, under which the judges are installed in `.judges`.
    pub root: PathBuf,
    /// Seed of what they generate.
    pub seed: u64,
    /// Which judges are heard.
    pub judges: Vec<Judge>,
    /// A lie of the vendor, for a test that a judge can fail.
    pub lie: Option<Lie>,
}

impl Settings {
    /// All judges, on honest vendors.
    pub fn new(root: impl Into<PathBuf>, seed: u64) -> Self {
        Self { root: root.into(), seed, judges: Judge::ALL.to_vec(), lie: None }
    }
}

/// Hears the judges, one after the other, each on all subjects. One that is installed and comes to no verdict on a subject
/// has that as its finding.
pub async fn hear(subjects: &[Subject], settings: &Settings) -> Judgement {
    let toolbox = Toolbox::new(&settings.root);
    let mut judgement = Judgement::default();
    for judge in settings.judges.iter().copied() {
        let heard = match judge {
            Judge::Schemathesis => schemathesis::hear(&toolbox, subjects, settings).await,
            Judge::Prism => prism::hear(&toolbox, subjects, settings).await,
            Judge::Specmatic => specmatic::hear(&toolbox, subjects, settings).await,
        };
        match heard {
            Ok(Some(verdicts)) => judgement.verdicts.extend(verdicts),
            Ok(None) => judgement.left_out.push(LeftOut { judge }),
            Err(error) => {
                let names = subjects.iter().map(Subject::name);
                judgement.verdicts.extend(names.map(|name| Verdict::missing(judge, name, &error)));
            }
        }
    }
    judgement
}

/// What a judge says of all subjects, which are heard at once.
async fn verdicts<F>(judge: Judge, subjects: &[Subject], hearings: impl Iterator<Item = F>) -> Vec<Verdict>
where
    F: Future<Output = Result<Verdict>>,
{
    let heard = futures_util::future::join_all(hearings).await.into_iter().zip(subjects);
    let or_missing = |(verdict, subject): (Result<Verdict>, &Subject)| {
        verdict.unwrap_or_else(|error| Verdict::missing(judge, subject.name(), &error))
    };
    heard.map(or_missing).collect()
}

/// The vendor before a judge: as the document reads, that is with open bodies where it does not close them. A client that
/// sends a member which the document does not have is found by the cases, not by these judges.
fn vendor(subject: &Subject, settings: &Settings) -> MockVendorBuilder {
    let builder = subject.builder().allow_unknown_members();
    match settings.lie {
        Some(lie) => builder.lie(lie),
        None => builder,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::apis;

    #[tokio::test]
    async fn a_judge_that_cannot_judge_fails_and_costs_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let programs = root.path().join(".judges/bin");
        fs::create_dir_all(&programs).unwrap();
        // Neither can be started, and Prism's list is missing as well.
        for name in ["schemathesis", "prism"] {
            fs::write(programs.join(name), "").unwrap();
        }
        let subjects = apis::subjects(None).unwrap();
        let judges = vec![Judge::Schemathesis, Judge::Prism];
        let judgement = hear(&subjects, &Settings { judges, ..Settings::new(root.path(), 1) }).await;
        assert!(!judgement.passed());
        let said: Vec<(Judge, &str)> = judgement.verdicts.iter().map(|one| (one.judge, one.api.as_str())).collect();
        let of = |judge| subjects.iter().map(move |subject| (judge, subject.name()));
        assert_eq!(said, of(Judge::Schemathesis).chain(of(Judge::Prism)).collect::<Vec<_>>());
        for verdict in &judgement.verdicts {
            let [finding] = verdict.findings.as_slice() else { panic!("{verdict:?}") };
            assert!(finding.message.starts_with("came to no verdict: "), "{finding:?}");
        }
    }
}
