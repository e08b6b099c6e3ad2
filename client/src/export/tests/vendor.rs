//! A vendor that lives in memory: rows that are filtered, sorted and cut into pages, and that may change between any two
//! requests.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    future::poll_fn,
    sync::{Arc, Mutex, OnceLock},
    task::Poll,
    time::{Duration, SystemTime},
};

use chrono::DateTime;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::{
    client::{Core, CoreBuilder, http_client},
    env::{BoxFuture, Environment},
    error::{Error, ErrorKind},
    generated::wootric::operations::{API, OPERATIONS},
    operation::Operation,
    pages::{Fetch, List},
    response::{Meta, Response},
};

/// Where the rows of tests begin, in UNIX seconds.
pub(super) const BASE: i64 = 1_500_000_000;

/// A row. Times are milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub id: i64,
    pub created: i64,
    pub updated: i64,
    /// As the vendor spells it: with an offset, or without.
    readable: bool,
}

impl Made {
    pub(super) fn second(&self) -> i64 {
        self.created.div_euclid(1000)
    }

    /// Whether a vendor that thins its pages shows it.
    fn is_shown(&self) -> bool {
        self.id % 7 != 0
    }
}

/// What the vendor does while it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Manners {
    /// Filters compare milliseconds, not whole seconds.
    pub fractions: bool,
    /// Times come without an offset.
    pub unreadable: bool,
    /// The order that is asked for is ignored.
    pub unsorted: bool,
    /// Rows of one time stand in the same order, whichever way the list is sorted.
    pub ties_stay: bool,
    /// Some rows are hidden once pages are cut, so that any page may be short.
    pub thinned: bool,
    /// Rows arrive between requests.
    pub arrivals: bool,
    /// Rows change between requests.
    pub changes: bool,
    /// Rows are deleted between requests.
    pub deletions: bool,
}

pub(super) struct World {
    pub rows: Vec<Made>,
    /// Milliseconds.
    pub now: i64,
    pub manners: Manners,
    pub requests: u64,
    pub underway: usize,
    pub most_underway: usize,
    /// Ids of rows that changed or went since the start.
    pub touched: Vec<i64>,
    /// Rows are sorted by creation and stay so: no need to look at all of them.
    pub quiet: bool,
    /// A clock that goes on while the rows are being used: what is underway then comes too late.
    pub deadlines: u64,
    random: fastrand::Rng,
}

impl World {
    pub(super) fn new(times: &[i64], manners: Manners, seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let latest = times.iter().copied().max().unwrap_or(BASE * 1000);
        let row = |(at, time): (usize, &i64)| Made {
            id: i64::try_from(at).unwrap() + 1,
            created: *time,
            updated: *time,
            readable: !manners.unreadable,
        };
        let mut rows: Vec<_> = times.iter().enumerate().map(row).collect();
        random.shuffle(&mut rows);
        Self {
            rows,
            now: latest + 5_000,
            manners,
            requests: 0,
            underway: 0,
            most_underway: 0,
            touched: Vec::new(),
            quiet: false,
            deadlines: 0,
            random,
        }
    }

    /// What happens between two requests.
    fn live(&mut self) {
        let Manners { arrivals, changes, deletions, unreadable, .. } = self.manners;
        if arrivals || changes || deletions {
            self.now += self.random.i64(0..1_500);
        }
        if arrivals && self.random.bool() {
            let id = 1_000_000 + i64::try_from(self.rows.len()).unwrap() + self.random.i64(0..1_000_000_000);
            self.rows.push(Made { id, created: self.now, updated: self.now, readable: !unreadable });
        }
        for (on, delete) in [(changes, false), (deletions, true)] {
            let many = if on { self.random.usize(0..4) } else { 0 };
            for _ in 0..many.min(self.rows.len()) {
                let at = self.random.usize(0..self.rows.len());
                self.touched.push(self.rows[at].id);
                if delete {
                    self.rows.swap_remove(at);
                } else {
                    self.rows[at].updated = self.now;
                }
            }
        }
    }

    fn answer(&mut self, call: &SimList) -> Vec<Made> {
        let number = |name: &str| call.numbers.get(name).copied();
        let (page, size) = (number("page").unwrap(), number("per_page").unwrap().min(50));
        assert!((1..=30).contains(&page), "page {page} was asked for");
        let (skip, size) = (usize::try_from((page - 1) * size).unwrap(), usize::try_from(size).unwrap());
        if self.quiet {
            let from = number("created[gt]").map_or(0, |gt| self.rows.partition_point(|row| row.second() <= gt));
            let until = number("created[lt]").unwrap();
            let until = self.rows.partition_point(|row| row.second() < until);
            return self.rows[from.min(until)..until].iter().skip(skip).take(size).cloned().collect();
        }
        let fits = |parameter: &str, time: i64| {
            let (unit, time) = if self.manners.fractions { (1000, time) } else { (1, time.div_euclid(1000)) };
            number(&format!("{parameter}[gt]")).is_none_or(|gt| time > gt * unit)
                && number(&format!("{parameter}[lt]")).is_none_or(|lt| time < lt * unit)
        };
        let fits = |row: &&Made| fits("created", row.created) && fits("updated", row.updated);
        let mut found: Vec<Made> = self.rows.iter().filter(fits).cloned().collect();
        // Ties stand in an order that has nothing to do with anything, but is always the same.
        let tie = |row: &Made| row.id.wrapping_mul(0x9E37_79B9) % 1013;
        let text = |name: &str| call.texts.get(name).map(String::as_str);
        match (self.manners.unsorted, text("sort_key")) {
            (false, Some("created_at")) => found.sort_by_key(|row| (row.created, tie(row), row.id)),
            (false, Some("updated_at")) => found.sort_by_key(|row| (row.updated, tie(row), row.id)),
            _ => found.sort_by_key(|row| (tie(row), row.id)),
        }
        match (text("sort_order"), self.manners.ties_stay) {
            (Some("desc"), true) => found.sort_by_key(|row| Reverse(row.created)),
            (Some("desc"), false) => found.reverse(),
            _ => {}
        }
        let shown = found.into_iter().skip(skip).take(size);
        shown.filter(|row| !self.manners.thinned || row.is_shown()).collect()
    }
}

/// A list of that vendor.
#[derive(Clone)]
pub(super) struct SimList {
    world: Arc<Mutex<World>>,
    core: Core,
    numbers: BTreeMap<String, i64>,
    texts: BTreeMap<String, String>,
}

impl SimList {
    pub(super) fn new(world: World) -> Self {
        let world = Arc::new(Mutex::new(world));
        let clock = Clock(Arc::clone(&world));
        let builder = CoreBuilder::new(&API).base_url("http://127.0.0.1:9").environment(Arc::new(clock));
        // One for all: setting up TLS takes longer than all else.
        static HTTP: OnceLock<reqwest::Client> = OnceLock::new();
        let http = HTTP.get_or_init(|| http_client(true, &[]).unwrap());
        let core = builder.http_client(http.clone()).build().unwrap();
        Self { world, core, numbers: BTreeMap::new(), texts: BTreeMap::new() }
    }

    pub(super) fn per_page(self, rows: i64) -> Self {
        self.set_number("per_page", rows)
    }

    pub(super) fn look<T>(&self, at: impl FnOnce(&mut World) -> T) -> T {
        at(&mut self.world.lock().unwrap())
    }
}

impl List for SimList {
    type Item = Made;

    fn operation(&self) -> &'static Operation {
        &OPERATIONS.list_end_users
    }

    fn core(&self) -> &Core {
        &self.core
    }

    fn is_set(&self, parameter: &str) -> bool {
        self.numbers.contains_key(parameter) || self.texts.contains_key(parameter)
    }

    fn number(&self, parameter: &str) -> Option<i64> {
        self.numbers.get(parameter).copied()
    }

    fn set_number(mut self, parameter: &str, value: i64) -> Self {
        self.numbers.insert(parameter.to_owned(), value);
        self
    }

    fn set_text(mut self, parameter: &str, value: &str) -> Self {
        self.texts.insert(parameter.to_owned(), value.to_owned());
        self
    }

    /// A request takes a few polls, and what it shows is what there is at one moment of them.
    fn fetch<'f>(self) -> Fetch<'f, Made>
    where
        Self: 'f,
    {
        let mut polls = None;
        let mut begun = 0;
        Box::pin(poll_fn(move |context| {
            let mut world = self.world.lock().unwrap();
            let left = match polls {
                Some(left) => left,
                None => {
                    world.requests += 1;
                    world.underway += 1;
                    world.most_underway = world.most_underway.max(world.underway);
                    begun = world.deadlines;
                    world.random.u8(0..4)
                }
            };
            if left > 0 {
                polls = Some(left - 1);
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            world.underway -= 1;
            world.live();
            let rows = world.answer(&self);
            let meta =
                Meta { status: StatusCode::OK, headers: HeaderMap::new(), body: Default::default(), attempts: 1 };
            Poll::Ready(match world.now {
                i64::MAX => Err(Error::new(ErrorKind::Transport, "the end of time")),
                _ if world.deadlines > begun => Err(Error::new(ErrorKind::Timeout, "nobody waited for it")),
                _ => Ok(Response::new(rows, meta)),
            })
        }))
    }

    fn member(item: &Made, name: &str) -> Option<Value> {
        let time = |milliseconds: i64| {
            let time = DateTime::from_timestamp_millis(milliseconds).unwrap();
            match item.readable {
                true => json!(time.format("%Y-%m-%d %H:%M:%S +0000").to_string()),
                false => json!(time.format("%Y-%m-%d %H:%M:%S").to_string()),
            }
        };
        match name {
            "id" => Some(json!(item.id)),
            "created_at" => Some(time(item.created)),
            "updated_at" => Some(time(item.updated)),
            _ => None,
        }
    }
}

/// The clock of that vendor. Nothing waits.
struct Clock(Arc<Mutex<World>>);

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

impl Environment for Clock {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn wall_clock(&self) -> SystemTime {
        let now = self.0.lock().unwrap().now;
        SystemTime::UNIX_EPOCH + Duration::from_millis(now.unsigned_abs())
    }

    fn sleep(&self, _: Duration) -> BoxFuture<()> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        0.5
    }
}
