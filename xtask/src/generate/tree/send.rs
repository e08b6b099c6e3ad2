//! `send()`: the request is progenitor's, what happens to it is ours.

use anyhow::{Context, Result, bail, ensure};
use cx_spec::{Api, Media};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{
    Expr, Fields, FnArg, Ident, ImplItem, ImplItemFn, Item, ItemImpl, ItemMod, ItemStruct, Lit, Stmt, Type,
    parse_quote, visit_mut::VisitMut,
};

use super::{alternatives::OtherBody, chain, items, rewrite::Rewrite, underive};
use crate::generate::{files, names};

/// What dispatch needs to know of one operation.
pub struct Call {
    /// `operationId`.
    pub id: String,
    /// Method of the client that starts it.
    pub method: Ident,
    /// Name of the builder.
    pub builder: Ident,
    /// Its parameters.
    pub parameters: Vec<Argument>,
    /// Type of the body.
    pub body: Option<Type>,
    /// Type of the reply.
    pub reply: Type,
    /// Bodies of other types, in the place of that one.
    pub others: Vec<OtherBody>,
}

/// A parameter of an operation, as its builder takes it.
pub struct Argument {
    /// Name on the wire.
    pub wire: String,
    /// Setter of the builder; its field has the same name.
    pub setter: Ident,
    /// What the setter takes.
    pub ty: Type,
}

/// Bends every builder of the module.
pub fn bend(module: &mut ItemMod, api: &Api) -> Result<Vec<Call>> {
    let items = items(module);
    items.retain(|item| !matches!(item, Item::Use(_)));
    let mut calls = Vec::new();
    let mut masked = Vec::new();
    let structs: Vec<ItemStruct> = items
        .iter_mut()
        .filter_map(|item| match item {
            Item::Struct(one) => Some(one),
            _ => None,
        })
        .map(|one| {
            let before = one.clone();
            add_options_field(one);
            underive(&mut one.attrs, "Debug");
            masked.push(one.ident.clone());
            before
        })
        .collect();
    for item in items.iter_mut() {
        let Item::Impl(implementation) = item else { continue };
        let name = implementation.self_ty.to_token_stream().to_string().replace("< 'a >", "").trim().to_owned();
        let Some(fields) = structs.iter().find(|one| one.ident == name) else { continue };
        calls.push(bend_builder(implementation, fields, api).with_context(|| format!("builder {name}"))?);
    }
    for name in masked {
        let text = name.to_string();
        items.push(parse_quote! {
            impl ::std::fmt::Debug for #name<'_> {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.debug_struct(#text).finish_non_exhaustive()
                }
            }
        });
    }
    let uses: Vec<Item> = vec![
        parse_quote!(
            use super::{operations::OPERATIONS, types};
        ),
        parse_quote!(
            use ::cx_client::runtime;
        ),
    ];
    items.splice(0..0, uses);
    Ok(calls)
}

fn add_options_field(builder: &mut ItemStruct) {
    if let Fields::Named(fields) = &mut builder.fields {
        fields.named.push(parse_quote!(call_options: ::cx_client::CallOptions));
    }
}

fn bend_builder(implementation: &mut ItemImpl, fields: &ItemStruct, api: &Api) -> Result<Call> {
    let mut call = None;
    for item in &mut implementation.items {
        let ImplItem::Fn(function) = item else { continue };
        match function.sig.ident.to_string().as_str() {
            "new" => add_default_options(function)?,
            "send" => {
                ensure!(call.is_none(), "two methods called `send`");
                call = Some(bend_send(function, fields, api)?);
            }
            _ => {}
        }
    }
    implementation.items.push(parse_quote! {
        /// Deadline, retries and headers of this one call.
        pub fn with_options(mut self, options: ::cx_client::CallOptions) -> Self {
            self.call_options = options;
            self
        }
    });
    call.context("no method called `send`")
}

fn add_default_options(function: &mut ImplItemFn) -> Result<()> {
    let Some(Stmt::Expr(Expr::Struct(value), _)) = function.block.stmts.last_mut() else {
        bail!("`new` does not end in `Self {{ … }}`");
    };
    value.fields.push(parse_quote!(call_options: ::std::default::Default::default()));
    Ok(())
}

fn bend_send(function: &mut ImplItemFn, fields: &ItemStruct, api: &Api) -> Result<Call> {
    ensure!(matches!(function.sig.inputs.first(), Some(FnArg::Receiver(_))), "`send` is not a method");
    let reply = reply_type(function)?;
    let id = operation_id(function)?;
    let operation = api.operation(&id).with_context(|| format!("the document has no operation {id}"))?;
    let row = format_ident!("{}", id);
    let row = quote!(&OPERATIONS.#row);

    let mut chain = chain::take(function)?;
    let mut rewrite = Rewrite::new(row.clone());
    for statement in &mut function.block.stmts {
        rewrite.visit_stmt_mut(statement);
    }
    rewrite.visit_expr_mut(&mut chain.request);
    let request = chain.request;
    destructure_options(function)?;

    let payload = if chain.has_body {
        let media = operation.sent_media();
        let files = media.map(|media| with_files(api, media));
        quote!(runtime::Payload::new(&body, #row)? #files)
    } else {
        quote!(runtime::Payload::none())
    };
    function.block.stmts.push(parse_quote! {
        let request = #request.build().map_err(|cause| runtime::unbuilt(cause, #row))?;
    });
    function.block.stmts.push(Stmt::Expr(
        parse_quote!(runtime::execute::<#reply>(client.core(), request, #payload, #row, call_options).await),
        None,
    ));
    function.sig.output = parse_quote!(-> ::cx_client::Result<::cx_client::Response<#reply>>);
    function.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
    let sends =
        format!(" Sends `{} {}`.\n\n# Errors\nSee [`Error`](::cx_client::Error).", operation.method, operation.path);
    function.attrs.push(parse_quote!(#[doc = #sends]));

    let placeholders: Vec<String> =
        operation.path.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect();
    ensure!(placeholders.len() == rewrite.path_arguments.len(), "path arguments do not match `{}`", operation.path);
    let named = placeholders.into_iter().zip(rewrite.path_arguments).chain(rewrite.wire_names);
    let parameters = named
        .map(|(wire, setter)| Ok(Argument { ty: argument_type(fields, &setter)?, wire, setter }))
        .collect::<Result<Vec<_>>>()?;
    let body =
        chain.has_body.then(|| argument_type(fields, &format_ident!("body"))).transpose()?.map(without_builder);
    Ok(Call {
        method: format_ident!("{}", id),
        builder: fields.ident.clone(),
        id,
        parameters,
        body,
        reply,
        others: Vec::new(),
    })
}

/// The calls that add the files of a body to its payload.
pub(super) fn with_files(api: &Api, media: &Media) -> TokenStream {
    let calls = files::parts(api, media).into_iter().map(|file| {
        let (name, field) = (&file.name, format_ident!("{}", names::snake_case(&file.name)));
        quote!(.with_file(#name, &body.#field))
    });
    quote!(#(#calls)*)
}

/// `T` of `Result<ResponseValue<T>, Error<()>>`.
fn reply_type(function: &ImplItemFn) -> Result<Type> {
    let syn::ReturnType::Type(_, output) = &function.sig.output else { bail!("`send` returns nothing") };
    let value = first_argument(output).context("`send` does not return a `Result`")?;
    first_argument(&value).context("`send` does not return a `ResponseValue`")
}

/// The first generic argument of a type.
pub fn first_argument(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let syn::PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(inner) => Some(inner.clone()),
        _ => None,
    })
}

fn operation_id(function: &ImplItemFn) -> Result<String> {
    let mut found = Vec::new();
    for statement in &function.block.stmts {
        let Stmt::Local(local) = statement else { continue };
        let Some(init) = &local.init else { continue };
        let Expr::Struct(value) = &*init.expr else { continue };
        if !value.path.is_ident("OperationInfo") {
            continue;
        }
        for field in &value.fields {
            if let Expr::Lit(literal) = &field.expr
                && let Lit::Str(text) = &literal.lit
            {
                found.push(text.value());
            }
        }
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        other => bail!("{} `OperationInfo`s where one was expected", other.len()),
    }
}

/// Adds `call_options` to `let Self { … } = self`.
fn destructure_options(function: &mut ImplItemFn) -> Result<()> {
    for statement in &mut function.block.stmts {
        let Stmt::Local(syn::Local { pat: syn::Pat::Struct(pattern), .. }) = statement else { continue };
        let fields = pattern.fields.iter();
        *statement = parse_quote!(let Self { #(#fields,)* call_options } = self;);
        return Ok(());
    }
    bail!("`send` does not take `self` apart")
}

/// The type of an argument: `T` of a field `Result<T, String>` or `Result<Option<T>, String>`.
fn argument_type(fields: &ItemStruct, ident: &Ident) -> Result<Type> {
    let field = fields.fields.iter().find(|field| field.ident.as_ref() == Some(ident));
    let field = field.with_context(|| format!("the builder has no field `{ident}`"))?;
    let inner = first_argument(&field.ty).context("a field that is no `Result`")?;
    match &inner {
        Type::Path(path) if path.path.segments.first().is_some_and(|one| one.ident == "Option") => {
            first_argument(&inner).context("an `Option` of nothing")
        }
        _ => Ok(inner),
    }
}

/// `types::builder::X` stands for a `types::X` in the making.
fn without_builder(ty: Type) -> Type {
    let Type::Path(mut path) = ty else { return ty };
    let segments = path.path.segments.iter().filter(|segment| segment.ident != "builder").cloned();
    path.path.segments = segments.collect();
    Type::Path(path)
}
