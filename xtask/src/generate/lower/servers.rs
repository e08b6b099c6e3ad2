//! Servers: a client has one, that of the document.

use cx_spec::{Api, Operation};

use super::{Unsupported, View};

/// Reports operations that have a server of their own: their requests go to that of the document.
pub fn one_server(view: &mut View, api: &Api) {
    let usual = api.document().at("/servers/0").and_then(|server| server.text("url"));
    for operation in &api.operations {
        if let Some((pointer, url)) = own_server(api, operation).filter(|(_, url)| Some(*url) != usual) {
            let reason = format!("`{}` has the server {url}, which the client does not know", operation.id);
            view.unsupported.push(Unsupported::left_out(pointer, reason));
        }
    }
}

/// Pointer and first address of the servers that an operation, or else its path, has beside those of the document.
fn own_server<'d>(api: &'d Api, operation: &Operation) -> Option<(String, &'d str)> {
    let own = operation.place.pointer.as_str();
    let (path, _) = own.rsplit_once('/')?;
    let servers = [own, path].into_iter().find_map(|owner| api.document().at(owner)?.member("servers"))?;
    let url = servers.items().first()?.text("url")?;
    Some((servers.pointer().to_owned(), url))
}
