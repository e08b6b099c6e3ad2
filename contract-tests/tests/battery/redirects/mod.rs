//! Items 57 to 63: redirects and transport.

mod tls;

use cx_client::{CallOptions, ClientBuilder, ErrorKind, directly, wootric};
use cx_mock::{FaultServer, Step};
use http::{HeaderName, HeaderValue};
use serde_json::json;

use self::tls::{Authority, Front, Identity};

use crate::{
    item::{Item, item},
    rule::Rule,
    stage::{client_of, token},
    time::Time,
    verdict::{Verdict, ensure, equal, refused, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_57_follows_no_redirect_from_the_token_or_logout_endpoint, Rule::RedirectFollowed),
    item!(item_58_carries_no_credential_to_another_origin, Rule::RedirectAcrossOrigins),
    item!(item_59_refuses_to_go_from_https_to_http, Rule::RedirectToPlainHttp),
    item!(item_60_refuses_plain_http_but_for_loopback, Rule::PlainHttp),
    item!(item_61_rejects_certificates_that_prove_nothing, Rule::AnyCertificate),
    item!(item_62_bounds_redirects_and_refuses_other_schemes, Rule::RedirectWithoutEnd),
    item!(item_63_sends_no_referer, Rule::RefererSent),
];

/// Every status that sends elsewhere.
const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

async fn item_57_follows_no_redirect_from_the_token_or_logout_endpoint() -> Verdict {
    for status in REDIRECTS {
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

/// A vendor that sends its visitors to this address, under this status, for as long as it is asked.
async fn sending_to(status: u16, address: &str) -> FaultServer {
    FaultServer::start(vec![Step::redirect(status, address)]).await.unwrap()
}

async fn item_58_carries_no_credential_to_another_origin() -> Verdict {
    let authority = Authority::new().unwrap();
    for status in REDIRECTS {
        let thief = FaultServer::start(vec![Step::json(200, &json!([]))]).await.unwrap();
        let front = Front::start(authority.good().unwrap(), thief.address()).await;
        let port = thief.address().port();
        // Another port, another host, another scheme.
        for elsewhere in [thief.base_url(), format!("http://localhost:{port}"), front.base_url()] {
            let vendor = sending_to(status, &format!("{elsewhere}/v1/end_users")).await;
            for in_query in [false, true] {
                let client = client_of::<wootric::Client>(&vendor.base_url(), &Time::hurried())
                    .root_certificate(authority.der())
                    .token_in_query(in_query)
                    .static_token("a-token");
                let client = client.build().unwrap();
                let key = HeaderValue::from_static("a-key");
                let options = CallOptions::new().header(HeaderName::from_static("x-api-key"), key);
                let outcome = client.list_end_users().with_options(options).send().await;
                for request in thief.take_requests() {
                    for name in ["authorization", "x-api-key", "cookie", "proxy-authorization"] {
                        equal(request.header(name).is_some(), false, format!("{status} took {name} along"))?;
                    }
                    equal(request.query().contains("a-token"), false, format!("{status} took the token along"))?;
                }
                equal(thief.requests(), 0, format!("requests to where {status} led a call"))?;
                refused(outcome, ErrorKind::Api, format!("a call answered with {status}"))?;
            }
        }
    }
    Ok(())
}

async fn item_59_refuses_to_go_from_https_to_http() -> Verdict {
    let authority = Authority::new().unwrap();
    for status in REDIRECTS {
        let thief = FaultServer::start(vec![Step::json(200, &token())]).await.unwrap();
        let vendor = sending_to(status, &format!("{}/v1/end_users", thief.base_url())).await;
        let front = Front::start(authority.good().unwrap(), vendor.address()).await;
        let (url, time) = (front.base_url(), Time::hurried());

        let client = client_of::<wootric::Client>(&url, &time).root_certificate(authority.der());
        let call = client.static_token("a-token").build().unwrap().list_end_users().send().await;
        let client = client_of::<wootric::Client>(&url, &time).root_certificate(authority.der());
        let login = client.client_credentials("id", "secret").build().unwrap().list_end_users().send().await;
        let client = client_of::<directly::Client>(&url, &time).root_certificate(authority.der());
        let logout = client.static_token("a-token").build().unwrap().core().sign_out().await;

        equal(thief.requests(), 0, format!("requests to where {status} led from https"))?;
        equal(vendor.requests(), 3, "requests that came by https")?;
        for (outcome, what) in [(call.map(drop), "call"), (login.map(drop), "login"), (logout, "logout")] {
            let error = refused(outcome, ErrorKind::Api, format!("a {what} sent from https to http"))?;
            equal(error.status().map(|status| status.as_u16()), Some(status), "the status of the error")?;
        }
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

async fn item_61_rejects_certificates_that_prove_nothing() -> Verdict {
    let authority = Authority::new().unwrap();
    let stranger = Authority::new().unwrap();
    let cases = [
        ("good", authority.good().unwrap(), true),
        ("self-signed", Identity::self_signed().unwrap(), false),
        ("stranger's", stranger.good().unwrap(), false),
        ("expired", authority.expired().unwrap(), false),
        ("other host's", authority.of_another_host().unwrap(), false),
    ];
    for (what, identity, is_good) in cases {
        let server = FaultServer::start(vec![Step::json(200, &json!([]))]).await.unwrap();
        let front = Front::start(identity, server.address()).await;
        let client = client_of::<wootric::Client>(&front.base_url(), &Time::hurried());
        let client = client.root_certificate(authority.der()).static_token("a-token").build().unwrap();
        let outcome = client.list_end_users().send().await;
        if is_good {
            succeeds(outcome, format!("a call to a server with a {what} certificate"))?;
        } else {
            equal(server.requests(), 0, format!("requests to a server with a {what} certificate"))?;
            refused(outcome, ErrorKind::Transport, format!("a call to a server with a {what} certificate"))?;
        }
    }
    let bad = ClientBuilder::<wootric::Client>::new().root_certificate("no certificate").static_token("a-token");
    refused(bad.build(), ErrorKind::InvalidRequest, "a client that trusts what is no certificate").map(drop)
}

async fn item_62_bounds_redirects_and_refuses_other_schemes() -> Verdict {
    for status in REDIRECTS {
        // It leads to itself.
        let server = sending_to(status, "/v1/end_users").await;
        let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried()).static_token("a-token");
        let outcome = client.build().unwrap().list_end_users().send().await;
        equal(server.requests(), 1, format!("requests in a loop of {status}"))?;
        refused(outcome, ErrorKind::Api, format!("a call in a loop of {status}"))?;

        let server = sending_to(status, "/oauth/token").await;
        let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried());
        let outcome = client.client_credentials("id", "secret").build().unwrap().list_end_users().send().await;
        equal(server.requests(), 1, format!("token requests in a loop of {status}"))?;
        refused(outcome, ErrorKind::Api, format!("a login in a loop of {status}"))?;
    }
    for address in ["file:///etc/passwd", "ftp://127.0.0.1/", "data:application/json,[]", "javascript:[]", "//", ""] {
        let server = sending_to(302, address).await;
        let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried()).static_token("a-token");
        let outcome = client.build().unwrap().list_end_users().send().await;
        refused(outcome, ErrorKind::Api, format!("a call sent to `{address}`"))?;
        equal(server.requests(), 1, format!("requests sent to `{address}`"))?;
        let client = ClientBuilder::<wootric::Client>::new().base_url(address).static_token("a-token");
        refused(client.build(), ErrorKind::InvalidRequest, format!("a client of `{address}`"))?;
    }
    Ok(())
}

async fn item_63_sends_no_referer() -> Verdict {
    for in_query in [true, false] {
        let other = FaultServer::start(vec![Step::json(200, &json!([]))]).await.unwrap();
        let elsewhere = Step::redirect(302, &format!("{}/v1/end_users", other.base_url()));
        let steps = vec![Step::json(200, &json!([])), Step::json(200, &json!([])), elsewhere];
        let vendor = FaultServer::start(steps).await.unwrap();
        let client = client_of::<wootric::Client>(&vendor.base_url(), &Time::hurried());
        let client = client.token_in_query(in_query).static_token("a-token").build().unwrap();
        for _ in 0..3 {
            drop(client.list_end_users().email("pat@example.com").send().await);
        }
        let requests = vendor.take_requests();
        equal(requests.len(), 3, "requests to the vendor")?;
        for request in requests.iter().chain(&other.take_requests()) {
            ensure(request.header("referer").is_none(), "no request says where it comes from")?;
        }
    }
    Ok(())
}
