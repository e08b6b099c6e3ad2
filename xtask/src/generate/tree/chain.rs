//! The chain of calls that makes the request: `client.client.get(url)…build()?`.

use anyhow::{Context, Result, bail, ensure};
use quote::ToTokens;
use syn::{Expr, ImplItemFn, Stmt};

/// The request of a `send()`, in the making.
pub(super) struct Chain {
    /// What makes it, up to `.build()?`.
    pub request: Expr,
    /// Whether a body was taken off.
    pub has_body: bool,
}

/// Takes the request and all that comes after it out of a `send()`, and off the request `.build()?`, the body and needless
/// headers.
pub(super) fn take(function: &mut ImplItemFn) -> Result<Chain> {
    let at = request_statement(function)?;
    function.block.stmts.truncate(at + 1);
    let Some(Stmt::Local(local)) = function.block.stmts.pop() else { bail!("the request is not built by a `let`") };
    let init = local.init.context("the request is not built by a `let`")?;
    let Expr::Try(tried) = *init.expr else { bail!("the request does not end in `.build()?`") };
    let Expr::MethodCall(build) = *tried.expr else { bail!("the request does not end in `.build()?`") };
    let keeps_headers = drop_api_version(function)?;
    let mut has_body = false;
    let request = strip(*build.receiver, keeps_headers, &mut has_body);
    Ok(Chain { request, has_body })
}

/// The index of `let mut request = ….build()?;`, of which there must be one.
fn request_statement(function: &ImplItemFn) -> Result<usize> {
    let found: Vec<usize> = function
        .block
        .stmts
        .iter()
        .enumerate()
        .filter(|(_, statement)| match statement {
            Stmt::Local(local) => local.init.as_ref().is_some_and(|init| is_build(&init.expr)),
            _ => false,
        })
        .map(|(index, _)| index)
        .collect();
    match found.as_slice() {
        [one] => Ok(*one),
        other => bail!("{} `.build()?`s where one was expected", other.len()),
    }
}

fn is_build(expr: &Expr) -> bool {
    matches!(expr, Expr::Try(tried) if matches!(&*tried.expr, Expr::MethodCall(call) if call.method == "build"))
}

fn strip(expr: Expr, keeps_headers: bool, has_body: &mut bool) -> Expr {
    let Expr::MethodCall(mut call) = expr else { return expr };
    let receiver = strip(*call.receiver, keeps_headers, has_body);
    match call.method.to_string().as_str() {
        "json" | "form_urlencoded" | "body" => {
            *has_body = true;
            receiver
        }
        "headers" if !keeps_headers => receiver,
        // The runtime asks for the media type that the operation answers with.
        "header" if call.args.first().is_some_and(|one| one.to_token_stream().to_string().ends_with("ACCEPT")) => {
            receiver
        }
        _ => {
            call.receiver = Box::new(receiver);
            Expr::MethodCall(call)
        }
    }
}

/// Takes out the `api-version` header, which no vendor asked for; says whether others are left.
fn drop_api_version(function: &mut ImplItemFn) -> Result<bool> {
    let statements = &mut function.block.stmts;
    let before = statements.len();
    // A parameter of that name is appended by its text, not by a `HeaderName`.
    let added = "from_static (\"api-version\")";
    statements.retain(|statement| !statement.to_token_stream().to_string().contains(added));
    ensure!(before == statements.len() + 1, "no `api-version` header where one was expected");
    let others =
        statements.iter().any(|statement| statement.to_token_stream().to_string().contains("header_map . append"));
    if !others {
        statements.retain(|statement| !matches!(statement, Stmt::Local(local) if local.pat.to_token_stream().to_string().contains("header_map")));
    }
    Ok(others)
}
