//! Asks experts a question at Directly, waits for an answer, accepts and rates it, and closes the question.
//!
//! The vendor is a mock in this process, with an expert who takes a second to answer.
//!
//! ```sh
//! cargo run --example ask_and_poll
//! ```

use std::{error::Error, sync::Arc, time::Duration};

use cx_client::directly::{Backoff, Client, types::CreateQuestionRequest};
use cx_mock::{MockVendor, issuer};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let vendor = Arc::new(MockVendor::builder(cx_spec::embedded("directly")?).stateful().start().await);
    let client = Client::builder().base_url(vendor.base_url()).static_token(issuer::ACCESS_TOKEN).build()?;

    let question = CreateQuestionRequest::builder()
        .user_email("pat@example.com")
        .user_name("Pat Example")
        .text("How do I reset my router?");
    let mut conversation = client.ask(question).await?;
    println!("asked: question {}", conversation.uuid());
    tokio::spawn(expert(Arc::clone(&vendor), conversation.uuid().to_owned()));

    let backoff =
        Backoff::until(Duration::from_secs(30)).with_pauses(Duration::from_millis(200), Duration::from_secs(2));
    while let Some(news) = conversation.wait(backoff).await? {
        for message in &news.messages {
            println!("message: {}", message.body.as_deref().unwrap_or("(without text)"));
        }
        if let Some(response) = news.responses.first().and_then(|response| response.uuid.as_deref()) {
            conversation.accept(response).await?;
            conversation.say("That helped, thank you").await?;
            let rating = conversation.ratings().last().cloned().unwrap_or_else(|| "good".to_owned());
            conversation.rate(response, &rating).await?;
            println!("accepted and rated: {rating}");
            break;
        }
    }
    conversation.close("example-integration-token").await?;
    println!("closed");
    Ok(())
}

/// Puts an answer to the question into the mock's memory.
async fn expert(vendor: Arc<MockVendor>, question: String) {
    tokio::time::sleep(Duration::from_secs(1)).await;
    vendor.seed(
        "questions",
        vec![json!({
            "uuid": question, "companies": ["acme"], "isClaimed": true, "state": {"status": "UNRESOLVED"},
            "ratingSystem": {"values": ["bad", "good"]},
            "conversation": {"responses": [{
                "uuid": "ccd55139-0000-4000-8000-00000000beef", "type": "EXPERT",
                "messages": [{"id": 41, "uuid": "m-41", "type": "MESSAGE", "body": "Hold the button for ten seconds"}],
            }]},
        })],
    );
}
