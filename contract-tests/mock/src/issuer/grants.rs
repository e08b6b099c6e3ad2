//! Grants: what a token request asks for and whether it gets it.

use base64::Engine as _;
use cx_spec::{Api, Grant, OAuth, Operation, RefreshScope};
use serde_json::{Map, Value};

use super::{
    CLIENT_ID, CLIENT_SECRET, PASSWORD, USERNAME,
    reply::{self, Refusal},
    store::{Family, Issuer, Order, RefreshOrder},
};
use crate::{incoming::Incoming, outgoing::Outgoing, schema::Schemas, validator::Verdict, violation::Violation};

impl Issuer {
    /// Serves the token operation. `minded` is what is held against the request: a careless vendor lets some of the
    /// violations pass.
    pub(crate) fn token(
        &self,
        schemas: &Schemas,
        operation: &Operation,
        incoming: &Incoming,
        verdict: &Verdict,
        minded: &[Violation],
    ) -> Outgoing {
        self.count_request();
        let empty = Map::new();
        let members = verdict.body.as_ref().and_then(Value::as_object).unwrap_or(&empty);
        let basic = basic(incoming);
        let Some(oauth) = &operation.oauth else {
            return reply::refuse(schemas, operation, &Refusal::new("invalid_request", "no token operation"), false);
        };
        let request = Request { issuer: self, api: schemas.api(), operation, oauth, members, basic: &basic };
        let outcome = request.grant().and_then(|(name, grant)| {
            // A request that breaks the document gets a token at no vendor's; only why is told by the grant first.
            if minded.is_empty() {
                request.serve(name, grant)
            } else {
                Err(Refusal::new("invalid_request", "the request breaks the document"))
            }
        });
        outcome.unwrap_or_else(|refusal| reply::refuse(schemas, operation, &refusal, basic.is_some()))
    }
}

struct Request<'r> {
    issuer: &'r Issuer,
    api: &'r Api,
    operation: &'r Operation,
    oauth: &'r OAuth,
    members: &'r Map<String, Value>,
    basic: &'r Option<(String, String)>,
}

impl<'r> Request<'r> {
    fn text(&self, name: &str) -> Option<&'r str> {
        self.members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The grant that is asked for.
    fn grant(&self) -> Result<(&'r str, &'r Grant), Refusal> {
        let name = self.text("grant_type").ok_or(Refusal::new("invalid_request", "no grant type"))?;
        let grant = self.oauth.grants.get(name);
        Ok((name, grant.ok_or(Refusal::new("unsupported_grant_type", "the grant type is not documented"))?))
    }

    fn serve(&self, name: &str, grant: &Grant) -> Result<Outgoing, Refusal> {
        let in_header = |parameter: &str| self.basic.is_some() && matches!(parameter, "client_id" | "client_secret");
        for parameter in &grant.parameters {
            if self.text(parameter).is_none() && !in_header(parameter) {
                return Err(Refusal::new("invalid_request", "a parameter of the grant is missing"));
            }
        }
        self.check_client(grant)?;
        let scope = self.text("scope").map(str::to_owned);
        self.check_scope(scope.as_deref())?;
        let takes = |parameter: &str| grant.parameters.iter().any(|one| one == parameter);
        if takes("username") && (self.text("username"), self.text("password")) != (Some(USERNAME), Some(PASSWORD)) {
            return Err(Refusal::new("invalid_grant", "the user is not known or the password is wrong"));
        }
        if takes("code") && !self.issuer.take_code(self.text("code").unwrap_or_default()) {
            return Err(Refusal::new("invalid_grant", "the code is not known or was taken already"));
        }
        let family = match takes("refresh_token") {
            true => self.take_refresh_token(scope.as_deref())?,
            false => self.issuer.new_family(scope.clone()),
        };
        let refresh = match self.text("refresh_token").filter(|_| takes("refresh_token") && !self.oauth.rotation) {
            _ if !grant.refresh_token => RefreshOrder::None,
            Some(token) => RefreshOrder::Keep(token.to_owned()),
            None => RefreshOrder::New,
        };
        let shown = reply::shown(self.operation, name, grant.refresh_token);
        let lifetime = self.issuer.lifetime().or(shown.lifetime);
        let order = Order { label: self.api.name(), family, scope: scope.clone(), lifetime, refresh };
        let issued = self.issuer.issue(order);
        Ok(reply::issued(self.api, self.operation, shown, &issued, lifetime, scope))
    }

    /// Takes the refresh token for a new token with this scope, and tells which login it comes from.
    fn take_refresh_token(&self, scope: Option<&str>) -> Result<Family, Refusal> {
        if self.oauth.single_user_scope && scope.is_some_and(|scope| scope.contains('@')) {
            return Err(Refusal::new("invalid_scope", "a scope with an e-mail address cannot be refreshed"));
        }
        if self.oauth.refresh_scope == RefreshScope::Required && scope.is_none() {
            return Err(Refusal::new("invalid_request", "a refresh has to name its scope"));
        }
        let token = self.text("refresh_token").unwrap_or_default();
        // Asked before the token is spent: what is refused for its scope may be asked for again with a better one.
        if let (Some(granted), Some(asked)) = (self.issuer.refresh_scope(token), scope) {
            let granted: Vec<&str> = granted.split_whitespace().collect();
            if !asked.split_whitespace().all(|word| granted.contains(&word)) {
                return Err(Refusal::new("invalid_scope", "a refresh cannot widen the scope"));
            }
        }
        let taken = self.issuer.take_refresh(token, self.oauth.rotation);
        taken.ok_or(Refusal::new("invalid_grant", "the refresh token is not known or spent"))
    }

    /// A client is checked wherever it names itself, even where the grant does not ask for it.
    fn check_client(&self, grant: &Grant) -> Result<(), Refusal> {
        let wrong = Refusal::new("invalid_client", "the client is not known or its secret is wrong");
        if let Some((id, secret)) = self.basic {
            if self.text("client_secret").is_some() {
                return Err(Refusal::new("invalid_request", "more than one way of client authentication"));
            }
            return if (id.as_str(), secret.as_str()) == (CLIENT_ID, CLIENT_SECRET) { Ok(()) } else { Err(wrong) };
        }
        let takes = |parameter: &str| grant.parameters.iter().any(|one| one == parameter);
        let good = |name: &str, known: &str| match self.text(name) {
            Some(text) => text == known,
            None => !takes(name),
        };
        if good("client_id", CLIENT_ID) && good("client_secret", CLIENT_SECRET) { Ok(()) } else { Err(wrong) }
    }

    /// Scopes that a document lists are all there are, but for the e-mail address of a single user.
    fn check_scope(&self, scope: Option<&str>) -> Result<(), Refusal> {
        let known = self.scopes();
        let Some(scope) = scope.filter(|_| !known.is_empty()) else { return Ok(()) };
        let fits =
            |word: &str| known.iter().any(|one| one == word) || (self.oauth.single_user_scope && word.contains('@'));
        if scope.split_whitespace().all(fits) {
            Ok(())
        } else {
            Err(Refusal::new("invalid_scope", "the scope is not documented"))
        }
    }

    fn scopes(&self) -> Vec<String> {
        let schemes = self.api.document().at("/components/securitySchemes").map(|node| node.members());
        let mut found = Vec::new();
        for (_, scheme) in schemes.unwrap_or_default() {
            for (_, flow) in scheme.member("flows").map(|node| node.members()).unwrap_or_default() {
                let scopes = flow.member("scopes").map(|node| node.members()).unwrap_or_default();
                found.extend(scopes.into_iter().map(|(name, _)| name.to_owned()));
            }
        }
        found
    }
}

/// `Authorization: Basic`, its halves form-decoded as RFC 6749 §2.3.1 has it.
fn basic(incoming: &Incoming) -> Option<(String, String)> {
    let (kind, encoded) = incoming.header("authorization")?.split_once(' ')?;
    if !kind.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode =
        |half: &str| percent_encoding::percent_decode_str(&half.replace('+', " ")).decode_utf8_lossy().into_owned();
    Some((decode(id), decode(secret)))
}
