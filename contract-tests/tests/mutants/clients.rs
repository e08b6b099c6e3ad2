//! The second judge: mutants are written whole, and a client that is another's is noticed.

use std::{fs, path::Path};

use contract_tests::{
    apis,
    mutants::clients::{
        self,
        export::{self, Exported},
        outcome::{JUDGED, LEFT_OUT, Why},
        report::reports,
    },
};
use cx_client::{dynamic::Registered, generated::REGISTRY};
use cx_spec::{Api, Document};
use serde_json::json;
use tempfile::TempDir;

const API: &str = "wootric-cxi";

fn exported(size: usize) -> (TempDir, Vec<Exported>) {
    let folder = tempfile::tempdir().unwrap();
    let list = export::export(&apis::subjects(Some(API)).unwrap(), folder.path(), size, 1).unwrap();
    (folder, list)
}

fn written(folder: &Path, one: &Exported, kind: &str) -> Api {
    let path = folder.join(one.number.to_string()).join(kind).join(format!("{API}.yaml"));
    Api::index(Document::load(&path).unwrap()).unwrap()
}

fn registered(api: &str) -> &'static Registered {
    REGISTRY.iter().find(|one| one.api.name == api).unwrap()
}

#[test]
fn every_mutant_is_written_beside_what_it_was_made_from_and_a_control_has_all_operations() {
    let (folder, list) = exported(12);
    let (mutants, controls): (Vec<_>, Vec<_>) = list.iter().partition(|one| one.mutant.is_some());
    assert_eq!((mutants.len(), controls.len()), (12, 1));
    let control = written(folder.path(), controls[0], "mutant");
    for one in mutants {
        let (mutant, original) = (written(folder.path(), one, "mutant"), written(folder.path(), one, "original"));
        assert_ne!(mutant.document().value(), original.document().value(), "{one:?}");
        assert!(!one.operations.is_empty(), "{one:?}");
        for operation in &one.operations {
            assert!(original.operation(operation).is_some() && control.operation(operation).is_some(), "{one:?}");
        }
    }
}

#[tokio::test]
async fn the_client_itself_is_not_noticed_and_another_is() {
    let (folder, list) = exported(1);
    let (mutant, control) = (list[0].number, list[1].number);
    let (own, other) = (registered(API), registered("directly"));
    let judged = clients::run(folder.path(), &[(mutant, own), (control, own)]).await.unwrap();
    assert_eq!(judged.len(), 1, "a control is no mutant");
    assert!(judged[0].noticed.is_none(), "{judged:?}");
    let judged = clients::run(folder.path(), &[(mutant, other)]).await.unwrap();
    assert!(judged[0].noticed.is_some());
    let error = clients::run(folder.path(), &[(mutant, own), (control, other)]).await.unwrap_err();
    assert!(error.to_string().starts_with("a client of wootric-cxi without a fault is noticed"), "{error}");
}

#[test]
fn every_mutant_is_counted_and_one_that_nobody_speaks_of_is_an_error() {
    let (folder, _) = exported(4);
    let write =
        |name: &str, value: serde_json::Value| fs::write(folder.path().join(name), value.to_string()).unwrap();
    write(LEFT_OUT, json!([{"number": 0, "why": "same-client"}, {"number": 1, "why": "not-compiled"}]));
    let noticed = json!({"by": "cases", "message": "no"});
    write(JUDGED, json!([{"number": 2, "noticed": noticed}, {"number": 3, "noticed": null}]));
    let report = reports(folder.path()).unwrap().remove(API).unwrap();
    assert_eq!((report.total, report.killed, report.survivors.len()), (2, 1, 1));
    assert_eq!((report.left_out[&Why::SameClient], report.left_out[&Why::NotCompiled]), (1, 1));
    write(JUDGED, json!([]));
    let error = reports(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("mutant 2 was neither judged nor left out"), "{error}");
}
