//! Landlock without a rule: no file, no TCP, no abstract socket, no signal to another process.

use super::confinement::Layer;
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, LandlockStatus, Ruleset,
    RulesetAttr as _, RulesetError, RulesetStatus, Scope,
};

/// The version from which Landlock covers files, TCP, abstract sockets and signals.
const COMPLETE: ABI = ABI::V6;
/// The newest known version. The rights that the kernel does not know are omitted.
const NEWEST: ABI = ABI::V10;

/// Forbids everything that the kernel's Landlock can forbid.
pub(super) fn restrict() -> Layer {
    match apply() {
        Ok(layer) => layer,
        Err(_) => Layer::Absent,
    }
}

fn apply() -> Result<Layer, RulesetError> {
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .restrict_self()?;
    Ok(match (status.ruleset, status.landlock) {
        (RulesetStatus::NotEnforced, _) => Layer::Absent,
        (_, LandlockStatus::Available { effective_abi, .. }) if effective_abi >= COMPLETE => {
            Layer::Full
        }
        _ => Layer::Partial,
    })
}
