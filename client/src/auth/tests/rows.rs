//! The rows of the two vendors as their documents give them.

use super::*;

pub(super) static TOKEN: Operation = operation("create_token", "/oauth/token");
pub(super) static AUTHORIZE: Operation = operation("authorize", "/oauth/auth");

pub(super) const fn operation(id: &'static str, path: &'static str) -> Operation {
    let mut operation = Operation::made_up(Method::POST, id, path);
    operation.retry = Retry::Never;
    operation.reply = Reply::Empty;
    operation
}

pub(super) static WOOTRIC: OAuth = OAuth {
    token: &TOKEN,
    token_server: None,
    regions: None,
    grants: &[
        Grant { name: "password", parameters: &["username", "password"], refresh_token: true },
        Grant { name: "refresh_token", parameters: &["refresh_token"], refresh_token: true },
        Grant { name: "client_credentials", parameters: &["client_id", "client_secret"], refresh_token: false },
    ],
    rotation: true,
    refresh_scope: false,
    single_user_scope: false,
    authorize: None,
    logout: None,
};
/// A vendor like Wootric whose refresh tokens can be used again.
pub(super) static STEADY: OAuth = OAuth { rotation: false, ..WOOTRIC };
pub(super) static DIRECTLY: OAuth = OAuth {
    token: &TOKEN,
    token_server: None,
    regions: None,
    grants: &[
        Grant {
            name: "authorization_code",
            parameters: &["client_id", "client_secret", "code"],
            refresh_token: true,
        },
        Grant {
            name: "refresh_token",
            parameters: &["client_id", "client_secret", "refresh_token", "scope"],
            refresh_token: true,
        },
        Grant { name: "client_credentials", parameters: &["client_id", "client_secret"], refresh_token: false },
    ],
    rotation: true,
    refresh_scope: true,
    single_user_scope: true,
    authorize: Some(&AUTHORIZE),
    logout: None,
};
