//! The mock vendor: a server that answers as a document says, and judges whoever asks.

mod answer;
mod builder;
mod exchange;
mod lying;
mod mount;
mod prefer;
mod refusal;
mod responder;
mod vendor;

pub use answer::Answer;
pub use builder::MockVendorBuilder;
pub use exchange::Exchange;
pub use vendor::MockVendor;
