//! The places of a body where a lie could be told.

use std::collections::VecDeque;

use cx_spec::{Api, pointer::escape, schema::Shape};
use serde_json::Value;

/// A list is searched no further than this: its items are alike.
const ITEMS: usize = 3;
/// So many places are more than any lie needs.
const MOST: usize = 2_000;

/// One place of a body.
pub(super) struct Site<'d, 'v> {
    /// Pointer into the body; empty for the whole.
    pub pointer: String,
    /// What the document says of it, over all branches.
    pub shape: Option<Shape<'d>>,
    /// What stands there; none for a member that is declared and absent.
    pub value: Option<&'v Value>,
    /// Whether it is an item of a list.
    pub is_item: bool,
    /// How far down; the items of a list that is the whole body are as far up as it is.
    pub depth: usize,
}

/// All places, those further up first.
pub(super) fn sites<'d, 'v>(api: &'d Api, schema: &str, body: &'v Value) -> Vec<Site<'d, 'v>> {
    let whole = Site {
        pointer: String::new(),
        shape: Some(Shape::at(api, schema)),
        value: Some(body),
        is_item: false,
        depth: 0,
    };
    let mut found = Vec::new();
    let mut waiting = VecDeque::from([whole]);
    while let Some(site) = waiting.pop_front().filter(|_| found.len() < MOST) {
        below(&site, &mut waiting);
        found.push(site);
    }
    found
}

fn below<'d, 'v>(site: &Site<'d, 'v>, waiting: &mut VecDeque<Site<'d, 'v>>) {
    let step = |key: &str| site.shape.as_ref().and_then(|shape| shape.step(key));
    match site.value {
        Some(Value::Object(members)) => {
            for (name, value) in members {
                waiting.push_back(inner(site, name, step(name), Some(value), false));
            }
            let declared = site.shape.as_ref().map(Shape::property_names).unwrap_or_default();
            for name in declared.into_iter().filter(|name| !members.contains_key(*name)) {
                waiting.push_back(inner(site, name, step(name), None, false));
            }
        }
        Some(Value::Array(items)) => {
            for (index, value) in items.iter().take(ITEMS).enumerate() {
                let index = index.to_string();
                waiting.push_back(inner(site, &index, step(&index), Some(value), true));
            }
        }
        _ => {}
    }
}

fn inner<'d, 'v>(
    parent: &Site<'d, 'v>,
    key: &str,
    shape: Option<Shape<'d>>,
    value: Option<&'v Value>,
    is_item: bool,
) -> Site<'d, 'v> {
    let depth = if is_item && parent.pointer.is_empty() { parent.depth } else { parent.depth + 1 };
    Site { pointer: format!("{}/{}", parent.pointer, escape(key)), shape, value, is_item, depth }
}
