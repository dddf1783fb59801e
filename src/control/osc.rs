//! OSC in (Open Sound Control 1.0, Wright 2002) over UDP: every address of the show, `/` for the dot.
//!
//! `/NODE/KNOB v` sets a knob in its unit, `/NODE/KNOB/travel t` by its travel 0..1, `/show/go`, `/master/blackout 1`
//! and so on do what the address says, `/signal/NAME v` is a signal `osc.NAME` for links, `/touch/ID x y [radius]
//! [strength]` is a finger that stays down until `/touch/ID/up`, and `/refresh` asks [`super::osc_out`] for everything.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use rosc::{OscMessage, OscPacket, OscType, decoder};

use super::address::{Move, apply};
use super::touch::{self, Pointers, feel};
use super::udp::{Ear, Listener, PortError, number};
use crate::show::{Command, Hub};
use crate::world::tape::Event;

/// Bundles within bundles that are opened.
const DEEPEST: usize = 8;
/// Seconds after which a finger that said nothing more is taken for gone: its `up` may have been lost on the way.
const PATIENCE: f64 = 5.0;

/// Listens for OSC until it is dropped.
pub struct Osc {
    listener: Listener,
    refresh: Arc<AtomicBool>,
}

impl Osc {
    /// Listens on `HOST:PORT`; a port alone means this machine only.
    ///
    /// # Errors
    /// [`PortError`] names the address.
    pub fn listen(address: &str, hub: Arc<Hub>) -> Result<Self, PortError> {
        let ear = Hearing::default();
        let refresh = ear.refresh.clone();
        Ok(Self { listener: Listener::open("OSC", address, hub, ear)?, refresh })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Messages that were no OSC, led nowhere, or held no number.
    pub fn refused(&self) -> u64 {
        self.listener.refused()
    }

    /// True from `/refresh` on until somebody has told everything.
    pub fn refresh(&self) -> Arc<AtomicBool> {
        self.refresh.clone()
    }
}

/// What hears OSC.
pub struct Hearing {
    fingers: Pointers<String>,
    refresh: Arc<AtomicBool>,
    now: f64,
}

impl Default for Hearing {
    fn default() -> Self {
        Self { fingers: Pointers::new(touch::OSC), refresh: Arc::default(), now: 0.0 }
    }
}

impl Ear for Hearing {
    fn hear(&mut self, bytes: &[u8], _: SocketAddr, now: f64, hub: &Hub) -> u64 {
        self.now = now;
        self.take(bytes, hub)
    }

    fn pass(&mut self, now: f64, hub: &Hub) -> bool {
        feel(hub, self.fingers.pass(now, PATIENCE));
        self.fingers.count() > 0
    }
}

impl Hearing {
    /// Does what a datagram says; gives the number of messages that could not be done.
    pub fn take(&mut self, bytes: &[u8], hub: &Hub) -> u64 {
        match decoder::decode_udp(bytes) {
            Ok((_, packet)) => self.packets(&packet, hub, 0),
            Err(_) => 1,
        }
    }

    /// Bundles are done at once: a time in the future would have to wait, and a stage wants now.
    fn packets(&mut self, packet: &OscPacket, hub: &Hub, depth: usize) -> u64 {
        match packet {
            OscPacket::Message(message) => !self.did(message, hub) as u64,
            OscPacket::Bundle(_) if depth >= DEEPEST => 1,
            OscPacket::Bundle(bundle) => bundle.content.iter().map(|p| self.packets(p, hub, depth + 1)).sum(),
        }
    }

    fn did(&mut self, message: &OscMessage, hub: &Hub) -> bool {
        let Some(path) = message.addr.strip_prefix('/') else { return false };
        if let Some(finger) = path.strip_prefix("touch/") {
            return self.touched(finger, &message.args, hub);
        }
        if path == "refresh" {
            self.refresh.store(true, Relaxed);
            return true;
        }
        moved(path, &message.args, hub)
    }

    fn touched(&mut self, finger: &str, args: &[OscType], hub: &Hub) -> bool {
        let finger = finger.strip_suffix('/').unwrap_or(finger);
        if let Some(id) = finger.strip_suffix("/up") {
            let up = self.fingers.up(&id.to_string());
            feel(hub, up);
            return up.is_some();
        }
        let values: Option<Vec<f32>> = args.iter().map(|a| number(a).map(|v| v as f32)).collect();
        let Some([x, y, rest @ ..]) = values.as_deref() else { return false };
        let radius = rest.first().copied().unwrap_or(touch::RADIUS);
        let strength = rest.get(1).copied().unwrap_or(1.0);
        let touch = self.fingers.at(finger.into(), (*x, *y), radius, strength, self.now);
        feel(hub, touch);
        touch.is_some()
    }
}

fn moved(path: &str, args: &[OscType], hub: &Hub) -> bool {
    let given = args.first();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::sample;
    use proptest::prelude::*;
    use rosc::{OscBundle, OscTime, encoder};
    use std::net::UdpSocket;
    use std::time::Duration;

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
    fn two_fingers_touch_at_once_and_rest_until_they_are_lifted() {
        use crate::world::system::Phase;
        let (hub, inbox) = sample::hub();
        let mut ear = Hearing::default();
        let mut say = |addr: &str, args: &[f32]| {
            let args = args.iter().map(|v| OscType::Float(*v)).collect();
            ear.take(&encoder::encode(&message(addr, args)).unwrap(), &hub)
        };
        assert_eq!(say("/touch/1", &[0.25, 0.5]) + say("/touch/2", &[0.75, 0.5, 0.1, -1.0]), 0);
        assert_eq!(say("/touch/1", &[0.5, 0.5]), 0);
        assert_eq!(say("/touch/1/up", &[]), 0);
        assert_eq!(
            say("/touch/1/up", &[]) + say("/touch/3", &[0.5]),
            2,
            "nobody is there; a place has two numbers"
        );
        assert!(ear.pass(0.1, &hub));
        let felt: Vec<_> = inbox
            .try_iter()
            .filter_map(|c| match c {
                Command::Event(Event::Touch(t)) => Some((t.id - touch::OSC, t.phase, t.x, t.strength)),
                _ => None,
            })
            .collect();
        let expected = [
            (0, Phase::Down, 0.25, 1.0),
            (1, Phase::Down, 0.75, -1.0),
            (0, Phase::Move, 0.5, 1.0),
            (0, Phase::Up, 0.5, 1.0),
            (1, Phase::Move, 0.75, -1.0),
        ];
        assert_eq!(felt, expected);
        assert!(!ear.pass(9.0, &hub), "one that was forgotten is lifted");
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
            Hearing::default().take(&bytes, &hub);
        }
    }
}
