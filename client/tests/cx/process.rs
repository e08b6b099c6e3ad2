//! Running the tool.

use std::{
    io::{Read, Write},
    process::{Child, Command, Stdio},
};

use cx_mock::{MockVendor, MockVendorBuilder, issuer};
use serde_json::Value;

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// stdout as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// Checks the exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

/// A run to come. Its environment is empty but for what a test puts there.
pub struct Cx {
    command: Command,
    stdin: Option<String>,
}

/// A run with these arguments.
pub fn cx<I: IntoIterator<Item: AsRef<std::ffi::OsStr>>>(arguments: I) -> Cx {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cx"));
    command.env_clear().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    Cx { command, stdin: None }
}

/// A run against a vendor, with the bearer token that the mock always takes.
pub fn cx_at<I: IntoIterator<Item: AsRef<std::ffi::OsStr>>>(vendor: &MockVendor, arguments: I) -> Cx {
    cx(arguments).base_url(&vendor.base_url()).env("CX_TOKEN", issuer::ACCESS_TOKEN)
}

/// A run as the application that the mock always takes.
pub fn applicant(run: Cx) -> Cx {
    run.env("CX_CLIENT_ID", issuer::CLIENT_ID).env("CX_CLIENT_SECRET", issuer::CLIENT_SECRET)
}

/// A mock vendor for a document, with the one that has its tokens.
pub async fn vendor(name: &str) -> MockVendor {
    builder(name).start().await
}

/// The builder of such a vendor.
pub fn builder(name: &str) -> MockVendorBuilder {
    let api = cx_spec::embedded(name).unwrap();
    let tokens = api.oauth_document.as_ref().map(|name| cx_spec::embedded(name).unwrap());
    let builder = MockVendor::builder(api).record(1_000);
    match tokens {
        Some(tokens) => builder.tokens_from(tokens),
        None => builder,
    }
}

impl Cx {
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub fn base_url(self, url: &str) -> Self {
        self.arg("--base-url").arg(url)
    }

    pub fn stdin(mut self, text: &str) -> Self {
        self.stdin = Some(text.to_owned());
        self
    }

    /// The same run, to which every file is full after so many blocks of 512 bytes.
    #[cfg(unix)]
    pub fn with_files_of_at_most(self, blocks: u32) -> Self {
        // Whoever ignores the signal is told by the error of the write.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(script).arg(self.command.get_program()).args(self.command.get_args());
        command.env_clear().envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { command, stdin: self.stdin }
    }

    /// Starts it.
    pub fn start(mut self) -> Child {
        self.command.stdin(if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = self.command.spawn().unwrap();
        if let (Some(text), Some(mut stdin)) = (self.stdin, child.stdin.take()) {
            // A tool that refuses its arguments reads nothing.
            let _unread = stdin.write_all(text.as_bytes());
        }
        child
    }

    /// Starts it with all three streams somewhere else.
    pub fn start_on(mut self, stdin: Stdio, stdout: Stdio, stderr: Stdio) -> Child {
        self.command.stdin(stdin).stdout(stdout).stderr(stderr).spawn().unwrap()
    }

    /// Runs it to its end.
    pub async fn run(self) -> Ran {
        let child = self.start();
        finish(child).await
    }
}

/// Waits for the end, while the mock vendor goes on.
pub async fn finish(child: Child) -> Ran {
    tokio::task::spawn_blocking(move || {
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    })
    .await
    .unwrap()
}

/// Presses Ctrl-C.
#[cfg(unix)]
pub fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Reads from a stream until a text came whose end is known.
pub fn read_until(stream: &mut impl Read, end: impl Fn(&str) -> bool) -> String {
    let mut text = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte).unwrap() == 1 {
        text.push(byte[0]);
        if let Ok(text) = std::str::from_utf8(&text)
            && end(text)
        {
            break;
        }
    }
    String::from_utf8(text).unwrap()
}
