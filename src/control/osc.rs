//! OSC in (Open Sound Control 1.0, Wright 2002) over UDP: every address of the show, `/` for the dot.
//!
//! `/NODE/KNOB v` sets a knob in its unit, `/NODE/KNOB/travel t` by its travel 0..1, `/show/go`, `/master/blackout 1`
//! and so on do what the address says, and `/signal/NAME v` is a signal `osc.NAME` for links.

use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::Duration;

use rosc::{OscMessage, OscPacket, OscType, decoder};

use super::address::{Move, apply};
use crate::show::{Command, Hub};
use crate::world::tape::Event;

/// Largest UDP datagram.
const LARGEST: usize = 65_536;
/// Bundles within bundles that are opened.
const DEEPEST: usize = 8;
/// How often the thread looks whether it is to end.
const LOOK: Duration = Duration::from_millis(200);

/// Why OSC is not heard; the show goes on without it.
#[derive(Debug, thiserror::Error)]
pub enum OscError {
    /// The address is none, or the port is taken.
    #[error("OSC cannot listen on {address}: {source}")]
    Port {
        /// What was asked for.
        address: String,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Listens until it is dropped.
pub struct Osc {
    address: SocketAddr,
    ending: Arc<AtomicBool>,
    refused: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Osc {
    /// Listens on `HOST:PORT`; a port alone means this machine only.
    ///
    /// # Errors
    /// [`OscError::Port`] names the address.
    pub fn listen(address: &str, hub: Arc<Hub>) -> Result<Self, OscError> {
        let fail = |source| OscError::Port { address: address.into(), source };
        let full = if address.contains(':') { address.into() } else { format!("127.0.0.1:{address}") };
        let places: Vec<SocketAddr> = full.to_socket_addrs().map_err(fail)?.collect();
        let socket = UdpSocket::bind(&places[..]).map_err(fail)?;
        socket.set_read_timeout(Some(LOOK)).map_err(fail)?;
        let address = socket.local_addr().map_err(fail)?;
        let (ending, refused) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (end, wrong) = (ending.clone(), refused.clone());
        let hear = move || {
            let mut bytes = vec![0; LARGEST];
            while !end.load(Relaxed) && !hub.is_closing() {
                if let Ok((n, _)) = socket.recv_from(&mut bytes) {
                    wrong.fetch_add(take(&bytes[..n], &hub), Relaxed);
                }
            }
        };
        let thread = std::thread::Builder::new().name("osc".into()).spawn(hear).map_err(fail)?;
        Ok(Self { address, ending, refused, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Messages that were no OSC, led nowhere, or held no number.
    pub fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }
}

impl Drop for Osc {
    fn drop(&mut self) {
        self.ending.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Does what a datagram says; gives the number of messages that could not be done.
pub fn take(bytes: &[u8], hub: &Hub) -> u64 {
    match decoder::decode_udp(bytes) {
        Ok((_, packet)) => packets(&packet, hub, 0),
        Err(_) => 1,
    }
}

/// Bundles are done at once: a time in the future would have to wait, and a stage wants now.
fn packets(packet: &OscPacket, hub: &Hub, depth: usize) -> u64 {
    match packet {
        OscPacket::Message(message) => !did(message, hub) as u64,
        OscPacket::Bundle(_) if depth >= DEEPEST => 1,
        OscPacket::Bundle(bundle) => bundle.content.iter().map(|p| packets(p, hub, depth + 1)).sum(),
    }
}

fn did(message: &OscMessage, hub: &Hub) -> bool {
    let Some(path) = message.addr.strip_prefix('/') else { return false };
    let given = message.args.first();
    let number = given.and_then(number);
    if given.is_some() && number.is_none() {
        return false;
    }
    let address = path.replace('/', ".");
    if let Some(name) = address.strip_prefix("signal.") {
        let Some(value) = number else { return false };
        hub.send(Command::Event(Event::Signal(format!("osc.{name}"), value)));
        return true;
    }
    let (address, to) = match (address.strip_suffix(".travel"), number) {
        (Some(knob), Some(t)) => (knob, Move::Travel(t)),
        (_, Some(v)) => (address.as_str(), Move::Value(v)),
        (_, None) => (address.as_str(), Move::Press),
    };
    apply(hub, address, to).is_ok()
}

/// A finite number, however it is written.
fn number(value: &OscType) -> Option<f64> {
    let v = match value {
        OscType::Float(v) => *v as f64,
        OscType::Double(v) => *v,
        OscType::Int(v) => *v as f64,
        OscType::Long(v) => *v as f64,
        OscType::Bool(v) => *v as u8 as f64,
        _ => return None,
    };
    v.is_finite().then_some(v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::sample;
    use proptest::prelude::*;
    use rosc::{OscBundle, OscTime, encoder};

    fn message(addr: &str, args: Vec<OscType>) -> OscPacket {
        OscPacket::Message(OscMessage { addr: addr.into(), args })
    }

    #[test]
    fn what_is_sent_over_udp_moves_the_show() {
        let (hub, inbox) = sample::hub();
        let osc = Osc::listen("127.0.0.1:0", hub.clone()).unwrap();
        let hand = UdpSocket::bind("127.0.0.1:0").unwrap();
        let send = |p: &OscPacket| {
            hand.send_to(&encoder::encode(p).unwrap(), osc.address()).unwrap();
        };
        let bundle = OscBundle {
            timetag: OscTime { seconds: 0, fractional: 1 },
            content: vec![
                message("/signal/hand", vec![OscType::Float(0.25)]),
                message("/tempo/bpm", vec![OscType::Int(128)]),
                message("/show/go", vec![]),
                message("/nowhere/at/all", vec![OscType::Int(1)]),
                message("/tempo/bpm", vec![OscType::String("fast".into())]),
            ],
        };
        send(&OscPacket::Bundle(bundle));
        send(&message("/master/blackout", vec![OscType::Bool(true)]));
        let next = || inbox.recv_timeout(Duration::from_secs(5)).unwrap();
        assert_eq!(next(), Command::Event(Event::Signal("osc.hand".into(), 0.25)));
        assert_eq!(next(), Command::Tempo(128.0));
        assert_eq!(next(), Command::Cue(crate::show::Cue::Go));
        let black = (0..5000).any(|_| {
            std::thread::sleep(Duration::from_millis(1));
            hub.master().is_black()
        });
        assert!(black);
        assert_eq!(osc.refused(), 2, "an address that leads nowhere, and a word for a number");
    }

    #[test]
    fn a_port_that_is_taken_is_named() {
        let (hub, _inbox) = sample::hub();
        let first = Osc::listen("0", hub.clone()).unwrap();
        let text = Osc::listen(&first.address().to_string(), hub).err().unwrap().to_string();
        assert!(text.contains(&first.address().to_string()), "{text}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100_000))]
        #[test]
        fn no_bytes_break_it(
            at in 0usize..64, byte in any::<u8>(), cut in 0usize..80,
            noise in proptest::collection::vec(any::<u8>(), 0..40), pure in any::<bool>(),
        ) {
            let (hub, _inbox) = Hub::new();
            let whole = encoder::encode(&message("/layer/x/opacity/travel", vec![OscType::Float(0.5), OscType::Int(3)])).unwrap();
            let mut bytes = if pure { noise } else { whole };
            if let Some(b) = bytes.get_mut(at) { *b = byte; }
            bytes.truncate(cut);
            take(&bytes, &hub);
        }
    }
}
