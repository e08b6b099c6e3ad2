//! Whether generated code is older than what it was made from.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::digest::{fnv1a, is_source, named, of_generator};

/// Why the generated code is stale, if it is.
pub fn reason(root: &Path) -> io::Result<Option<String>> {
    let generator = of_generator(root)?;
    let generated = root.join("client/src/generated");
    let folder = root.join("spec");
    let mut documents: Vec<PathBuf> = fs::read_dir(&folder)
        .map_err(|error| named(&folder, &error))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_source(path, "yaml"))
        .collect();
    documents.sort();
    for document in documents {
        let stem = document.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let folder = generated.join(stem.replace('-', "_"));
        let module = folder.join("mod.rs");
        if !module.is_file() {
            return Ok(Some(format!("spec/{stem}.yaml has no generated code")));
        }
        let text = fs::read(&document).map_err(|error| named(&document, &error))?;
        let expected = [("spec", fnv1a(&[&text])), ("generator", generator.clone())];
        let files: Vec<PathBuf> = match fs::read_to_string(&module) {
            Ok(text) => parts(&text).map(|part| folder.join(format!("{part}.rs"))).collect(),
            // What is wrong with it is said below.
            Err(_) => Vec::new(),
        };
        for file in std::iter::once(module).chain(files) {
            let name = file.strip_prefix(root).unwrap_or(&file).display();
            let text = match fs::read_to_string(&file) {
                Ok(text) => text,
                Err(error) => return Ok(Some(format!("{name} cannot be read ({error})"))),
            };
            for (what, digest) in &expected {
                let line = format!("// {what} digest (fnv1a-64): {digest}");
                if !text.lines().take(8).any(|head| head == line) {
                    let cause = match *what {
                        "spec" => format!("spec/{stem}.yaml has changed"),
                        _ => "the generator has changed".to_owned(),
                    };
                    return Ok(Some(format!("{name} is stale: {cause}")));
                }
            }
        }
    }
    Ok(None)
}

/// The modules that a generated `mod.rs` declares. Whatever else lies beside it (an editor's backup, what a file manager
/// leaves) is not compiled and no concern of ours.
fn parts(module: &str) -> impl Iterator<Item = &str> {
    module.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
}
