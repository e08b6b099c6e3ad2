//! Items 57 to 63: redirects and transport.

use cx_client::{ClientBuilder, ErrorKind, directly, wootric};
use cx_mock::{FaultServer, Step};

use crate::{
    item::{Item, Twin, item},
    rule::Rule,
    stage::{client_of, token},
    time::Time,
    verdict::{Verdict, equal, refused, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_57_follows_no_redirect_from_the_token_or_logout_endpoint, Twin::Cfg(Rule::RedirectFollowed)),
    item!(item_60_refuses_plain_http_but_for_loopback, Twin::Cfg(Rule::PlainHttp)),
];

async fn item_57_follows_no_redirect_from_the_token_or_logout_endpoint() -> Verdict {
    for status in [301, 302, 303, 307, 308] {
        let thief = FaultServer::start(vec![Step::json(200, &token())]).await.unwrap();
        let elsewhere = Step::redirect(status, &format!("{}/oauth/token", thief.base_url()));
        let vendor = FaultServer::start(vec![elsewhere]).await.unwrap();
        let time = Time::hurried();

        let client =
            client_of::<wootric::Client>(&vendor.base_url(), &time).client_credentials("id", "secret").build();
        let error = client.unwrap().list_end_users().send().await;
        equal(thief.requests(), 0, format!("requests to where {status} led a login"))?;
        refused(error, ErrorKind::Api, format!("a login answered with {status}"))?;

        let client = client_of::<directly::Client>(&vendor.base_url(), &time).static_token("a-token").build();
        let outcome = client.unwrap().core().sign_out().await;
        equal(thief.requests(), 0, format!("requests to where {status} led a logout"))?;
        refused(outcome, ErrorKind::Api, format!("a logout answered with {status}"))?;
    }
    Ok(())
}

async fn item_60_refuses_plain_http_but_for_loopback() -> Verdict {
    let at = |url: &str| ClientBuilder::<wootric::Client>::new().base_url(url).static_token("a-token");
    for url in ["http://api.example.com", "http://localhost.example.com", "http://10.0.0.1", "HTTP://api.example.com"]
    {
        refused(at(url).build(), ErrorKind::InvalidRequest, format!("a client of {url}"))?;
        let tokens = at("https://api.example.com").token_base_url(url).client_credentials("id", "secret");
        refused(tokens.build(), ErrorKind::InvalidRequest, format!("a client with tokens of {url}"))?;
        succeeds(at(url).allow_http(true).build(), format!("a client of {url} that may"))?;
    }
    for url in ["http://localhost:9", "http://127.0.0.1:9", "http://[::1]:9", "https://api.example.com"] {
        succeeds(at(url).build(), format!("a client of {url}"))?;
    }
    Ok(())
}
