//! YAML text to a JSON value, keeping the place of every member.
//!
//! Built on the events of `saphyr-parser`, because loaders that return finished values forget the lines and accept
//! duplicate keys.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Map, Value};

use crate::pointer::below;

/// Line and column (from 1) by JSON pointer.
pub(crate) type Positions = HashMap<String, (usize, usize)>;

/// What is wrong, at which line, column and pointer.
#[derive(Debug)]
pub(crate) struct YamlError {
    pub line: usize,
    pub column: usize,
    pub pointer: String,
    pub message: String,
}

/// Nesting beyond this is refused: no sensible document comes near, and whoever reads the value recurses.
const MAX_DEPTH: usize = 128;

/// Values that aliases may copy, so that aliases of aliases cannot fill the memory.
const MAX_COPIED: usize = 100_000;

pub(crate) fn parse(text: &str) -> Result<(Value, Positions), YamlError> {
    // A byte order mark is no part of the first key.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader {
        events: Parser::new_from_str(text),
        // Most lines hold a member.
        positions: Positions::with_capacity(text.lines().count()),
        anchors: HashMap::new(),
        copied: 0,
        last: (1, 1),
    };
    loop {
        match reader.next("")? {
            (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
            (Event::StreamEnd, _) => return Err(reader.error("", "the file is empty")),
            (event, span) => {
                reader.positions.insert(String::new(), position(span));
                let value = reader.value(event, "", 0)?;
                reader.finish()?;
                return Ok((value, reader.positions));
            }
        }
    }
}

struct Reader<'t, I: saphyr_parser::Input> {
    events: Parser<'t, I>,
    positions: Positions,
    anchors: HashMap<usize, Value>,
    copied: usize,
    last: (usize, usize),
}

impl<'t, I: saphyr_parser::Input> Reader<'t, I> {
    fn next(&mut self, pointer: &str) -> Result<(Event<'t>, Span), YamlError> {
        match self.events.next() {
            Some(Ok((event, span))) => {
                self.last = position(span);
                Ok((event, span))
            }
            Some(Err(error)) => Err(YamlError {
                line: error.marker().line(),
                column: error.marker().col() + 1,
                pointer: pointer.to_owned(),
                message: format!("not YAML: {}", error.info()),
            }),
            None => Err(self.error(pointer, "the file ends in the middle of a value")),
        }
    }

    /// Nothing follows the value: a second document would be lost in silence.
    fn finish(&mut self) -> Result<(), YamlError> {
        loop {
            match self.next("")? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentEnd | Event::Nothing, _) => {}
                _ => return Err(self.error("", "a second YAML document begins here; one file holds one")),
            }
        }
    }

    fn error(&self, pointer: &str, message: impl Into<String>) -> YamlError {
        let (line, column) = self.last;
        YamlError { line, column, pointer: pointer.to_owned(), message: message.into() }
    }

    /// The value that begins with an event. Whoever asks has noted its place: that of a member is its name's.
    fn value(&mut self, event: Event<'t>, pointer: &str, depth: usize) -> Result<Value, YamlError> {
        if depth > MAX_DEPTH {
            return Err(self.error(pointer, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, None) => (scalar(&text, style), anchor),
            Event::Scalar(text, _, anchor, Some(tag)) if tag.suffix == "str" => {
                (Value::String(text.into_owned()), anchor)
            }
            Event::Scalar(_, _, _, Some(tag)) => {
                let message = format!("the tag `{}` is not followed here; write out what it stands for", tag.suffix);
                return Err(self.error(pointer, message));
            }
            Event::SequenceStart(anchor, _) => (self.sequence(pointer, depth)?, anchor),
            Event::MappingStart(anchor, _) => (self.mapping(pointer, depth)?, anchor),
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor).cloned();
                let value = value.ok_or_else(|| self.error(pointer, "an alias of itself"))?;
                self.copied += count(&value);
                if self.copied > MAX_COPIED {
                    return Err(self.error(pointer, format!("aliases that copy more than {MAX_COPIED} values")));
                }
                if depth + height(&value) > MAX_DEPTH {
                    return Err(self.error(pointer, format!("nested deeper than {MAX_DEPTH} levels")));
                }
                (value, 0)
            }
            other => return Err(self.error(pointer, format!("unexpected {other:?}"))),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }

    fn sequence(&mut self, pointer: &str, depth: usize) -> Result<Value, YamlError> {
        let mut items = Vec::new();
        loop {
            match self.next(pointer)? {
                (Event::SequenceEnd, _) => return Ok(Value::Array(items)),
                (event, span) => {
                    let child = format!("{pointer}/{}", items.len());
                    self.positions.insert(child.clone(), position(span));
                    items.push(self.value(event, &child, depth + 1)?);
                }
            }
        }
    }

    fn mapping(&mut self, pointer: &str, depth: usize) -> Result<Value, YamlError> {
        let mut members = Map::new();
        loop {
            let (key, at) = match self.next(pointer)? {
                (Event::MappingEnd, _) => return Ok(Value::Object(members)),
                (Event::Scalar(text, ScalarStyle::Plain, ..), _) if text == "<<" => {
                    let message =
                        "a merge key (`<<`) is no part of YAML 1.2; write the members out that it stands for";
                    return Err(self.error(pointer, message));
                }
                (Event::Scalar(text, ..), span) => (text.into_owned(), position(span)),
                _ => return Err(self.error(pointer, "a key that is not a plain text")),
            };
            let child = below(pointer, &key);
            if let Some((line, _)) = self.positions.insert(child.clone(), at) {
                return Err(self.error(&child, format!("`{key}` is given twice; first on line {line}")));
            }
            let (event, _) = self.next(&child)?;
            let value = self.value(event, &child, depth + 1)?;
            members.insert(key, value);
        }
    }
}

/// Line and column of where an event begins.
fn position(span: Span) -> (usize, usize) {
    (span.start.line(), span.start.col() + 1)
}

fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// How many levels lie below a value.
fn height(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(height).max().map_or(0, |deepest| deepest + 1),
        Value::Object(members) => members.values().map(height).max().map_or(0, |deepest| deepest + 1),
        _ => 0,
    }
}

/// Plain scalars by the YAML 1.2 core schema; quoted ones are text.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::String(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    if let Ok(integer) = text.parse::<i64>() {
        return Value::from(integer);
    }
    if let Ok(integer) = text.parse::<u64>() {
        return Value::from(integer);
    }
    let numeric = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
        && text.contains(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'));
    match text.parse::<f64>() {
        Ok(float) if numeric && float.is_finite() => Value::from(float),
        _ => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_scalars_by_the_core_schema() {
        let (value, _) =
            parse("a: 1\nb: '1'\nc: 1.5\nd: yes\ne: true\nf:\ng: 3.0.3\nh: 2016-06-23\ni: +1\n").unwrap();
        assert_eq!(
            value,
            json!({"a": 1, "b": "1", "c": 1.5, "d": "yes", "e": true, "f": null, "g": "3.0.3", "h": "2016-06-23", "i": 1})
        );
    }

    #[test]
    fn keeps_every_digit_of_a_large_integer() {
        let (value, _) = parse("[18446744073709551615, -9223372036854775808]").unwrap();
        assert_eq!(value, json!([u64::MAX, i64::MIN]));
    }

    #[test]
    fn follows_no_tag_but_that_of_a_text() {
        assert_eq!(parse("a: !!str 1.0\n").unwrap().0, json!({"a": "1.0"}));
        let error = parse("a: 1\nb: !include other.yaml\n").unwrap_err();
        assert_eq!((error.line, error.pointer.as_str()), (2, "/b"));
        assert!(error.message.starts_with("the tag `include` is not followed here"), "{}", error.message);
    }

    #[test]
    fn passes_over_a_byte_order_mark() {
        let (value, positions) = parse("\u{feff}a: 1\r\nb: 2\r\n").unwrap();
        assert_eq!(value, json!({"a": 1, "b": 2}));
        assert_eq!((positions.get("/a"), positions.get("/b")), (Some(&(1, 1)), Some(&(2, 1))));
    }

    #[test]
    fn knows_the_line_of_every_member() {
        let (_, positions) = parse("paths:\n  /v1/a:\n    get: {x: [1, 2]}\n").unwrap();
        assert_eq!(positions.get("/paths/~1v1~1a/get"), Some(&(3, 5)));
        assert_eq!(positions.get("/paths/~1v1~1a/get/x/1"), Some(&(3, 18)));
    }

    #[test]
    fn follows_aliases_and_bounds_what_they_copy() {
        let (value, _) = parse("a: &x [1, 2]\nb: *x\n").unwrap();
        assert_eq!(value, json!({"a": [1, 2], "b": [1, 2]}));

        let mut bomb = String::from("l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..8 {
            let aliases = vec![format!("*l{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("l{level}: &l{level} [{aliases}]\n"));
        }
        assert!(parse(&bomb).unwrap_err().message.contains("aliases that copy more"));
    }

    #[test]
    fn an_alias_nests_no_deeper_than_anything_else() {
        let nested = |inner: &str| format!("{}{inner}{}", "[".repeat(80), "]".repeat(80));
        assert!(parse(&format!("a: &x {}\nb: *x\n", nested("1"))).is_ok());
        let error = parse(&format!("a: &x {}\nb: {}\n", nested("1"), nested("*x"))).unwrap_err();
        assert_eq!((error.line, error.message.as_str()), (2, "nested deeper than 128 levels"));
    }

    #[test]
    fn refuses_a_second_document() {
        assert!(parse("---\na: 1\n...\n").is_ok());
        let error = parse("a: 1\n---\nb: 2\n").unwrap_err();
        assert_eq!(
            (error.line, error.message.as_str()),
            (2, "a second YAML document begins here; one file holds one")
        );
    }

    #[test]
    fn refuses_a_merge_key() {
        let error = parse("a: &a {b: 1}\nc:\n  <<: *a\n  d: 2\n").unwrap_err();
        assert_eq!((error.line, error.column, error.pointer.as_str()), (3, 3, "/c"));
        assert!(error.message.contains("write the members out"), "{}", error.message);
        assert_eq!(parse("'<<': 1\n").unwrap().0, json!({"<<": 1}));
    }

    #[test]
    fn refuses_a_key_given_twice() {
        let error = parse("a: 1\nb: 2\na: 3\n").unwrap_err();
        assert_eq!((error.line, error.pointer.as_str()), (3, "/a"));
        assert_eq!(error.message, "`a` is given twice; first on line 1");
    }

    #[test]
    fn names_the_line_of_broken_text() {
        let error = parse("a:\n  - b\n c: d\n").unwrap_err();
        assert!(error.line >= 2, "{error:?}");
        assert!(error.message.starts_with("not YAML"), "{error:?}");
    }
}
