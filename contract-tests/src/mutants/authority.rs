//! Addresses and scopes, which no request shows: where the client gets its tokens, and what they are good for.

use cx_spec::Api;
use serde_json::Value;

use super::evidence::Authority;
use crate::apis::Subject;

/// What a document says of addresses and scopes that the client of a subject does not go by.
pub fn complaints(subject: &Subject, seen: &Authority, api: &Api) -> Vec<String> {
    let mut found = server(subject, api);
    found.extend(addresses(subject, seen, api));
    found.extend(scopes(seen, api));
    found
}

/// The client asks its own server, and the document names another.
fn server(subject: &Subject, api: &Api) -> Vec<String> {
    let own = subject.client.api.server;
    let named = api.server().unwrap_or_default();
    if own == named.trim_end_matches('/') { Vec::new() } else { vec![format!("the client asks {own}, not {named}")] }
}

fn addresses(subject: &Subject, seen: &Authority, api: &Api) -> Vec<String> {
    let client = subject.client.api;
    let Some(oauth) = &client.oauth else { return Vec::new() };
    let origin = oauth.token_server.unwrap_or(client.server);
    // Where the client was seen to get a token; what its table says, for a client that was given one.
    let tokens: Vec<String> = match seen.token_paths.as_slice() {
        [] => vec![format!("{origin}{}", oauth.token.path)],
        paths => paths.iter().map(|path| format!("{origin}{path}")).collect(),
    };
    let people: Vec<String> =
        oauth.authorize.iter().map(|operation| format!("{}{}", client.server, operation.path)).collect();
    let mut found = Vec::new();
    for (_, scheme) in api.security_schemes() {
        for (flow, node) in scheme.member("flows").map(|flows| flows.members()).unwrap_or_default() {
            for (member, used) in [("tokenUrl", &tokens), ("refreshUrl", &tokens), ("authorizationUrl", &people)] {
                let named = node.text(member);
                if let Some(named) = named.filter(|named| !used.iter().any(|one| one == named)) {
                    found.push(format!("{member} of {flow} is {named}; the client uses {}", used.join(" and ")));
                }
            }
        }
    }
    found
}

/// Operations that no alternative lets in with the scopes that the client's tokens have.
fn scopes(seen: &Authority, api: &Api) -> Vec<String> {
    let granted = |scope: &Value| scope.as_str().is_some_and(|scope| seen.scopes.iter().any(|one| one == scope));
    let mut found = Vec::new();
    for operation in &api.operations {
        let node = api.document().at(&operation.place.pointer);
        let security = node.and_then(|node| node.member("security")).or_else(|| api.document().at("/security"));
        let alternatives = security.map(|security| security.items()).unwrap_or_default();
        let lets_in = |alternative: &cx_spec::Node<'_>| {
            let mut scopes = alternative.members().into_iter().flat_map(|(_, scopes)| scopes.items());
            scopes.all(|scope| granted(scope.value()))
        };
        if !alternatives.is_empty() && !alternatives.iter().any(lets_in) {
            found.push(format!("{} asks for a scope that the client's tokens never have", operation.id));
        }
    }
    found
}
