//! Computes an NPS for each week out of all responses and draws it as an SVG.
//!
//! Without credentials the vendor is a mock in this process, with half a year of made-up responses.
//!
//! ```sh
//! cargo run --example weekly_nps                    # weekly-nps.svg in the folder for temporary files
//! CX_CLIENT_ID=… CX_CLIENT_SECRET=… cargo run --example weekly_nps -- chart.svg
//! ```

mod chart;

use std::{env, error::Error, fs, path::PathBuf};

use cx_client::wootric::{
    Client,
    nps::{Scale, Weekly},
    types::{Response, SortOrder},
};
use cx_mock::{MockVendor, issuer};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let output = env::args().nth(1).map_or_else(|| env::temp_dir().join("weekly-nps.svg"), PathBuf::from);
    // The mock lives as long as this variable.
    let (client, _mock) = match (env::var("CX_CLIENT_ID"), env::var("CX_CLIENT_SECRET")) {
        (Ok(id), Ok(secret)) => (Client::builder().client_credentials(id, secret).build()?, None),
        _ => {
            let vendor = mock().await?;
            let builder = Client::builder().base_url(vendor.base_url());
            (builder.client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build()?, Some(vendor))
        }
    };

    let mut weekly = Weekly::new(Scale::Nps);
    // The vendor shows no page after the thirtieth; an export goes further.
    for page in 1..=30 {
        let call = client.list_responses().page(page).per_page(50).sort_order(SortOrder::Asc);
        let responses: Vec<Response> = call.send().await?.into_inner();
        if responses.is_empty() {
            break;
        }
        weekly.extend(&responses);
    }

    let weeks: Vec<_> = weekly.weeks().collect();
    for week in &weeks {
        let score = week.tally.nps().map_or_else(|| "-".to_owned(), |score| format!("{score:.0}"));
        println!("{}  {:>4} responses  NPS {score:>4}", week.monday, week.tally.total());
    }
    fs::write(&output, chart::svg(&weeks))?;
    println!("chart: {}", output.display());
    Ok(())
}

/// A vendor with 26 weeks of responses that slowly get better.
async fn mock() -> Result<MockVendor, Box<dyn Error>> {
    const MONDAY: i64 = 1_704_067_200;
    const SCORES: [i64; 7] = [10, 3, 9, 7, 6, 8, 9];
    let vendor = MockVendor::builder(cx_spec::embedded("wootric")?).stateful().start().await;
    let response = |at: i64| {
        let (week, turn) = (at / 12, at % 12);
        let better = i64::from(turn < week / 3);
        let score = SCORES.iter().cycle().nth((at % 49) as usize).copied().unwrap_or_default();
        let seconds = MONDAY + week * 604_800 + turn * 46_000;
        let time =
            cx_client::Time::from(seconds).to_datetime().map(|time| time.format("%Y-%m-%d %H:%M:%S %z").to_string());
        json!({"id": at + 1, "score": (score + better * 3).min(10), "created_at": time})
    };
    vendor.seed("responses", (0..26 * 12).map(response).collect());
    Ok(vendor)
}
