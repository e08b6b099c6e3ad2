//! Forms: from bytes to pairs, from pairs to a tree by their brackets, from the tree to a value by the schema.
//!
//! ```
//! use cx_mock::form;
//! let pairs = form::urlencoded(b"user[name]=Ada&user[mails][]=a%40example.com");
//! let (tree, faults) = form::nest(&pairs);
//! assert!(faults.is_empty());
//! assert_eq!(form::plain(&tree), serde_json::json!({"user": {"name": "Ada", "mails": ["a@example.com"]}}));
//! ```

mod coerce;
mod multipart;
mod nest;
mod pairs;

pub use coerce::{Coerced, FormFault, Notation, coerce, plain};
pub use multipart::{MultipartError, boundary, multipart};
pub use nest::{Tree, nest};
pub use pairs::{File, Pair, Part, urlencoded};
