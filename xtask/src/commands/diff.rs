//! `cargo xtask diff`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use cx_spec::{Api, Document, Place};

use crate::{
    diff::{self, Base, Change, Comparison, Level},
    generate,
};

/// Names the breaking and the compatible changes of the documents, and the version they ask for.
#[derive(clap::Args)]
pub struct Arguments {
    /// The document before; without it, those of `spec/` are compared with what they were.
    #[arg(requires = "new", conflicts_with = "base")]
    old: Option<PathBuf>,
    /// The document after.
    new: Option<PathBuf>,
    /// Compare with this revision instead of the last tag or, if there is none, the commit before this one.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// How the changes are printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum Format {
    /// One line a change.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

pub fn run(root: &Path, arguments: &Arguments) -> Result<ExitCode> {
    let comparison = match (&arguments.old, &arguments.new) {
        (Some(old), Some(new)) => files(old, new)?,
        _ => match diff::base(root, arguments.base.as_deref())? {
            Base::Revision(revision) => revisions(root, &revision)?,
            Base::None(notice) => Comparison { notice: Some(notice), ..empty() },
        },
    };
    match arguments.format {
        Format::Text => print!("{}", diff::to_text(&comparison)),
        Format::Json => println!("{:#}", diff::to_json(&comparison)),
    }
    let (breaking, compatible) = (comparison.count(Level::Breaking), comparison.count(Level::Compatible));
    if comparison.notice.is_none() {
        let base = comparison.base.as_deref().unwrap_or_default();
        eprintln!("{breaking} breaking, {compatible} compatible since {base}");
    }
    Ok(if breaking == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn empty() -> Comparison {
    // All packages of the workspace share one version.
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Comparison { base: None, documents: Vec::new(), changes: Vec::new(), version, notice: None }
}

fn files(old: &Path, new: &Path) -> Result<Comparison> {
    let load = |path: &Path| -> Result<Api> { Ok(Api::index(Document::load(path)?)?) };
    let changes = diff::compare(&load(old)?, &load(new)?);
    let (base, documents) = (Some(old.display().to_string()), vec![new.display().to_string()]);
    Ok(Comparison { base, documents, changes, ..empty() })
}

fn revisions(root: &Path, revision: &str) -> Result<Comparison> {
    let mut changes = Vec::new();
    let mut documents = Vec::new();
    let before = diff::documents_at(root, revision)?;
    for path in &before {
        let old = index(path, &format!("{revision}:{path}"), &diff::document_at(root, revision, path)?)?;
        if root.join(path).is_file() {
            let new = generate::load(root, &root.join(path))?;
            changes.append(&mut diff::compare(&old, &new));
        } else {
            let place = old.document().place("");
            changes.push(Change {
                level: Level::Breaking,
                place,
                message: format!("the API `{}` is gone", old.name()),
            });
        }
        documents.push(path.clone());
    }
    for path in generate::documents(&root.join("spec"))? {
        let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        if !before.contains(&shown) {
            let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
            let place = Place { file: shown.clone(), line: 1, column: 1, pointer: String::new() };
            changes.push(Change { level: Level::Compatible, place, message: format!("the API `{name}` is new") });
            documents.push(shown);
        }
    }
    changes.sort();
    Ok(Comparison { base: Some(revision.to_owned()), documents, changes, ..empty() })
}

fn index(path: &str, shown: &str, text: &str) -> Result<Api> {
    let stem = Path::new(path).file_stem().and_then(|stem| stem.to_str()).context("a document has a name")?;
    let api = Document::parse(stem, shown, text).and_then(Api::index);
    api.context("the older document does not load by the rules of today; choose a later base")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, process::Command};

    const DOCUMENT: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: get_a\n      \
        responses: {'204': {description: ok}}\n";

    fn git(root: &Path, arguments: &[&str]) {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").arg("-C").arg(root).args(identity).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// A workspace of two documents, committed and tagged once.
    fn workspace() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("spec")).unwrap();
        fs::write(root.join("spec/one.yaml"), DOCUMENT).unwrap();
        fs::write(root.join("spec/two.yaml"), DOCUMENT).unwrap();
        git(root, &["init", "--quiet"]);
        git(root, &["add", "."]);
        git(root, &["commit", "--quiet", "-m", "first"]);
        folder
    }

    fn base(root: &Path, wanted: Option<&str>) -> String {
        match diff::base(root, wanted) {
            Ok(Base::Revision(revision)) => revision,
            Ok(Base::None(notice)) => format!("notice: {notice}"),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn compares_the_folder_with_a_revision() {
        let folder = workspace();
        let root = folder.path();
        fs::write(root.join("spec/one.yaml"), DOCUMENT.replace("get_a", "read_a")).unwrap();
        fs::remove_file(root.join("spec/two.yaml")).unwrap();
        fs::write(root.join("spec/three.yaml"), DOCUMENT).unwrap();
        let comparison = revisions(root, "HEAD").unwrap();
        let messages: Vec<_> = comparison.changes.iter().map(|change| change.message.as_str()).collect();
        assert_eq!(
            messages,
            ["the API `two` is gone", "`Client::get_a` is named `Client::read_a` now", "the API `three` is new"]
        );
        assert_eq!(comparison.documents, ["spec/one.yaml", "spec/two.yaml", "spec/three.yaml"]);
    }

    #[test]
    fn takes_the_last_tag_then_the_commit_before() {
        let folder = workspace();
        let root = folder.path();
        assert!(base(root, None).ends_with("is the first commit"), "{}", base(root, None));
        git(root, &["commit", "--quiet", "--allow-empty", "-m", "second"]);
        assert_eq!(base(root, None), "HEAD~1");
        git(root, &["tag", "v0.1.0", "HEAD~1"]);
        assert_eq!(base(root, None), "v0.1.0");
    }

    #[test]
    fn a_history_that_is_cut_off_is_not_taken_for_a_first_commit() {
        let folder = workspace();
        let root = folder.path();
        git(root, &["commit", "--quiet", "--allow-empty", "-m", "second"]);
        git(root, &["clone", "--quiet", "--depth", "1", &format!("file://{}", root.display()), "clone"]);
        let notice = base(&root.join("clone"), None);
        assert!(notice.starts_with("notice: the history is cut off before this commit"), "{notice}");
    }

    #[test]
    fn no_history_is_a_notice_and_a_wrong_revision_an_error() {
        let folder = workspace();
        assert_eq!(base(folder.path(), Some("HEAD~9")), "notice: the history does not reach back to HEAD~9");
        assert!(base(folder.path(), Some("v9")).starts_with("error: git knows no revision `v9`"));
        let bare = tempfile::tempdir().unwrap();
        assert_eq!(base(bare.path(), Some("v9")), "notice: there is no git history here");
    }
}
