//! Embeds every document that lies beside `Cargo.toml`, so that a new one needs no code.

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    println!("cargo::rerun-if-changed={folder}");

    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        // A hidden one is none: Emacs keeps a link to nowhere called `.#FILE` beside a file that is being changed.
        if path.extension().is_some_and(|extension| extension == "yaml")
            && let Some(stem) = path.file_stem().and_then(|stem| stem.to_str())
            && !stem.starts_with('.')
        {
            names.push(stem.to_owned());
        }
    }
    names.sort();

    let mut code = String::from("/// The names of the embedded documents, sorted.\npub const NAMES: &[&str] = &[\n");
    for name in &names {
        code.push_str(&format!("    {name:?},\n"));
    }
    code.push_str("];\n\n/// Name, file and text of each document.\nconst DOCUMENTS: &[(&str, &str, &str)] = &[\n");
    for name in &names {
        let path = Path::new(&folder).join(format!("{name}.yaml"));
        code.push_str(&format!("    ({name:?}, {:?}, include_str!({path:?})),\n", format!("spec/{name}.yaml")));
    }
    code.push_str("];\n");
    fs::write(Path::new(&out).join("documents.rs"), code)
}
