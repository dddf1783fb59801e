//! Agents in layers: what each layer adds, what is left when it is pulled out, and how long suppressors and inhibitors
//! hold.

use serde_json::{Value, json};
use untrained::cli::load::SceneSource;
use untrained::systems::swarm::subsumption::knobs::{Input, Knobs, Readout};
use untrained::systems::swarm::subsumption::{Subsumption, Trace};
use untrained::world::engine::Engine;
use untrained::world::field::Field;
use untrained::world::params::Params;
use untrained::world::ports::{Inputs, Readouts};
use untrained::world::rng::Rng;
use untrained::world::system::{Env, InitContext, System, Texts};

const DT: f32 = 1.0 / 60.0;

/// A colony that is stepped by hand.
struct Colony {
    it: Subsumption,
    knobs: Knobs,
    rng: Rng,
    tick: u64,
    inputs: Vec<Option<Field>>,
    switches: Vec<bool>,
}

impl Colony {
    fn new(size: (usize, usize), seed: u64, texts: Texts, set: &[(&str, f64)]) -> Self {
        let mut knobs = Knobs::default();
        for (name, value) in set {
            knobs.set(Knobs::SPECS.iter().position(|s| s.name == *name).unwrap(), *value);
        }
        let rng = Rng::new(seed);
        let birth = InitContext { width: size.0, height: size.1, rng, texts: &texts };
        let it = Subsumption::new(&knobs, &birth).unwrap();
        let switches = vec![true; Subsumption::switches(&texts).len()];
        let inputs = Input::PORTS.iter().map(|_| None).collect();
        Self { it, knobs, rng, tick: 0, inputs, switches }
    }

    fn wired(mut self, input: &str, field: Field) -> Self {
        let port = Input::PORTS.iter().position(|p| p.name == input).unwrap();
        self.inputs[port] = Some(field);
        self
    }

    fn step(&mut self) {
        let inputs: Vec<Option<&Field>> = self.inputs.iter().map(|f| f.as_ref()).collect();
        let rng = self.rng.fork(self.tick);
        let env =
            Env { tick: self.tick, dt: DT, rng, inputs: &inputs, touches: &[], switches: &self.switches };
        self.it.step(&self.knobs, &env);
        self.tick += 1;
    }

    fn run(&mut self, ticks: usize) {
        (0..ticks).for_each(|_| self.step());
    }

    fn brought(&self) -> f32 {
        self.it.read(Readout::BroughtHome)
    }

    fn traces(&self) -> impl Iterator<Item = Trace> {
        (0..self.it.agents()).map(|i| self.it.trace(i).unwrap())
    }
}

/// The named behaviours, the lowest first, each with its usual settings and wires.
fn stack(behaviours: &[&str]) -> Texts {
    let layers: Vec<Value> = behaviours
        .iter()
        .map(|b| match *b {
            "gradient" => json!({"name": b, "behaviour": b, "field": "food"}),
            _ => json!({"name": b, "behaviour": b}),
        })
        .collect();
    Texts::default().with("layer", layers)
}

const STACK: [&str; 5] = ["avoid", "wander", "gradient", "forage", "flock"];

/// Discs of rock, and whether a cell is one.
fn rocks(w: usize, h: usize, seed: u64) -> Field {
    let r = Rng::new(seed);
    let discs: Vec<[f32; 3]> = (0..14)
        .map(|i| {
            [r.range(3 * i, 0.0, w as f32), r.range(3 * i + 1, 0.0, h as f32), r.range(3 * i + 2, 1.5, 6.0)]
        })
        .collect();
    let mut field = Field::new(w, h, 1);
    for y in 0..h {
        for x in 0..w {
            let hit = |d: &[f32; 3]| (x as f32 - d[0]).powi(2) + (y as f32 - d[1]).powi(2) < d[2] * d[2];
            field.plane_mut(0)[y * w + x] = discs.iter().any(hit) as u8 as f32;
        }
    }
    field
}

const SIZE: (usize, usize) = (160, 96);

/// A walled yard with rocks and food, and the given layers of the stack.
fn yard(layers: &[&str], seed: u64) -> Colony {
    let set = [
        ("agents", 200.0),
        ("patches", 6.0),
        ("patch_radius", 5.0),
        ("home_radius", 6.0),
        ("edge", 1.0),
        ("trail", 60.0),
    ];
    Colony::new(SIZE, seed, stack(layers), &set).wired("obstacle", rocks(SIZE.0, SIZE.1, seed + 9))
}

#[test]
fn with_avoid_alone_no_agent_touches_a_rock_in_a_hundred_thousand_ticks() {
    let (w, h) = (96, 64);
    let field = rocks(w, h, 3);
    let set = [("agents", 40.0), ("edge", 1.0), ("start", 1.0), ("patches", 0.0)];
    let mut colony = Colony::new((w, h), 3, stack(&["avoid"]), &set).wired("obstacle", field.clone());
    let mut way = 0.0;
    for tick in 0..100_000 {
        colony.step();
        assert_eq!(colony.it.read(Readout::Bumps), 0.0, "tick {tick}");
        way += colony.it.read(Readout::Speed) as f64 * DT as f64;
        if tick % 100 == 0 {
            for t in colony.traces() {
                let cell = t.place.1 as usize * w + t.place.0 as usize;
                assert_eq!(field.plane(0)[cell], 0.0, "tick {tick}: {t:?}");
            }
        }
    }
    assert!(way > 10_000.0, "they keep clear by moving, not by standing: {way} cells each");
}

#[test]
fn wander_raises_the_area_covered() {
    for seed in 0..4 {
        let covered = |layers: &[&str]| {
            let mut colony = yard(layers, seed);
            colony.run(600);
            colony.it.read(Readout::Covered)
        };
        let [without, with] = [&STACK[..1], &STACK[..2]].map(covered);
        assert!(with > without + 0.08, "seed {seed}: {without} without, {with} with");
    }
}

/// Flocking is for show: in so small a yard it brings no more home, and nothing is claimed for it.
#[test]
fn each_higher_layer_brings_more_food_home() {
    let brought = |layers: &[&str]| -> f32 {
        let one = |seed| {
            let mut colony = yard(layers, seed);
            colony.run(2400);
            colony.brought()
        };
        (0..4).map(one).sum()
    };
    let loads: Vec<f32> = (1..=4).map(|n| brought(&STACK[..n])).collect();
    assert!(loads[1] > 3.0 * loads[0], "wander: {loads:?}");
    assert!(loads[2] > 1.1 * loads[1], "gradient: {loads:?}");
    assert!(loads[3] > 5.0 * loads[2], "forage: {loads:?}");
}

#[test]
fn a_layer_pulled_out_while_running_leaves_the_performance_of_the_lower_ones() {
    let rate = |colony: &mut Colony, ticks: usize| {
        let before = colony.brought();
        colony.run(ticks);
        colony.brought() - before
    };
    let (mut whole, mut pulled, mut below) = (0.0, 0.0, 0.0);
    for seed in 0..4 {
        let mut colony = yard(&STACK[..4], seed);
        colony.run(900);
        whole += rate(&mut colony, 1200);
        colony.switches[3] = false;
        // Those on their way home with a load still bring it.
        colony.run(1200);
        pulled += rate(&mut colony, 2400) / 2.0;
        let mut lower = yard(&STACK[..3], seed);
        lower.run(3300);
        below += rate(&mut lower, 2400) / 2.0;
        colony.switches[3] = true;
        colony.run(600);
        assert!(rate(&mut colony, 600) > 0.0, "put back, it works again");
    }
    assert!(whole > 5.0 * below, "{whole} with, {below} without");
    assert!((0.6..1.6).contains(&(pulled / below)), "{pulled} pulled out, {below} never there");
}

/// A steady layer is connected to the lowest; one that sends now and then is above it.
fn joined(node: Value) -> Colony {
    let layers = json!([
        {"name": "low", "behaviour": "avoid"},
        {"name": "steady", "behaviour": "gradient", "field": "a"},
        {"name": "roam", "behaviour": "wander", "seconds": 1.5}
    ]);
    let wires = json!([{"from": "steady.heading", "to": "low.heading", "node": "wire"}, node]);
    let texts = Texts::default().with("layer", layers).with("wire", wires);
    let mut slope = Field::new(96, 64, 1);
    slope.plane_mut(0).iter_mut().enumerate().for_each(|(i, v)| *v = (i % 96) as f32);
    // The sawtooth's edge is far away for the few ticks that count.
    Colony::new((96, 64), 5, texts, &[("agents", 60.0), ("patches", 0.0), ("speed", 0.0)]).wired("a", slope)
}

/// Per agent: whether the roaming layer sent a message, and which layer was in command, tick by tick.
fn log(colony: &mut Colony, ticks: usize) -> Vec<Vec<(bool, Option<usize>)>> {
    let mut logs = vec![Vec::new(); colony.it.agents()];
    for _ in 0..ticks {
        colony.step();
        let now: Vec<Trace> = colony.traces().collect();
        logs.iter_mut().zip(now).for_each(|(log, t)| log.push((t.states[2] == "veer", t.command)));
    }
    logs
}

#[test]
fn a_suppressor_holds_for_its_time_constant_after_the_last_message() {
    for (seconds, ticks) in [(0.25, 15), (0.5, 30), (1.0, 60)] {
        let node =
            json!({"from": "roam.heading", "to": "low.heading", "node": "suppress", "seconds": seconds});
        let mut held = 0;
        for log in log(&mut joined(node), 600) {
            let mut left = 0;
            for (tick, (spoke, command)) in log.into_iter().enumerate() {
                left = if spoke { ticks } else { left };
                let expect = if left > 0 { 2 } else { 1 };
                assert_eq!(command, Some(expect), "{seconds} s, tick {tick}, {left} ticks left");
                held += (left > 0) as usize;
                left -= (left > 0) as usize;
            }
        }
        assert!(held > 1000, "{held}");
    }
}

#[test]
fn an_inhibitor_blocks_for_its_time_constant_after_the_last_message() {
    let node = json!({"from": "roam.heading", "to": "steady.heading", "node": "inhibit", "seconds": 0.5});
    let mut blocked = 0;
    for log in log(&mut joined(node), 600) {
        let mut left = 0;
        for (tick, (spoke, command)) in log.into_iter().enumerate() {
            left = if spoke { 30 } else { left };
            assert_eq!(command == Some(1), left == 0, "tick {tick}, {left} ticks left: {command:?}");
            blocked += (left > 0) as usize;
            left -= (left > 0) as usize;
        }
    }
    assert!(blocked > 1000, "{blocked}");
}

#[test]
fn the_order_of_wires_and_the_number_of_threads_change_nothing() {
    let wires = [
        json!({"from": "wander.heading", "to": "avoid.heading", "node": "suppress", "seconds": 0.4}),
        json!({"from": "gradient.heading", "to": "avoid.heading", "node": "suppress", "seconds": 0.2}),
        json!({"from": "forage.heading", "to": "avoid.heading", "node": "suppress", "seconds": 0.1}),
        json!({"from": "body.load", "to": "gradient.heading", "node": "inhibit", "seconds": 0.3}),
        json!({"from": "body.bump", "to": "wander.reset", "node": "wire"}),
    ];
    let after = |threads: usize, turn: usize| {
        let mut wires = wires.to_vec();
        wires.rotate_left(turn);
        let texts = stack(&STACK[..4]).with("wire", wires);
        let mut colony =
            Colony::new(SIZE, 7, texts, &[("agents", 2000.0)]).wired("obstacle", rocks(160, 96, 2));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| colony.run(200));
        colony.traces().collect::<Vec<_>>()
    };
    let one = after(1, 0);
    for threads in [2, 3, 8] {
        assert!(after(threads, 0) == one, "{threads} threads");
    }
    // Wires to one line keep the order of the file; those to other lines may be in any order.
    assert!(after(2, 3) == one, "the last two wires first");
    assert!(after(2, 1) != one, "the first suppressor last");
}

/// As a performer does it: by the switch's address, while the world runs.
#[test]
fn a_switch_pulls_a_layer_out_of_a_running_scene_and_puts_it_back() {
    let mut engine =
        Engine::new(SceneSource::find("ants").ok().unwrap().load(untrained::CATALOGUE).ok().unwrap(), None)
            .unwrap();
    let command = |engine: &Engine, layer: &str| {
        let layer = STACK.iter().position(|l| *l == layer).unwrap();
        engine.node(0).read(Readout::Command1.index() + layer)
    };
    (0..240).for_each(|_| engine.step(&[]));
    assert!(command(&engine, "forage") > 0.05, "{}", command(&engine, "forage"));
    assert_eq!(engine.set("ants.forage", 0.0), Some(0.0));
    for tick in 0..60 {
        engine.step(&[]);
        assert_eq!(command(&engine, "forage"), 0.0, "tick {tick}");
    }
    assert!(command(&engine, "avoid") + command(&engine, "wander") > 0.0, "the lower layers go on");
    engine.set("ants.forage", 1.0);
    (0..60).for_each(|_| engine.step(&[]));
    assert!(command(&engine, "forage") > 0.05);
}
