//! Lists, page by page.
//!
//! Every builder of an operation whose document says how its pages are asked for has two methods:
//!
//! | method | a stream of |
//! |---|---|
//! | `pages()` | pages, each a [`Response`](crate::Response) of its items: [`Pages`] |
//! | `stream()` | items: [`Items`] |
//!
//! ```no_run
//! # async fn example(client: cx_client::wootric::Client) -> Result<(), cx_client::Error> {
//! use futures_util::TryStreamExt;
//!
//! let mut end_users = client.list_end_users().created_gte(1_515_940_485).stream();
//! while let Some(end_user) = end_users.try_next().await? {
//!     println!("{}", end_user.id);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A vendor that shows no more than so many pages of a list ends it with an error of the kind
//! [`Truncated`](crate::ErrorKind::Truncated): what was cut off never looks complete. [`export`](crate::export) reads
//! such a list whole.

mod items;
#[cfg(feature = "dynamic")]
mod json;
mod list;
#[cfg(feature = "dynamic")]
mod odd;
mod stream;

pub use items::Items;
#[cfg(feature = "dynamic")]
pub use json::JsonList;
pub(crate) use list::may_be_slept_through;
pub use list::{Fetch, List, member, number, value};
pub use stream::Pages;
