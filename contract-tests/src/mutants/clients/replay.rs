//! The same calls for the client of the original document and for one generated from a mutant.

use std::path::Path;

use anyhow::{Result, bail};
use cx_client::dynamic::Registered;

use super::{
    calls::calls,
    export::{Exported, exported},
    outcome::{Judged, Noticed, Witness},
};
use crate::{
    apis::{self, Subject},
    mutants::{
        authority,
        evidence::{self, Authority, Evidence},
    },
    runner::Runner,
};

/// Judges the clients that were generated from the documents in a folder, each with its number.
///
/// # Errors
/// A client that does not belong to the folder; a control that does not pass, which makes the run void.
pub async fn run(folder: &Path, clients: &[(usize, &'static Registered)]) -> Result<Vec<Judged>> {
    let exported = exported(folder)?;
    let mut judged = Vec::new();
    for subject in apis::subjects(None)? {
        let own: Vec<&Exported> = exported.iter().filter(|one| one.api == subject.name()).collect();
        if own.is_empty() {
            continue;
        }
        let replay = Replay::new(subject).await?;
        for one in own {
            let Some((number, client)) = clients.iter().find(|(number, _)| *number == one.number) else { continue };
            let noticed = replay.judge(one, client).await?;
            eprintln!("{number}: {}", one.mutant.as_ref().map_or("control", |mutant| mutant.operator.as_str()));
            match (&one.mutant, noticed) {
                (Some(_), noticed) => judged.push(Judged { number: *number, noticed }),
                (None, Some(noticed)) => {
                    bail!("a client of {} without a fault is noticed: {}", one.api, noticed.message)
                }
                (None, None) => {}
            }
        }
    }
    Ok(judged)
}

/// The client of the original document, and what is known of it.
struct Replay {
    subject: Subject,
    evidence: Evidence,
    control: Runner,
    /// What is wrong with its own addresses and scopes is not held against another client.
    known: Vec<String>,
}

impl Replay {
    async fn new(subject: Subject) -> Result<Self> {
        let evidence = evidence::collect(&subject).await?;
        let control = Runner::start(subject.clone()).await?;
        let known = authority::complaints(&subject, &authority_of(&evidence), &subject.api);
        Ok(Self { subject, evidence, control, known })
    }

    /// What tells a client from the original's.
    async fn judge(&self, exported: &Exported, client: &'static Registered) -> Result<Option<Noticed>> {
        let other = Subject { client, ..self.subject.clone() };
        let complaints = authority::complaints(&other, &authority_of(&self.evidence), &self.subject.api);
        if let Some(message) = complaints.into_iter().find(|one| !self.known.contains(one)) {
            return Ok(Some(Noticed { by: Witness::Addresses, message }));
        }
        let vendor = other.vendor().await;
        let core = other.connect_like(&vendor, self.control.core())?;
        let runner = Runner::new(other.clone(), vendor, core);
        let units = match &exported.mutant {
            Some(mutant) => self.evidence.reach.touched(&mutant.pointer),
            None => self.evidence.reach.touched("/paths"),
        };
        for call in calls(&self.subject, &self.evidence, &exported.operations, &units) {
            let due = call.make(&self.subject, &self.control).await?;
            if let Some(complaint) = due.complaint {
                bail!("the client of {} itself is complained of: {complaint}", exported.api);
            }
            let got = call.make(&other, &runner).await?;
            if let Some((by, message)) = call.difference(&due, &got) {
                return Ok(Some(Noticed { by, message }));
            }
        }
        Ok(None)
    }
}

/// The scopes of the tokens that the client was seen to get. Where it gets them is for its table to say: what it does not
/// ask in a run, it was not seen to ask.
fn authority_of(evidence: &Evidence) -> Authority {
    Authority { token_paths: Vec::new(), scopes: evidence.authority.scopes.clone() }
}
