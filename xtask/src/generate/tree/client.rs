//! `Client`: progenitor's holds a URL and a `reqwest::Client`; ours holds the runtime.

use anyhow::{Result, ensure};
use cx_spec::{Api, OAuthRole};
use quote::{ToTokens, format_ident, quote};
use syn::{ImplItem, Item, ItemImpl, parse_quote};

use super::documentation;

/// Puts our `Client` in the place of progenitor's and keeps its operations.
pub fn replace(file: &mut syn::File, api: &Api) -> Result<()> {
    let (mut operations, kept) = without_client(std::mem::take(&mut file.items))?;
    for item in &mut operations.items {
        if let ImplItem::Fn(function) = item {
            documentation::describe_operation(function, api);
        }
    }
    file.items = client(api);
    file.items.extend(grants(api));
    file.items.push(Item::Impl(operations));
    file.items.extend(kept);
    Ok(())
}

/// The operations of progenitor's `Client`, and all that is not of that client.
fn without_client(items: Vec<Item>) -> Result<(ItemImpl, Vec<Item>)> {
    let mut operations = None;
    let mut kept = Vec::new();
    for item in items {
        match item {
            Item::Use(_) => {}
            Item::Struct(one) if one.ident == "Client" => {}
            Item::Impl(one) if is_for_client(&one) => {
                if starts_operations(&one) {
                    ensure!(operations.is_none(), "two `impl Client` with operations");
                    operations = Some(one);
                }
            }
            item => kept.push(item),
        }
    }
    Ok((operations.unwrap_or_else(|| parse_quote!(impl Client {})), kept))
}

/// Our own `Client`.
fn client(api: &Api) -> Vec<Item> {
    let documentation = format!("Client for {}. Cloning is cheap; clones share connections and token.", api.name());
    vec![
        parse_quote! {
            #[doc = #documentation]
            #[derive(Clone, Debug)]
            pub struct Client(::cx_client::Core);
        },
        parse_quote! {
            impl Client {
                /// Starts a client: credentials, address, limits.
                pub fn builder() -> ::cx_client::ClientBuilder<Client> {
                    ::cx_client::ClientBuilder::new()
                }

                /// The runtime under the client.
                pub fn core(&self) -> &::cx_client::Core {
                    &self.0
                }
            }
        },
        parse_quote! {
            impl ::cx_client::ApiClient for Client {
                const API: &'static ::cx_client::operation::Api = &operations::API;

                fn from_core(core: ::cx_client::Core) -> Self {
                    Self(core)
                }
            }
        },
    ]
}

/// Whether an `impl` has the methods that return builders.
fn starts_operations(one: &ItemImpl) -> bool {
    one.items.iter().any(|item| match item {
        ImplItem::Fn(function) => function.sig.output.to_token_stream().to_string().contains("builder ::"),
        _ => false,
    })
}

fn is_for_client(one: &ItemImpl) -> bool {
    let name = one.self_ty.to_token_stream().to_string();
    name == "Client" || name == "& Client"
}

/// A marker trait for each grant that the vendor takes, so that a client cannot be built with one it lacks.
fn grants(api: &Api) -> Vec<Item> {
    const MARKERS: &[(&str, &str)] = &[
        ("password", "PasswordGrant"),
        ("client_credentials", "ClientCredentialsGrant"),
        ("refresh_token", "RefreshTokenGrant"),
        ("authorization_code", "AuthorizationCodeGrant"),
    ];
    let own = api.oauth(OAuthRole::Token).and_then(|operation| operation.oauth.as_ref());
    let flows = flows(api);
    MARKERS
        .iter()
        .filter(|(grant, _)| {
            own.is_some_and(|oauth| oauth.grants.contains_key(*grant)) || flows.iter().any(|flow| flow == grant)
        })
        .map(|(_, marker)| {
            let marker = format_ident!("{marker}");
            syn::parse2(quote!(impl ::cx_client::auth::#marker for Client {}))
        })
        .filter_map(Result::ok)
        .collect()
}

/// Grants of a document whose tokens another one serves: those of its `oauth2` flows.
fn flows(api: &Api) -> Vec<&'static str> {
    if api.oauth_document.is_none() {
        return Vec::new();
    }
    let mut grants = Vec::new();
    for (_, scheme) in api.document().at("/components/securitySchemes").map(|node| node.members()).unwrap_or_default()
    {
        for (flow, _) in scheme.member("flows").map(|node| node.members()).unwrap_or_default() {
            match flow {
                "password" => grants.extend(["password", "refresh_token"]),
                "clientCredentials" => grants.push("client_credentials"),
                "authorizationCode" => grants.extend(["authorization_code", "refresh_token"]),
                _ => {}
            }
        }
    }
    grants
}
