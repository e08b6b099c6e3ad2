//! A question from the asking to the closing.

use std::{fmt, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::future::{Either, select};

use super::{
    changes::{Changes, Seen},
    wait::Backoff,
};
use crate::{
    error::{Error, ErrorKind, Result, Sent},
    generated::directly::{Client, operations::OPERATIONS, types},
    operation::Operation,
    runtime::invalid,
    secret::Secret,
};

/// How far a poll looks back before the last one, because `Date` has whole seconds. What comes twice is told once.
const LOOK_BACK: Duration = Duration::from_secs(1);

/// A question with all that was said on it, as far as it was polled.
///
/// ```no_run
/// # async fn example(client: cx_client::directly::Client) -> cx_client::Result<()> {
/// use cx_client::directly::{Backoff, types::CreateQuestionRequest};
///
/// let question = CreateQuestionRequest::builder()
///     .user_email("pat@example.com")
///     .user_name("Pat Example")
///     .text("How do I reset my router?");
/// let mut conversation = client.ask(question).await?;
/// while let Some(news) = conversation.wait(Backoff::default()).await? {
///     let Some(uuid) = news.responses.first().and_then(|response| response.uuid.clone()) else { continue };
///     conversation.accept(&uuid).await?;
///     conversation.rate(&uuid, "good").await?;
///     break;
/// }
/// conversation.close("integration token").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Conversation {
    client: Client,
    user_email: String,
    uuid: String,
    question: types::Question,
    seen: Seen,
    last_checked: Option<DateTime<Utc>>,
}

// It holds what people wrote.
impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversation")
            .field("uuid", &self.uuid)
            .field("status", &self.status())
            .field("last_checked", &self.last_checked)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Asks a question.
    ///
    /// A question may exist although its reply was lost, cut off, unreadable or empty. Then it is looked for by the first
    /// of its external ids, so give it one that no other question of this user has; the request itself is never sent
    /// twice.
    ///
    /// # Errors
    /// What the call ended in. `Decode` if the vendor names no question and it cannot be found by an external id.
    pub async fn ask<V>(&self, question: V) -> Result<Conversation>
    where
        V: TryInto<types::CreateQuestionRequest>,
        V::Error: fmt::Display,
    {
        let operation = &OPERATIONS.create_question;
        let question = question.try_into().map_err(|reason| invalid(reason.to_string(), operation))?;
        let asked = self.create_question().body(question.clone()).send().await;
        let nameless = || {
            let error = Error::new(ErrorKind::Decode, "the vendor names no question");
            error.with_operation(operation).with_sent(Sent::Yes)
        };
        let found = match asked {
            Ok(reply) => match reply.into_inner().data {
                Some(created) if created.uuid.is_some() => Some(created),
                // The question was asked: a search that was never sent must not look like a question that was not.
                _ => self.find(&question).await.map_err(|cause| nameless().with_cause(cause))?,
            },
            Err(error) if may_be_asked(&error) => match self.find(&question).await {
                Ok(Some(found)) => Some(found),
                // What happened to the question itself says more than what happened to the search for it.
                Ok(None) | Err(_) => return Err(error),
            },
            Err(error) => return Err(error),
        };
        let found = found.ok_or_else(nameless)?;
        let uuid = found.uuid.clone().ok_or_else(nameless)?;
        let mut conversation = self.conversation(uuid, question.user_email);
        // News is what comes after the asking.
        conversation.seen.take_in(&found);
        conversation.question = found;
        Ok(conversation)
    }

    /// Takes up a conversation that was begun elsewhere. Its first poll brings all there is.
    pub fn conversation(&self, uuid: impl Into<String>, user_email: impl Into<String>) -> Conversation {
        let uuid = uuid.into();
        Conversation {
            client: self.clone(),
            user_email: user_email.into(),
            question: types::Question { uuid: Some(uuid.clone()), ..types::Question::default() },
            uuid,
            seen: Seen::default(),
            last_checked: None,
        }
    }

    async fn find(&self, question: &types::CreateQuestionRequest) -> Result<Option<types::Question>> {
        let Some(own) = question.external_ids.iter().flatten().next() else { return Ok(None) };
        let call = self.list_questions().user_email(question.user_email.as_str()).include_conversation(true);
        let list = call.external_id_system(own.system.clone()).external_id_id(own.id.as_str()).send().await?;
        let found = list.into_inner().and_then(|list| list.questions).unwrap_or_default();
        Ok(found.into_iter().find(|question| question.uuid.is_some() && may_be(question, own)))
    }
}

impl Conversation {
    /// Id of the question. Keep it to take the conversation up again with [`Client::conversation`].
    pub fn uuid(&self) -> &str {
        &self.uuid
    }

    /// The question as it was when last seen.
    pub fn question(&self) -> &types::Question {
        &self.question
    }

    /// The status when last seen.
    pub fn status(&self) -> Option<&types::QuestionStatus> {
        self.question.state.as_ref()?.status.as_ref()
    }

    /// Whether the question was still unresolved when last seen. One of which nothing is known counts as open.
    pub fn is_open(&self) -> bool {
        matches!(self.status(), None | Some(types::QuestionStatus::Unresolved))
    }

    /// The response that is current: the last one.
    pub fn last_response(&self) -> Option<&types::QuestionResponse> {
        self.question.conversation.as_ref()?.responses.as_ref()?.last()
    }

    /// The ratings that the question takes, where the vendor names them.
    pub fn ratings(&self) -> &[String] {
        self.question.rating_system.as_ref().and_then(|system| system.values.as_deref()).unwrap_or_default()
    }

    /// Asks for news once. `None`: nothing is new, whether the vendor said so by a 304 or sent what was seen before.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn poll(&mut self) -> Result<Option<Changes>> {
        let core = self.client.core();
        let started = core.environment().now();
        let asked_at = core.environment().wall_clock();
        let mut call = self.client.get_question().uuid(self.uuid.as_str()).include_conversation(true);
        if let Some(time) = self.last_checked {
            call = call.last_checked(time.to_rfc3339_opts(SecondsFormat::Millis, true));
        }
        let reply = call.send().await?;
        // The vendor's clock, less the time the call took: what happened meanwhile is asked for again.
        let took = core.environment().now().saturating_sub(started);
        let date = reply
            .headers()
            .get(http::header::DATE)
            .and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
        let checked = match date {
            Some(date) => date.checked_sub(took.saturating_add(LOOK_BACK)),
            None => asked_at.checked_sub(LOOK_BACK),
        };
        self.last_checked = checked.map(DateTime::from).or(self.last_checked);
        let Some(question) = reply.into_inner().and_then(|envelope| envelope.data) else { return Ok(None) };
        let changes = self.seen.take_in(&question);
        self.replace(question);
        Ok(Some(changes).filter(|changes| !changes.is_empty()))
    }

    /// Polls until there is news. `None`: the deadline passed without any.
    ///
    /// Dropping the future loses nothing: what was not handed out is handed out by the next poll.
    ///
    /// # Errors
    /// What a poll ended in, after the retries of the client.
    pub async fn wait(&mut self, backoff: Backoff) -> Result<Option<Changes>> {
        let client = self.client.clone();
        let environment = client.core().environment();
        let ends = environment.now().saturating_add(backoff.deadline);
        let polling = async {
            let mut polls = 0_u32;
            loop {
                if let Some(changes) = self.poll().await? {
                    return Ok(Some(changes));
                }
                polls = polls.saturating_add(1);
                let left = ends.saturating_sub(environment.now());
                environment.sleep(backoff.pause(polls, environment).min(left)).await;
                if environment.now() >= ends {
                    return Ok(None);
                }
            }
        };
        match select(Box::pin(polling), environment.sleep(backoff.deadline)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), _)) => Ok(None),
        }
    }

    /// Accepts a response. `None` in the place of the response: the vendor sent no payload, which is a success.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn accept(&self, response: &str) -> Result<Option<types::QuestionResponse>> {
        let body =
            types::AcceptResponseRequest::builder().user_email(self.user_email.as_str()).uuid(response.to_owned());
        Ok(self.client.accept_response().uuid(response).body(body).send().await?.into_inner().data)
    }

    /// Rates a response, with one of [`Conversation::ratings`] presumably. The question's first company goes along, so the
    /// question must have been seen with one.
    ///
    /// # Errors
    /// `InvalidRequest` if no company is known; poll first.
    pub async fn rate(&self, response: &str, rating: &str) -> Result<Option<types::QuestionResponse>> {
        let company = self.company(&OPERATIONS.rate_response)?;
        let body = types::RateResponseRequest::builder()
            .user_email(self.user_email.as_str())
            .uuid(response.to_owned())
            .rating(rating)
            .company_tag(company);
        Ok(self.client.rate_response().uuid(response).body(body).send().await?.into_inner().data)
    }

    /// Adds a message of the user: to the current response, or to the question as long as there is none. In the latter case
    /// the text is appended to the question and there may be no message to return.
    ///
    /// # Errors
    /// `InvalidRequest` for an empty text and for a question that is not open.
    pub async fn say(&self, text: &str) -> Result<Option<types::Message>> {
        let operation = &OPERATIONS.create_message;
        if text.trim().is_empty() {
            return Err(invalid("a message needs a text".to_owned(), operation));
        }
        if !self.is_open() {
            return Err(invalid("the question is not open any more".to_owned(), operation));
        }
        let body = types::CreateMessageRequest::builder().user_email(self.user_email.as_str()).text(text);
        let body = match self.last_response().and_then(|response| response.uuid.clone()) {
            Some(response) => body.response_uuid(response),
            None => body.question_uuid(self.uuid.clone()),
        };
        Ok(self.client.create_message().body(body).send().await?.into_inner().data)
    }

    /// The message by which the expert of the current response asks whether all is resolved, unless it was contested
    /// since. Only an open question has one.
    pub fn resolution_asked(&self) -> Option<&types::Message> {
        let messages = self.last_response().filter(|_| self.is_open())?.messages.as_deref()?;
        let last = |kind: types::MessageType| messages.iter().rev().find(|one| one.type_.as_ref() == Some(&kind));
        let asked = last(types::MessageType::MarkAsResolvedMessage)?;
        let contested = last(types::MessageType::ContestedMarkAsResolvedMessage);
        let superseded = contested.is_some_and(|contested| contested.id > asked.id);
        (!superseded).then_some(asked)
    }

    /// Answers [`Conversation::resolution_asked`]: resolved, or contested.
    ///
    /// # Errors
    /// `InvalidRequest` if nobody asked, or if no company is known; poll first.
    pub async fn confirm_resolved(&self, resolved: bool) -> Result<Option<types::Message>> {
        let operation = &OPERATIONS.mark_message_as_resolved;
        let asked = self.resolution_asked().and_then(|message| message.uuid.clone());
        let message = asked.ok_or_else(|| invalid("nobody asked whether all is resolved".to_owned(), operation))?;
        let company = self.company(operation)?;
        let body = types::MarkMessageAsResolvedRequest::builder()
            .user_email(self.user_email.as_str())
            .uuid(message.clone())
            .confirm(resolved)
            .company_tag(company);
        Ok(self.client.mark_message_as_resolved().uuid(message).body(body).send().await?.into_inner().data)
    }

    /// Closes the question, and with it the conversation. Only questions that came through an API integration can be
    /// closed. If it fails, [`Client::conversation`] takes the conversation up again.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn close(self, integration_token: impl Into<Secret>) -> Result<types::Question> {
        let body = types::CloseQuestionRequest::builder()
            .user_email(self.user_email.as_str())
            .question_uuid(self.uuid.clone())
            .integration_token(integration_token.into());
        let closed = self.client.close_question().uuid(self.uuid.as_str()).body(body).send().await?;
        Ok(closed.into_inner().data.unwrap_or(self.question))
    }

    /// What a reply leaves out is kept: nobody documents that a poll always brings all of it.
    fn replace(&mut self, question: types::Question) {
        let old = std::mem::replace(&mut self.question, question);
        let new = &mut self.question;
        new.conversation = new.conversation.take().or(old.conversation);
        new.companies = new.companies.take().or(old.companies);
        new.rating_system = new.rating_system.take().or(old.rating_system);
        new.state = new.state.take().or(old.state);
    }

    /// The short name of the company, which some calls want.
    fn company(&self, operation: &'static Operation) -> Result<String> {
        let first = self.question.companies.as_ref().and_then(|companies| companies.first()).cloned();
        first.ok_or_else(|| invalid("the question was not seen with a company yet".to_owned(), operation))
    }
}

/// Whether a question may exist although asking it failed: nobody can tell whether it arrived, or the vendor told of a
/// success that cannot be read.
fn may_be_asked(error: &Error) -> bool {
    match error.was_sent() {
        // The status may be that of a token request.
        Sent::No => false,
        Sent::Unknown => true,
        Sent::Yes => error.status().is_some_and(|status| status.is_success()),
    }
}

/// Whether a question can be the one with an external id: it names that id, or it names none at all. The id alone counts,
/// because nobody says whether the vendor repeats the token that stands for the system.
fn may_be(question: &types::Question, own: &types::ExternalIdInput) -> bool {
    let is_own = |one: &types::ExternalId| one.id.as_ref().is_none_or(|id| *id == own.id);
    question.external_ids.as_ref().is_none_or(|ids| ids.iter().any(is_own))
}
