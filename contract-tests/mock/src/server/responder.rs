//! The one responder behind the server: from a request to its reply.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use cx_spec::{Api, OAuthRole, Operation};
use http::{HeaderName, HeaderValue};
use serde_json::json;
use wiremock::{Request, Respond, ResponseTemplate};

use super::{
    answer::{self, Answer},
    exchange::Record,
    lying,
    mount::Mount,
    prefer::{self, Prefer},
    refusal,
};
use crate::{
    incoming::Incoming,
    issuer::{ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, Issuer, PASSWORD, Standing, USERNAME},
    lie::{Ledger, Lie},
    outgoing::{self, Outgoing},
    state::State,
    validator::{Carrier, Credential, Verdict},
    violation::{Place, Violation, clip},
};

/// A test's own way to answer an operation; None leaves it to the mock.
pub(super) type Handler = Arc<dyn Fn(&Incoming, &Verdict) -> Option<Answer> + Send + Sync>;

/// Everything that the responder and the handle of a vendor share.
pub(super) struct Core {
    /// The mounted documents. Behind a lock, so that a mutant can take the place of a document at run time.
    pub mounts: RwLock<Arc<Vec<Arc<Mount>>>>,
    pub issuer: Issuer,
    pub scripts: Mutex<HashMap<String, VecDeque<Answer>>>,
    pub handlers: RwLock<HashMap<String, Handler>>,
    pub record: Record,
    /// None unless the vendor is to remember what it is told.
    pub state: Option<State>,
    /// Which lies are told, and which were.
    pub lies: Ledger,
    /// Answers requests that break the document all the same.
    pub lenient: bool,
    /// Every reply is held back for so long.
    pub latency: Option<Duration>,
}

pub(super) struct Responder(pub Arc<Core>);

impl Respond for Responder {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let core = &self.0;
        let incoming = Incoming::from_wire(request);
        let mounts = Arc::clone(&core.mounts.read().unwrap_or_else(PoisonError::into_inner));
        let (mount, verdict) = judge(&mounts, &incoming);
        let (outgoing, delay) = core.reply(mount, &incoming, &verdict);
        core.record.keep(incoming, verdict, &outgoing);
        let template = template(outgoing);
        match delay.or(core.latency) {
            Some(delay) => template.set_delay(delay),
            None => template,
        }
    }
}

/// The first document that has the operation; where none has, the verdict of one that has at least the path.
fn judge<'m>(mounts: &'m [Arc<Mount>], incoming: &Incoming) -> (Option<&'m Mount>, Verdict) {
    let mut unmatched: Option<(Option<&'m Mount>, Verdict)> = None;
    for mount in mounts.iter().map(Arc::as_ref) {
        let verdict = mount.request(incoming);
        if verdict.operation.is_some() {
            return (Some(mount), verdict);
        }
        match &mut unmatched {
            None => unmatched = Some((Some(mount), verdict)),
            Some((first, known)) => {
                if known.allowed.is_empty() && !verdict.allowed.is_empty() {
                    *first = Some(mount);
                    *known = verdict;
                } else {
                    known.allowed.extend(verdict.allowed);
                    // Two documents may have the same method there.
                    known.allowed.sort();
                    known.allowed.dedup();
                }
            }
        }
    }
    unmatched.unwrap_or_default()
}

/// What is to be sent.
struct Reply {
    outgoing: Outgoing,
    delay: Option<Duration>,
    /// Written word for word by a test: no lie is told about it.
    verbatim: bool,
}

impl From<Outgoing> for Reply {
    fn from(outgoing: Outgoing) -> Self {
        Self { outgoing, delay: None, verbatim: false }
    }
}

impl Core {
    fn reply(&self, mount: Option<&Mount>, incoming: &Incoming, verdict: &Verdict) -> (Outgoing, Option<Duration>) {
        let found = mount.and_then(|mount| {
            let operation = mount.api().operation(verdict.operation.as_deref()?)?;
            Some((mount, operation))
        });
        let Some((mount, operation)) = found else {
            return (lying::elsewhere(&self.lies, unmatched(mount, incoming, verdict), verdict), None);
        };
        let lie = self.lies.about(operation);
        let reply = self.serve(mount, operation, incoming, verdict, lie);
        let outgoing = match lie.filter(|_| !reply.verbatim) {
            Some(lie) => {
                let tolerated = self.tolerated(lie, verdict);
                lying::about(&self.lies, lie, mount, operation, reply.outgoing, tolerated)
            }
            None => reply.outgoing,
        };
        (outgoing, reply.delay)
    }

    /// What an honest vendor would have refused the request for.
    fn tolerated(&self, lie: Lie, verdict: &Verdict) -> Option<Place> {
        let violation = verdict.violations.iter().find(|violation| !lying::minds(Some(lie), violation));
        let bad = || (lie == Lie::IgnoresCredentials && self.has_bad(verdict)).then_some(Place::Security);
        violation.map(|violation| violation.place.clone()).or_else(bad)
    }

    /// The reply of an operation, in the order that [`MockVendor`](super::MockVendor) describes: what comes first decides.
    fn serve(
        &self,
        mount: &Mount,
        operation: &Operation,
        incoming: &Incoming,
        verdict: &Verdict,
        lie: Option<Lie>,
    ) -> Reply {
        let api = mount.api();
        let accept = incoming.accept();
        let accept = accept.as_deref();
        if let Some(refused) = self.refused(mount, operation, incoming, verdict, lie) {
            return refused.into();
        }
        if let Some(answer) = self.scripted(&operation.id).or_else(|| self.handled(&operation.id, incoming, verdict))
        {
            // A scripted token request is one all the same.
            if role(operation) == Some(OAuthRole::Token) {
                self.issuer.count_request();
            }
            let outgoing = answer.outgoing(api, operation, accept);
            return Reply { outgoing, delay: answer.delay(), verbatim: !answer.is_shown() };
        }
        if lie != Some(Lie::IgnoresCredentials) && self.has_bad(verdict) {
            let outgoing = match [401, 403].into_iter().find(|status| operation.reply(*status).is_some()) {
                Some(status) => answer::documented(api, operation, status, None, accept),
                None => Outgoing::undocumented(401, &json!({"error": "the credentials are not good"})),
            };
            return outgoing.into();
        }
        if let Some(wish) = prefer::read(incoming.headers()) {
            return preferred(api, operation, &wish, accept).into();
        }
        self.granted(mount, operation, incoming, verdict, lie).into()
    }

    /// The refusal of a request that breaks the document, as far as the vendor minds.
    fn refused(
        &self,
        mount: &Mount,
        operation: &Operation,
        incoming: &Incoming,
        verdict: &Verdict,
        lie: Option<Lie>,
    ) -> Option<Outgoing> {
        let is_minded = |violation: &&Violation| !self.lenient && lying::minds(lie, violation);
        let minded: Vec<Violation> = verdict.violations.iter().filter(is_minded).cloned().collect();
        if minded.is_empty() {
            return None;
        }
        Some(if role(operation) == Some(OAuthRole::Token) {
            let refused = self.issuer.token(mount.schemas(), operation, incoming, verdict, &minded);
            refusal::explain(refused, &minded)
        } else {
            refusal::refuse(mount.api(), operation, &minded, incoming.accept().as_deref())
        })
    }

    /// What the operation does, for a request against which nothing is held.
    fn granted(
        &self,
        mount: &Mount,
        operation: &Operation,
        incoming: &Incoming,
        verdict: &Verdict,
        lie: Option<Lie>,
    ) -> Outgoing {
        let accept = incoming.accept();
        let accept = accept.as_deref();
        match role(operation) {
            Some(OAuthRole::Token) => self.issuer.token(mount.schemas(), operation, incoming, verdict, &[]),
            Some(OAuthRole::Logout) => {
                for credential in &verdict.credentials {
                    self.issuer.end(credential.token());
                }
                mount.first_success(operation, accept)
            }
            _ => match self.state.as_ref().and_then(|state| state.answer(mount, operation, verdict, lie)) {
                Some(remembered) => as_accepted(remembered, mount, operation, accept),
                None => mount.first_success(operation, accept),
            },
        }
    }

    fn scripted(&self, operation: &str) -> Option<Answer> {
        self.scripts.lock().unwrap_or_else(PoisonError::into_inner).get_mut(operation)?.pop_front()
    }

    fn handled(&self, operation: &str, incoming: &Incoming, verdict: &Verdict) -> Option<Answer> {
        // The lock is given back first: a handler may well take its time.
        let handler = self.handlers.read().unwrap_or_else(PoisonError::into_inner).get(operation).cloned()?;
        handler(incoming, verdict)
    }

    fn has_bad(&self, verdict: &Verdict) -> bool {
        verdict.credentials.iter().any(|credential| !self.is_good(credential))
    }

    fn is_good(&self, credential: &Credential) -> bool {
        match credential.carrier {
            Carrier::Basic => [(CLIENT_ID, CLIENT_SECRET), (USERNAME, PASSWORD)]
                .iter()
                .any(|(name, secret)| credential.token() == BASE64.encode(format!("{name}:{secret}"))),
            _ => credential.token() == ACCESS_TOKEN || self.issuer.standing(credential.token()) == Standing::Live,
        }
    }
}

fn role(operation: &Operation) -> Option<OAuthRole> {
    operation.oauth.as_ref().map(|oauth| oauth.role)
}

/// What is remembered is told in the type that the document shows first. Who wants another one gets what is shown of that.
fn as_accepted(remembered: Outgoing, mount: &Mount, operation: &Operation, accept: Option<&str>) -> Outgoing {
    let has_choice = outgoing::success(operation).is_some_and(|reply| reply.media.len() > 1);
    if accept.is_none() || !has_choice {
        return remembered;
    }
    let shown = mount.first_success(operation, accept);
    let is_other = shown.status == remembered.status && shown.content_type() != remembered.content_type();
    if is_other { shown } else { remembered }
}

/// The reply that the sender of a request asks for.
fn preferred(api: &Api, operation: &Operation, wish: &Prefer, accept: Option<&str>) -> Outgoing {
    let status = match &wish.code {
        Some(Ok(code)) => Some(*code),
        Some(Err(text)) => {
            let message = format!("`{}` is no status of a reply", clip(text));
            return Outgoing::undocumented(501, &json!({"error": message}));
        }
        None => prefer::status(operation, wish.example.as_deref()),
    };
    let answer = match (status, &wish.example) {
        (Some(status), Some(name)) => Answer::example(status, name),
        (Some(status), None) => Answer::status(status),
        (None, _) => Answer::status(200),
    };
    answer.outgoing(api, operation, accept)
}

/// The path or the method is not documented. A 405 is documented with some operations; the words are theirs then.
fn unmatched(mount: Option<&Mount>, incoming: &Incoming, verdict: &Verdict) -> Outgoing {
    if verdict.allowed.is_empty() {
        let message = format!("no operation has the path {}", clip(incoming.path()));
        return Outgoing::undocumented(404, &json!({"error": message, "method": clip(incoming.method())}));
    }
    let allow = verdict.allowed.join(", ");
    let neighbour = mount.and_then(|mount| {
        let known = |method: &String| mount.route(method, incoming.path());
        let mut operations = verdict.allowed.iter().filter_map(known);
        Some((mount.api(), operations.find(|operation| operation.reply(405).is_some())?))
    });
    let outgoing = match neighbour {
        Some((api, operation)) => answer::documented(api, operation, 405, None, incoming.accept().as_deref()),
        None => Outgoing::undocumented(405, &json!({"error": "the path has no such method"})),
    };
    outgoing.with_header("allow", &allow)
}

/// Headers of a document that HTTP does not allow are left out.
fn template(outgoing: Outgoing) -> ResponseTemplate {
    let status = if answer::STATUSES.contains(&outgoing.status) { outgoing.status } else { 500 };
    let mut template = ResponseTemplate::new(status).set_body_bytes(outgoing.body);
    for (name, value) in outgoing.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            template = template.append_header(name, value);
        }
    }
    template
}
