//! `cargo xtask mock`.

use std::{net::TcpListener, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::{Context, Result};
use cx_mock::{Lie, MockVendor, issuer};
use cx_spec::{Api, Document};

/// Serves a document as a mock vendor.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Document of `spec/`, by its name; the first of the alphabet if none is named.
    #[arg(long, default_value = cx_spec::NAMES.first().copied().unwrap_or_default())]
    api: String,
    /// Any other OpenAPI 3.0 document, by its file.
    #[arg(long, value_name = "FILE", conflicts_with = "api")]
    spec: Option<PathBuf>,
    /// Port on loopback; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Departs from the document in one way, wherever it can.
    #[arg(long, value_name = "NAME")]
    lie: Option<Lie>,
    /// Lists the lies and ends.
    #[arg(long)]
    list_lies: bool,
}

/// A document, and the one that has its token operation, if another.
struct Served {
    api: Arc<Api>,
    tokens: Option<Arc<Api>>,
}

pub(super) async fn run(arguments: Arguments) -> Result<ExitCode> {
    if arguments.list_lies {
        for lie in Lie::ALL {
            println!("{:<20}{}", lie.name(), lie.about());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let served = served(&arguments)?;
    let listener = TcpListener::bind(("127.0.0.1", arguments.port))
        .with_context(|| format!("cannot listen on port {}", arguments.port))?;
    // Nobody asks this vendor what it was asked.
    let mut builder = MockVendor::builder(Arc::clone(&served.api)).stateful().record(0).listener(listener);
    if let Some(tokens) = served.tokens {
        builder = builder.tokens_from(tokens);
    }
    if let Some(lie) = arguments.lie {
        builder = builder.lie(lie);
    }
    let vendor = builder.start().await;
    println!("{}", vendor.base_url());
    eprintln!("{}", greeting(&served.api, arguments.lie));
    tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")?;
    Ok(ExitCode::SUCCESS)
}

/// Only what is served is read: a mock vendor is to start at once.
fn served(arguments: &Arguments) -> Result<Served> {
    let api = match &arguments.spec {
        Some(file) => Api::index(Document::load(file)?)?,
        None => cx_spec::embedded(&arguments.api)?,
    };
    let tokens = match (&api.oauth_document, &arguments.spec) {
        (None, _) => None,
        (Some(name), None) => Some(cx_spec::embedded(name)?),
        // A document that borrows its tokens names another one beside it.
        (Some(name), Some(file)) => Some(Api::index(Document::load(&file.with_file_name(format!("{name}.yaml")))?)?),
    };
    [Some(&api), tokens.as_ref()].into_iter().flatten().try_for_each(check_parameters)?;
    Ok(Served { api: Arc::new(api), tokens: tokens.map(Arc::new) })
}

/// Refuses what the mock vendor would misread: it would refuse good requests, or take bad ones.
fn check_parameters(api: &Api) -> Result<()> {
    for parameter in api.operations.iter().flat_map(|operation| &operation.parameters) {
        if parameter.pointer.rsplit('/').nth(2) == Some("content") {
            let name = &parameter.name;
            let message = format!("a mock vendor cannot read the parameter `{name}`: it is given by `content`");
            return Err(api.document().error(&parameter.pointer, message).into());
        }
    }
    Ok(())
}

fn greeting(api: &Api, lie: Option<Lie>) -> String {
    let lie = lie.map(|lie| format!(" It lies ({lie}): {}", lie.about())).unwrap_or_default();
    format!(
        "{} as {} describes it; tokens for client {} with secret {}, or user {} with password {}; bearer {} is always good. \
         What is created is remembered; `Prefer: code=404` picks a reply. Ctrl-C ends it.{lie}",
        api.name(),
        api.document().file(),
        issuer::CLIENT_ID,
        issuer::CLIENT_SECRET,
        issuer::USERNAME,
        issuer::PASSWORD,
        issuer::ACCESS_TOKEN,
    )
}
