//! The sample for curl.

use cx_spec::{Location, Node, form};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    Argument, Shown, json, plain,
    shell::{command, quoted, with_variable},
    variable,
};

/// Everything but what RFC 3986 §2.3 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub fn sample(shown: &Shown<'_>) -> String {
    let operation = shown.operation;
    let mut words = vec!["curl".to_owned()];
    if operation.method != "GET" {
        words.push(format!("--request {}", operation.method));
    }
    words.extend(credentials(shown));
    for header in shown.arguments.iter().filter(|one| one.location == Location::Header) {
        words.push(format!("--header {}", pair(header, &format!("{}: ", header.name))));
    }
    let query: Vec<_> = shown.arguments.iter().filter(|one| one.location == Location::Query).collect();
    // With a body, the query has to stand in the address.
    let address = if shown.body.is_some() && !query.is_empty() {
        let query: Vec<_> = query.iter().map(|one| in_address(one)).collect();
        format!("\"{}?{}\"", address(shown), query.join("&"))
    } else {
        if !query.is_empty() {
            words.push("--get".to_owned());
        }
        for argument in query {
            words.extend(values(argument).map(|value| {
                let name = format!("{}=", argument.name);
                if argument.secret {
                    format!("--data-urlencode {}", with_variable(&name, &variable(&argument.name)))
                } else {
                    format!("--data-urlencode {}", quoted(&format!("{name}{value}")))
                }
            }));
        }
        quoted(&address(shown))
    };
    words.extend(body(shown));
    words.push(address);
    command(&words)
}

fn values(argument: &Argument) -> impl Iterator<Item = String> + '_ {
    let items = argument.value.as_array().map_or_else(|| vec![&argument.value], |items| items.iter().collect());
    items.into_iter().map(plain)
}

fn pair(argument: &Argument, start: &str) -> String {
    if argument.secret {
        with_variable(start, &variable(&argument.name))
    } else {
        quoted(&format!("{start}{}", plain(&argument.value)))
    }
}

fn in_address(argument: &Argument) -> String {
    let value = if argument.secret {
        format!("${}", variable(&argument.name))
    } else {
        percent_encoded(&plain(&argument.value))
    };
    format!("{}={value}", percent_encoded(&argument.name))
}

/// The address with the values of its path put in.
fn address(shown: &Shown<'_>) -> String {
    let mut path = shown.operation.path.clone();
    for argument in shown.arguments.iter().filter(|one| one.location == Location::Path) {
        path = path.replace(&format!("{{{}}}", argument.name), &percent_encoded(&plain(&argument.value)));
    }
    format!("{}{path}", shown.api.server().unwrap_or_default().trim_end_matches('/'))
}

fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// What the first way to sign the request asks for.
fn credentials(shown: &Shown<'_>) -> Option<String> {
    let scheme = shown.api.security_scheme(shown.operation.security.first()?.first()?)?;
    let bearer = || format!("--header {}", with_variable("Authorization: Bearer ", "CX_TOKEN"));
    match (scheme.text("type")?, scheme.text("scheme")) {
        ("http", Some("basic")) => Some("--user \"$CX_USERNAME:$CX_PASSWORD\"".to_owned()),
        ("apiKey", _) => key(&scheme),
        _ => Some(bearer()),
    }
}

fn key(scheme: &Node<'_>) -> Option<String> {
    let name = scheme.text("name")?;
    match scheme.text("in")? {
        "header" => Some(format!("--header {}", with_variable(&format!("{name}: "), &variable(name)))),
        "cookie" => Some(format!("--cookie {}", with_variable(&format!("{name}="), &variable(name)))),
        _ => Some(format!("--url-query {}", with_variable(&format!("{name}="), &variable(name)))),
    }
}

fn body(shown: &Shown<'_>) -> Vec<String> {
    let (Some(body), Some(media)) = (shown.body, shown.operation.sent_media()) else { return Vec::new() };
    if media.is_form() {
        let flag = if media.is_multipart() { "--form" } else { "--data-urlencode" };
        return form::pairs(body, &shown.operation.form).iter().map(|pair| member(shown, pair, flag)).collect();
    }
    let hide = |name: &str| format!("\"'\"${name}\"'\"");
    let text = json(body, &shown.secrets, |name| format!("\u{e001}{name}\u{e001}"));
    // A secret leaves the quotes of the shell, everything else stays inside.
    let mut text = quoted(&text);
    for name in &shown.secrets {
        let name = variable(name);
        text = text.replace(&format!("\u{e001}{name}\u{e001}"), &hide(&name));
    }
    vec![format!("--header {}", quoted(&format!("Content-Type: {}", media.media_type))), format!("--data {text}")]
}

fn member(shown: &Shown<'_>, pair: &form::Pair, flag: &str) -> String {
    let name = pair.dotted.rsplit('.').next().unwrap_or_default();
    let start = format!("{}=", pair.name);
    if shown.is_file(&pair.dotted) {
        return format!("{flag} {}", quoted(&format!("{start}@{name}.csv")));
    }
    if shown.secrets.contains(name) {
        return format!("{flag} {}", with_variable(&start, &variable(name)));
    }
    // `--form` reads `@` and `<` at the start of a value as the name of a file.
    let flag = if flag == "--form" && pair.value.starts_with(['@', '<']) { "--form-string" } else { flag };
    format!("{flag} {}", quoted(&format!("{start}{}", pair.value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_to_its_segment() {
        assert_eq!(percent_encoded("a/b c@é"), "a%2Fb%20c%40%C3%A9");
    }
}
