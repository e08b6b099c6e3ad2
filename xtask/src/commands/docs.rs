//! `cargo xtask docs`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};

use crate::{docs, generate};

/// Renders the documents as one page that needs no network.
#[derive(clap::Args)]
pub struct Arguments {
    /// Folder of the page.
    #[arg(long, value_name = "DIR", default_value = "target/docs")]
    out: PathBuf,
    /// Write the Rust samples as an example program too, so that a compiler can read them.
    #[arg(long, value_name = "FILE")]
    samples: Option<PathBuf>,
}

pub fn run(root: &Path, arguments: &Arguments) -> Result<ExitCode> {
    let paths = generate::documents(&root.join("spec"))?;
    let apis = paths.iter().map(|path| generate::load(root, path)).collect::<Result<Vec<_>>>()?;
    let reference = docs::Reference::new(root, &apis)?;
    write(&root.join(&arguments.out).join("index.html"), &reference.page())?;
    if let Some(file) = &arguments.samples {
        write(file, &reference.rust_program())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().context("a page lies in a folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    eprintln!("wrote {}", path.display());
    Ok(())
}
