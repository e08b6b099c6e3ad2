//! The help desk against a vendor that behaves, refuses, lies and breaks.

use consumer_of_directly::{ask, open_questions};
use cx_client::directly::Client;
use cx_mock::{Answer, FaultServer, MockVendor, Step, issuer};
use serde_json::json;

type Outcome = Result<(), Box<dyn std::error::Error>>;

async fn vendor() -> Result<(MockVendor, Client), Box<dyn std::error::Error>> {
    let vendor = MockVendor::start(cx_spec::embedded("directly")?).await;
    let client = Client::builder().base_url(vendor.base_url()).static_token(issuer::ACCESS_TOKEN).build()?;
    Ok((vendor, client))
}

// The five lines: start, point the client at it, call, let the document judge it, and look at what went out.
#[tokio::test]
async fn a_question_is_asked() -> Outcome {
    let vendor = MockVendor::start(cx_spec::embedded("directly")?).await;
    let client = Client::builder().base_url(vendor.base_url()).static_token(issuer::ACCESS_TOKEN).build()?;
    assert!(ask(&client, "pat@example.com", "How do I reset my router?").await?.is_some());
    vendor.assert_no_violations();
    let sent = vendor.take_exchanges().pop().and_then(|exchange| exchange.verdict.body);
    assert_eq!(sent.unwrap_or_default()["text"], "How do I reset my router?");
    Ok(())
}

// A refusal by the name that the document gives it.
#[tokio::test]
async fn a_refusal_reaches_the_caller() -> Outcome {
    let (vendor, client) = vendor().await?;
    vendor.script("create_question", Answer::status(400));
    let error = ask(&client, "pat@example.com", "?").await.err().ok_or("it was refused")?;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
    Ok(())
}

// A lie: what the document does not allow.
#[tokio::test]
async fn a_list_of_another_shape_is_an_error() -> Outcome {
    let (vendor, client) = vendor().await?;
    vendor.script("list_questions", Answer::value(200, json!({"questions": "soon"})));
    let error = open_questions(&client, "pat@example.com").await.err().ok_or("it was no list")?;
    assert!(error.is_decode());
    assert!(!error.to_string().contains("soon"), "an error shows nothing of a reply");
    Ok(())
}

// A fault on the wire: the question may have arrived, so it is not asked twice.
#[tokio::test]
async fn a_question_that_may_have_arrived_is_not_asked_again() -> Outcome {
    let server = FaultServer::start(vec![Step::reset_before_headers()]).await?;
    let client = Client::builder().base_url(server.base_url()).static_token(issuer::ACCESS_TOKEN).build()?;
    let error = ask(&client, "pat@example.com", "?").await.err().ok_or("the connection was cut")?;
    assert_eq!((error.was_sent(), server.requests()), (cx_client::Sent::Unknown, 1));
    Ok(())
}

#[tokio::test]
async fn an_outage_leaves_the_list_empty() -> Outcome {
    let (vendor, client) = vendor().await?;
    vendor.on("list_questions", |_, _| Some(Answer::raw(502, "<html>")));
    assert!(open_questions(&client, "pat@example.com").await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_missing_token_is_no_outage() -> Outcome {
    let vendor = MockVendor::start(cx_spec::embedded("directly")?).await;
    let client = Client::builder().base_url(vendor.base_url()).build()?;
    let error = open_questions(&client, "pat@example.com").await.err().ok_or("there was no token")?;
    assert!(error.is_authentication());
    Ok(())
}
