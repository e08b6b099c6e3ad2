//! Processes of this binary, as their parent sees them.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use crate::child::{Role, VARIABLE};

/// Longest wait for a child before the test is given up.
const WATCHDOG: Duration = Duration::from_secs(120);

/// A child and what it said. It is killed when it is dropped.
pub struct Process {
    child: Child,
    input: ChildStdin,
    events: Receiver<String>,
}

impl Process {
    /// Starts one, and waits until it is ready.
    pub fn start(role: &Role) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child::run", "--ignored", "--nocapture"])
            .env(VARIABLE, serde_json::to_string(role).unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, events) = channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                match line.strip_prefix("@ ") {
                    Some(event) => drop(sender.send(event.to_owned())),
                    None => eprintln!("child: {line}"),
                }
            }
        });
        let input = child.stdin.take().unwrap();
        let process = Self { child, input, events };
        process.expect("ready");
        process
    }

    /// Has it make a call, so many seconds after the start.
    pub fn call(&mut self, seconds: u64) {
        writeln!(self.input, "call {seconds}").unwrap();
    }

    /// Lets it pass the point where it stops, until the next call.
    pub fn let_on(&mut self) {
        writeln!(self.input, "on").unwrap();
    }

    /// The next thing it says.
    pub fn next(&self) -> String {
        self.events.recv_timeout(WATCHDOG).expect("the child says nothing")
    }

    /// What it says of a call when that ends, however long it waits for the lock.
    pub fn result(&self) -> String {
        let mut next = self.next();
        while matches!(next.as_str(), "Taken" | "Held" | "Saving" | "Saved") {
            next = self.next();
        }
        next
    }

    /// Waits until it says this, whatever it says before.
    pub fn expect(&self, event: &str) {
        loop {
            let next = self.next();
            if next == event {
                return;
            }
            assert!(next != "ok" && !next.starts_with("failed"), "waited for {event}, and the call ended: {next}");
        }
    }

    /// Ends it at once, wherever it is.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
