//! The engine against small systems whose every value is known.

use std::path::Path;

use super::Engine;
use crate::field::Field;
use crate::frame::Frame;
use crate::params;
use crate::ports::Outputs as _;
use crate::scene::{Catalogue, Problem, Scene};
use crate::system::{Env, Fault, InitContext, Phase, System, SystemKind, TextKind, TextSpec, Texts, Touch};
use crate::tape::Event;
use crate::view::View;

mod check;
mod curator;
mod instantiate;
mod links;
pub mod sample;
mod scene;

crate::choices! {
    /// Shapes.
    pub enum Shape { Round: "round", Square: "square" }
}

params! {
    /// A counter's knobs.
    pub struct CounterKnobs {
        /// Added each tick.
        rate: f32 = 1.0 in -10.0..=10.0;
        /// Starting value.
        start: f32 = 0.0 in 0.0..=100.0, rebirth;
        /// Only for the sake of a choice.
        shape: Choice of Shape = "round";
    }
}

crate::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Added.
        Add: "add" scalar 0.0..=1.0;
    }
}

crate::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// The count.
        Value: "value" scalar 0.0..=100.0;
        /// Half the count.
        Half: "half" scalar 0.0..=100.0;
    }
}

crate::readouts! {
    /// What it reports.
    pub enum Report {
        /// The count.
        Count: "count" 0.0..=100.0;
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
    type Input = Input;
    type Output = Output;
    type Readout = Report;
    type Params = CounterKnobs;

    fn check(texts: &Texts) -> Vec<Fault> {
        let wrong = |w: &str| Fault::at("word", format!("unknown word `{w}`; use yes or no"));
        texts.word("word").filter(|w| !["yes", "no", "still"].contains(w)).map(wrong).into_iter().collect()
    }
    fn switches(_: &Texts) -> Vec<String> {
        vec!["counting".into()]
    }
    /// A `still` one cannot be created with a start above 50.
    fn new(p: &CounterKnobs, birth: &InitContext) -> Result<Self, Fault> {
        if birth.texts.word("word") == Some("still") && p.start > 50.0 {
            return Err(Fault::at("word", "it is still".to_string()));
        }
        Ok(Self { value: p.start, size: (birth.width, birth.height) })
    }
    fn step(&mut self, p: &CounterKnobs, env: &Env) {
        if env.switches[0] {
            self.value += p.rate + env.input(Input::Add).map_or(0.0, |f| f.mean(0) as f32);
        }
        self.value += 100.0 * env.touches.iter().filter(|t| t.phase == Phase::Down).count() as f32;
    }
    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let v = self.value / (1 + port.index()) as f32;
        view.project(into, self.size, crate::view::Sampling::SmoothBound, |_, _, row| row.fill(v));
    }
    fn read(&self, _: Report) -> f32 {
        self.value
    }
    fn message(&self) -> Option<String> {
        (self.value == 100.0).then(|| "a hundred".into())
    }
}

const KINDS: &[SystemKind] = &[SystemKind::of::<Counter>()];
const CATALOGUE: Catalogue = Catalogue { systems: KINDS, voices: Some(sample::VOICES), effects: None };
const HEAD: &str = "size = [8, 4]\n";
const LAYER: &str = "[[layer]]\nshow = \"a.value\"\n";

fn parse(text: &str) -> Result<Scene, Vec<Problem>> {
    Scene::parse(text, "test", Path::new("."), CATALOGUE)
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
fn what_is_set_while_paused_holds_and_no_time_passes() {
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
fn all_problems_of_a_scene_are_reported_at_once() {
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
        (10, &["unknown word `maybe`"]),
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
