//! The behaviour of the sandbox: optional endpoints, clock, latency and states of its parts.
//! `server` and `api` apply it.

use crate::{
    fault::Fault,
    modes::{Database, Provider, Tokens},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The behaviour of a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// Lifetime of tokens, in seconds; 24 hours by default.
    pub token_ttl_s: i64,
    /// Whether `POST /messages/{id}/reply` exists, as in some deployments.
    pub has_reply: bool,
    /// Whether `POST /refresh` exists.
    pub has_refresh: bool,
    /// The kind of the issued tokens.
    pub tokens: Tokens,
    /// Whether `/health` reports that the bridge is healthy.
    pub healthy: bool,
    /// Whether the health endpoint is `/api/v1/health`, as in the documentation of the bridge.
    pub health_below_api: bool,
    /// Whether logins get 403 because the account is suspended.
    pub suspended: bool,
    /// Whether `GET /unread` exists, as in some deployments.
    pub has_unread: bool,
    /// Whether answers have a `Date` header, as behind some proxies.
    pub has_date: bool,
    /// Whether `is_read` is a boolean and `received_at` is RFC 3339, as in some deployments.
    pub modern_fields: bool,
    /// State of the database.
    pub database: Database,
    /// State of the delivery provider. After five failures, sends are 500 at once for 60 s.
    pub provider: Provider,
    /// Sum of the pauses between the four attempts at the provider, in milliseconds.
    pub provider_delay_ms: u64,
    /// Delay of each answer, in milliseconds.
    pub latency_ms: u64,
    /// Offset of the clock of the bridge, in seconds.
    pub clock_offset_s: i64,
    /// Pending faults, first in first out.
    pub faults: VecDeque<Fault>,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            token_ttl_s: 24 * 60 * 60,
            has_reply: false,
            has_refresh: true,
            tokens: Tokens::Good,
            healthy: true,
            health_below_api: false,
            suspended: false,
            has_unread: false,
            has_date: false,
            modern_fields: false,
            database: Database::Works,
            provider: Provider::Works,
            provider_delay_ms: 7000,
            latency_ms: 0,
            clock_offset_s: 0,
            faults: VecDeque::new(),
        }
    }
}

impl Behaviour {
    /// Returns the time of the bridge.
    pub fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.clock_offset_s)
    }

    /// Takes the first fault that applies to a request.
    pub(crate) fn take_fault(&mut self, endpoint: &str) -> Option<Fault> {
        let at = self
            .faults
            .iter()
            .position(|fault| fault.count > 0 && endpoint.starts_with(&fault.endpoint))?;
        let fault = self.faults.get_mut(at)?;
        fault.count -= 1;
        let taken = fault.clone();
        if fault.count == 0 {
            self.faults.remove(at);
        }
        Some(taken)
    }
}
