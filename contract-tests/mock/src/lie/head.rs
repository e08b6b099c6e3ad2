//! Lies about status, content type and headers.

use cx_spec::{Node, Operation, Reply, Status, media_type::is_json};
use serde_json::Value;

use super::Lie;
use crate::{outgoing::Outgoing, validator::Validator, violation::Place};

/// A header that no document has.
const EXTRA: &str = "x-undocumented";

/// What is left of the reply after the lie; none where there is no room for it.
pub(super) fn tell(
    lie: Lie,
    validator: &Validator,
    operation: &Operation,
    honest: &Outgoing,
) -> Option<(Outgoing, Place)> {
    match lie {
        Lie::OtherSuccess => with_status(operation, honest, &[200, 201, 202, 203, 207, 226]),
        Lie::Redirect => {
            let (outgoing, place) = with_status(operation, honest, &[302, 303, 307, 308, 301])?;
            Some((outgoing.with_header("location", "/moved"), place))
        }
        Lie::ClientError => with_status(operation, honest, &[418, 451, 409, 410, 402, 412]),
        Lie::ServerError => with_status(operation, honest, &[500, 503, 502, 504, 507, 508]),
        Lie::OtherMediaType | Lie::HtmlPage | Lie::NoMediaType => {
            let outgoing = with_media_type(lie, honest)?;
            is_judged(validator, operation, &outgoing).then_some((outgoing, Place::ReplyMediaType))
        }
        Lie::MissingBody | Lie::UnexpectedBody | Lie::CutBody => {
            let outgoing = with_body(lie, honest)?;
            is_judged(validator, operation, &outgoing).then_some((outgoing, Place::ReplyBody(String::new())))
        }
        Lie::MissingHeader => {
            let reply = operation.reply(honest.status)?;
            let gone = documented_header(validator, reply, |header, _| header.flag("required"))?;
            Some((without_header(honest, &gone), Place::ReplyHeader(gone)))
        }
        Lie::BadHeader => {
            let is_number = |schema: &Node<'_>| matches!(schema.text("type"), Some("integer" | "number"));
            let name = documented_header(validator, operation.reply(honest.status)?, |_, schema| is_number(schema))?;
            Some((honest.clone().with_header(&name, "many"), Place::ReplyHeader(name)))
        }
        Lie::ExtraHeader => Some((honest.clone().with_header(EXTRA, "1"), Place::ReplyHeader(EXTRA.to_owned()))),
        _ => None,
    }
}

/// The first status that the operation does not document, not even as a range.
fn with_status(operation: &Operation, honest: &Outgoing, statuses: &[u16]) -> Option<(Outgoing, Place)> {
    let documents = |status: &u16| operation.replies.iter().any(|reply| reply.status.covers(*status));
    let is_open = operation.replies.iter().any(|reply| reply.status == Status::Default);
    let status = *statuses.iter().find(|status| !documents(status)).filter(|_| !is_open)?;
    Some((Outgoing { status, ..honest.clone() }, Place::ReplyStatus))
}

/// A body under another content type, or under none.
fn with_media_type(lie: Lie, honest: &Outgoing) -> Option<Outgoing> {
    match lie {
        Lie::HtmlPage if has_room(honest) => {
            let page = "<!doctype html><title>Under maintenance</title>";
            let outgoing = Outgoing { body: page.as_bytes().to_vec(), ..honest.clone() };
            Some(outgoing.with_header("content-type", "text/html"))
        }
        Lie::OtherMediaType if !honest.body.is_empty() => {
            Some(honest.clone().with_header("content-type", "application/xml"))
        }
        Lie::NoMediaType if !honest.body.is_empty() => Some(without_header(honest, "content-type")),
        _ => None,
    }
}

/// A body where there is none, none where there is one, or a part of it.
fn with_body(lie: Lie, honest: &Outgoing) -> Option<Outgoing> {
    match lie {
        Lie::MissingBody => Some(Outgoing { body: Vec::new(), ..without_header(honest, "content-type") }),
        Lie::UnexpectedBody if honest.body.is_empty() && has_room(honest) => {
            let said = Outgoing::json(honest.status, &serde_json::json!({"message": "done"}));
            Some(Outgoing { headers: [honest.headers.clone(), said.headers].concat(), ..said })
        }
        Lie::CutBody if honest.content_type().is_some_and(is_json) => {
            let kept = honest.body.len().checked_sub(1)?;
            Some(Outgoing { body: honest.body.iter().copied().take(kept).collect(), ..honest.clone() })
        }
        _ => None,
    }
}

/// HTTP itself has no body under these.
fn has_room(honest: &Outgoing) -> bool {
    !matches!(honest.status, 204 | 304)
}

fn without_header(honest: &Outgoing, name: &str) -> Outgoing {
    let mut outgoing = honest.clone();
    outgoing.headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
    outgoing
}

/// Whether the document contradicts the reply.
pub(super) fn is_judged(validator: &Validator, operation: &Operation, outgoing: &Outgoing) -> bool {
    !validator.reply(&operation.id, outgoing.status, outgoing.content_type(), &outgoing.body).is_empty()
}

/// The first documented header that is wanted, by what is said of it and by its schema.
fn documented_header(
    validator: &Validator,
    reply: &Reply,
    wanted: impl Fn(&Node<'_>, &Node<'_>) -> bool,
) -> Option<String> {
    let mut headers = validator.documented_headers(reply).into_iter();
    headers.find_map(|(name, header)| {
        let schema = header.member("schema")?.resolve().ok()?;
        wanted(&header, &schema).then(|| name.to_owned())
    })
}

/// The body as JSON, if it is.
pub(super) fn json_of(outgoing: &Outgoing) -> Option<Value> {
    outgoing.content_type().filter(|kind| is_json(kind))?;
    serde_json::from_slice(&outgoing.body).ok()
}
