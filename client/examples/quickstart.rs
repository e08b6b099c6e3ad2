//! Creates an end user, lists all of them, and looks for one who is not there.
//!
//! The vendor is a mock in this process. For the real one leave out `base_url` and give credentials of your own.
//!
//! ```sh
//! cargo run --example quickstart
//! ```

use std::error::Error;

use cx_client::wootric::{Client, types::CreateEndUserRequest};
use cx_mock::{MockVendor, issuer};
use futures_util::TryStreamExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let vendor = MockVendor::builder(cx_spec::embedded("wootric")?).stateful().start().await;
    let client = Client::builder()
        .base_url(vendor.base_url())
        .client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET)
        .build()?;

    // Nothing is sent that is not set. The token is fetched with the first call, and renewed unseen.
    let pat = CreateEndUserRequest::builder().email("pat@example.com".to_owned());
    let created = client.create_end_user().body(pat).send().await?;
    println!("created: {}", created.id);

    // Page after page, as the stream is read.
    let mut end_users = client.list_end_users().stream();
    while let Some(end_user) = end_users.try_next().await? {
        println!("listed: {} {}", end_user.id, end_user.email.as_deref().unwrap_or("(no address)"));
    }

    // A reply is the value, and beside it status, headers and what is left of the vendor's limit.
    let found = client.get_end_user().id("pat@example.com").lookup_by_email(true).send().await?;
    println!("found: {} with status {}", found.id, found.status());

    match client.get_end_user().id("404404").send().await {
        Ok(end_user) => println!("found: {}", end_user.id),
        Err(error) if error.is_not_found() => println!("not found: {error}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
