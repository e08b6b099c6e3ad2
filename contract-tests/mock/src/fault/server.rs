//! The server that plays the script.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream, tcp::WriteHalf},
    task::{AbortHandle, JoinSet},
};

use super::{
    reader,
    step::{Action, Step},
};
use crate::incoming::Incoming;

/// Requests that are kept, the last ones.
const KEPT: usize = 1024;

/// How long nothing is accepted after the system has refused: it may refuse at once again, without a free file
/// descriptor for example.
const PAUSE: Duration = Duration::from_millis(10);

/// A server on the loopback device that plays a script of faults. It ends when it is dropped, with all connections.
#[derive(Debug)]
pub struct FaultServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: AbortHandle,
}

#[derive(Debug)]
struct Shared {
    steps: Mutex<VecDeque<Step>>,
    connections: AtomicU64,
    requests: AtomicU64,
    seen: Mutex<VecDeque<Incoming>>,
}

/// What became of a connection after a step.
enum After {
    /// It is ready for the next request.
    Open,
    /// It is closed in good order.
    Closed,
    /// It is to be reset.
    Reset,
}

impl FaultServer {
    /// Starts on a free port. Each request takes the next step, on whichever connection it comes; the last step is
    /// repeated. Without any step every request is answered with 200 and `{}`.
    ///
    /// # Errors
    /// No port could be had.
    pub async fn start(steps: Vec<Step>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            steps: Mutex::new(steps.into()),
            connections: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            seen: Mutex::default(),
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&shared))).abort_handle();
        Ok(Self { address, shared, listening })
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Host and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connections that were accepted so far.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Requests that were read in full so far.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// The requests since the last call, the oldest first; of a long run only the last thousand or so.
    pub fn take_requests(&self) -> Vec<Incoming> {
        std::mem::take(&mut *self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        // The connections belong to the listening task and end with it.
        self.listening.abort();
    }
}

impl Shared {
    fn next_step(&self) -> Step {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        match steps.len() {
            0 => Step::ok(),
            1 => steps.front().cloned().unwrap_or_else(Step::ok),
            _ => steps.pop_front().unwrap_or_else(Step::ok),
        }
    }

    /// Whether the step that is due wants no request.
    fn is_due_on_connect(&self) -> bool {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).front().is_some_and(|step| !step.reads)
    }

    fn saw(&self, request: Incoming) {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= KEPT {
            seen.pop_front();
        }
        seen.push_back(request);
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let socket = connection(|| listener.accept()).await;
        shared.connections.fetch_add(1, Ordering::SeqCst);
        let shared = Arc::clone(&shared);
        // How a connection ends is the client's affair: an error here is one the script asked for.
        connections.spawn(async move { drop(serve(socket, &shared).await) });
        while connections.try_join_next().is_some() {}
    }
}

/// The next connection, however often the system refuses it.
async fn connection<F>(mut accept: impl FnMut() -> F) -> TcpStream
where
    F: Future<Output = io::Result<(TcpStream, SocketAddr)>>,
{
    loop {
        match accept().await {
            Ok((socket, _)) => return socket,
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn serve(mut socket: TcpStream, shared: &Shared) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let after = talk(&mut socket, shared).await;
    if matches!(after, Ok(After::Reset)) {
        // Without lingering, closing throws away what is unsent and resets the connection.
        socket.set_zero_linger()?;
    }
    Ok(())
}

async fn talk(socket: &mut TcpStream, shared: &Shared) -> io::Result<After> {
    let (reading, mut writing) = socket.split();
    let mut reading = BufReader::new(reading);
    loop {
        if !shared.is_due_on_connect() {
            match reader::request(&mut reading).await? {
                Some(request) => shared.saw(request),
                None => return Ok(After::Closed),
            }
        }
        for action in shared.next_step().actions {
            match act(action, &mut writing, &mut reading).await? {
                After::Open => {}
                ended => return Ok(ended),
            }
        }
    }
}

async fn act(
    action: Action,
    writing: &mut WriteHalf<'_>,
    reading: &mut (impl tokio::io::AsyncRead + Unpin),
) -> io::Result<After> {
    match action {
        Action::Send(bytes) => writing.write_all(&bytes).await?,
        Action::Repeat(bytes, times) => {
            for _ in 0..times {
                writing.write_all(&bytes).await?;
            }
        }
        Action::Drip { bytes, piece, every } => {
            for piece in bytes.chunks(piece) {
                writing.write_all(piece).await?;
                tokio::time::sleep(every).await;
            }
        }
        Action::Hold(gate) => gate.notified().await,
        Action::Stall => {
            let mut nothing = [0_u8; 1024];
            while reading.read(&mut nothing).await? > 0 {}
            return Ok(After::Closed);
        }
        Action::Reset => return Ok(After::Reset),
        Action::Close => {
            writing.shutdown().await?;
            return Ok(After::Closed);
        }
    }
    Ok(After::Open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_the_system_refuses_is_not_asked_for_without_a_pause() {
        let mut asked = 0;
        let refuse = || {
            asked += 1;
            assert!(asked < 100, "it is asked for again and again");
            std::future::ready(Err(io::Error::other("too many open files")))
        };
        // A limit is looked at only when there is something to wait for.
        let waited = tokio::time::timeout(Duration::ZERO, connection(refuse)).await;
        assert!(waited.is_err());
    }
}
