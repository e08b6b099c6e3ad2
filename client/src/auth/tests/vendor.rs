//! A token operation that does what a test says.

use super::*;

/// What a request carried.
pub(super) type Form = HashMap<String, String>;

/// What a vendor does with a request.
pub(super) enum Reaction {
    Answer(u16, Value),
    Busy(u16, u64),
    Fail(Sent),
    Stall,
    Panic,
}

pub(super) type Handler = Box<dyn FnMut(&Form) -> Reaction + Send>;

/// A token operation.
pub(super) struct Vendor {
    handler: Mutex<Handler>,
    requests: Mutex<Vec<Form>>,
    /// How often a request is not ready before it is answered.
    pub(super) delay: AtomicUsize,
    held: AtomicBool,
    waiting: Mutex<Vec<Waker>>,
    running: Arc<AtomicUsize>,
    /// Most requests that ran at once.
    pub(super) most: AtomicUsize,
}

impl std::fmt::Debug for Vendor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vendor")
    }
}

/// Counts a running request until it is dropped.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Vendor {
    pub(super) fn new(handler: impl FnMut(&Form) -> Reaction + Send + 'static) -> Arc<Self> {
        Arc::new(Self {
            handler: Mutex::new(Box::new(handler)),
            requests: Mutex::default(),
            delay: AtomicUsize::new(0),
            held: AtomicBool::new(false),
            waiting: Mutex::default(),
            running: Arc::default(),
            most: AtomicUsize::new(0),
        })
    }

    /// Gives `access-1`, `access-2`, …, with `refresh-1`, … and a lifetime of an hour.
    pub(super) fn plain() -> Arc<Self> {
        let mut count = 0;
        Self::new(move |_| {
            count += 1;
            Reaction::Answer(200, pair(count))
        })
    }

    pub(super) fn react(&self, handler: impl FnMut(&Form) -> Reaction + Send + 'static) {
        *self.handler.lock().unwrap() = Box::new(handler);
    }

    /// Holds all answers back until [`Self::release`].
    pub(super) fn hold(&self) {
        self.held.store(true, Ordering::SeqCst);
    }

    pub(super) fn release(&self) {
        self.held.store(false, Ordering::SeqCst);
        self.waiting.lock().unwrap().drain(..).for_each(Waker::wake);
    }

    /// Whether no request runs.
    pub(super) fn idle(&self) -> bool {
        self.running.load(Ordering::SeqCst) == 0
    }

    pub(super) fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    pub(super) fn form(&self, index: usize) -> Form {
        self.requests.lock().unwrap()[index].clone()
    }

    pub(super) fn grants(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|form| form["grant_type"].clone()).collect()
    }
}

/// The `Exchange` of a vendor.
#[derive(Clone, Debug)]
pub(super) struct Line(pub(super) Arc<Vendor>);

impl Exchange for Line {
    fn exchange(&self, pairs: Pairs) -> BoxFuture<Result<ExchangeReply, Error>> {
        let vendor = Arc::clone(&self.0);
        let form: Form = pairs.iter().map(|(name, value)| ((*name).to_owned(), value.expose().to_owned())).collect();
        assert_eq!(form.len(), pairs.len(), "a repeated member");
        assert!(form.values().all(|value| !value.is_empty()), "an empty member");
        Box::pin(async move {
            let running = Running(Arc::clone(&vendor.running));
            let now = vendor.running.fetch_add(1, Ordering::SeqCst) + 1;
            vendor.most.fetch_max(now, Ordering::SeqCst);
            vendor.requests.lock().unwrap().push(form.clone());
            let reaction = (*vendor.handler.lock().unwrap())(&form);
            yields(vendor.delay.load(Ordering::SeqCst)).await;
            poll_fn(|context| {
                if !vendor.held.load(Ordering::SeqCst) {
                    return Poll::Ready(());
                }
                vendor.waiting.lock().unwrap().push(context.waker().clone());
                Poll::Pending
            })
            .await;
            let result = match reaction {
                Reaction::Answer(status, body) => Ok(reply(status, &body.to_string(), None)),
                Reaction::Busy(status, seconds) => Ok(reply(status, "{}", Some(seconds))),
                Reaction::Fail(sent) => Err(Error::new(ErrorKind::Transport, "no connection").with_sent(sent)),
                Reaction::Stall => std::future::pending().await,
                Reaction::Panic => panic!("the exchange panics"),
            };
            drop(running);
            result
        })
    }
}

pub(super) fn reply(status: u16, body: &str, retry_after: Option<u64>) -> ExchangeReply {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json; charset=utf-8"));
    ExchangeReply {
        status: StatusCode::from_u16(status).unwrap(),
        headers,
        body: body.to_owned().into(),
        retry_after: retry_after.map(Duration::from_secs),
    }
}
