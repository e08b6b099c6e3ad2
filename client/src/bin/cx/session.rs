//! Sessions that outlive the tool: `cx login` starts them, later calls find them again.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use cx_client::{auth::FileStore, operation::Api};
use serde::{Deserialize, Serialize};

use crate::{exit::Failure, files, flags::kebab_case, secrets::plain_variable, settings::Settings};

/// Name of the account in the store, under which a later call finds the session.
pub const ACCOUNT: &str = "cx";

/// What is needed to find a session again, and is no secret. The tokens lie in the store.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub client_id: String,
    pub scope: Option<String>,
}

/// Where sessions are kept, if the environment names a place.
fn folder() -> Option<PathBuf> {
    let path = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    path("CX_SESSION_DIR")
        .or_else(|| path("XDG_STATE_HOME").map(|state| state.join("cx")))
        .or_else(|| path("HOME").map(|home| home.join(".local/state/cx")))
        .or_else(|| path("LOCALAPPDATA").map(|state| state.join("cx")))
}

/// The store of tokens.
pub fn store() -> Option<FileStore> {
    folder().map(|folder| FileStore::new(folder.join("tokens")))
}

/// The file of a session. A session is good at the server that it was started at, and each has its own.
fn file(api: &Api, settings: &Settings) -> Option<PathBuf> {
    folder().map(|folder| folder.join(name(api, settings.token_server())))
}

fn name(api: &Api, server: Option<&str>) -> String {
    match server.filter(|server| server.trim_end_matches('/') != api.server) {
        Some(server) => format!("{}-{}.json", api.name, kebab_case(server)),
        None => format!("{}.json", api.name),
    }
}

/// The session of an API, if one was started at the server that is asked.
pub fn read(api: &Api, settings: &Settings) -> Option<Session> {
    // A file that is not there and one that is damaged both mean: log in.
    serde_json::from_slice(&fs::read(file(api, settings)?).ok()?).ok()
}

/// Remembers a session.
///
/// # Errors
/// A folder that cannot be written to, or none.
pub fn write(api: &Api, settings: &Settings, session: &Session) -> Result<(), Failure> {
    let refuse = |reason: String| {
        Failure::usage(format!("the session cannot be kept: {reason}")).then("name a folder in CX_SESSION_DIR")
    };
    let path = file(api, settings).ok_or_else(|| refuse("there is no home folder".to_owned()))?;
    let text = serde_json::to_vec_pretty(session).map_err(|error| refuse(error.to_string()))?;
    put(&path, &text).map_err(|error| refuse(error.to_string()))
}

/// Forgets a session. Its tokens are the store's.
///
/// # Errors
/// A file that stays.
pub fn forget(api: &Api, settings: &Settings) -> Result<(), Failure> {
    let Some(path) = file(api, settings) else { return Ok(()) };
    files::remove(&path).map_err(|error| {
        Failure::usage(format!("the session in {} cannot be removed: {error}", path.display()))
            .then("remove that file, which holds no token")
    })
}

fn put(path: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // A scope may hold an e-mail address.
    files::replace(path, text)
}

/// The scope to ask for, if the environment names one.
///
/// # Errors
/// As [`plain_variable`].
pub fn scope() -> Result<Option<String>, Failure> {
    plain_variable("CX_SCOPE")
}

#[cfg(test)]
mod tests {
    use cx_client::generated::REGISTRY;

    use super::*;

    #[test]
    fn each_server_has_a_session_of_its_own() {
        let api = REGISTRY.first().unwrap().api;
        let usual = format!("{}.json", api.name);
        for server in [None, Some(api.server.to_owned()), Some(format!("{}/", api.server))] {
            assert_eq!(name(api, server.as_deref()), usual, "{server:?}");
        }
        for server in ["http://127.0.0.1:8917", "http://127.0.0.1:8917/"] {
            assert_eq!(name(api, Some(server)), format!("{}-http-127-0-0-1-8917.json", api.name));
        }
    }
}
