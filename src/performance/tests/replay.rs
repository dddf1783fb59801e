//! A whole performance, whatever was done in it: its tape replays every frame, bit for bit.

use std::time::Duration;
use systems::CATALOGUE;

use proptest::prelude::*;

use super::super::Performance;
use super::super::sample::with;
use super::super::setup::PerformanceSetup;
use show::{Command, Director, ShowDriver};
use world::frame::Frame;
use world::system::{Phase, Touch};
use world::tape::{Event, Tape, Transition};

/// Two scenes that share names, read signals, follow the beat and react to touches.
const SCENES: [&str; 2] = [
    "size = [40, 24]\nrate = 60\n\
     [node.cells]\nsystem = \"life\"\nspark = 0.3\n\
     [node.air]\nsystem = \"lbm\"\nsize = [40, 24]\nobstacle = \"cells.alive\"\n\
     [wave.slow]\nperiod = 0.7\n\
     [[link]]\nfrom = \"osc.a\"\nto = \"air.inflow\"\nlag = 0.1\n\
     [[link]]\nfrom = \"wave.slow\"\nto = \"layer.gas.opacity\"\nspan = [0.2, 1.0]\nquantise = 0.5\n\
     [[link]]\nfrom = \"touch.x\"\nto = \"cells.spark\"\nmode = \"suppress\"\nhold = 0.2\n\
     [curator]\nwatch = \"osc.a\"\nbelow = 0.4\nseconds = 0.15\nknobs = [\"air.viscosity\"]\n\
     [[layer]]\nname = \"gas\"\nshow = \"air.speed\"\npalette = \"inferno\"\n\
     [[layer]]\nshow = \"cells.alive\"\npalette = \"bone\"\nblend = \"screen\"\n",
    "size = [40, 24]\nrate = 60\n\
     [node.cells]\nsystem = \"life\"\nrule = \"B36/S23\"\nspark = 0.1\n\
     [node.walkers]\nsystem = \"subsumption\"\nagents = 60\nflow = \"cells.alive\"\n\
     [[link]]\nfrom = \"cells.births\"\nto = \"walkers.wander\"\n\
     [[layer]]\nname = \"gas\"\nshow = \"walkers.presence\"\npalette = \"#000 #ffd27a #fff\"\nhigh = 3\n\
     [[layer]]\nshow = \"cells.age\"\nblend = \"add\"\nopacity = 0.5\n",
];

/// One action.
#[derive(Clone, Debug)]
enum TestAction {
    /// A number of ticks.
    Ticks(u8),
    Pause(bool),
    /// A knob by its index in the directory, to a normalised value.
    Travel(usize, f64),
    /// The same to a value, however odd.
    Set(usize, f64),
    Undo,
    Redo,
    Keep(usize),
    Recall(usize),
    Scene(usize),
    Reseed(u64),
    /// The scene's file is saved with another number in it.
    Save(u8),
    Touch(u32, f32, f32, Phase),
    Link(usize, bool),
    Signal(f64),
    Favour,
    Favourite,
    Reset,
    Tempo(f64),
    /// Loads get their time.
    Wait,
}

fn action() -> impl Strategy<Value = TestAction> {
    let value = prop_oneof![
        4 => -3.0..30.0f64,
        1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, -0.0, 1.0 / 3.0, 1e300, f64::MIN_POSITIVE]),
        1 => any::<f64>(),
    ];
    let phase = prop::sample::select(vec![Phase::Down, Phase::Move, Phase::Up]);
    prop_oneof![
        6 => (1u8..9).prop_map(TestAction::Ticks),
        2 => any::<bool>().prop_map(TestAction::Pause),
        4 => (any::<usize>(), 0.0..1.0f64).prop_map(|(k, t)| TestAction::Travel(k, t)),
        3 => (any::<usize>(), value).prop_map(|(k, v)| TestAction::Set(k, v)),
        2 => Just(TestAction::Undo),
        1 => Just(TestAction::Redo),
        1 => (0usize..3).prop_map(TestAction::Keep),
        1 => (0usize..3).prop_map(TestAction::Recall),
        2 => (0usize..2).prop_map(TestAction::Scene),
        1 => any::<u64>().prop_map(TestAction::Reseed),
        1 => any::<u8>().prop_map(TestAction::Save),
        3 => (0u32..3, -0.2..1.2f32, -0.2..1.2f32, phase).prop_map(|(i, x, y, p)| TestAction::Touch(i, x, y, p)),
        1 => (0usize..4, any::<bool>()).prop_map(|(l, on)| TestAction::Link(l, on)),
        2 => (-0.5..1.5f64).prop_map(TestAction::Signal),
        1 => Just(TestAction::Favour),
        1 => Just(TestAction::Favourite),
        1 => Just(TestAction::Reset),
        1 => prop::sample::select(vec![0.0, 93.7, 240.0]).prop_map(TestAction::Tempo),
        3 => Just(TestAction::Wait),
    ]
}

/// Performs it; each tick's picture goes to `seen`.
fn perform(p: &mut Performance, folder: &std::path::Path, action: &TestAction, seen: &mut Vec<u64>) {
    let address = |p: &Performance, k: usize| {
        let all = p.engine().directory();
        all.iter().nth(k % all.iter().count()).unwrap().address.clone()
    };
    let command = match action {
        TestAction::Ticks(n) => {
            for _ in 0..*n {
                pass(p, seen);
            }
            return;
        }
        TestAction::Wait => {
            for _ in 0..40 {
                std::thread::sleep(Duration::from_millis(1));
                pass(p, seen);
                if !p.loader.is_scene_loading() {
                    return;
                }
            }
            return;
        }
        TestAction::Pause(paused) => return p.pause(*paused),
        TestAction::Save(n) => {
            let file = folder.join(format!("{}.toml", p.current));
            let text =
                SCENES[p.current].replace("spark = 0.", &format!("density = 0.{n}\nspark = 0.{}", n % 7));
            // Each with its own length, as file system timestamps are coarse.
            std::fs::write(file, format!("{text}#{}\n", "x".repeat(*n as usize))).unwrap();
            return p.refresh();
        }
        TestAction::Travel(k, t) => Command::Travel(address(p, *k), *t),
        TestAction::Set(k, v) => Command::Event(Event::Set(address(p, *k), *v)),
        TestAction::Undo => Command::Undo,
        TestAction::Redo => Command::Redo,
        TestAction::Keep(n) => Command::Keep(*n),
        TestAction::Recall(n) => Command::Recall(*n),
        TestAction::Scene(n) => Command::Scene(*n),
        TestAction::Reseed(seed) => Command::Event(Event::Reseed(*seed)),
        TestAction::Touch(id, x, y, phase) => {
            let touch = Touch {
                id: *id,
                x: *x,
                y: *y,
                dx: 0.1,
                dy: -1e-9,
                radius: 0.1,
                strength: 1.0,
                phase: *phase,
            };
            Command::Event(Event::Touch(touch))
        }
        TestAction::Link(l, on) => Command::Event(Event::Link(*l, *on)),
        TestAction::Signal(v) => Command::Event(Event::Signal("osc.a".into(), *v)),
        TestAction::Favour => Command::Favour,
        TestAction::Favourite => Command::Favourite,
        TestAction::Reset => Command::Reset,
        TestAction::Tempo(bpm) => Command::Tempo(*bpm),
    };
    p.command(command);
    // While paused the picture is composed too, and must leave no trace.
    if p.paused {
        p.seen();
    }
}

/// One round: a tick, unless paused.
fn pass(p: &mut Performance, seen: &mut Vec<u64>) {
    if p.paused {
        p.rest();
    } else {
        tick(p, seen);
    }
}

fn tick(p: &mut Performance, seen: &mut Vec<u64>) {
    p.tick();
    seen.push(p.seen());
}

/// The pictures of a tape, one per tick.
pub fn replayed(bytes: &[u8]) -> Vec<u64> {
    let tape = Tape::read(bytes).unwrap();
    let Event::Enter(first) = &tape.events[0].1 else { panic!("a tape begins with a scene") };
    let mut director = Director::new(CATALOGUE, first, None).unwrap();
    let mut frame = Frame::default();
    let picture = |t: u64| {
        for event in tape.at(t).skip((t == 0) as usize) {
            // What failed live fails again, without effect.
            let _ = director.apply(event);
        }
        director.advance();
        director.compose(&mut frame);
        frame.hash()
    };
    (0..tape.end()).map(picture).collect()
}

/// The pictures of a performance, and those of its tape.
fn whole(actions: &[TestAction], way: Transition) -> [Vec<u64>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let mine = |setup: PerformanceSetup| PerformanceSetup {
        manual_transition: (way, 0.2),
        favourites: Some(folder.path().join("f.json")),
        ..setup
    };
    let mut p = with(folder.path(), &SCENES, mine);
    let mut seen = Vec::new();
    tick(&mut p, &mut seen);
    actions.iter().for_each(|d| perform(&mut p, folder.path(), d, &mut seen));
    p.pause(false);
    (0..5).for_each(|_| tick(&mut p, &mut seen));
    drop(p);
    let again = replayed(&std::fs::read(folder.path().join("t.tape")).unwrap());
    [seen, again]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 300, ..ProptestConfig::default() })]
    #[test]
    fn the_tape_replays_every_frame_whatever_was_done(
        actions in prop::collection::vec(action(), 1..60),
        way in prop::sample::select(Transition::ALL.to_vec()),
    ) {
        let [seen, again] = whole(&actions, way);
        let first = seen.iter().zip(&again).position(|(a, b)| a != b);
        prop_assert!(first.is_none(), "tick {first:?} differs");
        prop_assert_eq!(seen.len(), again.len(), "and every tick is there");
    }
}

/// Numbers whose shortest text is read one ulp off by a parser that rounds twice.
#[test]
fn numbers_round_trip_bit_for_bit() {
    let rng = world::rng::Rng::new(8);
    for i in 0..20_000 {
        let value = f64::from_bits(rng.bits(i));
        let event = Event::Set("a.b".into(), if value.is_finite() { value } else { rng.unit64(i) });
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event, "{text}");
        let x = f32::from_bits(rng.bits(i) as u32);
        let x = if x.is_finite() { x } else { rng.unit(i) };
        let touch = Touch { id: 0, x, y: -x, dx: x, dy: x, radius: x, strength: x, phase: Phase::Move };
        let text = serde_json::to_string(&Event::Touch(touch)).unwrap();
        let Ok(Event::Touch(read)) = serde_json::from_str(&text) else { panic!("{text}") };
        assert_eq!(read.x.to_bits(), x.to_bits(), "{text}");
    }
}
