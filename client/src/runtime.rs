//! What generated code calls. Public only because code generated into another crate needs it; not for direct use.

use std::fmt;

use bytes::Bytes;
use http::header::InvalidHeaderValue;
use serde::Serialize;

use crate::{
    error::{Error, ErrorKind, Result},
    operation::Operation,
    upload::Upload,
};

pub use crate::{secret::Masked, transport::execute};
pub use progenitor_client::QueryParam;

/// A request body on its way to the transport: its JSON, and the files that go beside it.
#[derive(Clone, Default)]
pub struct Payload {
    pub(crate) json: Option<Bytes>,
    /// Set where the body is one of the operation's alternatives.
    pub(crate) media_type: Option<&'static str>,
    pub(crate) files: Vec<(&'static str, Upload)>,
}

// A body may hold a password or personal data: sizes and names only.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payload")
            .field("json_bytes", &self.json.as_ref().map(Bytes::len))
            .field("media_type", &self.media_type)
            .field("files", &self.files.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .finish()
    }
}

impl Payload {
    /// No body.
    pub fn none() -> Self {
        Self::default()
    }

    /// A body.
    ///
    /// # Errors
    /// A value that has no JSON form.
    pub fn new<T: Serialize>(body: &T, operation: &'static Operation) -> Result<Self> {
        let json = serde_json::to_vec(body).map_err(|cause| {
            Error::new(ErrorKind::InvalidRequest, "the body has no JSON form")
                .with_operation(operation)
                .with_cause(cause)
        })?;
        Ok(Self { json: Some(json.into()), ..Self::default() })
    }

    /// Says that it is the body which the operation takes as this media type, and not the usual one.
    pub fn sent_as(mut self, media_type: &'static str) -> Self {
        self.media_type = Some(media_type);
        self
    }

    /// Adds a file that is a member of the body.
    pub fn with_file<'u>(mut self, name: &'static str, file: impl Into<Option<&'u Upload>>) -> Self {
        self.files.extend(file.into().cloned().map(|file| (name, file)));
        self
    }
}

/// One segment of a path, percent-encoded.
///
/// # Errors
/// An empty segment, `.` and `..`: URL rules would make them reach another path.
pub fn path_segment(value: &str, operation: &'static Operation) -> Result<String> {
    if matches!(value, "" | "." | "..") {
        let message = "a path argument may not be empty, `.` or `..`: it would reach another path";
        return Err(Error::new(ErrorKind::InvalidRequest, message).with_operation(operation));
    }
    // What URL rules read as a slash is not in progenitor's set.
    Ok(progenitor_client::encode_path(value).replace('\\', "%5C"))
}

/// A builder that was not given all it needs, or a value it could not convert.
pub fn invalid(reason: String, operation: &'static Operation) -> Error {
    Error::new(ErrorKind::InvalidRequest, reason).with_operation(operation)
}

/// A request that the HTTP library does not take.
pub fn unbuilt(cause: reqwest::Error, operation: &'static Operation) -> Error {
    Error::new(ErrorKind::InvalidRequest, "the request cannot be built")
        .with_operation(operation)
        .with_cause(cause.without_url())
}

/// A header value with a character that no header may hold.
pub fn unwritable_header(cause: InvalidHeaderValue, operation: &'static Operation) -> Error {
    Error::new(ErrorKind::InvalidRequest, "a header argument holds a character that no header may hold")
        .with_operation(operation)
        .with_cause(cause)
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    static GET: Operation = Operation::made_up(Method::GET, "get", "/v1/things/{id}");

    #[test]
    fn a_path_argument_stays_one_segment() {
        assert_eq!(path_segment("pat@example.com", &GET).unwrap(), "pat@example.com");
        assert_eq!(path_segment("a/b?c#d%\\ e", &GET).unwrap(), "a%2Fb%3Fc%23d%25%5C%20e");
        assert_eq!(path_segment("...", &GET).unwrap(), "...");
        for other_path in ["", ".", ".."] {
            let error = path_segment(other_path, &GET).unwrap_err();
            assert_eq!((error.kind(), error.operation().unwrap().id), (ErrorKind::InvalidRequest, "get"));
        }
    }

    #[test]
    fn a_payload_shows_its_size_and_the_names_of_its_files() {
        let file = Upload::bytes("file name", "canary");
        let payload = Payload { json: Some(Bytes::from_static(b"canary")), ..Payload::none() };
        let payload = payload.sent_as("text/csv").with_file("csv", &file).with_file("other", None);
        assert_eq!(
            format!("{payload:?}"),
            "Payload { json_bytes: Some(6), media_type: Some(\"text/csv\"), files: [\"csv\"] }"
        );
    }
}
