//! A server that misbehaves byte by byte: what no HTTP library would let a mock do.
//!
//! A well-behaved mock cannot cut a body, reset a connection or stall between two bytes. This one plays a script,
//! one [`Step`] per request (the last one over and over), and counts what it saw.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! use cx_mock::{FaultServer, Step};
//! let server = FaultServer::start(vec![Step::reset_before_headers(), Step::ok()]).await?;
//! let address = server.address();
//! # let _ = address;
//! assert_eq!(server.requests(), 0);
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod gzip;
mod port;
mod reader;
mod server;
mod step;

pub use port::{ClosedPort, DeafPort};
pub use server::FaultServer;
pub use step::Step;
