//! A shop that sends surveys, as one would write it on top of the client.

#![forbid(unsafe_code)]

use cx_client::{Error, wootric::Client};

/// Mails the survey to everybody who bought something.
///
/// # Errors
/// What the vendor refused or the network lost.
pub async fn survey(client: &Client, buyers: Vec<String>) -> Result<(), Error> {
    client.create_email_survey().body_map(|body| body.emails(buyers)).send().await?;
    Ok(())
}
