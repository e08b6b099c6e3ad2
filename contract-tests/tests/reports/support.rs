//! Runs of the suite, and readers of what they wrote.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
    sync::Arc,
};

use contract_tests::{
    apis::{self, Subject},
    cases::{self, Case},
    report::{ApiReport, Report},
    runner::Runner,
};
use cx_spec::{Api, Document};
use serde_json::Value;

/// The four files of a report, by name.
pub type Files = BTreeMap<String, String>;

/// Runs the command as a person would.
pub fn conformance(folder: &Path, arguments: &[&str]) -> Output {
    let mut suite = Command::new(env!("CARGO_BIN_EXE_suite"));
    suite.arg("conformance").args(arguments).arg("--report").arg(folder);
    suite.output().unwrap()
}

/// All that lies in a folder.
pub fn files(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let read =
        |entry: fs::DirEntry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap());
    entries.map(read).collect()
}

/// A client and its document, after a change of the document's text. The client knows nothing of the change.
pub fn subject(api: &str, change: impl FnOnce(&mut Value)) -> Subject {
    let subject = apis::subjects(Some(api)).unwrap().remove(0);
    let document = subject.api.document();
    let mut value = document.value().clone();
    change(&mut value);
    // JSON is YAML as well.
    let changed = Document::parse(api, document.file(), &value.to_string()).unwrap();
    Subject { api: Arc::new(Api::index(changed).unwrap()), ..subject }
}

/// A report on the cases that the examples of a document make.
pub async fn report(subject: &Subject, change: impl Fn(&mut Case)) -> Report {
    let runner = Runner::start(subject.clone()).await.unwrap();
    let mut of_api = ApiReport::new(&subject.api);
    for mut case in cases::examples(subject) {
        change(&mut case);
        of_api.add(subject, 7, runner.run(case).await);
    }
    let mut report = Report::new(7, Vec::new());
    report.apis.insert(subject.name().to_owned(), of_api);
    report
}

/// What a report writes, and what it says in a terminal.
pub fn written(report: &Report) -> Files {
    let folder = tempfile::tempdir().unwrap();
    report.write(folder.path()).unwrap();
    let mut files = files(folder.path());
    assert_eq!(files.keys().collect::<Vec<_>>(), ["index.html", "junit.xml", "report.json", "report.sarif"]);
    files.insert("summary".to_owned(), report.summary());
    files
}
