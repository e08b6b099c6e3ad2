//! Receives Wootric's webhooks with axum.
//!
//! Without arguments it serves on a free port of loopback, posts three webhooks to itself (as JSON, as a form, and a forged
//! one) and ends. With an address it serves until it is stopped, with the secret of `CX_WEBHOOK_SECRET`:
//!
//! ```sh
//! cargo run --example webhook_receiver
//! CX_WEBHOOK_SECRET=… cargo run --example webhook_receiver -- 127.0.0.1:8080
//! ```

use std::error::Error;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    routing::post,
};
use cx_client::wootric::{
    self,
    webhooks::{Event, Receiver, SIGNATURE_HEADER},
};
use tokio::net::TcpListener;

const PATH: &str = "/webhooks/wootric";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1);
    let secret = match &address {
        Some(_) => std::env::var("CX_WEBHOOK_SECRET").map_err(|_| "set CX_WEBHOOK_SECRET")?,
        None => "example-webhook-secret".to_owned(),
    };
    let receiver = Receiver::new(secret)?;
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:0")).await?;
    let url = format!("http://{}{PATH}", listener.local_addr()?);
    println!("listening on {url}");
    let server = axum::serve(listener, app(receiver.clone()));
    if address.is_some() {
        server.await?;
        return Ok(());
    }
    tokio::spawn(async { server.await });
    post_samples(&url, &receiver).await
}

fn app(receiver: Receiver) -> Router {
    // axum reads the body into memory before the receiver sees it, so both have the limit.
    let limit = DefaultBodyLimit::max(receiver.max_body_bytes());
    Router::new().route(PATH, post(receive)).layer(limit).with_state(receiver)
}

/// `Bytes`, and not a parsed body: the signature is that of the bytes as they came.
async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let webhook = match receiver.receive(&headers, &body) {
        Ok(webhook) => webhook,
        Err(error) => {
            println!("refused: {error}");
            return error.status();
        }
    };
    match webhook.event() {
        Event::Response(event) => println!(
            "response {} of end user {:?}: score {:?}",
            event.response.id, event.response.end_user_id, event.response.score
        ),
        Event::Decline(event) => println!("decline {} of end user {:?}", event.decline.id, event.decline.end_user_id),
        other => println!("an event of another kind: {other:?}"),
    }
    StatusCode::NO_CONTENT
}

async fn post_samples(url: &str, receiver: &Receiver) -> Result<(), Box<dyn Error>> {
    // Any HTTP client would do; this one is there already.
    let client = wootric::Client::builder().base_url("http://127.0.0.1").build()?;
    let response = r#"{"response":{"id":41,"score":9,"end_user_id":7},"event_name":"created","survey_mode":"NPS"}"#;
    let decline = "decline%5Bid%5D=42&decline%5Bend_user_id%5D=7&event_name=created&survey_mode=NPS";
    for (content_type, body, signed) in [
        ("application/json", response, response),
        ("application/x-www-form-urlencoded", decline, decline),
        ("application/json", response, "something else"),
    ] {
        let request = client.core().http().post(url).header(CONTENT_TYPE, content_type).body(body);
        let reply = request.header(SIGNATURE_HEADER, receiver.sign(signed.as_bytes())).send().await?;
        println!("answered with {}", reply.status());
    }
    Ok(())
}
