//! OSC as controllers and programs send it.

use std::net::UdpSocket;
use std::time::Duration;

use proptest::prelude::*;
use rosc::{OscBundle, OscMessage, OscPacket, OscTime, OscType, encoder};

use super::out::{FeedbackSender, datagrams};
use super::*;
use crate::udp::DatagramHandler;
use crate::{sample, touch};
use show::CommandReceiver;
use show::{Command, ShowState, VerdictState};
use world::tape::Event;

fn message(addr: &str, args: Vec<OscType>) -> OscPacket {
    OscPacket::Message(OscMessage { addr: addr.into(), args })
}

#[test]
fn what_is_sent_over_udp_moves_the_show() {
    let (hub, inbox) = sample::hub();
    let osc = Osc::listen("127.0.0.1:0", hub.clone()).unwrap();
    let controller = UdpSocket::bind("127.0.0.1:0").unwrap();
    let send = |p: &OscPacket| {
        controller.send_to(&encoder::encode(p).unwrap(), osc.address()).unwrap();
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
    assert_eq!(next(), Command::Cue(show::CueTarget::Go));
    let black = (0..5000).any(|_| {
        std::thread::sleep(Duration::from_millis(1));
        hub.master().is_black()
    });
    assert!(black);
    assert_eq!(osc.rejected(), 2, "an unknown address, and a word for a number");
}

#[test]
fn two_touches_at_once_stay_down_until_they_are_lifted() {
    use world::system::Phase;
    let (hub, inbox) = sample::hub();
    let mut input = OscReceiver::default();
    let mut say = |addr: &str, args: &[f32]| {
        let args = args.iter().map(|v| OscType::Float(*v)).collect();
        input.take(&encoder::encode(&message(addr, args)).unwrap(), &hub)
    };
    assert_eq!(say("/touch/1", &[0.25, 0.5]) + say("/touch/2", &[0.75, 0.5, 0.1, -1.0]), 0);
    assert_eq!(say("/touch/1", &[0.5, 0.5]), 0);
    assert_eq!(say("/touch/1/up", &[]), 0);
    assert_eq!(
        say("/touch/1/up", &[]) + say("/touch/3", &[0.5]),
        2,
        "it is not down; a position has two numbers"
    );
    input.tick(0.1, &hub);
    assert!(input.next_tick(0.1).is_some());
    let touches: Vec<_> = inbox
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
    assert_eq!(touches, expected);
    input.tick(9.0, &hub);
    assert!(input.next_tick(9.0).is_none(), "a silent touch is lifted");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let (hub, _inbox) = sample::hub();
    let first = Osc::listen("0", hub.clone()).unwrap();
    let text = Osc::listen(&first.address().to_string(), hub).err().unwrap().to_string();
    assert!(text.contains(&first.address().to_string()), "{text}");
}

/// A receiver, and the commands that it has sent.
struct ReceiverFixture {
    hub: Arc<Hub>,
    inbox: CommandReceiver,
    input: OscReceiver,
}

impl ReceiverFixture {
    fn new() -> Self {
        let (hub, inbox) = sample::hub();
        Self { hub, inbox, input: OscReceiver::default() }
    }
    /// The commands of a datagram, and the number of its rejected messages.
    fn takes(&mut self, bytes: &[u8]) -> (Vec<Command>, u64) {
        let rejected = self.input.take(bytes, &self.hub);
        (self.inbox.try_iter().collect(), rejected)
    }
    fn send(&mut self, addr: &str, args: Vec<OscType>) -> (Vec<Command>, u64) {
        self.takes(&encoder::encode(&message(addr, args)).unwrap())
    }
    /// Publishes a changed state of the show.
    fn publish(&self, change: impl FnOnce(&mut ShowState)) {
        let mut state = ShowState::clone(&self.hub.state());
        change(&mut state);
        self.hub.publish(state);
    }
}

fn padded(text: &[u8]) -> Vec<u8> {
    [text, &[0; 4][..4 - text.len() % 4]].concat()
}

fn set(address: &str, value: f64) -> Command {
    Command::Event(Event::Set(address.into(), value))
}

#[test]
fn buttons_of_every_kind_are_presses() {
    let bare = |tags: &[u8], data: &[u8]| {
        let tags = if tags.is_empty() { Vec::new() } else { padded(tags) };
        [padded(b"/master/blackout"), tags, data.to_vec()].concat()
    };
    for (tags, data, black) in [
        (&b""[..], &b""[..], true),
        (b",", b"", true),
        (b",I", b"", true),
        (b",N", b"", true),
        (b",t", &[0; 8], true),
        (b",[f]", b"\x3f\x80\0\0", true),
        (b",T", b"", true),
        (b",F", b"", false),
        (b",h", b"\0\0\0\0\0\0\0\x01", true),
        (b",d", b"\x3f\xf0\0\0\0\0\0\0", true),
        (b",s", b"1\0\0\0", true),
        (b",s", b"off\0", false),
        (b",s", b"ON\0\0", true),
        (b",s", b"True\0\0\0\0", true),
        (b",s", b"False\0\0\0", false),
        (b",c", b"\0\0\x001", true),
        (b",m", b"\0\x90\x40\x7f", true),
        (b",m", b"\0\x80\x40\x7f", false),
        (b",r", b"\xff\xff\xff\0", true),
        (b",sf", b"label\0\0\0\x3f\x80\0\0", true),
        (b"", b"\x3f\x80\0\0", true),
        (b"", b"\0\0\0\x01", true),
        (b"", b"\0\0\0\0", false),
    ] {
        let mut port = ReceiverFixture::new();
        port.hub.master().blackout(!black);
        assert_eq!(port.takes(&bare(tags, data)).1, 0, "{tags:?} {data:?}");
        assert_eq!(port.hub.master().is_black(), black, "{tags:?} {data:?}");
    }
    for (tags, data) in
        [(&b",b"[..], &b"\0\0\0\x01x\0\0\0"[..]), (b",s", b"fast"), (b",f", b"\x7f\xc0\0\0"), (b",y", b"")]
    {
        assert_eq!(ReceiverFixture::new().takes(&bare(tags, data)), (vec![], 1), "{tags:?}");
    }
    let midi = OscType::Midi(rosc::OscMidiMessage { port: 0, status: 0xb0, data1: 7, data2: 127 });
    let (made, _) = ReceiverFixture::new().send("/gas/inflow", vec![midi]);
    assert_eq!(made, [Command::Travel("gas.inflow".into(), 1.0)]);
    let (made, _) = ReceiverFixture::new().send("/signal/hand", vec![]);
    assert_eq!(made, [Command::Event(Event::Signal("osc.hand".into(), 1.0))]);
}

#[test]
fn unknown_types_drop_their_own_message_and_not_its_bundle() {
    let part = |bytes: Vec<u8>| [&(bytes.len() as u32).to_be_bytes()[..], &bytes].concat();
    let bundle = [
        b"#bundle\0\0\0\0\0\0\0\0\x01".to_vec(),
        part([padded(b"/gas/inflow"), padded(b",y"), vec![1, 2, 3, 4]].concat()),
        part(padded(b"no address")),
        part([padded(b"/gas/inflow"), padded(b",fQ"), 4f32.to_be_bytes().to_vec()].concat()),
    ];
    assert_eq!(ReceiverFixture::new().takes(&bundle.concat()), (vec![set("gas.inflow", 4.0)], 2));
}

#[test]
fn patterns_act_on_every_address_that_matches_once() {
    let mut port = ReceiverFixture::new();
    let mut say = |addr: &str, v: f32| {
        let (made, rejected) = port.send(addr, vec![OscType::Float(v)]);
        (made, rejected)
    };
    let both = |v: f64| vec![set("gas.inflow", v), set("voice.hum.inflow", v)];
    assert_eq!(say("/layer/*/opacity", 0.25), (vec![set("layer.smoke.opacity", 0.25)], 0));
    assert_eq!(say("//inflow", 3.0), (both(3.0), 0), "a scene's name in front is the same target");
    assert_eq!(say("/{gas,voice/hum,oil}/inflow", 3.0).1, 1, "braces hold words");
    assert_eq!(say("/g?[!b-r]/inflow/travel", 0.5), (vec![Command::Travel("gas.inflow".into(), 0.5)], 0));
    assert_eq!(say("/scene/[0-9]", 1.0).0, [Command::Scene(0), Command::Scene(1)]);
    assert_eq!(say("/scene/d*", 1.0).0, [Command::Scene(0), Command::Scene(1)]);
    assert_eq!(say("/cue/{storm,none}", 1.0).0, [Command::Cue(show::CueTarget::To(1))]);
    assert_eq!(say("/lay?r/nothing*/opacity", 1.0), (vec![], 1));
    assert_eq!(say("/layer/[", 1.0), (vec![], 1));
    port.send("/touch/a1", vec![OscType::Float(0.5), OscType::Float(0.5)]);
    port.send("/touch/a2", vec![OscType::Float(0.5), OscType::Float(0.5)]);
    assert_eq!(port.send("/touch/a*/up", vec![]).0.len(), 2, "all fingers are lifted");
}

/// Work is counted and bounded, whatever a datagram of the largest size says.
#[test]
fn no_datagram_exceeds_the_work_budget() {
    let mut port = ReceiverFixture::new();
    let bundle = |address: &[u8]| {
        let part = padded(address);
        let part = [&(part.len() as u32).to_be_bytes()[..], &part].concat();
        let head = b"#bundle\0\0\0\0\0\0\0\0\x01".to_vec();
        [head, part.repeat(65_000 / part.len())].concat()
    };
    let most = port.input.most_work();
    let evil = [&b"/"[..], &b"*a".repeat(120), b"b"].concat();
    for address in [&b"/a"[..], b"//*", &evil, &b"/x".repeat(120), &[b'/'; 240]] {
        let (made, _) = port.takes(&bundle(address));
        let work = port.input.work();
        assert!(work > 0 && work <= most && made.len() <= 20_000, "{address:?}: {work}");
    }
    // An address that is too long is rejected unparsed, also alone in the largest datagram.
    let long = padded(&[b"/gas/", &[b'i'; 65_000][..]].concat());
    assert_eq!(port.takes(&long), (vec![], 1));
    assert!(port.input.work() < 1000);
}

fn stamped(unix: f64, content: Vec<OscPacket>) -> Vec<u8> {
    let seconds = unix.floor();
    let timetag = OscTime {
        seconds: (seconds as u64 + 2_208_988_800) as u32,
        fractional: ((unix - seconds) * 4.294e9) as u32,
    };
    encoder::encode(&OscPacket::Bundle(OscBundle { timetag, content })).unwrap()
}

#[test]
fn bundles_with_future_time_tags_act_at_those_times_in_order() {
    let mut port = ReceiverFixture::new();
    port.input = OscReceiver::default().with_clock(|| 1_700_000_000.0);
    let at = |offset: f64, v: f32| {
        let inner = message("/gas/inflow", vec![OscType::Float(v)]);
        stamped(1_700_000_000.0 + offset, vec![inner])
    };
    assert_eq!(port.takes(&at(0.3, 3.0)), (vec![], 0));
    assert_eq!(port.takes(&at(0.2, 2.0)), (vec![], 0));
    assert_eq!(port.takes(&at(-9.0, 1.0)).0, [set("gas.inflow", 1.0)], "a late bundle acts now");
    assert_eq!(
        port.takes(&at(99.0, 9.0)).0,
        [set("gas.inflow", 9.0)],
        "a time tag out of range is not waited for"
    );
    let soon = port.input.next_tick(0.0).unwrap();
    assert!((soon - 0.2).abs() < 1e-3, "{soon}");
    let mut pass = |now: f64| {
        port.input.tick(now, &port.hub);
        (port.inbox.try_iter().collect::<Vec<_>>(), port.input.next_tick(now).is_some())
    };
    assert_eq!(pass(0.19), (vec![], true));
    assert_eq!(pass(0.201), (vec![set("gas.inflow", 2.0)], true));
    assert_eq!(pass(0.31), (vec![set("gas.inflow", 3.0)], false));
    assert_eq!(pass(9.0), (vec![], false));
}

#[test]
fn a_bundle_with_a_future_time_tag_waits_for_its_time_over_udp() {
    let (hub, inbox) = sample::hub();
    let osc = Osc::listen("127.0.0.1:0", hub).unwrap();
    let controller = UdpSocket::bind("127.0.0.1:0").unwrap();
    let unix = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    let begun = std::time::Instant::now();
    let inner = message("/gas/inflow", vec![OscType::Float(3.0)]);
    controller.send_to(&stamped(unix + 0.4, vec![inner]), osc.address()).unwrap();
    assert_eq!(inbox.recv_timeout(Duration::from_secs(10)), Ok(set("gas.inflow", 3.0)));
    assert!(begun.elapsed() > Duration::from_millis(380), "{:?}", begun.elapsed());
}

/// All feedback is echoed, at once or after a while: nothing moves, whatever the show does meanwhile.
#[test]
fn a_controller_that_echoes_moves_nothing() {
    for late in [0usize, 1, 2, 15, 40] {
        let mut port = ReceiverFixture::new();
        let mut sender = FeedbackSender::new(port.input.feedback());
        let mut under_way = std::collections::VecDeque::new();
        for n in 0..200 {
            // A detected tempo, a morph, a deep zoom, a light that fades, scenes and cues, readings.
            port.publish(|state| {
                state.tempo.bpm = 120.0 + 0.013 * n as f64;
                state.tempo.beat = n / 15;
                state.nodes[0].set[0] = 10.0 * (n as f64 / 200.0).powi(2);
                state.nodes[0].set[1] = 0.123_456_789_012_345 + 1e-12 * n as f64;
                state.nodes[0].switches[0] = n % 7 == 0;
                state.layers[0].set[0] = ((n % 20) as f64 / 20.0 - 0.5).abs();
                state.heard = vec![("level".into(), (n % 13) as f64 / 13.0)];
                state.verdict =
                    Some(VerdictState { top: vec![("life".into(), 0.25)], ..VerdictState::default() });
                state.cue.now = Some(n as usize / 100);
            });
            under_way.push_back(datagrams(sender.changes(&port.hub)));
            port.input.feedback().advance(34);
            if under_way.len() > late {
                for bytes in under_way.pop_front().unwrap() {
                    assert_eq!(port.takes(&bytes), (vec![], 0), "{late} ticks late, tick {n}");
                }
            }
        }
    }
}

#[test]
fn moves_on_a_controller_that_echoes_still_arrive() {
    let mut port = ReceiverFixture::new();
    let mut sender = FeedbackSender::new(port.input.feedback());
    let mut back = Vec::<Vec<u8>>::new();
    for n in 0..60 {
        for bytes in std::mem::take(&mut back) {
            assert_eq!(port.takes(&bytes), (vec![], 0), "{n}");
        }
        let v = 0.1 * (n % 10) as f32;
        let (made, _) = port.send("/gas/inflow", vec![OscType::Float(v)]);
        assert_eq!(made, [set("gas.inflow", v as f64)], "{n}");
        port.publish(|state| {
            state.nodes[0].set[0] = v as f64;
            state.heard = vec![("level".into(), n as f64)];
        });
        back = datagrams(sender.changes(&port.hub));
        port.input.feedback().advance(34);
    }
}

#[test]
fn the_current_value_is_no_move_in_its_unit_or_normalised() {
    let mut port = ReceiverFixture::new();
    let third = 1.0f64 / 3.0;
    port.publish(|state| state.nodes[0].set[0] = third);
    let mut sender = FeedbackSender::new(port.input.feedback());
    sender.changes(&port.hub);
    port.input.feedback().advance(60_000);
    assert_eq!(port.send("/gas/inflow", vec![OscType::Float(third as f32)]), (vec![], 0));
    assert_eq!(port.send("/dawn/gas/inflow", vec![OscType::Float(third as f32)]), (vec![], 0));
    let travel = sample::description().nodes[0].kind.knobs[0].position_of(third);
    assert_eq!(port.send("/gas/inflow/travel", vec![OscType::Float(travel as f32)]), (vec![], 0));
    assert_eq!(port.send("/gas/inflow", vec![OscType::Float(0.5)]).0.len(), 1);
    let again = port.send("/gas/inflow", vec![OscType::Float(third as f32)]).0;
    assert_eq!(again.len(), 1, "a move back before feedback was sent");
}

/// Scenes and cues may be named `now`: the addresses that report the current one still do nothing.
#[test]
fn output_only_addresses_never_act() {
    let mut port = ReceiverFixture::new();
    let mut description = sample::description();
    description.scenes.push("now".into());
    description.cues[1].name = "now".into();
    port.publish(|state| state.description = Arc::new(description));
    for addr in ["/scene/now", "/cue/now"] {
        let args = vec![OscType::Int(1), OscType::String("dusk".into())];
        assert_eq!(port.send(addr, args), (vec![], 0));
    }
    assert_eq!(port.send("/judge/life", vec![OscType::Float(0.5)]), (vec![], 1), "it was never sent");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]
    #[test]
    fn a_damaged_message_moves_nothing_out_of_its_range(
        at in 0usize..64, byte in any::<u8>(), cut in 0usize..80,
        noise in proptest::collection::vec(any::<u8>(), 0..40), pure in any::<bool>(),
    ) {
        let (hub, inbox) = sample::hub();
        let whole = encoder::encode(&message("/gas/inflow/travel", vec![OscType::Float(0.5)])).unwrap();
        OscReceiver::default().take(&whole, &hub);
        prop_assert_eq!(inbox.try_iter().collect::<Vec<_>>(), [Command::Travel("gas.inflow".into(), 0.5)]);
        let mut bytes = if pure { noise } else { whole };
        if let Some(b) = bytes.get_mut(at) { *b = byte; }
        bytes.truncate(cut);
        OscReceiver::default().take(&bytes, &hub);
        for command in inbox.try_iter() {
            let sane = match &command {
                Command::Event(Event::Set(_, v) | Event::Signal(_, v)) | Command::Tempo(v) => v.is_finite(),
                Command::Travel(_, t) => (0.0..=1.0).contains(t),
                _ => true,
            };
            prop_assert!(sane, "{command:?} from {bytes:?}");
        }
    }
}
