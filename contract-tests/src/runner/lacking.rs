//! Requests that lack what the document requires: the client does not send them, and a vendor does not take them.

use cx_client::ErrorKind;
use cx_mock::{Exchange, Incoming, Place, Violation, example_request};
use cx_spec::Operation;

use super::{Outcome, Runner};
use crate::{
    arguments,
    cases::{Case, Lacking},
};

/// How the mock marks a reply that the document does not describe.
const MARK: &str = "x-cx-mock";

impl Runner {
    /// Nothing is scripted here: what a vendor says to such a request is its own business.
    pub(super) async fn run_lacking(&self, case: Case, operation: &Operation, lacking: &Lacking) -> Outcome {
        let result = match self.call(&case).await {
            Ok(result) => result,
            Err(panic) => {
                let (violations, exchanges) = (self.vendor.take_violations(), self.vendor.take_exchanges());
                return Outcome { case, problems: vec![panic], violations, exchanges };
            }
        };
        let of_operation = |one: &&Exchange| one.operation() == Some(operation.id.as_str());
        let mut exchanges = self.vendor.take_exchanges();
        let sent = exchanges.iter().filter(of_operation).count();
        let mut problems = Vec::new();
        match result {
            Ok(_) => problems.push(format!("a call without {lacking} brought a reply")),
            Err(error) if sent == 0 && error.kind() != ErrorKind::InvalidRequest => {
                problems.push(format!("a call without {lacking} ended in an error of another kind: {error}"));
            }
            Err(_) => {}
        }
        if sent == 0 {
            // The client keeps such a request to itself, so the vendor gets it by hand.
            match self.send_by_hand(&case, operation, lacking).await {
                Ok(()) => exchanges.extend(self.vendor.take_exchanges()),
                Err(reason) => problems.push(format!("a request without {lacking} cannot be made: {reason}")),
            }
        }
        match exchanges.iter().rfind(of_operation) {
            Some(exchange) => problems.extend(refusal(exchange, operation, lacking)),
            None => problems.push(format!("no request without {lacking} reached the vendor")),
        }
        let violations = self.vendor.take_violations().into_iter();
        let violations = violations.filter(|violation| !speaks_of(violation, lacking)).collect();
        Outcome { case, problems, violations, exchanges }
    }

    async fn send_by_hand(&self, case: &Case, operation: &Operation, lacking: &Lacking) -> Result<(), String> {
        let request = self.request_by_hand(case, operation, lacking)?;
        let query = if request.query().is_empty() { String::new() } else { format!("?{}", request.query()) };
        let url = format!("{}{}{query}", self.vendor.base_url(), request.path());
        let method = request.method().parse::<http::Method>().map_err(|error| error.to_string())?;
        let mut builder = self.core.http().request(method, url);
        for (name, value) in request.headers() {
            builder = builder.header(name, value);
        }
        let sent = builder.body(request.body().to_vec()).send().await;
        sent.map(drop).map_err(|error| error.to_string())
    }

    fn request_by_hand(&self, case: &Case, operation: &Operation, lacking: &Lacking) -> Result<Incoming, String> {
        let media = arguments::media(operation, case.media_type.as_deref());
        let body = media.zip(case.arguments.get("body"));
        let request = example_request(&self.subject.api, operation, body, false)?;
        Ok(match lacking {
            Lacking::Parameter(name) => without_parameter(&request, name),
            Lacking::Member(_) => request,
        })
    }
}

/// What is wrong with the refusal of a request.
fn refusal(exchange: &Exchange, operation: &Operation, lacking: &Lacking) -> Vec<String> {
    let mut problems = Vec::new();
    if !exchange.verdict.violations.iter().any(|violation| speaks_of(violation, lacking)) {
        problems.push(format!("the vendor does not miss {lacking}"));
    }
    let status = exchange.reply.status;
    let marked = exchange.reply.headers.iter().any(|(name, _)| name == MARK);
    if status < 400 {
        problems.push(format!("a request without {lacking} is answered with {status}"));
    } else if operation.reply(status).is_none() && !marked {
        problems.push(format!("a request without {lacking} is refused with {status}, which is not documented"));
    }
    problems
}

/// Whether a violation is about what is lacking: at its place, or above it where the choice among branches fails or where
/// an object without its last member is not there at all.
fn speaks_of(violation: &Violation, lacking: &Lacking) -> bool {
    match (&violation.place, lacking) {
        (Place::Query(name) | Place::Header(name) | Place::Cookie(name), Lacking::Parameter(missing)) => {
            violation.rule == "required" && name == missing
        }
        (Place::Body(at), Lacking::Member(pointer)) => {
            let rules = ["required", "oneOf", "anyOf", "minProperties", "minItems"];
            let below = pointer.strip_prefix(at.as_str());
            rules.contains(&violation.rule.as_str())
                && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        _ => false,
    }
}

/// The same request without the pairs, the header or the cookie of one parameter.
fn without_parameter(request: &Incoming, name: &str) -> Incoming {
    let bracketed = format!("{name}[");
    let is_other = |pair: &&str| {
        let decoded = cx_mock::form::urlencoded(pair.as_bytes());
        !decoded.iter().any(|pair| pair.name == name || pair.name.starts_with(&bracketed))
    };
    let query: Vec<&str> = request.query().split('&').filter(|pair| !pair.is_empty()).filter(is_other).collect();
    let target =
        if query.is_empty() { request.path().to_owned() } else { format!("{}?{}", request.path(), query.join("&")) };
    let mut less = Incoming::new(request.method(), &target);
    for (header, value) in request.headers().iter().filter(|(header, _)| !header.eq_ignore_ascii_case(name)) {
        match header.as_str() {
            // It comes with the body.
            "content-type" => {}
            "cookie" => {
                let others: Vec<&str> =
                    value.split(';').map(str::trim).filter(|pair| pair.split('=').next() != Some(name)).collect();
                if !others.is_empty() {
                    less = less.with_header(header, &others.join("; "));
                }
            }
            _ => less = less.with_header(header, value),
        }
    }
    match request.header("content-type") {
        Some(content_type) => less.with_body(content_type, request.body().to_vec()),
        None => less,
    }
}

impl std::fmt::Display for Lacking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Parameter(name) => write!(f, "parameter `{name}`"),
            Self::Member(pointer) => write!(f, "member {pointer}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_taken_out_wherever_it_travels() {
        let request = Incoming::new("POST", "/things?page=1&created%5Bgte%5D=2")
            .with_header("x-key", "k")
            .with_header("cookie", "basket=1; theme=dark")
            .with_body("application/json", b"{}".to_vec());
        let less = |name: &str| {
            let less = without_parameter(&request, name);
            assert_eq!((less.header("content-type"), less.body()), (Some("application/json"), &b"{}"[..]), "{name}");
            let header = |name: &str| less.header(name).unwrap_or_default().to_owned();
            (less.query().to_owned(), header("x-key"), header("cookie"))
        };
        let expected = |query: &str, key: &str, cookie: &str| (query.to_owned(), key.to_owned(), cookie.to_owned());
        let whole = "page=1&created%5Bgte%5D=2";
        assert_eq!(less("page"), expected("created%5Bgte%5D=2", "k", "basket=1; theme=dark"));
        assert_eq!(less("created"), expected("page=1", "k", "basket=1; theme=dark"));
        assert_eq!(less("X-Key"), expected(whole, "", "basket=1; theme=dark"));
        assert_eq!(less("basket"), expected(whole, "k", "theme=dark"));
    }

    #[test]
    fn the_last_cookie_takes_its_header_along() {
        let request = Incoming::new("GET", "/basket").with_header("cookie", "basket=1");
        assert_eq!(without_parameter(&request, "basket").header("cookie"), None);
    }
}
