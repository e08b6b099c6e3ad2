//! The server on loopback that the browser brings the code to.

use std::time::Duration;

use cx_client::{
    Secret,
    auth::{AuthorizationCode, AuthorizationRequest},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};
use url::{Host, Url};

use crate::{exit::Failure, output::tell};

/// Longest head of a request, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;
/// Longest time for one.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that waits for one callback.
pub struct Callback {
    listener: TcpListener,
    uri: Url,
}

/// A request to the path of the callback.
struct Request {
    socket: TcpStream,
    /// Path and query. It holds the code.
    target: Secret,
}

impl Callback {
    /// Listens where an address of this machine says.
    ///
    /// # Errors
    /// An address of another machine, or one that is taken.
    pub async fn listen(uri: &str) -> Result<Self, Failure> {
        let refuse = |reason: &str| {
            Failure::usage(format!("`--redirect-uri` {reason}"))
                .then("give one such as http://127.0.0.1:8917/callback")
        };
        let mut uri = Url::parse(uri).map_err(|_| refuse("is not an address"))?;
        let host = match uri.host() {
            Some(Host::Ipv4(ip)) if ip.is_loopback() => ip.to_string(),
            Some(Host::Ipv6(ip)) if ip.is_loopback() => ip.to_string(),
            Some(Host::Domain("localhost")) => "localhost".to_owned(),
            _ => return Err(refuse("is not on this machine")),
        };
        if uri.scheme() != "http" {
            return Err(refuse("is not plain http, and there is no certificate for this machine"));
        }
        let port = uri.port_or_known_default().unwrap_or_default();
        let listener = TcpListener::bind((host.as_str(), port)).await.map_err(|error| {
            refuse(&format!("cannot be listened on: {error}"))
                .then("end what listens there, or give another one that is registered")
        })?;
        let port = listener.local_addr().map_err(|error| refuse(&error.to_string()))?.port();
        uri.set_port(Some(port)).map_err(|()| refuse("takes no port"))?;
        Ok(Self { listener, uri })
    }

    /// The address to send the browser back to.
    pub fn uri(&self) -> &str {
        self.uri.as_str()
    }

    /// Waits for the callback to a request, reads it and tells the browser how it went.
    ///
    /// # Errors
    /// Nobody came in time; the vendor refused the authorization.
    pub async fn answer(self, wait: Duration, asked: AuthorizationRequest) -> Result<AuthorizationCode, Failure> {
        let Ok(request) = timeout(wait, self.request(&asked)).await else {
            return Err(Failure::authentication(format!("nobody came back within {} s", wait.as_secs()))
                .then("run `cx login` again, or give more time by --wait SECONDS"));
        };
        let Request { mut socket, target } = request?;
        let finished = asked.finish(target.expose());
        let text = match &finished {
            Ok(_) => "You are logged in as soon as cx says so. This page can be closed.",
            Err(_) => "The login failed: cx says why. This page can be closed.",
        };
        // Whether the browser still listens does not matter to the login.
        if reply(&mut socket, "200 OK", text).await.is_err() {
            tell("note: the browser did not wait for the answer");
        }
        Ok(finished?)
    }

    /// The first request to the path of the callback that has the right state: any page the browser shows can send one
    /// without, and must not be able to end a login. Browsers also ask for icons, and open connections that they never
    /// use: one such must not keep the others waiting.
    async fn request(&self, asked: &AuthorizationRequest) -> Result<Request, Failure> {
        let mut readers = JoinSet::new();
        let mut told = false;
        loop {
            tokio::select! {
                accepted = self.listener.accept() => {
                    let (socket, _) = accepted.map_err(|error| {
                        Failure::usage(format!("the callback cannot be received: {error}")).then("run `cx login` again")
                    })?;
                    let path = self.uri.path().to_owned();
                    readers.spawn(timeout(PATIENCE, read(socket, path)));
                }
                Some(read) = readers.join_next() => {
                    let Ok(Ok(Some(request))) = read else { continue };
                    if asked.is_answered_by(request.target.expose()) {
                        return Ok(request);
                    }
                    if !told {
                        tell("note: a callback without the state of this login was refused; cx waits on");
                        told = true;
                    }
                    readers.spawn(timeout(PATIENCE, refuse(request)));
                }
            }
        }
    }
}

/// Reads a request; `None` for one that is none of ours, which is answered here.
async fn read(mut socket: TcpStream, path: String) -> Option<Request> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() > LONGEST_HEAD || socket.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let line = head.split(|byte| *byte == b'\r').next().and_then(|line| std::str::from_utf8(line).ok())?;
    let mut words = line.split(' ');
    let target = match (words.next(), words.next()) {
        (Some("GET"), Some(target)) if target.split('?').next() == Some(path.as_str()) => target,
        _ => {
            reply(&mut socket, "404 Not Found", "There is nothing here.").await.ok()?;
            return None;
        }
    };
    Some(Request { target: Secret::from(target), socket })
}

/// Answers a callback that belongs to no login of ours.
async fn refuse(mut request: Request) -> Option<Request> {
    let text = "This is not the answer to the login that cx waits for.";
    reply(&mut request.socket, "400 Bad Request", text).await.ok()?;
    None
}

async fn reply(socket: &mut TcpStream, status: &str, text: &str) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\r\n",
        text.len()
    );
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(text.as_bytes()).await?;
    socket.shutdown().await
}
