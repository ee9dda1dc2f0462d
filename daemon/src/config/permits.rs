//! What the instances may do: `[instances.NAME]` in the configuration file. An instance that
//! is not named may do everything. It keeps an agent from a tool, not a program from taid.

use super::ConfigError;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};
use tai_proto::call::TOOLS;

/// What changes something that others see.
const WRITES: [&str; 3] = ["send_email", "reply_email", "delete_email"];

/// `[instances.NAME]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Instance {
    /// Whether it may neither send, nor reply, nor delete.
    #[serde(default)]
    read_only: bool,
    /// The tools it may use; all of them when there is no list.
    tools: Option<Vec<String>>,
}

/// What each instance may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permits(BTreeMap<String, Instance>);

/// The permits in force, which a reload replaces.
#[derive(Debug, Default)]
pub(crate) struct InForce(RwLock<Permits>);

impl InForce {
    pub(crate) fn new(permits: Permits) -> Self {
        Self(RwLock::new(permits))
    }

    pub(crate) fn replace(&self, permits: Permits) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = permits;
    }

    /// As [`Permits::refusal`].
    pub(crate) fn refusal(&self, instance: Option<&str>, call: &str) -> Option<String> {
        let permits = self.0.read().unwrap_or_else(PoisonError::into_inner);
        permits.refusal(instance, call)
    }
}

impl Permits {
    pub(super) fn new(instances: BTreeMap<String, Instance>) -> Result<Self, ConfigError> {
        for (name, instance) in &instances {
            let origin = format!("`tools` of [instances.{name}]");
            let unknown = instance
                .tools
                .iter()
                .flatten()
                .find(|tool| !TOOLS.contains(&tool.as_str()));
            if unknown.is_some() {
                let rule = format!(
                    "it names a tool that there is not; there are {}",
                    TOOLS.join(", ")
                );
                return Err(super::rules::bad(&origin, rule));
            }
        }
        Ok(Self(instances))
    }

    /// Why an instance may not make a call; `None` when it may. Names compare as addresses do.
    pub(crate) fn refusal(&self, instance: Option<&str>, call: &str) -> Option<String> {
        let name = instance?;
        let (_, permit) = self
            .0
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        if permit.read_only && WRITES.contains(&call) {
            return Some(format!("[instances.{name}] has read_only = true"));
        }
        let tools = permit.tools.as_ref()?;
        let limited = TOOLS.contains(&call) && !tools.iter().any(|tool| tool == call);
        limited.then(|| format!("[instances.{name}] has tools = [{}]", tools.join(", ")))
    }
}
