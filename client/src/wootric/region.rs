//! Which of the vendor's servers an account lives on.

use crate::{
    client::ClientBuilder,
    generated::wootric::{Client, operations::API},
    secret::Secret,
};

/// A region of the vendor. It decides the server of the API, that of the tokens included.
///
/// The region is not known for Wootric CXI: its regional hosts are documented nowhere.
///
/// ```
/// use cx_client::wootric::Region;
///
/// assert_eq!(Region::of_account_token("NPS-EU-1a2b3c4d"), Region::Eu);
/// assert_eq!(Region::of_account_token("NPS-1a2b3c4d"), Region::Com);
/// assert_eq!(Region::Au.server(), "https://api.wootric.au");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// `api.wootric.com`: every account without a region in its token.
    #[default]
    Com,
    /// `api.wootric.eu`: accounts whose token begins with `NPS-EU-`.
    Eu,
    /// `api.wootric.au`: accounts whose token begins with `NPS-AU-`.
    Au,
}

impl Region {
    /// The region that an account token names by its prefix. A prefix nobody documented is [`Region::Com`], as in the
    /// vendor's own clients.
    pub fn of_account_token(token: &str) -> Self {
        let regions = API.oauth.as_ref().and_then(|oauth| oauth.regions.as_ref());
        let server = regions.and_then(|regions| regions.server_of(token));
        [Self::Eu, Self::Au].into_iter().find(|region| Some(region.server()) == server).unwrap_or_default()
    }

    /// Scheme and host, without a slash at the end.
    pub fn server(self) -> &'static str {
        match self {
            Self::Com => API.server,
            Self::Eu => "https://api.wootric.eu",
            Self::Au => "https://api.wootric.au",
        }
    }
}

impl ClientBuilder<Client> {
    /// Picks one of the accounts that a login owns, and the region that its token names. Call it once.
    ///
    /// The token goes into the query of token requests. `region` and `base_url`, called before or after, have the last
    /// word on the server.
    pub fn account_token(self, token: impl Into<Secret>) -> Self {
        self.token_query("account_token", token)
    }

    /// Sends requests to the servers of this region, whatever the account token says. It sets the base URL, so the last
    /// of `region` and `base_url` counts.
    pub fn region(self, region: Region) -> Self {
        self.base_url(region.server())
    }
}
