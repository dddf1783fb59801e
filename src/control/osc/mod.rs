//! OSC in (Open Sound Control 1.0, Wright 2002) over UDP: every address of the show, `/` for the dot.
//!
//! `/NODE/KNOB v` sets a knob in its unit, `/NODE/KNOB/travel t` by its travel 0..1, `/show/go`, `/master/blackout 1`
//! and so on do what the address says, `/signal/NAME v` is a signal `osc.NAME` for links, `/touch/ID x y [radius]
//! [strength]` is a finger that stays down until `/touch/ID/up`, and `/refresh` asks [`out`] for everything. Address
//! patterns act on all that match; a bundle that is stamped ahead acts at its stamp; and what a surface sends back of
//! what it was told is no move.

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
    told: Arc<FeedbackState>,
}

impl Osc {
    /// Listens on `HOST:PORT`; a port alone means this machine only. The hub's devices tell of it while it listens, and
    /// of a port that it could not have.
    ///
    /// # Errors
    /// [`PortError`] names the address.
    pub fn listen(address: &str, hub: Arc<Hub>) -> Result<Self, PortError> {
        let input = OscReceiver::default();
        let (refresh, told) = (input.refresh(), input.told());
        let listener = port::open("OSC", "osc", address, hub, |port| input.at(port))?;
        Ok(Self { listener, refresh, told })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Messages that were no OSC, led nowhere, held no number, or came in too large a crowd; not those that show mode
    /// locks out.
    pub fn rejected(&self) -> u64 {
        self.listener.rejected()
    }

    /// True from `/refresh` on until somebody has told everything.
    pub fn refresh(&self) -> Arc<AtomicBool> {
        self.refresh.clone()
    }

    /// What surfaces are told, which must not count as moves when they send it back: for whoever tells them.
    pub fn told(&self) -> Arc<FeedbackState> {
        self.told.clone()
    }
}

#[cfg(test)]
mod tests;
