//! What tracing shows of a call, under the names of OpenTelemetry's HTTP conventions.
//!
//! A call is one span, each request of it a client span inside. They show method, path template, host, port and status:
//! no path argument, query, header or body, because those may be secret or personal.

use http::Method;
use tracing::{Span, field};

use super::receive::Received;
use crate::{
    error::{Error, ErrorKind, Result},
    operation::Operation,
};

/// The span of a call, retries and tokens included.
pub(super) fn call(operation: &Operation) -> Span {
    tracing::debug_span!(
        "call",
        otel.name = operation.id,
        otel.kind = "internal",
        otel.status_code = field::Empty,
        cx.api = operation.api,
        cx.operation = operation.id,
        error.type = field::Empty,
    )
}

/// The span of one request; `resent` counts the requests of the same call before it.
pub(super) fn request(method: &Method, template: &str, request: &reqwest::Request, resent: u32) -> Span {
    let span = tracing::debug_span!(
        "request",
        otel.name = %format_args!("{method} {template}"),
        otel.kind = "client",
        otel.status_code = field::Empty,
        http.request.method = %method,
        http.request.resend_count = field::Empty,
        http.response.status_code = field::Empty,
        url.template = template,
        url.scheme = request.url().scheme(),
        server.address = request.url().host_str(),
        server.port = request.url().port_or_known_default(),
        error.type = field::Empty,
    );
    if resent > 0 {
        span.record("http.request.resend_count", resent);
    }
    span
}

/// Writes down what came of a request.
pub(super) fn received(span: &Span, outcome: &Result<Received>) {
    if span.is_disabled() {
        return;
    }
    match outcome {
        Ok(received) => {
            let status = received.status;
            span.record("http.response.status_code", status.as_u16());
            if status.is_client_error() || status.is_server_error() {
                span.record("error.type", status.as_str());
                span.record("otel.status_code", "ERROR");
            }
        }
        Err(error) => {
            if let Some(status) = error.status() {
                span.record("http.response.status_code", status.as_u16());
            }
            failed(span, error);
        }
    }
}

/// Writes down that a span ended in an error.
pub(super) fn failed(span: &Span, error: &Error) {
    let status = error.status().filter(|_| error.kind() == ErrorKind::Api);
    match status {
        Some(status) => span.record("error.type", status.as_str()),
        None => span.record("error.type", error.kind().name()),
    };
    span.record("otel.status_code", "ERROR");
}
