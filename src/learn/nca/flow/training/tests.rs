use std::collections::BTreeMap;

use super::*;
use crate::dynamics::trajectories::Moment;
use crate::dynamics::{HiddenState, Trajectory, WorldModel, WorldSpec};
use crate::header::{ModelCard, ModelHeader};
use crate::model::normals;
use crate::nca::flow::FLOW;
use crate::nca::flow::inference::FlowAutomaton;
use crate::net::weights::WeightArray;
use crate::training::TrainingConfig;

const SIDE: usize = 24;
const CELLS: f32 = 60.0;

/// Settings that train in moments.
const SMALL: [(&str, f64); 7] = [
    ("channels", 8.0),
    ("hidden", 12.0),
    ("crop", 16.0),
    ("pool", 8.0),
    ("frames", 4.0),
    ("steps", 2.0),
    ("rounds", 2.0),
];

fn spec() -> WorldSpec {
    let names = |all: &[&str]| all.iter().map(|n| n.to_string()).collect();
    WorldSpec {
        scene: "swirls".into(),
        width: SIDE,
        height: SIDE,
        periodic: [true, true],
        every: 1,
        state: names(&["picture.red", "picture.green", "picture.blue"]),
        given: names(&["air.velocity.x", "air.velocity.y"]),
        knobs: Vec::new(),
    }
}

/// Soft spots that a steady swirl carries: a velocity of one moves them by [`CELLS`] cells a frame.
fn world(seed: u64, frames: usize) -> Trajectory {
    let cells = SIDE * SIDE;
    let turn = |i: usize| std::f32::consts::TAU * i as f32 / SIDE as f32;
    let u = (0..cells).map(|i| -0.01 * libm::sinf(turn(i / SIDE)));
    let given: Vec<f32> = u.chain((0..cells).map(|i| 0.01 * libm::sinf(turn(i % SIDE)) + 0.004)).collect();
    let moved: Vec<f32> = given.iter().map(|v| CELLS * v).collect();
    let (flow, blur) =
        (Advection::new(&moved, (SIDE, SIDE)), Advection::new(&vec![0.5; 2 * cells], (SIDE, SIDE)));
    let mut x: Vec<f32> = normals(Rng::new(seed), 3 * cells).iter().map(|v| 0.5 + 0.8 * v).collect();
    (0..6).for_each(|_| x = blur.apply(&x));
    let frame = |_| {
        x = flow.apply(&x);
        let state = x.iter().map(|v| v.clamp(0.0, 1.0)).collect();
        Moment { state, given: given.clone(), knobs: Vec::new() }
    };
    Trajectory { seed, frames: (0..frames).map(frame).collect() }
}

fn data(seeds: std::ops::Range<u64>, frames: usize) -> Trajectories {
    Trajectories { spec: spec(), worlds: seeds.map(|s| world(s, frames)).collect() }
}

fn values(settings: &[(&str, f64)]) -> BTreeMap<String, f64> {
    FLOW.values(&[&SMALL[..], settings].concat())
}

fn small(settings: &[(&str, f64)]) -> Result<FlowTrainer, String> {
    let plan = TrainingConfig { batch: 2, ..FLOW.plan };
    let (settings, data, held) = (values(settings), data(0..3, 8), data(3..4, 16));
    prepared(WorldTrainingInputs { data, held, settings: &settings, plan: &plan })
}

fn steps(trainer: &mut FlowTrainer, which: std::ops::Range<usize>) -> Losses {
    let none = Batch {
        pixels: Vec::new(),
        labels: Vec::new(),
        shape: crate::ImageShape { channels: 3, side: SIDE },
    };
    let mut losses = Vec::new();
    for step in which {
        let rng = Rng::new(3).fork(step as u64);
        let context = StepContext { step, all: 40, rng, rate: 0.004, clip: 1.0 };
        losses = trainer.step(&none, &context).unwrap();
        assert!(losses.iter().all(|(_, v)| v.is_finite()), "{losses:?}");
    }
    losses
}

#[test]
fn the_motion_is_measured_and_what_cannot_be_learned_is_refused() {
    let trainer = small(&[]).unwrap();
    assert!(trainer.motion.cells.iter().all(|c| (c - CELLS).abs() < 0.08 * CELLS), "{:?}", trainer.motion);
    // Root mean squares of 0.6 sin x and 0.6 sin x + 0.24, in cells a frame.
    let expected = ((0.18f32 + 0.18 + 0.24 * 0.24) / 2.0).sqrt();
    assert!((trainer.motion.deviation - expected).abs() < 0.1 * expected, "{:?}", trainer.motion);
    assert_eq!(small(&[("cells", 7.0)]).unwrap().motion.cells, [7.0, 7.0]);
    let refused = |change: &dyn Fn(&mut Trajectories)| {
        let (plan, settings, held) = (FLOW.plan, values(&[]), data(3..4, 16));
        let mut data = data(0..1, 8);
        change(&mut data);
        prepared(WorldTrainingInputs { data, held, settings: &settings, plan: &plan })
            .err()
            .unwrap_or_default()
    };
    type Case<'a> = (&'a dyn Fn(&mut Trajectories), &'a str);
    let cases: [Case; 5] = [
        (&|d| d.spec.given.clear(), "--given node.velocity"),
        (&|d| d.spec.state.truncate(2), "--state picture"),
        (&|d| d.worlds[0].frames.truncate(3), "at least 5 frames"),
        (&|d| d.worlds[0].frames[2].state[7] = 1.5, "0..1"),
        (&|d| d.worlds[0].frames.iter_mut().for_each(|f| f.given.fill(0.0)), "moves with the velocity"),
    ];
    for (change, words) in cases {
        let said = refused(change);
        assert!(said.contains(words), "{words}: {said}");
    }
}

/// The gradient of a world under texture, motion and bounds together, along itself.
#[test]
fn the_gradient_of_all_losses_is_the_difference_quotient() {
    let mut trainer = small(&[("fire", 1.0), ("motion", 3.0)]).unwrap();
    trainer.worlds = 1;
    let rule = &mut trainer.learner.rule;
    rule.update = normals(Rng::new(1), rule.update.len()).iter().map(|v| 0.1 * v).collect();
    let rule = rule.clone();
    let course = trainer.course(&trainer.data, 4, 1.0, Rng::new(2));
    let start = trainer.learner.pool.state(1).to_vec();
    let mut at = |rule: &CellRule| {
        trainer.learner.rule = rule.clone();
        let run = trainer.run(start.clone(), &course, Rng::new(4));
        let texture = trainer.texture.distance(&trainer.pictures(std::slice::from_ref(&run)), Rng::new(5));
        let (gradient, [excess, error, _]) = trainer.gradient(&run, &course, &texture.gradient[0]);
        (texture.mean + 3.0 * error + excess, gradient)
    };
    let (loss, gradient) = at(&rule);
    let squares: f64 = gradient.parts().into_iter().flatten().map(|g| f64::from(*g) * f64::from(*g)).sum();
    assert!(loss > 0.01 && squares > 0.0);
    // So far that the loss changes by a thousandth.
    let far = 1e-3 * loss / squares;
    let moved = |by: f64| {
        let mut moved = rule.clone();
        for (w, g) in moved.parts_mut().into_iter().zip(gradient.parts()) {
            w.iter_mut().zip(g).for_each(|(w, g)| *w += (by * f64::from(*g)) as f32);
        }
        moved
    };
    let slope = (at(&moved(far)).0 - at(&moved(-far)).0) / (2.0 * far);
    assert!((slope - squares).abs() < 0.1 * squares, "{slope}, {squares}");
}

#[test]
fn it_trains_to_the_same_bits_at_any_thread_count_and_when_resumed() {
    let on = |threads: usize, work: &(dyn Fn() -> (Weights, Losses) + Sync)| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
    };
    let whole = || {
        let mut one = small(&[]).unwrap();
        let losses = steps(&mut one, 0..5);
        (one.weights(), losses)
    };
    let parted = || {
        let mut one = small(&[]).unwrap();
        steps(&mut one, 0..3);
        let kept: BTreeMap<String, Vec<u8>> = one.state().unwrap().into_iter().collect();
        let mut other = small(&[]).unwrap();
        other.restore(&kept).unwrap();
        let losses = steps(&mut other, 3..5);
        (other.weights(), losses)
    };
    assert_eq!(on(1, &whole), on(3, &parted));
    let trainer = small(&[]).unwrap();
    assert!(trainer.has_held_out());
    assert!(trainer.validate(&Samples::empty(1, 1, Vec::new()), Rng::new(1)).is_some_and(f64::is_finite));
}

/// A rule that changes nothing: its pictures follow the rule of the scene, and stand still without transport, as of files
/// that do not name it.
#[test]
fn the_flow_carries_all_that_cells_hold() {
    let trainer = small(&[]).unwrap();
    let mut weights = trainer.weights();
    let update = weights.get("update", &[12, 8]).unwrap().len();
    weights.insert("update", WeightArray { dims: vec![12, 8], values: vec![0.0; update] });
    let frames = &world(7, 9).frames;
    let last = |settings: &BTreeMap<String, f64>| {
        let header = ModelHeader {
            method: FLOW.name.into(),
            channels: 3,
            side: SIDE,
            classes: Vec::new(),
            settings: settings.clone(),
            card: ModelCard::default(),
            world: Some(spec()),
        };
        let model = FlowAutomaton::open(&header, &weights).unwrap();
        let mut cells = model.begun(&frames[0].state);
        let marked = 5 * SIDE * SIDE..6 * SIDE * SIDE;
        cells.state.copy_within(0..SIDE * SIDE, marked.start);
        frames[1..].iter().for_each(|f| model.frame(&mut cells, &f.given, Rng::new(1)));
        assert_eq!(cells.state[marked], cells.state[..SIDE * SIDE], "hidden channels go along");
        let shown = cells.state[..3 * SIDE * SIDE].iter().map(|v| v + 0.5);
        shown.zip(&frames[8].state).map(|(a, b)| f64::from((a - b) * (a - b))).sum::<f64>()
    };
    let (carried, still) = (last(&values(&[])), last(&values(&[("transport", 0.0)])));
    assert!(carried < 0.01 * still, "{carried}, {still}");
    let mut unnamed = values(&[]);
    unnamed.remove("transport");
    assert_eq!(last(&unnamed), still);
}

/// A trained file opens as a world, runs without end, and its cells hear the velocity.
#[test]
fn a_learned_world_runs_on_under_any_velocity() {
    let mut trainer = small(&[]).unwrap();
    steps(&mut trainer, 0..6);
    let s: FlowSettings = settings(&values(&[]));
    let mut weights = trainer.weights();
    let model = FlowAutomaton::of(&s, &spec(), &weights).unwrap();
    let frames = &trainer.held.worlds[0].frames;
    let made = model.rollout(&frames[..1], &frames[1..], Rng::new(1));
    assert_eq!((made.len(), made[0].len()), (15, 3 * SIDE * SIDE));
    assert!(made.iter().flatten().all(|v| (0.0..=1.0).contains(v)));
    assert_eq!(made, model.rollout(&frames[..1], &frames[1..], Rng::new(1)));
    // The first frame of a roll-out is that of a single step; later ones remember more than the picture.
    let next = |past: &[f32], given: &[f32], i: u64| model.next(&[past], given, &[], Rng::new(1).fork(i));
    assert_eq!(next(&frames[0].state, &frames[1].given, 0), made[0]);
    assert_ne!(next(&made[0], &frames[2].given, 1), made[1]);
    let huge = vec![1e30; 2 * SIDE * SIDE];
    assert!(next(&frames[0].state, &huge, 0).iter().all(|v| v.is_finite()));
    assert_ne!(next(&frames[0].state, &vec![0.0; 2 * SIDE * SIDE], 0), made[0]);
    weights.insert("motion.deviation", WeightArray { dims: vec![1], values: vec![0.0] });
    assert!(FlowAutomaton::of(&s, &spec(), &weights).is_err());
}

/// Frame by frame with the hidden state, put away and taken up in the middle: the frames of cells that ran through.
#[test]
fn a_roll_out_goes_on_where_it_was_left() {
    let mut trainer = small(&[("far", 3.0)]).unwrap();
    steps(&mut trainer, 0..6);
    let s: FlowSettings = settings(&values(&[("far", 3.0)]));
    let model = FlowAutomaton::of(&s, &spec(), &trainer.weights()).unwrap();
    let frames = &trainer.held.worlds[0].frames;
    let through: Vec<Vec<f32>> = {
        let mut cells = model.begun(&frames[0].state);
        let shown = |(i, m): (usize, &Moment)| {
            model.frame(&mut cells, &m.given, Rng::new(1).fork(i as u64));
            cells.state[..3 * SIDE * SIDE].iter().map(|v| (v + 0.5).clamp(0.0, 1.0)).collect()
        };
        frames[1..].iter().enumerate().map(shown).collect()
    };
    let run = |part: std::ops::Range<usize>, newest: &mut Vec<f32>, hidden: &mut HiddenState| {
        for i in part {
            let rng = Rng::new(1).fork(i as u64);
            *newest = model.advance(hidden, &[&newest[..]], &frames[i + 1].given, &[], rng);
            assert_eq!(*newest, through[i], "frame {i}");
        }
    };
    let (mut newest, mut hidden) = (frames[0].state.clone(), model.begin(&[&frames[0].state]));
    run(0..7, &mut newest, &mut hidden);
    let kept = (newest.clone(), hidden.clone());
    run(7..15, &mut newest, &mut hidden);
    let (mut newest, mut again) = kept.clone();
    run(7..15, &mut newest, &mut again);
    assert_eq!(again, hidden);
    // A touch counts: cells take what is shown then, and keep what is hidden.
    let (mut touched, mut hidden) = kept;
    touched[5] = 1.0 - touched[5].round();
    let before = hidden.values.clone();
    let still = FlowAutomaton::of(
        &FlowSettings { fire: 0.1, steps: 1, transport: false, ..s },
        &spec(),
        &trainer.weights(),
    );
    let rng = (0..).map(Rng::new).find(|r| r.fork(0).unit(5) >= 0.1).unwrap();
    still.unwrap().advance(&mut hidden, &[&touched], &frames[8].given, &[], rng);
    let plane = SIDE * SIDE;
    assert_eq!(hidden.values[5], touched[5] - 0.5, "the cell did not fire");
    (3..8).for_each(|c| assert_eq!(hidden.values[c * plane + 5], before[c * plane + 5], "channel {c}"));
}
