//! A vendor of many responses, written before they are asked for, on threads of its own: 100,000 of them are cheap.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use serde_json::json;

/// First second of the rows.
pub const START: i64 = 1_600_000_000;

/// Told of every request, by its number, before it is answered.
type Watch = Box<dyn FnMut(u64) + Send>;

pub struct Bulk {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    /// When a row was created, and its JSON; in the order of time.
    rows: Vec<(i64, String)>,
    watched: Mutex<(u64, Option<Watch>)>,
}

/// When a row was created: most a minute apart, and of 10,000 each time 1,200 all in one second.
fn created(id: i64) -> i64 {
    let (thousands, turn) = (id - id % 10_000, id % 10_000);
    START + 60 * (thousands + if (5_000..6_200).contains(&turn) { 5_000 } else { turn })
}

impl Bulk {
    /// Starts a vendor of so many rows, each of the shape and size of the documented example.
    pub fn start(rows: i64) -> Self {
        let api = cx_spec::embedded("wootric").unwrap();
        let reply = api.operation("list_responses").unwrap().reply(200).unwrap();
        let mut row = reply.media[0].examples[0].value[0].clone();
        let mut written = |id: i64| {
            let time = chrono::DateTime::from_timestamp(created(id), 0).unwrap().to_rfc3339();
            (row["id"], row["created_at"], row["updated_at"]) = (json!(id), json!(time), json!(time));
            (created(id), row.to_string())
        };
        let rows = (0..rows).map(&mut written).collect();
        let shared = Arc::new(Shared { rows, watched: Mutex::new((0, None)) });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let served = Arc::clone(&shared);
        // The threads end with their connections, and with the test.
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let shared = Arc::clone(&served);
                thread::spawn(move || shared.serve(&socket));
            }
        });
        Self { address, shared }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Counts requests anew and tells of each.
    pub fn watch(&self, watch: impl FnMut(u64) + Send + 'static) {
        *self.shared.watched() = (0, Some(Box::new(watch)));
    }

    /// Tells of no more requests, and how many there were.
    pub fn unwatch(&self) -> u64 {
        std::mem::take(&mut *self.shared.watched()).0
    }
}

impl Shared {
    fn watched(&self) -> std::sync::MutexGuard<'_, (u64, Option<Watch>)> {
        // A watch that fails its test must not fail the next one's.
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers the requests of a connection, none of which has a body, until its client leaves.
    fn serve(&self, mut socket: &TcpStream) -> Option<()> {
        socket.set_nodelay(true).ok()?;
        let mut lines = BufReader::new(socket).lines();
        loop {
            let first = lines.next()?.ok()?;
            while !lines.next()?.ok()?.is_empty() {}
            {
                let (requests, watch) = &mut *self.watched();
                *requests += 1;
                if let Some(watch) = watch {
                    watch(*requests);
                }
            }
            let (status, body) = self.answer(first.split(' ').nth(1)?);
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} Bulk\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
            );
            socket.write_all((head + &body).as_bytes()).ok()?;
        }
    }

    /// A page of the rows strictly between two seconds; 400 past the last page that is shown.
    fn answer(&self, target: &str) -> (u16, String) {
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let query: HashMap<_, _> = url::form_urlencoded::parse(query.as_bytes()).collect();
        let number = |name: &str| query.get(name).and_then(|value| value.parse::<i64>().ok());
        let (page, size) = (number("page").unwrap_or(1), number("per_page").unwrap_or(25));
        if !(1..=30).contains(&page) || !(1..=50).contains(&size) {
            return (400, r#"{"errors":["page or per_page does not have a valid value"]}"#.to_owned());
        }
        let from = number("created[gt]").map_or(0, |bound| self.rows.partition_point(|(time, _)| *time <= bound));
        let until = number("created[lt]")
            .map_or(self.rows.len(), |bound| self.rows.partition_point(|(time, _)| *time < bound));
        let found = &self.rows[from.min(until)..until];
        let descending = query.get("sort_order").is_some_and(|order| order == "desc");
        let (skip, size) = (usize::try_from((page - 1) * size).unwrap(), usize::try_from(size).unwrap());
        let text = |(_, text): &(i64, String)| text.clone();
        let shown: Vec<String> = match descending {
            true => found.iter().rev().skip(skip).take(size).map(text).collect(),
            false => found.iter().skip(skip).take(size).map(text).collect(),
        };
        (200, format!("[{}]", shown.join(",")))
    }
}
