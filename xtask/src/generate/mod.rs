//! `cargo xtask gen`: from documents to code.
//!
//! Load, lower to what progenitor takes, generate, bend the syntax tree to our runtime, write the tables that the
//! runtime reads, format. Nothing here names a vendor, an operation or a path.

mod commands;
mod digest;
mod dispatch;
mod engine;
pub mod files;
mod guide;
mod lower;
mod mend;
pub mod names;
mod output;
mod registry;
mod reply;
#[cfg(test)]
#[path = "../../../client/build/stale.rs"]
mod stale;
mod standalone;
mod table;
mod tree;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use cx_spec::{Api, Document};

pub use digest::is_source;
pub use lower::{PASSES, delimiter};
pub use output::{Output, compare, leftovers, remove, write};
pub use standalone::standalone;

/// Where the code of the client goes.
const CLIENT: &str = "client/src/generated";

/// Documents that only tests use: made-up vendors, and where the code generated from them goes.
const TEST_DOCUMENTS: (&str, &str) = ("contract-tests/mock/tests/fixtures", "contract-tests/tests/suite/generated");

/// Pairs of API and module name.
type Modules = Vec<(String, String)>;

/// Where generated code will live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// In the client, whose features gate parts of it.
    Client,
    /// In another crate, which has none of them.
    Elsewhere,
}

/// One API, generated.
pub struct Generated {
    /// Rust name of the module.
    pub module: String,
    /// Files of the module: name and text.
    pub files: Vec<(String, String)>,
    /// What could not be expressed.
    pub unsupported: Vec<lower::Unsupported>,
}

/// Everything that is generated into the client, for the workspace at `root`.
pub fn workspace(root: &Path) -> Result<Vec<Output>> {
    let generator = digest::of_generator(root).context("cannot read the generator's own sources")?;
    let folder = root.join(CLIENT);
    let (mut outputs, modules) = folder_of(root, "spec", &folder, Home::Client, &generator)?;
    let features = registry::features(root)?;
    outputs.push(Output { path: folder.join("mod.rs"), text: registry::module(&modules, &features) });

    let (documents, folder) = TEST_DOCUMENTS;
    let folder = root.join(folder);
    let (tests, modules) = folder_of(root, documents, &folder, Home::Elsewhere, &generator)?;
    outputs.extend(tests);
    outputs.push(Output { path: folder.join("mod.rs"), text: registry::test_module(&modules) });
    Ok(outputs)
}

/// The features of the client that stand for a document each.
pub fn document_features(root: &Path) -> Result<Vec<String>> {
    let features = registry::features(root)?.into_iter();
    Ok(features.filter(|feature| cx_spec::NAMES.contains(&feature.as_str())).collect())
}

/// The folders that hold generated code, and nothing else.
pub fn folders(root: &Path) -> [PathBuf; 2] {
    [CLIENT, TEST_DOCUMENTS.1].map(|folder| root.join(folder))
}

/// Generates all documents of one folder into another.
fn folder_of(
    root: &Path,
    documents: &str,
    folder: &Path,
    home: Home,
    generator: &str,
) -> Result<(Vec<Output>, Modules)> {
    let (mut outputs, mut modules) = (Vec::new(), Vec::new());
    let paths = self::documents(&root.join(documents))?;
    let apis = paths.iter().map(|path| load(root, path)).collect::<Result<Vec<_>>>()?;
    for api in &apis {
        let file = api.document().file();
        check_name(api.name(), file)?;
        if home == Home::Client {
            registry::check_name(api.name(), file)?;
            registry::check_operations(api)?;
        }
    }
    for (api, generated) in apis.iter().zip(generate_all(&apis, home)?) {
        let heading = heading(api, generator);
        is_whole(api, &generated.unsupported)?;
        for (name, text) in generated.files {
            let path = folder.join(&generated.module).join(name);
            outputs.push(Output { path, text: format!("{heading}{text}") });
        }
        modules.push((api.name().to_owned(), generated.module));
    }
    Ok((outputs, modules))
}

/// Our own documents are generated whole or not at all. Every report is a line of the error.
fn is_whole(api: &Api, unsupported: &[lower::Unsupported]) -> Result<()> {
    let (document, line) = (api.document(), |pointer: &str| api.document().place(pointer).line);
    let reports = unsupported.iter().map(|one| format!("{}:{}: {one}", document.file(), line(&one.pointer)));
    let reports: Vec<String> = reports.collect();
    ensure!(reports.is_empty(), "{}", reports.join("\n"));
    Ok(())
}

/// Generates all APIs, each in a thread of its own.
fn generate_all(apis: &[Api], home: Home) -> Result<Vec<Generated>> {
    std::thread::scope(|scope| {
        let start = |api| roomy_thread().spawn_scoped(scope, move || generate(api, apis, home));
        let threads = apis.iter().map(start).collect::<std::io::Result<Vec<_>>>()?;
        let end = |thread: std::thread::ScopedJoinHandle<'_, Result<Generated>>| match thread.join() {
            Ok(generated) => generated,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        threads.into_iter().map(end).collect()
    })
}

/// A thread with room for the recursion of the generator on deeply nested schemas.
fn roomy_thread() -> std::thread::Builder {
    std::thread::Builder::new().stack_size(64 * 1024 * 1024)
}

/// The documents of a folder, sorted.
///
/// # Errors
/// A folder without any: all code that was generated from it would be taken for left over, and a check of it show nothing.
pub fn documents(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        // Neither the loader nor the client's build script would see it.
        ensure!(!is_source(&path, "yml"), "{}: write `.yaml`", path.display());
        if is_source(&path, "yaml") {
            paths.push(path);
        }
    }
    ensure!(!paths.is_empty(), "{} holds no document", folder.display());
    paths.sort();
    Ok(paths)
}

/// Loads a document, naming it in messages as it stands below `root`.
pub fn load(root: &Path, path: &Path) -> Result<Api> {
    let shown = path.strip_prefix(root).unwrap_or(path).display().to_string();
    let name = path.file_stem().and_then(|stem| stem.to_str());
    let name = name.with_context(|| format!("{shown}: a document needs a name in plain text"))?;
    let text = std::fs::read_to_string(path).with_context(|| format!("{shown} cannot be read"))?;
    Ok(Api::index(Document::parse(name, &shown, &text)?)?)
}

/// Generates one API. `all` are the documents beside it, of which one may have its token operation.
pub fn generate(api: &Api, all: &[Api], home: Home) -> Result<Generated> {
    let mut view = lower::lower(api);
    let (file, calls) = engine::run_what_can_be(&mut view, api, |tokens, view| {
        let mut file: syn::File = syn::parse2(tokens).context("progenitor wrote something that is not Rust")?;
        let calls = tree::bend(&mut file, api, view)?;
        Ok((file, calls))
    })
    .with_context(|| format!("{}: progenitor refuses the view", api.document().file()))?;
    let module = module_name(api.name());
    let schemas = tree::schemas(&file, &view);
    let mut files = tree::split(file, api, home)?;
    files.push(("operations.rs".to_owned(), table::module(api, all, &view)?));
    files.push(("dispatch.rs".to_owned(), dispatch::module(&calls, &schemas)?));
    files.push(("guides.rs".to_owned(), guide::module(api, &view)?));
    Ok(Generated { module, files, unsupported: view.unsupported })
}

/// The title of an API, on one line.
fn title(api: &Api) -> String {
    let title = api.document().at("/info").and_then(|info| info.text("title")).unwrap_or(api.name());
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The Rust name of an API's module.
fn module_name(api: &str) -> String {
    api.replace(|c: char| !c.is_ascii_alphanumeric(), "_").to_ascii_lowercase()
}

/// A document's name has to be good for a module, a command of `cx`, and the folder where the client's build script looks for
/// the code.
fn check_name(name: &str, file: &str) -> Result<()> {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    ensure!(
        plain && syn::parse_str::<syn::Ident>(&module_name(name)).is_ok(),
        "{file}: no module can be called `{name}`: write small letters, digits and hyphens, a letter first, and no keyword \
         of Rust"
    );
    Ok(())
}

fn heading(api: &Api, generator: &str) -> String {
    format!(
        "// @generated by `cargo xtask gen` from {file}. Do not edit: change the document or the generator.\n\
         // spec digest (fnv1a-64): {spec}\n\
         // generator digest (fnv1a-64): {generator}\n",
        file = api.document().file(),
        spec = digest::fnv1a(&[api.document().text().as_bytes()]),
    )
}

/// Formats items as a file.
fn print(items: Vec<syn::Item>) -> String {
    prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items })
}

/// Parses generated tokens as items and formats them.
fn print_tokens(tokens: proc_macro2::TokenStream) -> Result<String> {
    let file: syn::File = syn::parse2(tokens).context("the generator wrote something that is not Rust")?;
    Ok(prettyplease::unparse(&file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_a_document_cannot_express_is_told_at_once_with_its_lines() {
        let ok = "responses: {'200': {description: ok}}";
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /a:\n    get: {{operationId: getA, {ok}}}\n    \
             put: {{operationId: put_a, {ok}}}\n    post: {{operationId: client, {ok}}}\n"
        );
        let api = Api::index(Document::parse("t", "spec/t.yaml", &text).unwrap()).unwrap();
        let reports = is_whole(&api, &lower::lower(&api).unsupported).unwrap_err().to_string();
        let lines: Vec<&str> = reports.lines().collect();
        assert_eq!(
            lines,
            [
                "spec/t.yaml:5: left out: /paths/~1a/get: `operationId: getA` is no name of a method: write `get_a`",
                "spec/t.yaml:7: left out: /paths/~1a/post: `operationId: client` is a name of the runtime's",
            ]
        );
        assert!(is_whole(&api, &[]).is_ok());
    }

    #[test]
    fn a_document_that_nothing_would_see_is_refused_and_so_is_a_folder_of_none() {
        let folder = tempfile::tempdir().unwrap();
        assert!(documents(folder.path()).unwrap_err().to_string().ends_with(" holds no document"));
        std::fs::write(folder.path().join("a.yaml"), "").unwrap();
        assert_eq!(documents(folder.path()).unwrap(), [folder.path().join("a.yaml")]);
        std::fs::write(folder.path().join("b.yml"), "").unwrap();
        assert!(documents(folder.path()).unwrap_err().to_string().ends_with("b.yml: write `.yaml`"));
    }

    #[test]
    fn what_editors_keep_beside_a_document_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let document = folder.path().join("a.yaml");
        for name in ["a.yaml", ".a.yaml", "._a.yaml", ".b.yml", ".a.yaml.swp", "a.yaml~", "#a.yaml#"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("pat@example.com.1234", folder.path().join(".#a.yaml")).unwrap();
        assert_eq!(documents(folder.path()).unwrap(), [document]);
    }

    #[test]
    fn what_lies_beside_generated_code_and_its_sources_does_not_make_it_stale() {
        let root = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &[u8]| {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let stale = || stale::reason(root.path()).unwrap();
        put("Cargo.lock", b"");
        put("spec/a-b.yaml", b"openapi: 3.0.3");
        put("xtask/src/generate/mod.rs", b"");
        assert_eq!(stale().unwrap(), "spec/a-b.yaml has no generated code");

        let generator = digest::of_generator(root.path()).unwrap();
        let spec = digest::fnv1a(&[b"openapi: 3.0.3"]);
        let head = format!("// spec digest (fnv1a-64): {spec}\n// generator digest (fnv1a-64): {generator}\n");
        let module = format!("{head}\npub mod types;\npub mod inner {{}}\n");
        put("client/src/generated/a_b/mod.rs", module.as_bytes());
        put("client/src/generated/a_b/types.rs", head.as_bytes());
        #[cfg(unix)]
        std::os::unix::fs::symlink("pat@example.com.1234", root.path().join("spec/.#a-b.yaml")).unwrap();
        put("spec/._a-b.yaml", b"\xff");
        put("xtask/src/generate/._mod.rs", b"\xff");
        assert_eq!(stale(), None);
        for stray in [".DS_Store", "types.rs~", "._types.rs", "notes.rs"] {
            put(&format!("client/src/generated/a_b/{stray}"), b"\xff");
            assert_eq!(stale(), None, "{stray}");
        }

        put("client/src/generated/a_b/types.rs", b"\xff");
        assert!(stale().unwrap().contains("types.rs cannot be read"));
        put("client/src/generated/a_b/types.rs", head.replace(&spec, "0").as_bytes());
        assert!(stale().unwrap().ends_with("types.rs is stale: spec/a-b.yaml has changed"));
        put("client/src/generated/a_b/types.rs", head.replace(&generator, "0").as_bytes());
        assert!(stale().unwrap().ends_with("types.rs is stale: the generator has changed"));
    }

    #[test]
    fn a_document_has_a_name_that_a_module_can_have() {
        for (name, is_good) in [
            ("wide-world2", true),
            ("8x8", false),
            ("box", false),
            ("Wide", false),
            ("wide.world", false),
            ("wide_world", false),
        ] {
            assert_eq!(check_name(name, "spec/x.yaml").is_ok(), is_good, "{name}");
        }
    }
}
