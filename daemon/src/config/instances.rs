//! Rules of each instance: `[instances.NAME]` in the file. An instance without a table has no
//! rules. Rules restrict agents; they are no protection against other programs of the user, which
//! can connect as any instance.

use super::{ConfigError, lookup::Setting, patterns::Patterns};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};
use tai_proto::{
    Tool,
    names::{Address, Instance},
};

/// Largest number of sends per hour and per day, which the ledger counts exactly.
const MAX_SENDS: u32 = 1000;
/// Limit of the tables that are listed.
const MAX_LISTED: usize = 100;
/// Limit of a listed table, in characters.
const MAX_SHOWN: usize = 1_000;

/// Table `[instances.NAME]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// Whether sending, replying and deleting are refused.
    #[serde(default)]
    read_only: bool,
    /// Names of the permitted tools; `None` permits all.
    tools: Option<Vec<String>>,
    /// Patterns of the recipients of sends and replies; `None` permits all.
    allow_to: Option<Vec<String>>,
    /// Patterns of the senders whose mail the instance may read; `None` permits all.
    allow_from: Option<Vec<String>>,
    /// Limit of sends in one hour.
    sends_per_hour: Option<u32>,
    /// Limit of sends in 24 hours.
    sends_per_day: Option<u32>,
    /// Whether the instance has a socket of its own.
    #[serde(default)]
    socket: bool,
}

/// Rules of one instance. The default has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    /// `[instances.NAME]`, for messages.
    table: String,
    read_only: bool,
    tools: Option<Vec<Tool>>,
    allow_to: Option<Patterns>,
    allow_from: Option<Patterns>,
    limits: SendLimits,
    socket: bool,
}

/// Limits of the sends of an instance; `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SendLimits {
    /// Sends in one hour.
    pub(crate) per_hour: Option<u32>,
    /// Sends in 24 hours.
    pub(crate) per_day: Option<u32>,
}

/// Rules of all instances, by name in lower case. Names are case-insensitive, like addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Policy(BTreeMap<String, Arc<Rules>>);

/// The active policy, which a reload replaces.
#[derive(Debug, Default)]
pub(crate) struct ActivePolicy(RwLock<Policy>);

impl ActivePolicy {
    /// Returns an active policy.
    pub(crate) fn new(policy: Policy) -> Self {
        Self(RwLock::new(policy))
    }

    /// Replaces the policy for later calls.
    pub(crate) fn replace(&self, policy: Policy) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = policy;
    }

    /// Returns the instances that have a table.
    pub(crate) fn instances(&self) -> Vec<Instance> {
        let policy = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let names = policy.0.keys();
        names
            .filter_map(|name| Instance::new(name.as_str()).ok())
            .collect()
    }

    /// As [`Policy::rules`].
    pub(crate) fn rules(&self, instance: Option<&Instance>) -> Arc<Rules> {
        let policy = self.0.read().unwrap_or_else(PoisonError::into_inner);
        policy.rules(instance)
    }
}

impl Policy {
    /// Checks the tables of the file.
    ///
    /// # Errors
    /// [`ConfigError::Value`] with the key and the table.
    pub(super) fn new(tables: BTreeMap<String, Table>) -> Result<Self, ConfigError> {
        let mut rules = BTreeMap::new();
        for (name, table) in tables {
            let key = name.to_ascii_lowercase();
            let name_of_table = format!("[instances.{name}]");
            if Instance::new(name.as_str()).is_err() {
                return Err(ConfigError::value(
                    name_of_table,
                    "an instance is 1 to 64 letters, digits, hyphens or underscores".to_owned(),
                ));
            }
            if rules.contains_key(&key) {
                return Err(ConfigError::value(
                    name_of_table,
                    "two tables have this name; names are case-insensitive".to_owned(),
                ));
            }
            rules.insert(key, Arc::new(Rules::new(name_of_table, table)?));
        }
        Ok(Self(rules))
    }

    /// Returns the instances with a socket of their own.
    pub(crate) fn sockets(&self) -> Vec<Instance> {
        let with_socket = self.0.iter().filter(|(_, rules)| rules.socket);
        with_socket
            .filter_map(|(name, _)| Instance::new(name.as_str()).ok())
            .collect()
    }

    /// Returns the tables as values of the file `origin`.
    pub(super) fn settings(&self, origin: &str) -> Vec<Setting> {
        let setting = |(name, rules): (&String, &Arc<Rules>)| Setting {
            key: format!("instances.{name}").into(),
            value: rules.to_string().chars().take(MAX_SHOWN).collect(),
            origin: origin.to_owned(),
        };
        self.0.iter().take(MAX_LISTED).map(setting).collect()
    }

    /// Returns the rules of an instance.
    pub(crate) fn rules(&self, instance: Option<&Instance>) -> Arc<Rules> {
        let name = instance.map(|instance| instance.as_str().to_ascii_lowercase());
        let rules = name.and_then(|name| self.0.get(&name));
        rules.cloned().unwrap_or_default()
    }
}

impl Rules {
    fn new(name: String, table: Table) -> Result<Self, ConfigError> {
        let bad = |key: &str, rule: String| ConfigError::value(format!("`{key}` of {name}"), rule);
        let tools = table.tools.map(|tools| {
            let tools = tools.iter().map(|tool| tool.parse());
            tools.collect::<Result<Vec<Tool>, _>>().map_err(|_| {
                let known = Tool::ALL.map(Tool::name).join(", ");
                bad("tools", format!("unknown tool; the tools are {known}"))
            })
        });
        let patterns = |key, list: Option<Vec<String>>| {
            let list = list.map(Patterns::new).transpose();
            list.map_err(|rule| bad(key, rule.to_string()))
        };
        for (key, limit) in [
            ("sends_per_hour", table.sends_per_hour),
            ("sends_per_day", table.sends_per_day),
        ] {
            if limit.is_some_and(|limit| !(1..=MAX_SENDS).contains(&limit)) {
                let rule = format!("expected a number from 1 to {MAX_SENDS}");
                return Err(bad(key, rule));
            }
        }
        Ok(Self {
            read_only: table.read_only,
            tools: tools.transpose()?,
            allow_to: patterns("allow_to", table.allow_to)?,
            allow_from: patterns("allow_from", table.allow_from)?,
            limits: SendLimits {
                per_hour: table.sends_per_hour,
                per_day: table.sends_per_day,
            },
            socket: table.socket,
            table: name,
        })
    }

    /// Returns the rule that forbids a tool; `None` if it is permitted.
    pub(crate) fn forbids_tool(&self, tool: Tool) -> Option<String> {
        if self.read_only && tool.is_write() {
            return Some(self.rule("read_only", true));
        }
        let tools = self.tools.as_ref()?;
        let names: Vec<&str> = tools.iter().map(|tool| tool.name()).collect();
        let rule = self.rule("tools", format!("[{}]", names.join(", ")));
        match tool.needs() {
            _ if !tools.contains(&tool) => Some(rule),
            Some(other) if !tools.contains(&other) => Some(format!("{rule} lacks {other}")),
            Some(_) | None => None,
        }
    }

    /// Returns the rule that forbids a recipient; `None` if it is permitted.
    pub(crate) fn forbids_recipient(&self, to: &Address) -> Option<String> {
        let allowed = self.allow_to.as_ref()?;
        (!allowed.match_any(Some(to))).then(|| self.rule("allow_to", allowed))
    }

    /// Returns the rule that hides the mail of a sender; `None` if the instance may read it. A
    /// sender that is no address (`None`) matches no pattern. Without a rule, `from` is not called.
    pub(crate) fn hides_sender(&self, from: impl FnOnce() -> Option<Address>) -> Option<String> {
        let allowed = self.allow_from.as_ref()?;
        (!allowed.match_any(from().as_ref())).then(|| self.rule("allow_from", allowed))
    }

    /// Returns the limits of the sends.
    pub(crate) fn limits(&self) -> SendLimits {
        self.limits
    }

    /// Returns a rule as the file has it: `[instances.NAME] key = value`.
    pub(crate) fn rule(&self, key: &str, value: impl fmt::Display) -> String {
        format!("{} {key} = {value}", self.table)
    }
}

/// Writes the rules that are set.
impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            table: _,
            read_only,
            tools,
            allow_to,
            allow_from,
            limits: SendLimits { per_hour, per_day },
            socket,
        } = self;
        let mut set = Vec::new();
        set.extend(read_only.then(|| "read_only".to_owned()));
        set.extend(tools.as_ref().map(|tools| {
            let names: Vec<&str> = tools.iter().map(|tool| tool.name()).collect();
            format!("tools = [{}]", names.join(", "))
        }));
        for (key, patterns) in [("allow_to", allow_to), ("allow_from", allow_from)] {
            set.extend(patterns.as_ref().map(|list| format!("{key} = {list}")));
        }
        for (key, limit) in [("sends_per_hour", per_hour), ("sends_per_day", per_day)] {
            set.extend(limit.map(|limit| format!("{key} = {limit}")));
        }
        set.extend(socket.then(|| "socket".to_owned()));
        match set.is_empty() {
            true => f.write_str("no rules"),
            false => f.write_str(&set.join(", ")),
        }
    }
}

#[cfg(test)]
impl ActivePolicy {
    /// Returns the policy of the tables in a text of the file's form.
    pub(crate) fn parsed(text: &str) -> Self {
        #[derive(Deserialize)]
        struct File {
            instances: BTreeMap<String, Table>,
        }
        let file: File = toml::from_str(text).unwrap();
        Self::new(Policy::new(file.instances).unwrap())
    }
}
