//! `multipart/form-data` (RFC 7578), read strictly: a mock that guesses hides the mistakes it is there to find.

use super::pairs::{File, Pair, Part};

/// What is wrong with a multipart body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MultipartError {
    /// `Content-Type` names no boundary.
    #[error("the content type names no boundary")]
    NoBoundary,
    /// The body does not begin with its boundary.
    #[error("the body does not begin with its boundary")]
    NoStart,
    /// The closing boundary is missing.
    #[error("the body ends before its closing boundary")]
    NoEnd,
    /// A part without the blank line between head and content, or with a line that is no header.
    #[error("part {0} has no proper head")]
    BadHead(usize),
    /// A part without `Content-Disposition: form-data` and a name.
    #[error("part {0} has no name")]
    NoName(usize),
    /// A part without file name that is no UTF-8.
    #[error("part {0} is neither UTF-8 nor a file")]
    NotText(usize),
}

/// The boundary in a content type.
///
/// # Errors
/// [`MultipartError::NoBoundary`].
pub fn boundary(content_type: &str) -> Result<String, MultipartError> {
    parameter(content_type, "boundary").filter(|text| !text.is_empty()).ok_or(MultipartError::NoBoundary)
}

/// Reads a multipart body into pairs, in their order.
///
/// # Errors
/// A body that breaks RFC 2046 or RFC 7578; parts are counted from 1.
pub fn multipart(boundary: &str, body: &[u8]) -> Result<Vec<Pair>, MultipartError> {
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    // The first boundary has no line before it.
    let mut rest = match delimiter.get(2..).and_then(|first| body.strip_prefix(first)) {
        Some(rest) => rest,
        None => find(body, &delimiter).map(|(_, rest)| rest).ok_or(MultipartError::NoStart)?,
    };
    let mut pairs = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Ok(pairs);
        }
        let number = pairs.len() + 1;
        // Blanks may stand between a boundary and the end of its line.
        let padding = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let part = rest.get(padding..).and_then(|rest| rest.strip_prefix(b"\r\n".as_slice()));
        let part = part.ok_or(MultipartError::NoEnd)?;
        let (content, after) = find(part, &delimiter).ok_or(MultipartError::NoEnd)?;
        pairs.push(read_part(content, number)?);
        rest = after;
    }
}

fn read_part(part: &[u8], number: usize) -> Result<Pair, MultipartError> {
    let (head, content) = match part.strip_prefix(b"\r\n".as_slice()) {
        Some(content) => (b"".as_slice(), content),
        None => find(part, b"\r\n\r\n").ok_or(MultipartError::BadHead(number))?,
    };
    let head = std::str::from_utf8(head).map_err(|_| MultipartError::BadHead(number))?;
    let mut disposition = None;
    let mut media_type = None;
    for line in head.split("\r\n").filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or(MultipartError::BadHead(number))?;
        match name.trim().to_ascii_lowercase().as_str() {
            "content-disposition" => disposition = Some(value.trim()),
            "content-type" => media_type = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    let disposition = disposition.ok_or(MultipartError::NoName(number))?;
    if !disposition.to_ascii_lowercase().starts_with("form-data") {
        return Err(MultipartError::NoName(number));
    }
    let name = parameter(disposition, "name").ok_or(MultipartError::NoName(number))?;
    let file_name = parameter(disposition, "filename");
    let is_stream = media_type.as_deref().is_some_and(|kind| kind.starts_with("application/octet-stream"));
    let part = if file_name.is_some() || is_stream {
        Part::File(File { file_name, media_type, size: content.len() })
    } else {
        let text = std::str::from_utf8(content).map_err(|_| MultipartError::NotText(number))?.to_owned();
        match media_type {
            Some(kind) if kind.to_ascii_lowercase().starts_with("application/json") => Part::Json(text),
            _ => Part::Text(text),
        }
    };
    Ok(Pair { name, part })
}

/// What stands before and after the first occurrence.
fn find<'b>(body: &'b [u8], wanted: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let at = body.windows(wanted.len()).position(|window| window == wanted)?;
    Some((body.get(..at)?, body.get(at + wanted.len()..)?))
}

/// A parameter of a header value such as `form-data; name="a"`. Quoted values may hold `\"` (RFC 9110) or `%22`
/// (what browsers write).
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => match after.split_once(';') {
                Some((value, next)) => (value.trim().to_owned(), next),
                None => (after.trim().to_owned(), ""),
            },
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = next.trim_start().trim_start_matches(';');
    }
}

fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Some((value.replace("%22", "\""), quoted.get(index + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Vec<Pair>, MultipartError> {
        multipart("B", body.replace('\n', "\r\n").as_bytes())
    }

    #[test]
    fn reads_texts_and_files_in_order() {
        let pairs = read(
            "--B\nContent-Disposition: form-data; name=\"a[b]\"\n\n1\n--B\n\
             Content-Disposition: form-data; filename=\"x \\\"1\\\".csv\"; name=file\nContent-Type: text/csv\n\nr\n-B-\n--B--\n",
        )
        .unwrap();
        let file = File { file_name: Some("x \"1\".csv".into()), media_type: Some("text/csv".into()), size: 6 };
        assert_eq!(file.marker(), "[file x \"1\".csv, 6 bytes]");
        assert_eq!(pairs, [Pair::text("a[b]", "1"), Pair { name: "file".into(), part: Part::File(file) }]);
    }

    #[test]
    fn reads_a_form_without_parts() {
        assert_eq!(read("--B--\n"), Ok(vec![]));
    }

    #[test]
    fn finds_the_boundary_wherever_it_stands() {
        assert_eq!(boundary("multipart/form-data; charset=utf-8; boundary=\"a b\""), Ok("a b".into()));
        assert_eq!(boundary("multipart/form-data; boundary="), Err(MultipartError::NoBoundary));
    }

    #[test]
    fn refuses_what_is_cut_off_or_unnamed() {
        assert_eq!(read("x"), Err(MultipartError::NoStart));
        assert_eq!(read("--B\nContent-Disposition: form-data; name=a\n\n1"), Err(MultipartError::NoEnd));
        assert_eq!(read("--B\nno head\n--B--"), Err(MultipartError::BadHead(1)));
        assert_eq!(read("--B\nContent-Disposition: form-data\n\n1\n--B--"), Err(MultipartError::NoName(1)));
    }
}
