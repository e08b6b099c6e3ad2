//! A vendor that tells one lie: it is reported, with the operation and the path, and nothing of another operation is.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use contract_tests::live::{Drift, Report};
use cx_mock::MockVendor;
use cx_spec::{OAuthRole, Operation, Retry};

use crate::{
    lies::{LIES, Lie},
    places::places,
    support::{self, APIS},
    vendor::{Drifting, Reply},
};

/// A lie, and where it can be told.
struct Told {
    lie: &'static Lie,
    api: &'static str,
    operation: String,
    path: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_drift_is_reported_where_it_is_and_nothing_else() {
    assert!(LIES.len() >= 28);
    let mut honest = BTreeMap::new();
    for api in APIS {
        honest.insert(*api, support::subject(api).vendor().await);
    }
    let (mut runs, mut missed) = (Vec::new(), Vec::new());
    for (index, lie) in LIES.iter().enumerate() {
        // Each document has its turn.
        let apis = APIS.iter().cycle().skip(index).take(APIS.len());
        let Some(told) = apis.into_iter().find_map(|api| place(lie, api)) else {
            missed.push(format!("{}: there is no place to tell it", lie.name));
            continue;
        };
        let vendor = drifting(&told, &honest[told.api], |_| true).await;
        runs.push(tokio::spawn(async move {
            let report = support::run(&support::settings(told.api, &vendor.base_url)).await;
            (told, report)
        }));
    }
    for run in runs {
        let (told, report) = run.await.unwrap();
        println!("{:<45} {:<12} {} {}", told.lie.name, told.api, told.operation, told.path);
        missed.extend(complaints(&told, &report));
    }
    assert!(missed.is_empty(), "{} of {}:\n{}", missed.len(), LIES.len(), missed.join("\n"));
}

#[tokio::test]
async fn a_drift_is_counted_by_replies() {
    let lie = LIES.iter().find(|lie| lie.name == "a member is new").unwrap();
    let told = place(lie, "wootric").unwrap();
    let honest = support::subject("wootric").vendor().await;
    let count = AtomicU32::new(0);
    let vendor = drifting(&told, &honest, move |_| count.fetch_add(1, Ordering::Relaxed) % 2 == 1).await;
    let report = support::run(&support::settings("wootric", &vendor.base_url)).await;
    let asked = vendor.asked().into_iter().filter(|id| *id == told.operation).count();
    assert_eq!(asked, 2, "a first and a second page");
    let [drift] = report.drifts.as_slice() else { panic!("{:?}", report.drifts) };
    assert_eq!((drift.count, drift.of), (1, 2));
}

/// What is wrong with the report.
fn complaints(told: &Told, report: &Report) -> Vec<String> {
    let name = told.lie.name;
    let is_told = |drift: &&Drift| {
        let finding = &drift.finding;
        drift.operation == told.operation && finding.path == told.path && finding.kind == told.lie.kind
    };
    let mut complaints = Vec::new();
    match report.drifts.iter().find(is_told) {
        None => complaints.push(format!(
            "{name}: {} {} {} is not reported, but {:#?}",
            told.api, told.operation, told.path, report.drifts
        )),
        Some(drift) if drift.count != drift.of => complaints.push(format!("{name}: {} of {}", drift.count, drift.of)),
        Some(Drift { finding, .. }) if !finding.spec.contains(".yaml:") => {
            complaints.push(format!("{name}: no line: {}", finding.spec));
        }
        Some(_) => {}
    }
    let others = report.drifts.iter().filter(|drift| !is_told(drift));
    let unasked =
        others.filter(|drift| drift.operation != told.operation || !told.lie.besides.contains(&drift.finding.kind));
    complaints.extend(unasked.map(|drift| format!("{name}: this is reported as well: {drift:?}")));
    complaints
}

/// The first operation that a lie can be told about.
fn place(lie: &'static Lie, api: &'static str) -> Option<Told> {
    let subject = support::subject(api);
    // Of another document nothing but the token operation is asked.
    let tokens = subject.tokens.as_ref().filter(|_| lie.token);
    let documents = [Some(&subject.api), tokens].into_iter().flatten();
    let operations =
        documents.flat_map(|document| document.operations.iter().map(move |operation| (document, operation)));
    let fits = |operation: &Operation| {
        let token = operation.oauth.as_ref().is_some_and(|oauth| oauth.role == OAuthRole::Token);
        if lie.token { token } else { operation.retry == Retry::Safe && !operation.security.is_empty() }
    };
    operations.filter(|(_, operation)| fits(operation)).find_map(|(document, operation)| {
        let mut reply = honest_reply(operation)?;
        let status = reply.status;
        let value = reply.json();
        let path = (lie.tell)(&places(document.document(), operation, status, &value), &mut reply)?;
        documented(operation, lie, &reply).then(|| Told { lie, api, operation: operation.id.clone(), path })
    })
}

/// A status that is a lie as another kind must be documented, or the other way round.
fn documented(operation: &Operation, lie: &Lie, reply: &Reply) -> bool {
    use contract_tests::live::Kind;
    match lie.kind {
        Kind::UndocumentedStatus | Kind::Redirect => operation.reply(reply.status).is_none(),
        // An empty body is as good as `null` where that is allowed.
        Kind::EmptyBody => !operation.reply(reply.status).is_some_and(|reply| {
            reply.media.iter().any(|media| media.examples.iter().any(|example| example.value.is_null()))
        }),
        _ => operation.reply(reply.status).is_some(),
    }
}

/// What the honest mock answers: the first example of the first success.
fn honest_reply(operation: &Operation) -> Option<Reply> {
    let reply = operation.replies.iter().find(|reply| reply.status.is_success())?;
    let media = reply.media.first()?;
    let mut honest = Reply {
        status: reply.status.representative(),
        headers: Default::default(),
        body: media.examples.first()?.value.to_string().into_bytes(),
    };
    honest.set_header("content-type", &media.media_type);
    for (name, _) in &reply.headers {
        honest.set_header(name, "1");
    }
    Some(honest)
}

/// A vendor that tells the lie whenever `when` says so.
async fn drifting(
    told: &Told,
    honest: &MockVendor,
    when: impl Fn(&Reply) -> bool + Send + Sync + 'static,
) -> Drifting {
    let subject = support::subject(told.api);
    let (target, tell) = (told.operation.clone(), told.lie.tell);
    let rewrite = move |id: &str, reply: &mut Reply| {
        if id == target && reply.status < 300 && when(reply) {
            let documents = [Some(&subject.api), subject.tokens.as_ref()];
            let found =
                documents.into_iter().flatten().find_map(|document| Some((document, document.operation(id)?)));
            let (document, operation) = found.unwrap();
            let value = reply.json();
            tell(&places(document.document(), operation, reply.status, &value), reply);
        }
    };
    Drifting::start(told.api, honest, Arc::new(rewrite)).await
}
