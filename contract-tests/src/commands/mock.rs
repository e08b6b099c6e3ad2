//! `cargo xtask mock`.

use std::{net::TcpListener, process::ExitCode};

use anyhow::{Context, Result};
use contract_tests::apis;
use cx_mock::{MockVendor, issuer};

/// Serves a document as a mock vendor.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Which one; the first of the alphabet if none is named.
    #[arg(long, default_value = cx_spec::NAMES.first().copied().unwrap_or_default())]
    api: String,
    /// Port on loopback; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

pub(super) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let listener = TcpListener::bind(("127.0.0.1", arguments.port))
        .with_context(|| format!("cannot listen on port {}", arguments.port))?;
    if let Some(subject) = apis::subjects(Some(&arguments.api))?.into_iter().next() {
        let mut builder = MockVendor::builder(subject.api.clone());
        if let Some(tokens) = subject.tokens {
            builder = builder.tokens_from(tokens);
        }
        let vendor = builder.listener(listener).start().await;
        println!("{}", vendor.base_url());
        eprintln!(
            "{} as {} describes it; tokens for client {} with secret {}, or user {} with password {}; bearer {} is always \
             good. Ctrl-C ends it.",
            arguments.api,
            subject.api.document().file(),
            issuer::CLIENT_ID,
            issuer::CLIENT_SECRET,
            issuer::USERNAME,
            issuer::PASSWORD,
            issuer::ACCESS_TOKEN,
        );
        tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")?;
    }
    Ok(ExitCode::SUCCESS)
}
