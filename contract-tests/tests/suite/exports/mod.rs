//! Exports over real connections, by the rules that users of the vendors' peers know: windows of time, bounds that
//! overlap by a second, rows that come twice dropped by their id.

mod promises;
mod vendor;
mod windows;

use cx_client::{export::Export, pages::List};
use futures_util::TryStreamExt;
use serde::Serialize;

use vendor::{Row, START};

/// So many rows a minute apart, with 1,200 in one second and 40 in each of the next three; ids in the order of time.
fn bursts(rows: i64) -> Vec<Row> {
    let at = |id: i64| match id {
        1_000..2_200 => (START + 1_000 * 60) * 1_000,
        2_200..2_320 => (START + 1_000 * 60 + 1 + (id - 2_200) / 40) * 1_000 + id % 40,
        // Half of the others in the middle of their second.
        id => (START + id * 60) * 1_000 + id % 2 * 500,
    };
    (0..rows).map(|id| Row::at(id, at(id))).collect()
}

/// The ids of all rows of an export, in the order in which they came.
async fn ids<'a, L: List<Item: Serialize> + 'a>(export: Export<'a, L>) -> cx_client::Result<Vec<i64>> {
    let rows: Vec<L::Item> = export.stream()?.try_collect().await?;
    Ok(rows.iter().map(|row| serde_json::to_value(row).unwrap()["id"].as_i64().unwrap()).collect())
}
