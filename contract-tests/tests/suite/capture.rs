//! All that is traced and logged by this thread, kept as text.

use std::{
    cell::RefCell,
    fmt::{self, Debug},
    sync::{
        Arc, Mutex, Once, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use tracing::{
    Dispatch, Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::{DefaultGuard, NoSubscriber},
};

/// A span or an event.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Name of the span, or `event`.
    pub name: &'static str,
    /// Crate and module it comes from.
    pub target: String,
    /// Its fields, in the order in which they were written; a later one of the same name counts.
    pub fields: Vec<(String, String)>,
    parent: Option<u64>,
    id: u64,
}

impl Entry {
    /// The last value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// Keeps what is traced and logged while it lives, at every level and of every crate.
pub struct Capture {
    entries: Arc<Mutex<Vec<Entry>>>,
    _guard: DefaultGuard,
}

impl Capture {
    /// Starts, for this thread.
    pub fn start() -> Self {
        Logs::install();
        heed_all_threads();
        LOGS.with_borrow_mut(|logs| *logs = Some(String::new()));
        let entries: Arc<Mutex<Vec<Entry>>> = Arc::default();
        let collector = Collector { entries: Arc::clone(&entries), next: AtomicU64::new(1) };
        Self { entries, _guard: tracing::subscriber::set_default(collector) }
    }

    /// What was traced.
    pub fn entries(&self) -> Vec<Entry> {
        self.entries.lock().unwrap().clone()
    }

    /// The client's own spans of this name.
    pub fn spans(&self, name: &str) -> Vec<Entry> {
        self.entries().into_iter().filter(|one| one.name == name && one.target.starts_with("cx_client")).collect()
    }

    /// Whether the second span lies in the first.
    pub fn holds(&self, outer: &Entry, inner: &Entry) -> bool {
        let entries = self.entries();
        let mut parent = inner.parent;
        while let Some(id) = parent {
            if id == outer.id {
                return true;
            }
            parent = entries.iter().find(|one| one.id == id).and_then(|one| one.parent);
        }
        false
    }

    /// All of it as text, with what was logged.
    pub fn text(&self) -> String {
        let logged = LOGS.with_borrow(|logs| logs.clone().unwrap_or_default());
        format!("{:#?}\n{logged}", self.entries())
    }
}

/// Has tracing ask every subscriber whether it wants a place in the code that is met for the first time. As long as there is
/// but one, it asks that of the thread which met the place, and where that thread has none, the place is off for all.
fn heed_all_threads() {
    static STANDING: OnceLock<[Dispatch; 2]> = OnceLock::new();
    STANDING.get_or_init(|| std::array::from_fn(|_| Dispatch::new(NoSubscriber::default())));
}

impl Drop for Capture {
    fn drop(&mut self) {
        LOGS.with_borrow_mut(|logs| *logs = None);
    }
}

struct Collector {
    entries: Arc<Mutex<Vec<Entry>>>,
    next: AtomicU64,
}

thread_local! {
    static OPEN: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    static LOGS: RefCell<Option<String>> = const { RefCell::new(None) };
}

impl Collector {
    fn add(&self, metadata: &'static Metadata<'static>, name: &'static str, parent: Option<u64>) -> Entry {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let parent = parent.or_else(|| OPEN.with_borrow(|open| open.last().copied()));
        Entry { name, target: metadata.target().to_owned(), fields: Vec::new(), parent, id }
    }
}

impl Subscriber for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut entry = self.add(span.metadata(), span.metadata().name(), span.parent().map(Id::into_u64));
        span.record(&mut Fields(&mut entry.fields));
        let id = Id::from_u64(entry.id);
        self.entries.lock().unwrap().push(entry);
        id
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let mut entries = self.entries.lock().unwrap();
        if let Some(entry) = entries.iter_mut().find(|one| one.id == id.into_u64()) {
            values.record(&mut Fields(&mut entry.fields));
        }
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut entry = self.add(event.metadata(), "event", event.parent().map(Id::into_u64));
        event.record(&mut Fields(&mut entry.fields));
        self.entries.lock().unwrap().push(entry);
    }

    fn enter(&self, id: &Id) {
        OPEN.with_borrow_mut(|open| open.push(id.into_u64()));
    }

    fn exit(&self, id: &Id) {
        OPEN.with_borrow_mut(|open| {
            if let Some(at) = open.iter().rposition(|one| *one == id.into_u64()) {
                open.remove(at);
            }
        });
    }
}

struct Fields<'f>(&'f mut Vec<(String, String)>);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name().to_owned(), value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.name().to_owned(), format!("{value:?}")));
    }
}

/// What crates write through `log`, kept for the thread that asked for it.
struct Logs;

impl Logs {
    fn install() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            log::set_logger(&Self).expect("another logger was installed");
            log::set_max_level(log::LevelFilter::Trace);
        });
    }
}

impl log::Log for Logs {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        LOGS.with_borrow(Option::is_some)
    }

    fn log(&self, record: &log::Record<'_>) {
        // An argument may itself log while it is written.
        let line = format!("{} {}: {}\n", record.level(), record.target(), record.args());
        LOGS.with_borrow_mut(|logs| {
            if let Some(text) = logs {
                text.push_str(&line);
            }
        });
    }

    fn flush(&self) {}
}

impl Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capture").finish_non_exhaustive()
    }
}

#[test]
fn what_another_thread_met_first_is_captured_too() {
    fn place() {
        tracing::info!("met");
    }
    let capture = Capture::start();
    std::thread::spawn(place).join().unwrap();
    place();
    let entries = capture.entries();
    assert!(entries.iter().any(|entry| entry.field("message") == Some("met")), "{entries:?}");
}
