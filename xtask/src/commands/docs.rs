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
    /// Folder of the page; `target/docs` of the workspace if none is named.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write the Rust samples as a crate too, for a compiler to read.
    #[arg(long, value_name = "DIR")]
    samples: Option<PathBuf>,
}

impl Arguments {
    /// The folder of the page. What is given is seen from the folder of whoever calls.
    fn out(&self, root: &Path) -> PathBuf {
        self.out.clone().unwrap_or_else(|| root.join("target/docs"))
    }
}

pub fn run(root: &Path, arguments: &Arguments) -> Result<ExitCode> {
    let paths = generate::documents(&root.join("spec"))?;
    let apis = paths.iter().map(|path| generate::load(root, path)).collect::<Result<Vec<_>>>()?;
    let reference = docs::Reference::new(root, &apis)?;
    write(&arguments.out(root).join("index.html"), &reference.page())?;
    if let Some(folder) = &arguments.samples {
        samples(root, folder, &reference.rust_program())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A crate outside the workspace, with the versions of this one.
fn samples(root: &Path, folder: &Path, program: &str) -> Result<()> {
    let client = root.join("client").display().to_string();
    let manifest = format!(
        "[package]\nname = \"reference-samples\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\ncx-client = {{ path = {client:?} }}\nserde_json = \"1\"\n\n[workspace]\n"
    );
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).context("Cargo.lock cannot be read")?;
    write(&folder.join("Cargo.toml"), &manifest)?;
    write(&folder.join("Cargo.lock"), &lock)?;
    write(&folder.join("src/main.rs"), program)
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().context("a page lies in a folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    eprintln!("wrote {}", path.display());
    Ok(())
}
