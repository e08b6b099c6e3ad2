//! Everything that is known of an API beside its document: who said what, and whether the document takes it.

use std::collections::HashMap;

use anyhow::Result;
use cx_mock::Validator;
use cx_spec::{Api, Operation, Status};

use super::{
    fixture,
    reach::{Part, Reach, Unit},
    record::{self, Record},
    wire::Maker,
    witness::{Origin, Said, Witness, broken_component, complaint},
};
use crate::apis::Subject;

/// The witnesses of one API, by the part of the operation that they belong to.
#[derive(Debug)]
pub struct Evidence {
    witnesses: HashMap<Unit, Vec<Witness>>,
    /// Where the client gets its tokens, and what they are good for.
    pub authority: Authority,
    /// Which part of which operation a place of the document has a say in.
    pub reach: Reach,
    /// The original document's judge.
    pub original: Validator,
}

/// Addresses and scopes that the client was seen to go by.
#[derive(Debug, Default)]
pub struct Authority {
    /// Paths of token requests.
    pub token_paths: Vec<String>,
    /// Scopes of the tokens.
    pub scopes: Vec<String>,
}

/// Collects all witnesses of a subject: what the client sends, the fixtures, what its vendor answers, and what breaks the
/// document on purpose.
///
/// # Errors
/// A client that cannot be built, a fixture that cannot be read.
pub async fn collect(subject: &Subject) -> Result<Evidence> {
    let api = &subject.api;
    let mut maker = Maker::default();
    let Record { witnesses, token_paths, scopes } = record::record(subject, &mut maker).await?;
    let mut evidence = Evidence {
        witnesses: HashMap::new(),
        authority: Authority { token_paths, scopes },
        reach: Reach::new(api),
        original: Validator::new(api.clone()),
    };
    witnesses.into_iter().for_each(|witness| evidence.keep(witness));
    for (origin, unit, said) in fixture::fixtures(api)? {
        evidence.add(origin, unit, said, origin == Origin::Golden);
    }
    // In the order in which parts that share a component are asked.
    let mut operations: Vec<&Operation> = api.operations.iter().collect();
    operations.sort_by(|a, b| a.id.cmp(&b.id));
    for operation in operations {
        evidence.add_made(api, operation, &mut maker);
    }
    Ok(evidence)
}

impl Evidence {
    /// Keeps what the original says of it as expected. Where it does not, an edge was none, or a rule was not broken.
    fn add(&mut self, origin: Origin, unit: Unit, said: Said, expected: bool) {
        if !self.has(&unit, &said) && self.takes(&unit, &said) == expected {
            self.keep(self.witness(origin, unit, said, expected));
        }
    }

    fn takes(&self, unit: &Unit, said: &Said) -> bool {
        complaint(&self.original, &unit.operation, said).is_none()
    }

    fn witness(&self, origin: Origin, unit: Unit, said: Said, taken: bool) -> Witness {
        let about = if taken { None } else { broken_component(&self.original, &unit.operation, &said) };
        Witness { unit, said, taken, origin, about }
    }

    /// Adds what is made from the original document: replies and requests that keep it, and such as break it on purpose.
    fn add_made(&mut self, api: &Api, operation: &Operation, maker: &mut Maker) {
        let unit = |part| Unit { operation: operation.id.clone(), part };
        let mut statuses: Vec<Status> = operation.replies.iter().map(|reply| reply.status).collect();
        statuses.sort();
        for status in statuses {
            let part = unit(Part::Reply(status));
            if !maker.is_news(operation, status) {
                for said in Maker::examples(operation, status) {
                    self.add(Origin::Vendor, part.clone(), said, true);
                }
                continue;
            }
            for said in maker.replies(api, operation, status) {
                self.add(Origin::Vendor, part.clone(), said, true);
            }
            for said in maker.broken_replies(api, operation, status) {
                self.add(Origin::Broken, part.clone(), said, false);
            }
            for said in maker.extended_replies(api, operation, status) {
                let taken = self.takes(&part, &said);
                let origin = if taken { Origin::Vendor } else { Origin::Broken };
                self.keep(self.witness(origin, part.clone(), said, taken));
            }
        }
        let broken = maker.broken_bodies(api, operation).into_iter().chain(maker.broken_parameters(api, operation));
        for said in broken.collect::<Vec<_>>() {
            self.add(Origin::Broken, unit(Part::Request), said, false);
        }
    }

    /// Keeps a witness, unless it says again what another has said: different edges often make the same value.
    fn keep(&mut self, witness: Witness) {
        if !self.has(&witness.unit, &witness.said) {
            self.witnesses.entry(witness.unit.clone()).or_default().push(witness);
        }
    }

    fn has(&self, unit: &Unit, said: &Said) -> bool {
        self.of(unit).iter().any(|witness| witness.said == *said)
    }

    /// The witnesses of one part, the nearest to the wire first.
    pub fn of(&self, unit: &Unit) -> &[Witness] {
        self.witnesses.get(unit).map_or(&[], Vec::as_slice)
    }

    /// How many there are, by where they come from.
    pub fn counts(&self) -> Vec<(Origin, usize)> {
        let mut counts = std::collections::BTreeMap::new();
        for witness in self.witnesses.values().flatten() {
            *counts.entry(witness.origin).or_default() += 1;
        }
        counts.into_iter().collect()
    }
}
