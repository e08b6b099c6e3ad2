//! `-v`: tells on stderr what the client does. Its spans hold no secret and no personal data.

use tracing_subscriber::{
    Layer as _, filter::Targets, fmt::format::FmtSpan, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::output::tell;

/// Starts telling, if asked to.
pub fn start(verbose: bool) {
    if !verbose {
        return;
    }
    // The client alone: what the crates under it tell may hold a URL with its query.
    let client = Targets::new().with_target("cx_client", tracing::Level::DEBUG);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .with_span_events(FmtSpan::CLOSE)
        // It would tell of a stderr that nobody reads on stderr, and panic.
        .log_internal_errors(false)
        .with_filter(client);
    // A subscriber that is there already tells as well.
    if tracing_subscriber::registry().with(layer).try_init().is_err() {
        tell("note: something else listens already, -v tells nothing");
    }
}
