//! Which variables of an environment count, and which belong to another program.
//!
//! A name without the prefix `TAI_MCP_` is a common name. Common names count only beside the pair
//! `NAME` and `PASSWORD`, as configurations of the Node server have it, and only without
//! `TAI_MCP_USERNAME` and `TAI_MCP_PASSWORD`. The daemon and tai-mcp apply this rule to their own
//! environments.

use crate::variables::{self, VariableError, check};
use std::env::VarError;

/// Prefix of the names that always count.
const PREFIX: &str = "TAI_MCP_";
/// Common names that are reported if they do not count.
const REPORTED: [&str; 7] = [
    variables::PLAIN_PASSWORD,
    variables::BRIDGE[1],
    variables::API_TIMEOUT[1],
    variables::POLL_INTERVAL[1],
    variables::INSTANCE[1],
    variables::USER_EMAIL[1],
    variables::LOG_LEVEL[1],
];

/// Looks up a variable.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Result<String, VarError>;

/// An environment without its password.
pub struct Environment<'a> {
    lookup: Lookup<'a>,
    has_pair: bool,
    /// Variables that are set and do not count.
    ignored: Vec<&'static str>,
}

impl<'a> Environment<'a> {
    /// Creates an environment. `password` is the variable of the password that was taken out of it.
    pub fn new(lookup: Lookup<'a>, password: Option<&str>) -> Self {
        let is_set = |name: &str| match lookup(name) {
            Ok(value) => !value.is_empty(),
            Err(VarError::NotPresent) => false,
            Err(VarError::NotUnicode(_)) => true,
        };
        let has_plain = password == Some(variables::PLAIN_PASSWORD);
        let has_pair =
            has_plain && is_set(variables::PLAIN_USERNAME) && !is_set(variables::USERNAME);
        let is_ignored = |name: &&str| match *name {
            variables::PLAIN_PASSWORD => has_plain || is_set(variables::PLAIN_PASSWORD),
            name => is_set(name),
        };
        let ignored = match has_pair {
            true => Vec::new(),
            false => REPORTED.into_iter().filter(is_ignored).collect(),
        };
        Self {
            lookup,
            has_pair,
            ignored,
        }
    }

    /// Returns whether the pair `NAME` and `PASSWORD` is the account.
    pub fn has_pair(&self) -> bool {
        self.has_pair
    }

    /// Returns whether the password in this variable counts.
    pub fn counts(&self, password: &str) -> bool {
        self.has_pair || password != variables::PLAIN_PASSWORD
    }

    /// Returns the value of a variable; `None` if it is unset or empty, or does not count.
    ///
    /// # Errors
    /// [`VariableError`].
    pub fn get(&self, name: &str) -> Result<Option<String>, VariableError> {
        match self.has_pair || name.starts_with(PREFIX) {
            true => check((self.lookup)(name)),
            false => Ok(None),
        }
    }

    /// Returns the first of these variables that is set and counts, with its name.
    ///
    /// # Errors
    /// The name of the first variable whose value no program could have meant, and the rule.
    pub fn first(
        &self,
        names: &[&'static str],
    ) -> Result<Option<(&'static str, String)>, (&'static str, VariableError)> {
        for name in names {
            if let Some(value) = self.get(name).map_err(|rule| (*name, rule))? {
                return Ok(Some((*name, value)));
            }
        }
        Ok(None)
    }

    /// Returns a sentence for each group of variables that are set and do not count.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let (passwords, others): (Vec<&str>, Vec<&str>) = self
            .ignored
            .iter()
            .partition(|name| **name == variables::PLAIN_PASSWORD);
        if !passwords.is_empty() {
            notes.push(
                "PASSWORD is ignored: it counts only together with NAME and without \
                 TAI_MCP_USERNAME and TAI_MCP_PASSWORD, because it may belong to another program"
                    .to_owned(),
            );
        }
        if !others.is_empty() {
            let verb = if others.len() == 1 { "is" } else { "are" };
            notes.push(format!(
                "{} {verb} ignored without NAME and PASSWORD; use the names with the prefix TAI_MCP_",
                others.join(", ")
            ));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns an environment with these variables.
    fn lookup(set: &'static [(&str, &str)]) -> impl Fn(&str) -> Result<String, VarError> {
        |name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        }
    }

    #[test]
    fn common_names_count_only_beside_the_pair() {
        let all = lookup(&[("NAME", "alice"), ("INSTANCE", "desk")]);
        let pair = Environment::new(&all, Some("PASSWORD"));
        assert_eq!(pair.get("INSTANCE"), Ok(Some("desk".to_owned())));
        assert_eq!(pair.notes(), Vec::<String>::new());
        for password in [None, Some("TAI_MCP_PASSWORD")] {
            let alone = Environment::new(&all, password);
            assert_eq!(alone.get("INSTANCE"), Ok(None));
            assert_eq!(alone.get("NAME"), Ok(None));
            assert!(alone.notes().concat().starts_with("INSTANCE is ignored"));
        }
    }

    #[test]
    fn a_password_beside_the_username_of_tai_belongs_to_another_program() {
        let own = lookup(&[("NAME", "LAPTOP"), ("TAI_MCP_USERNAME", "alice")]);
        let env = Environment::new(&own, Some("PASSWORD"));
        assert!(!env.counts("PASSWORD") && env.counts("TAI_MCP_PASSWORD"));
        assert!(env.notes().concat().starts_with("PASSWORD is ignored"));
    }

    #[test]
    fn the_prefixed_name_comes_first_and_a_mistake_names_its_variable() {
        let set = lookup(&[
            ("NAME", "alice"),
            ("TAI_MCP_INSTANCE", ""),
            ("INSTANCE", "desk"),
            ("USEREMAIL", "${EMAIL}"),
        ]);
        let env = Environment::new(&set, Some("PASSWORD"));
        assert_eq!(
            env.first(&variables::INSTANCE),
            Ok(Some(("INSTANCE", "desk".to_owned())))
        );
        assert_eq!(
            env.first(&variables::USER_EMAIL),
            Err(("USEREMAIL", VariableError::Unexpanded))
        );
    }
}
