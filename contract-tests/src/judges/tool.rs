//! Where the judges are installed, and how they are run.

use std::{
    env,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A judge that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(300);
/// How often it is looked whether a judge has ended.
const LOOK: Duration = Duration::from_millis(50);

/// The folders that judges are looked for in.
#[derive(Clone, Debug)]
pub(super) struct Toolbox {
    root: PathBuf,
}

/// What a judge wrote, and how it ended.
pub(super) struct Output {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Toolbox {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// A program of `.judges`, else of the path.
    pub(super) fn program(&self, name: &str) -> Option<PathBuf> {
        let own = [self.judges().join("bin"), self.judges().join("node_modules/.bin")];
        let path = env::var_os("PATH").unwrap_or_default();
        own.into_iter().chain(env::split_paths(&path)).map(|folder| folder.join(name)).find(|file| file.is_file())
    }

    /// A file inside a Python package of `.judges`.
    pub(super) fn python_file(&self, file: &str) -> Option<PathBuf> {
        let versions = self.judges().join("lib").read_dir().ok()?.filter_map(Result::ok);
        let mut found: Vec<PathBuf> = versions
            .map(|version| version.path().join("site-packages").join(file))
            .filter(|file| file.is_file())
            .collect();
        found.sort();
        found.pop()
    }

    /// A file of `spec/judges`.
    pub(super) fn settings(&self, file: &str) -> PathBuf {
        self.root.join("spec/judges").join(file)
    }

    /// The document of an API.
    pub(super) fn document(&self, api: &str) -> PathBuf {
        self.root.join("spec").join(format!("{api}.yaml"))
    }

    fn judges(&self) -> PathBuf {
        self.root.join(".judges")
    }
}

/// A command that talks to loopback only and says nothing of itself to anybody.
pub(super) fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("NO_PROXY", "127.0.0.1,localhost").env("no_proxy", "127.0.0.1,localhost").env("NO_COLOR", "1");
    command
}

/// A process that ends when it is dropped.
pub(super) struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already is what this is about.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a command to its end. The runtime goes on meanwhile: a mock vendor has to answer.
pub(super) async fn finish(command: Command) -> Result<Output> {
    tokio::task::spawn_blocking(move || run(command, LIMIT)).await.context("a judge was lost")?
}

fn run(mut command: Command, limit: Duration) -> Result<Output> {
    let name = command.get_program().display().to_string();
    let child = command.spawn().with_context(|| format!("{name} cannot be started"))?;
    let mut running = Running(child);
    // Both are read at once, or a judge that fills the one while the other is read would wait for good.
    let (stdout, stderr) = (read(running.0.stdout.take()), read(running.0.stderr.take()));
    let started = Instant::now();
    let status = loop {
        if let Some(status) = running.0.try_wait()? {
            break status;
        }
        if started.elapsed() > limit {
            // Nobody waits for the readers: what the judge has started may live on and hold its output open.
            bail!("{name} did not end within {} s", limit.as_secs());
        }
        thread::sleep(LOOK);
    };
    let code = status.code().with_context(|| format!("{name} was ended by a signal"))?;
    let whole = |text: Receiver<String>| {
        let rest = limit.saturating_sub(started.elapsed());
        text.recv_timeout(rest).with_context(|| format!("{name} ended, and something that it started goes on"))
    };
    Ok(Output { code, stdout: whole(stdout)?, stderr: whole(stderr)? })
}

/// Reads to the end, on a thread of its own that nobody has to wait for.
fn read(from: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, text) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What a judge wrote before it was cut off is worth reading too.
        let _ = from.map(|mut from| from.read_to_end(&mut bytes));
        // Whoever has given up waiting does not want it.
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    text
}

/// The last lines of what a judge wrote, for an error.
pub(super) fn tail(output: &Output) -> String {
    last(&output.stdout.lines().chain(output.stderr.lines()).collect::<Vec<_>>())
}

/// The last lines of many.
pub(super) fn last(lines: &[impl AsRef<str>]) -> String {
    let shown = lines.iter().skip(lines.len().saturating_sub(30)).map(AsRef::as_ref);
    shown.collect::<Vec<_>>().join("\n")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// A shell that runs a script. What the script starts reads from us, and ends when the shell's owner lets go of it.
    fn shell(script: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        shell
    }

    #[test]
    fn nobody_waits_for_what_a_judge_has_started() {
        let error = run(shell("exec 3<&0; cat <&3 & wait"), Duration::from_millis(200)).err().unwrap();
        assert!(error.to_string().contains("did not end within"), "{error}");
        let error = run(shell("exec 3<&0; cat <&3 &"), Duration::from_secs(2)).err().unwrap();
        assert!(error.to_string().contains("something that it started goes on"), "{error}");
    }

    #[test]
    fn both_outputs_of_a_judge_are_whole() {
        let output = run(shell("echo yes; echo no >&2; exit 3"), LIMIT).unwrap();
        assert_eq!((output.code, output.stdout.as_str(), output.stderr.as_str()), (3, "yes\n", "no\n"));
    }
}
