//! Writing what was generated, whole or not at all.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use similar::TextDiff;

/// A file to be written.
pub struct Output {
    pub path: PathBuf,
    pub text: String,
}

/// A file that is not what it should be.
pub struct Difference {
    pub path: PathBuf,
    pub diff: String,
}

/// Writes the files that differ, each through a temporary file and a rename; returns their paths.
pub fn write(outputs: &[Output]) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for output in outputs {
        if current(&output.path) == Some(output.text.clone()) {
            continue;
        }
        let folder = output.path.parent().context("a generated file lies in a folder")?;
        fs::create_dir_all(folder)?;
        let mut builder = tempfile::Builder::new();
        // A temporary file is its owner's alone; a source file is not (the umask still holds).
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(output.text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&output.path).with_context(|| format!("cannot replace {}", output.path.display()))?;
        written.push(output.path.clone());
    }
    Ok(written)
}

/// What `write` would change, newlines apart.
pub fn compare(outputs: &[Output], root: &Path) -> Vec<Difference> {
    let mut differences = Vec::new();
    for output in outputs {
        let old = current(&output.path).unwrap_or_default();
        if old == output.text {
            continue;
        }
        let name = output.path.strip_prefix(root).unwrap_or(&output.path).display().to_string();
        let diff = TextDiff::from_lines(&old, &output.text);
        let diff = diff.unified_diff().context_radius(2).header(&name, &format!("{name} (as generated)")).to_string();
        differences.push(Difference { path: output.path.clone(), diff });
    }
    differences
}

fn current(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.replace("\r\n", "\n"))
}
