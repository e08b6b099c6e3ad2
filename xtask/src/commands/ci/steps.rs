//! The steps, fastest to fail first.

use super::need::Need;
use crate::commands::built::AS_TESTED;

/// The version that the manifests declare.
const OLDEST_RUST: &str = env!("CARGO_PKG_RUST_VERSION");

/// One step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub name: &'static str,
    pub program: Program,
    pub arguments: &'static [&'static str],
    pub environment: &'static [(&'static str, &'static str)],
    /// What it needs beside the toolchain that runs the others.
    pub need: Option<Need>,
    /// The arguments that make it build as the workspace's tests are built come after the first.
    pub as_tested: bool,
    /// Findings are breaking changes: they pass if the changelog tells of one.
    pub announced: bool,
    /// The documents are its arguments.
    pub documents: bool,
    /// The features of the client that stand for a document each come after the first of its arguments.
    pub document_features: bool,
    /// Takes long, so it runs with `--full` alone.
    pub full: bool,
}

/// What a step runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    Cargo,
    /// The program of the contract tests, as it was built for their tests.
    Suite,
    /// A program that need not be there: where it is not, the step is left out with a line that says so.
    Tool(&'static str),
}

const fn step(name: &'static str, program: Program, arguments: &'static [&'static str]) -> Step {
    Step {
        name,
        program,
        arguments,
        environment: &[],
        need: None,
        as_tested: false,
        announced: false,
        documents: false,
        document_features: false,
        full: false,
    }
}

const fn cargo(name: &'static str, arguments: &'static [&'static str]) -> Step {
    step(name, Program::Cargo, arguments)
}

const fn suite(name: &'static str, arguments: &'static [&'static str]) -> Step {
    step(name, Program::Suite, arguments)
}

/// A step that takes long, or needs a tool that does.
const fn in_full(step: Step) -> Step {
    Step { full: true, ..step }
}

/// An outside judge of the documents.
const fn judge(program: &'static str, arguments: &'static [&'static str]) -> Step {
    Step { documents: true, ..step(program, Program::Tool(program), arguments) }
}

pub(super) const STEPS: &[Step] = &[
    cargo("format", &["fmt", "--all", "--check"]),
    cargo("lint of the documents", &["xtask", "lint"]),
    cargo("generated code", &["xtask", "gen", "--check"]),
    Step { announced: true, ..cargo("changes are announced", &["xtask", "diff"]) },
    judge("openapi-spec-validator", &[]),
    Step {
        environment: &[("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")],
        ..judge("redocly", &["lint", "--config", "spec/judges/redocly.yaml"])
    },
    judge("spectral", &["lint", "--ruleset", "spec/judges/spectral.yaml", "--fail-severity", "hint"]),
    Step { as_tested: true, ..cargo("clippy", &["clippy", "--quiet", "--all-targets", "--", "-D", "warnings"]) },
    // Without one the tests of the store on Redis pass and show nothing: the summary has to say so.
    step("Redis for its tests", Program::Tool("redis-server"), &["--version"]),
    // Libraries, programs, examples, integration tests and the examples in the documentation, all of one build.
    Step { as_tested: true, ..cargo("tests", &["test", "--quiet"]) },
    // The tool against the mock vendors that `cargo xtask mock` starts.
    Step {
        as_tested: true,
        ..cargo(
            "operations through cx",
            &["test", "--quiet", "--test", "cx", "--", "--ignored", "--nocapture", "walk::"],
        )
    },
    // The main job, and with it the outside judges that are installed.
    suite("conformance and judges", &["conformance", "--judges"]),
    suite("mutants", &["mutants"]),
    cargo("OAuth battery", &["xtask", "battery"]),
    cargo("reference page", &["xtask", "docs"]),
    step("first ten minutes", Program::Tool("bash"), &["client/examples/first-ten-minutes.sh"]),
    // Programs outside the workspace, which use the client as a stranger would.
    step("consumers", Program::Tool("bash"), &["contract-tests/consumers/test.sh"]),
    Step {
        need: Some(Need::Target("wasm32-unknown-unknown")),
        document_features: true,
        ..cargo(
            "core on wasm32",
            &[
                "clippy",
                "--quiet",
                "--locked",
                "--package",
                "cx-client",
                "--lib",
                "--no-default-features",
                "--target",
                "wasm32-unknown-unknown",
                "--",
                "-D",
                "warnings",
            ],
        )
    },
    // Compiles a workspace of its own.
    Step {
        as_tested: true,
        ..cargo("documents compile", &["test", "--quiet", "--test", "documents", "--", "--ignored"])
    },
    Step {
        as_tested: true,
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
        ..cargo("documentation", &["doc", "--quiet", "--no-deps"])
    },
    in_full(cargo("sets of features", &["xtask", "features", "--full"])),
    // Generates clients from mutants, and compiles them in a workspace of their own.
    in_full(cargo("mutants, all judges", &["xtask", "mutants", "--full"])),
    // Each outside judge has to notice a vendor that lies.
    in_full(Step {
        as_tested: true,
        ..cargo("judges of the judges", &["test", "--quiet", "--test", "judges", "--", "--ignored"])
    }),
    in_full(cargo("schedules", &["xtask", "schedules"])),
    // In a folder of its own: what another compiler built is of no use to the other steps.
    in_full(Step {
        need: Some(Need::Toolchain(OLDEST_RUST)),
        environment: &[("CARGO_TARGET_DIR", "target/oldest-rust")],
        ..cargo(
            "oldest Rust",
            &["check", "--quiet", "--locked", "--package", "cx-client", "--package", "cx-mock", "--all-features"],
        )
    }),
    in_full(step("oldest dependencies", Program::Tool("bash"), &[".ci/oldest-dependencies"])),
    // What is not committed yet is packed too: this is about what the package holds.
    in_full(cargo("package", &["publish", "--dry-run", "--locked", "--allow-dirty", "--package", "cx-client"])),
    in_full(step("licences and bans", Program::Tool("cargo-deny"), &["check", "licenses", "bans", "sources"])),
    in_full(step("unused dependencies", Program::Tool("cargo-machete"), &[])),
    in_full(step("spelling", Program::Tool("typos"), &[])),
];

impl Step {
    /// The arguments as they are given. `features` are those of the client that stand for a document each.
    pub(super) fn words(&self, features: &[String]) -> Vec<String> {
        let mut inserted: Vec<String> = Vec::new();
        if self.as_tested {
            inserted.extend(AS_TESTED.iter().map(|word| (*word).to_owned()));
        }
        if self.document_features {
            inserted.extend(["--features".to_owned(), features.join(",")]);
        }
        let (first, rest) = self.arguments.split_at(self.arguments.len().min(1));
        let own = |words: &[&'static str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        [own(first), inserted, own(rest)].concat()
    }

    /// Whether it runs tests. One that then runs none is green for nothing.
    pub(super) fn runs_tests(&self) -> bool {
        self.program == Program::Cargo && self.arguments.first() == Some(&"test")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_as_the_tests_are_names_everything_before_its_own_arguments() {
        let clippy = STEPS.iter().find(|step| step.name == "clippy").unwrap();
        assert_eq!(
            clippy.words(&[]).join(" "),
            "clippy --workspace --all-features --locked --quiet --all-targets -- -D warnings"
        );
    }

    #[test]
    fn a_document_is_compiled_for_wasm_because_it_is_there() {
        let features = ["here".to_owned(), "there".to_owned()];
        let wasm = STEPS.iter().find(|step| step.name == "core on wasm32").unwrap();
        assert!(
            wasm.words(&features)
                .join(" ")
                .starts_with("clippy --features here,there --quiet --locked --package cx-client")
        );
    }

    #[test]
    fn steps_of_tests_are_known_as_such() {
        let names: Vec<_> = STEPS.iter().filter(|step| step.runs_tests()).map(|step| step.name).collect();
        assert_eq!(names, ["tests", "operations through cx", "documents compile", "judges of the judges"]);
    }

    #[test]
    fn no_two_steps_share_a_name() {
        let mut names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }
}
