//! What was seen on the wire, of what the documents say.
//!
//! The units of a document are read from the document, those that were seen from the exchanges; neither knows the cases.
//! Members, known values and nulls count by the place in the document where they are declared, once each way: a component
//! that ten operations use is one type of the client.

mod declared;
mod seen;
mod unit;
mod watch;

use std::collections::{BTreeMap, HashSet};

use cx_mock::Exchange;
use cx_spec::Api;
use serde::Serialize;

use self::unit::Unit;

pub use unit::Kind;
pub use watch::Watch;

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

    /// Whether at least this share was seen.
    pub fn reaches(&self, percent: usize) -> bool {
        self.covered * 100 >= self.total * percent
    }
}

/// What was covered of one API, by kind, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Operations that answered.
    pub operations: Count,
    /// Operation × documented status × media type.
    pub statuses: Count,
    /// Operation × media type of the request.
    pub requests: Count,
    /// Parameters present, absent, at each of their bounds.
    pub parameters: Count,
    /// Known values of parameters, requests and replies.
    pub enum_values: Count,
    /// Required parameters and members, missing.
    pub required_missing: Count,
    /// Nulls, each way.
    pub nullables: Count,
    /// Examples of parameters, requests and replies.
    pub examples: Count,
    /// Everything that was not seen, in words.
    pub gaps: Vec<String>,
}

impl Coverage {
    /// The units of a kind.
    pub fn of(&self, kind: Kind) -> Count {
        match kind {
            Kind::Operations => self.operations,
            Kind::Statuses => self.statuses,
            Kind::Requests => self.requests,
            Kind::Parameters => self.parameters,
            Kind::EnumValues => self.enum_values,
            Kind::RequiredMissing => self.required_missing,
            Kind::Nullables => self.nullables,
            Kind::Examples => self.examples,
        }
    }

    /// The kinds that stay below their threshold, in words; empty if the gate is open.
    pub fn shortfalls(&self) -> Vec<String> {
        let below = Kind::ALL.into_iter().filter(|kind| !self.of(*kind).reaches(kind.threshold()));
        let words = |kind: Kind| {
            let Count { total, covered } = self.of(kind);
            format!("{}: {covered} of {total}, where {} % are due", kind.name(), kind.threshold())
        };
        below.map(words).collect()
    }
}

/// Collects what was seen of one API.
#[derive(Debug, Default)]
pub struct Recorder {
    seen: HashSet<Unit>,
}

impl Recorder {
    /// One that has seen these.
    pub fn of(api: &Api, exchanges: &[Exchange]) -> Self {
        let mut recorder = Self::default();
        exchanges.iter().for_each(|exchange| recorder.record(api, exchange));
        recorder
    }

    /// Takes note of one exchange.
    pub fn record(&mut self, api: &Api, exchange: &Exchange) {
        if let Some(operation) = exchange.operation().and_then(|id| api.operation(id)) {
            self.seen.extend(seen::of_request(api, operation, exchange));
            self.seen.extend(seen::of_reply(api, operation, &exchange.reply));
        }
    }

    /// What was seen, of all that the document says.
    pub fn coverage(&self, api: &Api) -> Coverage {
        self.coverage_without(api, |_| false)
    }

    /// As [`Recorder::coverage`], without the units whose gap is accepted: they count neither as seen nor at all. Each gap is
    /// asked about once.
    pub fn coverage_without(&self, api: &Api, mut is_accepted: impl FnMut(&str) -> bool) -> Coverage {
        let mut counts: BTreeMap<Kind, Count> = BTreeMap::new();
        let mut gaps = Vec::new();
        for unit in declared::units(api) {
            let is_seen = self.seen.contains(&unit);
            if !is_seen && is_accepted(&unit.to_string()) {
                continue;
            }
            let count = counts.entry(unit.kind()).or_default();
            count.total += 1;
            count.covered += usize::from(is_seen);
            if !is_seen {
                gaps.push(unit.to_string());
            }
        }
        let of = |kind| counts.get(&kind).copied().unwrap_or_default();
        Coverage {
            operations: of(Kind::Operations),
            statuses: of(Kind::Statuses),
            requests: of(Kind::Requests),
            parameters: of(Kind::Parameters),
            enum_values: of(Kind::EnumValues),
            required_missing: of(Kind::RequiredMissing),
            nullables: of(Kind::Nullables),
            examples: of(Kind::Examples),
            gaps,
        }
    }

    /// Operations: seen of all.
    pub fn operations(&self, api: &Api) -> Count {
        self.coverage(api).operations
    }

    /// Operation × documented status × media type: seen of all.
    pub fn statuses(&self, api: &Api) -> Count {
        self.coverage(api).statuses
    }

    /// Operation × media type of the request: seen of all.
    pub fn requests(&self, api: &Api) -> Count {
        self.coverage(api).requests
    }

    /// Everything that was not seen, in words.
    pub fn gaps(&self, api: &Api) -> Vec<String> {
        self.coverage(api).gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_shuts_below_the_threshold_of_a_kind() {
        let of = |total, covered| Count { total, covered };
        let full = Coverage { operations: of(100, 100), parameters: of(100, 95), ..Default::default() };
        assert_eq!(full.shortfalls(), Vec::<String>::new());
        let short = Coverage { operations: of(100, 99), nullables: of(100, 94), ..Default::default() };
        let lines = ["operations: 99 of 100, where 100 % are due", "nullables: 94 of 100, where 95 % are due"];
        assert_eq!(short.shortfalls(), lines);
    }
}
