//! What was measured, for people and for scripts.

use std::{fmt::Write, process::ExitCode};

use anyhow::Result;
use serde::Serialize;
use serde_json::json;

use crate::{budget::Budget, measure::Spread};

/// What a ratio must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// As small as this, or smaller.
    AtMost(f64),
    /// As large as this, or larger.
    AtLeast(f64),
    /// Nothing: it is told and not judged.
    Reported,
}

impl Goal {
    fn met(self, ratio: f64) -> Option<bool> {
        match self {
            Self::AtMost(limit) => Some(ratio <= limit),
            Self::AtLeast(limit) => Some(ratio >= limit),
            Self::Reported => None,
        }
    }

    fn limit(self) -> Option<f64> {
        match self {
            Self::AtMost(limit) | Self::AtLeast(limit) => Some(limit),
            Self::Reported => None,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtMost(limit) => format!("≤ {}", rounded(limit)),
            Self::AtLeast(limit) => format!("≥ {}", rounded(limit)),
            Self::Reported => "reported".to_owned(),
        }
    }
}

/// A limit that was computed, to as many digits as the ratio beside it.
fn rounded(limit: f64) -> String {
    let text = format!("{limit:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// One figure of a budget.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was measured, in the words of the table.
    pub what: String,
    /// Our figure with its unit.
    pub ours: String,
    /// The peer's figure with its unit.
    pub peer: String,
    /// Ours by the peer's, over all pairs.
    pub ratio: Spread,
    /// What it must be.
    pub goal: Goal,
}

#[derive(Serialize)]
struct Entry {
    id: String,
    what: String,
    ours: String,
    peer: String,
    ratio: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    budget: Option<f64>,
    goal: String,
    met: Option<bool>,
    note: Option<String>,
}

/// All of it.
#[derive(Default)]
pub struct Table {
    entries: Vec<Entry>,
    unmeasured: bool,
}

impl Table {
    /// Adds what was measured of a budget.
    pub fn add(&mut self, budget: &Budget, rows: Vec<Row>) {
        for row in rows {
            self.entries.push(Entry {
                id: budget.id.to_owned(),
                what: row.what,
                ours: row.ours,
                peer: row.peer,
                ratio: Some(row.ratio.median),
                min: Some(row.ratio.min),
                max: Some(row.ratio.max),
                budget: row.goal.limit(),
                goal: row.goal.words(),
                met: row.goal.met(row.ratio.median),
                note: None,
            });
        }
    }

    /// Says that a budget could not be measured.
    pub fn could_not(&mut self, budget: &Budget, why: &anyhow::Error) {
        self.unmeasured = true;
        self.entries.push(Entry {
            id: budget.id.to_owned(),
            what: budget.title.to_owned(),
            ours: String::new(),
            peer: String::new(),
            ratio: None,
            min: None,
            max: None,
            budget: None,
            goal: String::new(),
            met: None,
            note: Some(format!("not measured: {why:#}")),
        });
    }

    /// Writes it to stdout.
    pub fn print(&self, format: &str) -> Result<()> {
        if format == "json" {
            println!("{}", serde_json::to_string_pretty(&json!({"budgets": self.entries}))?);
        } else {
            print!("{}", self.text());
        }
        Ok(())
    }

    fn text(&self) -> String {
        let mut text = String::from(
            "| budget | what | ours | peer | ratio (median) | min | max | goal | verdict |\n|---|---|---|---|---|---|---|---|---|\n",
        );
        let figure = |figure: Option<f64>| figure.map_or("-".to_owned(), |figure| format!("{figure:.3}"));
        for entry in &self.entries {
            let verdict = match (entry.met, &entry.note) {
                (_, Some(note)) => note.clone(),
                (Some(true), _) => "met".to_owned(),
                (Some(false), _) => "NOT MET".to_owned(),
                (None, _) => "-".to_owned(),
            };
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {verdict} |",
                entry.id,
                entry.what,
                entry.ours,
                entry.peer,
                figure(entry.ratio),
                figure(entry.min),
                figure(entry.max),
                entry.goal,
            );
        }
        text
    }

    /// 0 if every budget is met, 1 if one is not, 2 if one could not be measured: then nobody knows how many are not met.
    pub fn exit_code(&self) -> ExitCode {
        if self.unmeasured {
            ExitCode::from(2)
        } else if self.entries.iter().any(|entry| entry.met == Some(false)) {
            ExitCode::from(1)
        } else {
            ExitCode::SUCCESS
        }
    }
}
