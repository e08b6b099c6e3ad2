//! Dispatch: any operation by its id, with JSON in and out, through the same typed builders.

use anyhow::Result;
use quote::{format_ident, quote};

use super::{lower::COOKIE_HEADER, print_tokens, tree::Call};

/// `dispatch.rs`.
pub fn module(calls: &[Call]) -> Result<String> {
    let arms = calls.iter().map(|call| {
        let (id, name) = (&call.id, format_ident!("{}", call.id));
        quote!(#id => Box::pin(#name(client, arguments, options)))
    });
    let functions = calls.iter().map(function);
    let code = quote! {
        use super::{Client, types};
        use ::cx_client::{CallOptions, Result, dynamic::{self, Arguments}};
        use ::serde_json::Value;

        /// Calls an operation by id. See [`cx_client::dynamic`] for the arguments.
        pub fn call(core: ::cx_client::Core, id: &str, arguments: Value, options: CallOptions) -> dynamic::Future {
            let client = <Client as ::cx_client::ApiClient>::from_core(core);
            match id {
                #(#arms,)*
                _ => Box::pin(::std::future::ready(Err(dynamic::unknown_operation()))),
            }
        }

        #(#functions)*
    };
    print_tokens(code).map(|text| {
        format!("//! Calls by operation id, with JSON in and out.\n#![allow(unused_imports, unused_mut, deprecated, reason = \"an API may have no body, and dispatch reaches deprecated operations too\")]\n\n{text}")
    })
}

fn function(call: &Call) -> proc_macro2::TokenStream {
    let name = format_ident!("{}", call.id);
    let method = &call.method;
    let parameters = call.parameters.iter().map(|(wire, setter, ty)| {
        let wire = wire.strip_prefix(COOKIE_HEADER).unwrap_or(wire);
        quote! {
            if let Some(value) = arguments.take::<#ty>(#wire)? {
                call = call.#setter(value);
            }
        }
    });
    let body = call.body.as_ref().map(|ty| {
        quote! {
            if let Some(value) = arguments.body::<#ty>()? {
                call = call.body(value);
            }
        }
    });
    quote! {
        async fn #name(client: Client, arguments: Value, options: CallOptions) -> Result<dynamic::Reply> {
            let mut arguments = Arguments::new(arguments, &super::operations::OPERATIONS.#name)?;
            let mut call = client.#method().with_options(options);
            #(#parameters)*
            #body
            arguments.finish()?;
            dynamic::reply(call.send().await?)
        }
    }
}
