//! Reads requests off a socket: just enough HTTP/1.1 to know where the next one begins.

use std::io;

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    net::tcp::ReadHalf,
};

use crate::incoming::Incoming;

/// Longer lines and heads are no request of any client under test.
const LONGEST_HEAD: usize = 64 * 1024;
/// What is kept of a body; the rest is read and dropped.
const KEPT_BODY: usize = 1024 * 1024;

/// The next request; None when the client has left.
pub(super) async fn request(socket: &mut BufReader<ReadHalf<'_>>) -> io::Result<Option<Incoming>> {
    let Some(first) = line(socket).await? else { return Ok(None) };
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut request = Incoming::new(method, target);
    loop {
        let header = line(socket).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if header.is_empty() {
            break;
        }
        if request.headers().len() > 1000 {
            return Err(io::Error::other("too many headers"));
        }
        let (name, value) = header.split_once(':').unwrap_or((&header, ""));
        request = request.with_header(name.trim(), value.trim());
    }
    let chunked =
        request.header("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
    let length = request.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    let mut body = Vec::new();
    if chunked {
        loop {
            let size = line(socket).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
            let size = size.split(';').next().unwrap_or_default().trim().to_owned();
            let size = u64::from_str_radix(&size, 16).map_err(io::Error::other)?;
            take(socket, size, &mut body).await?;
            line(socket).await?;
            if size == 0 {
                break;
            }
        }
    } else {
        take(socket, length, &mut body).await?;
    }
    Ok(Some(request.with_raw_body(body)))
}

async fn take(socket: &mut BufReader<ReadHalf<'_>>, length: u64, body: &mut Vec<u8>) -> io::Result<()> {
    let room = KEPT_BODY.saturating_sub(body.len()) as u64;
    let kept = (&mut *socket).take(length.min(room)).read_to_end(body).await? as u64;
    let dropped = length.saturating_sub(kept);
    tokio::io::copy(&mut socket.take(dropped), &mut tokio::io::sink()).await?;
    Ok(())
}

/// A line without its end; None at the end of the stream.
async fn line(socket: &mut BufReader<ReadHalf<'_>>) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let read = socket.take(LONGEST_HEAD as u64).read_until(b'\n', &mut bytes).await?;
    if read == 0 {
        return Ok(None);
    }
    if bytes.last() != Some(&b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}
