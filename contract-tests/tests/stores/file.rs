//! What is special to files: rights, steps, strangers.
#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use cx_client::auth::{FileStore, TokenStore as _};

use crate::contract::{key, token};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The files of a folder with this ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == ending)).collect()
}

/// A store with one record, and the file of that.
async fn store(folder: &Path) -> (FileStore, PathBuf) {
    let path = folder.join("deep").join("tokens");
    let store = FileStore::new(&path);
    store.save(&key("pat@example.com"), &token("1")).await.unwrap();
    let [file] = &files(&path, "json")[..] else { panic!("one file") };
    (store, file.clone())
}

#[tokio::test]
async fn folder_and_files_are_their_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (store, file) = store(folder.path()).await;
    drop(store.lock(&key("pat@example.com")).await.unwrap());
    store.save(&key("pat@example.com"), &token("2")).await.unwrap();
    let tokens = file.parent().unwrap();
    assert_eq!((mode(tokens), mode(tokens.parent().unwrap())), (0o700, 0o700));
    let all: Vec<PathBuf> = fs::read_dir(tokens).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(all.len(), 3, "record, lock and fence: {all:?}");
    assert!(all.iter().all(|file| mode(file) == 0o600), "{all:?}");
}

#[tokio::test]
async fn a_record_names_neither_account_nor_scope_outside_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let (_, file) = store(folder.path()).await;
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("access-1") && text.contains("https://api.example.com"), "{text}");
    assert!(!text.contains("pat@") && !file.display().to_string().contains("pat@"), "{text}");
}

#[tokio::test]
async fn what_others_can_read_or_change_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (store, file) = store(folder.path()).await;
    for bits in [0o640, 0o604, 0o620] {
        set_mode(&file, bits);
        let error = store.load(&key("pat@example.com")).await.unwrap_err().to_string();
        assert!(error.contains("0600"), "{error}");
        assert!(store.save(&key("pat@example.com"), &token("2")).await.is_err());
        assert!(store.clear(&key("pat@example.com")).await.is_err());
    }
    set_mode(&file, 0o600);
    assert_eq!(store.load(&key("pat@example.com")).await.unwrap(), Some(token("1")));
    set_mode(file.parent().unwrap(), 0o777);
    let error = store.save(&key("pat@example.com"), &token("2")).await.unwrap_err().to_string();
    assert!(error.contains("changed by others"), "{error}");
    assert!(store.lock(&key("pat@example.com")).await.is_err());
    set_mode(file.parent().unwrap(), 0o755);
    store.save(&key("pat@example.com"), &token("2")).await.unwrap();
}

#[tokio::test]
async fn what_is_not_a_record_is_neither_used_nor_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (store, file) = store(folder.path()).await;
    let good = fs::read_to_string(&file).unwrap();
    let key = key("pat@example.com");
    for (text, reason) in [
        ("", "line 1, column 0"),
        ("{\"access_token\": \"access-9", "line 1"),
        ("notes of somebody else", "not a token record"),
        (&good.replace("token/1", "token/2"), "another format"),
        (&good.replace("api.example.com", "api.example.eu"), "another session"),
        (&good[..good.len() / 2], "not a token record"),
        (&good.replace("\"access-1\"", "12345678"), "not a token record"),
    ] {
        fs::write(&file, text).unwrap();
        let error = store.load(&key).await.unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains(".json"), "{text}: {error}");
        assert!(!["access-1", "access-9", "12345678", "notes"].iter().any(|part| error.contains(part)), "{error}");
        assert!(store.save(&key, &token("2")).await.is_err());
        assert!(store.clear(&key).await.is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
}

#[tokio::test]
async fn a_link_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let (store, file) = store(folder.path()).await;
    let elsewhere = folder.path().join("elsewhere");
    fs::rename(&file, &elsewhere).unwrap();
    symlink(&elsewhere, &file).unwrap();
    assert!(store.load(&key("pat@example.com")).await.is_err());
    assert!(store.save(&key("pat@example.com"), &token("2")).await.is_err());
}

#[tokio::test]
async fn what_a_write_that_died_left_behind_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let (store, file) = store(folder.path()).await;
    let half = file.with_extension("new");
    fs::write(&half, "{\"format\"").unwrap();
    set_mode(&half, 0o644);
    assert_eq!(store.load(&key("pat@example.com")).await.unwrap(), Some(token("1")));
    store.save(&key("pat@example.com"), &token("2")).await.unwrap();
    assert_eq!(store.load(&key("pat@example.com")).await.unwrap(), Some(token("2")));
    assert!(!half.exists());
    assert_eq!(mode(&file), 0o600);
}

#[tokio::test]
async fn no_token_is_left_of_a_session_that_was_cleared() {
    let folder = tempfile::tempdir().unwrap();
    let (store, file) = store(folder.path()).await;
    let half = file.with_extension("new");
    // With a record beside it, and without.
    for _ in 0..2 {
        fs::write(&half, "{\"format\"").unwrap();
        store.clear(&key("pat@example.com")).await.unwrap();
        assert!(!half.exists() && !file.exists());
    }
}

#[tokio::test]
async fn a_fence_that_is_not_a_number_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let (store, file) = store(folder.path()).await;
    fs::write(file.with_extension("fence"), "many").unwrap();
    let error = store.lock(&key("pat@example.com")).await.unwrap_err().to_string();
    assert!(error.contains("number"), "{error}");
    assert!(store.save(&key("pat@example.com"), &token("2")).await.is_err());
    assert_eq!(store.load(&key("pat@example.com")).await.unwrap(), Some(token("1")));
}
