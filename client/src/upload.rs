//! A file that goes out in a multipart request.

// A browser has no files that could be opened by their path, and its HTTP client sends no body piece by piece.
#[cfg_attr(target_family = "wasm", path = "upload/content_in_browser.rs")]
mod content;

use std::{borrow::Cow, fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use reqwest::multipart::Part;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, Visitor},
};

use content::Content;
pub(crate) use content::fault;

use crate::{
    error::{Error, ErrorKind},
    form,
};

/// Name of a file that was given none.
const DEFAULT_NAME: &str = "upload";

/// A file for a multipart request. A clone is cheap and stands for the same content. Two are equal if they have the same
/// name and type and stand for the same content: equal bytes, the same path, or the same stream.
///
/// ```
/// use cx_client::Upload;
///
/// let upload = Upload::bytes("people.csv", "email\npat@example.com\n").with_content_type("text/csv");
/// assert_eq!(upload.len(), Some(22));
/// ```
#[derive(Clone, PartialEq)]
pub struct Upload {
    file_name: Arc<str>,
    content_type: Option<Arc<str>>,
    content: Content,
}

impl Upload {
    /// Content in memory.
    pub fn bytes(file_name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self::new(file_name.into(), Content::Bytes(content.into()))
    }

    fn new(file_name: String, content: Content) -> Self {
        Self { file_name: file_name.into(), content_type: None, content }
    }

    /// Sends the file under another name, such as one that a path of the disk should not give away.
    #[must_use]
    pub fn with_file_name(mut self, file_name: impl Into<String>) -> Self {
        self.file_name = file_name.into().into();
        self
    }

    /// Sends the file with a media type, such as `text/csv`. Without one the part carries none. A text that is no media
    /// type fails the call as an invalid request.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into().into());
        self
    }

    /// The name under which the file is sent. Quotation marks and line breaks in it are percent-encoded on the wire.
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// Size in bytes, if it is known before the request is sent: only of content in memory.
    #[expect(clippy::len_without_is_empty, reason = "a file is not a collection, and its size is often unknown")]
    pub fn len(&self) -> Option<u64> {
        self.content.len()
    }

    /// Whether the content can be sent more than once.
    pub fn is_replayable(&self) -> bool {
        self.content.is_replayable()
    }

    /// The part of one attempt.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] if the file cannot be opened, is larger than `max_bytes`, has an unusable media type,
    /// or is a stream that was sent before. What only shows while the body is read fails the request with an error that
    /// [`fault`] recognises.
    pub(crate) async fn to_part(&self, max_bytes: Option<u64>) -> Result<Part, Error> {
        let part = self.content.part(max_bytes).await?.file_name(form::part_name(&self.file_name));
        match &self.content_type {
            Some(content_type) => {
                part.mime_str(content_type).map_err(|_| invalid("the content type of the upload is not a media type"))
            }
            None => Ok(part),
        }
    }
}

fn invalid(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidRequest, message)
}

/// What is said of a file that is larger than a request takes.
fn too_large(max: u64) -> String {
    format!("the file to upload is larger than the {max} bytes that are taken")
}

impl fmt::Debug for Upload {
    /// File name and size; never the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("file_name", &self.file_name).field("len", &self.len()).finish()
    }
}

impl Serialize for Upload {
    /// Writes a placeholder string with the file name, such as `<file people.csv>`: a file has no place in JSON. The
    /// content goes out in its own part of the request.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("<file {}>", self.file_name))
    }
}

impl<'de> Deserialize<'de> for Upload {
    /// Reads the content as a string (the file is then named `upload`), or an object with the strings `file_name`,
    /// `content` (or `value`; or `content_base64`, for what is no text) and, optionally, `content_type`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Named {
            file_name: String,
            #[serde(alias = "value")]
            content: Option<String>,
            content_base64: Option<String>,
            #[serde(default)]
            content_type: Option<String>,
        }

        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Upload;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a file: its content as a string, or an object with file_name and content")
            }

            fn visit_str<E>(self, content: &str) -> Result<Upload, E> {
                Ok(Upload::bytes(DEFAULT_NAME, content.to_owned()))
            }

            fn visit_string<E>(self, content: String) -> Result<Upload, E> {
                Ok(Upload::bytes(DEFAULT_NAME, content))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Upload, A::Error> {
                let named = Named::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                let content = match (named.content, named.content_base64) {
                    (Some(text), None) => Bytes::from(text),
                    (None, Some(text)) => STANDARD
                        .decode(text)
                        .map(Bytes::from)
                        .map_err(|_| A::Error::custom("`content_base64` is not Base64"))?,
                    _ => return Err(A::Error::custom("one of `content` and `content_base64` is needed")),
                };
                let upload = Upload::bytes(named.file_name, content);
                Ok(match named.content_type {
                    Some(content_type) => upload.with_content_type(content_type),
                    None => upload,
                })
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
