//! Files of each kind, as they go over the wire.

use std::{
    error::Error as _,
    fs,
    io::{self, Write as _},
};

use futures_util::{TryStreamExt as _, stream};
use proptest::prelude::*;
use serde_json::json;
use tokio::{
    fs::File,
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::{
    content::{CHUNK, Fault, Guard, chunks},
    *,
};
use crate::error::Sent;

fn piecewise(pieces: &[&'static str]) -> Upload {
    let pieces: Vec<io::Result<Bytes>> =
        pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect();
    Upload::stream("people.csv", stream::iter(pieces))
}

/// Sends the part to a server that reads everything, and returns what it got or the error.
async fn send(part: Part) -> Result<String, reqwest::Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut got = Vec::new();
        // The closing boundary ends with two dashes.
        while !got.ends_with(b"--\r\n") && !got.ends_with(b"--\r\n\r\n0\r\n\r\n") {
            if socket.read_buf(&mut got).await.unwrap() == 0 {
                return got;
            }
        }
        socket.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        got
    });
    let form = reqwest::multipart::Form::new().part("file", part);
    let client = crate::client::http_client(true, &[]).unwrap();
    client.post(format!("http://{address}/")).multipart(form).send().await?;
    Ok(String::from_utf8(server.await.unwrap()).unwrap())
}

#[test]
fn debug_and_json_do_not_hold_the_content() {
    let upload = Upload::bytes("people.csv", "pat@example.com");
    assert_eq!(format!("{upload:?}"), r#"Upload { file_name: "people.csv", len: Some(15) }"#);
    assert_eq!(serde_json::to_value(&upload).unwrap(), json!("<file people.csv>"));
    assert_eq!(format!("{:?}", piecewise(&["pat"])), r#"Upload { file_name: "people.csv", len: None }"#);
}

#[test]
fn uploads_are_equal_if_they_send_the_same() {
    let (bytes, path, stream) =
        (Upload::bytes("people.csv", "a,b\n"), Upload::path("/tmp/people.csv"), piecewise(&["a,b\n"]));
    for upload in [&bytes, &path, &stream] {
        assert_eq!(*upload, upload.clone());
        assert_ne!(*upload, upload.clone().with_file_name("others.csv"));
        assert_ne!(*upload, upload.clone().with_content_type("text/csv"));
    }
    assert_eq!(bytes, Upload::bytes("people.csv", "a,b\n"));
    assert_ne!(bytes, Upload::bytes("people.csv", "a;b\n"));
    assert_eq!(path, Upload::path("/tmp/people.csv"));
    assert_ne!(path, Upload::path("/srv/people.csv"));
    // Nobody knows what another stream will bring.
    assert_ne!(stream, piecewise(&["a,b\n"]));
    assert!(bytes != path && path != stream && stream != bytes);
}

#[tokio::test]
async fn a_file_is_read_in_pieces_of_64_kib() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&[b'a'; 65_536 + 1]).unwrap();
    let pieces: Vec<Bytes> = chunks(File::open(file.path()).await.unwrap()).try_collect().await.unwrap();
    assert_eq!(pieces.iter().map(Bytes::len).collect::<Vec<_>>(), [65_536, 1]);
}

#[tokio::test]
async fn decodes_from_a_string_and_from_an_object() {
    for (json, name) in [
        (json!("a,b\n"), "upload"),
        (json!({"file_name": "x.csv", "content": "a,b\n"}), "x.csv"),
        (json!({"file_name": "x.csv", "value": "a,b\n", "content_type": "text/csv"}), "x.csv"),
        (json!({"file_name": "x.csv", "content_base64": "YSxiCg=="}), "x.csv"),
    ] {
        let upload: Upload = serde_json::from_value(json).unwrap();
        assert_eq!((upload.file_name(), upload.len()), (name, Some(4)));
        assert!(upload.to_part(Some(4)).await.is_ok());
    }
    for json in [
        json!(null),
        json!(1),
        json!([]),
        json!({}),
        json!({"file_name": "x"}),
        json!({"file_name": "x", "content_base64": "?"}),
    ] {
        assert!(serde_json::from_value::<Upload>(json).is_err());
    }
}

#[tokio::test]
async fn content_in_memory_is_sent_with_name_type_and_length() {
    let upload = Upload::bytes("people.csv", "a,b\n1,2\n").with_content_type("text/csv");
    for _ in 0..2 {
        let got = send(upload.to_part(Some(8)).await.unwrap()).await.unwrap();
        assert!(got.contains("filename=\"people.csv\"\r\nContent-Type: text/csv\r\n"), "{got}");
        assert!(got.contains("\r\n\r\na,b\n1,2\n\r\n--"), "{got}");
        assert!(got.to_lowercase().contains("content-length: "), "{got}");
    }
}

#[tokio::test]
async fn a_file_is_sent_under_the_name_that_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tmp-4711");
    fs::write(&path, "a,b\n").unwrap();
    let upload = Upload::path(&path).with_file_name("people.csv");
    assert_eq!(upload.file_name(), "people.csv");
    let got = send(upload.to_part(None).await.unwrap()).await.unwrap();
    assert!(got.contains("filename=\"people.csv\"\r\n") && !got.contains("tmp-4711"), "{got}");
}

#[tokio::test]
async fn a_larger_file_is_refused_before_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    fs::write(&path, "12345").unwrap();
    for upload in [Upload::bytes("people.csv", "12345"), Upload::path(&path)] {
        let error = upload.to_part(Some(4)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.to_string(), "the file to upload is larger than the 4 bytes that are taken");
        assert!(upload.to_part(Some(5)).await.is_ok());
    }
}

#[tokio::test]
async fn a_path_is_read_anew_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    let upload = Upload::path(&path);
    assert_eq!(upload.file_name(), "people.csv");
    assert_eq!(upload.to_part(None).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    for content in ["first".to_owned(), "x".repeat(CHUNK * 3 + 1)] {
        fs::write(&path, &content).unwrap();
        let got = send(upload.to_part(None).await.unwrap()).await.unwrap();
        assert!(got.contains(&format!("\r\n\r\n{content}\r\n--")));
    }
    let error = Upload::path(folder.path()).to_part(None).await.unwrap_err();
    assert_eq!(error.to_string(), "the path to upload is not a file");
}

#[tokio::test]
async fn a_file_that_grows_or_shrinks_meanwhile_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    for grows in [true, false] {
        fs::write(&path, "12345").unwrap();
        let part = Upload::path(&path).to_part(None).await.unwrap();
        let mut file = fs::OpenOptions::new().write(true).append(grows).truncate(!grows).open(&path).unwrap();
        file.write_all(if grows { b"678" } else { b"1" }).unwrap();
        let error = fault(&send(part).await.unwrap_err()).unwrap();
        assert_eq!(error.to_string(), "the file to upload changed its size while it was sent");
    }
}

#[tokio::test]
async fn a_stream_is_sent_once() {
    let upload = piecewise(&["a,b\n", "1,2\n"]);
    assert!(!upload.is_replayable() && Upload::bytes("x", "").is_replayable());
    let part = upload.clone().to_part(Some(8)).await.unwrap();
    let got = send(part).await.unwrap();
    assert!(got.contains("a,b\n") && got.contains("1,2\n"), "{got}");
    let error = upload.to_part(None).await.unwrap_err();
    assert_eq!(error.to_string(), "the stream to upload was sent before");
}

#[tokio::test]
async fn a_stream_over_the_limit_stops_as_an_invalid_request() {
    let part = piecewise(&["1234", "5678", "9"]).to_part(Some(8)).await.unwrap();
    let error = fault(&send(part).await.unwrap_err()).unwrap();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::InvalidRequest, Sent::Unknown));
}

#[tokio::test]
async fn a_stream_that_fails_keeps_its_reason() {
    let broken = stream::iter([Ok(Bytes::from_static(b"1")), Err(io::Error::other("secret reason"))]);
    let part = Upload::stream("x", broken).to_part(None).await.unwrap();
    let error = fault(&send(part).await.unwrap_err()).unwrap();
    assert_eq!(error.to_string(), "the file to upload cannot be read");
    assert!(error.source().is_some());
}

#[test]
fn what_stopped_a_body_is_told_with_its_cause() {
    assert_eq!(Fault::Read(io::Error::other("gone")).source().map(ToString::to_string).as_deref(), Some("gone"));
    assert!(Fault::TooLarge(8).source().is_none() && Fault::Changed.source().is_none());
}

#[tokio::test]
async fn an_unusable_content_type_is_refused() {
    let error = Upload::bytes("x", "").with_content_type("text\r\n").to_part(None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[test]
fn other_errors_are_no_fault_of_the_upload() {
    assert!(fault(&io::Error::other("x")).is_none());
}

proptest! {
    #[test]
    fn the_limit_holds_however_the_content_is_cut(sizes in prop::collection::vec(0usize..50, 0..8), max in 0u64..200) {
        let pieces: Vec<io::Result<Bytes>> = sizes.iter().map(|size| Ok(Bytes::from(vec![0; *size]))).collect();
        let total = sizes.iter().sum::<usize>() as u64;
        let guard = Guard { content: Box::pin(stream::iter(pieces)), sent: 0, promised: None, max_bytes: Some(max) };
        let passed: Result<Vec<Bytes>, Fault> = tokio::runtime::Builder::new_current_thread()
            .build().unwrap().block_on(guard.try_collect());
        prop_assert_eq!(passed.is_ok(), total <= max);
    }
}

const fn shared<T: Send + Sync + Clone>() {}
const _: () = shared::<Upload>();

#[tokio::test]
async fn a_file_name_can_end_neither_itself_nor_its_line() {
    let upload = Upload::bytes("a\"; name=\"b\r\nContent-Type: text/html\n.csv", "1");
    let got = send(upload.to_part(None).await.unwrap()).await.unwrap();
    let name = "filename=\"a%22; name=%22b%0D%0AContent-Type: text/html%0A.csv\"\r\n";
    assert!(got.contains(name), "{got}");
}
