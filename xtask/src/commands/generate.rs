//! `cargo xtask gen`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;

use crate::generate;

/// Regenerates the client from the documents, or says how it differs.
#[derive(clap::Args)]
pub struct Arguments {
    /// Write nothing; exit with 1 and a diff if anything is not what it should be.
    #[arg(long)]
    check: bool,
    /// Generate a crate from another OpenAPI 3.0 document.
    #[arg(long, requires_all = ["name", "out"], value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Name of that crate.
    #[arg(long, requires = "spec")]
    name: Option<String>,
    /// Folder of that crate.
    #[arg(long, requires = "spec", value_name = "DIR")]
    out: Option<PathBuf>,
    /// Report what the standard forbids (a reference to nothing, an id given twice) and generate the rest.
    #[arg(long, requires = "spec")]
    keep_going: bool,
    /// List the passes that lower a document to what progenitor takes, and why each is there.
    #[arg(long)]
    passes: bool,
}

pub fn run(root: &Path, arguments: &Arguments) -> Result<ExitCode> {
    if arguments.passes {
        for pass in generate::PASSES {
            println!("{:<22}{}", pass.name, pass.reason);
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let (Some(spec), Some(name), Some(out)) = (&arguments.spec, &arguments.name, &arguments.out) {
        let (outputs, unsupported) =
            generate::standalone(spec, name, out, &root.join("client"), arguments.keep_going)?;
        for (line, one) in &unsupported {
            eprintln!("{}:{line}: {one}", spec.display());
        }
        return finish(&outputs, out, arguments.check);
    }
    let outputs = generate::workspace(root)?;
    finish(&outputs, root, arguments.check)
}

/// Writes the files, or says how they differ.
fn finish(outputs: &[generate::Output], root: &Path, check: bool) -> Result<ExitCode> {
    if !check {
        let written = generate::write(outputs)?;
        for path in &written {
            eprintln!("wrote {}", path.strip_prefix(root).unwrap_or(path).display());
        }
        eprintln!("{} of {} generated files changed", written.len(), outputs.len());
        return Ok(ExitCode::SUCCESS);
    }
    let differences = generate::compare(outputs, root);
    for difference in &differences {
        println!("{}", difference.diff);
    }
    if differences.is_empty() {
        eprintln!("all {} generated files are current", outputs.len());
        return Ok(ExitCode::SUCCESS);
    }
    for difference in &differences {
        eprintln!("stale: {}", difference.path.strip_prefix(root).unwrap_or(&difference.path).display());
    }
    eprintln!("run `cargo xtask gen` and commit what it writes");
    Ok(ExitCode::from(1))
}
