//! Faults of requests.

use cx_mock::Incoming;
use serde_json::{Map, Value, json};

use crate::mutants::pairs::{self, Pairs, encoded, read, written};

/// One thing that goes wrong with a request.
pub(super) struct Fault {
    pub name: &'static str,
    /// The request as it then goes out; none where there is no room for the fault.
    pub tamper: fn(&Incoming) -> Option<Incoming>,
}

macro_rules! faults {
    ($($name:literal: $tamper:expr,)*) => {
        &[$(Fault { name: $name, tamper: $tamper }),*]
    };
}

pub(super) const FAULTS: &[Fault] = faults! {
    "loses the last query parameter": |request| query(request, |pairs| pairs.pop().map(drop)),
    "renames a query parameter": |request| query(request, rename),
    "swaps two query values": |request| query(request, swap),
    "sends a query parameter twice": |request| query(request, repeat),
    "encodes query values twice": |request| query(request, |pairs| change(pairs, encoded)),
    "cuts query values": |request| query(request, |pairs| change(pairs, cut)),
    "turns query values to upper case": |request| query(request, |pairs| change(pairs, str::to_uppercase)),
    "sends a query parameter of its own": |request| query(request, |pairs| {
        pairs.push(("limit".to_owned(), "25".to_owned()));
        Some(())
    }),
    "writes brackets of the query as dots": |request| query(request, |pairs| names(pairs, dotted)),
    "swaps the last two segments of the path": |request| path(request, |segments| {
        let last = segments.len().checked_sub(1)?;
        (last >= 1 && segments.get(last) != segments.get(last - 1)).then(|| segments.swap(last - 1, last))
    }),
    "ends the path with a slash": |request| path(request, |segments| { segments.push(String::new()); Some(()) }),
    "loses the last segment of the path": |request| path(request, |segments| segments.pop().map(drop)),
    "turns the path to upper case": |request| path(request, |segments| {
        segments.iter_mut().for_each(|segment| *segment = segment.to_uppercase());
        Some(())
    }),
    "encodes the path twice": |request| path(request, |segments| {
        let twice = segments.iter().map(|segment| segment.replace('%', "%25")).collect();
        let changed = *segments != twice;
        *segments = twice;
        changed.then_some(())
    }),
    "sends another method": |request| {
        let method = if request.method() == "POST" { "PUT" } else { "POST" };
        Some(rebuilt(method, &target(request), headers(request), request.body().to_vec()))
    },
    "loses the credentials": |request| header(request, |headers| {
        let all = headers.len();
        headers.retain(|(name, _)| name != "authorization");
        (headers.len() < all).then_some(())
    }),
    "sends the credentials twice": |request| header(request, |headers| {
        let own = headers.iter().find(|(name, _)| name == "authorization").cloned()?;
        headers.push(own);
        Some(())
    }),
    "writes the credentials in another scheme": |request| header(request, |headers| {
        let (_, own) = headers.iter_mut().find(|(name, _)| name == "authorization")?;
        *own = own.replacen("Bearer", "Token", 1);
        Some(())
    }),
    "asks for a web page": |request| header(request, |headers| {
        headers.retain(|(name, _)| name != "accept");
        headers.push(("accept".to_owned(), "text/html".to_owned()));
        Some(())
    }),
    "loses the content type": |request| header(request, |headers| {
        let all = headers.len();
        headers.retain(|(name, _)| name != "content-type");
        (headers.len() < all).then_some(())
    }),
    "names another content type": |request| header(request, |headers| {
        let (_, own) = headers.iter_mut().find(|(name, _)| name == "content-type")?;
        *own = "application/xml".to_owned();
        Some(())
    }),
    "loses the body": |request| body(request, |_| Some(Vec::new())),
    "cuts the body": |request| body(request, |bytes| Some(bytes.get(..bytes.len() / 2)?.to_vec())),
    "sends the body twice": |request| {
        // What follows the last part of a multipart body is to be ignored (RFC 2046 §5.1.1).
        (!is(request, "multipart/")).then(|| body(request, |bytes| Some([bytes, bytes].concat())))?
    },
    "loses a form pair": |request| form(request, |pairs| pairs.pop().map(drop)),
    "renames a form key": |request| form(request, rename),
    "swaps two form values": |request| form(request, swap),
    "sends a form pair twice": |request| form(request, repeat),
    "encodes form values twice": |request| form(request, |pairs| change(pairs, encoded)),
    "cuts form values": |request| form(request, |pairs| change(pairs, cut)),
    "writes brackets of a form as dots": |request| form(request, |pairs| names(pairs, dotted)),
    "numbers the items of a form": |request| form(request, |pairs| names(pairs, |name| name.replace("[]", "[0]"))),
    "writes flags of a form as numbers": |request| form(request, |pairs| change(pairs, |text| match text {
        "true" => "1".to_owned(),
        "false" => "0".to_owned(),
        other => other.to_owned(),
    })),
    "sends a form pair of its own": |request| form(request, |pairs| {
        pairs.push(("source".to_owned(), "client".to_owned()));
        Some(())
    }),
    "loses a member of a JSON body": |request| members(request, |members| {
        let name = members.keys().next_back()?.clone();
        members.shift_remove(&name).map(drop)
    }),
    "renames a member of a JSON body": |request| members(request, |members| {
        let name = members.keys().next()?.clone();
        let value = members.shift_remove(&name)?;
        members.insert(format!("{name}_"), value);
        Some(())
    }),
    "sends null for a member of a JSON body": |request| members(request, |members| {
        members.values_mut().next().map(|value| *value = Value::Null)
    }),
    "writes a member of a JSON body as JSON text": |request| members(request, |members| {
        members.values_mut().next().map(|value| *value = json!(value.to_string()))
    }),
    "wraps a JSON body": |request| json(request, |value| Some(json!({"data": value}))),
    "sends a list for one JSON body": |request| json(request, |value| Some(json!([value]))),
};

fn headers(request: &Incoming) -> Pairs {
    request.headers().to_vec()
}

fn target(request: &Incoming) -> String {
    pairs::target(request.path(), request.query())
}

fn rebuilt(method: &str, target: &str, headers: Pairs, body: Vec<u8>) -> Incoming {
    let content_type = headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.clone());
    let bare = headers.iter().filter(|(name, _)| name != "content-type" || body.is_empty());
    let request = bare.fold(Incoming::new(method, target), |request, (name, value)| request.with_header(name, value));
    match content_type {
        _ if body.is_empty() => request,
        Some(content_type) => request.with_body(&content_type, body),
        // A body that does not say what it is: `with_body` says it is nothing.
        None => request.with_body("", body),
    }
}

fn query(request: &Incoming, fault: impl Fn(&mut Pairs) -> Option<()>) -> Option<Incoming> {
    let mut pairs = read(request.query().as_bytes());
    fault(&mut pairs)?;
    let target = pairs::target(request.path(), &written(&pairs));
    Some(rebuilt(request.method(), &target, headers(request), request.body().to_vec()))
}

fn path(request: &Incoming, fault: impl Fn(&mut Vec<String>) -> Option<()>) -> Option<Incoming> {
    let mut segments: Vec<String> = request.path().split('/').skip(1).map(str::to_owned).collect();
    fault(&mut segments)?;
    let path = format!("/{}", segments.join("/"));
    let target = pairs::target(&path, request.query());
    Some(rebuilt(request.method(), &target, headers(request), request.body().to_vec()))
}

fn header(request: &Incoming, fault: impl Fn(&mut Pairs) -> Option<()>) -> Option<Incoming> {
    let mut headers = headers(request);
    fault(&mut headers)?;
    Some(rebuilt(request.method(), &target(request), headers, request.body().to_vec()))
}

fn body(request: &Incoming, fault: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<Incoming> {
    let bytes = (!request.body().is_empty()).then(|| fault(request.body()))??;
    Some(rebuilt(request.method(), &target(request), headers(request), bytes))
}

fn form(request: &Incoming, fault: impl Fn(&mut Pairs) -> Option<()>) -> Option<Incoming> {
    if !is(request, "application/x-www-form-urlencoded") {
        return None;
    }
    body(request, |bytes| {
        let mut pairs = read(bytes);
        fault(&mut pairs)?;
        Some(written(&pairs).into_bytes())
    })
}

fn json(request: &Incoming, fault: impl Fn(Value) -> Option<Value>) -> Option<Incoming> {
    if !is(request, "application/json") {
        return None;
    }
    body(request, |bytes| Some(fault(serde_json::from_slice(bytes).ok()?)?.to_string().into_bytes()))
}

fn members(request: &Incoming, fault: impl Fn(&mut Map<String, Value>) -> Option<()>) -> Option<Incoming> {
    json(request, |mut value| {
        fault(value.as_object_mut()?)?;
        Some(value)
    })
}

fn is(request: &Incoming, media_type: &str) -> bool {
    request.header("content-type").is_some_and(|own| own.starts_with(media_type))
}

fn rename(pairs: &mut Pairs) -> Option<()> {
    pairs.first_mut().map(|(name, _)| name.insert(0, '_'))
}

fn swap(pairs: &mut Pairs) -> Option<()> {
    let other = pairs.iter().position(|(_, value)| pairs.first().is_some_and(|(_, first)| first != value))?;
    let (first, rest) = pairs.split_first_mut()?;
    std::mem::swap(&mut first.1, &mut rest.get_mut(other - 1)?.1);
    Some(())
}

fn repeat(pairs: &mut Pairs) -> Option<()> {
    let first = pairs.first()?.clone();
    pairs.push(first);
    Some(())
}

/// Changes every value; none if all stay as they are.
fn change(pairs: &mut Pairs, other: impl Fn(&str) -> String) -> Option<()> {
    let before = pairs.clone();
    pairs.iter_mut().for_each(|(_, value)| *value = other(value));
    (*pairs != before).then_some(())
}

/// Changes every name; none if all stay as they are.
fn names(pairs: &mut Pairs, other: impl Fn(&str) -> String) -> Option<()> {
    let before = pairs.clone();
    pairs.iter_mut().for_each(|(name, _)| *name = other(name));
    (*pairs != before).then_some(())
}

fn dotted(name: &str) -> String {
    name.replace("[]", "").replace('[', ".").replace(']', "")
}

fn cut(text: &str) -> String {
    let mut text = text.to_owned();
    text.pop();
    text
}
