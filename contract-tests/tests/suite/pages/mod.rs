//! Streams of pages and items over real connections, for every list of the documents.

mod lists;
mod requests;
mod server;
mod stops;
