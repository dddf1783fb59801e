//! OSC output: feedback to controllers, so that their LEDs and motor faders follow the show.
//!
//! `/NODE/KNOB v` as set by hand, `/NODE/READOUT v`, `/judge/NAME p`, `/sound/level v`, `/tempo/beat n`,
//! `/scene/now n NAME` and `/cue/now n NAME`, each only when it has changed and at most thirty times a second. A
//! readout with the name of a knob is sent below it ([`reading`]). Sent values are recorded in [`FeedbackState`], so
//! that an echo moves nothing.

use std::collections::BTreeMap;
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use rosc::{OscBundle, OscMessage, OscPacket, OscTime, OscType, encoder};

use super::feedback::FeedbackState;
use crate::address::{AddressTarget, list};
use crate::reading;
use show::{DeviceState, Hub, SceneDescription, ShowState, Worker};

/// Interval at which changes are sent.
const EVERY: Duration = Duration::from_millis(34);
/// Bytes of a datagram that no network fragments.
const DATAGRAM: usize = 1200;

/// Why feedback cannot be sent to a target; the show continues without it.
#[derive(Debug, thiserror::Error)]
#[error("OSC cannot be sent to {target}: {reason}")]
pub struct TargetError {
    /// The target as given.
    pub target: String,
    /// What was expected, or the system's error.
    pub reason: String,
}

/// Sends feedback until it is dropped.
pub struct OscOut {
    _worker: Worker,
}

impl OscOut {
    /// Sends feedback to these targets, `HOST:PORT` each; everything again whenever `refresh` is set. Sent values are
    /// recorded in `feedback`, by which the receiver recognises echoes. A target may be absent.
    ///
    /// # Errors
    /// [`TargetError`] names the first invalid target.
    pub fn open(
        targets: &[String],
        refresh: Arc<AtomicBool>,
        feedback: Arc<FeedbackState>,
        hub: Arc<Hub>,
    ) -> Result<Self, TargetError> {
        let opened = Self::start(targets, refresh, feedback, hub.clone());
        if let Err(e) = &opened {
            let (what, name, word) = ("osc out", e.target.clone(), e.reason.clone());
            hub.report_devices(what, vec![DeviceState { what, name, fine: false, word }]);
        }
        opened
    }

    fn start(
        targets: &[String],
        refresh: Arc<AtomicBool>,
        feedback: Arc<FeedbackState>,
        hub: Arc<Hub>,
    ) -> Result<Self, TargetError> {
        let places = targets.iter().map(|t| target(t)).collect::<Result<Vec<_>, _>>()?;
        let wrong = |e: std::io::Error| TargetError { target: targets.join(", "), reason: e.to_string() };
        let socket = UdpSocket::bind("0.0.0.0:0").map_err(wrong)?;
        // Controllers on the same network may be reached by the broadcast address.
        let _ = socket.set_broadcast(true);
        feedback.set_targets(places.iter().map(SocketAddr::ip));
        let send = move |end: &AtomicBool| {
            let mut sender = FeedbackSender::new(feedback);
            while !end.load(Relaxed) && !hub.is_closing() {
                if refresh.swap(false, Relaxed) {
                    sender.forget();
                }
                for bytes in datagrams(sender.changes(&hub)) {
                    // The target may be absent; that is no error.
                    places.iter().for_each(|p| drop(socket.send_to(&bytes, p)));
                }
                std::thread::sleep(EVERY);
            }
        };
        Ok(Self { _worker: Worker::start("osc out", send).map_err(wrong)? })
    }
}

fn target(text: &str) -> Result<SocketAddr, TargetError> {
    let wrong = |reason: String| TargetError { target: text.into(), reason };
    if !text.contains(':') {
        return Err(wrong("expected HOST:PORT, such as 192.168.0.7:9001".into()));
    }
    let mut found = text.to_socket_addrs().map_err(|e| wrong(e.to_string()))?;
    // The socket is IPv4.
    found.find(SocketAddr::is_ipv4).ok_or_else(|| wrong("it has no IPv4 address".into()))
}

/// Finds what has changed since it was sent last.
#[derive(Default)]
pub struct FeedbackSender {
    description: Option<Arc<SceneDescription>>,
    places: BTreeMap<String, AddressTarget>,
    sent: BTreeMap<String, Vec<OscType>>,
    feedback: Arc<FeedbackState>,
}

impl FeedbackSender {
    /// Sent values are recorded in `feedback`.
    pub fn new(feedback: Arc<FeedbackState>) -> Self {
        Self { feedback, ..Self::default() }
    }

    /// Everything is resent.
    pub fn forget(&mut self) {
        self.sent.clear();
    }

    /// The messages about what has changed since the last call.
    pub fn changes(&mut self, hub: &Hub) -> Vec<OscMessage> {
        let state = hub.state();
        if self.description.as_ref().is_none_or(|f| !Arc::ptr_eq(f, &state.description)) {
            self.enter(state.description.clone());
        }
        let mut now: Vec<(String, Vec<OscType>)> = Vec::new();
        for (address, place) in &self.places {
            let value = place.value(&state, hub.master());
            now.extend(value.map(|v| (address.clone(), vec![OscType::Float(v as f32)])));
        }
        readings(&state, &mut |address, v| {
            let address = reading(address, |a| self.places.contains_key(a));
            now.push((address, vec![OscType::Float(v as f32)]));
        });
        now.extend(current(&state));
        let mut changed = Vec::new();
        for (addr, args) in now {
            if self.sent.get(&addr) != Some(&args) {
                self.sent.insert(addr.clone(), args.clone());
                if let Some(value) = args.iter().find_map(value) {
                    self.feedback.record(&addr, value);
                }
                changed.push(OscMessage { addr, args });
            }
        }
        changed
    }

    /// Another scene is sent in full; the same one with another seed only where it differs.
    fn enter(&mut self, description: Arc<SceneDescription>) {
        let found = list(&description)
            .into_iter()
            .filter_map(|a| Some((osc(&a.name), AddressTarget::find(&description, &a.name)?)));
        self.places = found.collect();
        if self
            .description
            .as_ref()
            .is_none_or(|f| f.scene != description.scene || f.nodes.len() != description.nodes.len())
        {
            self.sent.clear();
            self.feedback.forget();
        }
        self.description = Some(description);
    }
}

fn value(arg: &OscType) -> Option<f32> {
    match arg {
        OscType::Float(v) => Some(*v),
        OscType::Int(v) => Some(*v as f32),
        _ => None,
    }
}

fn osc(address: &str) -> String {
    format!("/{}", address.replace('.', "/"))
}

/// Readouts of the systems, the judge and the audio input.
fn readings(state: &ShowState, each: &mut dyn FnMut(String, f64)) {
    for (description, now) in state.description.nodes.iter().zip(&state.nodes) {
        let all = description.kind.readouts.iter().zip(&now.readouts);
        all.for_each(|(r, v)| each(format!("/{}/{}", description.name, r.name), *v as f64));
    }
    if let Some(verdict) = &state.verdict {
        verdict.top.iter().for_each(|(name, p)| each(format!("/judge/{name}"), *p as f64));
        each("/judge/confidence".into(), verdict.confidence as f64);
        each("/judge/novelty".into(), verdict.novelty as f64);
    }
    state.heard.iter().for_each(|(name, v)| each(format!("/sound/{name}"), *v));
}

/// The current beat, scene and cue.
fn current(state: &ShowState) -> Vec<(String, Vec<OscType>)> {
    let (description, mut all) = (&state.description, Vec::new());
    if state.tempo.bpm > 0.0 {
        all.push(("/tempo/beat".into(), vec![OscType::Int(state.tempo.beat as i32)]));
    }
    if let Some(name) = description.scenes.get(description.scene) {
        let args = vec![OscType::Int(description.scene as i32), OscType::String(name.clone())];
        all.push(("/scene/now".into(), args));
    }
    if let Some((n, cue)) = state.cue.now.and_then(|n| Some((n, description.cues.get(n)?))) {
        all.push(("/cue/now".into(), vec![OscType::Int(n as i32), OscType::String(cue.name.clone())]));
    }
    all
}

/// Messages in as few datagrams as possible; a single message goes without a bundle, for the simplest controllers.
pub(super) fn datagrams(messages: Vec<OscMessage>) -> Vec<Vec<u8>> {
    let (mut all, mut size) = (Vec::<Vec<OscPacket>>::new(), DATAGRAM);
    for message in messages {
        let length = encoder::encode(&OscPacket::Message(message.clone())).map_or(0, |b| b.len() + 4);
        if size + length > DATAGRAM {
            (size, _) = (16, all.push(Vec::new()));
        }
        size += length;
        all.last_mut().into_iter().for_each(|b| b.push(OscPacket::Message(message.clone())));
    }
    let timetag = OscTime { seconds: 0, fractional: 1 };
    let packet = |mut content: Vec<OscPacket>| match content.len() {
        1 => content.remove(0),
        _ => OscPacket::Bundle(OscBundle { timetag, content }),
    };
    all.into_iter().filter_map(|content| encoder::encode(&packet(content)).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::osc::OscReceiver;
    use crate::sample;
    use show::{Command, VerdictState};
    use world::node::SystemKind;
    use world::ports::Readout;

    fn args_of(messages: &[OscMessage], address: &str) -> Option<Vec<OscType>> {
        messages.iter().find(|m| m.addr == address).map(|m| m.args.clone())
    }

    #[test]
    fn everything_is_sent_once_and_then_only_changes() {
        let (hub, _inbox) = sample::hub();
        let mut sender = FeedbackSender::default();
        let all = sender.changes(&hub);
        assert_eq!(args_of(&all, "/gas/inflow"), Some(vec![OscType::Float(2.0)]));
        assert_eq!(args_of(&all, "/layer/smoke/opacity"), Some(vec![OscType::Float(1.0)]));
        assert_eq!(args_of(&all, "/master/fade"), Some(vec![OscType::Float(1.0)]));
        let scene = vec![OscType::Int(0), OscType::String("dawn".into())];
        assert_eq!(args_of(&all, "/scene/now"), Some(scene));
        assert!(args_of(&all, "/show/go").is_none() && args_of(&all, "/tempo/beat").is_none());
        assert!(sender.changes(&hub).is_empty());
        let mut state = ShowState::clone(&hub.state());
        state.nodes[0].set[0] = 7.5;
        (state.tempo.bpm, state.tempo.beat) = (120.0, 3);
        state.verdict = Some(VerdictState { top: vec![("life".into(), 0.75)], ..VerdictState::default() });
        state.heard = vec![("level".into(), 0.25)];
        hub.publish(state);
        hub.master().blackout(true);
        let mut changed: Vec<String> = sender.changes(&hub).into_iter().map(|m| m.addr).collect();
        changed.sort();
        let expected = [
            "/gas/inflow",
            "/judge/confidence",
            "/judge/life",
            "/judge/novelty",
            "/master/blackout",
            "/sound/level",
            "/tempo/beat",
            "/tempo/bpm",
        ];
        assert_eq!(changed, expected);
        sender.forget();
        assert!(sender.changes(&hub).len() > all.len(), "a refresh sends everything");
    }

    /// The noise has a knob and a readout named `contrast`: they are distinct, and so are a switch and a readout.
    #[test]
    fn a_knob_and_a_readout_of_one_name_are_distinct() {
        let (hub, inbox) = sample::hub();
        let mut state = ShowState::clone(&hub.state());
        let read = |name| Readout { name, about: "", lo: 0.0, hi: 1.0 };
        let readouts = Vec::leak(vec![read("inflow"), read("wander"), read("mean")]);
        let mut description = SceneDescription::clone(&state.description);
        description.nodes[0].kind =
            Box::leak(Box::new(SystemKind { readouts, ..*description.nodes[0].kind }));
        state.description = Arc::new(description);
        state.nodes[0].readouts = vec![0.165, 0.5, 0.25];
        state.heard = vec![("level".into(), 0.5)];
        hub.publish(state.clone());
        let mut input = OscReceiver::default();
        let mut sender = FeedbackSender::new(input.feedback());
        let all = sender.changes(&hub);
        for (address, value) in [
            ("/gas/inflow", 2.0),
            ("/gas/inflow/now", 0.165),
            ("/gas/wander", 1.0),
            ("/gas/wander/now", 0.5),
            ("/gas/mean", 0.25),
            ("/sound/level", 0.5),
        ] {
            assert_eq!(args_of(&all, address), Some(vec![OscType::Float(value)]), "{address}");
            assert_eq!(all.iter().filter(|m| m.addr == address).count(), 1);
        }
        assert!(sender.changes(&hub).is_empty(), "nothing has changed");
        state.nodes[0].readouts[0] = 0.25;
        hub.publish(state);
        let changed: Vec<String> = sender.changes(&hub).into_iter().map(|m| m.addr).collect();
        assert_eq!(changed, ["/gas/inflow/now"]);
        // However late the echo, it moves nothing.
        input.feedback().advance(60_000);
        datagrams(all).iter().for_each(|d| assert_eq!(input.take(d, &hub), 0));
        assert_eq!(inbox.try_iter().count(), 0);
    }

    #[test]
    fn feedback_fits_in_datagrams_and_is_received_again() {
        let (hub, inbox) = sample::hub();
        let messages = FeedbackSender::default().changes(&hub);
        let many: Vec<OscMessage> = (0..20).flat_map(|_| messages.clone()).collect();
        let sent = datagrams(many.clone());
        assert!(sent.len() > 3 && sent.iter().all(|d| d.len() <= DATAGRAM), "{}", sent.len());
        let mut input = OscReceiver::default();
        sent.iter().for_each(|d| {
            input.take(d, &hub);
        });
        let moves = inbox.try_iter().filter(|c| matches!(c, Command::Event(_))).count();
        assert!(moves >= 20 * 5, "{moves}: each knob was set to its current value");
    }

    #[test]
    fn an_invalid_target_is_named_and_an_absent_one_is_no_error() {
        let (hub, _inbox) = sample::hub();
        let open = |t: &str| OscOut::open(&[t.to_string()], Arc::default(), Arc::default(), hub.clone());
        let said = open("9000").err().unwrap().to_string();
        assert!(said.contains("`9000`") || said.contains("9000") && said.contains("HOST:PORT"), "{said}");
        assert!(open("127.0.0.1:ninety").is_err());
        let device = hub.devices().pop().unwrap();
        assert_eq!((device.what, device.name.as_str(), device.fine), ("osc out", "127.0.0.1:ninety", false));
        let out = open("127.0.0.1:9").unwrap();
        std::thread::sleep(Duration::from_millis(120));
        assert!(!out._worker.is_finished());
    }

    #[test]
    fn a_controller_receives_feedback_and_requests_a_refresh() {
        let (hub, _inbox) = sample::hub();
        let controller = UdpSocket::bind("127.0.0.1:0").unwrap();
        controller.set_read_timeout(Some(Duration::from_millis(400))).unwrap();
        let refresh = Arc::new(AtomicBool::new(false));
        let target = controller.local_addr().unwrap().to_string();
        let _out = OscOut::open(&[target], refresh.clone(), Arc::default(), hub.clone()).unwrap();
        let mut bytes = [0; 2000];
        let mut count = || std::iter::from_fn(|| controller.recv(&mut bytes).ok()).count();
        let first = count();
        assert!(first > 0);
        assert_eq!(count(), 0, "nothing has changed");
        refresh.store(true, Relaxed);
        assert_eq!(count(), first);
    }
}
