//! Serves half a year of made-up survey responses until Ctrl-C, for `cx` and for clients in any language.
//!
//! The first line it prints is its address.
//!
//! ```sh
//! cargo run --example made_up_vendor
//! ```

mod made_up;

use std::{error::Error, net::TcpListener};

use cx_mock::issuer;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let vendor = made_up::vendor(TcpListener::bind("127.0.0.1:0")?).await?;
    println!("{}", vendor.base_url());
    eprintln!("CX_CLIENT_ID={} CX_CLIENT_SECRET={} opens it", issuer::CLIENT_ID, issuer::CLIENT_SECRET);
    tokio::signal::ctrl_c().await?;
    Ok(())
}
