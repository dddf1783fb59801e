//! Handles OSC datagrams. The work for one is bounded, whatever it contains, and counted in steps: a message costs
//! [`MESSAGE`], a character that is matched against a pattern one for each state of the pattern.

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

/// Greatest nesting depth of bundles.
const DEEPEST: usize = 8;
/// Seconds without a message after which a touch is lifted: its `up` may have been lost.
const TIMEOUT: f64 = 5.0;
/// Poll interval while touches are down, s.
const TOUCH_POLL: f64 = 0.008;
/// Work budget of one datagram, steps: some milliseconds.
const BUDGET: u64 = 4_000_000;
/// Steps that a message costs, and each input that it makes.
const MESSAGE: u64 = 200;

/// The OSC receiver.
pub struct OscReceiver {
    fingers: Pointers<String>,
    refresh: Arc<AtomicBool>,
    feedback: Arc<FeedbackState>,
    queue: BundleQueue,
    /// Bundles with a time tag out of range.
    skewed: u64,
    now: f64,
    from: IpAddr,
    unix: fn() -> f64,
    /// Steps left for this datagram.
    budget: u64,
    index: AddressIndex,
    port: PortStatus,
}

impl Default for OscReceiver {
    fn default() -> Self {
        Self {
            fingers: Pointers::new(touch::OSC),
            refresh: Arc::default(),
            feedback: Arc::default(),
            queue: BundleQueue::default(),
            skewed: 0,
            now: 0.0,
            from: Ipv4Addr::UNSPECIFIED.into(),
            unix: || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64()),
            budget: 0,
            index: AddressIndex::default(),
            port: PortStatus::default(),
        }
    }
}

impl DatagramHandler for OscReceiver {
    fn receive(&mut self, bytes: &[u8], from: SocketAddr, now: f64, hub: &Hub) -> u64 {
        (self.now, self.from) = (now, from.ip().to_canonical());
        self.port.note_sender(self.from);
        self.take(bytes, hub)
    }

    fn tick(&mut self, now: f64, hub: &Hub) -> u64 {
        let mut rejected = 0;
        while let Some(queued) = self.queue.due(now) {
            (self.now, self.from, self.budget) = (now, queued.from, BUDGET);
            rejected += self.parts(&queued.bytes, hub, 0);
        }
        send_touches(hub, self.fingers.tick(now, TIMEOUT));
        self.port.tick(now, hub);
        rejected
    }

    fn next_tick(&self, now: f64) -> Option<f64> {
        let fingers = (self.fingers.count() > 0).then_some(TOUCH_POLL);
        fingers.into_iter().chain(self.queue.next(now)).reduce(f64::min)
    }
}

/// The input of a message to an address.
#[derive(Clone, Copy, Debug, PartialEq)]
enum MessageKind {
    Value(f64),
    Travel(f64),
    Press,
}

impl OscReceiver {
    /// The same, with a port status to report to.
    pub fn at(self, port: PortStatus) -> Self {
        Self { port, ..self }
    }

    /// Set when everything is to be resent.
    pub fn refresh(&self) -> Arc<AtomicBool> {
        self.refresh.clone()
    }

    /// Sent feedback.
    pub fn feedback(&self) -> Arc<FeedbackState> {
        self.feedback.clone()
    }

    /// Steps that the last datagram cost.
    pub fn work(&self) -> u64 {
        BUDGET - self.budget
    }

    /// Steps that a datagram may cost at most.
    pub fn most_work(&self) -> u64 {
        BUDGET
    }

    /// The same with a clock for tests, seconds since 1970.
    #[cfg(test)]
    pub fn with_clock(self, unix: fn() -> f64) -> Self {
        Self { unix, ..self }
    }

    /// Handles a datagram; returns the number of rejected messages.
    pub fn take(&mut self, bytes: &[u8], hub: &Hub) -> u64 {
        self.budget = BUDGET;
        self.packet(bytes, hub, 0)
    }

    fn packet(&mut self, bytes: &[u8], hub: &Hub, depth: usize) -> u64 {
        let Some(time_tag) = packet::time_tag(bytes) else {
            return match packet::read(bytes) {
                Packet::Message(message) => match self.handle(&message, hub) {
                    Ok(()) => 0,
                    Err(why) => self.reject(why, message.address),
                },
                _ => self.reject(RejectReason::Malformed, ""),
            };
        };
        match when(time_tag, (self.unix)()) {
            _ if depth >= DEEPEST => self.reject(RejectReason::TooDeep, ""),
            BundleTime::In(seconds) => match self.queue.push(bytes, self.from, self.now + seconds) {
                true => 0,
                false => self.reject(RejectReason::QueueFull, ""),
            },
            BundleTime::OutOfRange(seconds) => {
                self.report_skewed(seconds);
                self.parts(bytes, hub, depth)
            }
            BundleTime::Now => self.parts(bytes, hub, depth),
        }
    }

    /// Handles the parts of a bundle that is due.
    fn parts(&mut self, bundle: &[u8], hub: &Hub, depth: usize) -> u64 {
        let part = |p: Result<&[u8], ()>| match p {
            Ok(p) => self.packet(p, hub, depth + 1),
            Err(()) => self.reject(RejectReason::Malformed, ""),
        };
        packet::parts(bundle).map(part).sum()
    }

    /// Rejects one message.
    fn reject(&mut self, why: RejectReason, address: &str) -> u64 {
        self.port.reject(why, address, self.from, 1);
        1
    }

    /// Logs the first of them, the tenth, the hundredth, and so on.
    fn report_skewed(&mut self, seconds: f64) {
        self.skewed += 1;
        if 10u64.pow(self.skewed.ilog10()) == self.skewed {
            log::status(format!(
                "OSC from {}: a time tag is {seconds:.1} s ahead of this machine's clock; more than \
                 {AHEAD} s means clock skew, so the bundle acts at once ({} bundles so far)",
                self.from, self.skewed
            ));
        }
    }

    fn handle(&mut self, message: &Message, hub: &Hub) -> Result<(), RejectReason> {
        if self.budget < MESSAGE {
            return Err(RejectReason::OverBudget);
        }
        self.budget -= MESSAGE;
        let path = message.address.strip_prefix('/').ok_or(RejectReason::Malformed)?;
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.len() > LONGEST {
            return Err(RejectReason::TooLong);
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
            None => self.moved(path, input(&message.args).ok_or(RejectReason::NotANumber)?, hub),
        }
    }

    /// Whether a path with wildcards in it is a plain address all the same.
    fn is_plain(&self, path: &str, hub: &Hub) -> bool {
        AddressTarget::find(&hub.state().description, &path.replace('/', ".")).is_some()
    }

    /// Applies an input to every address that matches a pattern, once per target; there must be at least one.
    fn matching(&mut self, message: &Message, hub: &Hub) -> Result<(), RejectReason> {
        let pattern = AddressPattern::parse(message.address).ok_or(RejectReason::UnknownAddress)?;
        let input = input(&message.args).ok_or(RejectReason::NotANumber);
        self.index.enter(&hub.state().description);
        let (mut found, mut done) = (Vec::new(), usize::MAX);
        for (path, place) in &self.index.paths {
            if *place != done && pattern.matches(path, &mut self.budget) {
                (done, _) = (*place, found.push(path[1..].to_string()));
            }
        }
        let fingers = self.fingers.keys().flat_map(|id| [format!("touch/{id}"), format!("touch/{id}/up")]);
        let touched: Vec<String> =
            fingers.filter(|p| pattern.matches(&format!("/{p}"), &mut self.budget)).collect();
        // One success is enough.
        let mut done =
            Err(if self.budget < MESSAGE { RejectReason::OverBudget } else { RejectReason::UnknownAddress });
        for path in found {
            if self.budget >= MESSAGE {
                self.budget -= MESSAGE;
                done = done.or(input.and_then(|input| self.moved(&path, input, hub)));
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

    /// Applies an input, unless it is an echo.
    fn moved(&mut self, path: &str, input: MessageKind, hub: &Hub) -> Result<(), RejectReason> {
        // Output only, even where a scene or cue is named `now`.
        if matches!(path, "scene/now" | "cue/now") {
            return Ok(());
        }
        let address = path.replace('/', ".");
        if let Some(name) = address.strip_prefix("signal.") {
            // A press without a value is 1.
            let value = match input {
                MessageKind::Value(v) | MessageKind::Travel(v) => v,
                MessageKind::Press => 1.0,
            };
            hub.send(Command::Event(Event::Signal(format!("osc.{name}"), value)));
            return Ok(());
        }
        let (address, input) = match (address.strip_suffix(".travel"), input) {
            (Some(knob), MessageKind::Value(t) | MessageKind::Travel(t)) => (knob, MessageKind::Travel(t)),
            _ => (address.as_str(), input),
        };
        let description = hub.state().description.clone();
        match AddressTarget::find(&description, address) {
            None if self.is_output(path, input) => Ok(()),
            None => Err(unknown(&description, address).into()),
            Some(place) if self.is_echo(place, plain(&description, address), input) => Ok(()),
            Some(_) => match apply(hub, address, input.into()) {
                // It was valid; the lock counts it.
                Ok(()) | Err(AddressError::Locked(_)) => Ok(()),
                Err(e) => Err(e.into()),
            },
        }
    }

    /// Whether an address is output only: its echo is accepted, and does nothing.
    fn is_output(&self, path: &str, input: MessageKind) -> bool {
        let path = format!("/{path}");
        let known = self.feedback.contains(&path);
        if let MessageKind::Value(v) = input
            && known
        {
            // This records that the sender echoes.
            let _ = self.feedback.is_echo(self.from, &path, v as f32);
        }
        known
    }

    /// Whether an input is an echo of sent feedback.
    fn is_echo(&self, place: AddressTarget, address: &str, input: MessageKind) -> bool {
        let path = format!("/{}", address.replace('.', "/"));
        match (input, place.kind()) {
            (_, AddressKind::Trigger) => false,
            (MessageKind::Value(v), _) => self.feedback.is_echo(self.from, &path, v as f32),
            (MessageKind::Travel(t), kind) => {
                let alike = |sent: f32| match kind {
                    AddressKind::Knob(spec) => {
                        spec.position_of(sent as f64) as f32 == t as f32 || spec.value_at(t) as f32 == sent
                    }
                    _ => sent == t as f32,
                };
                let is_current = self.feedback.is_current(&path, alike);
                if !is_current {
                    self.feedback.moved(&path);
                }
                is_current
            }
            (MessageKind::Press, _) => {
                self.feedback.moved(&path);
                false
            }
        }
    }
}

impl From<MessageKind> for ControlInput {
    fn from(input: MessageKind) -> Self {
        match input {
            MessageKind::Value(v) => Self::Value(v),
            MessageKind::Travel(t) => Self::Travel(t),
            MessageKind::Press => Self::Press,
        }
    }
}

/// The first usable argument: a number, a numeric string, or a press; no arguments are a press too.
fn input(args: &[Arg]) -> Option<MessageKind> {
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
    value.filter(|input| !matches!(input, MessageKind::Value(v) if !v.is_finite()))
}

fn number(arg: &Arg) -> Option<f64> {
    match arg {
        Arg::Number(v) | Arg::Travel(v) => Some(*v),
        Arg::Text(t) => word(t),
        _ => None,
    }
}

/// The number that a string stands for; some programs write words in capitals.
fn word(text: &str) -> Option<f64> {
    let text = text.trim();
    let is = |words: [&str; 2]| words.iter().any(|w| text.eq_ignore_ascii_case(w));
    match text {
        _ if is(["on", "true"]) => Some(1.0),
        _ if is(["off", "false"]) => Some(0.0),
        text => text.parse().ok(),
    }
}
