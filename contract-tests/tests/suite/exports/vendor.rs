//! A vendor that shows 30 pages of 50 rows and answers 400 past them, filters by whole seconds with the bounds left out,
//! and sorts as it is told.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use cx_client::{
    ApiClient,
    auth::Credentials,
    env::{BoxFuture, Environment},
    wootric::Client,
};
use cx_mock::{Answer, Incoming, MockVendor, issuer};
use serde_json::{Value, json};

use crate::support;

/// First second of the rows.
pub const START: i64 = 1_500_000_000;
/// The time of day when an export starts, unless a test lets it pass.
pub const NOW: u64 = 1_600_000_000;

/// A row; times in milliseconds.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: i64,
    pub created: i64,
    pub updated: i64,
}

impl Row {
    pub fn at(id: i64, milliseconds: i64) -> Self {
        Self { id, created: milliseconds, updated: milliseconds }
    }
}

/// What a request asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub operation: String,
    pub query: BTreeMap<String, String>,
    pub status: u16,
}

impl Asked {
    pub fn number(&self, name: &str) -> Option<i64> {
        self.query.get(name)?.parse().ok()
    }
}

/// Something that happens to the rows before a request is answered.
type Meanwhile = Box<dyn FnMut(&mut Vec<Row>) + Send>;

pub struct Vendor {
    mock: MockVendor,
    world: Arc<World>,
    clock: Arc<Clock>,
}

struct World {
    rows: Mutex<Vec<Row>>,
    meanwhile: Mutex<Option<Meanwhile>>,
    log: Mutex<Vec<Asked>>,
    /// Bounds are compared with fractions of a second too.
    fractions: bool,
}

impl Vendor {
    pub async fn start(rows: Vec<Row>, fractions: bool) -> Self {
        let subject = support::subject("wootric");
        let mock = MockVendor::builder(subject.api.clone()).record(0).start().await;
        let (log, meanwhile) = (Mutex::default(), Mutex::default());
        let world = Arc::new(World { rows: Mutex::new(rows), meanwhile, log, fractions });
        for operation in ["list_end_users", "list_responses", "list_declines"] {
            let world = Arc::clone(&world);
            mock.on(operation, move |request, _| Some(world.answer(operation, request)));
        }
        Self { mock, world, clock: Arc::default() }
    }

    /// A client by the vendor's clock.
    pub fn client(&self) -> Client {
        let builder = support::builder(&support::subject("wootric"), &self.mock.base_url(), &Arc::default());
        let clock: Arc<Clock> = Arc::clone(&self.clock);
        let builder = builder.credentials(Credentials::fixed(issuer::ACCESS_TOKEN)).environment(clock);
        Client::from_core(builder.build().unwrap())
    }

    pub fn mock(&self) -> &MockVendor {
        &self.mock
    }

    pub fn let_pass(&self, seconds: u64) {
        self.clock.passed.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn change(&self, change: impl FnOnce(&mut Vec<Row>)) {
        change(&mut self.world.rows.lock().unwrap());
    }

    /// Lets something happen before each answer.
    pub fn meanwhile(&self, change: impl FnMut(&mut Vec<Row>) + Send + 'static) {
        *self.world.meanwhile.lock().unwrap() = Some(Box::new(change));
    }

    pub fn take_log(&self) -> Vec<Asked> {
        std::mem::take(&mut self.world.log.lock().unwrap())
    }
}

impl World {
    fn answer(&self, operation: &str, request: &Incoming) -> Answer {
        let query: BTreeMap<String, String> = support::texts(request.query_pairs()).into_iter().collect();
        let mut asked = Asked { operation: operation.to_owned(), query, status: 200 };
        let mut rows = self.rows.lock().unwrap();
        if let Some(change) = self.meanwhile.lock().unwrap().as_mut() {
            change(&mut rows);
        }
        let page = asked.number("page").unwrap_or(1);
        if page > 30 {
            asked.status = 400;
        }
        let answer = match asked.status {
            200 => Answer::value(200, self.page(&rows, &asked, page)),
            status => Answer::value(
                status,
                json!({"type": "error_list", "errors": [{"status": "bad_request", "message": "page does not have a valid value", "field": "page"}]}),
            ),
        };
        self.log.lock().unwrap().push(asked);
        answer
    }

    fn page(&self, rows: &[Row], asked: &Asked, page: i64) -> Value {
        let mut found: Vec<&Row> = rows.iter().filter(|row| self.fits(row, asked)).collect();
        let by_update = asked.query.get("sort_key").is_some_and(|key| key == "updated_at");
        let time = |row: &Row| if by_update { row.updated } else { row.created };
        found.sort_by_key(|row| (time(row), row.id));
        if asked.query.get("sort_order").is_some_and(|order| order == "desc") {
            found.reverse();
        }
        let size = asked.number("per_page").unwrap_or(25);
        let skip = usize::try_from((page - 1) * size).unwrap();
        found.into_iter().skip(skip).take(usize::try_from(size).unwrap()).map(shown).collect()
    }

    fn fits(&self, row: &Row, asked: &Asked) -> bool {
        [("created", row.created), ("updated", row.updated)].into_iter().all(|(parameter, milliseconds)| {
            let (unit, time) =
                if self.fractions { (1_000, milliseconds) } else { (1, milliseconds.div_euclid(1_000)) };
            let bound = |operator: &str| asked.number(&format!("{parameter}[{operator}]")).map(|bound| bound * unit);
            bound("gt").is_none_or(|bound| time > bound)
                && bound("gte").is_none_or(|bound| time >= bound)
                && bound("lt").is_none_or(|bound| time < bound)
                && bound("lte").is_none_or(|bound| time <= bound)
        })
    }
}

fn shown(row: &Row) -> Value {
    let time = |milliseconds: i64| {
        let seconds = cx_client::Time::from(milliseconds.div_euclid(1_000));
        seconds.to_datetime().unwrap().format("%Y-%m-%d %H:%M:%S %z").to_string()
    };
    json!({"id": row.id, "created_at": time(row.created), "updated_at": time(row.updated)})
}

/// A clock that stands still unless it is moved, and on which nobody waits.
#[derive(Debug, Default)]
struct Clock {
    /// Seconds that a test let pass by the time of day.
    passed: AtomicU64,
    /// Milliseconds that somebody would have waited.
    waited: AtomicU64,
}

impl Environment for Clock {
    fn now(&self) -> Duration {
        Duration::from_millis(self.waited.load(Ordering::SeqCst))
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(NOW + self.passed.load(Ordering::SeqCst))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        // Deadlines never pass, pauses pass at once.
        if duration >= Duration::from_secs(25) {
            return Box::pin(std::future::pending());
        }
        self.waited.fetch_add(u64::try_from(duration.as_millis()).unwrap(), Ordering::SeqCst);
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        0.5
    }
}
