//! A terminal that a test types into and reads from.

use crate::{plain::without_home, waiting::wait_until};
use rustix::{
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize},
};
use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Write as _},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

/// A program on a terminal of its own. Killed when dropped.
pub struct Terminal {
    keyboard: File,
    screen: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
    child: Child,
}

impl Terminal {
    /// Starts a program on a terminal with this number of columns.
    ///
    /// # Panics
    /// If the system has no terminal, or the program does not start.
    pub fn spawn(mut command: Command, columns: u16) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
        let ours = openpt(flags).expect("a terminal");
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let theirs = OpenOptions::new()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&theirs, size).unwrap();
        let child = command
            .stdin(Stdio::from(theirs.try_clone().unwrap()))
            .stdout(Stdio::from(theirs.try_clone().unwrap()))
            .stderr(Stdio::from(theirs))
            .spawn()
            .expect("it starts");
        // `Command` keeps the terminal open, and its end would not be seen.
        drop(command);
        let keyboard = File::from(ours);
        let screen = Arc::new(Mutex::new(Vec::new()));
        let (mut from, to) = (keyboard.try_clone().unwrap(), screen.clone());
        // The thread ends with the last program on the terminal.
        let reader = thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(size @ 1..) = from.read(&mut piece) {
                to.lock().unwrap().extend_from_slice(&piece[..size]);
            }
        });
        Self {
            keyboard,
            screen,
            reader: Some(reader),
            child,
        }
    }

    /// Returns what the program has written, with plain line breaks.
    pub fn text(&self) -> String {
        let bytes = self.screen.lock().unwrap();
        without_home(&String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
    }

    /// Waits until the program has written a text.
    pub fn wait_for(&self, text: &str) {
        wait_until(&format!("the terminal shows {text:?}"), || {
            self.text().contains(text)
        });
    }

    /// Returns whether the terminal echoes, edits lines, and makes signals of Ctrl-C and its like.
    pub fn is_usual(&self) -> bool {
        let usual = LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        let modes = tcgetattr(&self.keyboard).expect("modes");
        modes.local_modes.contains(usual)
    }

    /// Returns the process id of the program.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Types text.
    pub fn type_in(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// Waits for the end of the program. Returns its exit code and what it has written.
    pub fn wait(self) -> (Option<i32>, String) {
        let (code, text, _) = self.wait_and_look();
        (code, text)
    }

    /// As [`Terminal::wait`], and returns whether the terminal is as usual after the end.
    pub fn wait_and_look(mut self) -> (Option<i32>, String, bool) {
        let mut status = None;
        wait_until("the program ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        let code = status.and_then(|status| status.code());
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        (code, self.text(), self.is_usual())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
