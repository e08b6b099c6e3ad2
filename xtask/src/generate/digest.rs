//! The digests in the head of each generated file: the same code as the client's build script runs.

#[path = "../../../client/build/digest.rs"]
mod shared;

pub use shared::{fnv1a, of_generator};
