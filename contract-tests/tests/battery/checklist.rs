//! The checklist: which items there are, and which do not apply.

use crate::{
    code_flow, concurrency, hostile, hygiene, item::Item, limits, redirects, refresh, resource, retry, revocation,
    schedules, token_errors, token_request, token_response, two_vendors,
};

/// Number of the last item.
pub const LAST: u32 = 90;

/// Items that do not apply to these vendors, with the reason.
pub const NOT_APPLICABLE: &[(u32, &str)] = &[(
    80,
    "neither vendor has a revocation endpoint (RFC 7009), and Directly's logout ends the token that it is sent with: there \
     is no token type to name or to refuse",
)];

/// Most items that may be left out.
const MOST_LEFT_OUT: usize = 10;

/// All items, in the order of the checklist.
pub fn items() -> impl Iterator<Item = &'static Item> {
    let sections = [
        token_request::ITEMS,
        token_response::ITEMS,
        token_errors::ITEMS,
        resource::ITEMS,
        concurrency::ITEMS,
        refresh::ITEMS,
        schedules::ITEMS,
        retry::ITEMS,
        redirects::ITEMS,
        hygiene::ITEMS,
        limits::ITEMS,
        hostile::ITEMS,
        revocation::ITEMS,
        code_flow::ITEMS,
        two_vendors::ITEMS,
    ];
    sections.into_iter().flatten()
}

/// Numbers of the items that apply and have no test.
pub fn missing() -> Vec<u32> {
    let there = |id: &u32| items().any(|item| item.id() == *id) || NOT_APPLICABLE.iter().any(|(left, _)| left == id);
    (1..=LAST).filter(|id| !there(id)).collect()
}

/// What is wrong with the list itself.
pub fn mistakes() -> Vec<String> {
    let mut mistakes = Vec::new();
    let mut before = 0;
    for item in items() {
        let id = item.id();
        if id <= before || id > LAST {
            mistakes.push(format!("{} is out of order, there twice or no item of the checklist", item.name));
        }
        if NOT_APPLICABLE.iter().any(|(left, _)| *left == id) {
            mistakes.push(format!("{} is there, and said not to apply", item.name));
        }
        before = id;
    }
    if NOT_APPLICABLE.len() > MOST_LEFT_OUT {
        mistakes.push(format!("{} items are left out; {MOST_LEFT_OUT} may be", NOT_APPLICABLE.len()));
    }
    mistakes
}
