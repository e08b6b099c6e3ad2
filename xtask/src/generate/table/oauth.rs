//! The token flow of an API.

use anyhow::Result;
use cx_spec::{Api, OAuth, OAuthRole, Operation, RefreshScope, Regions, SpecError};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{option, row};
use crate::generate::{lower::lower, names::argument_name};

/// The token flow, and the item that it needs beside the table: the row of a token operation that another document has.
pub(super) fn oauth(api: &Api, all: &[Api]) -> Result<(TokenStream, TokenStream)> {
    let none = || (quote!(None), quote!());
    let Some(TokenOperation { owner, operation, row, server, item }) = TokenOperation::of(api, all)? else {
        return Ok(none());
    };
    let Some(OAuth { grants, rotation, refresh_scope, single_user_scope, regions, .. }) = &operation.oauth else {
        return Ok(none());
    };
    let grants = grants.iter().map(|(name, grant)| {
        let (parameters, refresh_token) = (&grant.parameters, grant.refresh_token);
        quote!(Grant { name: #name, parameters: &[#(#parameters),*], refresh_token: #refresh_token })
    });
    let refresh_scope = *refresh_scope == RefreshScope::Required;
    let regions = option(regions.as_ref().map(|regions| self::regions(owner, regions)));
    let other = |role| {
        option(api.oauth(role).map(|operation| {
            let name = row_name(operation);
            quote!(&OPERATIONS.#name)
        }))
    };
    let (authorize, logout) = (other(OAuthRole::Authorize), other(OAuthRole::Logout));
    let oauth = quote! {
        Some(OAuth {
            token: #row,
            token_server: #server,
            regions: #regions,
            grants: &[#(#grants),*],
            rotation: #rotation,
            refresh_scope: #refresh_scope,
            single_user_scope: #single_user_scope,
            authorize: #authorize,
            logout: #logout,
        })
    };
    Ok((oauth, item))
}

/// The operation that serves the tokens of an API.
struct TokenOperation<'a> {
    /// The document that has it.
    owner: &'a Api,
    operation: &'a Operation,
    /// The expression for its row.
    row: TokenStream,
    /// The expression for its server, which is `None` where it is the API's own.
    server: TokenStream,
    /// The row itself, where it is not one of the API's table.
    item: TokenStream,
}

impl<'a> TokenOperation<'a> {
    /// The API's own, or the one that it borrows; none where no operation needs a token.
    fn of(api: &'a Api, all: &'a [Api]) -> Result<Option<Self>> {
        if let Some(operation) = api.oauth(OAuthRole::Token) {
            let name = row_name(operation);
            let (row, server, item) = (quote!(&OPERATIONS.#name), quote!(None), quote!());
            return Ok(Some(Self { owner: api, operation, row, server, item }));
        }
        let Some(other) = &api.oauth_document else { return Ok(None) };
        let gone = || misnamed(api, &format!("there is no document `{other}` beside this one"));
        let owner = all.iter().find(|one| one.name() == other).ok_or_else(gone)?;
        let tokenless = || misnamed(api, &format!("`{}` has no token operation to borrow", owner.name()));
        let operation = owner.oauth(OAuthRole::Token).ok_or_else(tokenless)?;
        let mut view = lower(owner);
        let value =
            view.operations_mut().into_iter().find(|(id, _)| *id == operation.id).map(|(_, value)| value.clone());
        let borrowed = row(owner, operation, &value.unwrap_or_default(), &view);
        let server = owner.server().unwrap_or_default();
        let text = format!("The token operation, which {} describes.", owner.name());
        let item = quote!(#[doc = #text] static TOKEN: Operation = #borrowed;);
        Ok(Some(Self { owner, operation, row: quote!(&TOKEN), server: quote!(Some(#server)), item }))
    }
}

/// An error at the place where a document names the one whose token operation it borrows.
fn misnamed(api: &Api, message: &str) -> SpecError {
    let schemes = api.security_schemes();
    let named = schemes.iter().find_map(|(_, scheme)| scheme.member("x-oauth")?.member("document"));
    api.document().error(named.as_ref().map_or("", |node| node.pointer()), message)
}

/// The field of an operation's row, whether or not the operation could be generated.
fn row_name(operation: &Operation) -> Ident {
    format_ident!("{}", argument_name(&operation.id))
}

/// The servers of accounts, by what the parameter begins with that picks one.
fn regions(api: &Api, regions: &Regions) -> TokenStream {
    let Regions { parameter, variable, prefixes } = regions;
    let servers = prefixes.iter().map(|(prefix, value)| {
        let server = api.server_with(variable, value).unwrap_or_default();
        quote!((#prefix, #server))
    });
    quote!(Regions { parameter: #parameter, servers: &[#(#servers),*] })
}
