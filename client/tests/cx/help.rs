//! Help, examples and completions.

use crate::process::cx;

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
