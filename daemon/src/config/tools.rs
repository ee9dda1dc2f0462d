//! Which tools an instance may use: `[instances.NAME]` in the file. An instance without a
//! table may use all of them. The policy keeps an agent from a tool; it does not keep a
//! program from taid.

use super::ConfigError;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};
use tai_proto::Tool;

/// `[instances.NAME]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Instance {
    /// Whether sending, replying and deleting are refused.
    #[serde(default)]
    read_only: bool,
    /// The only tools the instance may use; `None` for all.
    tools: Option<Vec<String>>,
}

/// Tools each instance may use. Names of instances compare without regard to case, as
/// addresses do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ToolPolicy(BTreeMap<String, Instance>);

/// The policy in force, which a reload replaces.
#[derive(Debug, Default)]
pub(crate) struct ActivePolicy(RwLock<ToolPolicy>);

impl ActivePolicy {
    pub(crate) fn new(policy: ToolPolicy) -> Self {
        Self(RwLock::new(policy))
    }

    /// Replaces the policy for all calls from here on.
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

    /// Returns the reason why an instance may not use a tool; `None` if it may.
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
