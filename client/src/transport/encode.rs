//! From arguments to what is written: media type, notation, headers.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::Value;

use crate::{
    client::Core,
    error::{Error, ErrorKind, Result},
    form,
    operation::{Body, Location, Operation, Reply},
    options::CallOptions,
    runtime::Payload,
    upload::Upload,
};

/// The prefix under which generated code hands over a cookie.
const COOKIE_HEADER: &str = "x-cx-cookie-";

/// A request that is ready, but for the token, to be sent as often as it may be.
pub(crate) struct Outgoing {
    request: reqwest::Request,
    pub(super) body: Written,
    http: reqwest::Client,
}

/// A body in its notation.
pub(super) enum Written {
    None,
    Bytes { media_type: HeaderValue, bytes: Bytes },
    Multipart { pairs: Vec<(String, String)>, files: Vec<(&'static str, Option<u64>, Upload)> },
}

impl Outgoing {
    pub fn new(
        core: &Core,
        mut request: reqwest::Request,
        payload: Payload,
        operation: &'static Operation,
        options: &CallOptions,
    ) -> Result<Self> {
        cookies(&mut request, operation)?;
        let headers = request.headers_mut();
        let accept = match operation.reply {
            Reply::Text | Reply::Binary | Reply::Empty => "*/*",
            Reply::Json { .. } | Reply::Unknown => "application/json",
        };
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        headers.insert(header::USER_AGENT, core.user_agent().clone());
        override_with(headers, &options.headers, operation);
        let body = match (payload.json, &operation.body) {
            (Some(json), Some(row)) => {
                let row = row.sent_as(payload.media_type);
                let files = with_limits(payload.files, row);
                write(json, files, row, options).map_err(|error| error.with_operation(operation))?
            }
            _ => Written::None,
        };
        Ok(Self { request, body, http: core.http().clone() })
    }

    /// Whether the same bytes can be sent again.
    pub fn can_repeat(&self) -> bool {
        match &self.body {
            Written::Multipart { files, .. } => files.iter().all(|(_, _, file)| file.is_replayable()),
            Written::None | Written::Bytes { .. } => true,
        }
    }

    /// The request, once more.
    pub async fn request(&self, operation: &'static Operation) -> Result<reqwest::Request> {
        let mut request = self.request.try_clone().ok_or_else(|| {
            Error::new(ErrorKind::InvalidRequest, "the request cannot be copied").with_operation(operation)
        })?;
        match &self.body {
            Written::None => {}
            Written::Bytes { media_type, bytes } => {
                // The caller may have named one.
                request.headers_mut().entry(header::CONTENT_TYPE).or_insert(media_type.clone());
                *request.body_mut() = Some(bytes.clone().into());
            }
            Written::Multipart { pairs, files } => {
                let mut parts = empty_form();
                for (name, value) in pairs {
                    parts = parts.text(form::part_name(name), value.clone());
                }
                for (name, max_bytes, file) in files {
                    let part = file.to_part(*max_bytes).await.map_err(|error| error.with_operation(operation))?;
                    parts = parts.part(*name, part);
                }
                // Built on a request of its own, because only there a form gets its boundary and length.
                let mut carrier = self
                    .http
                    .request(request.method().clone(), request.url().clone())
                    .multipart(parts)
                    .build()
                    .map_err(|cause| crate::runtime::unbuilt(cause, operation))?;
                *request.body_mut() = carrier.body_mut().take();
                for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
                    if let Some(value) = carrier.headers().get(&name) {
                        request.headers_mut().insert(name, value.clone());
                    }
                }
            }
        }
        Ok(request)
    }
}

/// RFC 7578 §4.2 forbids `name*=`, which is how a name with a blank would be written otherwise.
#[cfg(not(target_family = "wasm"))]
fn empty_form() -> reqwest::multipart::Form {
    reqwest::multipart::Form::new().percent_encode_noop()
}

/// The browser writes names by itself, as HTML has it.
#[cfg(target_family = "wasm")]
fn empty_form() -> reqwest::multipart::Form {
    reqwest::multipart::Form::new()
}

/// Puts the caller's headers in the place of the client's. A name given twice is sent twice.
fn override_with(headers: &mut HeaderMap, given: &[(HeaderName, HeaderValue)], operation: &Operation) {
    let ours = |name: &HeaderName| *name == header::AUTHORIZATION && operation.authenticated;
    let given = || given.iter().filter(|(name, _)| !ours(name));
    for (name, _) in given() {
        headers.remove(name);
    }
    for (name, value) in given() {
        headers.append(name.clone(), value.clone());
    }
}

fn with_limits(files: Vec<(&'static str, Upload)>, row: &Body) -> Vec<(&'static str, Option<u64>, Upload)> {
    files
        .into_iter()
        .map(|(name, file)| {
            let limit = row.files.iter().find(|one| one.name == name).and_then(|one| one.max_bytes);
            (name, limit, file)
        })
        .collect()
}

fn write(
    json: Bytes,
    files: Vec<(&'static str, Option<u64>, Upload)>,
    row: &Body,
    options: &CallOptions,
) -> Result<Written> {
    let refuse = |message: String| Error::new(ErrorKind::InvalidRequest, message);
    let media_type =
        match &options.media_type {
            Some(wanted) => *row.media_types.iter().find(|known| *known == wanted).ok_or_else(|| {
                refuse(format!("the body is sent as {}, not as {wanted}", row.media_types.join(", ")))
            })?,
            None => *row.media_types.first().ok_or_else(|| refuse("the operation takes no body".to_owned()))?,
        };
    if media_type.starts_with("multipart/") || media_type == "application/x-www-form-urlencoded" {
        let mut value: Value =
            serde_json::from_slice(&json).map_err(|_| refuse("the body has no JSON form".to_owned()))?;
        if let Some(members) = value.as_object_mut() {
            for (name, ..) in &files {
                members.remove(*name);
            }
        }
        let pairs = form::pairs(&value, row)
            .map_err(|error| Error::new(ErrorKind::InvalidRequest, error.reason()).with_path(error.path()))?;
        if pairs.is_empty() && files.is_empty() && !row.required {
            return Ok(Written::None);
        }
        if media_type.starts_with("multipart/") {
            return Ok(Written::Multipart { pairs, files });
        }
        let bytes = form::urlencoded(pairs.iter().map(|(name, value)| (name, value))).into();
        return Ok(Written::Bytes {
            media_type: HeaderValue::from_static("application/x-www-form-urlencoded"),
            bytes,
        });
    }
    if json.as_ref() == b"null" && !row.required {
        return Ok(Written::None);
    }
    let is_json = media_type.contains("json") || media_type == "*/*";
    let bytes = match serde_json::from_slice(&json) {
        Ok(Value::String(text)) if !is_json => text.into(),
        _ => json,
    };
    let media_type = if media_type == "*/*" { "application/json" } else { media_type };
    Ok(Written::Bytes { media_type: HeaderValue::from_static(media_type), bytes })
}

/// Turns the headers under which generated code hands over cookies into one `Cookie` header.
fn cookies(request: &mut reqwest::Request, operation: &'static Operation) -> Result<()> {
    let headers = request.headers_mut();
    // The name of a header has lost its case by now, and that of a cookie has one.
    let as_documented = |name: &str| {
        let mut cookies = operation.parameters.iter().filter(|one| one.location == Location::Cookie);
        let documented = cookies.find(|one| one.name.eq_ignore_ascii_case(name));
        documented.map_or(name, |one| one.name).to_owned()
    };
    let named: Vec<_> = headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.clone(), as_documented(name.as_str().strip_prefix(COOKIE_HEADER)?), value.clone()))
        })
        .collect();
    let mut line = Vec::new();
    for (header, name, value) in named {
        headers.remove(header);
        // Nothing in a cookie escapes it (RFC 6265 §4.1.1), and a reader would find another cookie behind it.
        if value.as_bytes().contains(&b';') {
            let message = format!("the cookie `{name}` holds a semicolon, which would begin another cookie");
            return Err(Error::new(ErrorKind::InvalidRequest, message).with_operation(operation));
        }
        if !line.is_empty() {
            line.extend_from_slice(b"; ");
        }
        line.extend_from_slice(name.as_bytes());
        line.push(b'=');
        line.extend_from_slice(value.as_bytes());
    }
    if let (false, Ok(value)) = (line.is_empty(), HeaderValue::from_bytes(&line)) {
        headers.insert(header::COOKIE, value);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
