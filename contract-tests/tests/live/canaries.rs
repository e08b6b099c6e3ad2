//! What is secret or personal in a vendor's replies is in no report and in no fixture.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use contract_tests::live::{Kind, Settings};
use serde_json::{Value, json};

use crate::{
    places::sensitive,
    support::{self, APIS},
    vendor::{Drifting, Reply},
};

/// Every canary has this in it, texts and numbers alike.
const MARK: &str = "47110815";

#[tokio::test]
async fn no_canary_is_in_report_or_fixtures() {
    for api in APIS {
        let honest = support::subject(api).vendor().await;
        let planted = Arc::new(Mutex::new(BTreeSet::new()));
        let vendor = Drifting::start(api, &honest, planting(api, Arc::clone(&planted))).await;
        let folder = tempfile::tempdir().unwrap();
        let settings =
            Settings { record: Some(folder.path().join("fixtures")), ..support::settings(api, &vendor.base_url) };
        let report = support::run(&settings).await;
        report.write(folder.path()).unwrap();
        let planted = planted.lock().unwrap().len();
        // The smallest document marks eight members, one of which no safe operation shows.
        assert!(planted >= 7, "{api}: only {planted} places");
        // The header, and a new member or a wrong type, were reported: so the canaries were looked at.
        let told = |kinds: &[Kind]| report.drifts.iter().any(|drift| kinds.contains(&drift.finding.kind));
        assert!(told(&[Kind::UndocumentedHeader]), "{api}");
        assert!(told(&[Kind::UndocumentedMember, Kind::Type, Kind::Shape]), "{api}");
        let mut texts = vec![("text".to_owned(), report.text())];
        read(folder.path(), &mut texts);
        assert!(texts.len() > 4, "{api}");
        let tokens: BTreeSet<String> = honest
            .take_exchanges()
            .iter()
            .filter_map(|exchange| {
                exchange.request.header("authorization")?.strip_prefix("Bearer ").map(str::to_owned)
            })
            .collect();
        assert!(!tokens.is_empty());
        for (name, text) in &texts {
            assert!(!text.contains(MARK), "{api} {name}: {text}");
            let secrets = tokens.iter().map(String::as_str).chain(["mock-secret", "mock-client", "gate-pass"]);
            secrets.for_each(|secret| assert!(!text.contains(secret), "{api} {name} {secret}"));
        }
    }
}

/// Puts a canary into every secret or personal leaf, a new member into every reply, and one into a header.
fn planting(api: &str, planted: Arc<Mutex<BTreeSet<(String, String)>>>) -> crate::vendor::Rewrite {
    let subject = support::subject(api);
    Arc::new(move |id: &str, reply: &mut Reply| {
        // A token has to stay what it is, or nobody gets further.
        let Some(operation) = subject.api.operation(id).filter(|one| one.oauth.is_none()) else { return };
        let mut body = reply.json();
        for pointer in sensitive(subject.api.document(), operation, reply.status, &body) {
            let number = planted.lock().unwrap().len();
            let Some(value) = body.pointer_mut(&pointer) else { continue };
            let canary = match value {
                Value::String(text) if text.contains('@') => json!(format!("{MARK}{number}@example.com")),
                Value::String(text) if text.starts_with("http") => json!(format!("https://{MARK}.example/{number}")),
                // Every third one is of another type, so that it is reported.
                Value::String(_) if number.is_multiple_of(3) => json!(4_711_081_500 + number % 100),
                Value::String(_) => json!(format!("canary {MARK} {number}")),
                Value::Number(_) => json!(4_711_081_500 + number % 100),
                _ => continue,
            };
            *value = canary;
            planted.lock().unwrap().insert((id.to_owned(), pointer));
        }
        let object = match &mut body {
            Value::Array(items) => items.first_mut().and_then(Value::as_object_mut),
            other => other.as_object_mut(),
        };
        if let Some(members) = object {
            members.insert(
                "brand_new".into(),
                json!({"name": MARK, format!("{MARK}@example.com"): [MARK], format!("ada{MARK}"): true}),
            );
            reply.set_json(&body);
        }
        reply.set_header("x-brand-new", MARK);
        reply.set_header("set-cookie", MARK);
    })
}

fn read(folder: &Path, texts: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, texts);
        } else {
            texts.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}
