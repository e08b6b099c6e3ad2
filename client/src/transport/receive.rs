//! One exchange on the wire, with a bound on what is read.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use futures_util::{
    StreamExt,
    future::{Either, select},
};
use http::{HeaderMap, StatusCode};

use crate::{
    env::BoxFuture,
    error::{Error, ErrorKind, Result, Sent},
    operation::Operation,
    twin::{self, Rule},
    upload,
};

/// A reply, whole.
#[derive(Debug)]
pub(crate) struct Received {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Received {
    /// An error about this reply, which goes along with it.
    pub(super) fn error(&self, kind: ErrorKind, message: &'static str, operation: &'static Operation) -> Error {
        Error::new(kind, message).with_operation(operation).with_reply(
            self.status,
            self.headers.clone(),
            self.body.clone(),
        )
    }
}

/// Sends a request and reads its reply, until the timer ends.
///
/// A success whose body is beyond `max_bytes`, ends early or comes too late is an error that keeps status, headers and what
/// was read. With any other status the reply counts, however little of its body came: the status says what happened, and
/// the body only explains it. A vendor that refuses an upload often closes the connection before all of its reply is sent.
pub(crate) async fn send(
    http: &reqwest::Client,
    request: reqwest::Request,
    max_bytes: usize,
    timer: BoxFuture<()>,
) -> Result<Received> {
    let exchange = exchange(http, request, max_bytes, timer);
    // What a browser's requests are made of may not leave its thread, and there is but one.
    #[cfg(target_family = "wasm")]
    let exchange = send_wrapper::SendWrapper::new(exchange);
    exchange.await
}

async fn exchange(
    http: &reqwest::Client,
    request: reqwest::Request,
    max_bytes: usize,
    mut timer: BoxFuture<()>,
) -> Result<Received> {
    let late = || Error::new(ErrorKind::Timeout, "the attempt took too long");
    let mut response = match select(pin!(http.execute(request)), &mut timer).await {
        Either::Left((outcome, _)) => outcome.map_err(unsent)?,
        Either::Right(_) => return Err(late().with_sent(Sent::Unknown)),
    };
    let status = response.status();
    let mut headers = std::mem::take(response.headers_mut());
    hide_credentials(&mut headers);
    let mut pieces = pin!(response.bytes_stream());
    let mut body = Body::Empty;
    let problem = loop {
        let Either::Left((piece, _)) = select(pieces.next(), &mut timer).await else {
            break Some(late());
        };
        match piece {
            None => break None,
            Some(Ok(mut chunk)) => {
                let max_bytes = if twin::broken(Rule::BodyWithoutCap) { usize::MAX } else { max_bytes };
                let room = max_bytes.saturating_sub(body.len());
                let too_large = chunk.len() > room;
                chunk.truncate(room);
                body = body.with(chunk);
                if too_large {
                    break Some(Error::new(ErrorKind::Decode, "the reply is larger than the limit"));
                }
            }
            Some(Err(_)) if twin::broken(Rule::CutBodyTaken) => break None,
            Some(Err(cause)) => {
                break Some(Error::new(ErrorKind::Transport, "the reply broke off").with_cause(cause.without_url()));
            }
        }
    };
    let body = body.freeze();
    match problem {
        Some(error) if status.is_success() => Err(error.with_reply(status, headers, body)),
        _ => Ok(Received { status, headers, body }),
    }
}

/// A first piece of at least so many bytes becomes the body without a copy. It keeps the whole buffer alive that it was read
/// into, which for a smaller piece would be out of proportion.
const WORTH_KEEPING: usize = 4 * 1024;

/// A body as far as it was read. A page of a list mostly comes in one piece, and copying that took half of the instructions
/// that a call costs beyond the HTTP library's own.
enum Body {
    Empty,
    Piece(Bytes),
    Joined(BytesMut),
}

impl Body {
    fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Piece(piece) => piece.len(),
            Self::Joined(pieces) => pieces.len(),
        }
    }

    /// With another piece at its end.
    fn with(self, piece: Bytes) -> Self {
        let mut joined = match self {
            Self::Empty if piece.len() >= WORTH_KEEPING => return Self::Piece(piece),
            Self::Empty => BytesMut::new(),
            Self::Piece(first) => BytesMut::from(first),
            Self::Joined(pieces) => pieces,
        };
        joined.extend_from_slice(&piece);
        Self::Joined(joined)
    }

    fn freeze(self) -> Bytes {
        match self {
            Self::Empty => Bytes::new(),
            Self::Piece(piece) => piece,
            Self::Joined(pieces) => pieces.freeze(),
        }
    }
}

/// Has `Debug` of the headers hide what is good for a login: cookies, and credentials that a vendor echoes.
fn hide_credentials(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut().filter(|_| !twin::broken(Rule::CookieShown)) {
        if matches!(name.as_str(), "set-cookie" | "authorization" | "proxy-authorization" | "authentication-info") {
            value.set_sensitive(true);
        }
    }
}

/// An exchange that brought no reply. A connection that was refused carried nothing; anything later may have.
fn unsent(cause: reqwest::Error) -> Error {
    if let Some(error) = upload::fault(&cause) {
        return error;
    }
    let (kind, message, sent) = if is_connect(&cause) && cause.is_timeout() {
        (ErrorKind::Timeout, "the vendor could not be reached in time", Sent::No)
    } else if is_connect(&cause) && !twin::broken(Rule::RefusalAmbiguous) {
        (ErrorKind::Transport, "the vendor cannot be reached", Sent::No)
    } else if cause.is_builder() {
        (ErrorKind::InvalidRequest, "the request cannot be sent as it is", Sent::No)
    } else if cause.is_timeout() {
        (ErrorKind::Timeout, "the connection timed out", Sent::Unknown)
    } else {
        (ErrorKind::Transport, "the exchange broke off before a reply", Sent::Unknown)
    };
    let cause = if twin::broken(Rule::UrlInCause) { cause } else { cause.without_url() };
    Error::new(kind, message).with_sent(sent).with_cause(cause)
}

#[cfg(not(target_family = "wasm"))]
fn is_connect(cause: &reqwest::Error) -> bool {
    cause.is_connect()
}

/// A browser does not say.
#[cfg(target_family = "wasm")]
const fn is_connect(_: &reqwest::Error) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use tokio::net::TcpListener;

    use super::*;
    use crate::client::http_client;

    #[test]
    fn pieces_are_joined_in_order_and_a_large_first_one_is_not_copied() {
        let large = Bytes::from(vec![7; WORTH_KEEPING]);
        let small = Bytes::from_static(b"abc");
        for pieces in [
            vec![],
            vec![small.clone()],
            vec![large.clone()],
            vec![large.clone(), small.clone()],
            vec![small.clone(), large.clone(), small],
        ] {
            let whole = pieces.concat();
            let body = pieces.into_iter().fold(Body::Empty, Body::with);
            assert_eq!(body.len(), whole.len());
            assert_eq!(body.freeze(), whole);
        }
        assert_eq!(Body::Empty.with(large.clone()).freeze().as_ptr(), large.as_ptr());
        let below = large.slice(1..);
        assert_ne!(Body::Empty.with(below.clone()).freeze().as_ptr(), below.as_ptr());
    }

    async fn failure(listener: TcpListener, accepts: bool) -> Error {
        let url = format!("http://{}", listener.local_addr().unwrap());
        // One that is not accepted from is closed here.
        let server = accepts
            .then_some(listener)
            .map(|listener| tokio::spawn(async move { drop(listener.accept().await.unwrap()) }));
        let http = http_client(true, &[]).unwrap();
        let request = http.get(url).build().unwrap();
        let error = send(&http, request, 9, Box::pin(std::future::pending())).await.unwrap_err();
        if let Some(server) = server {
            server.await.unwrap();
        }
        error
    }

    #[tokio::test]
    async fn a_connection_that_was_refused_carried_nothing_and_any_other_may_have() {
        for (accepts, sent) in [(false, Sent::No), (true, Sent::Unknown)] {
            let error = failure(TcpListener::bind("127.0.0.1:0").await.unwrap(), accepts).await;
            assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Transport, sent), "{error}");
        }
    }

    #[test]
    fn headers_that_are_good_for_a_login_are_hidden() {
        let mut headers: HeaderMap =
            ["set-cookie", "authorization", "proxy-authorization", "authentication-info", "etag"]
                .map(|name| (http::HeaderName::from_static(name), HeaderValue::from_static("canary")))
                .into_iter()
                .collect();
        hide_credentials(&mut headers);
        let shown: Vec<_> = headers.iter().filter(|(_, value)| !value.is_sensitive()).map(|(name, _)| name).collect();
        assert_eq!(shown, ["etag"]);
    }
}
