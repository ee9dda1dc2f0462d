//! What `taid status` says of a machine.

use crate::Machine;
use serde_json::Value;

impl Machine {
    /// Returns the output of `taid status --json`.
    ///
    /// # Panics
    /// If the output is not JSON.
    pub fn status(&self) -> Value {
        let output = self.cli(&["status", "--json"]);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
            panic!("no status: {}", String::from_utf8_lossy(&output.stderr));
        })
    }

    /// Returns the number of mails that wait for approval.
    ///
    /// # Panics
    /// If the output of `taid status --json` is not JSON.
    pub fn held(&self) -> usize {
        self.status()["held"].as_array().unwrap().len()
    }
}
