//! Client for Wootric (now InMoment): what is generated from its document, and by hand what makes it convenient.
//!
//! | what | where |
//! |---|---|
//! | a method an operation | [`Client`], [`builder`], [`types`] |
//! | the server of an account | [`Region`], `account_token` and `region` of the builder |
//! | lists of any length | `export_end_users`, `export_responses`, `export_declines` of [`Client`] |
//! | create or update, whichever it takes | [`Client::upsert_end_user`] |
//! | webhooks: signature, JSON and form | [`webhooks`] |
//! | scores, counts and weeks out of responses | [`nps`] |

mod export;
pub mod nps;
mod region;
mod upsert;
pub mod webhooks;

pub use crate::generated::wootric::*;
pub use region::Region;
pub use upsert::{EndUserKey, UpsertEndUser, Upserted};
