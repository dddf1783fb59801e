//! Penalties against arithmetic by hand, and resumed trainings with every optimiser.

mod augmented;

use std::cell::Cell;
use std::path::PathBuf;

use super::*;
use crate::layer_options::LayerOptions;
use crate::progress::Task;
use learn::net::weights::Weights;
use learn::optimiser::Optimiser;

const SIDE: usize = 12;

fn shape(backbone: &str) -> Architecture {
    let layers = LayerOptions::default();
    Architecture { channels: 1, side: SIDE, classes: 2, backbone: backbone.into(), layers }
}

/// Bright above or below, in noise.
fn halves(n: usize) -> Samples {
    let mut all = Samples::empty(1, SIDE, vec!["above".into(), "below".into()]);
    for i in 0..n {
        let (class, rng) = (i % 2, Rng::new(5).fork(i as u64));
        let value = |k: usize| {
            60 * rng.below(k as u64, 3) as u8 + 100 * ((k < SIDE * SIDE / 2) == (class == 0)) as u8
        };
        all.push((0..SIDE * SIDE).map(value).collect(), class, None);
    }
    all
}

/// Weights before and after one step of steepest descent, and the loss.
fn stepped(backbone: &str, l1: f64, l2: f64) -> (Weights, Weights, f64) {
    let plan =
        TrainingConfig { optimiser: "sgd".into(), decay: 0.0, rate: 0.5, l1, l2, ..Default::default() };
    let device = Device::flex().autodiff();
    let mut progress = begin(&plan, InitialState::Fresh(shape(backbone)), &device).unwrap();
    let before = progress.network.weights();
    let data = halves(8);
    let batch = Batch::varied(&data, &[0, 1, 2, 3, 4, 5, 6, 7], ImageKind::Glyphs, &plan, Rng::new(1));
    device.seed(3);
    let loss = step(&mut *progress.network, &mut progress.optimizer, &batch, (&plan, plan.rate), &device);
    (before, progress.network.weights(), loss)
}

#[test]
fn penalties_shrink_weights_as_by_hand_and_nothing_else() {
    let (rate, l1, l2) = (0.5, 0.01, 0.1);
    for backbone in ["compact", "vit"] {
        let (before, plain, loss) = stepped(backbone, 0.0, 0.0);
        let (_, penalised, same) = stepped(backbone, l1, l2);
        assert_eq!(loss, same, "the loss that is told is that of the pictures");
        let (mut weights, mut others) = (0, 0);
        for (name, array) in before.iter() {
            let [plain, penalised] = [&plain, &penalised].map(|w| w.get(name, &array.dims).unwrap());
            if !name.ends_with("weight") {
                others += 1;
                assert_eq!(plain, penalised, "{backbone}: {name}");
                continue;
            }
            weights += 1;
            for ((w, a), b) in array.values.iter().zip(plain).zip(penalised) {
                let w = f64::from(*w);
                let expected = rate * (l1 * w.signum() + l2 * w);
                let found = f64::from(a) - f64::from(b);
                assert!((found - expected).abs() < 1e-6, "{backbone}: {name}: {found} for {expected}");
            }
        }
        assert!(weights > 5 && others > 5, "{backbone}: {weights} and {others}");
    }
}

/// Counts steps, and keeps the last checkpoint.
struct Keeper<'a> {
    steps: &'a Cell<usize>,
    path: PathBuf,
    task: &'a Task,
}

impl TrainingCallback for Keeper<'_> {
    fn step(&mut self, done: usize, _: usize, _: f64) {
        self.steps.set(done);
    }
    fn epoch(&mut self, _: Epoch) {}
    fn checkpoint(&mut self, progress: &Progress) -> Result<(), JudgeError> {
        progress.save(&self.path, self.task)
    }
}

#[test]
fn with_every_optimiser_and_penalty_a_resumed_training_ends_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let (data, held) = (halves(12), halves(6));
    for name in Optimiser::NAMES {
        let rate = TrainingConfig::own_rate(name);
        let plan = TrainingConfig {
            optimiser: name.into(),
            rate,
            epochs: 3,
            batch: 4,
            l1: 1e-4,
            l2: 1e-3,
            dropout: 0.3,
            ..Default::default()
        };
        let task = Task {
            version: "test".into(),
            data_hash: data.hash(),
            classes: data.classes.clone(),
            architecture: shape("compact"),
            plan: plan.clone(),
            validation: 0.1,
            learns_on: false,
        };
        let run = |from, last: usize| {
            let steps = Cell::new(0);
            let mut keeper = Keeper { steps: &steps, path: folder.path().join(name), task: &task };
            train(&data, &held, ImageKind::Glyphs, &plan, from, &|| steps.get() >= last, &mut keeper).unwrap()
        };
        let whole = run(InitialState::Fresh(shape("compact")), usize::MAX);
        assert!(run(InitialState::Fresh(shape("compact")), 5).interrupted, "{name}");
        let (stored, progress) = Progress::load(&folder.path().join(name)).unwrap();
        assert_eq!((stored.differs(&task), progress.step), (None, 5), "{name}");
        let resumed = run(InitialState::Resume(Box::new(progress)), usize::MAX);
        assert_eq!(whole.history, resumed.history, "{name}");
        let [whole, resumed] = [whole, resumed].map(|t| t.network.unwrap().weights());
        assert!(whole == resumed, "{name}");
    }
}

#[test]
fn another_optimiser_penalty_or_dropout_is_another_task() {
    let task = |plan: TrainingConfig| Task {
        version: "test".into(),
        data_hash: 1,
        classes: vec!["a".into(), "b".into()],
        architecture: shape("compact"),
        plan,
        validation: 0.1,
        learns_on: false,
    };
    let own = TrainingConfig::default;
    let base = task(own());
    let differs = |plan: TrainingConfig| base.differs(&task(plan)).unwrap_or_default();
    assert_eq!(differs(TrainingConfig { optimiser: "sgd".into(), ..own() }), "--optimiser");
    assert_eq!(differs(TrainingConfig { l1: 1e-4, ..own() }), "--l1");
    assert_eq!(differs(TrainingConfig { l2: 1e-4, ..own() }), "--l2");
    assert_eq!(differs(TrainingConfig { dropout: 0.5, ..own() }), "--dropout");
    assert_eq!(differs(own()), "");
}
