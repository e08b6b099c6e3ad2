//! From an honest reply to a lying one.

use cx_spec::Operation;

use super::{Lie, Told, body, head};
use crate::{outgoing::Outgoing, validator::Validator};

/// The lie in the place of the honest reply, and where it lies; none if the reply leaves no room for it.
pub(crate) fn tell(
    lie: Lie,
    validator: &Validator,
    operation: &Operation,
    honest: &Outgoing,
) -> Option<(Outgoing, Told)> {
    let (outgoing, place) =
        head::tell(lie, validator, operation, honest).or_else(|| body::tell(lie, validator, operation, honest))?;
    let api = validator.api().name().to_owned();
    let told = Told { lie, api, operation: Some(operation.id.clone()), status: outgoing.status, place };
    Some((outgoing, told))
}
