//! Computes an NPS for each week out of all responses and draws it as an SVG.
//!
//! Without arguments the responses are those of a made-up vendor in this process. With `CX_CLIENT_ID` and
//! `CX_CLIENT_SECRET` they are those of your account; with a second argument, those that `cx` has exported before.
//!
//! ```sh
//! cargo run --example weekly_nps                    # weekly-nps.svg in the folder for temporary files
//! CX_CLIENT_ID=… CX_CLIENT_SECRET=… cargo run --example weekly_nps -- chart.svg
//! cargo run --example weekly_nps -- chart.svg responses.ndjson
//! ```

mod chart;
#[path = "../made_up/mod.rs"]
mod made_up;

use std::{env, error::Error, fs, net::TcpListener, path::PathBuf};

use cx_client::wootric::{
    Client,
    nps::{Scale, Weekly},
    types::Response,
};
use cx_mock::issuer;
use futures_util::TryStreamExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1).map(PathBuf::from);
    let output = arguments.next().unwrap_or_else(|| env::temp_dir().join("weekly-nps.svg"));
    let mut weekly = Weekly::new(Scale::Nps);
    match arguments.next() {
        Some(exported) => {
            for line in fs::read_to_string(exported)?.lines() {
                weekly.add(&serde_json::from_str::<Response>(line)?);
            }
        }
        None => read_from_vendor(&mut weekly).await?,
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

/// All responses of an account, however many, one after the other: none is kept.
async fn read_from_vendor(weekly: &mut Weekly) -> Result<(), Box<dyn Error>> {
    // The mock lives as long as this variable.
    let (client, _mock) = match (env::var("CX_CLIENT_ID"), env::var("CX_CLIENT_SECRET")) {
        (Ok(id), Ok(secret)) => (Client::builder().client_credentials(id, secret).build()?, None),
        _ => {
            let vendor = made_up::vendor(TcpListener::bind("127.0.0.1:0")?).await?;
            let builder = Client::builder().base_url(vendor.base_url());
            (builder.client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build()?, Some(vendor))
        }
    };
    let mut responses = client.export_responses().stream()?;
    while let Some(response) = responses.try_next().await? {
        weekly.add(&response);
    }
    Ok(())
}
