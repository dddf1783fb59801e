//! Ctrl-C asks for an end instead of making one: what is there is finished first.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);
static INSTALLED: OnceLock<bool> = OnceLock::new();

/// Whether the user has asked to stop.
#[derive(Clone, Copy, Debug)]
pub struct Interrupt(());

impl Interrupt {
    /// Takes over Ctrl-C (and SIGTERM). The first one asks; a second one ends the program at once with code 130.
    pub fn install() -> Self {
        INSTALLED.get_or_init(|| {
            ctrlc::set_handler(|| {
                if ASKED.swap(true, Ordering::SeqCst) {
                    std::process::exit(130);
                }
            })
            .is_ok()
        });
        Self(())
    }

    /// Whether to stop now.
    pub fn asked(&self) -> bool {
        asked()
    }
}

/// Whether to stop now, for those who were handed no [`Interrupt`].
pub(super) fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}
