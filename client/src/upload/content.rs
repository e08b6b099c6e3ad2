//! Where the content of an upload comes from: memory, a file of this machine, a stream.

use std::{
    error::Error as StdError,
    ffi::OsStr,
    fmt, io,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::stream;
use reqwest::{Body, multipart::Part};
use tokio::{fs::File, io::AsyncReadExt};

use super::{DEFAULT_NAME, Upload, invalid, too_large};
use crate::error::{Error, Sent};

/// How much of a file is read at a time, in bytes.
pub(super) const CHUNK: usize = 64 * 1024;

pub(super) type Chunks = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

#[derive(Clone)]
pub(super) enum Content {
    Bytes(Bytes),
    Path(Arc<Path>),
    Stream(Arc<Mutex<Option<Chunks>>>),
}

impl Upload {
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
}

impl Content {
    pub(super) fn len(&self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::Path(_) | Self::Stream(_) => None,
        }
    }

    pub(super) const fn is_replayable(&self) -> bool {
        !matches!(self, Self::Stream(_))
    }

    pub(super) async fn part(&self, max_bytes: Option<u64>) -> Result<Part, Error> {
        Ok(match self {
            Self::Bytes(bytes) => {
                let size = bytes.len() as u64;
                check(size, max_bytes)?;
                Part::stream_with_length(bytes.clone(), size)
            }
            Self::Path(path) => {
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
            Self::Stream(once) => {
                let content = once.lock().unwrap_or_else(PoisonError::into_inner).take();
                let content = content.ok_or_else(|| invalid("the stream to upload was sent before"))?;
                Part::stream(guarded(content, None, max_bytes))
            }
        })
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bytes(one), Self::Bytes(another)) => one == another,
            (Self::Path(one), Self::Path(another)) => one == another,
            (Self::Stream(one), Self::Stream(another)) => Arc::ptr_eq(one, another),
            _ => false,
        }
    }
}

fn check(size: u64, max_bytes: Option<u64>) -> Result<(), Error> {
    match max_bytes {
        Some(max) if size > max => Err(invalid(Fault::TooLarge(max).to_string())),
        _ => Ok(()),
    }
}

pub(super) fn chunks(file: File) -> Chunks {
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
pub(super) struct Guard {
    pub(super) content: Chunks,
    pub(super) sent: u64,
    pub(super) promised: Option<u64>,
    pub(super) max_bytes: Option<u64>,
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
pub(super) enum Fault {
    TooLarge(u64),
    Changed,
    Read(io::Error),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(max) => f.write_str(&too_large(*max)),
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
