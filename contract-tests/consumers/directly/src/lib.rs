//! A help desk that asks experts, as one would write it on top of the client.

#![forbid(unsafe_code)]

use cx_client::{Error, ErrorKind, directly::Client};

/// Asks the experts and returns the id of the question.
///
/// # Errors
/// What the vendor refused or the network lost.
pub async fn ask(client: &Client, email: &str, question: &str) -> Result<Option<String>, Error> {
    let asked =
        client.create_question().body_map(|body| body.user_email(email).user_name("Customer").text(question)).send();
    Ok(asked.await?.data.as_ref().and_then(|question| question.uuid.clone()))
}

/// What is still open, or nothing while the vendor cannot be reached.
///
/// # Errors
/// Anything but an outage.
pub async fn open_questions(client: &Client, email: &str) -> Result<Vec<String>, Error> {
    match client.list_questions().user_email(email).send().await {
        // Without `last_checked` there is always a list; with it, `None` would say that nothing is new.
        Ok(page) => {
            let questions = page.as_ref().and_then(|page| page.questions.as_deref()).unwrap_or_default();
            Ok(questions.iter().filter_map(|question| question.uuid.clone()).collect())
        }
        Err(error) if is_outage(&error) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// A request that is wrong, or a token that is missing, has no status either, and is nobody's outage.
fn is_outage(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Transport | ErrorKind::Timeout)
        || error.status().is_some_and(|status| status.is_server_error())
}
