//! The figures of judge 2.

use std::{collections::BTreeMap, fmt::Write, path::Path};

use anyhow::{Result, bail};
use serde::Serialize;

use super::{
    export::{Exported, Named, exported},
    outcome::{JUDGED, Judged, LEFT_OUT, LeftOut, Why, Witness},
};
use crate::files;

/// What became of the clients of one API.
#[derive(Debug, Default, Serialize)]
pub struct ClientReport {
    /// Clients that could be told from the original's.
    pub total: usize,
    /// Those that were.
    pub killed: usize,
    /// Mutants without such a client, by the reason.
    pub left_out: BTreeMap<Why, usize>,
    /// Those that were told, by what told them.
    pub by: BTreeMap<Witness, usize>,
    /// Mutants of clients that were judged.
    #[serde(skip)]
    pub judged: Vec<Named>,
    /// Those that nothing told.
    #[serde(skip)]
    pub survivors: Vec<Named>,
}

/// What became of the mutants in a folder, by API.
///
/// # Errors
/// A folder in which no run came to its end.
pub fn reports(folder: &Path) -> Result<BTreeMap<String, ClientReport>> {
    let left_out: Vec<LeftOut> = files::read_json(&folder.join(LEFT_OUT))?;
    let judged: Vec<Judged> = files::read_json(&folder.join(JUDGED))?;
    let mut reports: BTreeMap<String, ClientReport> = BTreeMap::new();
    for Exported { number, api, mutant, written, .. } in exported(folder)? {
        let Some(mutant) = mutant else { continue };
        let report = reports.entry(api).or_default();
        let why = if written {
            left_out.iter().find(|one| one.number == number).map(|one| one.why)
        } else {
            Some(Why::NoDocument)
        };
        match (why, judged.iter().find(|one| one.number == number)) {
            (Some(why), _) => *report.left_out.entry(why).or_default() += 1,
            (None, Some(judged)) => report.add(mutant, judged),
            (None, None) => bail!("{}: mutant {number} was neither judged nor left out", folder.display()),
        }
    }
    Ok(reports)
}

impl ClientReport {
    fn add(&mut self, mutant: Named, judged: &Judged) {
        self.total += 1;
        match &judged.noticed {
            Some(noticed) => {
                self.killed += 1;
                *self.by.entry(noticed.by).or_default() += 1;
            }
            None => self.survivors.push(mutant.clone()),
        }
        self.judged.push(mutant);
    }

    /// Two lines for people.
    pub fn write(&self, text: &mut String) {
        let listed =
            |counts: Vec<String>| if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
        let by = self.by.iter().map(|(witness, count)| format!("{count} by {witness}")).collect();
        let _ = writeln!(text, "  clients of mutants: {} of {} noticed{}", self.killed, self.total, listed(by));
        let left_out: Vec<String> = self.left_out.iter().map(|(why, count)| format!("{count} {why}")).collect();
        if !left_out.is_empty() {
            let _ = writeln!(text, "  mutants without a client of their own: {}", left_out.join(", "));
        }
    }
}
