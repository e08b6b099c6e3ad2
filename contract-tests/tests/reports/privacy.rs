//! What a document marks as secret or personal is in none of the files, wherever it travelled.

use contract_tests::{apis, cases, report::Scribe, runner::Runner};
use cx_mock::issuer;
use serde_json::{Map, Value};

use crate::support;

const CANARY: &str = "canary";

/// Puts a canary into each example of what is marked, and counts them. Written without a look at how reports redact.
struct Planter {
    document: Value,
    planted: usize,
}

impl Planter {
    fn resolved<'v>(&'v self, node: &'v Value) -> &'v Value {
        match node.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.resolved(self.document.pointer(&reference[1..]).unwrap()),
            None => node,
        }
    }

    fn is_marked(node: &Value) -> bool {
        ["x-secret", "x-personal"].iter().any(|mark| node.get(mark) == Some(&Value::Bool(true)))
    }

    /// The schema and all that is joined to it or chosen within it.
    fn parts<'v>(&'v self, schema: &'v Value, depth: usize) -> Vec<&'v Value> {
        let schema = self.resolved(schema);
        let mut parts = vec![schema];
        for key in ["allOf", "oneOf", "anyOf"] {
            for part in schema.get(key).and_then(Value::as_array).into_iter().flatten().filter(|_| depth < 8) {
                parts.extend(self.parts(part, depth + 1));
            }
        }
        parts
    }

    fn planted(&self, schemas: &[Value], value: &Value, count: &mut usize) -> Value {
        let parts: Vec<&Value> = schemas.iter().flat_map(|schema| self.parts(schema, 0)).collect();
        if parts.iter().any(|part| Self::is_marked(part)) {
            return canaries(value, count);
        }
        let under = |key: &str| -> Vec<Value> { parts.iter().filter_map(|part| part.get(key).cloned()).collect() };
        match value {
            Value::Object(members) => {
                let member = |(name, value): (&String, &Value)| {
                    let own: Vec<Value> =
                        parts.iter().filter_map(|part| part.get("properties")?.get(name).cloned()).collect();
                    (name.clone(), self.planted(&own, value, count))
                };
                Value::Object(members.iter().map(member).collect::<Map<_, _>>())
            }
            Value::Array(items) => {
                let own = under("items");
                Value::Array(items.iter().map(|item| self.planted(&own, item, count)).collect())
            }
            other => other.clone(),
        }
    }

    fn plant(mut self) -> (Value, usize) {
        let mut changed = self.document.clone();
        self.visit(&mut changed);
        (changed, self.planted)
    }

    fn visit(&mut self, node: &mut Value) {
        if let Some(schema) = node.get("schema").cloned() {
            let is_parameter = node.get("in").is_some();
            let marked = is_parameter && Self::is_marked(node);
            let schemas = if marked { vec![serde_json::json!({"x-secret": true})] } else { vec![schema] };
            let mut count = 0;
            if let Some(example) = node.get_mut("example") {
                *example = self.planted(&schemas, example, &mut count);
            }
            for (_, example) in node.get_mut("examples").and_then(Value::as_object_mut).into_iter().flatten() {
                if let Some(value) = example.get_mut("value") {
                    *value = self.planted(&schemas, value, &mut count);
                }
            }
            self.planted += count;
        }
        match node {
            Value::Object(members) => members.values_mut().for_each(|member| self.visit(member)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.visit(item)),
            _ => {}
        }
    }
}

fn canaries(value: &Value, count: &mut usize) -> Value {
    match value {
        Value::String(_) => {
            *count += 1;
            Value::String(format!("{CANARY}.pat-{count}@example.com"))
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| canaries(item, count)).collect()),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), canaries(value, count))).collect())
        }
        other => other.clone(),
    }
}

#[tokio::test]
async fn nothing_that_a_document_marks_is_in_a_report() {
    let mut planted = 0;
    for subject in apis::subjects(None).unwrap() {
        let changed = support::subject(subject.name(), |document| {
            let (with, count) = Planter { document: document.clone(), planted: 0 }.plant();
            *document = with;
            planted += count;
        });
        let report = support::report(&changed, |case| {
            // Half of the cases fail, so that failures show all they have.
            if case.id.len().is_multiple_of(2)
                && let Some(reply) = &mut case.reply
            {
                reply.value = serde_json::json!({"told": "something else"});
            }
        })
        .await;
        assert!(report.apis.values().all(|api| api.cases.failed > 10), "failures are reported on too");
        for (name, text) in support::written(&report) {
            for word in [CANARY, issuer::PASSWORD, issuer::CLIENT_SECRET, issuer::ACCESS_TOKEN, issuer::REFRESH_TOKEN]
            {
                let lines: Vec<&str> = text.lines().filter(|line| line.to_lowercase().contains(word)).collect();
                let first = lines.first().and_then(|line| Some((line, line.to_lowercase().find(word)?)));
                let around =
                    first.map(|(line, at)| line.chars().skip(at.saturating_sub(80)).take(160).collect::<String>());
                assert!(lines.is_empty(), "{} {name}: {word} in {} lines: {around:?}", subject.name(), lines.len());
            }
        }
    }
    assert!(planted > 200, "{planted} canaries were planted");
}

#[tokio::test]
async fn a_reply_that_comes_again_hides_what_it_hid_the_first_time() {
    let subject = apis::subjects(Some("wootric")).unwrap().remove(0);
    let mut examples = cases::examples(&subject).into_iter();
    let case = examples.find(|case| case.operation == "get_end_user" && case.status == 200).unwrap();
    let email = case.reply.as_ref().unwrap().value["email"].as_str().unwrap().to_owned();
    let mut outcome = Runner::start(subject.clone()).await.unwrap().run(case).await;
    outcome.problems.push(format!("{email} came"));
    let scribe = Scribe::new(&subject, 7);
    for time in ["first", "again"] {
        let record = scribe.record(&outcome);
        assert_eq!(record.problems[0].message, "*** came", "{time}");
        let text = serde_json::to_string(&record).unwrap();
        assert!(text.contains("\"exchanges\":[{") && !text.contains(&email), "{time}: {text}");
    }
}
