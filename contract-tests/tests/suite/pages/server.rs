//! A list on a real socket, whose pages are held back until a test lets them go.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use cx_mock::{Incoming, Validator};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::timeout,
};

use crate::support;

/// A test that waits longer hangs; it fails instead.
const HANGS: Duration = Duration::from_secs(60);

/// What a page is answered with: status and body.
pub type Render = Box<dyn Fn(i64, usize) -> (u16, Vec<u8>) + Send + Sync>;

/// The server, and what it saw.
pub struct PageServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    _listening: JoinSet<()>,
}

struct Shared {
    render: Render,
    asked: Mutex<Vec<Incoming>>,
    counted: watch::Sender<Count>,
    /// Pages after this one are held back.
    open: watch::Sender<i64>,
}

#[derive(Clone, Copy, Default)]
struct Count {
    asked: usize,
    /// Requests whose client left before the answer.
    abandoned: usize,
}

impl PageServer {
    /// Serves every page at once.
    pub async fn start(render: Render) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (counted, open) = (watch::Sender::default(), watch::Sender::new(i64::MAX));
        let shared = Arc::new(Shared { render, asked: Mutex::default(), counted, open });
        let mut listening = JoinSet::new();
        listening.spawn(listen(listener, Arc::clone(&shared)));
        Self { address, shared, _listening: listening }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets all pages up to this one go, and holds the later ones back.
    pub fn open_up_to(&self, page: i64) {
        self.shared.open.send_replace(page);
    }

    /// The queries so far, in the order in which they came.
    pub fn queries(&self) -> Vec<Vec<(String, String)>> {
        self.shared.asked.lock().unwrap().iter().map(|one| support::texts(one.query_pairs())).collect()
    }

    /// The pages that were asked for, in the order of their numbers.
    pub fn pages(&self) -> Vec<i64> {
        let asked = self.shared.asked.lock().unwrap();
        let mut pages: Vec<i64> = asked.iter().map(page).collect();
        pages.sort_unstable();
        pages
    }

    /// Waits until so many requests came.
    pub async fn has_asked(&self, requests: usize) {
        self.until(|count| count.asked >= requests).await;
    }

    /// Waits until the client gave up so many requests.
    pub async fn has_abandoned(&self, requests: usize) {
        self.until(|count| count.abandoned >= requests).await;
    }

    async fn until(&self, enough: impl FnMut(&Count) -> bool) {
        let mut counted = self.shared.counted.subscribe();
        let waited = timeout(HANGS, counted.wait_for(enough)).await;
        assert!(waited.is_ok(), "asked for {:?} and no more", self.pages());
    }

    /// Everything was asked for as the document says.
    #[track_caller]
    pub fn assert_documented(&self, validator: &Validator) {
        for request in self.shared.asked.lock().unwrap().iter() {
            let verdict = validator.request(request);
            assert!(verdict.is_valid(), "{request:?}: {:?}", verdict.violations);
        }
    }
}

fn number(request: &Incoming, name: &str) -> Option<i64> {
    let pairs = support::texts(request.query_pairs());
    pairs.iter().find(|(own, _)| own == name)?.1.parse().ok()
}

fn page(request: &Incoming) -> i64 {
    number(request, "page").unwrap()
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        connections.spawn(serve(socket, Arc::clone(&shared)));
    }
}

/// Requests of one connection, none of which has a body.
async fn serve(mut socket: TcpStream, shared: Arc<Shared>) {
    let (reading, mut writing) = socket.split();
    let mut reading = BufReader::new(reading);
    while let Some(request) = read(&mut reading).await {
        let (page, size) = (page(&request), number(&request, "per_page").unwrap_or(25));
        shared.asked.lock().unwrap().push(request);
        shared.counted.send_modify(|count| count.asked += 1);
        let mut open = shared.open.subscribe();
        let mut byte = [0];
        tokio::select! {
            _ = open.wait_for(|open| page <= *open) => {}
            // A client that waits for an answer sends nothing: it left.
            _ = reading.read(&mut byte) => {
                shared.counted.send_modify(|count| count.abandoned += 1);
                return;
            }
        }
        let (status, body) = (shared.render)(page, usize::try_from(size).unwrap());
        let head = format!(
            "HTTP/1.1 {status} Scripted\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        if writing.write_all(&[head.into_bytes(), body].concat()).await.is_err() {
            return;
        }
    }
}

async fn read(reading: &mut (impl AsyncBufReadExt + Unpin)) -> Option<Incoming> {
    let mut line = String::new();
    reading.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    let mut words = line.split(' ');
    let mut request = Incoming::new(words.next()?, words.next()?);
    loop {
        let mut line = String::new();
        reading.read_line(&mut line).await.ok()?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => request = request.with_header(name, value),
            None => return Some(request),
        }
    }
}
