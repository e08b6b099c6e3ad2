//! The digests in the head of each generated file: the same code as the client's build script runs.

#[path = "../../../client/build/digest.rs"]
mod shared;

// For the rest of the build script, which is compiled here for its tests alone.
#[cfg(test)]
pub use shared::named;
pub use shared::{fnv1a, is_source, of_generator};
