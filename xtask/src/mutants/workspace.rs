//! The crates of the clients, and the program of all that compile.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;

/// The library of each crate. Its client is a module, as it is in `cx-client`.
const LIBRARY: &str = r#"//! A client generated from a mutant.
#![allow(missing_docs, dead_code, clippy::all, clippy::pedantic, unreachable_patterns, unused_imports, rustdoc::all, reason = "generated")]

pub mod client;

/// The client, for those who call by id.
pub static CLIENT: cx_client::dynamic::Registered = cx_client::dynamic::Registered {
    api: &client::operations::API,
    call: client::dispatch::call,
    schemas: client::dispatch::SCHEMAS,
    decode_schema: client::dispatch::decode_schema,
    guides: client::guides::GUIDES,
};
"#;

/// The folder of the workspace.
pub(super) struct Workspace<'w> {
    root: &'w Path,
    folder: &'w Path,
}

impl<'w> Workspace<'w> {
    pub(super) fn new(root: &'w Path, folder: &'w Path) -> Self {
        Self { root, folder }
    }

    /// Writes the crate of a client.
    pub(super) fn write(&self, number: usize, files: &[(String, String)]) -> Result<()> {
        let folder = self.folder.join(package(number));
        let manifest = format!(
            "[package]\nname = \"{}\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\n\
             cx-client = {{ path = {:?}, features = [\"dynamic\"] }}\nhttp = \"1\"\n\
             reqwest = {{ version = \"0.13\", default-features = false, features = [\"query\"] }}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n",
            package(number),
            self.root.join("client"),
        );
        put(&folder.join("Cargo.toml"), &manifest)?;
        put(&folder.join("src/lib.rs"), LIBRARY)?;
        // A file of another mutant that had this number.
        files.iter().try_for_each(|(name, text)| put(&folder.join("src/client").join(name), text))
    }

    /// Compiles the crates, and returns those that do. The program is there already, without clients, so that what all
    /// depend on has the features that it needs in the end.
    pub(super) fn compile(&self, numbers: &[usize]) -> Result<Vec<usize>> {
        let members: Vec<String> = numbers.iter().map(|number| format!("{:?}", package(*number))).collect();
        let manifest = format!(
            "[workspace]\nresolver = \"3\"\nmembers = [\"judge\", {}]\n\n[profile.dev]\ndebug = 0\n",
            members.join(", ")
        );
        put(&self.folder.join("Cargo.toml"), &manifest)?;
        let lock = fs::read_to_string(self.root.join("Cargo.lock")).context("Cargo.lock cannot be read")?;
        put(&self.folder.join("Cargo.lock"), &lock)?;
        self.program(&[])?;
        let arguments = ["build", "--workspace", "--keep-going", "--message-format=json-render-diagnostics"];
        let output = self.cargo(&arguments).stderr(Stdio::inherit()).output().context("cargo cannot be started")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let built: Vec<String> = text.lines().filter_map(library).collect();
        if !output.status.success() && !built.iter().any(|name| name == "contract_tests") {
            bail!("the program that judges clients does not build: see above");
        }
        let is_built = |number: &usize| built.contains(&package(*number).replace('-', "_"));
        Ok(numbers.iter().copied().filter(is_built).collect())
    }

    /// Has the program judge clients, and returns what it prints.
    pub(super) fn judge(&self, numbers: &[usize], documents: &Path) -> Result<Vec<u8>> {
        self.program(numbers)?;
        let mut command = self.cargo(&["run", "--package", "judge", "--"]);
        let output = command.arg(documents).stderr(Stdio::inherit()).output().context("cargo cannot be started")?;
        if !output.status.success() {
            bail!("the clients of the mutants could not be judged: see above");
        }
        Ok(output.stdout)
    }

    /// Writes the program of some clients.
    fn program(&self, numbers: &[usize]) -> Result<()> {
        let dependencies: String =
            numbers.iter().map(|number| format!("{0} = {{ path = \"../{0}\" }}\n", package(*number))).collect();
        let manifest = format!(
            "[package]\nname = \"judge\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\nanyhow = \"1\"\n\
             contract-tests = {{ path = {:?} }}\ncx-client = {{ path = {:?} }}\nserde_json = \"1\"\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n{dependencies}",
            self.root.join("contract-tests"),
            self.root.join("client"),
        );
        let rows: String = numbers
            .iter()
            .map(|number| format!("    ({number}, &{}::CLIENT),\n", package(*number).replace('-', "_")))
            .collect();
        let program = format!(
            "//! Judges the clients that were generated from mutants.\n\nuse cx_client::dynamic::Registered;\n\n\
             static CLIENTS: &[(usize, &Registered)] = &[\n{rows}];\n\n\
             #[tokio::main]\nasync fn main() -> anyhow::Result<()> {{\n    \
             let folder = std::env::args_os().nth(1).unwrap_or_default();\n    \
             let judged = contract_tests::mutants::clients::run(folder.as_ref(), CLIENTS).await?;\n    \
             println!(\"{{}}\", serde_json::to_string_pretty(&judged)?);\n    Ok(())\n}}\n",
        );
        put(&self.folder.join("judge/Cargo.toml"), &manifest)?;
        put(&self.folder.join("judge/src/main.rs"), &program)
    }

    /// A call of cargo in the workspace. The versions are those of the repository's lock file.
    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = shell::cargo();
        command
            .current_dir(self.folder)
            .arg(arguments.first().copied().unwrap_or_default())
            .args(["--offline", "--quiet"]);
        command.args(arguments.iter().skip(1)).env("CARGO_TARGET_DIR", self.folder.join("target"));
        command.stdin(Stdio::null());
        command
    }
}

fn package(number: usize) -> String {
    format!("mutant-{number}")
}

/// The name of a library, if a message of cargo's says that it was built.
fn library(message: &str) -> Option<String> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is_built = message.get("reason")? == "compiler-artifact" && message.pointer("/target/kind/0")? == "lib";
    is_built.then(|| message.pointer("/target/name")?.as_str().map(str::to_owned))?
}

/// Writes a file, unless it is there as it should be: what was not touched is not compiled again.
fn put(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|current| current == text) {
        return Ok(());
    }
    let write = || {
        path.parent().map(fs::create_dir_all).transpose()?;
        fs::write(path, text)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}
