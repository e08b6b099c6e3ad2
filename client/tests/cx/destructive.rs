//! What cannot be undone is asked for first.

use crate::process::{cx_at, vendor};

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_and_without_yes_nothing_is_sent() {
    let mut operations = 0;
    for name in cx_spec::NAMES {
        let api = cx_spec::embedded(name).unwrap();
        for operation in api.operations.iter().filter(|one| one.destructive) {
            let vendor = vendor(name).await;
            let arguments = |yes: bool| {
                let mut arguments = vec![(*name).to_owned(), crate::walk::kebab(&operation.id)];
                for parameter in operation.parameters.iter().filter(|one| one.required) {
                    let example = parameter.example.clone().unwrap_or_default();
                    let text = example.as_str().map_or_else(|| example.to_string(), ToOwned::to_owned);
                    arguments.extend([format!("--{}", crate::walk::kebab(&parameter.name)), text]);
                }
                if let Some(media) = operation.sent_media() {
                    arguments.extend(["--body".to_owned(), media.examples[0].value.to_string()]);
                }
                arguments.extend(yes.then(|| "--yes".to_owned()));
                arguments
            };
            let ran = cx_at(&vendor, arguments(false)).stdin("y\n").run().await.exits(2);
            assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
            assert!(vendor.take_exchanges().is_empty(), "{} was sent", operation.id);

            cx_at(&vendor, arguments(true)).run().await.exits(0);
            assert_eq!(vendor.take_exchanges().len(), 1);
            operations += 1;
        }
    }
    assert!(operations > 0);
}
