//! The terminal of a prompt that switches off the echo.

use nix::sys::signal::{SigSet, SigmaskHow, Signal, raise};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use std::{
    fs::File,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// Signals that end a process, and that a terminal or a person sends.
const ENDING: [Signal; 4] = [
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGHUP,
    Signal::SIGQUIT,
];

/// Runs a prompt that changes the modes of the terminal. A signal that ends the process in the meantime
/// ends it when the terminal has its earlier modes again: not every shell restores them. Must be called by
/// the only thread that has these signals unblocked.
pub(crate) fn restoring_terminal<T>(prompt: impl FnOnce() -> T) -> T {
    let ending: SigSet = ENDING.into_iter().collect();
    let terminal = File::open("/dev/tty").ok();
    let modes = terminal.and_then(|terminal| Some((tcgetattr(&terminal).ok()?, terminal)));
    let Some((modes, terminal)) = modes else {
        return prompt();
    };
    let Ok(unblocked) = ending.thread_swap_mask(SigmaskHow::SIG_BLOCK) else {
        return prompt();
    };
    let open = Arc::new(Mutex::new(Some(modes)));
    let modes = open.clone();
    // The thread ends with the process. It is started with the signals blocked.
    thread::spawn(move || pass_on(ending, &terminal, &modes));
    let answer = prompt();
    *open.lock().unwrap_or_else(PoisonError::into_inner) = None;
    // The prompt itself sends SIGINT for Ctrl-C, before it restores the modes. The signal comes here.
    let _ = unblocked.thread_set_mask();
    answer
}

/// Waits for signals. For each one, restores the modes of the terminal while the prompt is open, and lets
/// the signal take its effect.
fn pass_on(ending: SigSet, terminal: &File, modes: &Mutex<Option<Termios>>) {
    // A background process that sets modes is stopped with SIGTTOU, if the signal is not blocked.
    let _ = SigSet::from(Signal::SIGTTOU).thread_block();
    while let Ok(signal) = ending.wait() {
        let modes = modes.lock().unwrap_or_else(PoisonError::into_inner);
        let of_prompt = tcgetattr(terminal).ok();
        if let Some(modes) = &*modes {
            let _ = tcsetattr(terminal, OptionalActions::Now, modes);
        }
        let _ = raise(signal);
        let one = SigSet::from(signal);
        let _ = one.thread_unblock();
        // The process was started with this signal ignored, as by `nohup`: the prompt goes on.
        let _ = one.thread_block();
        if let (Some(_), Some(of_prompt)) = (&*modes, of_prompt) {
            let _ = tcsetattr(terminal, OptionalActions::Now, &of_prompt);
        }
    }
}
