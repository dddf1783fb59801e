//! Graceful interruption: Ctrl-C requests an end, and what has been started is finished first.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);
static INSTALLED: OnceLock<bool> = OnceLock::new();

/// Whether the user has asked to stop.
#[derive(Clone, Copy, Debug)]
pub struct Interrupt(());

impl Interrupt {
    /// Handles Ctrl-C (and SIGTERM). The first requests an end; a second one exits at once with code 130.
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

/// Whether to stop now, for code without an [`Interrupt`].
pub(super) fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}
