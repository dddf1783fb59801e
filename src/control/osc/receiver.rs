//! What is done about a datagram of OSC. The work for one is bounded, whatever it says, and counted in steps: a message
//! costs [`MESSAGE`], a letter that is matched against a pattern one for each state of the pattern.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{SystemTime, UNIX_EPOCH};

use super::bundle_queue::{AHEAD, BundleQueue, BundleTime, when};
use super::feedback::FeedbackState;
use super::index::AddressIndex;
use super::packet::{self, Arg, Message, Packet};
use super::pattern::{AddressPattern, is_pattern};
use super::port::PortStatus;
use super::rejections::RejectReason;
use crate::address::{
    AddressError, AddressKind, AddressTarget, ControlInput, LONGEST, apply, plain, unknown,
};
use crate::touch::{self, Pointers, send_touches};
use crate::udp::DatagramHandler;
use show::{Command, Hub, log};
use world::tape::Event;

/// Bundles within bundles that are opened.
const DEEPEST: usize = 8;
/// Seconds after which a finger that said nothing more is taken for gone: its `up` may have been lost on the way.
const PATIENCE: f64 = 5.0;
/// Seconds between two looks after fingers that are down.
const CLOSE_LOOK: f64 = 0.008;
/// Steps that one datagram may cost: some milliseconds.
const WORK: u64 = 4_000_000;
/// Steps that a message costs, and each move that it makes.
const MESSAGE: u64 = 200;

/// What hears OSC.
pub struct OscReceiver {
    fingers: Pointers<String>,
    refresh: Arc<AtomicBool>,
    told: Arc<FeedbackState>,
    waiting: BundleQueue,
    /// Bundles from clocks that go wrong.
    astray: u64,
    now: f64,
    from: IpAddr,
    unix: fn() -> f64,
    /// Steps that are left for this datagram.
    budget: u64,
    known: AddressIndex,
    port: PortStatus,
}

impl Default for OscReceiver {
    fn default() -> Self {
        Self {
            fingers: Pointers::new(touch::OSC),
            refresh: Arc::default(),
            told: Arc::default(),
            waiting: BundleQueue::default(),
            astray: 0,
            now: 0.0,
            from: Ipv4Addr::UNSPECIFIED.into(),
            unix: || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64()),
            budget: 0,
            known: AddressIndex::default(),
            port: PortStatus::default(),
        }
    }
}

impl DatagramHandler for OscReceiver {
    fn hear(&mut self, bytes: &[u8], from: SocketAddr, now: f64, hub: &Hub) -> u64 {
        (self.now, self.from) = (now, from.ip().to_canonical());
        self.port.hears(self.from);
        self.take(bytes, hub)
    }

    fn pass(&mut self, now: f64, hub: &Hub) -> u64 {
        let mut rejected = 0;
        while let Some(held) = self.waiting.due(now) {
            (self.now, self.from, self.budget) = (now, held.from, WORK);
            rejected += self.parts(&held.bytes, hub, 0);
        }
        send_touches(hub, self.fingers.pass(now, PATIENCE));
        self.port.pass(now, hub);
        rejected
    }

    fn soon(&self, now: f64) -> Option<f64> {
        let fingers = (self.fingers.count() > 0).then_some(CLOSE_LOOK);
        fingers.into_iter().chain(self.waiting.next(now)).reduce(f64::min)
    }
}

/// What a message asks of an address.
#[derive(Clone, Copy, Debug, PartialEq)]
enum MessageKind {
    Value(f64),
    Travel(f64),
    Press,
}

impl OscReceiver {
    /// The same at a port that tells how it stands.
    pub fn at(self, port: PortStatus) -> Self {
        Self { port, ..self }
    }

    /// Set when everything is to be told anew.
    pub fn refresh(&self) -> Arc<AtomicBool> {
        self.refresh.clone()
    }

    /// What surfaces are told.
    pub fn told(&self) -> Arc<FeedbackState> {
        self.told.clone()
    }

    /// Steps that the last datagram has cost.
    pub fn work(&self) -> u64 {
        WORK - self.budget
    }

    /// Steps that a datagram may cost at most.
    pub fn most_work(&self) -> u64 {
        WORK
    }

    /// The same by a clock of the test's own, seconds since 1970.
    #[cfg(test)]
    pub fn with_clock(self, unix: fn() -> f64) -> Self {
        Self { unix, ..self }
    }

    /// Does what a datagram says; gives the number of messages that could not be done.
    pub fn take(&mut self, bytes: &[u8], hub: &Hub) -> u64 {
        self.budget = WORK;
        self.packet(bytes, hub, 0)
    }

    fn packet(&mut self, bytes: &[u8], hub: &Hub, depth: usize) -> u64 {
        let Some(stamp) = packet::stamp(bytes) else {
            return match packet::read(bytes) {
                Packet::Message(message) => match self.did(&message, hub) {
                    Ok(()) => 0,
                    Err(why) => self.reject(why, message.address),
                },
                _ => self.reject(RejectReason::Malformed, ""),
            };
        };
        match when(stamp, (self.unix)()) {
            _ if depth >= DEEPEST => self.reject(RejectReason::TooDeep, ""),
            BundleTime::In(seconds) => match self.waiting.hold(bytes, self.from, self.now + seconds) {
                true => 0,
                false => self.reject(RejectReason::QueueFull, ""),
            },
            BundleTime::OutOfRange(seconds) => {
                self.tell_astray(seconds);
                self.parts(bytes, hub, depth)
            }
            BundleTime::Now => self.parts(bytes, hub, depth),
        }
    }

    /// The parts of a bundle whose time has come.
    fn parts(&mut self, bundle: &[u8], hub: &Hub, depth: usize) -> u64 {
        let part = |p: Result<&[u8], ()>| match p {
            Ok(p) => self.packet(p, hub, depth + 1),
            Err(()) => self.reject(RejectReason::Malformed, ""),
        };
        packet::parts(bundle).map(part).sum()
    }

    /// One message is not done.
    fn reject(&mut self, why: RejectReason, address: &str) -> u64 {
        self.port.reject(why, address, self.from, 1);
        1
    }

    /// The first of them is told, the tenth, the hundredth, and so on.
    fn tell_astray(&mut self, seconds: f64) {
        self.astray += 1;
        if 10u64.pow(self.astray.ilog10()) == self.astray {
            log::tell(format!(
                "OSC from {} is stamped {seconds:.1} s ahead of this machine's clock; more than {AHEAD} s is a clock that \
                 goes wrong, so it acts at once ({} bundles so far)",
                self.from, self.astray
            ));
        }
    }

    fn did(&mut self, message: &Message, hub: &Hub) -> Result<(), RejectReason> {
        if self.budget < MESSAGE {
            return Err(RejectReason::OverBudget);
        }
        self.budget -= MESSAGE;
        let path = message.address.strip_prefix('/').ok_or(RejectReason::Malformed)?;
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.len() > LONGEST {
            return Err(RejectReason::Long);
        }
        if is_pattern(message.address) && !self.is_plain(path, hub) {
            return self.matching(message, hub);
        }
        if path == "refresh" {
            self.refresh.store(true, Relaxed);
            return Ok(());
        }
        match path.strip_prefix("touch/") {
            Some(finger) => self.touched(finger, &message.args, hub),
            None => self.moved(path, said(&message.args).ok_or(RejectReason::NoNumber)?, hub),
        }
    }

    /// Whether a path with letters of patterns in it is the name of something all the same.
    fn is_plain(&self, path: &str, hub: &Hub) -> bool {
        AddressTarget::find(&hub.state().description, &path.replace('/', ".")).is_some()
    }

    /// Does the same at every address that matches a pattern, once at each place; there must be one.
    fn matching(&mut self, message: &Message, hub: &Hub) -> Result<(), RejectReason> {
        let pattern = AddressPattern::parse(message.address).ok_or(RejectReason::UnknownAddress)?;
        let said = said(&message.args).ok_or(RejectReason::NoNumber);
        self.known.enter(&hub.state().description);
        let (mut found, mut done) = (Vec::new(), usize::MAX);
        for (path, place) in &self.known.paths {
            if *place != done && pattern.matches(path, &mut self.budget) {
                (done, _) = (*place, found.push(path[1..].to_string()));
            }
        }
        let fingers = self.fingers.keys().flat_map(|id| [format!("touch/{id}"), format!("touch/{id}/up")]);
        let touched: Vec<String> =
            fingers.filter(|p| pattern.matches(&format!("/{p}"), &mut self.budget)).collect();
        // One that is done is enough.
        let mut done =
            Err(if self.budget < MESSAGE { RejectReason::OverBudget } else { RejectReason::UnknownAddress });
        for path in found {
            if self.budget >= MESSAGE {
                self.budget -= MESSAGE;
                done = done.or(said.and_then(|said| self.moved(&path, said, hub)));
            }
        }
        for path in touched {
            done = done.or(self.touched(&path["touch/".len()..], &message.args, hub));
        }
        done
    }

    fn touched(&mut self, finger: &str, args: &[Arg], hub: &Hub) -> Result<(), RejectReason> {
        if let Some(id) = finger.strip_suffix("/up") {
            let up = self.fingers.up(&id.to_string());
            send_touches(hub, up);
            return up.map(drop).ok_or(RejectReason::InvalidTouch);
        }
        let values: Option<Vec<f32>> = args.iter().map(|a| number(a).map(|v| v as f32)).collect();
        let Some([x, y, rest @ ..]) = values.as_deref() else { return Err(RejectReason::InvalidTouch) };
        let radius = rest.first().copied().unwrap_or(touch::RADIUS);
        let strength = rest.get(1).copied().unwrap_or(1.0);
        let touch = self.fingers.at(finger.into(), (*x, *y), radius, strength, self.now);
        send_touches(hub, touch);
        touch.map(drop).ok_or(RejectReason::InvalidTouch)
    }

    /// Makes a move, unless it is an echo.
    fn moved(&mut self, path: &str, said: MessageKind, hub: &Hub) -> Result<(), RejectReason> {
        // Only ever told, whatever scenes and cues are called.
        if matches!(path, "scene/now" | "cue/now") {
            return Ok(());
        }
        let address = path.replace('/', ".");
        if let Some(name) = address.strip_prefix("signal.") {
            // A button without a value is down.
            let value = match said {
                MessageKind::Value(v) | MessageKind::Travel(v) => v,
                MessageKind::Press => 1.0,
            };
            hub.send(Command::Event(Event::Signal(format!("osc.{name}"), value)));
            return Ok(());
        }
        let (address, said) = match (address.strip_suffix(".travel"), said) {
            (Some(knob), MessageKind::Value(t) | MessageKind::Travel(t)) => (knob, MessageKind::Travel(t)),
            _ => (address.as_str(), said),
        };
        let description = hub.state().description.clone();
        match AddressTarget::find(&description, address) {
            None if self.is_reading(path, said) => Ok(()),
            None => Err(unknown(&description, address).into()),
            Some(place) if self.is_told(place, plain(&description, address), said) => Ok(()),
            Some(_) => match apply(hub, address, said.into()) {
                // It was understood; the lock counts it.
                Ok(()) | Err(AddressError::Locked(_)) => Ok(()),
                Err(e) => Err(e.into()),
            },
        }
    }

    /// What is only told can be sent back, and that is all.
    fn is_reading(&self, path: &str, said: MessageKind) -> bool {
        let path = format!("/{path}");
        let known = self.told.knows(&path);
        if let MessageKind::Value(v) = said
            && known
        {
            // So it is known that this sender echoes.
            let _ = self.told.is_echo(self.from, &path, v as f32);
        }
        known
    }

    /// Whether a move says no more than what surfaces were told.
    fn is_told(&self, place: AddressTarget, address: &str, said: MessageKind) -> bool {
        let path = format!("/{}", address.replace('.', "/"));
        match (said, place.kind()) {
            (_, AddressKind::Trigger) => false,
            (MessageKind::Value(v), _) => self.told.is_echo(self.from, &path, v as f32),
            (MessageKind::Travel(t), kind) => {
                let alike = |told: f32| match kind {
                    AddressKind::Knob(spec) => {
                        spec.position_of(told as f64) as f32 == t as f32 || spec.value_at(t) as f32 == told
                    }
                    _ => told == t as f32,
                };
                let stands = self.told.stands(&path, alike);
                if !stands {
                    self.told.moved(&path);
                }
                stands
            }
            (MessageKind::Press, _) => {
                self.told.moved(&path);
                false
            }
        }
    }
}

impl From<MessageKind> for ControlInput {
    fn from(said: MessageKind) -> Self {
        match said {
            MessageKind::Value(v) => Self::Value(v),
            MessageKind::Travel(t) => Self::Travel(t),
            MessageKind::Press => Self::Press,
        }
    }
}

/// The first argument that says anything: a number, a text that is one, or a press, which no argument at all is too.
fn said(args: &[Arg]) -> Option<MessageKind> {
    if args.is_empty() {
        return Some(MessageKind::Press);
    }
    let value = args.iter().find_map(|a| match a {
        Arg::Travel(t) => Some(MessageKind::Travel(*t)),
        Arg::Number(v) => Some(MessageKind::Value(*v)),
        Arg::Text(t) => word(t).map(MessageKind::Value),
        _ => None,
    });
    let value = value.or_else(|| args.contains(&Arg::Press).then_some(MessageKind::Press));
    value.filter(|said| !matches!(said, MessageKind::Value(v) if !v.is_finite()))
}

fn number(arg: &Arg) -> Option<f64> {
    match arg {
        Arg::Number(v) | Arg::Travel(v) => Some(*v),
        Arg::Text(t) => word(t),
        _ => None,
    }
}

/// The number that a text is; some programs write words in capitals.
fn word(text: &str) -> Option<f64> {
    let text = text.trim();
    let is = |words: [&str; 2]| words.iter().any(|w| text.eq_ignore_ascii_case(w));
    match text {
        _ if is(["on", "true"]) => Some(1.0),
        _ if is(["off", "false"]) => Some(0.0),
        text => text.parse().ok(),
    }
}
