//! Client for Wootric (now InMoment): generated from its document, with conveniences written by hand.
//!
//! | what | where |
//! |---|---|
//! | a method for every operation | [`Client`], [`builder`], [`types`] |
//! | the server of an account | [`Region`], `account_token` and `region` of the builder |
//! | lists of any length | `export_end_users`, `export_responses`, `export_declines` of [`Client`] |
//! | create or update an end user | [`Client::upsert_end_user`] |
//! | webhooks: signature, JSON and form | [`webhooks`] |
//! | scores and counts computed from responses, also by week | [`nps`] |

mod export;
pub mod nps;
mod region;
mod upsert;
pub mod webhooks;

pub use crate::generated::wootric::*;
pub use region::Region;
pub use upsert::{EndUserKey, UpsertEndUser, Upserted};
