//! A file that goes out in a multipart request.

use std::{
    error::Error as StdError,
    ffi::OsStr,
    fmt, io,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::stream;
use reqwest::{Body, multipart::Part};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, Visitor},
};
use tokio::{fs::File, io::AsyncReadExt};

use crate::{
    error::{Error, ErrorKind, Sent},
    form,
};

/// Name of a file that was given none.
const DEFAULT_NAME: &str = "upload";

/// How much of a file is read at a time, in bytes.
const CHUNK: usize = 64 * 1024;

type Chunks = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// A file for a multipart request. A clone is cheap and stands for the same content.
///
/// ```
/// use cx_client::Upload;
///
/// let upload = Upload::bytes("people.csv", "email\npat@example.com\n").with_content_type("text/csv");
/// assert_eq!(upload.len(), Some(22));
/// ```
#[derive(Clone)]
pub struct Upload {
    file_name: Arc<str>,
    content_type: Option<Arc<str>>,
    content: Content,
}

#[derive(Clone)]
enum Content {
    Bytes(Bytes),
    Path(Arc<Path>),
    Stream(Arc<Mutex<Option<Chunks>>>),
}

impl Upload {
    /// Content in memory.
    pub fn bytes(file_name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self::new(file_name.into(), Content::Bytes(content.into()))
    }

    /// A file, opened when the request is sent and read while it is; named after the last part of the path. Every attempt
    /// opens it anew.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or(DEFAULT_NAME.into()).into_owned();
        Self::new(name, Content::Path(path.into()))
    }

    /// Content that comes piece by piece. It can be sent once: a request with it is never repeated.
    pub fn stream(
        file_name: impl Into<String>,
        content: impl Stream<Item = Result<Bytes, io::Error>> + Send + 'static,
    ) -> Self {
        Self::new(file_name.into(), Content::Stream(Arc::new(Mutex::new(Some(Box::pin(content))))))
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
        match &self.content {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Path(_) | Content::Stream(_) => None,
        }
    }

    /// Whether the content can be sent more than once.
    pub fn is_replayable(&self) -> bool {
        !matches!(self.content, Content::Stream(_))
    }

    /// The part of one attempt.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] if the file cannot be opened, is larger than `max_bytes`, has an unusable media type,
    /// or is a stream that was sent before. What only shows while the body is read fails the request with an error that
    /// [`fault`] recognises.
    pub(crate) async fn to_part(&self, max_bytes: Option<u64>) -> Result<Part, Error> {
        let part = match &self.content {
            Content::Bytes(bytes) => {
                let size = bytes.len() as u64;
                check(size, max_bytes)?;
                Part::stream_with_length(bytes.clone(), size)
            }
            Content::Path(path) => {
                let unreadable = |error: io::Error| invalid("the file to upload cannot be opened").with_cause(error);
                // Opened by name first: opening a pipe would wait for a writer.
                if !tokio::fs::metadata(path).await.map_err(unreadable)?.is_file() {
                    return Err(invalid("the path to upload is not a file"));
                }
                let file = File::open(path).await.map_err(unreadable)?;
                let size = file.metadata().await.map_err(unreadable)?.len();
                check(size, max_bytes)?;
                Part::stream_with_length(guarded(chunks(file), Some(size), max_bytes), size)
            }
            Content::Stream(once) => {
                let content = once.lock().unwrap_or_else(PoisonError::into_inner).take();
                let content = content.ok_or_else(|| invalid("the stream to upload was sent before"))?;
                Part::stream(guarded(content, None, max_bytes))
            }
        };
        let part = part.file_name(form::part_name(&self.file_name));
        match &self.content_type {
            Some(content_type) => {
                part.mime_str(content_type).map_err(|_| invalid("the content type of the upload is not a media type"))
            }
            None => Ok(part),
        }
    }
}

/// Two uploads are equal if they have the same name and type and stand for the same content: equal bytes, the same path,
/// or the same stream.
impl PartialEq for Upload {
    fn eq(&self, other: &Self) -> bool {
        let same_content = match (&self.content, &other.content) {
            (Content::Bytes(one), Content::Bytes(another)) => one == another,
            (Content::Path(one), Content::Path(another)) => one == another,
            (Content::Stream(one), Content::Stream(another)) => Arc::ptr_eq(one, another),
            _ => false,
        };
        same_content && self.file_name == other.file_name && self.content_type == other.content_type
    }
}

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidRequest, message)
}

fn check(size: u64, max_bytes: Option<u64>) -> Result<(), Error> {
    match max_bytes {
        Some(max) if size > max => Err(invalid(Fault::TooLarge(max).to_string())),
        _ => Ok(()),
    }
}

fn chunks(file: File) -> Chunks {
    Box::pin(stream::try_unfold(file, |mut file| async move {
        let mut chunk = BytesMut::with_capacity(CHUNK);
        let read = file.read_buf(&mut chunk).await?;
        Ok((read > 0).then(|| (chunk.freeze(), file)))
    }))
}

fn guarded(content: Chunks, promised: Option<u64>, max_bytes: Option<u64>) -> Body {
    Body::wrap_stream(Guard { content, sent: 0, promised, max_bytes })
}

/// Stops a body that breaks its limit or its promised size before the offending piece goes out.
struct Guard {
    content: Chunks,
    sent: u64,
    promised: Option<u64>,
    max_bytes: Option<u64>,
}

impl Stream for Guard {
    type Item = Result<Bytes, Fault>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let guard = &mut *self;
        Poll::Ready(match ready!(guard.content.as_mut().poll_next(context)) {
            Some(Ok(chunk)) => {
                guard.sent = guard.sent.saturating_add(chunk.len() as u64);
                if let Some(max) = guard.max_bytes
                    && guard.sent > max
                {
                    Some(Err(Fault::TooLarge(max)))
                } else if guard.promised.is_some_and(|promised| guard.sent > promised) {
                    Some(Err(Fault::Changed))
                } else {
                    Some(Ok(chunk))
                }
            }
            Some(Err(error)) => Some(Err(Fault::Read(error))),
            None if guard.promised.is_some_and(|promised| guard.sent < promised) => Some(Err(Fault::Changed)),
            None => None,
        })
    }
}

/// Why a body stopped half way. It travels inside reqwest's error.
#[derive(Debug)]
enum Fault {
    TooLarge(u64),
    Changed,
    Read(io::Error),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(max) => write!(f, "the file to upload is larger than the {max} bytes that are taken"),
            Self::Changed => f.write_str("the file to upload changed its size while it was sent"),
            Self::Read(_) => f.write_str("the file to upload cannot be read"),
        }
    }
}

impl StdError for Fault {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Read(error) => Some(error),
            Self::TooLarge(_) | Self::Changed => None,
        }
    }
}

/// The error to report if sending failed because of the content of an upload and not because of the network. Part of the
/// request was on its way by then.
pub(crate) fn fault(error: &(dyn StdError + 'static)) -> Option<Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(fault) = error.downcast_ref::<Fault>() {
            let reported = invalid(fault.to_string()).with_sent(Sent::Unknown);
            return Some(match fault {
                Fault::Read(error) => reported.with_cause(io::Error::from(error.kind())),
                Fault::TooLarge(_) | Fault::Changed => reported,
            });
        }
        next = error.source();
    }
    None
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
