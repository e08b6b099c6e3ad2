//! Ways in which a vendor departs from its document, by name.

use contract_tests::live::Kind;
use serde_json::{Value, json};

use crate::{
    places::{Place, path},
    vendor::Reply,
};

/// One departure.
pub struct Lie {
    pub name: &'static str,
    /// What it is to be reported as.
    pub kind: Kind,
    /// What it brings along: nothing else of the operation may be reported.
    pub besides: &'static [Kind],
    /// Whether it is the token request that is lied to.
    pub token: bool,
    /// Tells the lie about an honest success, and says which path of it is wrong; none where it cannot be told.
    pub tell: Tell,
}

pub type Tell = fn(&[Place<'_>], &mut Reply) -> Option<String>;

const fn lie(name: &'static str, kind: Kind, tell: Tell) -> Lie {
    Lie { name, kind, besides: &[], token: false, tell }
}

const fn of_token(name: &'static str, kind: Kind, tell: Tell) -> Lie {
    Lie { name, kind, besides: &[], token: true, tell }
}

impl Lie {
    const fn besides(self, besides: &'static [Kind]) -> Self {
        Self { besides, ..self }
    }
}

/// What is wrong with a refusal that has headers and body of a success.
const BODY_OF_A_SUCCESS: &[Kind] =
    &[Kind::Shape, Kind::Type, Kind::MissingMember, Kind::UndocumentedMember, Kind::MissingHeader];

#[rustfmt::skip]
pub const LIES: &[Lie] = &[
    lie("a member is renamed", Kind::UndocumentedMember, |places, reply| {
        let place = places.iter().find(|place| scalar(place, reply) && !place.required)?;
        let (holder, name) = place.pointer.rsplit_once('/')?;
        let mut body = reply.json();
        let members = body.pointer_mut(holder)?.as_object_mut()?;
        let value = members.remove(name)?;
        members.insert("renamed".into(), value);
        reply.set_json(&body);
        Some(path(&format!("{holder}/renamed")))
    }),
    lie("a member is new", Kind::UndocumentedMember, |places, reply| {
        new_member(places.iter().find(|place| place.has("properties"))?, reply)
    }),
    lie("a member is new further down", Kind::UndocumentedMember, |places, reply| {
        let deep = |place: &&Place<'_>| place.has("properties") && place.pointer.split('/').filter(|one| one.parse::<usize>().is_err()).count() > 1;
        new_member(places.iter().find(deep)?, reply)
    }),
    lie("a required member is missing", Kind::MissingMember, |places, reply| {
        let place = places.iter().find(|place| place.required && path(&place.pointer).ends_with(|c: char| c.is_ascii_alphabetic()))?;
        remove(place, reply)
    }),
    lie("an integer is a string", Kind::Type, |places, reply| {
        set(places.iter().find(|place| place.says("type", "integer"))?, json!("17"), reply)
    }),
    lie("an integer has a fraction", Kind::Type, |places, reply| {
        set(places.iter().find(|place| place.says("type", "integer"))?, json!(17.25), reply)
    }),
    lie("a string is an integer", Kind::Type, |places, reply| {
        set(places.iter().find(|place| place.says("type", "string"))?, json!(17), reply)
    }),
    lie("a personal text is a flag", Kind::Type, |places, reply| {
        set(places.iter().find(|place| place.says("type", "string") && place.sensitive())?, json!(true), reply)
    }),
    lie("a flag is a string", Kind::Type, |places, reply| {
        set(places.iter().find(|place| place.says("type", "boolean"))?, json!("true"), reply)
    }),
    lie("a text is an object", Kind::Shape, |places, reply| {
        set(places.iter().find(|place| place.says("type", "string"))?, json!({"text": "a"}), reply)
    }),
    lie("an object is an array", Kind::Shape, |places, reply| {
        set(places.iter().find(|place| place.has("properties") && place.pointer.contains(char::is_alphabetic))?, json!([]), reply)
    }),
    lie("an array is an object", Kind::Shape, |places, reply| {
        set(places.iter().find(|place| place.says("type", "array") && !place.pointer.is_empty())?, json!({}), reply)
    }),
    lie("a list is put into an envelope", Kind::Shape, |places, reply| {
        let root = places.first().filter(|place| place.says("type", "array"))?;
        let list = json!({"items": reply.json()});
        set(root, list, reply)
    }),
    lie("a thing is put into a list", Kind::Shape, |places, reply| {
        let root = places.first().filter(|place| place.has("properties"))?;
        let list = json!([reply.json()]);
        set(root, list, reply)
    }),
    lie("a value is null", Kind::Null, |places, reply| {
        let place = places.iter().find(|place| scalar(place, reply) && !place.nullable() && place.has("type"))?;
        set(place, Value::Null, reply)
    }),
    lie("an item of a list is null", Kind::Null, |places, reply| {
        set(places.iter().find(|place| place.pointer.ends_with("/0") && !place.nullable())?, Value::Null, reply)
    }),
    lie("a value is outside the known set", Kind::UndocumentedValue, |places, reply| {
        set(places.iter().find(|place| place.has("enum") && place.says("type", "string"))?, json!("brand_new"), reply)
    }),
    lie("a time is spelled in another way", Kind::Format, |places, reply| {
        let time = |place: &&Place<'_>| ["cx-time", "date-time", "date"].iter().any(|format| place.says("format", format));
        set(places.iter().find(time)?, json!("the day before yesterday"), reply)
    }),
    lie("an integer is larger than its format", Kind::Format, |places, reply| {
        set(places.iter().find(|place| place.says("format", "int64"))?, json!(1e30), reply)
    }),
    lie("the body is empty", Kind::EmptyBody, |_, reply| {
        reply.body.clear();
        Some("$".into())
    }),
    lie("the body is a web page", Kind::MediaType, |_, reply| {
        reply.body = b"<html>hello</html>".to_vec();
        reply.set_header("content-type", "text/html");
        Some("content-type".into())
    }),
    lie("the body has no content type", Kind::MediaType, |_, reply| {
        reply.headers.remove("content-type");
        Some("content-type".into())
    }),
    lie("the body is cut off", Kind::Unreadable, |_, reply| {
        (reply.body.len() > 2).then(|| reply.body.truncate(reply.body.len() - 1))?;
        reply.headers.get("content-type").filter(|value| value.as_bytes().ends_with(b"json"))?;
        Some("$".into())
    }),
    lie("a success has another code", Kind::UndocumentedStatus, |_, reply| status(reply, 206)),
    lie("a success has no content", Kind::UndocumentedStatus, |_, reply| {
        reply.body.clear();
        status(reply, 204)
    }),
    lie("a failure has another code", Kind::UndocumentedStatus, |_, reply| status(reply, 418)),
    lie("the client is sent elsewhere", Kind::Redirect, |_, reply| {
        reply.set_header("location", "https://elsewhere.example/");
        status(reply, 301)
    }),
    lie("the operation is gone", Kind::Removed, |_, reply| status(reply, 404)).besides(BODY_OF_A_SUCCESS),
    lie("the operation asks for other credentials", Kind::CredentialsRefused, |_, reply| status(reply, 401)).besides(BODY_OF_A_SUCCESS),
    lie("the documented request is refused", Kind::RequestRefused, |_, reply| status(reply, 400)).besides(BODY_OF_A_SUCCESS),
    lie("a header is new", Kind::UndocumentedHeader, |_, reply| {
        reply.set_header("x-brand-new", "1");
        Some("header x-brand-new".into())
    }),
    lie("a header is missing", Kind::MissingHeader, |_, reply| {
        reply.headers.remove("x-rate-limit-remaining")?;
        Some("header x-rate-limit-remaining".into())
    }),
    lie("a header holds a word", Kind::HeaderValue, |_, reply| {
        reply.headers.get("x-rate-limit-limit")?;
        reply.set_header("x-rate-limit-limit", "plenty");
        Some("header x-rate-limit-limit".into())
    }),
    of_token("the lifetime of a token is a string", Kind::Type, |_, reply| token(reply, "expires_in", Some(json!("7200")))),
    of_token("a token has no time to live", Kind::TokenLifetime, |_, reply| token(reply, "expires_in", Some(json!(0)))),
    of_token("a token is no bearer token", Kind::TokenType, |_, reply| token(reply, "token_type", Some(json!("mac")))),
    of_token("a token reply has no token", Kind::MissingMember, |_, reply| token(reply, "access_token", None)),
    of_token("a token reply has a new member", Kind::UndocumentedMember, |_, reply| token(reply, "id_token", Some(json!("a")))),
    of_token("a token comes with another code", Kind::UndocumentedStatus, |_, reply| status(reply, 202)),
    of_token("a token comes as a form", Kind::MediaType, |_, reply| {
        reply.body = b"access_token=a&token_type=bearer".to_vec();
        reply.set_header("content-type", "application/x-www-form-urlencoded");
        Some("content-type".into())
    }),
];

/// A text, number or flag that the reply has.
fn scalar(place: &Place<'_>, reply: &Reply) -> bool {
    let body = reply.json();
    let value = body.pointer(&place.pointer);
    value.is_some_and(|value| value.is_string() || value.is_number() || value.is_boolean())
        && !place.pointer.is_empty()
}

fn set(place: &Place<'_>, value: Value, reply: &mut Reply) -> Option<String> {
    let mut body = reply.json();
    *body.pointer_mut(&place.pointer)? = value;
    reply.set_json(&body);
    Some(place.path())
}

fn remove(place: &Place<'_>, reply: &mut Reply) -> Option<String> {
    let (holder, name) = place.pointer.rsplit_once('/')?;
    let mut body = reply.json();
    body.pointer_mut(holder)?.as_object_mut()?.remove(name)?;
    reply.set_json(&body);
    Some(place.path())
}

fn new_member(place: &Place<'_>, reply: &mut Reply) -> Option<String> {
    let mut body = reply.json();
    body.pointer_mut(&place.pointer)?.as_object_mut()?.insert("brand_new".into(), json!("a"));
    reply.set_json(&body);
    Some(path(&format!("{}/brand_new", place.pointer)))
}

fn token(reply: &mut Reply, member: &str, value: Option<Value>) -> Option<String> {
    let mut body = reply.json();
    let members = body.as_object_mut()?;
    match value {
        Some(value) => members.insert(member.to_owned(), value),
        None => members.remove(member),
    };
    reply.set_json(&body);
    Some(path(&format!("/{member}")))
}

fn status(reply: &mut Reply, status: u16) -> Option<String> {
    reply.status = status;
    Some("status".into())
}
