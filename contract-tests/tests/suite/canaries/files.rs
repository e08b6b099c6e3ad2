//! Snapshots and reports hold no secret of the documents, of the mock vendor or of a request.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use contract_tests::{
    cases,
    report::{ApiReport, Report},
    runner::Outcome,
};
use cx_mock::{MockVendor, issuer};
use cx_spec::{Api, Node};

use super::{CANARY, search};
use crate::support;

/// The texts of all files under a folder.
pub fn texts(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(texts(&path));
        } else {
            found.push((
                path.display().to_string(),
                String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned(),
            ));
        }
    }
    found
}

/// The values that examples of a document give to members and parameters marked `x-secret`.
pub fn secrets(api: &Api) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let root = api.document().root();
    walk(&root, "", &mut |name, node| {
        if node.flag("x-secret") {
            names.insert(node.text("name").unwrap_or(name).to_owned());
        }
    });
    let mut values = BTreeSet::new();
    let mut owners: Vec<String> = Vec::new();
    collect(&root, "", &mut owners, &names, &mut values);
    values
}

fn walk<'d>(node: &Node<'d>, name: &str, visit: &mut impl FnMut(&str, &Node<'d>)) {
    visit(name, node);
    for (key, member) in node.members() {
        walk(&member, key, visit);
    }
    for item in node.items() {
        walk(&item, name, visit);
    }
}

/// A value belongs to a secret if it is the example of one, or a member of an example by the name of one.
fn collect(
    node: &Node<'_>,
    name: &str,
    owners: &mut Vec<String>,
    names: &BTreeSet<String>,
    values: &mut BTreeSet<String>,
) {
    if let Some(text) = node.value().as_str() {
        let owner = if name == "example" { owners.last().map_or("", String::as_str) } else { name };
        if names.contains(owner) && !text.is_empty() {
            values.insert(text.to_owned());
        }
    }
    owners.push(node.text("name").unwrap_or(name).to_owned());
    for (key, member) in node.members() {
        collect(&member, key, owners, names, values);
    }
    for item in node.items() {
        collect(&item, name, owners, names, values);
    }
    owners.pop();
}

#[test]
fn no_snapshot_holds_a_secret() {
    let mut words: BTreeSet<String> = support::subjects().iter().flat_map(|subject| secrets(&subject.api)).collect();
    assert!(words.contains("example-client-secret") && words.len() >= 6, "{words:?}");
    words.extend(
        [issuer::PASSWORD, issuer::CLIENT_SECRET, issuer::ACCESS_TOKEN, issuer::REFRESH_TOKEN, CANARY]
            .map(ToOwned::to_owned),
    );
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/snapshots");
    let snapshots = texts(&folder);
    assert!(snapshots.len() > 100, "{}", snapshots.len());
    let mut leaks = Vec::new();
    for (name, text) in &snapshots {
        leaks.extend(words.iter().filter(|word| text.contains(*word)).map(|word| format!("{word} in {name}")));
        leaks.extend(search::found(text, CANARY).map(|form| format!("a canary {form} in {name}")));
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
}

#[tokio::test]
async fn a_report_on_requests_that_break_the_document_quotes_none_of_them() {
    let mut written = Report::new(0, Vec::new());
    for subject in support::subjects() {
        let vendor = MockVendor::builder(Arc::clone(&subject.api)).record(1_000).start().await;
        let core = support::builder(subject, &vendor.base_url(), &Arc::default()).build().unwrap();
        let mut report = ApiReport::new(&subject.api);
        let mut cases = cases::enumerate(subject);
        cases.dedup_by(|one, other| one.operation == other.operation);
        for case in cases {
            let operation = subject.api.operation(&case.operation).unwrap();
            let url =
                format!("{}{}?access_token=canary-token", vendor.base_url(), operation.path.replace(['{', '}'], ""));
            let request = core
                .http()
                .request(operation.method.as_str().parse().unwrap(), url)
                .header("authorization", "Bearer canary-token")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(
                    "email[]=canary&password=canary&client_secret[]=canary&refresh_token=canary&grant_type=password",
                );
            request.send().await.unwrap();
            let (violations, exchanges) = (vendor.take_violations(), vendor.take_exchanges());
            report.add(subject, 0, Outcome { case, problems: Vec::new(), violations, exchanges });
        }
        assert!(!report.violations.is_empty(), "{} complains of nothing", subject.name());
        written.apis.insert(subject.name().to_owned(), report);
    }
    let folder = tempfile::tempdir().unwrap();
    written.write(folder.path()).unwrap();
    let files = texts(folder.path());
    assert_eq!(files.len(), 4);
    for (name, text) in files.into_iter().chain([("summary".to_owned(), written.summary())]) {
        let quoted = text.lines().filter(|line| search::found(line, CANARY).is_some()).take(20).collect::<Vec<_>>();
        assert!(quoted.is_empty(), "{name}: {quoted:#?}");
    }
}
