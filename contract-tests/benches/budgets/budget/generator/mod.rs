//! P5: generating the clients of all documents, and how that grows with the number of operations.

mod hundreds;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    Options, folder,
    measure::{self, Spread},
    peers::OpenapiGenerator,
    table::{Goal, Row},
};

/// Operations that show how the cost grows.
const SCALE: [usize; 3] = [10, 100, 1_000];

pub(super) fn measure(options: &Options) -> Result<Vec<Row>> {
    let generator = OpenapiGenerator::install()?;
    let scratch = tempfile::tempdir()?;
    let documents = documents()?;
    let ours = xtask()?;
    let compared = measure::pairs(
        options.pairs,
        || measure::seconds(Command::new(&ours).arg("gen")),
        || documents.iter().map(|document| generator.seconds(document, &scratch.path().join("peer"))).sum(),
    )?;
    let mut rows = vec![Row {
        what: format!("time of generating {} clients", documents.len()),
        ours: format!("{:.2} s", compared.ours.median),
        peer: format!("{:.2} s", compared.peer.median),
        ratio: compared.ratio,
        goal: Goal::AtMost(0.25),
    }];
    if options.scaling {
        rows.extend(growth(options, &ours, scratch.path())?);
    }
    Ok(rows)
}

/// Milliseconds an operation, against those of the smallest document.
fn growth(options: &Options, ours: &Path, scratch: &Path) -> Result<Vec<Row>> {
    let mut cost = Vec::new();
    for operations in SCALE {
        let document = scratch.join(format!("of-{operations}.yaml"));
        fs::write(&document, hundreds::document(operations))?;
        let out = scratch.join(format!("of-{operations}"));
        let run = || {
            let mut command = Command::new(ours);
            command.arg("gen").arg("--spec").arg(&document).args(["--name", "hundreds", "--out"]).arg(&out);
            Ok(measure::seconds(&mut command)? * 1e3 / operations as f64)
        };
        run()?;
        let runs = (0..options.pairs).map(|_| run()).collect::<Result<Vec<f64>>>()?;
        cost.push((operations, Spread::of(runs)?));
    }
    let (_, base) = *cost.get(1).context("there are three sizes")?;
    cost.into_iter()
        .map(|(operations, spread)| {
            let by = |figure: f64| figure / base.median;
            Ok(Row {
                what: format!("cost an operation at {operations} operations, against 100"),
                ours: format!("{:.2} ms", spread.median),
                peer: format!("{:.2} ms", base.median),
                ratio: Spread { median: by(spread.median), min: by(spread.min), max: by(spread.max) },
                goal: Goal::Reported,
            })
        })
        .collect()
}

/// The program as its users run it: built for debugging.
fn xtask() -> Result<PathBuf> {
    let mut cargo = measure::cargo();
    cargo.current_dir(folder::root()?).args(["build", "--quiet", "--package", "xtask"]);
    measure::seconds(&mut cargo)?;
    Ok(folder::target()?.join("debug/xtask"))
}

fn documents() -> Result<Vec<PathBuf>> {
    cx_spec::NAMES.iter().map(|name| folder::document(name)).collect()
}
