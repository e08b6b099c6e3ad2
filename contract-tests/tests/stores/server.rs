//! A Redis server for one test.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// A server that listens in a folder of its own and ends with the value.
pub struct Server {
    process: Child,
    folder: TempDir,
}

impl Server {
    /// Starts one; `None`, and a word about it, where there is no `redis-server`.
    pub fn start() -> Option<Self> {
        Self::with(&[])
    }

    /// Starts one with further settings.
    pub fn with(settings: &[&str]) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let process = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--daemonize", "no"])
            .arg("--unixsocket")
            .arg(socket(&folder))
            .args(settings)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut process) = process else {
            eprintln!("left out: there is no redis-server on the PATH");
            return None;
        };
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = lines.any(|line| line.unwrap().to_lowercase().contains("ready to accept connections"));
        assert!(ready, "the Redis server ended before it was ready");
        // Its pipe stays open, or a later line would end it.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { process, folder })
    }

    /// Address of the server.
    pub fn url(&self) -> String {
        format!("unix://{}", socket(&self.folder).display())
    }

    /// A connection beside that of the store.
    pub async fn connection(&self) -> redis::aio::MultiplexedConnection {
        let client = redis::Client::open(self.url()).unwrap();
        client.get_multiplexed_async_connection().await.unwrap()
    }

    /// Answers from now on at the address of another, whose connections stay.
    pub fn take_the_place_of(&self, other: &Self) {
        std::fs::rename(socket(&self.folder), socket(&other.folder)).unwrap();
    }

    /// Names of all keys.
    pub async fn keys(&self) -> Vec<String> {
        redis::cmd("KEYS").arg("*").query_async(&mut self.connection().await).await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn socket(folder: &TempDir) -> PathBuf {
    folder.path().join("redis.sock")
}
