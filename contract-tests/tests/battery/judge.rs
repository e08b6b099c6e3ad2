//! Runs each item and its twin, each in a process of its own, and reports.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde::Serialize;

use crate::{
    checklist,
    item::{self, Item, Outcome},
};

/// Exit codes of one item's process. 101 is a panic outside a test.
const PASSED: u8 = 0;
const FOUND: u8 = 1;
const UNKNOWN: u8 = 2;
const PANICKED: u8 = 3;
const STUCK: u8 = 4;

/// The variable that names the rule to break, read by the client of the twin build.
const CHOICE: &str = "CX_TWIN";

/// The report, as `--format json` prints it.
#[derive(Serialize)]
struct Report {
    total: usize,
    passed: usize,
    killed: usize,
    items: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: u32,
    name: String,
    pass: bool,
    twin_killed: bool,
    /// What to tell a person.
    #[serde(skip)]
    remarks: Vec<String>,
}

/// What the judge is told.
struct Options {
    json: bool,
    /// The battery in its twin build.
    twins: PathBuf,
    /// One item alone.
    only: Option<u32>,
}

impl Options {
    fn read(words: &[&str]) -> Result<Self, String> {
        let (mut json, mut twins, mut only) = (false, None, None);
        for pair in words.chunks(2) {
            match pair {
                ["--format", "json"] => json = true,
                ["--format", "text"] => json = false,
                ["--twins", path] => twins = Some(PathBuf::from(path)),
                ["--item", id] => only = Some(id.parse().map_err(|_| format!("`{id}` is no number of an item"))?),
                other => return Err(format!("unknown arguments: {other:?}")),
            }
        }
        let twins = twins.ok_or("the battery of the twin build is not named")?;
        Ok(Self { json, twins, only })
    }
}

/// Runs one item in this process.
pub fn run(name: &str) -> ExitCode {
    let Some(item) = checklist::items().find(|item| item.name == name) else {
        eprintln!("there is no item {name}");
        return ExitCode::from(UNKNOWN);
    };
    let outcome = item::perform(item.test);
    let code = match &outcome {
        Outcome::Passed => PASSED,
        Outcome::Found(_) => FOUND,
        Outcome::Panicked => PANICKED,
        Outcome::Stuck => STUCK,
    };
    if let Err(message) = outcome.into_result() {
        eprintln!("{message}");
    }
    ExitCode::from(code)
}

/// Judges all items and their twins. Exit codes: 0 all good, 1 findings, 2 could not run.
pub fn judge(words: &[&str]) -> ExitCode {
    match report(words) {
        Ok(good) => ExitCode::from(if good { 0 } else { 1 }),
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn report(words: &[&str]) -> Result<bool, String> {
    let options = Options::read(words)?;
    let mistakes = checklist::mistakes();
    if !mistakes.is_empty() {
        return Err(mistakes.join("\n"));
    }
    let own = env::current_exe().map_err(|error| format!("this program does not know its own path: {error}"))?;
    let wanted = |id: u32| options.only.is_none_or(|only| only == id);
    let items: Vec<&Item> = checklist::items().filter(|item| wanted(item.id())).collect();
    let mut rows = rows(&items, &own, &options.twins)?;
    rows.extend(checklist::missing().into_iter().filter(|id| wanted(*id)).map(|id| Row {
        id,
        name: format!("item_{id:02}_missing"),
        pass: false,
        twin_killed: false,
        remarks: vec!["it has no test".to_owned()],
    }));
    if rows.is_empty() {
        return Err("there is no such item, or it does not apply".to_owned());
    }
    rows.sort_by_key(|row| row.id);
    let count = |what: fn(&Row) -> bool| rows.iter().filter(|row| what(row)).count();
    let (total, passed, killed) = (rows.len(), count(|row| row.pass), count(|row| row.twin_killed));
    let report = Report { total, passed, killed, items: rows };
    if options.json {
        println!("{}", serde_json::to_string(&report).map_err(|error| error.to_string())?);
    } else {
        print(&report);
    }
    Ok(passed == total && killed == total)
}

/// One row an item, judged by as many workers as there are cores.
fn rows(items: &[&Item], own: &Path, twins: &Path) -> Result<Vec<Row>, String> {
    let next = AtomicUsize::new(0);
    let rows: Mutex<Vec<Result<Row, String>>> = Mutex::default();
    let worker = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            let row = row(item, own, twins);
            rows.lock().unwrap_or_else(PoisonError::into_inner).push(row);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(worker);
        }
    });
    rows.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
}

fn row(item: &Item, own: &Path, twins: &Path) -> Result<Row, String> {
    let mut remarks = Vec::new();
    let pass = match start(Command::new(own).args(["--run", item.name]))? {
        (PASSED, _) => true,
        (_, message) => {
            remarks.push(message);
            false
        }
    };
    let twin = start(Command::new(twins).args(["--run", item.name]).env(CHOICE, format!("{:?}", item.twin)))?;
    let twin_killed = twin.0 == FOUND;
    match twin {
        (FOUND, _) => {}
        (PASSED, _) => remarks.push("its twin survived".to_owned()),
        (_, message) => remarks.push(format!("its twin ended without a verdict: {message}")),
    }
    Ok(Row { id: item.id(), name: item.name.to_owned(), pass, twin_killed, remarks })
}

/// The exit code of a process and what it said.
fn start(command: &mut Command) -> Result<(u8, String), String> {
    let output = command
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{} cannot be started: {error}", command.get_program().display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(PANICKED);
    if code == UNKNOWN {
        return Err(said.into_owned());
    }
    Ok((code, said.trim().to_owned()))
}

fn print(report: &Report) {
    for row in &report.items {
        let pass = if row.pass { "pass" } else { "FAIL" };
        let twin = if row.twin_killed { "twin killed" } else { "TWIN LIVES" };
        println!("{:>2}  {pass}  {twin}  {}", row.id, row.name);
        for line in row.remarks.iter().flat_map(|remark| remark.lines()) {
            println!("      {line}");
        }
    }
    for (id, reason) in checklist::NOT_APPLICABLE {
        println!("{id:>2}  does not apply: {reason}");
    }
    println!("\n{} items, {} passed, {} twins killed", report.total, report.passed, report.killed);
}
