//! What went out, against what the fixture says must go out.

use cx_mock::Incoming;
use serde_json::Value;

use crate::{
    fixture::Fixture,
    order::{in_order, parts_in_order},
    outcome::{Nulls, same_value},
    support::{self, TOKEN},
};

pub(crate) fn judge_request(fixture: &Fixture, request: &Incoming) -> Vec<String> {
    let mut problems = Vec::new();
    let expected = &fixture.request;
    let mut check = |what: &str, expected: &dyn std::fmt::Debug, actual: &dyn std::fmt::Debug, same: bool| {
        if !same {
            problems.push(format!("{what} is {actual:?}, not {expected:?}"));
        }
    };
    check("the method", &expected.method, &request.method(), expected.method == request.method());
    let same = support::segments(&expected.path) == support::segments(request.path());
    check("the path", &expected.path, &request.path(), same);
    let (wanted, query) = (in_order(&expected.query), in_order(&support::texts(request.query_pairs())));
    check("the query", &wanted, &query, wanted == query);
    let media_type = request.media_type();
    let media_type = media_type.as_deref();
    match (&expected.form, &expected.json, &expected.multipart) {
        (Some(form), None, None) => {
            let wanted = Some("application/x-www-form-urlencoded");
            check("the content type", &wanted, &media_type, wanted == media_type);
            let wanted = in_order(form);
            let form = in_order(&support::texts(cx_mock::form::urlencoded(request.body())));
            check("the form", &wanted, &form, wanted == form);
        }
        (None, Some(json), None) => {
            check("the content type", &"application/json", &media_type, media_type == Some("application/json"));
            let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
            check("the body", json, &body, same_value(json, &body, Nulls::Differ));
        }
        (None, None, Some(parts)) => {
            let wanted = Some("multipart/form-data");
            check("the content type", &wanted, &media_type, wanted == media_type);
            if media_type == wanted {
                let wanted = parts_in_order(parts);
                let parts = parts_in_order(&support::parts(request));
                check("the parts", &wanted, &parts, wanted == parts);
            }
        }
        (None, None, None) => {
            let body = String::from_utf8_lossy(request.body());
            check("the body", &"", &body, body.is_empty());
        }
        _ => panic!("{}: a request with two bodies", fixture.file),
    }
    let bearer = format!("Bearer {TOKEN}");
    let wanted = (!["/oauth/token", "/oauth/auth"].contains(&expected.path.as_str())).then_some(bearer.as_str());
    let authorization = request.header("authorization");
    check("the authorization", &wanted, &authorization, wanted == authorization);
    problems
}
