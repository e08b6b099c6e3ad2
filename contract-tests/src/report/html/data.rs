//! Cases and exchanges for the drill-down.
//!
//! Most exchanges of an operation differ in a line or two, so every text is kept once and named by its number.

use std::collections::HashMap;

use anyhow::Result;
use serde::Serialize;

use super::super::{Message, Record, Report, replay};

#[derive(Serialize)]
struct Data<'r> {
    texts: Vec<&'r str>,
    apis: Vec<Api<'r>>,
}

#[derive(Serialize)]
struct Api<'r> {
    name: &'r str,
    /// What stands before and after the name of a case in the command that runs it alone.
    replay: (String, String),
    cases: Vec<Case<'r>>,
}

#[derive(Serialize)]
struct Case<'r> {
    id: &'r str,
    operation: &'r str,
    status: &'r str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<&'r str>,
    /// Line of the document.
    line: usize,
    /// The name as a shell has to be told it, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    quoted: Option<String>,
    curl: Option<usize>,
    /// Request and reply, each line, headers and body.
    exchanges: Vec<[Part; 2]>,
}

type Part = (usize, Vec<usize>, usize);

/// The data, ready to stand inside of a `script` element.
pub(super) fn json(report: &Report) -> Result<String> {
    let mut texts = Texts::default();
    let apis = report
        .apis
        .iter()
        .map(|(name, api)| Api {
            name,
            replay: replay::around(name, report.seed),
            cases: api.records.iter().map(|record| case(&mut texts, record)).collect(),
        })
        .collect();
    let data = serde_json::to_string(&Data { apis, texts: texts.all })?;
    // The one thing that ends a script is `</`, and a comment in it begins with `<!`.
    Ok(data.replace('<', "\\u003c"))
}

#[derive(Default)]
struct Texts<'r> {
    all: Vec<&'r str>,
    known: HashMap<&'r str, usize>,
}

impl<'r> Texts<'r> {
    fn number(&mut self, text: &'r str) -> usize {
        *self.known.entry(text).or_insert_with(|| {
            self.all.push(text);
            self.all.len() - 1
        })
    }

    fn part(&mut self, message: &'r Message) -> Part {
        let headers = message.headers.iter().map(|header| self.number(header)).collect();
        (self.number(&message.line), headers, self.number(&message.body))
    }
}

fn case<'r>(texts: &mut Texts<'r>, record: &'r Record) -> Case<'r> {
    Case {
        id: &record.case,
        operation: &record.operation,
        status: &record.status,
        problems: record.problems.iter().map(|problem| problem.message.as_str()).collect(),
        line: record.place.line,
        quoted: Some(replay::word(&record.case)).filter(|word| *word != record.case),
        curl: record.curl.as_deref().map(|curl| texts.number(curl)),
        exchanges: record
            .exchanges
            .iter()
            .map(|exchange| [texts.part(&exchange.request), texts.part(&exchange.reply)])
            .collect(),
    }
}
