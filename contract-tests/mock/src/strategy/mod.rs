//! Values for any schema of a document: proptest strategies for those that keep it and those that break it.
//!
//! ```
//! use proptest::{strategy::{Strategy, ValueTree}, test_runner::TestRunner};
//! # let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\n\
//! #     components: {schemas: {Score: {type: integer, minimum: 0, maximum: 10}}}\n";
//! # let api = cx_spec::Api::index(cx_spec::Document::parse("t", "t.yaml", text)?)?;
//! let schema = serde_json::json!({"$ref": "#/components/schemas/Score"});
//! let mut runner = TestRunner::deterministic();
//! let score = cx_mock::strategy::valid(&api, &schema).new_tree(&mut runner).expect("a score").current();
//! assert!((0..=10).contains(&score.as_i64().expect("an integer")));
//! let broken = cx_mock::strategy::breaks(&api, &schema);
//! let rules: Vec<&str> = broken.iter().map(|one| one.rule.as_str()).collect();
//! assert_eq!(rules, ["type", "nullable", "maximum", "minimum"]);
//! # Ok::<(), cx_spec::SpecError>(())
//! ```
//!
//! | for | valid | broken on purpose |
//! |---|---|---|
//! | any schema of a document | [`valid`], [`valid_as`] | [`breaks`], [`breaks_as`] (one rule each), [`invalid`] (any of them) |
//! | one value by a seed | [`sample`], [`sample_as`] | |
//!
//! All keywords of OpenAPI 3.0 are followed: formats and patterns, bounds, `enum`, `nullable`, `required`,
//! `additionalProperties`, `allOf`, `oneOf`, `anyOf`, `not`, discriminators with and without a mapping, and references,
//! circular ones too. `readOnly` and `writeOnly` depend on the way a value travels: the functions that end in `_as` ask for
//! it, the others make requests. All strategies shrink, and what they shrink to keeps (or breaks) the schema as well.

mod broken;
mod merge;
mod numbers;
mod texts;
mod valid;

use cx_spec::Api;
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::Value;

use crate::schema::Reading;

pub use broken::{Break, Broken, breaks, breaks_as, invalid};
pub use valid::{valid, valid_as};

/// One value that keeps a schema, the same for the same seed; none if the schema cannot be kept.
pub fn sample(api: &Api, schema: &Value, seed: u64) -> Option<Value> {
    sample_as(api, schema, Reading::Request, seed)
}

/// As [`sample`], of a body that travels this way.
pub fn sample_as(api: &Api, schema: &Value, way: Reading, seed: u64) -> Option<Value> {
    valid_as(api, schema, way).new_tree(&mut runner(seed)).ok().map(|tree| tree.current())
}

/// A source of randomness that brings the same for the same seed.
///
/// It need not be strong, and is asked for often: hence XorShift, which costs a tenth of proptest's default.
pub fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0_u8; 16];
    // Neighbouring seeds are to bring values that have nothing in common, and no seed may be all zero.
    let mixed = (u128::from(seed) + 1).wrapping_mul(0x2545_f491_4f6c_dd1d_9e37_79b9_7f4a_7c15);
    bytes.copy_from_slice(&mixed.to_le_bytes());
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::XorShift, &bytes))
}
