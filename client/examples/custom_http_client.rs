//! Sends requests through an HTTP client of your own: with a proxy, certificates, timeouts or headers of your house.
//!
//! ```sh
//! cargo run --example custom_http_client
//! ```

use std::{error::Error, time::Duration};

use cx_client::wootric::Client;
use cx_mock::{MockVendor, issuer};
use reqwest::{
    header::{HeaderMap, HeaderValue},
    redirect::Policy,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let vendor = MockVendor::start(cx_spec::embedded("wootric")?).await;
    // Needed here only because this crate builds reqwest without a TLS provider of its own.
    rustls::crypto::ring::default_provider().install_default().map_err(|_| "a TLS provider is installed already")?;

    let headers = HeaderMap::from_iter([(http::header::VIA, HeaderValue::from_static("1.1 example-gateway"))]);
    let http = reqwest::Client::builder()
        // A redirect would carry credentials to wherever it points.
        .redirect(Policy::none())
        .connect_timeout(Duration::from_secs(3))
        .pool_max_idle_per_host(2)
        .default_headers(headers)
        // Yours may say `.proxy(reqwest::Proxy::all("http://proxy.example:3128")?)`.
        .no_proxy()
        .build()?;
    let client = Client::builder()
        .base_url(vendor.base_url())
        .client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET)
        .http_client(http)
        .build()?;

    let segments = client.list_segments().send().await?;
    println!("{} segments", segments.len());
    for exchange in vendor.take_exchanges() {
        let via = exchange.request.header("via").unwrap_or("nothing");
        println!("{} came via {via}", exchange.operation().unwrap_or("a request"));
    }
    Ok(())
}
