//! The terminal of a prompt that switches off the echo.

use nix::sys::signal::{SigSet, SigmaskHow, Signal, raise};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use std::{
    fs::File,
    sync::{Mutex, MutexGuard, Once, PoisonError},
    thread,
};

/// Signals that end a process, and that a terminal or a person sends.
const ENDING: [Signal; 4] = [
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGHUP,
    Signal::SIGQUIT,
];

/// The modes that the terminal had before the prompt that is open, and has after it.
static MODES: Mutex<Option<Termios>> = Mutex::new(None);
/// Starts the thread that restores them once.
static RESTORER: Once = Once::new();

/// Leaves the signals that end a process to the main thread and to prompts. Must be called by each
/// other thread of a program that prompts.
pub(crate) fn receive_no_ending() {
    let ending: SigSet = ENDING.into_iter().collect();
    // On failure, a signal during a prompt may leave the terminal as it is.
    let _ = ending.thread_block();
}

/// Runs a prompt that changes the modes of the terminal. A signal that ends the process in the
/// meantime ends it when the terminal has its earlier modes again: not every shell restores them.
/// Must be called by the main thread.
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
    *open_modes() = Some(modes);
    RESTORER.call_once(|| {
        // The thread ends with the process. It is started with the signals blocked.
        thread::spawn(move || pass_on(ending, &terminal));
    });
    let answer = prompt();
    *open_modes() = None;
    // The prompt itself sends SIGINT for Ctrl-C, before it restores the modes. The signal comes here.
    let _ = unblocked.thread_set_mask();
    answer
}

fn open_modes() -> MutexGuard<'static, Option<Termios>> {
    MODES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for signals. For each one, restores the modes of the terminal while the prompt is open,
/// and lets the signal take its effect.
fn pass_on(ending: SigSet, terminal: &File) {
    // A background process that sets modes is stopped with SIGTTOU, if the signal is not blocked.
    let _ = SigSet::from(Signal::SIGTTOU).thread_block();
    while let Ok(signal) = ending.wait() {
        let modes = open_modes();
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
