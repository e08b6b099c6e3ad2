//! How a mock vendor is set up.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex, RwLock},
    time::Duration,
};

use cx_spec::Api;
use wiremock::{Mock, MockServer, matchers::any};

use super::{
    exchange::Record,
    mount::Mount,
    responder::{Core, Responder},
    vendor::MockVendor,
};
use crate::{
    issuer::{Clock, Issuer, SystemClock},
    lie::{Ledger, Lie, Plan},
    listen,
    state::State,
    validator::Validator,
};

/// Exchanges that are kept unless told otherwise.
const KEPT: usize = 4096;

/// Sets up a [`MockVendor`].
#[must_use]
pub struct MockVendorBuilder {
    documents: Vec<Mounted>,
    clock: Arc<dyn Clock>,
    recorded: usize,
    lenient: bool,
    unknown_members: bool,
    latency: Option<Duration>,
    listener: Option<TcpListener>,
    stateful: bool,
    lies: Plan,
}

struct Mounted {
    api: Arc<Api>,
    /// Only the operations of the token flow.
    tokens_only: bool,
}

impl MockVendorBuilder {
    pub(super) fn new(api: Arc<Api>) -> Self {
        Self {
            documents: vec![Mounted { api, tokens_only: false }],
            clock: Arc::new(SystemClock::default()),
            recorded: KEPT,
            lenient: false,
            unknown_members: true,
            latency: None,
            listener: None,
            stateful: false,
            lies: Plan::default(),
        }
    }

    /// Mounts one more document. Where two have the same path and method, the one mounted first answers.
    pub fn api(mut self, api: impl Into<Arc<Api>>) -> Self {
        self.documents.push(Mounted { api: api.into(), tokens_only: false });
        self
    }

    /// Mounts the token flow of another document, for one that has none of its own.
    pub fn tokens_from(mut self, api: impl Into<Arc<Api>>) -> Self {
        self.documents.push(Mounted { api: api.into(), tokens_only: true });
        self
    }

    /// The clock that tokens live by.
    pub fn clock(self, clock: impl Clock + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// How many exchanges are kept, the last ones; 0 for none.
    pub fn record(self, exchanges: usize) -> Self {
        Self { recorded: exchanges, ..self }
    }

    /// Answers requests that break the document as if they did not. They are recorded as violations all the same.
    pub fn lenient(self) -> Self {
        Self { lenient: true, ..self }
    }

    /// Lets members of request bodies and of object-valued parameters pass that the document has never heard of.
    pub fn allow_unknown_members(self) -> Self {
        Self { unknown_members: false, ..self }
    }

    /// Holds every reply back.
    pub fn latency(self, latency: Duration) -> Self {
        Self { latency: Some(latency), ..self }
    }

    /// Remembers what is created, changed and deleted, for operations with `x-resource`. See [`MockVendor::seed`].
    pub fn stateful(self) -> Self {
        Self { stateful: true, ..self }
    }

    /// Tells a lie about every operation, wherever a reply gives room for it. Operations of the token flow are spared:
    /// without a token, nobody would get as far as the others. See [`MockVendor::lie`].
    pub fn lie(mut self, lie: Lie) -> Self {
        self.lies.everywhere(Some(lie));
        self
    }

    /// Tells a lie about one operation. See [`MockVendor::lie_about`].
    pub fn lie_about(mut self, operation: &str, lie: Lie) -> Self {
        self.lies.about(operation, Some(lie));
        self
    }

    /// Listens here instead of on a free port of the loopback device.
    pub fn listener(self, listener: TcpListener) -> Self {
        Self { listener: Some(listener), ..self }
    }

    /// Starts the server. It ends when the vendor is dropped.
    ///
    /// # Panics
    /// When [`MockVendorBuilder::lie_about`] was given an operation that no mounted document has.
    pub async fn start(self) -> MockVendor {
        let unknown_members = self.unknown_members;
        let mounts = self.documents.into_iter().map(|document| {
            let validator = if document.tokens_only {
                Validator::over_token_flow(document.api)
            } else {
                Validator::new(document.api)
            };
            Arc::new(Mount::new(if unknown_members { validator } else { validator.allowing_unknown_members() }))
        });
        let core = Arc::new(Core {
            mounts: RwLock::new(Arc::new(mounts.collect())),
            issuer: Issuer::new(self.clock),
            scripts: Mutex::default(),
            handlers: RwLock::default(),
            record: Record::new(self.recorded),
            state: self.stateful.then(State::default),
            lies: Ledger::new(self.lies),
            lenient: self.lenient,
            latency: self.latency,
        });
        // Two lists of wiremock's grow with every request. That of the server is switched off here. That of the mock has
        // no switch: only a reset empties it, which unmounts the mock, and a request in that moment would get a bare 404.
        // So a vendor that serves for long grows by what it is sent, though the record above is bounded.
        let mut server = MockServer::builder().disable_request_recording();
        // Where none of ours can be had, wiremock says why.
        if let Some(listener) = self.listener.or_else(|| listen::on_loopback().ok()) {
            server = server.listener(listener);
        }
        let server = server.start().await;
        server.register(Mock::given(any()).respond_with(Responder(Arc::clone(&core)))).await;
        let vendor = MockVendor::new(server, core);
        vendor.check_lies();
        vendor
    }
}
