//! A request in the words of the snapshots.

use cx_mock::{
    Exchange,
    form::{Pair, Part},
};
use serde_json::{Value, json};

/// The request as text: what is the same in all requests of an API is left out, and so is the token.
pub fn request(exchange: &Exchange) -> Value {
    let request = &exchange.request;
    let query: Vec<String> = request
        .query_pairs()
        .iter()
        .map(|pair| format!("{}={}", pair.name, text(pair).unwrap_or_default()))
        .collect();
    let media_type = request.media_type().unwrap_or_default();
    let body = match media_type.as_str() {
        "" => Value::Null,
        one if one.contains("json") => {
            serde_json::from_slice(request.body()).unwrap_or_else(|_| json!(String::from_utf8_lossy(request.body())))
        }
        _ => exchange.verdict.pairs.iter().map(field).collect(),
    };
    json!({
        "line": format!("{} {}", request.method(), request.path()),
        "query": query,
        "accept": request.header("accept"),
        "authorization": request.header("authorization").map(scheme),
        "content-type": media_type.split(';').next(),
        "body": body,
    })
}

/// The scheme of the credentials, and nothing of themselves.
fn scheme(authorization: &str) -> String {
    authorization.split_once(' ').map_or_else(|| "…".to_owned(), |(scheme, _)| format!("{scheme} …"))
}

/// A pair of a form.
fn field(pair: &Pair) -> String {
    match &pair.part {
        Part::File(file) => {
            let (name, kind) = (file.file_name.as_deref(), file.media_type.as_deref());
            let (name, kind) = (name.unwrap_or_default(), kind.unwrap_or_default());
            format!("{} is the file `{name}` ({kind}, {} bytes)", pair.name, file.size)
        }
        _ => text(pair).map_or_else(|| pair.name.clone(), |text| format!("{}={text}", pair.name)),
    }
}

fn text(pair: &Pair) -> Option<&str> {
    match &pair.part {
        Part::Text(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_shown_by_their_scheme_alone() {
        assert_eq!(scheme("Bearer mock-token"), "Bearer …");
        assert_eq!(scheme("Basic bW9jaw=="), "Basic …");
        assert_eq!(scheme("mock-token"), "…");
    }
}
