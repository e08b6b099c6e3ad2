//! The shop against the mock vendor: a form with a list in it, in the notation of the vendor.

use consumer_of_wootric::survey;
use cx_client::wootric::Client;
use cx_mock::{MockVendor, form::Pair, issuer};

// Without the feature `rustls` the program brings its own HTTP client, here one that speaks plain HTTP only.
#[tokio::test]
async fn a_list_goes_out_as_the_vendor_reads_it() -> Result<(), Box<dyn std::error::Error>> {
    let vendor = MockVendor::start(cx_spec::embedded("wootric")?).await;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let client =
        Client::builder().base_url(vendor.base_url()).http_client(http).static_token(issuer::ACCESS_TOKEN).build()?;
    survey(&client, vec!["pat@example.com".into(), "kim@example.com".into()]).await?;

    vendor.assert_no_violations();
    let exchange = vendor.take_exchanges().pop().ok_or("nothing was sent")?;
    let sent = ["pat@example.com", "kim@example.com"].map(|address| Pair::text("emails[]", address));
    assert!(exchange.verdict.pairs == sent, "other members than the two addresses");
    Ok(())
}
