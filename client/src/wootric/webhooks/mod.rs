//! Webhooks: what Wootric posts when a response was created or updated, or a survey declined.
//!
//! Webhooks are set up on the account's settings page, as JSON or as a form. Each is signed with the webhook secret of
//! that page: the header `X-Wootric-Signature` holds `sha1=` and the HMAC-SHA1 of the raw body in hex. [`Receiver`] checks
//! that, so give it the bytes as they came and not a body that was parsed and written again.
//!
//! ```
//! use cx_client::wootric::webhooks::{Event, Receiver};
//! # use http::{HeaderMap, HeaderValue};
//!
//! let receiver = Receiver::new("example-webhook-secret")?;
//! # let body = br#"{"decline":{"id":5},"event_name":"created"}"#;
//! # let mut headers = HeaderMap::new();
//! # headers.insert("content-type", HeaderValue::from_static("application/json"));
//! # headers.insert("x-wootric-signature", HeaderValue::from_str(&receiver.sign(body))?);
//! let webhook = receiver.receive(&headers, body)?;
//! match webhook.event() {
//!     Event::Response(event) => println!("score {:?}", event.response.score),
//!     Event::Decline(event) => println!("declined by {:?}", event.decline.end_user_id),
//!     _ => println!("an event of tomorrow"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Not documented, and so left to you: whether the vendor repeats a webhook that was not answered, and how long. A signed
//! body stays valid for ever: whoever must not act twice remembers the id and `updated_at` of what was seen.

mod event;
mod form;
mod receiver;
mod signature;

pub use event::{Event, UnknownEvent, Webhook};
pub use receiver::Receiver;

/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "x-wootric-signature";
