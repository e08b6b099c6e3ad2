//! What a run says: figures for scripts, a table for people.

use std::{collections::BTreeMap, fmt::Write};

use serde::Serialize;

use super::{
    Outcome,
    clients::report::ClientReport,
    faults,
    judge::Verdict,
    survivors::{self, Before, Judge, Survivor},
    witness::Origin,
};

/// The share of mutants that has to be caught, in percent.
pub const THRESHOLD: usize = 95;

/// A run over all documents.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// One entry an API.
    pub apis: BTreeMap<String, ApiReport>,
    /// What was put wrong with the client.
    pub faults: FaultReport,
    /// Entries of the list of survivors that are not needed.
    pub findings: Vec<String>,
}

/// What a run says of one document.
#[derive(Debug, Default, Serialize)]
pub struct ApiReport {
    /// Mutants that are documents.
    pub total: usize,
    /// Those that were caught.
    pub killed: usize,
    /// Edits that make no document; not in the total.
    pub excluded: usize,
    /// Those caught, by what caught them.
    pub by: BTreeMap<Origin, usize>,
    /// Figures of each operator.
    pub operators: BTreeMap<&'static str, Count>,
    /// What became of clients that were generated from mutants, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clients: Option<ClientReport>,
    /// Those that were not caught, by either judge.
    pub survivors: Vec<Survived>,
}

/// What a run says of faults in generated code and transport.
#[derive(Debug, Default, Serialize)]
pub struct FaultReport {
    /// Faults that some client had room for.
    pub total: usize,
    /// Those that were noticed in every client that had room for them.
    pub killed: usize,
    /// All others, with the API whose suite did not notice.
    pub survivors: Vec<faults::Outcome>,
    #[serde(skip)]
    seen: BTreeMap<&'static str, bool>,
}

/// Mutants of one operator.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Count {
    /// How many there are.
    pub total: usize,
    /// How many were caught.
    pub killed: usize,
}

/// A mutant that was not caught.
#[derive(Debug, Serialize)]
pub struct Survived {
    /// The judge that did not catch it.
    pub judge: Judge,
    /// What was done.
    pub operator: String,
    /// Where.
    pub pointer: String,
    /// Line of the document.
    pub line: usize,
    /// Why nobody can notice it; none if nobody has said.
    pub reason: Option<String>,
}

impl Report {
    /// Adds what came of the mutants of one document, and of the clients of some of them.
    pub fn add(&mut self, api: &str, outcomes: Vec<Outcome>, clients: Option<ClientReport>, explained: &[Survivor]) {
        let mut report = ApiReport::default();
        for outcome in &outcomes {
            report.add(api, outcome, explained);
        }
        if let Some(clients) = clients {
            report.add_clients(api, clients, explained);
        }
        let survived: Vec<Before<'_>> = report.survivors.iter().map(Survived::before).collect();
        let first = outcomes.iter().map(|outcome| &outcome.mutant);
        let first = first.map(|one| Before { judge: 1, operator: one.operator.name, pointer: &one.edit.pointer });
        let second = report.clients.iter().flat_map(|clients| &clients.judged);
        let second = second.map(|one| Before { judge: 2, operator: &one.operator, pointer: &one.pointer });
        let judged: Vec<Before<'_>> = first.chain(second).collect();
        self.findings.extend(survivors::needless(explained, api, &judged, &survived));
        self.apis.insert(api.to_owned(), report);
    }

    /// Adds what came of the faults of one client.
    pub fn add_faults(&mut self, outcomes: Vec<faults::Outcome>) {
        let faults = &mut self.faults;
        for outcome in outcomes {
            *faults.seen.entry(outcome.fault).or_insert(true) &= outcome.noticed.is_some();
            if outcome.noticed.is_none() {
                faults.survivors.push(outcome);
            }
        }
        faults.total = faults.seen.len();
        faults.killed = faults.seen.values().filter(|noticed| **noticed).count();
    }

    /// Whether enough were caught, and all others are explained. A fault has no excuse.
    pub fn passed(&self) -> bool {
        self.findings.is_empty() && self.faults.survivors.is_empty() && self.apis.values().all(ApiReport::passed)
    }

    /// The table for people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (name, api) in &self.apis {
            api.write(name, &mut text);
        }
        let _ = writeln!(text, "faults of clients: {} of {} noticed", self.faults.killed, self.faults.total);
        for one in &self.faults.survivors {
            let _ = writeln!(text, "  survived: the client of {} {}, {} times", one.api, one.fault, one.made);
        }
        for finding in &self.findings {
            let _ = writeln!(text, "finding: {finding}");
        }
        text
    }
}

impl Survived {
    fn before(&self) -> Before<'_> {
        Before { judge: self.judge, operator: &self.operator, pointer: &self.pointer }
    }

    fn explained(mut self, api: &str, explained: &[Survivor]) -> Self {
        self.reason = survivors::reason(explained, api, self.before()).map(str::to_owned);
        self
    }
}

impl ApiReport {
    fn add(&mut self, api: &str, outcome: &Outcome, explained: &[Survivor]) {
        let operator = outcome.mutant.operator.name;
        let pointer = outcome.mutant.edit.pointer.clone();
        let count = self.operators.entry(operator).or_default();
        match &outcome.verdict {
            Verdict::Excluded(_) => {
                self.excluded += 1;
                return;
            }
            Verdict::Killed(origin, _) => {
                self.killed += 1;
                count.killed += 1;
                *self.by.entry(*origin).or_default() += 1;
            }
            Verdict::Survived => {
                let survived =
                    Survived { judge: 1, operator: operator.to_owned(), pointer, line: outcome.line, reason: None };
                self.survivors.push(survived.explained(api, explained));
            }
        }
        self.total += 1;
        count.total += 1;
    }

    fn add_clients(&mut self, api: &str, clients: ClientReport, explained: &[Survivor]) {
        for mutant in clients.survivors.iter().cloned() {
            let (operator, pointer, line) = (mutant.operator, mutant.pointer, mutant.line);
            let survived = Survived { judge: 2, operator, pointer, line, reason: None };
            self.survivors.push(survived.explained(api, explained));
        }
        self.clients = Some(clients);
    }

    fn passed(&self) -> bool {
        // A run in which no client could be judged shows nothing. A sample is too small for a share.
        let judged = self.clients.as_ref().is_none_or(|clients| clients.total > 0);
        judged && self.killed * 100 >= self.total * THRESHOLD && self.survivors.iter().all(|one| one.reason.is_some())
    }

    fn write(&self, name: &str, text: &mut String) {
        let _ = writeln!(
            text,
            "{name}: {} of {} mutants caught ({}), {} make no document",
            self.killed,
            self.total,
            percent(self.killed, self.total),
            self.excluded
        );
        let by: Vec<String> = self.by.iter().map(|(origin, count)| format!("{count} by {origin}")).collect();
        let _ = writeln!(text, "  {}", by.join(", "));
        if let Some(clients) = &self.clients {
            clients.write(text);
        }
        for (operator, count) in &self.operators {
            let mark = if count.killed == count.total { ' ' } else { '!' };
            let _ = writeln!(text, "{mark} {operator:<34}{:>4} of {:>3}", count.killed, count.total);
        }
        for one in &self.survivors {
            let reason = one.reason.as_deref().unwrap_or("not explained");
            let (judge, operator) = (one.judge, &one.operator);
            let _ =
                writeln!(text, "  survived judge {judge}: {operator}, line {}: {} ({reason})", one.line, one.pointer);
        }
        text.push('\n');
    }
}

fn percent(part: usize, whole: usize) -> String {
    match (part * 1000).checked_div(whole) {
        Some(permille) => format!("{}.{} %", permille / 10, permille % 10),
        None => "none".to_owned(),
    }
}
