//! Permitted tools of each instance: `[instances.NAME]` in the file. An instance without a table
//! may use all tools. The policy restricts agents; it is no protection against other programs of
//! the user, which can connect as any instance.

use super::ConfigError;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};
use tai_proto::Tool;

/// Table `[instances.NAME]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Instance {
    /// Whether sending, replying and deleting are refused.
    #[serde(default)]
    read_only: bool,
    /// Names of the permitted tools; `None` permits all.
    tools: Option<Vec<String>>,
}

/// Permitted tools of each instance. Names of instances are case-insensitive, like addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ToolPolicy(BTreeMap<String, Instance>);

/// The active policy, which a reload replaces.
#[derive(Debug, Default)]
pub(crate) struct ActivePolicy(RwLock<ToolPolicy>);

impl ActivePolicy {
    pub(crate) fn new(policy: ToolPolicy) -> Self {
        Self(RwLock::new(policy))
    }

    /// Replaces the policy for later calls.
    pub(crate) fn replace(&self, policy: ToolPolicy) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = policy;
    }

    /// As [`ToolPolicy::refusal`].
    pub(crate) fn refusal(&self, instance: Option<&str>, tool: Tool) -> Option<String> {
        let policy = self.0.read().unwrap_or_else(PoisonError::into_inner);
        policy.refusal(instance, tool)
    }
}

impl ToolPolicy {
    pub(super) fn new(instances: BTreeMap<String, Instance>) -> Result<Self, ConfigError> {
        for (name, instance) in &instances {
            let mut named = instance.tools.iter().flatten();
            if !named.all(|tool| tool.parse::<Tool>().is_ok()) {
                return Err(ConfigError::value(
                    format!("`tools` of [instances.{name}]"),
                    format!(
                        "unknown tool; the tools are {}",
                        Tool::ALL.map(Tool::name).join(", ")
                    ),
                ));
            }
        }
        Ok(Self(instances))
    }

    /// Returns the reason for which an instance may not use a tool; `None` if it may.
    pub(crate) fn refusal(&self, instance: Option<&str>, tool: Tool) -> Option<String> {
        let name = instance?;
        let (_, rules) = self
            .0
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        if rules.read_only && tool.is_write() {
            return Some(format!("[instances.{name}] has read_only = true"));
        }
        let tools = rules.tools.as_ref()?;
        let limited = !tools.iter().any(|allowed| allowed == tool.name());
        limited.then(|| format!("[instances.{name}] has tools = [{}]", tools.join(", ")))
    }
}
