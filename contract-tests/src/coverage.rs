//! What was seen on the wire, of what the documents say.

use std::collections::BTreeSet;

use cx_mock::Exchange;
use cx_spec::{Api, Operation};
use serde::Serialize;

/// Units of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// How many there are.
    pub total: usize,
    /// How many were seen.
    pub covered: usize,
}

impl Count {
    /// Whether all were seen.
    pub fn is_full(&self) -> bool {
        self.covered == self.total
    }
}

/// Collects what was seen of one API.
#[derive(Debug, Default)]
pub struct Recorder {
    seen: BTreeSet<Unit>,
}

/// One unit of coverage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    /// An operation that answered.
    Operation(String),
    /// Operation, status as documented, media type (empty for no body).
    Status(String, String, String),
    /// Operation and media type of a request.
    Request(String, String),
}

impl Recorder {
    /// Takes note of one exchange.
    pub fn record(&mut self, api: &Api, exchange: &Exchange) {
        let Some(operation) = exchange.operation().and_then(|id| api.operation(id)) else { return };
        self.seen.insert(Unit::Operation(operation.id.clone()));
        let Some(reply) = operation.reply(exchange.reply.status) else { return };
        let media_type = exchange
            .reply
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map(|(_, value)| essence(value))
            .unwrap_or_default();
        self.seen.insert(Unit::Status(operation.id.clone(), reply.status.to_string(), media_type));
        if let Some(media_type) = exchange.request.media_type() {
            self.seen.insert(Unit::Request(operation.id.clone(), essence(&media_type)));
        }
    }

    /// Operations: seen of all.
    pub fn operations(&self, api: &Api) -> Count {
        count(&self.seen, api.operations.iter().map(|operation| Unit::Operation(operation.id.clone())))
    }

    /// Operation × documented status × media type: seen of all.
    pub fn statuses(&self, api: &Api) -> Count {
        count(&self.seen, api.operations.iter().flat_map(statuses))
    }

    /// Operation × media type of the request: seen of all.
    pub fn requests(&self, api: &Api) -> Count {
        count(&self.seen, api.operations.iter().flat_map(requests))
    }

    /// Everything that was not seen, in words.
    pub fn gaps(&self, api: &Api) -> Vec<String> {
        let all = api.operations.iter().flat_map(|operation| {
            std::iter::once(Unit::Operation(operation.id.clone()))
                .chain(statuses(operation))
                .chain(requests(operation))
        });
        all.filter(|unit| !self.seen.contains(unit)).map(|unit| unit.to_string()).collect()
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Operation(id) => write!(f, "{id}: never answered"),
            Self::Status(id, status, media_type) if media_type.is_empty() => {
                write!(f, "{id}: {status} without a body")
            }
            Self::Status(id, status, media_type) => write!(f, "{id}: {status} as {media_type}"),
            Self::Request(id, media_type) => write!(f, "{id}: request as {media_type}"),
        }
    }
}

fn statuses(operation: &Operation) -> Vec<Unit> {
    let unit = |status: &cx_spec::Status, media_type: String| {
        Unit::Status(operation.id.clone(), status.to_string(), media_type)
    };
    operation
        .replies
        .iter()
        .flat_map(|reply| {
            if reply.media.is_empty() {
                vec![unit(&reply.status, String::new())]
            } else {
                reply.media.iter().map(|media| unit(&reply.status, essence(&media.media_type))).collect()
            }
        })
        .collect()
}

fn requests(operation: &Operation) -> Vec<Unit> {
    let media = operation.body.iter().flat_map(|body| &body.media);
    media.map(|media| Unit::Request(operation.id.clone(), essence(&media.media_type))).collect()
}

fn count(seen: &BTreeSet<Unit>, units: impl Iterator<Item = Unit>) -> Count {
    let units: BTreeSet<Unit> = units.collect();
    Count { total: units.len(), covered: units.intersection(seen).count() }
}

fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
