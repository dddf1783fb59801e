//! Training and inference are one network, and it learns.

use std::path::Path;

use data::dataset::LabelledBox;
use data::masked::{MaskedFrame, MaskedSet};
use data::reduce::SIDE;
use world::rng::Rng;

use super::frames::{indexed, split};
use super::iou::PixelConfusion;
use super::*;

/// Stripes, across or down, or checks, in random colours, of random width and phase: class 0 or 1.
fn texture(class: u8, seed: u64) -> MaskedFrame {
    let r = Rng::new(seed);
    let (shift, width) = (r.below(0, 8) as usize, 3 + r.below(1, 3) as usize);
    let colours: [[u8; 3]; 2] =
        [0, 1].map(|k| std::array::from_fn(|c| (r.bits(10 + 3 * k + c as u64) % 120) as u8 + 120 * k as u8));
    let is_across = r.below(2, 2) == 0;
    let bright = |i: usize| {
        let [x, y] = [i % SIDE, i / SIDE].map(|v| (v + shift) / width);
        match (class, is_across) {
            (0, true) => y % 2,
            (0, false) => x % 2,
            _ => (x + y) % 2,
        }
    };
    MaskedFrame {
        picture: (0..SIDE * SIDE).flat_map(|i| colours[bright(i)]).collect(),
        mask: vec![class; SIDE * SIDE],
        boxes: Vec::new(),
        seeds: vec![seed],
        is_composed: false,
    }
}

fn set() -> MaskedSet {
    let frames = |from: u64, n: u64| (from..from + n).map(|i| texture((i % 2) as u8, i)).collect::<Vec<_>>();
    let classes = ["stripes", "checks", "none"].map(String::from).into();
    MaskedSet { name: "textures".into(), classes, train: frames(0, 24), test: frames(100, 8) }
}

#[test]
fn held_out_worlds_are_in_no_training_frame() {
    let mut frames: Vec<MaskedFrame> = (0..40).map(|i| texture(0, i)).collect();
    frames.extend((0..40).map(|i| MaskedFrame { seeds: vec![i, (i * 7 + 3) % 40], ..texture(1, i) }));
    let [train, held] = split(frames, 0.2, 5);
    let worlds = |all: &[MaskedFrame]| all.iter().flat_map(|f| f.seeds.clone()).collect::<Vec<u64>>();
    let (a, b) = (worlds(&train), worlds(&held));
    assert!(a.iter().all(|s| !b.contains(s)) && train.len() > 40 && held.len() >= 8);
}

#[test]
fn classes_are_those_that_occur_and_others_are_told() {
    let mut set = set();
    assert_eq!(frames::classes(Task::Segment, &set), ["stripes", "checks"]);
    assert!(frames::classes(Task::Detect, &set).is_empty());
    set.train[0].boxes.push(LabelledBox { class: "none".into(), edges: [1.0, 1.0, 5.0, 5.0] });
    assert_eq!(frames::classes(Task::Detect, &set), ["none"]);
    let to = ["checks".to_string(), "stripes".to_string()];
    let turned = indexed(&set.train, &set.classes, &to).unwrap();
    assert_eq!((turned[0].mask[0], turned[1].mask[0]), (1, 0));
    let told = indexed(&set.train, &set.classes, &to[..1]).unwrap_err();
    assert_eq!(told, "expected pixels of checks, found some of stripes");
}

#[cfg(feature = "judge")]
mod trained {
    use super::*;
    use crate::LearnError;
    use crate::checkpoint::Interrupted;
    use crate::file::File;
    use crate::training::{Losses, TrainingCallback, TrainingConfig, TrainingRun};
    use inference::PixelNetwork;
    use pipeline::{task, train_pixelwise};

    const PLAN: TrainingConfig =
        TrainingConfig { epochs: 2, batch: 6, rate: 0.01, clip: 1.0, patience: 0, validation: 0.1, seed: 3 };

    fn small() -> BTreeMap<String, f64> {
        let mut settings = Task::settings();
        for (name, value) in [("width", 8.0), ("deepest", 16.0), ("patch", 4.0), ("average", 0.7)] {
            settings.insert(name.into(), value);
        }
        settings
    }

    /// Saves a checkpoint at each chance.
    struct Saver<'a> {
        path: &'a Path,
        work: &'a crate::checkpoint::Task,
        steps: std::cell::Cell<usize>,
    }

    impl TrainingCallback for Saver<'_> {
        fn step(&mut self, done: usize, _: usize, _: &Losses) {
            self.steps.set(done);
        }
        fn epoch(&mut self, _: &TrainingRun) -> Result<(), LearnError> {
            Ok(())
        }
        fn checkpoint(&mut self, training: &TrainingRun) -> Result<(), LearnError> {
            crate::checkpoint::save(self.path, self.work, training)
        }
    }

    /// Trains for so many epochs, and steps at most, from the checkpoint if there is one.
    fn train(which: Task, set: &MaskedSet, path: &Path, (epochs, most): (usize, usize)) -> Option<File> {
        let work = task(which, set, small(), TrainingConfig { epochs, ..PLAN }).unwrap();
        let steps = std::cell::Cell::new(0);
        let mut saver = Saver { path, work: &work, steps: std::cell::Cell::new(0) };
        let from = path.exists().then(|| (Interrupted::load(path).unwrap(), path));
        let stop = || {
            steps.set(steps.get() + 1);
            steps.get() > most
        };
        let file = train_pixelwise(which, set, &work, from, &stop, &mut saver).unwrap();
        file.filter(|f| !f.header.card.interrupted)
    }

    #[test]
    fn it_learns_to_tell_textures_apart_and_resumes_to_the_same_bits() {
        let (dir, set) = (tempfile::tempdir().unwrap(), set());
        let whole = train(Task::Segment, &set, &dir.path().join("whole"), (60, usize::MAX)).unwrap();
        let halves = dir.path().join("halves");
        assert!(train(Task::Segment, &set, &halves, (60, 100)).is_none());
        let resumed = train(Task::Segment, &set, &halves, (60, usize::MAX)).unwrap();
        assert_eq!(whole.weights, resumed.weights);
        let network = PixelNetwork::open(&whole, Path::new("network")).unwrap();
        // Left and right halves of two worlds that it has not seen.
        let mut confusion = PixelConfusion::new(2);
        for pair in set.test.chunks(2) {
            let side = |i: usize| &pair[(i % SIDE >= SIDE / 2) as usize];
            let picture: Vec<u8> =
                (0..SIDE * SIDE).flat_map(|i| side(i).picture[3 * i..3 * i + 3].to_vec()).collect();
            let mask: Vec<u8> = (0..SIDE * SIDE).map(|i| side(i).mask[i]).collect();
            let probabilities = network.probabilities(&picture, inference::VIEWS);
            let sums = (0..SIDE * SIDE).map(|i| probabilities[i] + probabilities[SIDE * SIDE + i]);
            assert!(sums.into_iter().all(|s| (s - 1.0).abs() < 1e-5));
            confusion.add(&mask, &network.mask(&picture));
        }
        assert!(confusion.mean_iou() > 0.75, "{}", confusion.mean_iou());
    }

    /// Bright squares before a dark ground.
    fn squares(seed: u64) -> MaskedFrame {
        let r = Rng::new(seed).named("squares");
        let boxes: Vec<LabelledBox> = (0..4u64)
            .map(|i| {
                let side = 6.0 + r.below(i, 8) as f32;
                let x = 32.0 * (i % 2) as f32 + r.below(10 + i, 18) as f32;
                let y = 32.0 * (i / 2) as f32 + r.below(20 + i, 18) as f32;
                LabelledBox { class: "stripes".into(), edges: [x, y, x + side, y + side] }
            })
            .collect();
        let inside = |i: usize| {
            let (x, y) = ((i % SIDE) as f32 + 0.5, (i / SIDE) as f32 + 0.5);
            boxes.iter().any(|b| x > b.edges[0] && x < b.edges[2] && y > b.edges[1] && y < b.edges[3])
        };
        let picture = (0..SIDE * SIDE).flat_map(|i| [if inside(i) { 220 } else { 30 }; 3]).collect();
        MaskedFrame { picture, boxes, ..texture(0, seed) }
    }

    #[test]
    fn it_learns_to_find_squares() {
        let mut set = set();
        set.train = (0..30).map(squares).collect();
        let dir = tempfile::tempdir().unwrap();
        let file = train(Task::Detect, &set, &dir.path().join("squares"), (80, usize::MAX)).unwrap();
        let network = PixelNetwork::open(&file, Path::new("network")).unwrap();
        assert_eq!(network.classes, ["stripes"]);
        let evaluated: Vec<precision::Evaluated> = (200..208)
            .map(|seed| {
                let frame = squares(seed);
                let targets = targets::known(&frame.boxes, &network.classes);
                precision::Evaluated { found: network.detections(&frame.picture), targets }
            })
            .collect();
        let found = precision::average_precision(&evaluated, 1);
        assert!(found.at_50.unwrap() > 0.6, "{found:?}");
    }

    /// The layers of training and of inference give the same planes.
    #[test]
    fn inference_is_what_was_trained() {
        let set = set();
        let dir = tempfile::tempdir().unwrap();
        let file = train(Task::Segment, &set, &dir.path().join("a"), (2, usize::MAX)).unwrap();
        let network = PixelNetwork::open(&file, Path::new("a")).unwrap();
        let picture = &set.test[0].picture;
        let device = crate::glue::device();
        let config = Task::Segment.network(&crate::method::settings(&file.header.settings), 2).unwrap();
        let fresh = crate::unet::model::UNet::new(&config, &device);
        let trained = crate::glue::loaded(fresh, &file.weights).unwrap();
        let dims = [1, Contrast::Local.planes(), SIDE, SIDE];
        let data = burn::tensor::TensorData::new(network_input(picture, Contrast::Local), dims);
        let constant = burn::tensor::TensorData::new(CONDITIONING.to_vec(), [1, CONDITIONING.len()]);
        let constant = burn::tensor::Tensor::from_data(constant, &device);
        let planes = trained.forward(burn::tensor::Tensor::from_data(data, &device), &constant);
        let planes = crate::glue::numbers(planes);
        let own = network.planes(picture);
        let most = planes.iter().fold(1f32, |m, v| m.max(v.abs()));
        assert!(
            planes.len() == own.len() && planes.iter().zip(&own).all(|(a, b)| (a - b).abs() < 2e-4 * most)
        );
    }

    #[test]
    fn other_files_are_refused() {
        let set = set();
        let dir = tempfile::tempdir().unwrap();
        let file = train(Task::Segment, &set, &dir.path().join("a"), (2, usize::MAX)).unwrap();
        let refused = |change: &dyn Fn(&mut File)| {
            let mut other = file.clone();
            change(&mut other);
            PixelNetwork::open(&other, Path::new("other.safetensors")).err().unwrap().to_string()
        };
        assert!(refused(&|f| f.header.method = "diffusion".into()).contains("--task segment"));
        assert!(refused(&|f| f.header.side = 32).contains("64 pixels"));
        assert!(refused(&|f| f.header.classes.push("more".into())).contains("end"));
        assert!(refused(&|f| f.header.settings.extend([("patch".into(), 3.0)])).contains("patch=3"));
    }
}
