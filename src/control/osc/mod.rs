//! OSC input (Open Sound Control 1.0, Wright 2002) over UDP: every address of the show, `/` for the dot.
//!
//! `/NODE/KNOB v` sets a knob in its unit, `/NODE/KNOB/travel t` by its travel 0..1, `/show/go`, `/master/blackout 1`
//! and so on do what the address says, `/signal/NAME v` is a signal `osc.NAME` for links, `/touch/ID x y [radius]
//! [strength]` is a touch that stays down until `/touch/ID/up`, and `/refresh` makes [`out`] resend everything. Address
//! patterns act on all that match; a bundle with a future time tag acts at that time; and echoes of sent feedback are
//! suppressed.

mod bundle_queue;
mod feedback;
mod index;
pub mod out;
pub mod packet;
mod pattern;
pub mod port;
mod receiver;
mod rejections;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::udp::{Listener, PortError};
pub use feedback::FeedbackState;
pub use receiver::OscReceiver;
pub use rejections::RejectReason;
use show::Hub;

/// Listens for OSC until it is dropped.
pub struct Osc {
    listener: Listener,
    refresh: Arc<AtomicBool>,
    feedback: Arc<FeedbackState>,
}

impl Osc {
    /// Listens on `HOST:PORT`; a port alone means this machine only. The hub's device list reports it while it
    /// listens, and a port that cannot be opened.
    ///
    /// # Errors
    /// [`PortError`] names the address.
    pub fn listen(address: &str, hub: Arc<Hub>) -> Result<Self, PortError> {
        let input = OscReceiver::default();
        let (refresh, feedback) = (input.refresh(), input.feedback());
        let listener = port::open("OSC", "osc", address, hub, |port| input.at(port))?;
        Ok(Self { listener, refresh, feedback })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Messages rejected so far: malformed, to an unknown address, without a number, or over a limit; not those that
    /// show mode locks out.
    pub fn rejected(&self) -> u64 {
        self.listener.rejected()
    }

    /// Set by `/refresh`, until everything has been resent.
    pub fn refresh(&self) -> Arc<AtomicBool> {
        self.refresh.clone()
    }

    /// Sent feedback, to be recorded by its sender, so that echoes do not count as moves.
    pub fn feedback(&self) -> Arc<FeedbackState> {
        self.feedback.clone()
    }
}

#[cfg(test)]
mod tests;
