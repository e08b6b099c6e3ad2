//! Bodies with a schema and a media type of their own: a second setter of the builder, whose body goes out in the place
//! of the usual one.

use anyhow::{Context, Result, bail, ensure};
use cx_spec::Api;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, Fields, ImplItem, ImplItemFn, Item, ItemMod, Pat, Stmt, Type, parse_quote};

use super::{
    items,
    send::{Call, with_files},
};
use crate::generate::{
    lower::{Alternative, View},
    names::pascal_case,
};

/// Another body of an operation.
pub struct OtherBody {
    /// Its media type.
    pub media_type: String,
    /// Setter of the builder.
    pub setter: syn::Ident,
    /// Its type.
    pub ty: Type,
}

/// Adds the setters; tells each call of its other bodies.
pub fn add(module: &mut ItemMod, calls: &mut [Call], api: &Api, view: &View) -> Result<()> {
    for call in calls {
        let others: Vec<&Alternative> = view.alternatives.iter().filter(|other| other.operation == call.id).collect();
        if others.is_empty() {
            continue;
        }
        bend(module, call, &others, api).with_context(|| format!("other bodies of {}", call.id))?;
        call.others = others.iter().map(|other| other_body(other)).collect();
    }
    Ok(())
}

fn other_body(other: &Alternative) -> OtherBody {
    let ty = match &other.component {
        Some(component) => {
            let name = format_ident!("{}", pascal_case(component));
            parse_quote!(types::#name)
        }
        None => parse_quote!(::serde_json::Value),
    };
    OtherBody { media_type: other.media_type.clone(), setter: format_ident!("{}", other.setter()), ty }
}

fn bend(module: &mut ItemMod, call: &Call, others: &[&Alternative], api: &Api) -> Result<()> {
    let row = format_ident!("{}", call.id);
    let row = quote!(&OPERATIONS.#row);
    let mut methods = 0;
    for item in items(module) {
        match item {
            Item::Struct(one) if one.ident == call.builder => {
                if let Fields::Named(fields) = &mut one.fields {
                    fields.named.push(parse_quote!(other_body: Option<Result<runtime::Payload, String>>));
                }
            }
            Item::Impl(one) if one.trait_.is_none() && is_for(&one.self_ty, &call.builder) => {
                for item in &mut one.items {
                    let ImplItem::Fn(function) = item else { continue };
                    match function.sig.ident.to_string().as_str() {
                        "new" => add_to_new(function)?,
                        "send" => choose_in_send(function, &row)?,
                        _ => continue,
                    }
                    methods += 1;
                }
                for other in others {
                    one.items.push(setter(other, api, &row)?);
                }
            }
            _ => {}
        }
    }
    ensure!(methods == 2, "{methods} methods were bent where `new` and `send` were expected");
    Ok(())
}

fn is_for(ty: &Type, builder: &syn::Ident) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == *builder))
}

fn add_to_new(function: &mut ImplItemFn) -> Result<()> {
    let Some(Stmt::Expr(Expr::Struct(value), _)) = function.block.stmts.last_mut() else {
        bail!("`new` does not end in `Self {{ … }}`");
    };
    value.fields.push(parse_quote!(other_body: None));
    Ok(())
}

/// The usual body is only made, and only found wanting, where no other was set.
fn choose_in_send(function: &mut ImplItemFn, row: &TokenStream) -> Result<()> {
    let statements = &mut function.block.stmts;
    for statement in statements.iter_mut() {
        let Stmt::Local(syn::Local { pat: Pat::Struct(pattern), .. }) = statement else { continue };
        let fields = pattern.fields.iter();
        *statement = parse_quote!(let Self { #(#fields,)* other_body } = self;);
    }
    let is_body = |statement: &Stmt| match statement {
        Stmt::Local(local) => matches!(&local.pat, Pat::Ident(pattern) if pattern.ident == "body"),
        _ => false,
    };
    let at = statements.iter().position(is_body).context("`send` makes no body")?;
    let body = statements.remove(at);
    let payload = payload_of(statements)?;
    let usual = std::mem::replace(payload, parse_quote!(payload));
    let choice = parse_quote! {
        let payload = match other_body {
            Some(payload) => payload.map_err(|reason| runtime::invalid(reason, #row))?,
            None => {
                #body
                #usual
            }
        };
    };
    statements.insert(at, choice);
    Ok(())
}

/// The payload among the arguments of `runtime::execute(core, request, payload, …).await`.
fn payload_of(statements: &mut [Stmt]) -> Result<&mut Expr> {
    let Some(Stmt::Expr(Expr::Await(awaited), _)) = statements.last_mut() else { bail!("`send` awaits nothing") };
    let Expr::Call(call) = &mut *awaited.base else { bail!("`send` does not end in a call") };
    ensure!(call.func.to_token_stream().to_string().contains("execute"), "`send` executes nothing");
    call.args.iter_mut().nth(2).context("`execute` without a payload")
}

fn setter(other: &Alternative, api: &Api, row: &TokenStream) -> Result<ImplItem> {
    let OtherBody { media_type, setter, ty } = other_body(other);
    let operation = api.operation(&other.operation).context("an operation that the document lacks")?;
    let media = operation.alternative_media().find(|media| media.media_type == media_type);
    let files = media.map(|media| with_files(api, media));
    let text = format!("Sends this body, as `{media_type}`, in the place of the usual one.");
    Ok(parse_quote! {
        #[doc = #text]
        pub fn #setter<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<#ty>,
            <V as std::convert::TryInto<#ty>>::Error: std::fmt::Display,
        {
            let body = value.try_into().map_err(|reason| reason.to_string());
            self.other_body = Some(body.and_then(|body| {
                let payload = runtime::Payload::new(&body, #row).map_err(|error| error.to_string())?;
                Ok(payload #files .sent_as(#media_type))
            }));
            self
        }
    })
}
