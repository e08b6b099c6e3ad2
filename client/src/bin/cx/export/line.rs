//! Rows as the lines they become. Taken apart into values, a row takes several times the memory, and an export holds some
//! thousands of them.

use cx_client::{
    Core,
    operation::Operation,
    pages::{Fetch, JsonList, List},
};
use serde_json::Value;

/// A row as one line of JSON, and beside it the few members that the export goes by.
pub struct Line {
    text: Box<str>,
    members: Vec<(&'static str, Value)>,
}

impl Line {
    fn new(row: &Value, kept: &[&'static str]) -> Self {
        let member = |name: &&'static str| Some((*name, row.get(name).filter(|value| !value.is_null())?.clone()));
        Self { text: row.to_string().into_boxed_str(), members: kept.iter().filter_map(member).collect() }
    }

    /// The line, without its end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The row, taken apart again.
    ///
    /// # Errors
    /// None that is known of: the line was written from a value.
    pub fn value(&self) -> serde_json::Result<Value> {
        serde_json::from_str(&self.text)
    }
}

/// A list whose rows are lines.
#[derive(Clone)]
pub struct Lines(pub JsonList);

impl List for Lines {
    type Item = Line;

    fn operation(&self) -> &'static Operation {
        self.0.operation()
    }

    fn core(&self) -> &Core {
        self.0.core()
    }

    fn is_set(&self, parameter: &str) -> bool {
        self.0.is_set(parameter)
    }

    fn number(&self, parameter: &str) -> Option<i64> {
        self.0.number(parameter)
    }

    fn set_number(self, parameter: &str, value: i64) -> Self {
        Self(self.0.set_number(parameter, value))
    }

    fn set_text(self, parameter: &str, value: &str) -> Self {
        Self(self.0.set_text(parameter, value))
    }

    fn fetch<'f>(self) -> Fetch<'f, Line>
    where
        Self: 'f,
    {
        let pagination = self.0.operation().pagination.as_ref();
        let windows = pagination.map(|one| one.windows).unwrap_or_default().iter().map(|window| window.member);
        let kept: Vec<&'static str> = windows.chain(pagination.and_then(|one| one.key)).collect();
        Box::pin(async move {
            let page = self.0.fetch().await?;
            Ok(page.map(|rows| rows.iter().map(|row| Line::new(row, &kept)).collect()))
        })
    }

    fn member(line: &Line, name: &str) -> Option<Value> {
        line.members.iter().find(|(own, _)| *own == name).map(|(_, value)| value.clone())
    }
}

#[cfg(test)]
impl From<Value> for Line {
    fn from(row: Value) -> Self {
        Self::new(&row, &[])
    }
}
