//! Help, examples and completions.

#[path = "../../../xtask/src/generate/commands.rs"]
mod commands;

use std::collections::BTreeSet;

use cx_client::generated::REGISTRY;

use crate::{process::cx, walk::kebab};

#[tokio::test(flavor = "multi_thread")]
async fn help_is_data_and_shows_parameters_and_an_example() {
    let ran = cx(["--help"]).run().await.exits(0);
    for word in [
        "wootric",
        "wootric-cxi",
        "directly",
        "login",
        "logout",
        "completions",
        "CX_CLIENT_SECRET",
        "Exit codes",
        "130",
    ] {
        assert!(ran.stdout.contains(word), "{word}: {}", ran.stdout);
    }
    let ran = cx(["wootric", "list-end-users", "--help"]).run().await.exits(0);
    for word in
        ["--created-gte", "--per-page <INTEGER>", "counted from 1", "Example:\n  cx wootric list-end-users --page"]
    {
        assert!(ran.stdout.contains(word), "{word}: {}", ran.stdout);
    }
    let ran = cx(["wootric", "create-end-user", "--help"]).run().await.exits(0);
    assert!(ran.stdout.contains("--body '{\"email\":"), "{}", ran.stdout);
    let ran = cx(["wootric-cxi", "create-import", "-h"]).run().await.exits(0);
    assert!(ran.stdout.contains("at most 10000000 bytes"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_name_shows_the_help() {
    let ran = cx([""; 0]).run().await.exits(2);
    assert!(ran.stderr.contains("Usage: cx"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn completions_know_operations_flags_and_values() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = cx(["completions", shell]).run().await.exits(0);
        for word in ["list-end-users", "created-gte", "show-secrets"] {
            assert!(ran.stdout.contains(word), "{shell}: {word}");
        }
    }
}

/// The commands that a help lists.
async fn listed(arguments: &[&str]) -> BTreeSet<String> {
    let help = cx(arguments).run().await.exits(0).stdout;
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// What the list lacks could be the name of a document or of an operation, which would not be reached by it.
#[tokio::test(flavor = "multi_thread")]
async fn the_generator_knows_every_command_that_is_made_from_no_document() {
    let (mut of_cx, mut of_an_api) = (listed(&["-h"]).await, BTreeSet::new());
    for registered in REGISTRY {
        assert!(of_cx.remove(registered.api.name), "{}", registered.api.name);
        let mut commands = listed(&[registered.api.name, "-h"]).await;
        for operation in registered.api.operations {
            assert!(commands.remove(&kebab(operation.id)), "{}", operation.id);
        }
        of_an_api.extend(commands);
    }
    assert!(of_cx.iter().eq(commands::OF_CX), "{of_cx:?}");
    assert!(of_an_api.iter().eq(commands::OF_AN_API), "{of_an_api:?}");
}
