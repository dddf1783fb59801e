//! What is done about a datagram of OSC. The work for one is bounded, whatever it says, and counted in steps: a message
//! costs [`MESSAGE`], a letter that is matched against a pattern one for each state of the pattern.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{SystemTime, UNIX_EPOCH};

use super::packet::{self, Arg, Message, Packet};
use super::pattern::{Pattern, is_pattern};
use super::told::Told;
use super::waiting::{AHEAD, Waiting, When, when};
use crate::control::address::{Kind, LONGEST, Move, Place, apply, list, plain};
use crate::control::touch::{self, Pointers, feel};
use crate::control::udp::Ear;
use crate::show::{Command, Face, Hub};
use crate::world::tape::Event;

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
        }
    }
}

impl Ear for Hearing {
    fn hear(&mut self, bytes: &[u8], from: SocketAddr, now: f64, hub: &Hub) -> u64 {
        (self.now, self.from) = (now, from.ip().to_canonical());
        self.take(bytes, hub)
    }

    fn pass(&mut self, now: f64, hub: &Hub) -> u64 {
        let mut refused = 0;
        while let Some(held) = self.waiting.due(now) {
            (self.now, self.from, self.budget) = (now, held.from, WORK);
            refused += self.parts(&held.bytes, hub, 0);
        }
        feel(hub, self.fingers.pass(now, PATIENCE));
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
                Packet::Message(message) => !self.did(&message, hub) as u64,
                _ => 1,
            };
        };
        match when(stamp, (self.unix)()) {
            _ if depth >= DEEPEST => 1,
            When::In(seconds) => !self.waiting.hold(bytes, self.from, self.now + seconds) as u64,
            When::Astray(seconds) => {
                self.tell_astray(seconds);
                self.parts(bytes, hub, depth)
            }
            When::Now => self.parts(bytes, hub, depth),
        }
    }

    /// The parts of a bundle whose time has come.
    fn parts(&mut self, bundle: &[u8], hub: &Hub, depth: usize) -> u64 {
        packet::parts(bundle).map(|p| p.map_or(1, |p| self.packet(p, hub, depth + 1))).sum()
    }

    /// The first of them is told, the tenth, the hundredth, and so on.
    fn tell_astray(&mut self, seconds: f64) {
        self.astray += 1;
        if 10u64.pow(self.astray.ilog10()) == self.astray {
            eprintln!(
                "OSC from {} is stamped {seconds:.1} s ahead of this machine's clock; more than {AHEAD} s is a clock that \
                 goes wrong, so it acts at once ({} bundles so far)",
                self.from, self.astray
            );
        }
    }

    fn did(&mut self, message: &Message, hub: &Hub) -> bool {
        if self.budget < MESSAGE {
            return false;
        }
        self.budget -= MESSAGE;
        let Some(path) = message.address.strip_prefix('/') else { return false };
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.len() > LONGEST {
            return false;
        }
        if is_pattern(message.address) && !self.is_plain(path, hub) {
            return self.matching(message, hub);
        }
        if path == "refresh" {
            self.refresh.store(true, Relaxed);
            return true;
        }
        match path.strip_prefix("touch/") {
            Some(finger) => self.touched(finger, &message.args, hub),
            None => said(&message.args).is_some_and(|said| self.moved(path, said, hub)),
        }
    }

    /// Whether a path with letters of patterns in it is the name of something all the same.
    fn is_plain(&self, path: &str, hub: &Hub) -> bool {
        Place::find(&hub.state().face, &path.replace('/', ".")).is_some()
    }

    /// Does the same at every address that matches a pattern, once at each place; whether there was any.
    fn matching(&mut self, message: &Message, hub: &Hub) -> bool {
        let Some(pattern) = Pattern::parse(message.address) else { return false };
        let said = said(&message.args);
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
        let mut any = false;
        for path in found {
            if self.budget >= MESSAGE {
                self.budget -= MESSAGE;
                any |= said.is_some_and(|said| self.moved(&path, said, hub));
            }
        }
        for path in touched {
            any |= self.touched(&path["touch/".len()..], &message.args, hub);
        }
        any
    }

    fn touched(&mut self, finger: &str, args: &[Arg], hub: &Hub) -> bool {
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

    /// Makes a move, unless it is an echo; whether that could be done.
    fn moved(&mut self, path: &str, said: Said, hub: &Hub) -> bool {
        // Only ever told, whatever scenes and cues are called.
        if matches!(path, "scene/now" | "cue/now") {
            return true;
        }
        let address = path.replace('/', ".");
        if let Some(name) = address.strip_prefix("signal.") {
            // A button without a value is down.
            let value = match said {
                Said::Value(v) | Said::Travel(v) => v,
                Said::Press => 1.0,
            };
            hub.send(Command::Event(Event::Signal(format!("osc.{name}"), value)));
            return true;
        }
        let (address, said) = match (address.strip_suffix(".travel"), said) {
            (Some(knob), Said::Value(t) | Said::Travel(t)) => (knob, Said::Travel(t)),
            _ => (address.as_str(), said),
        };
        let face = hub.state().face.clone();
        let Some(place) = Place::find(&face, address) else { return self.is_reading(path, said) };
        self.is_told(place, plain(&face, address), said) || apply(hub, address, said.into()).is_ok()
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

/// The number that a text is.
fn word(text: &str) -> Option<f64> {
    match text.trim() {
        "on" | "true" => Some(1.0),
        "off" | "false" => Some(0.0),
        text => text.parse().ok(),
    }
}

/// Everything that a pattern may mean, with the number of its place: several names lead to the same one.
#[derive(Default)]
struct Known {
    face: Option<Arc<Face>>,
    paths: Vec<(String, usize)>,
}

impl Known {
    fn enter(&mut self, face: &Arc<Face>) {
        if self.face.as_ref().is_some_and(|f| Arc::ptr_eq(f, face)) {
            return;
        }
        (self.face, self.paths) = (Some(face.clone()), Vec::new());
        let mut place = 0;
        for address in list(face) {
            place += 1;
            let names = names(face, &address.name);
            for name in names {
                let path = format!("/{}", name.replace('.', "/"));
                let travels = matches!(address.kind, Kind::Knob(_) | Kind::Level);
                let travel = travels.then(|| (format!("{path}/travel"), place));
                self.paths.extend([(path, place)].into_iter().chain(travel));
            }
        }
        let mut signals: Vec<&str> = face.links.iter().filter_map(|l| l.from.strip_prefix("osc.")).collect();
        signals.sort_unstable();
        signals.dedup();
        let others = signals.iter().map(|s| format!("/signal/{s}"));
        self.paths.extend(others.enumerate().map(|(i, path)| (path, place + 1 + i)));
    }
}

/// An address, and the other names that lead to the same place.
fn names(face: &Face, address: &str) -> Vec<String> {
    let named = |head: &str, n: &str| {
        let n = n.parse::<usize>().ok()?;
        match head {
            "scene" => face.scenes.get(n).cloned(),
            "cue" => face.cues.get(n).map(|c| c.name.clone()),
            _ => None,
        }
    };
    let in_scene = crate::control::address::in_scene(face, address);
    let other = match address.split_once('.') {
        Some((head @ ("scene" | "cue"), n)) => named(head, n).map(|name| format!("{head}.{name}")),
        _ => (in_scene != address).then_some(in_scene),
    };
    std::iter::once(address.to_string()).chain(other).collect()
}
