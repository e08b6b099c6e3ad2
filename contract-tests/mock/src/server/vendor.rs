//! The handle of a running mock vendor.

use std::{
    fmt,
    sync::{Arc, PoisonError},
};

use cx_spec::Api;
use serde_json::Value;
use wiremock::MockServer;

use super::{
    answer::Answer,
    builder::MockVendorBuilder,
    exchange::Exchange,
    mount::Mount,
    responder::{Core, Handler},
};
use crate::{
    incoming::Incoming,
    issuer::Issuer,
    lie::{Lie, Told},
    validator::{Validator, Verdict},
    violation::Violation,
};

/// A vendor made from its document, on the loopback device.
///
/// It answers a request, in this order of precedence:
///
/// 1. that breaks the document: with the documented refusal, and keeps the [`Violation`]s;
/// 2. for whose operation a test has scripted an answer or set a handler: with that;
/// 3. whose credentials are not good: with the documented 401;
/// 4. with a header `Prefer: code=404, example=not_found`: with that example;
/// 5. of the token flow: as the [`Issuer`] sees fit;
/// 6. for what it remembers, if it was built [`stateful`](MockVendorBuilder::stateful): with what is stored;
/// 7. otherwise: with the first example of the first documented success.
///
/// A [`Lie`] is told about whatever came of this, except for an answer that a test has scripted word for word.
pub struct MockVendor {
    server: MockServer,
    core: Arc<Core>,
}

impl MockVendor {
    pub(super) fn new(server: MockServer, core: Arc<Core>) -> Self {
        Self { server, core }
    }

    /// Starts a vendor with all defaults.
    pub async fn start(api: impl Into<Arc<Api>>) -> Self {
        Self::builder(api).start().await
    }

    /// Sets up a vendor.
    pub fn builder(api: impl Into<Arc<Api>>) -> MockVendorBuilder {
        MockVendorBuilder::new(api.into())
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.server.uri()
    }

    /// Queues an answer for the next request of an operation that has no answer yet.
    ///
    /// # Panics
    /// When no mounted document has the operation, or the example: a typing error would go unnoticed otherwise. And when HTTP
    /// does not allow the answer, which could not be sent as it is.
    #[track_caller]
    pub fn script(&self, operation: &str, answer: Answer) {
        self.check(operation, Some(&answer));
        let mut scripts = self.core.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        scripts.entry(operation.to_owned()).or_default().push_back(answer);
    }

    /// Lets a closure answer an operation whenever nothing is scripted; where it returns None, the mock goes on as
    /// it would without it. An answer that cannot be sent is told by a 501, as one that the document does not have.
    ///
    /// # Panics
    /// When no mounted document has the operation.
    #[track_caller]
    pub fn on(
        &self,
        operation: &str,
        handler: impl Fn(&Incoming, &Verdict) -> Option<Answer> + Send + Sync + 'static,
    ) {
        self.check(operation, None);
        let handler: Handler = Arc::new(handler);
        self.core.handlers.write().unwrap_or_else(PoisonError::into_inner).insert(operation.to_owned(), handler);
    }

    /// How many scripted answers of an operation nobody has asked for yet.
    pub fn unused(&self, operation: &str) -> usize {
        let scripts = self.core.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        scripts.get(operation).map_or(0, std::collections::VecDeque::len)
    }

    /// Takes back the scripted answers of an operation that nobody has asked for; how many there were.
    pub fn unscript(&self, operation: &str) -> usize {
        let mut scripts = self.core.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        scripts.remove(operation).map_or(0, |answers| answers.len())
    }

    /// Puts another document, such as a mutant, in the place of the mounted one of the same name. Answers, routes and
    /// judgement follow it from the next request on.
    pub fn replace(&self, api: impl Into<Arc<Api>>) {
        let api = api.into();
        let mounts = self.mounts();
        let validator = match mounts.iter().find(|mounted| mounted.api().name() == api.name()) {
            Some(mounted) => mounted.with_api(api),
            None => Validator::new(api),
        };
        self.replace_validator(validator);
    }

    /// As [`MockVendor::replace`], with a validator that may have compiled its schemas before.
    pub fn replace_validator(&self, validator: Validator) {
        let mut mounts = self.core.mounts.write().unwrap_or_else(PoisonError::into_inner);
        let mut next: Vec<Arc<Mount>> = mounts.iter().cloned().collect();
        let mount = Arc::new(Mount::new(validator));
        match next.iter_mut().find(|mounted| mounted.api().name() == mount.api().name()) {
            Some(mounted) => *mounted = mount,
            None => next.push(mount),
        }
        *mounts = Arc::new(next);
    }

    /// Fills a collection of `x-resource`, in the place of what the document's examples show. The things are taken as
    /// they are. Without [`stateful`](MockVendorBuilder::stateful) it does nothing.
    ///
    /// # Panics
    /// When no mounted document has the collection.
    #[track_caller]
    pub fn seed(&self, collection: &str, things: Vec<Value>) {
        let api = self.owner_of(collection);
        if let Some(state) = &self.core.state {
            state.seed(api.name(), collection, things);
        }
    }

    /// What a collection of `x-resource` holds; nothing without [`stateful`](MockVendorBuilder::stateful).
    ///
    /// # Panics
    /// When no mounted document has the collection.
    #[track_caller]
    pub fn stored(&self, collection: &str) -> Vec<Value> {
        let api = self.owner_of(collection);
        self.core.state.as_ref().map(|state| state.stored(&api, collection)).unwrap_or_default()
    }

    #[track_caller]
    fn owner_of(&self, collection: &str) -> Arc<Api> {
        let mounts = self.mounts();
        let holds = |mounted: &Mount| {
            let served = mounted.api().operations.iter().filter(|operation| mounted.has(operation));
            let mut resources = served.filter_map(|operation| operation.resource.as_ref());
            resources.any(|resource| resource.collection == collection)
        };
        match mounts.iter().find(|mounted| holds(mounted)) {
            Some(mounted) => Arc::clone(mounted.api()),
            None => panic!("no mounted document has a collection `{collection}`"),
        }
    }

    /// Tells a lie about every operation from now on, or none. Operations of the token flow are spared unless they are
    /// named to [`MockVendor::lie_about`].
    pub fn lie(&self, lie: impl Into<Option<Lie>>) {
        let lie = lie.into();
        self.core.lies.plan(|plan| plan.everywhere(lie));
    }

    /// Tells a lie about one operation from now on, or the truth, whatever is told about others.
    ///
    /// # Panics
    /// When no mounted document has the operation.
    #[track_caller]
    pub fn lie_about(&self, operation: &str, lie: impl Into<Option<Lie>>) {
        self.check(operation, None);
        let lie = lie.into();
        self.core.lies.plan(|plan| plan.about(operation, lie));
    }

    /// The lies that were told since the last call, the oldest first.
    pub fn take_told(&self) -> Vec<Told> {
        self.core.lies.take()
    }

    /// What requests did wrong so far.
    pub fn violations(&self) -> Vec<Violation> {
        self.core.record.violations()
    }

    /// As [`MockVendor::violations`], and forgets them.
    pub fn take_violations(&self) -> Vec<Violation> {
        self.core.record.take_violations()
    }

    /// The exchanges since the last call, the oldest first, as far as they were kept.
    pub fn take_exchanges(&self) -> Vec<Exchange> {
        self.core.record.take_exchanges()
    }

    /// The token issuer.
    pub fn issuer(&self) -> &Issuer {
        &self.core.issuer
    }

    /// # Panics
    /// With the list of violations, if there are any.
    #[track_caller]
    pub fn assert_no_violations(&self) {
        let violations = self.violations();
        let lines: Vec<String> = violations.iter().map(Violation::to_string).collect();
        assert!(lines.is_empty(), "requests broke the document:\n{}", lines.join("\n"));
    }

    fn mounts(&self) -> Arc<Vec<Arc<Mount>>> {
        Arc::clone(&self.core.mounts.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What [`MockVendorBuilder::lie_about`] was given before there was a document to hold it against.
    pub(super) fn check_lies(&self) {
        for operation in self.core.lies.named() {
            self.check(&operation, None);
        }
    }

    #[track_caller]
    fn check(&self, operation: &str, answer: Option<&Answer>) {
        let mounts = self.mounts();
        let found = mounts.iter().find_map(|mounted| mounted.operation(operation));
        assert!(found.is_some(), "no mounted document has an operation `{operation}`");
        let mistake = found.zip(answer).and_then(|(operation, answer)| answer.mistake(operation));
        assert!(mistake.is_none(), "{}", mistake.unwrap_or_default());
    }
}

impl fmt::Debug for MockVendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockVendor").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}
