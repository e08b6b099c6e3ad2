//! Dispatch: any operation by its id, with JSON in and out, through the same typed builders.

use anyhow::Result;
use quote::{format_ident, quote};

use super::{
    lower::COOKIE_HEADER,
    print_tokens,
    tree::{Argument, Call, OtherBody, Schema},
};

/// `dispatch.rs`.
pub fn module(calls: &[Call], schemas: &[Schema]) -> Result<String> {
    let arms = calls.iter().map(|call| {
        let (id, name) = (&call.id, format_ident!("{}", call.id));
        quote!(#id => Box::pin(#name(client, arguments, options)))
    });
    let functions = calls.iter().map(function);
    let schemas = decoder(schemas);
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

        #schemas

        #(#functions)*
    };
    print_tokens(code).map(|text| {
        format!("//! Calls by operation id, with JSON in and out.\n#![allow(unused_imports, unused_mut, deprecated, reason = \"an API may have no body, and dispatch reaches deprecated operations too\")]\n\n{text}")
    })
}

/// Every type by the name of its schema, those that no operation refers to included.
fn decoder(schemas: &[Schema]) -> proc_macro2::TokenStream {
    let names = schemas.iter().map(|schema| &schema.name);
    let arms = schemas.iter().map(|Schema { name, ty, nullable }| {
        let ty = if *nullable { quote!(Option<types::#ty>) } else { quote!(types::#ty) };
        quote!(#name => dynamic::recode::<#ty>(value))
    });
    quote! {
        /// The component schemas that [`decode_schema`] knows.
        pub static SCHEMAS: &[&str] = &[#(#names),*];

        /// Decodes a value into the type of a component schema and encodes it again.
        pub fn decode_schema(name: &str, value: Value) -> Result<Value> {
            match name {
                #(#arms,)*
                _ => Err(dynamic::unknown_schema()),
            }
        }
    }
}

fn function(call: &Call) -> proc_macro2::TokenStream {
    let name = format_ident!("{}", call.id);
    let method = &call.method;
    let parameters = call.parameters.iter().map(|Argument { wire, setter, ty }| {
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
    let others = call.others.iter().map(|OtherBody { media_type, setter, ty }| {
        quote! {
            if wanted.as_deref() == Some(#media_type) {
                if let Some(value) = arguments.body_sent_as::<#ty>(#media_type)? {
                    call = call.#setter(value);
                }
            } else
        }
    });
    // A row with other bodies takes the one that the media type of the call names.
    let (wanted, body) = if call.others.is_empty() {
        (None, quote!(#body))
    } else {
        (
            Some(quote!(let wanted = dynamic::media_type(&options).map(ToOwned::to_owned);)),
            quote!(#(#others)* { #body }),
        )
    };
    quote! {
        async fn #name(client: Client, arguments: Value, options: CallOptions) -> Result<dynamic::Reply> {
            let mut arguments = Arguments::new(arguments, &super::operations::OPERATIONS.#name)?;
            #wanted
            let mut call = client.#method().with_options(options);
            #(#parameters)*
            #body
            arguments.finish()?;
            dynamic::reply(call.send().await?)
        }
    }
}
