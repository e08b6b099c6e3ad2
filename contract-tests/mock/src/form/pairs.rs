//! The pairs of a form.

use std::fmt;

/// One pair of a form, its name as it was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Pair {
    /// The name, brackets included.
    pub name: String,
    /// The value.
    pub part: Part,
}

/// The value of a pair.
#[derive(Clone, PartialEq, Eq)]
pub enum Part {
    /// Text.
    Text(String),
    /// Text that its part of a multipart body calls JSON.
    Json(String),
    /// A file.
    File(File),
}

/// What is kept of a file; its bytes stay in the raw body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Name, if the part has one.
    pub file_name: Option<String>,
    /// `Content-Type` of the part.
    pub media_type: Option<String>,
    /// Bytes.
    pub size: usize,
}

impl Pair {
    /// A pair with a text.
    pub fn text(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), part: Part::Text(value.into()) }
    }
}

impl File {
    /// What stands for the file in the decoded body: a text, so that `type: string, format: binary` accepts it.
    pub fn marker(&self) -> String {
        format!("[file {}, {} bytes]", self.file_name.as_deref().unwrap_or("without a name"), self.size)
    }
}

// A form may hold a password: names only.
impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={:?}", self.name, self.part)
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Json(text) => write!(f, "<{} bytes>", text.len()),
            Self::File(file) => file.fmt(f),
        }
    }
}

/// Reads `application/x-www-form-urlencoded`, which is also the notation of a query. Nothing in it can be wrong: what
/// is no percent escape stands for itself, what is no UTF-8 becomes U+FFFD.
pub fn urlencoded(body: &[u8]) -> Vec<Pair> {
    body.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default());
            Pair::text(name, decode(halves.next().unwrap_or_default()))
        })
        .collect()
}

fn decode(bytes: &[u8]) -> String {
    let blanks: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_encoding::percent_decode(&blanks).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_blanks_escapes_and_empty_values() {
        let pairs = urlencoded("a=1+2&b%5Bc%5D=%2B%26%3D%25&d&&e=%C3%A9=x".as_bytes());
        assert_eq!(
            pairs,
            [Pair::text("a", "1 2"), Pair::text("b[c]", "+&=%"), Pair::text("d", ""), Pair::text("e", "é=x")]
        );
    }

    #[test]
    fn shows_no_value_when_printed() {
        assert_eq!(format!("{:?}", Pair::text("password", "hunter2")), "password=<7 bytes>");
    }
}
