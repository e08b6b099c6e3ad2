//! Where servers listen.

use std::{
    io,
    net::{SocketAddr, TcpListener},
};

use tokio::{net::TcpSocket, runtime::Builder};

/// How many connections may wait to be accepted, as far as the system allows (`net.core.somaxconn` on Linux).
///
/// The standard library's listener has room for 128. What comes beyond is thrown away, and tried again by the system of
/// whoever connects after 1, 2, 4, … seconds, all of them at once: of a thousand callers who connect in one moment, some
/// wait for most of a minute when the machine is busy.
const ROOM: u32 = 4096;

/// Listens on a free port of the loopback device.
///
/// Tokio's socket, which has the room to choose, wants a runtime with a driver. Whoever calls may be on another executor, or
/// on a runtime without that driver, so it gets one of its own for the moment.
///
/// # Errors
/// No port could be had.
pub(crate) fn on_loopback() -> io::Result<TcpListener> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let listener = {
        let _context = runtime.enter();
        listen()
    };
    // To drop it would wait for its threads, of which there are none, and that is not allowed where others wait for us.
    runtime.shutdown_background();
    listener
}

fn listen() -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    socket.listen(ROOM)?.into_std()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::net::TcpStream;

    use super::*;

    /// Longer than a busy machine takes, shorter than the system tries to connect.
    const WATCHDOG: Duration = Duration::from_secs(60);

    /// As under an executor that is not tokio's: there, a socket of tokio's ends in a panic.
    #[test]
    fn no_runtime_of_tokio_is_needed() {
        let listener = on_loopback().unwrap();
        assert!(listener.local_addr().unwrap().ip().is_loopback());
    }

    /// Nobody accepts, and yet all are connected: by the system, before a server sees them.
    #[tokio::test]
    async fn a_thousand_connections_wait_to_be_accepted() {
        let listener = on_loopback().unwrap();
        let address = listener.local_addr().unwrap();
        let connect = async {
            let mut connected = Vec::new();
            for _ in 0..1_000 {
                connected.push(TcpStream::connect(address).await.unwrap());
            }
            connected.len()
        };
        assert_eq!(tokio::time::timeout(WATCHDOG, connect).await, Ok(1_000));
    }
}
