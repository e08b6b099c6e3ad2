//! The digest that ties generated code to what it was made from. Shared by the client's build script, which has no
//! dependencies, and by the generator.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// FNV-1a, 64 bits: small, stable, and plenty to notice an edit. Not a defence against anybody.
pub fn fnv1a(parts: &[&[u8]]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        // A carriage return is left out, so that a checkout with other line ends has the same digest.
        for byte in part.iter().filter(|byte| **byte != b'\r') {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        // Parts are kept apart, so that moving text from one file to the next is noticed.
        hash = (hash ^ 0xff).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{hash:016x}")
}

/// The digest of the generator: its sources, and the versions of what it stands on.
pub fn of_generator(root: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    collect(&root.join("xtask/src/generate"), &mut files)?;
    files.sort();
    let mut contents = Vec::new();
    for file in &files {
        contents.push(fs::read(file).map_err(|error| named(file, &error))?);
    }
    let lock = root.join("Cargo.lock");
    let lock = fs::read_to_string(&lock).map_err(|error| named(&lock, &error))?;
    for package in ["progenitor-impl", "typify-impl", "prettyplease"] {
        contents.push(versions(&lock, package).into_bytes());
    }
    let parts: Vec<&[u8]> = contents.iter().map(Vec::as_slice).collect();
    Ok(fnv1a(&parts))
}

/// Name and versions of a package in a lock file.
pub fn versions(lock: &str, package: &str) -> String {
    let mut text = String::from(package);
    let mut lines = lock.lines();
    while let Some(line) = lines.next() {
        if line == format!("name = \"{package}\"") {
            text.push(' ');
            text.push_str(lines.next().unwrap_or_default().trim_start_matches("version = ").trim_matches('"'));
        }
    }
    text
}

/// Whether a file is one of ours, by its extension. A hidden one is not: beside a file that is being changed, Emacs keeps a link to
/// nowhere called `.#FILE`, and macOS may keep attributes in `._FILE`.
pub fn is_source(path: &Path, extension: &str) -> bool {
    let is_hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    !is_hidden && path.extension().is_some_and(|one| one == extension)
}

/// An error that names its file, which those of the standard library do not.
pub fn named(file: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", file.display()))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder).map_err(|error| named(folder, &error))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if is_source(&path, "rs") {
            files.push(path);
        }
    }
    Ok(())
}
