//! `pages()`, `stream()` and `export()`: what the runtime has to know of a builder to page through its list.

use anyhow::{Context, Result, bail, ensure};
use cx_spec::{Api, Operation, Pagination};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, Fields, Ident, Item, ItemStruct, Type, parse_quote};

use super::{
    items, module,
    send::{Argument, Call, first_argument},
};
use crate::generate::{names, table};

/// Operators of a window's parameter.
const OPERATORS: &[&str] = &["eq", "gt", "gte", "lt", "lte"];

/// Adds them to every builder whose operation has `x-pagination`.
pub fn add(file: &mut syn::File, calls: &[Call], api: &Api) -> Result<()> {
    let types: Vec<ItemStruct> = structs(items(module(file, "types")?));
    let builders = structs(items(module(file, "builder")?));
    let mut added = Vec::new();
    for call in calls {
        let Some(operation) = api.operation(&call.id) else { continue };
        let Some(pagination) = &operation.pagination else { continue };
        let builder = builders.iter().find(|one| one.ident == call.builder);
        let builder = builder.with_context(|| format!("no builder `{}`", call.builder))?;
        let list = List { call, operation, pagination, builder, types: &types };
        added.extend(list.items().with_context(|| format!("`x-pagination` of {}", call.id))?);
    }
    items(module(file, "builder")?).extend(added);
    Ok(())
}

fn structs(items: &[Item]) -> Vec<ItemStruct> {
    let structs = items.iter().filter_map(|item| match item {
        Item::Struct(one) => Some(one.clone()),
        _ => None,
    });
    structs.collect()
}

/// One list operation.
struct List<'l> {
    call: &'l Call,
    operation: &'l Operation,
    pagination: &'l Pagination,
    builder: &'l ItemStruct,
    types: &'l [ItemStruct],
}

impl List<'_> {
    fn items(&self) -> Result<Vec<Item>> {
        let mut items = vec![self.list()?, self.methods()];
        items.extend(self.is_exportable().then(|| self.export()));
        for taken in ["pages", "stream", "export"] {
            let clash = self.call.parameters.iter().any(|one| one.setter == taken);
            ensure!(!clash, "a parameter has the name of the method `{taken}`");
        }
        Ok(items)
    }

    /// What the runtime has to know of the builder.
    fn list(&self) -> Result<Item> {
        let name = &self.call.builder;
        let row = format_ident!("{}", self.call.id);
        let (item, items) = self.items_of_reply()?;
        let parameters = self.parameters()?;
        let (numbers, texts): (Vec<&Parameter>, Vec<&Parameter>) =
            parameters.iter().partition(|one| one.is_integer());
        let is_set = parameters.iter().map(Parameter::is_set);
        let number = numbers.iter().map(|one| one.number());
        let set_number = numbers.iter().map(|one| one.set());
        let set_text = set_text(&texts);
        let member = self.member(&item)?;
        Ok(parse_quote! {
            impl<'a> ::cx_client::pages::List for #name<'a> {
                type Item = #item;

                fn operation(&self) -> &'static ::cx_client::operation::Operation {
                    &OPERATIONS.#row
                }

                fn core(&self) -> &::cx_client::Core {
                    self.client.core()
                }

                fn is_set(&self, parameter: &str) -> bool {
                    match parameter { #(#is_set,)* _ => false }
                }

                fn number(&self, parameter: &str) -> Option<i64> {
                    match parameter { #(#number,)* _ => None }
                }

                fn set_number(self, parameter: &str, value: i64) -> Self {
                    match parameter { #(#set_number,)* _ => self }
                }

                #set_text

                fn fetch<'f>(self) -> ::cx_client::pages::Fetch<'f, Self::Item> where Self: 'f {
                    Box::pin(async move { Ok(self.send().await?.map(|reply| #items)) })
                }

                #member
            }
        })
    }

    /// The methods of every list.
    fn methods(&self) -> Item {
        let name = &self.call.builder;
        parse_quote! {
            impl<'a> #name<'a> {
                /// The pages, one after the other, each asked for when it is wanted. See [`Pages`](::cx_client::pages::Pages).
                pub fn pages(self) -> ::cx_client::pages::Pages<'a, Self> {
                    ::cx_client::pages::Pages::new(self)
                }

                /// The items of all pages. See [`Items`](::cx_client::pages::Items).
                pub fn stream(self) -> ::cx_client::pages::Items<'a, Self> {
                    ::cx_client::pages::Items::new(self)
                }
            }
        }
    }

    /// The method of a list that can be cut into windows.
    fn export(&self) -> Item {
        let name = &self.call.builder;
        parse_quote! {
            impl<'a> #name<'a> {
                /// The whole list, however long it is, window by window. See [`Export`](::cx_client::export::Export).
                pub fn export(self) -> ::cx_client::export::Export<'a, Self> {
                    ::cx_client::export::Export::new(self)
                }
            }
        }
    }

    fn is_exportable(&self) -> bool {
        !self.pagination.windows.is_empty() && table::item_key(self.operation, self.pagination).is_some()
    }

    /// The parameters that paging sets: numbers of pages, order, bounds of windows.
    fn parameters(&self) -> Result<Vec<Parameter>> {
        let Pagination { page, per_page, sort, windows, .. } = self.pagination;
        for name in [page, per_page] {
            let found = self.parameter(name)?.with_context(|| format!("the builder has no parameter `{name}`"))?;
            ensure!(found.is_integer(), "`{name}` is no integer");
        }
        let sort = sort.iter().flat_map(|sort| [&sort.key, &sort.order]).flatten().cloned();
        let bounds = windows
            .values()
            .flat_map(|window| OPERATORS.iter().map(|operator| format!("{}[{operator}]", window.parameter)));
        let names = [page.clone(), per_page.clone()].into_iter().chain(sort).chain(bounds);
        let mut found: Vec<Parameter> = Vec::new();
        for name in names {
            if found.iter().all(|one| one.wire != name) {
                found.extend(self.parameter(&name)?);
            }
        }
        Ok(found)
    }

    fn parameter(&self, wire: &str) -> Result<Option<Parameter>> {
        let Some(Argument { setter: ident, ty, .. }) = self.call.parameters.iter().find(|one| one.wire == wire)
        else {
            return Ok(None);
        };
        let field = self.builder.fields.iter().find(|field| field.ident.as_ref() == Some(ident));
        let inner = first_argument(&field.with_context(|| format!("no field `{ident}`"))?.ty);
        let optional = inner.as_ref().is_some_and(is_option);
        Ok(Some(Parameter { wire: wire.to_owned(), ident: ident.clone(), ty: ty.clone(), optional }))
    }

    /// Type of an item, and the expression that takes the items out of `reply`.
    fn items_of_reply(&self) -> Result<(Type, Expr)> {
        let pointer = &self.pagination.items;
        let mut ty = self.call.reply.clone();
        let mut path: Expr = parse_quote!(Some(reply));
        for segment in pointer.split('/').skip(1) {
            let (field, inner) = self.field(&ty, segment)?;
            (path, ty) = match is_option(&inner) {
                true => (
                    parse_quote!(#path.and_then(|found| found.#field)),
                    first_argument(&inner).context("an `Option` of nothing")?,
                ),
                false => (parse_quote!(#path.map(|found| found.#field)), inner),
            };
        }
        if let Some(newtype) = self.newtype(&ty) {
            (path, ty) = (parse_quote!(#path.map(|found| found.0)), newtype);
        }
        let Some(item) = first_argument(&ty).filter(|_| last_name(&ty).is_some_and(|name| name == "Vec")) else {
            bail!("`items: {pointer:?}` points at no list");
        };
        let items = if pointer.is_empty() && path == parse_quote!(Some(reply)) {
            parse_quote!(reply)
        } else {
            parse_quote!(#path.unwrap_or_default())
        };
        Ok((item, items))
    }

    /// The list under a type that is nothing but its name.
    fn newtype(&self, ty: &Type) -> Option<Type> {
        match &self.structure(ty)?.fields {
            Fields::Unnamed(fields) => fields.unnamed.first().map(|field| field.ty.clone()),
            _ => None,
        }
    }

    fn structure(&self, ty: &Type) -> Option<&ItemStruct> {
        let name = last_name(ty)?;
        self.types.iter().find(|one| one.ident == name)
    }

    /// Field and type of a member, by its name on the wire.
    fn field(&self, ty: &Type, wire: &str) -> Result<(Ident, Type)> {
        let missing = || format!("`{}` has no member `{wire}`", ty.to_token_stream());
        let structure = self.structure(ty).with_context(missing)?;
        let renamed = format!("rename = \"{wire}\"");
        let field = structure.fields.iter().find(|field| {
            let renamed = field.attrs.iter().any(|one| one.to_token_stream().to_string().contains(&renamed));
            renamed || field.ident.as_ref().is_some_and(|ident| *ident == names::snake_case(wire))
        });
        let field = field.with_context(missing)?;
        Ok((field.ident.clone().with_context(missing)?, visible_from_builder(field.ty.clone())))
    }

    /// The function that hands out the members of an item that an export looks at; none where none does.
    fn member(&self, item: &Type) -> Result<Option<TokenStream>> {
        let members = self.members(item)?;
        Ok((!members.is_empty()).then(|| {
            quote! {
                fn member(item: &Self::Item, name: &str) -> Option<::serde_json::Value> {
                    match name { #(#members,)* _ => None }
                }
            }
        }))
    }

    /// Arms for the members that an export looks at: the key, and the times of the windows.
    fn members(&self, item: &Type) -> Result<Vec<TokenStream>> {
        if !self.is_exportable() {
            return Ok(Vec::new());
        }
        let key = table::item_key(self.operation, self.pagination).map(ToOwned::to_owned);
        let times = self.pagination.windows.values().map(|window| window.member.clone());
        let mut names: Vec<String> = key.into_iter().chain(times).collect();
        names.dedup();
        if self.structure(item).is_none() {
            // Free JSON has no fields; its members are looked up.
            let arm = |name| quote!(#name => ::cx_client::pages::member(item, #name));
            return Ok(names.into_iter().map(arm).collect());
        }
        names
            .into_iter()
            .map(|name| {
                let (field, _) = self.field(item, &name)?;
                Ok(quote!(#name => ::cx_client::pages::value(&item.#field)))
            })
            .collect()
    }
}

/// A parameter of the builder.
struct Parameter {
    wire: String,
    ident: Ident,
    ty: Type,
    optional: bool,
}

impl Parameter {
    fn is_integer(&self) -> bool {
        last_name(&self.ty).is_some_and(|name| matches!(&*name, "i64" | "i32" | "u64" | "u32"))
    }

    fn is_set(&self) -> TokenStream {
        let Self { wire, ident, .. } = self;
        match self.optional {
            true => quote!(#wire => !matches!(self.#ident, Ok(None))),
            false => quote!(#wire => self.#ident.is_ok()),
        }
    }

    fn number(&self) -> TokenStream {
        let Self { wire, ident, .. } = self;
        match self.optional {
            true => quote!(#wire => ::cx_client::pages::number(&self.#ident)),
            false => quote!(#wire => ::cx_client::pages::number(&self.#ident.clone().map(Some))),
        }
    }

    fn set(&self) -> TokenStream {
        let Self { wire, ident, .. } = self;
        quote!(#wire => self.#ident(value))
    }
}

/// The function that sets a parameter that is a text; none where paging sets no such.
fn set_text(texts: &[&Parameter]) -> Option<TokenStream> {
    let set_text = texts.iter().map(|one| one.set());
    (!texts.is_empty()).then(|| {
        quote! {
            fn set_text(self, parameter: &str, value: &str) -> Self {
                match parameter { #(#set_text,)* _ => self }
            }
        }
    })
}

fn is_option(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| name == "Option")
}

fn last_name(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

/// A type as the module of the builders has to write it: a bare name of the module of the types gets their path.
fn visible_from_builder(ty: Type) -> Type {
    struct Prefix;

    impl syn::visit_mut::VisitMut for Prefix {
        fn visit_type_path_mut(&mut self, path: &mut syn::TypePath) {
            syn::visit_mut::visit_type_path_mut(self, path);
            let plain = path.path.leading_colon.is_none() && path.path.segments.len() == 1;
            let primitive = path.path.get_ident().is_some_and(|ident| {
                matches!(
                    &*ident.to_string(),
                    "bool" | "f32" | "f64" | "i32" | "i64" | "u32" | "u64" | "Option" | "Vec"
                )
            });
            if plain && !primitive && path.path.segments.first().is_some_and(|one| one.arguments.is_empty()) {
                path.path.segments.insert(0, parse_quote!(types));
            }
        }
    }

    let mut ty = ty;
    syn::visit_mut::VisitMut::visit_type_mut(&mut Prefix, &mut ty);
    ty
}
