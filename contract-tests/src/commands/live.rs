//! `cargo xtask conformance --base-url`: live mode.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Result, bail};
use contract_tests::live::{self, Settings, credentials, settings};

/// What live mode takes. Credentials come from the environment: see `contract-tests/LIVE.md`.
#[derive(clap::Args)]
pub(super) struct Flags {
    /// Calls the real vendor at this address instead of mocks, and reports where it departs from its document. Only
    /// operations that are marked as safe are called.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Where tokens are fetched, if not at that address.
    #[arg(long, value_name = "URL", requires = "base_url")]
    token_base_url: Option<String>,
    /// Requests a second.
    #[arg(long, default_value_t = settings::DEFAULT_RATE, requires = "base_url")]
    rate: f64,
    /// Requests at most, retries and token requests included.
    #[arg(long, default_value_t = settings::DEFAULT_BUDGET, requires = "base_url")]
    budget: u32,
    /// Writes what was exchanged as fixtures, without secret and personal values.
    #[arg(long, value_name = "DIR", requires = "base_url")]
    record: Option<PathBuf>,
}

impl Flags {
    /// The vendor to ask, if there is one.
    pub(super) fn base_url(&self) -> Option<&str> {
        self.base_url.as_deref()
    }
}

/// Asks the vendor under `base_url`.
pub(super) async fn run(base_url: &str, flags: &Flags, api: Option<&str>, folder: &Path) -> Result<ExitCode> {
    let mut settings = Settings::new(base_url, api)?.with_limits(flags.rate, flags.budget)?;
    if let Some(url) = &flags.token_base_url {
        settings = settings.with_token_base_url(url)?;
    }
    settings.record.clone_from(&flags.record);
    eprintln!(
        "asking {} as {} describes it: safe operations only, {} requests a second, {} at most; Ctrl-C ends it with what is \
         known by then",
        settings.base_url,
        settings.subject.api.document().file(),
        settings.rate,
        settings.budget,
    );
    let stop = async {
        // Where the signal cannot be waited for, it ends the process as ever.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let report = live::run(&settings, &credentials::environment, stop).await?;
    report.write(folder)?;
    print!("{}", report.text());
    println!("\nreport: {}/drift.json", folder.display());
    if let Some(folder) = &settings.record {
        println!("fixtures: {}/{}; read them before you add them", folder.display(), settings.subject.name());
    }
    if let Some(lost) = &report.lost {
        bail!("{lost}");
    }
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
