//! Documents as they were: what git remembers of them.

use std::{
    io,
    path::Path,
    process::{Command, Output},
};

use anyhow::{Context, Result, bail};

use crate::generate::is_source;

/// What there is to compare with.
pub enum Base {
    /// A revision that git knows.
    Revision(String),
    /// Nothing, and why.
    None(String),
}

/// The revision to compare with: the one that is asked for, else the last tag, else the commit before this one.
///
/// # Errors
/// A revision that is asked for by name and unknown, in a repository that has commits; a repository that git refuses to read.
pub fn base(root: &Path, wanted: Option<&str>) -> Result<Base> {
    if let Err(error) = git(root, &["--version"]) {
        return Ok(Base::None(format!("git, which knows the older documents, cannot be run ({error})")));
    }
    let Some(head) = resolve(root, "HEAD") else {
        return without_commits(root);
    };
    if let Some(wanted) = wanted {
        return match resolve(root, wanted) {
            Some(_) => Ok(Base::Revision(wanted.to_owned())),
            // Before the first commit there is nothing, which is no mistake of whoever asks.
            None if wanted.starts_with("HEAD") || wanted.starts_with('@') => {
                Ok(Base::None(format!("the history does not reach back to {wanted}")))
            }
            None => bail!("git knows no revision `{wanted}`: name a commit, a tag or a branch (fetch it first?)"),
        };
    }
    if let Some(tag) = line(root, &["describe", "--tags", "--abbrev=0", "HEAD"]) {
        return Ok(Base::Revision(tag));
    }
    match resolve(root, "HEAD~1") {
        Some(_) => Ok(Base::Revision("HEAD~1".to_owned())),
        None if is_shallow(root) => {
            let notice = "the history is cut off before this commit; `git fetch --unshallow` brings the rest";
            Ok(Base::None(notice.to_owned()))
        }
        None => Ok(Base::None(format!("{} is the first commit", head.get(..12).unwrap_or(&head)))),
    }
}

/// A folder without a repository, and a repository without a commit, have no history. One that git does not read, such as that
/// of another user in a container, may have one.
fn without_commits(root: &Path) -> Result<Base> {
    let output = git(root, &["rev-parse", "--git-dir"]).context("git cannot be run")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() || said.contains("not a git repository") {
        return Ok(Base::None("there is no git history here".to_owned()));
    }
    bail!("git does not read the history: {}", said.trim())
}

/// The documents of a revision: paths below the root of the workspace.
///
/// # Errors
/// git, which knew the revision a moment ago, fails.
pub fn documents_at(root: &Path, revision: &str) -> Result<Vec<String>> {
    let listed = text(root, &["ls-tree", "--name-only", revision, "spec/"])?;
    Ok(listed.lines().filter(|line| is_source(Path::new(line), "yaml")).map(str::to_owned).collect())
}

/// The text of a document in a revision.
///
/// # Errors
/// As [`documents_at`].
pub fn document_at(root: &Path, revision: &str, path: &str) -> Result<String> {
    // `./` because the workspace need not be the root of the repository.
    text(root, &["show", &format!("{revision}:./{path}")])
}

fn resolve(root: &Path, revision: &str) -> Option<String> {
    // A revision that begins with a dash would be an option.
    if revision.starts_with('-') {
        return None;
    }
    let commit = format!("{revision}^{{commit}}");
    line(root, &["rev-parse", "--quiet", "--verify", &commit])
}

/// Whether the repository is a clone that was told to leave out what is older.
fn is_shallow(root: &Path) -> bool {
    line(root, &["rev-parse", "--is-shallow-repository"]).is_some_and(|line| line == "true")
}

/// The one line that git answers with; none where it has no answer.
fn line(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = git(root, arguments).ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn text(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = git(root, arguments).context("git cannot be run")?;
    if !output.status.success() {
        bail!("git {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).context("git printed something that is not UTF-8")
}

/// In English, so that its messages can be told apart.
fn git(root: &Path, arguments: &[&str]) -> io::Result<Output> {
    Command::new("git").env("LC_ALL", "C").arg("-C").arg(root).args(arguments).output()
}
