//! The engine against small systems whose every value is known.

use std::path::Path;

use super::{Engine, Litter};
use crate::params;
use crate::world::field::Field;
use crate::world::frame::Frame;
use crate::world::scene::{Problem, Scene};
use crate::world::system::{
    Birth, Env, Fault, Kind, Phase, Port, Readout, System, TextKind, TextSpec, Texts, Touch,
};
use crate::world::tape::Event;
use crate::world::view::View;

params! {
    /// A counter's knobs.
    pub struct CounterKnobs {
        /// Added each tick.
        rate: f32 = 1.0 in -10.0..=10.0;
        /// Starting value.
        start: f32 = 0.0 in 0.0..=100.0, rebirth;
        /// Only for the sake of a choice.
        shape: Choice = "round" of ["round", "square"];
    }
}

/// value += rate + mean of input; touch adds 100.
struct Counter {
    value: f32,
    size: (usize, usize),
}

impl System for Counter {
    const NAME: &'static str = "counter";
    const ABOUT: &'static str = "Counts.";
    const FAMILY: &'static str = "test";
    const TEXTS: &'static [TextSpec] = &[TextSpec { name: "word", about: "A word.", kind: TextKind::Word }];
    const INPUTS: &'static [Port] = &[Port::scalar("add", "Added.", 0.0, 1.0)];
    const OUTPUTS: &'static [Port] = &[
        Port::scalar("value", "The count.", 0.0, 100.0),
        Port::scalar("half", "Half the count.", 0.0, 100.0),
    ];
    const READOUTS: &'static [Readout] =
        &[Readout { name: "count", about: "The count.", lo: 0.0, hi: 100.0 }];
    type Params = CounterKnobs;

    fn check(texts: &Texts) -> Vec<Fault> {
        let wrong = |w: &str| Fault::at("word", format!("`{w}` is no word; use yes or no"));
        texts.word("word").filter(|w| !["yes", "no"].contains(w)).map(wrong).into_iter().collect()
    }
    fn switches(_: &Texts) -> Vec<String> {
        vec!["counting".into()]
    }
    fn new(p: &CounterKnobs, birth: &Birth) -> Result<Self, Fault> {
        Ok(Self { value: p.start, size: (birth.width, birth.height) })
    }
    fn step(&mut self, p: &CounterKnobs, env: &Env) {
        if env.switches[0] {
            self.value += p.rate + env.input(0).map_or(0.0, |f| f.mean(0) as f32);
        }
        self.value += 100.0 * env.touches.iter().filter(|t| t.phase == Phase::Down).count() as f32;
    }
    fn show(&self, port: usize, view: &View, into: &mut Field) {
        let v = self.value / (1 + port) as f32;
        view.project(into, self.size, crate::world::view::Sampling::SmoothBound, |_, _, row| row.fill(v));
    }
    fn read(&self, _: usize) -> f32 {
        self.value
    }
}

const KINDS: &[Kind] = &[Kind::of::<Counter>()];
const HEAD: &str = "size = [8, 4]\n";
const LAYER: &str = "[[layer]]\nshow = \"a.value\"\n";

fn parse(text: &str) -> Result<Scene, Vec<Problem>> {
    Scene::parse(text, "test", Path::new("."), KINDS)
}

fn run(nodes: &str) -> Engine {
    let scene = parse(&format!("{HEAD}{nodes}\n{LAYER}"));
    Engine::new(scene.unwrap_or_else(|p| panic!("{p:?}")), None).unwrap()
}

fn count(e: &Engine, node: usize) -> f32 {
    e.node(node).read(0)
}

#[test]
fn a_wire_carries_what_was_shown_on_the_tick_before() {
    for order in [["a", "b"], ["b", "a"]] {
        let table = |n: &str| match n {
            "a" => "[node.a]\nsystem = \"counter\"\n",
            _ => {
                "[node.b]\nsystem = \"counter\"\nrate = 0\nadd = { from = \"a.half\", gain = 4, offset = 1 }\n"
            }
        };
        let mut e = run(&order.map(table).concat());
        let b = e.scene().node("b").unwrap();
        // a shows 0, 1, 2 before ticks 1, 2, 3: b adds 2a + 1.
        (0..3).for_each(|_| e.step(&[]));
        assert_eq!(count(&e, b), 1.0 + 3.0 + 5.0, "order {order:?}");
    }
}

#[test]
fn links_modulate_suppress_and_inhibit() {
    let mut e =
        run("rate = 10\n[node.a]\nsystem = \"counter\"\n[node.b]\nsystem = \"counter\"\nadd = \"a.value\"\n\
        [[link]]\nfrom = \"sound.level\"\nto = \"a.rate\"\nspan = [1, 5]\n\
        [[link]]\nfrom = \"osc.stop\"\nto = \"a.rate\"\nmode = \"suppress\"\nvalue = 0\nhold = 0.25\n\
        [[link]]\nfrom = \"osc.hush\"\nto = \"a\"\nmode = \"inhibit\"\n");
    e.step(&[]);
    assert_eq!(count(&e, 0), 1.0);
    e.step(&[Event::Signal("sound.level".into(), 0.5)]);
    assert_eq!(count(&e, 0), 4.0, "half of the span is 3");
    assert_eq!((e.get("a.rate"), e.now("a.rate")), (Some(1.0), Some(3.0)));
    e.step(&[Event::Signal("osc.stop".into(), 1.0)]);
    assert_eq!(count(&e, 0), 4.0);
    e.step(&[Event::Signal("osc.stop".into(), 0.0)]);
    e.step(&[]);
    assert_eq!(count(&e, 0), 4.0, "held for 2.5 ticks");
    e.step(&[]);
    assert_eq!(count(&e, 0), 7.0, "let go");
    let before = count(&e, 1);
    e.step(&[Event::Signal("osc.hush".into(), 1.0)]);
    assert_eq!(count(&e, 1), before + 1.0, "an inhibited output drives nothing");
    e.step(&[Event::Link(2, false)]);
    assert!(count(&e, 1) > before + 3.0, "a cut link inhibits nothing");
}

#[test]
fn knobs_switches_and_touches_arrive_as_events() {
    let mut e = run("[node.a]\nsystem = \"counter\"\n");
    e.step(&[Event::Set("a.rate".into(), 99.0)]);
    assert_eq!(count(&e, 0), 10.0, "clamped to its range");
    e.step(&[Event::Set("a.counting".into(), 0.0)]);
    assert_eq!(count(&e, 0), 10.0);
    let touch =
        Touch { id: 0, x: 0.25, y: 0.5, dx: 0.0, dy: 0.0, radius: 0.1, strength: 1.0, phase: Phase::Down };
    e.step(&[Event::Touch(touch)]);
    assert_eq!(count(&e, 0), 110.0);
    assert_eq!((e.signals().get("touch.x"), e.signals().get("touch.down")), (0.25, 1.0));
    e.step(&[Event::Reseed(9)]);
    assert_eq!((count(&e, 0), e.seed(), e.get("a.rate")), (0.0, 9, Some(10.0)));
}

#[test]
fn what_is_set_while_the_clock_stands_holds_and_no_time_passes() {
    let mut e = run("[node.a]\nsystem = \"counter\"\n");
    e.step(&[]);
    let opacity = format!("layer.{}.opacity", e.layers()[0].name);
    e.apply(&Event::Set("a.rate".into(), 3.0));
    e.apply(&Event::Set(opacity.clone().into(), 0.25));
    assert_eq!((e.tick(), count(&e, 0)), (1, 1.0));
    assert_eq!((e.get("a.rate"), e.now(&opacity)), (Some(3.0), Some(0.25)));
    e.step(&[]);
    assert_eq!(count(&e, 0), 4.0);
}

#[test]
fn worlds_are_born_with_the_knobs_that_are_set_and_claim_no_others() {
    let mut e = run("[node.a]\nsystem = \"counter\"\nstart = 2\n");
    e.apply(&Event::Set("a.start".into(), 7.0));
    assert_eq!((count(&e, 0), e.get("a.start"), e.now("a.start")), (2.0, Some(7.0), Some(2.0)));
    assert_eq!(e.knob_text(), "", "its picture is of a world that was born with 2");
    e.apply(&Event::Reseed(9));
    assert_eq!((count(&e, 0), e.now("a.start"), e.seed()), (7.0, Some(7.0), 9));
    assert_eq!(e.knob_text(), "a.start=7");
    let moved: Vec<(String, f64)> = e.born_with().into_iter().map(|(a, v)| (a.to_string(), v)).collect();
    assert_eq!(moved, [("a.start".to_string(), 7.0)]);
    // The same from a scene whose file says so, and from one that is told.
    let told = Engine::with(e.scene().clone(), Some(9), &e.born_with()).unwrap();
    assert_eq!((count(&told, 0), told.get("a.start")), (7.0, Some(7.0)));
    // A saved file that says 7 fits the living world; one that still says 2 does not.
    let file = |start: u32| {
        parse(&format!("{HEAD}rate = 30\n[node.a]\nsystem = \"counter\"\nstart = {start}\n{LAYER}")).unwrap()
    };
    e.step(&[]);
    assert_eq!((e.would_be_born(&file(7)), e.would_be_born(&file(2))), (vec![false], vec![true]));
    e.swap(file(7), None).unwrap();
    assert_eq!(count(&e, 0), 8.0, "it lives on");
    e.swap(file(2), None).unwrap();
    assert_eq!(count(&e, 0), 2.0, "it is born anew");
}

#[test]
fn what_was_born_elsewhere_is_taken_over_if_it_is_what_would_be_born() {
    let mut e = run("[node.a]\nsystem = \"counter\"\n[node.b]\nsystem = \"counter\"\n");
    e.step(&[]);
    let start = |v: f64| vec![(crate::world::scene::Address::from("b.start"), v)];
    for (ready, seed, value) in [(4.0, 5, 4.0), (4.0, 6, 4.0), (3.0, 5, 4.0)] {
        let litter = Litter::of(e.scene(), 5, &start(ready), |_| true).unwrap();
        e.rebirth(seed, &start(value), Some(litter)).unwrap();
        // Whatever was ready, the outcome is that of a birth now.
        assert_eq!((count(&e, 0), count(&e, 1), e.seed()), (0.0, value as f32, seed));
        assert_eq!(e.get("b.start"), Some(0.0), "what hands have set stays set");
    }
}

#[test]
fn a_reload_keeps_living_worlds_and_takes_new_knobs() {
    let mut e = run("[node.a]\nsystem = \"counter\"\n[node.b]\nsystem = \"counter\"\n");
    (0..5).for_each(|_| e.step(&[]));
    let text = format!(
        "{HEAD}[node.b]\nsystem = \"counter\"\nstart = 3\n[node.a]\nsystem = \"counter\"\nrate = 2\n{LAYER}"
    );
    e.swap(parse(&text).unwrap(), None).unwrap();
    e.step(&[]);
    assert_eq!((count(&e, 1), count(&e, 0)), (7.0, 4.0), "a lives on at its new rate, b is born anew");
    assert_eq!(e.tick(), 6);
}

#[test]
fn a_bored_curator_mutates_only_when_it_has_heard_low_values_for_long() {
    let mut e = run("rate = 10\n[node.a]\nsystem = \"counter\"\n\
        [curator]\nbelow = 0.3\nseconds = 1\naction = \"mutate\"\namount = 0.5\nknobs = [\"a.rate\"]\n");
    let novelty = |v| [Event::Signal("judge.novelty".into(), v)];
    (0..30).for_each(|_| e.step(&[]));
    assert_eq!(e.curator_acts(), 0, "no verdict is not boredom");
    (0..10).for_each(|_| e.step(&novelty(0.1)));
    e.step(&novelty(0.9));
    (0..10).for_each(|_| e.step(&novelty(0.1)));
    assert_eq!((e.curator_acts(), e.get("a.rate")), (0, Some(1.0)));
    e.step(&novelty(0.1));
    assert_eq!(e.curator_acts(), 1);
    let moved = e.get("a.rate").unwrap();
    assert!(moved != 1.0 && (moved - 1.0).abs() <= 10.0);
}

#[test]
fn a_printed_scene_keeps_comments_and_takes_the_knobs() {
    let mut e = run("# mine\n[node.a]\nsystem = \"counter\" # counts\nrate = 2\n");
    e.set("a.rate", 4.5);
    e.set("a.shape", 1.0);
    let text = e.scene().print(&e.knobs());
    assert!(text.contains("# mine") && text.contains("# counts"), "{text}");
    let again = parse(&text).unwrap();
    assert_eq!(again.nodes[0].knobs, [4.5, 0.0, 1.0]);
    assert!(!text.contains("start"));
}

/// Ten mistakes, each on its own line; all are told at once, with the line and what would be valid.
#[test]
fn all_mistakes_of_a_scene_are_told_at_once() {
    let text = r##"size = [0, 4]
titel = "x"
background = "reddish"
[node.a]
system = "counter"
rat = 3
rate = 11
shape = "rond"
add = "c.value"
word = "maybe"
[node.b]
system = "cuonter"
[[link]]
from = "a.cuont"
to = "a.start"
span = [0, 1000]
[[layer]]
show = "a.valu"
palette = "infernal"
blend = "ad"
"##;
    let problems = parse(text).unwrap_err();
    let expect: &[(usize, &[&str])] = &[
        (1, &["1..=16384", "[0, 4]"]),
        (2, &["`titel`", "did you mean `title`"]),
        (3, &["reddish"]),
        (6, &["[node.a] has no `rat`", "did you mean `rate`"]),
        (7, &["-10..=10", "11"]),
        (8, &["one of round, square", "did you mean `round`"]),
        (9, &["no node `c`"]),
        (10, &["`maybe` is no word"]),
        (12, &["did you mean `counter`"]),
        (14, &["did you mean `a.count`"]),
        (16, &["0..=100"]),
        (18, &["a does not show `valu`", "did you mean `value`"]),
        (19, &["infernal", "inferno"]),
        (20, &["`ad`", "add"]),
    ];
    for (line, words) in expect {
        let found: Vec<&Problem> = problems.iter().filter(|p| p.line == *line).collect();
        assert!(
            found.iter().any(|p| words.iter().all(|w| p.message.contains(w))),
            "line {line}: {words:?} not in {found:#?}"
        );
    }
    assert_eq!(problems.len(), expect.len(), "{problems:#?}");
}

#[test]
fn a_scene_says_whether_it_is_dithered() {
    let shades = |head: &str| {
        let scene = "[node.a]\nsystem = \"counter\"\n[[layer]]\nshow = \"a.value\"\npalette = \"#000 #fff\"\nhigh = 100\n";
        let mut e = Engine::new(parse(&format!("size = [8, 8]\n{head}{scene}")).unwrap(), None).unwrap();
        (0..3).for_each(|_| e.step(&[]));
        let mut frame = Frame::default();
        e.compose(&mut frame);
        let mut bytes: Vec<u8> = frame.rgba.chunks(4).map(|p| p[0]).collect();
        bytes.sort();
        bytes.dedup();
        bytes.len()
    };
    assert_eq!((shades(""), shades("dither = true\n"), shades("dither = false\n")), (2, 2, 1));
    let problems = parse("dither = 1\n").unwrap_err();
    assert!(
        problems.iter().any(|p| p.message.contains("`dither` of the scene must be true or false")),
        "{problems:?}"
    );
}

#[test]
fn broken_toml_and_empty_scenes_are_told_with_a_line() {
    let problems = parse("size = [8, 4]\nnode = = 3\n").unwrap_err();
    assert_eq!(problems[0].line, 2);
    assert!(problems[0].message.contains("not TOML"));
    let all = parse("").unwrap_err().iter().map(|p| p.message.clone()).collect::<String>();
    assert!(all.contains("no nodes") && all.contains("shows nothing"));
}
