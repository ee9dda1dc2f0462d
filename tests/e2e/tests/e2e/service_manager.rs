//! The notifications of taid to systemd (`sd_notify(3)`), with a socket in the place of systemd.
#![cfg(target_os = "linux")]

use rustix::process::Signal;
use std::{os::unix::net::UnixDatagram, path::Path};
use tai_e2e::{Machine, PATIENCE, processes::send_signal, wait_until};

/// The socket of a service manager.
struct Manager(UnixDatagram);

impl Manager {
    fn at(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(socket)
    }

    /// Waits for a notification.
    fn hears(&self, notification: &str) {
        let mut buffer = [0; 4096];
        loop {
            let length = self.0.recv(&mut buffer).expect(notification);
            let text = String::from_utf8_lossy(&buffer[..length]);
            if text.lines().any(|line| line == notification) {
                return;
            }
        }
    }
}

#[test]
fn a_reload_is_in_force_and_the_manager_hears_of_it_and_of_the_stop() {
    let machine = Machine::new();
    let path = machine.home().join("manager.sock");
    let manager = Manager::at(&path);
    let taid = machine.start_with(&[("NOTIFY_SOCKET", path.to_str().unwrap())]);
    manager.hears("READY=1");
    let doctor = || {
        let output = machine.cli(&["doctor"]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    machine.configure("confirm_send = \"always\"\n");
    send_signal(taid.pid(), Signal::HUP);
    manager.hears("RELOADING=1");
    manager.hears("READY=1");
    wait_until("the log names the reload", || {
        machine.log().contains("of the configuration again")
    });
    let page = doctor();
    assert!(page.contains("always (from `confirm_send`"), "{page}");
    assert!(!page.contains("has no effect"), "{page}");

    taid.stop();
    manager.hears("STOPPING=1");
}
