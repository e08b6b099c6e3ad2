//! How to see a case again: the command that runs it alone, and the request for `curl`.

use std::fmt::Write;

use super::{
    redact::HIDDEN,
    wire::{Payload, Wire},
};

/// Headers that `curl` makes itself, or that say nothing to the vendor.
const MADE_BY_CURL: &[&str] = &["host", "content-length", "accept-encoding", "user-agent"];

/// The command that runs one case alone.
pub(super) fn command(api: &str, case: &str, seed: u64) -> String {
    let (before, after) = around(api, seed);
    format!("{before}{}{after}", word(case))
}

/// The name of a case for a shell. The one that was drawn as the third of its kind is there if three are drawn.
pub(super) fn word(case: &str) -> String {
    let drawn = case.rsplit_once("/generated/").and_then(|(_, number)| number.parse::<usize>().ok());
    match drawn.filter(|number| *number > 0) {
        Some(number) => format!("{} --cases {}", quoted(case), number + 1),
        None => quoted(case),
    }
}

/// What stands before and after the name of a case, which may need quotes.
pub(super) fn around(api: &str, seed: u64) -> (String, String) {
    (format!("cargo xtask conformance --api {} --case ", quoted(api)), format!(" --seed {seed}"))
}

/// The request as a line for a shell, redacted. The address and the token come from variables, so that it runs as it stands
/// against a mock vendor (`cargo xtask mock`) and against a real one.
pub(super) fn curl(wire: &Wire) -> String {
    let (method, target) = wire.request.line.split_once(' ').unwrap_or(("GET", "/"));
    let mut line = "curl".to_owned();
    if method != "GET" {
        let _ = write!(line, " -X {}", quoted(method));
    }
    let _ = write!(line, " \"$CX_BASE_URL\"{}", quoted(target));
    for header in &wire.request.headers {
        let (name, value) = header.split_once(": ").unwrap_or((header, ""));
        let by_curl = MADE_BY_CURL.contains(&name);
        let by_form = name == "content-type" && !matches!(wire.payload, Payload::None | Payload::Raw(_));
        match value.strip_suffix(HIDDEN) {
            _ if by_curl || by_form => {}
            Some(scheme) if name == "authorization" => {
                let _ = write!(line, " -H \"authorization: {scheme}$CX_TOKEN\"");
            }
            _ => {
                let _ = write!(line, " -H {}", quoted(header));
            }
        }
    }
    match &wire.payload {
        Payload::None => {}
        Payload::Raw(text) => {
            let _ = write!(line, " --data-raw {}", quoted(text));
        }
        Payload::Urlencoded(pairs) => {
            for (name, value) in pairs {
                let _ = write!(line, " --data-urlencode {}", quoted(&format!("{name}={value}")));
            }
        }
        Payload::Multipart(parts) => {
            for (name, value, is_file) in parts {
                let option = if *is_file { "--form" } else { "--form-string" };
                let _ = write!(line, " {option} {}", quoted(&format!("{name}={value}")));
            }
        }
    }
    line
}

/// A word for a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |one: char| one.is_ascii_alphanumeric() || "-_./:=@%+,".contains(one);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::wire::Message;

    fn wire(line: &str, headers: &[&str], payload: Payload) -> Wire {
        let headers = headers.iter().map(|one| (*one).to_owned()).collect();
        Wire {
            request: Message { line: line.into(), headers, body: String::new() },
            reply: Message::default(),
            payload,
        }
    }

    #[test]
    fn a_command_names_the_case_whatever_is_in_its_name() {
        assert_eq!(command("a", "x/200/it's", 7), r"cargo xtask conformance --api a --case 'x/200/it'\''s' --seed 7");
    }

    #[test]
    fn a_drawn_case_is_drawn_again() {
        assert_eq!(word("x/200/generated/0"), "x/200/generated/0");
        assert_eq!(word("x/200/generated/2"), "x/200/generated/2 --cases 3");
    }

    #[test]
    fn a_request_is_one_line_without_a_token() {
        let wire = wire(
            "POST /v1/things?a=b&c=d",
            &["host: mock.vendor", "authorization: Bearer ***", "content-type: application/json"],
            Payload::Raw(r#"{"a":"it's"}"#.into()),
        );
        assert_eq!(
            curl(&wire),
            r#"curl -X POST "$CX_BASE_URL"'/v1/things?a=b&c=d' -H "authorization: Bearer $CX_TOKEN" -H 'content-type: application/json' --data-raw '{"a":"it'\''s"}'"#
        );
    }

    #[test]
    fn a_form_is_written_pair_by_pair() {
        let pairs = Payload::Urlencoded(vec![("a[b]".into(), "1 2".into()), ("password".into(), HIDDEN.into())]);
        let line = curl(&wire("PUT /t", &["content-type: application/x-www-form-urlencoded"], pairs));
        assert_eq!(
            line,
            r#"curl -X PUT "$CX_BASE_URL"/t --data-urlencode 'a[b]=1 2' --data-urlencode 'password=***'"#
        );
    }
}
