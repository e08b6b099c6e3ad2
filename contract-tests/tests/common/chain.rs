//! What an error says, for several of the test programs.

use std::error::Error as _;

/// All that an error says in every form, its causes included.
pub fn chain(error: &cx_client::Error) -> String {
    let mut said = format!("{error}\n{error:#}\n{error:?}\n{error:#?}");
    let mut source = error.source();
    while let Some(cause) = source {
        said.push_str(&format!("\n{cause}\n{cause:#}\n{cause:?}\n{cause:#?}"));
        source = cause.source();
    }
    said
}
