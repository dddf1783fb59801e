//! What is done about a datagram of OSC. The work for one is bounded, whatever it says, and counted in steps: a message
//! costs [`MESSAGE`], a letter that is matched against a pattern one for each state of the pattern.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{SystemTime, UNIX_EPOCH};

use super::known::Known;
use super::packet::{self, Arg, Message, Packet};
use super::pattern::{Pattern, is_pattern};
use super::port::Port;
use super::refusals::Why;
use super::told::Told;
use super::waiting::{AHEAD, Waiting, When, when};
use crate::address::{AddressError, Kind, LONGEST, Move, Place, apply, plain, unknown};
use crate::touch::{self, Pointers, feel};
use crate::udp::Ear;
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
pub struct Hearing {
    fingers: Pointers<String>,
    refresh: Arc<AtomicBool>,
    told: Arc<Told>,
    waiting: Waiting,
    /// Bundles from clocks that go wrong.
    astray: u64,
    now: f64,
    from: IpAddr,
    unix: fn() -> f64,
    /// Steps that are left for this datagram.
    budget: u64,
    known: Known,
    port: Port,
}

impl Default for Hearing {
    fn default() -> Self {
        Self {
            fingers: Pointers::new(touch::OSC),
            refresh: Arc::default(),
            told: Arc::default(),
            waiting: Waiting::default(),
            astray: 0,
            now: 0.0,
            from: Ipv4Addr::UNSPECIFIED.into(),
            unix: || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64()),
            budget: 0,
            known: Known::default(),
            port: Port::default(),
        }
    }
}

impl Ear for Hearing {
    fn hear(&mut self, bytes: &[u8], from: SocketAddr, now: f64, hub: &Hub) -> u64 {
        (self.now, self.from) = (now, from.ip().to_canonical());
        self.port.hears(self.from);
        self.take(bytes, hub)
    }

    fn pass(&mut self, now: f64, hub: &Hub) -> u64 {
        let mut refused = 0;
        while let Some(held) = self.waiting.due(now) {
            (self.now, self.from, self.budget) = (now, held.from, WORK);
            refused += self.parts(&held.bytes, hub, 0);
        }
        feel(hub, self.fingers.pass(now, PATIENCE));
        self.port.pass(now, hub);
        refused
    }

    fn soon(&self, now: f64) -> Option<f64> {
        let fingers = (self.fingers.count() > 0).then_some(CLOSE_LOOK);
        fingers.into_iter().chain(self.waiting.next(now)).reduce(f64::min)
    }
}

/// What a message asks of an address.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    Value(f64),
    Travel(f64),
    Press,
}

impl Hearing {
    /// The same at a port that tells how it stands.
    pub fn at(self, port: Port) -> Self {
        Self { port, ..self }
    }

    /// Set when everything is to be told anew.
    pub fn refresh(&self) -> Arc<AtomicBool> {
        self.refresh.clone()
    }

    /// What surfaces are told.
    pub fn told(&self) -> Arc<Told> {
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
                    Err(why) => self.refuse(why, message.address),
                },
                _ => self.refuse(Why::Garbage, ""),
            };
        };
        match when(stamp, (self.unix)()) {
            _ if depth >= DEEPEST => self.refuse(Why::Deep, ""),
            When::In(seconds) => match self.waiting.hold(bytes, self.from, self.now + seconds) {
                true => 0,
                false => self.refuse(Why::Crowd, ""),
            },
            When::Astray(seconds) => {
                self.tell_astray(seconds);
                self.parts(bytes, hub, depth)
            }
            When::Now => self.parts(bytes, hub, depth),
        }
    }

    /// The parts of a bundle whose time has come.
    fn parts(&mut self, bundle: &[u8], hub: &Hub, depth: usize) -> u64 {
        let part = |p: Result<&[u8], ()>| match p {
            Ok(p) => self.packet(p, hub, depth + 1),
            Err(()) => self.refuse(Why::Garbage, ""),
        };
        packet::parts(bundle).map(part).sum()
    }

    /// One message is not done.
    fn refuse(&mut self, why: Why, address: &str) -> u64 {
        self.port.refuse(why, address, self.from, 1);
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

    fn did(&mut self, message: &Message, hub: &Hub) -> Result<(), Why> {
        if self.budget < MESSAGE {
            return Err(Why::Work);
        }
        self.budget -= MESSAGE;
        let path = message.address.strip_prefix('/').ok_or(Why::Garbage)?;
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.len() > LONGEST {
            return Err(Why::Long);
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
            None => self.moved(path, said(&message.args).ok_or(Why::NoNumber)?, hub),
        }
    }

    /// Whether a path with letters of patterns in it is the name of something all the same.
    fn is_plain(&self, path: &str, hub: &Hub) -> bool {
        Place::find(&hub.state().face, &path.replace('/', ".")).is_some()
    }

    /// Does the same at every address that matches a pattern, once at each place; there must be one.
    fn matching(&mut self, message: &Message, hub: &Hub) -> Result<(), Why> {
        let pattern = Pattern::parse(message.address).ok_or(Why::Nowhere)?;
        let said = said(&message.args).ok_or(Why::NoNumber);
        self.known.enter(&hub.state().face);
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
        let mut done = Err(if self.budget < MESSAGE { Why::Work } else { Why::Nowhere });
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

    fn touched(&mut self, finger: &str, args: &[Arg], hub: &Hub) -> Result<(), Why> {
        if let Some(id) = finger.strip_suffix("/up") {
            let up = self.fingers.up(&id.to_string());
            feel(hub, up);
            return up.map(drop).ok_or(Why::NoTouch);
        }
        let values: Option<Vec<f32>> = args.iter().map(|a| number(a).map(|v| v as f32)).collect();
        let Some([x, y, rest @ ..]) = values.as_deref() else { return Err(Why::NoTouch) };
        let radius = rest.first().copied().unwrap_or(touch::RADIUS);
        let strength = rest.get(1).copied().unwrap_or(1.0);
        let touch = self.fingers.at(finger.into(), (*x, *y), radius, strength, self.now);
        feel(hub, touch);
        touch.map(drop).ok_or(Why::NoTouch)
    }

    /// Makes a move, unless it is an echo.
    fn moved(&mut self, path: &str, said: Said, hub: &Hub) -> Result<(), Why> {
        // Only ever told, whatever scenes and cues are called.
        if matches!(path, "scene/now" | "cue/now") {
            return Ok(());
        }
        let address = path.replace('/', ".");
        if let Some(name) = address.strip_prefix("signal.") {
            // A button without a value is down.
            let value = match said {
                Said::Value(v) | Said::Travel(v) => v,
                Said::Press => 1.0,
            };
            hub.send(Command::Event(Event::Signal(format!("osc.{name}"), value)));
            return Ok(());
        }
        let (address, said) = match (address.strip_suffix(".travel"), said) {
            (Some(knob), Said::Value(t) | Said::Travel(t)) => (knob, Said::Travel(t)),
            _ => (address.as_str(), said),
        };
        let face = hub.state().face.clone();
        match Place::find(&face, address) {
            None if self.is_reading(path, said) => Ok(()),
            None => Err(unknown(&face, address).into()),
            Some(place) if self.is_told(place, plain(&face, address), said) => Ok(()),
            Some(_) => match apply(hub, address, said.into()) {
                // It was understood; the lock counts it.
                Ok(()) | Err(AddressError::Locked(_)) => Ok(()),
                Err(e) => Err(e.into()),
            },
        }
    }

    /// What is only told can be sent back, and that is all.
    fn is_reading(&self, path: &str, said: Said) -> bool {
        let path = format!("/{path}");
        let known = self.told.knows(&path);
        if let Said::Value(v) = said
            && known
        {
            // So it is known that this sender echoes.
            let _ = self.told.is_echo(self.from, &path, v as f32);
        }
        known
    }

    /// Whether a move says no more than what surfaces were told.
    fn is_told(&self, place: Place, address: &str, said: Said) -> bool {
        let path = format!("/{}", address.replace('.', "/"));
        match (said, place.kind()) {
            (_, Kind::Trigger) => false,
            (Said::Value(v), _) => self.told.is_echo(self.from, &path, v as f32),
            (Said::Travel(t), kind) => {
                let alike = |told: f32| match kind {
                    Kind::Knob(spec) => {
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
            (Said::Press, _) => {
                self.told.moved(&path);
                false
            }
        }
    }
}

impl From<Said> for Move {
    fn from(said: Said) -> Self {
        match said {
            Said::Value(v) => Self::Value(v),
            Said::Travel(t) => Self::Travel(t),
            Said::Press => Self::Press,
        }
    }
}

/// The first argument that says anything: a number, a text that is one, or a press, which no argument at all is too.
fn said(args: &[Arg]) -> Option<Said> {
    if args.is_empty() {
        return Some(Said::Press);
    }
    let value = args.iter().find_map(|a| match a {
        Arg::Travel(t) => Some(Said::Travel(*t)),
        Arg::Number(v) => Some(Said::Value(*v)),
        Arg::Text(t) => word(t).map(Said::Value),
        _ => None,
    });
    let value = value.or_else(|| args.contains(&Arg::Press).then_some(Said::Press));
    value.filter(|said| !matches!(said, Said::Value(v) if !v.is_finite()))
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
