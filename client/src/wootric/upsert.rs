//! Create or update an end user, whichever it takes. The vendor has no such operation; its users look up first.

use std::{collections::BTreeMap, fmt};

use http::StatusCode;
use serde_json::Value;

use crate::{
    error::{Error, ErrorKind, Result},
    form,
    generated::wootric::{Client, operations::OPERATIONS, types},
    options::CallOptions,
    response::Response,
};

/// By what an end user is looked up. `Debug` shows only the kind.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndUserKey {
    /// The vendor's id. The vendor gives ids out, so an id that nobody has is a 404, never a new end user.
    Id(i64),
    /// The id in your own system.
    ExternalId(String),
    /// E-mail address, or what the account keeps in its place.
    Email(String),
    /// Phone number, beginning with `+`.
    PhoneNumber(String),
}

impl fmt::Debug for EndUserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id(_) => "Id(***)",
            Self::ExternalId(_) => "ExternalId(***)",
            Self::Email(_) => "Email(***)",
            Self::PhoneNumber(_) => "PhoneNumber(***)",
        })
    }
}

/// What became of an upsert.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Upserted {
    /// Nobody had the key: there is a new end user.
    Created(Response<types::EndUser>),
    /// Somebody had it, and was updated.
    Updated(Response<types::EndUser>),
}

impl Upserted {
    /// The reply of the last call, with the end user as the vendor now has it.
    pub fn into_response(self) -> Response<types::EndUser> {
        match self {
            Self::Created(response) | Self::Updated(response) => response,
        }
    }

    /// The end user as the vendor now has it.
    pub fn end_user(&self) -> &types::EndUser {
        match self {
            Self::Created(response) | Self::Updated(response) => response,
        }
    }

    /// Whether there is a new end user.
    pub fn is_created(&self) -> bool {
        matches!(self, Self::Created(_))
    }
}

impl Client {
    /// Updates the end user of a key, or creates one.
    ///
    /// It looks the key up, then sends an update or a creation. Another program may create the same end user in between:
    /// a creation that is refused is followed by one more lookup, and by an update if that finds somebody. A creation is
    /// never repeated: when nobody can tell whether it arrived ([`Error::was_sent`]), the error says so, and calling
    /// again is safe because it looks up first.
    pub fn upsert_end_user(&self, key: EndUserKey) -> UpsertEndUser<'_> {
        UpsertEndUser {
            client: self,
            key,
            body: Ok(types::CreateEndUserRequest::builder()),
            keep_properties: true,
            call_options: CallOptions::default(),
        }
    }
}

/// An upsert in the making; see [`Client::upsert_end_user`].
#[derive(Clone)]
#[must_use = "nothing is sent before `send`"]
pub struct UpsertEndUser<'a> {
    client: &'a Client,
    key: EndUserKey,
    body: Result<types::builder::CreateEndUserRequest, String>,
    keep_properties: bool,
    call_options: CallOptions,
}

// The body holds personal data.
impl fmt::Debug for UpsertEndUser<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpsertEndUser").field("key", &self.key).finish_non_exhaustive()
    }
}

impl UpsertEndUser<'_> {
    /// What the end user shall have. In a creation the key is added where the body does not say otherwise; in an update
    /// the body alone is sent, so it may also change the address by which the end user was found.
    pub fn body<V>(mut self, value: V) -> Self
    where
        V: TryInto<types::CreateEndUserRequest>,
        V::Error: fmt::Display,
    {
        self.body = value.try_into().map(Into::into).map_err(|reason| format!("the body does not convert: {reason}"));
        self
    }

    /// Whether an update sends the properties that the end user has already along with the new ones. On, because nobody
    /// documents whether an update merges the properties or replaces them; whoever changes them meanwhile loses that
    /// change. What a form cannot hold (`null`, lists, objects, and names that are empty or have a bracket) is not sent
    /// along.
    pub fn keep_properties(mut self, on: bool) -> Self {
        self.keep_properties = on;
        self
    }

    /// Deadline, retries and headers of each of the calls.
    pub fn with_options(mut self, options: CallOptions) -> Self {
        self.call_options = options;
        self
    }

    /// Looks up, then updates or creates.
    ///
    /// # Errors
    /// An id that nobody has (404), a phone number without `+`, a new end user without e-mail address and phone number,
    /// and whatever the calls end in. What the last call said is what is returned.
    pub async fn send(self) -> Result<Upserted> {
        let refuse = |reason: String| Error::new(ErrorKind::InvalidRequest, reason);
        let body = self
            .body
            .clone()
            .and_then(|body| types::CreateEndUserRequest::try_from(body).map_err(|reason| reason.to_string()));
        let body = body.map_err(|reason| refuse(reason).with_operation(&OPERATIONS.create_end_user))?;
        if matches!(&self.key, EndUserKey::PhoneNumber(number) if !number.starts_with('+')) {
            // Digits alone would be read as an id, and so as somebody else.
            let reason = "a phone number begins with `+`".to_owned();
            return Err(refuse(reason).with_operation(&OPERATIONS.get_end_user_by_phone_number));
        }
        match self.find().await {
            Ok(found) => return self.update(&found, body).await.map(Upserted::Updated),
            Err(error) if error.is_not_found() && !matches!(self.key, EndUserKey::Id(_)) => {}
            Err(error) => return Err(error),
        }
        let refused = match self.create(body.clone()).await {
            Ok(created) => return Ok(Upserted::Created(created)),
            Err(error) => error,
        };
        if !may_be_a_duplicate(&refused) {
            return Err(refused);
        }
        match self.find().await {
            Ok(found) => self.update(&found, body).await.map(Upserted::Updated),
            // The refusal had another reason.
            Err(error) if error.is_not_found() => Err(refused),
            Err(error) => Err(error),
        }
    }

    async fn find(&self) -> Result<types::EndUser> {
        let by_id = || self.client.get_end_user().with_options(self.call_options.clone());
        let found = match &self.key {
            EndUserKey::Id(id) => by_id().id(id.to_string()).send().await,
            EndUserKey::ExternalId(id) => by_id().id(id.as_str()).lookup_by_external_id(true).send().await,
            EndUserKey::Email(email) => by_id().id(email.as_str()).lookup_by_email(true).send().await,
            EndUserKey::PhoneNumber(number) => {
                let call = self.client.get_end_user_by_phone_number().with_options(self.call_options.clone());
                call.phone_number(number.as_str()).send().await
            }
        };
        found.map(Response::into_inner)
    }

    async fn create(&self, mut body: types::CreateEndUserRequest) -> Result<Response<types::EndUser>> {
        match &self.key {
            EndUserKey::Id(_) => {}
            EndUserKey::ExternalId(id) => _ = body.external_id.get_or_insert_with(|| id.clone()),
            EndUserKey::Email(email) => _ = body.email.get_or_insert_with(|| email.clone()),
            EndUserKey::PhoneNumber(number) => _ = body.phone_number.get_or_insert_with(|| number.clone()),
        }
        if body.email.is_none() && body.phone_number.is_none() {
            let reason = "a new end user needs an e-mail address or a phone number";
            return Err(Error::new(ErrorKind::InvalidRequest, reason).with_operation(&OPERATIONS.create_end_user));
        }
        self.client.create_end_user().with_options(self.call_options.clone()).body(body).send().await
    }

    async fn update(
        &self,
        found: &types::EndUser,
        body: types::CreateEndUserRequest,
    ) -> Result<Response<types::EndUser>> {
        let types::CreateEndUserRequest {
            email,
            external_created_at,
            external_id,
            last_surveyed,
            phone_number,
            properties,
        } = body;
        let properties = properties.map(|given| if self.keep_properties { merged(found, given) } else { given });
        let body = types::UpdateEndUserRequest {
            email,
            external_created_at,
            external_id,
            last_surveyed,
            phone_number,
            properties,
        };
        let call = self.client.update_end_user().with_options(self.call_options.clone());
        call.id(found.id).body(body).send().await
    }
}

/// The statuses under which a second end user with the same key was seen or is likely to be refused.
fn may_be_a_duplicate(error: &Error) -> bool {
    let statuses = [StatusCode::BAD_REQUEST, StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY];
    error.status().is_some_and(|status| statuses.contains(&status))
}

/// The properties that are there, with the given ones over them.
fn merged(found: &types::EndUser, given: types::PropertyInput) -> types::PropertyInput {
    let mut all = BTreeMap::new();
    // Write replies spell properties as a text that is no JSON; there is nothing to be read from it.
    if let Some(types::Properties::Object(members)) = &found.properties {
        let held = members.iter().filter(|(name, _)| form::holds(name));
        all.extend(held.filter_map(|(name, value)| Some((name.clone(), text(value)?))));
    }
    all.extend(given.0);
    types::PropertyInput(all)
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
