//! Shows what the client does, as spans and events of `tracing`, on stdout.
//!
//! They bear the names of OpenTelemetry's HTTP conventions, and hold no secret and no personal data. The mock fails once,
//! so that a repeated request is seen.
//!
//! ```sh
//! cargo run --example tracing_to_stdout
//! ```

use std::error::Error;

use cx_client::wootric::Client;
use cx_mock::{Answer, MockVendor, issuer};
use tracing::Level;
use tracing_subscriber::{
    Layer, filter::Targets, fmt::format::FmtSpan, layer::SubscriberExt, util::SubscriberInitExt,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // This crate alone: at that level the crates under it tell of whole URLs, queries included.
    let client_only = Targets::new().with_target("cx_client", Level::DEBUG);
    let stdout = tracing_subscriber::fmt::layer().with_ansi(false).with_span_events(FmtSpan::CLOSE);
    tracing_subscriber::registry().with(stdout.with_filter(client_only)).init();

    let vendor = MockVendor::start(cx_spec::embedded("wootric")?).await;
    let client = Client::builder()
        .base_url(vendor.base_url())
        .client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET)
        .build()?;
    vendor.script("get_end_user", Answer::status(500));
    client.get_end_user().id("pat@example.com").lookup_by_email(true).send().await?;
    Ok(())
}
