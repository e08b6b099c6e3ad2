//! A document, the client generated from it, and a mock vendor for both.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, Result, bail};
use cx_client::{Core, CoreBuilder, auth::Credentials, dynamic::Registered, generated::REGISTRY};
use cx_mock::{MockVendor, MockVendorBuilder, issuer};
use cx_spec::{Api, OAuthRole};

/// How many exchanges a vendor remembers between two looks at them.
const RECORDED: usize = 10_000;

/// A document and the client generated from it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The document.
    pub api: Arc<Api>,
    /// The document that has its token operation, if another.
    pub tokens: Option<Arc<Api>>,
    /// The generated client.
    pub client: &'static Registered,
}

/// Root of the repository.
pub fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}

/// All subjects, or the one that is named. Only the documents that it takes are read: that is a good part of a short run.
///
/// # Errors
/// A document that does not load, has no generated client, or is not there.
pub fn subjects(only: Option<&str>) -> Result<Vec<Subject>> {
    let mut read: Vec<Arc<Api>> = Vec::new();
    let mut document = |name: &str| -> Result<Arc<Api>> {
        if let Some(known) = read.iter().find(|known| known.name() == name) {
            return Ok(Arc::clone(known));
        }
        let api = Arc::new(cx_spec::embedded(name)?);
        read.push(Arc::clone(&api));
        Ok(api)
    };
    let mut subjects = Vec::new();
    for name in cx_spec::NAMES.iter().copied().filter(|name| only.is_none_or(|only| only == *name)) {
        let api = document(name)?;
        let client = REGISTRY.iter().find(|one| one.api.name == name);
        let client = client.with_context(|| format!("no client is generated from {name}: run cargo xtask gen"))?;
        let tokens = api.oauth_document.as_deref().map(|other| {
            document(other).with_context(|| format!("{name} takes its tokens from {other}, which is not there"))
        });
        subjects.push(Subject { tokens: tokens.transpose()?, api, client });
    }
    if let (true, Some(name)) = (subjects.is_empty(), only) {
        bail!("no document is called {name}; there are {}", cx_spec::NAMES.join(", "));
    }
    Ok(subjects)
}

impl Subject {
    /// Name of the API.
    pub fn name(&self) -> &str {
        self.api.name()
    }

    /// Starts a mock vendor that remembers what it was asked.
    pub async fn vendor(&self) -> MockVendor {
        self.builder().start().await
    }

    /// Sets up a mock vendor that remembers what it was asked, with the token flow that the document uses.
    pub fn builder(&self) -> MockVendorBuilder {
        let mut builder = MockVendor::builder(Arc::clone(&self.api)).record(RECORDED);
        if let Some(tokens) = &self.tokens {
            builder = builder.tokens_from(Arc::clone(tokens));
        }
        builder
    }

    /// A client of a vendor, with credentials that the mock knows.
    ///
    /// # Errors
    /// A client that cannot be built.
    pub fn connect(&self, vendor: &MockVendor) -> Result<Core> {
        self.connect_at(&vendor.base_url(), &vendor.base_url())
    }

    /// A client of what listens at an address, with credentials that the mock knows; `tokens` is where it gets its tokens.
    ///
    /// # Errors
    /// A client that cannot be built.
    pub fn connect_at(&self, base_url: &str, tokens: &str) -> Result<Core> {
        Ok(self.client_of(base_url, tokens).build()?)
    }

    /// As [`Subject::connect`], over the connections of another client: setting up TLS takes longer than a hundred cases.
    ///
    /// # Errors
    /// A client that cannot be built.
    pub fn connect_like(&self, vendor: &MockVendor, other: &Core) -> Result<Core> {
        let builder = self.client_of(&vendor.base_url(), &vendor.base_url());
        Ok(builder.http_client(other.http().clone()).build()?)
    }

    fn client_of(&self, base_url: &str, tokens: &str) -> CoreBuilder {
        let builder = CoreBuilder::new(self.client.api).base_url(base_url).token_base_url(tokens);
        match self.credentials() {
            Some(credentials) => builder.credentials(credentials),
            None => builder,
        }
    }

    /// Credentials by the first grant of the document that starts a session.
    fn credentials(&self) -> Option<Credentials> {
        let document = self.tokens.as_ref().unwrap_or(&self.api);
        let grants = &document.oauth(OAuthRole::Token)?.oauth.as_ref()?.grants;
        grants.keys().find_map(|grant| match grant.as_str() {
            "password" => Some(Credentials::password(issuer::USERNAME, issuer::PASSWORD)),
            "client_credentials" => Some(Credentials::client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET)),
            "authorization_code" => {
                let code = Credentials::authorization_code(issuer::CLIENT_ID, issuer::CLIENT_SECRET, issuer::CODE);
                Some(code.with_scope(scopes(document)))
            }
            _ => None,
        })
    }
}

/// Every scope of the document's code flow, space-separated.
fn scopes(api: &Api) -> String {
    let schemes = api.security_schemes();
    let scopes =
        schemes.iter().find_map(|(_, scheme)| scheme.member("flows")?.member("authorizationCode")?.member("scopes"));
    let names = scopes.map(|scopes| scopes.members().into_iter().map(|(name, _)| name).collect::<Vec<_>>());
    names.unwrap_or_default().join(" ")
}
