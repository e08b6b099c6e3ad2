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
        return finish(&outputs, &[], out, arguments.check);
    }
    let outputs = generate::workspace(root)?;
    let leftovers = generate::leftovers(&outputs, &generate::folders(root))?;
    finish(&outputs, &leftovers, root, arguments.check)
}

/// Writes the files and removes those that are left over, or says how they differ.
fn finish(outputs: &[generate::Output], leftovers: &[PathBuf], root: &Path, check: bool) -> Result<ExitCode> {
    let say = |what: &str, path: &Path| eprintln!("{what} {}", path.strip_prefix(root).unwrap_or(path).display());
    if !check {
        let written = generate::write(outputs)?;
        written.iter().for_each(|path| say("wrote", path));
        generate::remove(leftovers)?;
        leftovers.iter().for_each(|path| say("removed", path));
        eprintln!("{} of {} generated files changed", written.len(), outputs.len());
        return Ok(ExitCode::SUCCESS);
    }
    let differences = generate::compare(outputs, root);
    for difference in &differences {
        println!("{}", difference.diff);
    }
    if differences.is_empty() && leftovers.is_empty() {
        eprintln!("all {} generated files are current", outputs.len());
        return Ok(ExitCode::SUCCESS);
    }
    differences.iter().for_each(|difference| say("stale:", &difference.path));
    leftovers.iter().for_each(|path| say("left over:", path));
    eprintln!("run `cargo xtask gen` and commit what it writes");
    Ok(ExitCode::from(1))
}
