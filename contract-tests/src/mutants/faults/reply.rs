//! Faults of replies: what the transport or a type would do wrong on the way to the caller.

use anyhow::Result;
use cx_client::{CallOptions, Error, dynamic};
use cx_mock::{Answer, MockVendor};
use cx_spec::media_type::is_json;
use serde_json::{Map, Value, json};

use super::Outcome;
use crate::{
    apis::Subject,
    cases::{self, Case, Expected},
};

/// Status and body of a reply as they arrive.
type Arrives = (u16, Vec<u8>);

/// One thing that goes wrong with a reply.
struct Fault {
    name: &'static str,
    /// Status and body as they then arrive; none where there is no room for the fault.
    tamper: fn(u16, &Value) -> Option<Arrives>,
}

const FAULTS: &[Fault] = &[
    Fault {
        name: "loses a member of a reply",
        tamper: |status, value| {
            members(status, value, |members| {
                let name = members.iter().find(|(_, value)| !value.is_null())?.0.clone();
                members.shift_remove(&name).map(drop)
            })
        },
    },
    Fault {
        name: "renames a member of a reply",
        tamper: |status, value| {
            members(status, value, |members| {
                let name = members.iter().find(|(_, value)| !value.is_null())?.0.clone();
                let value = members.shift_remove(&name)?;
                members.insert(format!("{name}_"), value);
                Some(())
            })
        },
    },
    Fault {
        name: "says null for a member of a reply",
        tamper: |status, value| {
            members(status, value, |members| {
                members.values_mut().find(|value| !value.is_null()).map(|value| *value = Value::Null)
            })
        },
    },
    Fault {
        name: "reads a member of a reply as another type",
        tamper: |status, value| {
            members(status, value, |members| {
                members.values_mut().find(|value| !value.is_null()).map(|value| *value = json!([[value.clone()]]))
            })
        },
    },
    Fault {
        name: "loses an item of a list",
        tamper: |status, value| {
            let mut items = value.as_array().filter(|items| !items.is_empty())?.clone();
            items.pop();
            written(status, &Value::Array(items))
        },
    },
    Fault {
        name: "turns a list round",
        tamper: |status, value| {
            let mut items = value.as_array()?.clone();
            items.reverse();
            (Some(&items) != value.as_array()).then(|| written(status, &Value::Array(items)))?
        },
    },
    Fault {
        name: "takes one thing for a list",
        tamper: |status, value| value.is_object().then(|| written(status, &json!([value])))?,
    },
    Fault {
        name: "loses the body of a reply",
        tamper: |status, value| (!is_empty(value)).then_some((status, Vec::new())),
    },
    Fault {
        name: "cuts the body of a reply",
        tamper: |status, value| {
            let bytes = value.to_string().into_bytes();
            (!is_empty(value)).then(|| Some((status, bytes.get(..bytes.len() - 1)?.to_vec())))?
        },
    },
    Fault {
        name: "encodes the body of a reply twice",
        tamper: |status, value| (!is_empty(value)).then(|| written(status, &json!(value.to_string())))?,
    },
    Fault {
        name: "takes success for an error",
        tamper: |status, value| (status / 100 == 2).then(|| written(500, value))?,
    },
    Fault {
        name: "takes an error for success",
        tamper: |status, value| (status >= 400).then(|| written(200, value))?,
    },
    Fault {
        name: "takes one error for another",
        tamper: |status, value| (status >= 400).then(|| written(if status == 418 { 409 } else { 418 }, value))?,
    },
];

/// Gives every reply of the cases each fault in turn.
///
/// # Errors
/// A client that cannot be built.
pub(super) async fn run(subject: &Subject) -> Result<Vec<Outcome>> {
    let vendor = subject.vendor().await;
    let core = subject.connect(&vendor)?;
    let caller = Caller { subject, vendor, core };
    let mut cases = cases::enumerate(subject);
    cases.retain(is_plain);
    let mut outcomes = Vec::new();
    for fault in FAULTS {
        let mut outcome = Outcome { fault: fault.name, api: subject.name().to_owned(), made: 0, noticed: None };
        for case in &cases {
            // One that is noticed is enough, and a call takes its time.
            if outcome.noticed.is_none() {
                caller.give(case, fault, &mut outcome).await;
            }
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// A case that is asked once and answered with JSON: the client does not send a request that lacks something, a 401 makes
/// it ask twice, and a 304 has no body.
fn is_plain(case: &Case) -> bool {
    let sent = !matches!(case.expected, Expected::RequestRefused(_));
    let json = case.reply.as_ref().is_some_and(|reply| is_json(&reply.media_type));
    sent && json && !matches!(case.status, 204 | 304 | 401)
}

struct Caller<'s> {
    subject: &'s Subject,
    vendor: MockVendor,
    core: cx_client::Core,
}

impl Caller<'_> {
    async fn give(&self, case: &Case, fault: &Fault, outcome: &mut Outcome) {
        let Some(reply) = &case.reply else { return };
        let Some((status, body)) = (fault.tamper)(case.status, &reply.value) else { return };
        outcome.made += 1;
        let honest = self.call(case, case.status, reply.value.to_string().into_bytes()).await;
        let faulty = self.call(case, status, body).await;
        if honest != faulty {
            outcome.noticed = Some(format!("{} hands the caller something else", case.id));
        }
    }

    /// What the caller gets when the vendor says this.
    async fn call(&self, case: &Case, status: u16, body: Vec<u8>) -> Value {
        self.vendor.script(&case.operation, Answer::raw(status, body).header("content-type", "application/json"));
        let mut options = CallOptions::new().max_attempts(1);
        if let Some(media_type) = &case.media_type {
            options = options.media_type(media_type);
        }
        let result =
            (self.subject.client.call)(self.core.clone(), &case.operation, case.arguments.clone(), options).await;
        // A reply that was not asked for is not for the next call.
        self.vendor.unscript(&case.operation);
        presented(&result)
    }
}

/// What a test can say of the outcome of a call.
fn presented(result: &Result<dynamic::Reply, Error>) -> Value {
    match result {
        Ok(reply) => json!({"status": reply.status.as_u16(), "typed": reply.typed}),
        Err(error) => json!({
            "kind": format!("{:?}", error.kind()),
            "status": error.status().map(|status| status.as_u16()),
            "body": error.body().map(|body| String::from_utf8_lossy(body).into_owned()),
        }),
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(Map::is_empty)
}

fn written(status: u16, value: &Value) -> Option<Arrives> {
    Some((status, value.to_string().into_bytes()))
}

/// A change of the members of the reply, or of the first item of a list.
fn members(status: u16, value: &Value, fault: impl Fn(&mut Map<String, Value>) -> Option<()>) -> Option<Arrives> {
    let mut value = value.clone();
    let object = match &mut value {
        Value::Array(items) => items.first_mut()?,
        object => object,
    };
    fault(object.as_object_mut()?)?;
    written(status, &value)
}
