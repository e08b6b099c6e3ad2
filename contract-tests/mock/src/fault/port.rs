//! Addresses at which nobody answers.

use std::{io, net::SocketAddr};

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// An address that refuses connections. The port is held, so that no other server of the process gets it meanwhile.
#[derive(Debug)]
pub struct ClosedPort(TcpSocket);

impl ClosedPort {
    /// Takes a free port.
    ///
    /// # Errors
    /// No port could be had.
    pub fn take() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        Ok(Self(socket))
    }

    /// Scheme, host and port, without a slash at the end.
    ///
    /// # Errors
    /// The socket is gone.
    pub fn base_url(&self) -> io::Result<String> {
        Ok(format!("http://{}", self.0.local_addr()?))
    }
}

/// An address at which a connection is neither made nor refused.
#[derive(Debug)]
pub struct DeafPort {
    listener: TcpListener,
    /// Fills the queue of those who wait to be accepted; nobody accepts.
    _first: TcpStream,
}

impl DeafPort {
    /// Takes a free port.
    ///
    /// # Errors
    /// No port could be had.
    pub async fn take() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let listener = socket.listen(0)?;
        let first = TcpStream::connect(listener.local_addr()?).await?;
        Ok(Self { listener, _first: first })
    }

    /// Scheme, host and port, without a slash at the end.
    ///
    /// # Errors
    /// The socket is gone.
    pub fn base_url(&self) -> io::Result<String> {
        Ok(format!("http://{}", self.listener.local_addr()?))
    }
}
