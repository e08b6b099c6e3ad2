//! End users without number, ordered by time: what a list that outgrows its pages looks like.

use std::io::Write;

use super::http;

/// Second of the first row.
pub const FIRST: i64 = 1_500_000_000;

/// Rows of one burst, all in one second: more than a page holds, fewer than a run of pages.
const BURST: usize = 400;

/// The last page that the vendor shows.
const MAX_PAGE: usize = 30;

/// Rows, by time. Row `i` has the id `i + 1`.
#[derive(Debug)]
pub struct Rows {
    created: Vec<i64>,
    /// The answer to a plain request, made once.
    first_page: Vec<u8>,
}

impl Rows {
    /// So many rows: three in four come one every few seconds, the fourth in bursts.
    pub fn new(count: usize) -> Self {
        let mut created = Vec::with_capacity(count);
        let mut second = FIRST;
        while created.len() < count {
            let calm = (BURST * 3).min(count - created.len());
            for _ in 0..calm {
                second += 3;
                created.push(second);
            }
            let burst = BURST.min(count - created.len());
            second += 3;
            created.extend(std::iter::repeat_n(second, burst));
        }
        let mut rows = Self { created, first_page: Vec::new() };
        rows.first_page = rows.page(&[("per_page".to_owned(), "50".to_owned()), ("page".to_owned(), "1".to_owned())]);
        rows
    }

    /// A page of the list that a query asks for.
    pub(super) fn page(&self, query: &[(String, String)]) -> Vec<u8> {
        let number = |name: &str| {
            let value = query.iter().find(|(other, _)| other == name).map(|(_, value)| value);
            value.and_then(|value| value.parse::<i64>().ok())
        };
        let plain = query.iter().all(|(name, _)| !name.starts_with("created") && name != "sort_order");
        let page = number("page").and_then(|page| usize::try_from(page).ok()).unwrap_or(1).max(1);
        let per_page = number("per_page").and_then(|size| usize::try_from(size).ok()).unwrap_or(25).min(50);
        if plain && page == 1 && per_page == 50 && !self.first_page.is_empty() {
            return self.first_page.clone();
        }
        if page > MAX_PAGE {
            return http::json("400 Bad Request", br#"{"type":"error_list","errors":[{"status":"invalid","message":"page is too large","field":"page"}]}"#);
        }
        let first_after = |second: i64| self.created.partition_point(|created| *created <= second);
        let from =
            [number("created[gt]"), number("created[gte]").map(|second| second - 1)].into_iter().flatten().max();
        let until =
            [number("created[lt]").map(|second| second - 1), number("created[lte]")].into_iter().flatten().min();
        let from = from.map_or(0, first_after);
        let until = until.map_or(self.created.len(), first_after).max(from);
        let start = (from + (page - 1) * per_page).min(until);
        let end = (start + per_page).min(until);
        let descending = query.iter().any(|(name, value)| name == "sort_order" && value == "desc");
        let mut body = Vec::with_capacity(per_page * 330);
        body.push(b'[');
        for place in start..end {
            let row = if descending { from + until - 1 - place } else { place };
            if place > start {
                body.push(b',');
            }
            self.write(row, &mut body);
        }
        body.push(b']');
        http::json("200 OK", &body)
    }

    fn write(&self, row: usize, body: &mut Vec<u8>) {
        let created = self.created.get(row).copied().unwrap_or(FIRST);
        let id = row + 1;
        // Writing into memory does not fail.
        let _ = write!(
            body,
            "{{\"id\":{id},\"created_at\":{created},\"updated_at\":{created},\"email\":\"user{id}@example.com\",\"last_surveyed\":null,\
             \"external_created_at\":1554000000,\"last_seen_at\":null,\"properties\":{{\"country\":\"UK\",\"plan\":\"Pro\"}},\
             \"phone_number\":\"+15550100\",\"external_id\":\"u-{id}\",\"last_response\":{{\"id\":901,\"score\":9,\"text\":\"ok\"}},\
             \"settings\":{{\"email_nps\":true,\"mobile_nps\":true,\"web_nps\":true}}}}"
        );
    }
}
