//! The role and the instance of a connection: what the client asks for, limited by its socket.

use crate::fault;
use tai_proto::{Call, Fault, call::RoleNeeded, door::Door, message::Role, names::Instance};

/// A connection that was admitted.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    /// The role, with the instance.
    pub(super) role: Role,
    door: Door,
    /// The answer to every call, if the client asked for what the socket does not have.
    refused: Option<Fault>,
}

/// Returns the admission of a client that asks for `role` at `door`. `default` is the instance of
/// agents that name none.
pub(super) fn admit(role: Role, door: Door, default: Option<Instance>) -> Admission {
    let mut refused = None;
    let role = match (&door, role) {
        (Door::Persons, Role::Person) => Role::Person,
        // The socket decides, so a command of the user is served as an agent here.
        (Door::Agents, Role::Person) => Role::Agent { instance: default },
        (Door::Agents | Door::Persons, Role::Agent { instance }) => Role::Agent {
            instance: instance.or(default),
        },
        (Door::Instance(fixed), role) => {
            if let Role::Agent {
                instance: Some(asked),
            } = &role
                && !asked.as_str().eq_ignore_ascii_case(fixed.as_str())
            {
                refused = Some(fault::fixed_instance(asked, fixed));
            }
            Role::Agent {
                instance: Some(fixed.clone()),
            }
        }
    };
    Admission {
        role,
        door,
        refused,
    }
}

/// Returns whether a call only looks. A daemon whose locks are removed can serve it beside another
/// one. Each other call costs four system calls more.
pub(super) fn only_looks(call: &Call) -> bool {
    matches!(
        call,
        Call::List(_)
            | Call::Search(_)
            | Call::Watch(_)
            | Call::GetInfo(_)
            | Call::GetStatus(_)
            | Call::ListMail(_)
            | Call::SearchMail(_)
            | Call::ListHeld(_)
            | Call::WatchHeld(_)
            | Call::GetTraffic(_)
    )
}

/// Returns whether a call completes a lease of the client. A daemon that drains serves it: the mail
/// would come again.
pub(super) fn completes_lease(call: &Call) -> bool {
    match call {
        Call::EndLease(_) | Call::Settle(_) | Call::FinishMail(_) => true,
        // The successor leases the mails.
        Call::ReclaimLeases(_)
        | Call::Submit(_)
        | Call::Fetch(_)
        | Call::Peek(_)
        | Call::List(_)
        | Call::Search(_)
        | Call::Delete(_)
        | Call::MarkRead(_)
        | Call::Watch(_)
        | Call::WaitFor(_)
        | Call::FindReply(_)
        | Call::GetInfo(_)
        | Call::GetStatus(_)
        | Call::ClaimAccount(_)
        | Call::OfferCredentials(_)
        | Call::MakeWay(_)
        | Call::Login(_)
        | Call::Logout(_)
        | Call::RetryLogin(_)
        | Call::ListHeld(_)
        | Call::WatchHeld(_)
        | Call::ReadHeld(_)
        | Call::ResolveHeld(_)
        | Call::ReviseHeld(_)
        | Call::ListMail(_)
        | Call::SearchMail(_)
        | Call::ReadMail(_)
        | Call::DeleteMail(_)
        | Call::SendMail(_)
        | Call::GetTraffic(_)
        | Call::Stop(_) => false,
    }
}

impl Admission {
    /// Returns the fault of a call that the connection may not make.
    pub(super) fn refusal(&self, call: &Call) -> Option<Fault> {
        if let Some(fault) = &self.refused {
            return Some(fault.clone());
        }
        match (&self.role, call.role()) {
            (Role::Person, RoleNeeded::Any | RoleNeeded::Person) => None,
            (Role::Agent { .. }, RoleNeeded::Person) => Some(fault::wrong_role(call.label())),
            (Role::Agent { .. }, RoleNeeded::Any) => match (&self.door, call) {
                (Door::Instance(_), Call::OfferCredentials(_) | Call::MakeWay(_)) => {
                    Some(fault::wrong_role(call.label()))
                }
                (Door::Agents | Door::Persons | Door::Instance(_), _) => None,
            },
        }
    }

    /// Returns whether the connection may know of its own instance only.
    pub(super) fn is_confined(&self) -> bool {
        match self.door {
            Door::Instance(_) => true,
            Door::Agents | Door::Persons => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::{
        FaultCode,
        call::{GetStatus, Logout, MakeWay, Whose},
        release::Release,
    };

    fn instance(name: &str) -> Instance {
        Instance::new(name).unwrap()
    }

    fn agent(name: Option<&str>) -> Role {
        Role::Agent {
            instance: name.map(instance),
        }
    }

    #[test]
    fn the_socket_decides_the_role_and_the_instance() {
        let desk = || Door::Instance(instance("desk"));
        let home = || Some(instance("home"));
        for (role, door, expected) in [
            (Role::Person, Door::Persons, Role::Person),
            (Role::Person, Door::Agents, agent(Some("home"))),
            (Role::Person, desk(), agent(Some("desk"))),
            (agent(None), Door::Agents, agent(Some("home"))),
            (agent(Some("lab")), Door::Agents, agent(Some("lab"))),
            (agent(Some("lab")), Door::Persons, agent(Some("lab"))),
            (agent(None), desk(), agent(Some("desk"))),
            (agent(Some("DESK")), desk(), agent(Some("desk"))),
            (agent(Some("lab")), desk(), agent(Some("desk"))),
        ] {
            let name = format!("{role:?} at {door:?}");
            assert_eq!(admit(role, door, home()).role, expected, "{name}");
        }
    }

    #[test]
    fn a_call_that_the_socket_does_not_have_is_refused() {
        let calls = [
            Call::GetStatus(GetStatus),
            Call::MakeWay(MakeWay {
                release: Release(9, 0, 0),
            }),
            Call::Logout(Logout { whose: Whose::Any }),
        ];
        let codes = |role, door| {
            let admission = admit(role, door, None);
            calls
                .each_ref()
                .map(|call| admission.refusal(call).is_none())
        };
        let desk = || Door::Instance(instance("desk"));
        assert_eq!(codes(Role::Person, Door::Persons), [true, true, true]);
        assert_eq!(codes(Role::Person, Door::Agents), [true, true, false]);
        assert_eq!(codes(Role::Person, desk()), [true, false, false]);
        assert_eq!(codes(agent(Some("desk")), desk()), [true, false, false]);
        assert_eq!(codes(agent(Some("lab")), desk()), [false, false, false]);
        let fault = admit(agent(Some("lab")), desk(), None)
            .refusal(&calls[0])
            .unwrap();
        assert_eq!(fault.code, FaultCode::NotPermitted);
        insta::assert_snapshot!(fault.render(tai_proto::Audience::Agent), @"
        error: this socket serves the instance desk, not lab
        caused by: the socket of an instance serves that instance alone
        hint: ask the user to set TAI_MCP_INSTANCE to desk or remove it, or use the socket of lab, then call again
        ");
    }
}
