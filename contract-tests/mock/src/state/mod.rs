//! A memory for the mock vendor: what is created can be read, listed, changed and deleted.
//!
//! It knows of a vendor what `x-resource` and `x-pagination` say and nothing else. A collection begins with what the
//! document's own example of its list shows. Every reply is the operation's example with the stored thing in its
//! place, so that envelopes and neighbours stay as documented; a member that the reply's schema would refuse is left
//! out of the stored thing, since vendors read and write in different words.

mod below;
mod frame;
mod lists;
mod slots;
mod store;
mod times;

pub(crate) use store::State;
