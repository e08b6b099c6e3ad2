//! The workspace of generated crates, one a document.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Mutex, MutexGuard},
};

use crate::hundreds;

/// Where the documents lie.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents")
}

/// Where the crates go: a folder that stays from run to run, so that only what changed is compiled again.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("documents")
}

/// The crates whose operations are called.
const CALLED: [&str; 3] = ["bookstore", "hundreds", "pet-shop"];

/// One document and what came of it.
pub struct Generated {
    pub name: String,
    /// First line of the document: what it is a case of.
    pub group: String,
    pub text: String,
    /// Lines of the report, without file and line.
    pub reports: Vec<String>,
    /// Ids of the generated operations.
    pub operations: Vec<String>,
}

/// All documents, generated.
pub struct Workspace {
    pub documents: Vec<Generated>,
    _turn: MutexGuard<'static, ()>,
}

/// Tests of one binary run at once, and the workspace is one.
static TURN: Mutex<()> = Mutex::new(());

/// Runs `gen --spec` on a fixture.
pub fn generate(document: &str, out: &Path, arguments: &[&str]) -> Output {
    run(&fixtures().join(format!("{document}.yaml")), document, out, arguments)
}

fn run(file: &Path, name: &str, out: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["gen", "--name", name, "--spec"]).arg(file).arg("--out").arg(out.join(name)).args(arguments);
    command.output().unwrap()
}

impl Workspace {
    /// Generates all documents.
    pub fn generated() -> Self {
        let turn = TURN.lock().unwrap();
        let folder = folder();
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("hundreds.yaml"), hundreds::document()).unwrap();
        let entries = fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<PathBuf> =
            entries.filter(|path| path.extension().is_some_and(|one| one == "yaml")).collect();
        files.push(folder.join("hundreds.yaml"));
        files.sort_by_key(|path| path.file_name().map(ToOwned::to_owned));
        let documents = files.iter().map(|file| document(file, &folder)).collect();
        Self { documents, _turn: turn }
    }

    /// What is reported of each document, and what is generated.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        for document in &self.documents {
            let count = document.operations.len();
            // Of hundreds, the number says enough.
            let names = if count > 50 { String::new() } else { format!(": {}", document.operations.join(", ")) };
            text.push_str(&format!("{}: {count} generated{names}\n", document.name));
            for report in &document.reports {
                text.push_str(&format!("{}: {report}\n", document.name));
            }
        }
        text
    }

    /// Compiles all crates together and runs the one that calls.
    pub fn build_and_call(&self) -> Output {
        let folder = folder();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut members = String::new();
        for Generated { name, .. } in &self.documents {
            members.push_str(&format!("{name:?}, "));
            let path = folder.join(name).join("Cargo.toml");
            let manifest = fs::read_to_string(&path).unwrap();
            // Each crate is a workspace of its own and brings TLS; here they share one, and loopback needs none.
            let manifest = manifest.replace("[workspace]\n", "").replace(", \"rustls\"", "");
            fs::write(&path, manifest).unwrap();
        }
        fs::create_dir_all(folder.join("calls/src")).unwrap();
        fs::copy(fixtures().join("calls.rs"), folder.join("calls/src/main.rs")).unwrap();
        fs::write(folder.join("calls/Cargo.toml"), calls_manifest(root)).unwrap();
        let manifest =
            format!("[workspace]\nresolver = \"3\"\nmembers = [{members}\"calls\"]\n[profile.dev]\ndebug = 0\n");
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        let cargo = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO"));
            command.current_dir(&folder).args(arguments).env("CARGO_TARGET_DIR", folder.join("target"));
            // The versions are those of the lock file, which the run before may have left.
            command.args(["--offline", "--quiet"]).output().unwrap()
        };
        let mut check = vec!["check", "--workspace", "--exclude", "calls"];
        // Built below: one of them takes longer than all others together.
        check.extend(CALLED.iter().flat_map(|called| ["--exclude", called]));
        let checked = cargo(&check);
        if checked.status.success() { cargo(&["run", "--package", "calls"]) } else { checked }
    }
}

fn document(file: &Path, out: &Path) -> Generated {
    let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
    let text = fs::read_to_string(file).unwrap();
    let output = run(file, &name, out, &["--keep-going"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{name}: {message}");
    // The lines of the document are those of the fixture, and move with it.
    let shown = format!("{}:", file.display());
    let report = |line: &str| {
        let (number, report) = line.strip_prefix(&shown)?.split_once(": ")?;
        number.parse::<usize>().is_ok_and(|number| number > 0).then(|| report.to_owned())
    };
    let reports = message.lines().filter_map(report).collect();
    let group = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default().to_owned();
    let table = fs::read_to_string(out.join(&name).join("src/operations.rs")).unwrap();
    let ids = table.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.strip_suffix(": Operation,"));
    Generated { name, group, reports, operations: ids.map(ToOwned::to_owned).collect(), text }
}

fn calls_manifest(root: &Path) -> String {
    let called: String = CALLED.iter().map(|name| format!("{name} = {{ path = \"../{name}\" }}\n")).collect();
    format!(
        "[package]\nname = \"calls\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\n{called}\
         cx-client = {{ path = {:?}, default-features = false, features = [\"dynamic\"] }}\nhttp = \"1\"\n\
         reqwest = {{ version = \"0.13\", default-features = false }}\nserde_json = \"1\"\n\
         tokio = {{ version = \"1\", features = [\"io-util\", \"macros\", \"net\", \"rt\"] }}\n",
        root.join("client")
    )
}
