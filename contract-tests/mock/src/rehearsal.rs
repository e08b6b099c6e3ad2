//! Requests made from the document's own examples: what a client would send that does as the document shows.

use cx_spec::{Api, Location, Media, Operation, Parameter, form, media_type::essence, schema::Shape};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::{incoming::Incoming, issuer::ACCESS_TOKEN};

/// What RFC 3986 calls unreserved stays as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Parts a multipart body; no example holds it.
const BOUNDARY: &str = "cx-mock-boundary-7d1f3a";

/// The request of an operation that carries the examples of its parameters, `body` as the given media type, and
/// [`ACCESS_TOKEN`] where the document asks for credentials.
///
/// # Errors
/// What the document lacks: an example of a parameter that is needed, or a scheme or a media type nobody here can
/// write.
///
/// ```
/// # let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a/{id}:\n    get:\n      operationId: get_a\n      \
/// #     parameters: [{name: id, in: path, required: true, schema: {type: string}, example: x y}]\n      responses: {}\n";
/// # let api = cx_spec::Api::index(cx_spec::Document::parse("t", "t.yaml", text)?)?;
/// let operation = api.operation("get_a").expect("the document has it");
/// let request = cx_mock::example_request(&api, operation, None, false).expect("it has examples");
/// assert_eq!(request.path(), "/a/x%20y");
/// # Ok::<(), cx_spec::SpecError>(())
/// ```
pub fn example_request(
    api: &Api,
    operation: &Operation,
    body: Option<(&Media, &Value)>,
    optional_parameters: bool,
) -> Result<Incoming, String> {
    let mut path = operation.path.clone();
    let mut query: Vec<(String, String)> = Vec::new();
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut cookies: Vec<(String, String)> = Vec::new();
    for parameter in &operation.parameters {
        if !parameter.required && !optional_parameters {
            continue;
        }
        let Some(example) = &parameter.example else {
            if parameter.required {
                return Err(format!("`{}` of `{}` has no example", parameter.name, operation.id));
            }
            continue;
        };
        match parameter.location {
            Location::Path => {
                path = path.replace(&format!("{{{}}}", parameter.name), &in_path(parameter, example));
            }
            Location::Query => write_query(parameter, example, &mut query),
            Location::Header => headers.push((parameter.name.clone(), in_header(parameter, example))),
            Location::Cookie => cookies.push((parameter.name.clone(), simple(example))),
        }
    }
    write_credentials(api, operation, &mut query, &mut headers, &mut cookies)?;
    // All cookies travel in one header (RFC 6265 §5.4).
    if !cookies.is_empty() {
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        headers.push(("cookie".to_owned(), pairs.join("; ")));
    }
    let target = if query.is_empty() { path } else { format!("{path}?{}", urlencoded(&query)) };
    let mut request = Incoming::new(&operation.method, &target);
    for (name, value) in &headers {
        request = request.with_header(name, value);
    }
    match body {
        None => Ok(request),
        Some((media, value)) => write_body(api, operation, media, value, request),
    }
}

/// A value as the style of its parameter has it in a path (RFC 6570 §3.2.2, §3.2.5, §3.2.7).
fn in_path(parameter: &Parameter, example: &Value) -> String {
    let encode = |text: &str| utf8_percent_encode(text, ESCAPED).to_string();
    let (sign, between, name) = match parameter.style.as_str() {
        "label" => (".", ".", String::new()),
        "matrix" => (";", ";", format!("{}=", encode(&parameter.name))),
        _ => ("", ",", String::new()),
    };
    let value = |value: &Value| encode(&simple(value));
    let text = match example {
        Value::Array(items) if parameter.explode => {
            items.iter().map(|item| format!("{name}{}", value(item))).collect::<Vec<_>>().join(between)
        }
        Value::Object(members) if parameter.explode => {
            let members = members.iter().map(|(key, member)| format!("{}={}", encode(key), value(member)));
            members.collect::<Vec<_>>().join(between)
        }
        Value::Array(items) => format!("{name}{}", items.iter().map(value).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let members = members.iter().map(|(key, member)| format!("{},{}", encode(key), value(member)));
            format!("{name}{}", members.collect::<Vec<_>>().join(","))
        }
        _ => format!("{name}{}", value(example)),
    };
    format!("{sign}{text}")
}

/// A value as style `simple` has it in a header, whose only choice is how an object is written.
fn in_header(parameter: &Parameter, example: &Value) -> String {
    match example {
        Value::Object(members) if parameter.explode => {
            let members = members.iter().map(|(key, value)| format!("{key}={}", simple(value)));
            members.collect::<Vec<_>>().join(",")
        }
        _ => simple(example),
    }
}

fn write_query(parameter: &Parameter, example: &Value, query: &mut Vec<(String, String)>) {
    let name = &parameter.name;
    match (example, parameter.style.as_str()) {
        (Value::Object(members), "deepObject") => {
            query.extend(members.iter().map(|(key, value)| (format!("{name}[{key}]"), simple(value))));
        }
        (Value::Object(members), _) if parameter.explode => {
            query.extend(members.iter().map(|(key, value)| (key.clone(), simple(value))));
        }
        (Value::Array(items), _) if parameter.explode => {
            query.extend(items.iter().map(|item| (name.clone(), simple(item))));
        }
        (Value::Array(items), style) => {
            let delimiter = match style {
                "spaceDelimited" => " ",
                "pipeDelimited" => "|",
                _ => ",",
            };
            query.push((name.clone(), items.iter().map(simple).collect::<Vec<_>>().join(delimiter)));
        }
        _ => query.push((name.clone(), simple(example))),
    }
}

/// Style `simple`, which is also how a single value is written anywhere.
fn simple(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(simple).collect::<Vec<_>>().join(","),
        Value::Object(members) => {
            members.iter().map(|(key, value)| format!("{key},{}", simple(value))).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}

fn write_credentials(
    api: &Api,
    operation: &Operation,
    query: &mut Vec<(String, String)>,
    headers: &mut Vec<(String, String)>,
    cookies: &mut Vec<(String, String)>,
) -> Result<(), String> {
    let Some(schemes) = operation.security.first() else { return Ok(()) };
    for name in schemes {
        let scheme = api.security_scheme(name).ok_or_else(|| format!("there is no security scheme `{name}`"))?;
        // The names of HTTP's schemes are written in any case (RFC 9110 §11.1).
        let kind = scheme.text("scheme").map(str::to_ascii_lowercase);
        match (scheme.text("type"), kind.as_deref(), scheme.text("in"), scheme.text("name")) {
            (Some("oauth2" | "openIdConnect"), ..) | (_, Some("bearer"), ..) => {
                headers.push(("authorization".to_owned(), format!("Bearer {ACCESS_TOKEN}")));
            }
            (.., Some("query"), Some(key)) => query.push((key.to_owned(), ACCESS_TOKEN.to_owned())),
            (.., Some("header"), Some(key)) => headers.push((key.to_owned(), ACCESS_TOKEN.to_owned())),
            (.., Some("cookie"), Some(key)) => cookies.push((key.to_owned(), ACCESS_TOKEN.to_owned())),
            _ => return Err(format!("security scheme `{name}` is of a kind that nobody here can write")),
        }
    }
    Ok(())
}

fn write_body(
    api: &Api,
    operation: &Operation,
    media: &Media,
    value: &Value,
    request: Incoming,
) -> Result<Incoming, String> {
    let media_type = essence(&media.media_type);
    if media.is_json() {
        return Ok(request.with_body(&media_type, value.to_string()));
    }
    let pairs = || {
        let pairs = form::pairs(value, &operation.form).into_iter();
        pairs.map(|pair| (pair.name, pair.value)).collect::<Vec<_>>()
    };
    match media_type.as_str() {
        "application/x-www-form-urlencoded" => Ok(request.with_body(&media_type, urlencoded(&pairs()))),
        "multipart/form-data" => {
            let shape = Shape::at(api, &media.pointer);
            let is_file = |name: &str| {
                shape.property(name).is_some_and(|member| matches!(member.text("format"), Some("binary" | "byte")))
            };
            let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
            Ok(request.with_body(&content_type, multipart(&pairs(), is_file)))
        }
        _ => match value {
            Value::String(text) => Ok(request.with_body(&media_type, text.clone())),
            _ => Err(format!("nobody here can write `{media_type}`")),
        },
    }
}

fn urlencoded(pairs: &[(String, String)]) -> String {
    let encode = |text: &str| utf8_percent_encode(text, ESCAPED).to_string();
    pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

fn multipart(pairs: &[(String, String)], is_file: impl Fn(&str) -> bool) -> String {
    let mut body = String::new();
    for (name, value) in pairs {
        let file = if is_file(name) { "; filename=\"example.bin\"" } else { "" };
        body.push_str(&format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"{file}\r\n\r\n{value}\r\n",
            name.replace('"', "%22")
        ));
    }
    body.push_str(&format!("--{BOUNDARY}--\r\n"));
    body
}

#[cfg(test)]
mod tests {
    use cx_spec::Document;
    use serde_json::json;

    use super::*;
    use crate::validator::Validator;

    /// What is written is what is read.
    #[test]
    fn an_example_travels_in_the_path_by_the_style_of_its_parameter() {
        for (style, schema, example, target) in [
            ("simple", "{type: string}", json!("x y"), "/a/x%20y"),
            ("simple", "{type: array, items: {type: integer}}", json!([1, 2]), "/a/1,2"),
            ("label", "{type: string}", json!("x.y"), "/a/.x.y"),
            ("label", "{type: array, items: {type: integer}}", json!([1, 2]), "/a/.1,2"),
            ("label, explode: true", "{type: array, items: {type: integer}}", json!([1, 2]), "/a/.1.2"),
            (
                "label, explode: true",
                "{type: object, properties: {x: {type: integer}, y: {type: integer}}}",
                json!({"x": 1, "y": 2}),
                "/a/.x=1.y=2",
            ),
            ("matrix", "{type: string}", json!("x;y"), "/a/;id=x%3By"),
            ("matrix", "{type: array, items: {type: integer}}", json!([1, 2]), "/a/;id=1,2"),
            ("matrix, explode: true", "{type: array, items: {type: integer}}", json!([1, 2]), "/a/;id=1;id=2"),
            (
                "matrix",
                "{type: object, properties: {x: {type: integer}, y: {type: integer}}}",
                json!({"x": 1, "y": 2}),
                "/a/;id=x,1,y,2",
            ),
            (
                "matrix, explode: true",
                "{type: object, properties: {x: {type: integer}, y: {type: integer}}}",
                json!({"x": 1, "y": 2}),
                "/a/;x=1;y=2",
            ),
        ] {
            let text = format!(
                "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /a/{{id}}:\n    get:\n      operationId: get_a\n      parameters:\n        \
                 - {{name: id, in: path, required: true, style: {style}, schema: {schema}, example: {example}}}\n      responses: {{}}\n"
            );
            let api = Api::index(Document::parse("t", "t.yaml", &text).unwrap()).unwrap();
            let request = example_request(&api, &api.operations[0], None, false).unwrap();
            assert_eq!(request.path(), target);
            let verdict = Validator::new(api).request(&request);
            assert_eq!((verdict.violations, verdict.parameters.path.get("id")), (vec![], Some(&example)), "{target}");
        }
    }

    #[test]
    fn cookies_and_the_members_of_a_header_are_written_as_they_are_read() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: get_a\n      \
            security: [{token: [], session: []}]\n      parameters:\n        \
            - {name: basket, in: cookie, required: true, schema: {type: integer}, example: 1}\n        \
            - {name: theme, in: cookie, required: true, schema: {type: string}, example: dark}\n        \
            - {name: X-Map, in: header, required: true, explode: true, schema: {type: object, properties: {x: {type: integer}, \
            y: {type: integer}}}, example: {x: 1, y: 2}}\n      responses: {}\ncomponents:\n  securitySchemes:\n    \
            token: {type: http, scheme: Bearer}\n    session: {type: apiKey, in: cookie, name: session}\n";
        let api = Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap();
        let request = example_request(&api, &api.operations[0], None, false).unwrap();
        let cookies: Vec<&str> =
            request.headers().iter().filter(|(name, _)| name == "cookie").map(|(_, value)| value.as_str()).collect();
        assert_eq!(cookies, [format!("basket=1; theme=dark; session={ACCESS_TOKEN}")]);
        let verdict = Validator::new(api).request(&request);
        assert_eq!((verdict.violations, verdict.credentials.len()), (vec![], 2));
        assert_eq!(verdict.parameters.header.get("X-Map"), Some(&json!({"x": 1, "y": 2})));
    }
}
