//! Mail at addresses that no client uses, as far as this machine knows.
//!
//! An address is in use if it is that of a connected client, of the default instance, of a table
//! `[instances.NAME]`, or of an entry for this profile in the configuration of an MCP client of this
//! user. taid knows the first three; the commands read the configurations, because taid may run
//! without the user's home directory.

use super::{
    columns::cut, daemon::Daemon, doctor::mcp_clients::instances_of_clients, target::Target,
    terminal::printable,
};
use std::time::Duration;
use tai_proto::{
    call::ListMail,
    names::{Address, Instance, Username},
    person::{Scope, Unattended},
};

/// Limit of the addresses that a line names.
const MAX_NAMED: usize = 5;
/// Limit of an address in a line, in columns. A sender chose it.
const MAX_COLUMNS: usize = 60;

/// Mail at addresses that no client uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnattendedMail {
    /// Mail that taid found, without the addresses of the configurations of this machine.
    pub(super) found: Unattended,
    /// Whether the configurations of MCP clients on this machine were considered.
    pub(super) with_configurations: bool,
}

impl UnattendedMail {
    /// Asks the daemon, which requests a list from the bridge. Returns the line for a person, with the
    /// command that lists the mails; `None` without mails, or without an answer within `limit`.
    pub(super) async fn ask(target: &Target, limit: Duration) -> Option<String> {
        let list = ListMail {
            scope: Scope::Account,
            limit: 1,
            offset: 0,
            show_read: true,
        };
        let daemon = Daemon::running(target).ok()?;
        let found = daemon.call(list, limit).await.ok()?;
        let unattended = Self::of(found.unattended, &found.inbox.address, target);
        let line = unattended.line()?;
        let which = if unattended.mails() == 1 {
            "it"
        } else {
            "them"
        };
        Some(format!(
            "{line}; see {which} with {}",
            target.named("`taid inbox`")
        ))
    }

    /// Returns the mails of `found` that no client of this machine uses. `own` is the account's own
    /// address.
    pub(super) fn of(found: Unattended, own: &Address, target: &Target) -> Self {
        // The clients of a daemon behind a forwarded socket may have their configurations elsewhere.
        let with_configurations = target.socket.is_none();
        let configured = match with_configurations {
            true => instances_of_clients(target),
            false => Vec::new(),
        };
        Self {
            found: without(found, own, &configured),
            with_configurations,
        }
    }

    /// Returns the number of mails.
    pub(super) fn mails(&self) -> u64 {
        let named: u64 = self.found.addresses.iter().map(|one| one.unread).sum();
        named + self.found.others
    }

    /// Returns the line that tells a person of the mails; `None` without mails.
    pub(super) fn line(&self) -> Option<String> {
        let mails = self.mails();
        let noun = match mails {
            0 => return None,
            1 => "1 unread mail lies at an address".to_owned(),
            _ => format!("{mails} unread mails lie at addresses"),
        };
        let users = match self.with_configurations {
            true => "no client",
            false => "no connected client",
        };
        let named = self.found.addresses.iter().take(MAX_NAMED);
        let mut parts: Vec<String> = named
            .map(|one| {
                let address = match printable(&one.address).trim() {
                    "" => "(no recipient)".to_owned(),
                    address => cut(address, MAX_COLUMNS),
                };
                format!("{address} ({})", one.unread)
            })
            .collect();
        let rest = self.found.addresses.iter().skip(MAX_NAMED);
        let rest: u64 = self.found.others + rest.map(|one| one.unread).sum::<u64>();
        if rest > 0 {
            parts.push(format!("other addresses ({rest})"));
        }
        let among = match self.found.examined {
            Some(examined) => format!("; of the newest {examined} mails"),
            None => String::new(),
        };
        Some(format!(
            "{noun} that {users} uses: {}{among}",
            parts.join(", ")
        ))
    }
}

/// Removes the addresses of these instances; `None` is the account's own address.
fn without(mut found: Unattended, own: &Address, configured: &[Option<Instance>]) -> Unattended {
    let name = own.as_str().split_once('@').map_or("", |(name, _)| name);
    let Ok(account) = Username::new(name) else {
        return found;
    };
    let used: Vec<Address> = configured
        .iter()
        .map(|instance| account.address(instance.as_ref()))
        .collect();
    let is_free = |address: &str| !used.iter().any(|used| used.matches(address));
    found.addresses.retain(|one| is_free(&one.address));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::person::UnattendedAddress;

    fn found(addresses: &[(&str, u64)], others: u64, examined: Option<u64>) -> Unattended {
        let addresses = addresses.iter().map(|(address, unread)| UnattendedAddress {
            address: (*address).into(),
            unread: *unread,
        });
        Unattended {
            addresses: addresses.collect(),
            others,
            examined,
        }
    }

    fn line(found: Unattended, with_configurations: bool) -> String {
        let unattended = UnattendedMail {
            found,
            with_configurations,
        };
        unattended.line().unwrap_or_default()
    }

    #[test]
    fn the_line_names_the_addresses_with_the_most_mails() {
        let many: Vec<(&str, u64)> = ["a@b", "c@d", "e@f", "g@h", "i@j", "k@l", "m@n"]
            .map(|address| (address, 2))
            .to_vec();
        let lines = [
            line(found(&[], 0, None), true),
            line(found(&[("alice@tai.chat", 1)], 0, None), true),
            line(found(&[("", 1)], 0, None), true),
            line(found(&many, 40, Some(500)), false),
            line(found(&[("a\u{202e}b\u{1b}[2J@c", 3)], 0, None), true),
        ];
        insta::assert_snapshot!(lines.join("\n"), @"

        1 unread mail lies at an address that no client uses: alice@tai.chat (1)
        1 unread mail lies at an address that no client uses: (no recipient) (1)
        54 unread mails lie at addresses that no connected client uses: a@b (2), c@d (2), e@f (2), g@h (2), i@j (2), other addresses (44); of the newest 500 mails
        3 unread mails lie at addresses that no client uses: a?b?[2J@c (3)
        ");
    }

    #[test]
    fn addresses_of_configured_clients_are_in_use() {
        let own = Address::new("alice@tai.chat").unwrap();
        let all = [
            ("Desk.alice@tai.chat", 1),
            ("alice@tai.chat", 2),
            ("deks.alice@tai.chat", 3),
        ];
        let left = |configured: &[Option<Instance>]| {
            let left = without(found(&all, 0, None), &own, configured);
            let left = left.addresses.iter().map(|one| one.address.to_string());
            left.collect::<Vec<_>>()
        };
        let desk = Some("desk".parse().unwrap());
        assert_eq!(left(&[desk]), ["alice@tai.chat", "deks.alice@tai.chat"]);
        assert_eq!(
            left(&[None]),
            ["Desk.alice@tai.chat", "deks.alice@tai.chat"]
        );
    }
}
