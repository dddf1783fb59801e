//! Properties of every backbone in the catalogue.

use std::collections::BTreeSet;

use super::*;
use crate::architecture::{Architecture, unnamed};
use crate::layer_options::{Activation, Global, LayerOptions, Norm, Pooling};
use crate::verdict::EMBEDDING;
use learn::net::weights::{WeightArray, Weights};
use world::rng::Rng;

/// Architectures of every backbone: in colour and grey, large and small, of sides that do not halve evenly.
pub fn shapes() -> Vec<Architecture> {
    let sizes = [(3, 64, 5), (1, 28, 10), (3, 51, 2), (1, 9, 1)];
    let of = |b: &'static Backbone| {
        let fits = sizes.into_iter().filter(|s| b.sides.contains(&s.1));
        fits.map(|(channels, side, classes)| Architecture {
            channels,
            side,
            classes,
            backbone: b.name.into(),
            layers: LayerOptions::default(),
        })
    };
    BACKBONES.iter().flat_map(of).collect()
}

/// Architectures of every backbone with every layer that can be chosen, where it fits.
pub fn variants() -> Vec<Architecture> {
    let own = LayerOptions::default();
    let pooling = Pooling::ALL.iter().map(|p| LayerOptions { pooling: Some(*p), ..own });
    let norm = Norm::ALL.iter().map(|n| LayerOptions { norm: Some(*n), ..own });
    let activation = Activation::ALL.iter().map(|a| LayerOptions { activation: Some(*a), ..own });
    let global = Global::ALL.iter().map(|g| LayerOptions { global: Some(*g), ..own });
    let all: Vec<LayerOptions> = pooling.chain(norm).chain(activation).chain(global).collect();
    let of = |b: &'static Backbone| {
        all.iter().map(|layers| Architecture {
            channels: 3,
            side: 13,
            classes: 4,
            backbone: b.name.into(),
            layers: *layers,
        })
    };
    BACKBONES.iter().flat_map(of).filter(|a| a.check().is_ok()).collect()
}

/// A convolution of a backbone as its table states it: `from` is what one filter reads.
pub struct Row {
    pub from: usize,
    pub to: usize,
    pub kernel: usize,
    pub side: usize,
}

/// What a backbone's table says.
#[derive(Debug, PartialEq)]
pub struct Table {
    /// Dimensions of the weights of each convolution.
    kernels: Vec<Vec<usize>>,
    multiply_adds: u64,
    features: usize,
    field: usize,
}

/// What follows from a backbone's declaration, for pictures of these channels and this side.
pub fn declared(backbone: &Backbone, (channels, side): (usize, usize)) -> Table {
    let shape = Architecture { channels, side, backbone: backbone.name.into(), ..shapes()[0].clone() };
    let kernels = backbone.weights(&shape).into_iter().filter(|(name, _)| name.ends_with("conv.weight"));
    Table {
        kernels: kernels.map(|(_, dims)| dims).collect(),
        multiply_adds: backbone.multiply_adds(&shape),
        features: backbone.features(&shape),
        field: backbone.field(&shape),
    }
}

/// What follows from the rows of a table.
pub fn stated(rows: &[Row], features: usize, field: usize) -> Table {
    let kernels: Vec<Vec<usize>> = rows.iter().map(|r| vec![r.to, r.from, r.kernel, r.kernel]).collect();
    let products = kernels.iter().zip(rows).map(|(dims, r)| dims.iter().product::<usize>() * r.side * r.side);
    Table { multiply_adds: products.sum::<usize>() as u64, kernels, features, field }
}

/// Weights at the scale of initialisation, normalisations as after training.
pub fn weights(shape: &Architecture, seed: u64) -> Weights {
    let backbone = find(&shape.backbone).unwrap();
    let rng = Rng::new(seed);
    let mut all = Weights::default();
    let mut add = |name: String, dims: Vec<usize>, scale: f32, lift: f32| {
        let n: usize = dims.iter().product();
        let values = (0..n as u64).map(|i| lift + scale * rng.named(&name).normal(i)).collect();
        all.insert(name, WeightArray { dims, values });
    };
    for (name, dims) in backbone.weights(shape) {
        let inputs: usize = dims.iter().skip(1).product();
        let (scale, lift) = match name.rsplit('.').next() {
            Some("weight") => ((2.0 / inputs as f32).sqrt(), 0.0),
            Some("gamma") => (0.1, 1.0),
            Some("beta") => (0.2, 0.0),
            Some("running_mean") => (0.3, 0.0),
            Some("running_var") => (0.05, 1.0),
            _ => (0.1, 0.0),
        };
        add(name, dims, scale, lift);
    }
    add("embed.weight".into(), vec![backbone.features(shape), EMBEDDING], 0.05, 0.0);
    add("embed.bias".into(), vec![EMBEDDING], 0.1, 0.0);
    add("head.weight".into(), vec![EMBEDDING, shape.classes], 0.2, 0.0);
    add("head.bias".into(), vec![shape.classes], 0.1, 0.0);
    all
}

#[test]
fn each_is_named_once_cites_its_source_and_has_its_place_in_the_manual() {
    let mut names_so_far = BTreeSet::new();
    for b in BACKBONES {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        assert!(names_so_far.insert(b.name) && b.name.chars().all(plain), "{}", b.name);
        let years = b.about.split(|c: char| !c.is_ascii_digit()).filter(|n| n.len() == 4);
        assert!(years.count() > 0 && !b.about.ends_with('.'), "{}: no source in `{}`", b.name, b.about);
        assert!(world::limits::SEEN.contains(b.sides.start()) && b.sides.contains(&64), "{}", b.name);
    }
    let manual = include_str!("../../../docs/judge.md");
    let rows = manual.lines().skip_while(|l| !l.starts_with("| backbone |")).skip(2);
    let rows: Vec<&str> = rows.map_while(|l| l.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(names().collect::<Vec<_>>(), rows);
}

#[test]
fn each_extracts_the_features_of_every_picture() {
    for shape in shapes() {
        let backbone = find(&shape.backbone).unwrap();
        let made = |pictures: usize| {
            let body = backbone.open(&weights(&shape, 1), &shape, pictures).unwrap();
            let mut workspace = body.workspace();
            let input = &mut workspace.0[0];
            assert_eq!((input.count, input.channels), (pictures, shape.channels));
            assert_eq!((input.height, input.width), (shape.side, shape.side));
            for (p, y) in (0..pictures).flat_map(|p| (0..shape.side).map(move |y| (p, y))) {
                let rng = Rng::new(p as u64).fork(y as u64);
                input.row_mut(p, y).iter_mut().enumerate().for_each(|(i, v)| *v = rng.normal(i as u64));
            }
            body.features(&mut workspace)
        };
        let (one, three) = (made(1), made(3));
        let n = backbone.features(&shape);
        assert_eq!((one.len(), three.len()), (n, 3 * n), "{shape:?}");
        assert!(one == three[..n] && three[..n] != three[n..2 * n], "pictures do not affect each other");
        let error = backbone.open(&Weights::default(), &shape, 1).err().unwrap();
        assert!(backbone.weights(&shape).iter().any(|(name, _)| error.contains(name)), "{error}");
    }
}

/// Weights above zero and normalisations that change nothing: a unit sees a pixel exactly if it differs from one that
/// sees none.
fn positive(shape: &Architecture) -> Weights {
    let mut all = Weights::default();
    for (name, dims) in find(&shape.backbone).unwrap().weights(shape) {
        let (n, rng) = (dims.iter().product::<usize>(), Rng::new(4).named(&name));
        let scale = (dims.iter().skip(1).product::<usize>() as f32).recip();
        let value = |i: usize| match name.rsplit('.').next() {
            Some("weight") => scale * (0.5 + rng.unit(i as u64)),
            Some("gamma" | "running_var") => 1.0,
            _ => 0.0,
        };
        all.insert(name.clone(), WeightArray { dims, values: (0..n).map(value).collect() });
    }
    all
}

/// The pixels that change the middle of the last layer, against those that the declaration says.
#[test]
fn each_sees_the_pixels_that_it_states() {
    let large = |b: &Backbone| Architecture {
        side: *b.sides.end().min(&256),
        backbone: b.name.into(),
        ..shapes()[0].clone()
    };
    for shape in shapes().into_iter().chain(BACKBONES.iter().map(large)).chain(variants()) {
        let backbone = find(&shape.backbone).unwrap();
        let body = backbone.open(&positive(&shape), &shape, 1).unwrap();
        let middle = |bright: (usize, usize)| {
            let mut workspace = body.workspace();
            workspace.0[0].row_mut(0, bright.1)[bright.0 * shape.channels] = 1.0;
            body.features(&mut workspace);
            let last = &workspace.0[workspace.0.len() - 1];
            let at = last.width / 2 * last.channels;
            last.row(0, last.height / 2)[at..at + last.channels].iter().any(|v| *v != 0.0)
        };
        let workspace = body.workspace();
        let unit = workspace.0.last().map_or(0, |l| l.width / 2);
        // A normalisation of whole planes lets every unit see every pixel.
        let sees_all = matches!(shape.layers.norm, Some(Norm::Group | Norm::Layer));
        let stated = match &backbone.layers {
            Layers::Graph(graph) if !sees_all => graph(&shape).seen(unit),
            _ => 0..=shape.side as isize - 1,
        };
        let (low, high) = (*stated.start(), *stated.end());
        if shape.side == 256 {
            assert_eq!((high - low + 1) as usize, backbone.field(&shape), "{shape:?}");
        }
        let centre = ((low + high) / 2).clamp(0, shape.side as isize - 1) as usize;
        for at in [low - 1, low, low + 1, centre as isize, high, high + 1] {
            let Some(at) = usize::try_from(at).ok().filter(|at| *at < shape.side) else { continue };
            let expected = stated.contains(&(at as isize));
            assert_eq!(middle((at, centre)), expected, "column {at} of {stated:?}: {shape:?}");
            assert_eq!(middle((centre, at)), expected, "row {at} of {stated:?}: {shape:?}");
        }
    }
}

/// What a file may ask for is bounded before anything of it is allocated.
#[test]
fn layers_that_need_too_much_are_refused() {
    let layers = LayerOptions { pooling: Some(Pooling::None), ..LayerOptions::default() };
    for (side, fits) in [(96, true), (512, false)] {
        let shape = Architecture { side, layers, backbone: "vgg".into(), ..shapes()[0].clone() };
        assert_eq!(shape.check().is_ok(), fits, "{side}");
        assert!(fits || shape.check().unwrap_err().contains("values between layers"));
    }
}

#[test]
fn an_unknown_backbone_is_refused_with_the_names_of_all() {
    let all = names().collect::<Vec<_>>().join(", ");
    for wrong in ["", "Compact", "compact "] {
        let error = find(wrong).err().unwrap();
        assert_eq!(error, format!("expected a backbone among {all}, found `{wrong}`"));
        assert_eq!(Architecture { backbone: wrong.into(), ..shapes()[0].clone() }.check().err(), Some(error));
    }
    assert_eq!((BACKBONES[0].name, unnamed().as_str()), ("compact", "compact"), "older files use it");
}

#[cfg(feature = "judge")]
mod training {
    use std::path::Path;

    use super::*;
    use crate::JudgeError;
    use crate::calibration::OodDetector;
    use crate::inference::{Judge, JudgeHeader};
    use crate::open_set::Outliers;
    use crate::progress::{Epoch, Progress};
    use crate::training::{InitialState, TrainingCallback, train};
    use crate::training_config::TrainingConfig;
    use data::sample::{ImageKind, Samples};

    struct Silent;
    impl TrainingCallback for Silent {
        fn step(&mut self, _: usize, _: usize, _: f64) {}
        fn epoch(&mut self, _: Epoch) {}
        fn checkpoint(&mut self, _: &Progress) -> Result<(), JudgeError> {
            Ok(())
        }
    }

    /// The weights that are trained are those that are declared.
    #[test]
    fn each_is_trained_as_it_is_declared() {
        for shape in shapes().into_iter().chain(variants()) {
            let network = crate::fresh::fresh(&shape, &burn::tensor::Device::flex()).unwrap();
            let trained = network.weights();
            let body =
                trained.iter().filter(|(name, _)| !name.starts_with("embed") && !name.starts_with("head"));
            let mut body: Vec<WeightSpec> = body.map(|(name, a)| (name.into(), a.dims.clone())).collect();
            let mut declared = find(&shape.backbone).unwrap().weights(&shape);
            body.sort();
            declared.sort();
            assert_eq!(body, declared, "{shape:?}");
        }
    }

    /// Bright above or below, in noise.
    fn halves(side: usize, n: usize) -> Samples {
        let mut all = Samples::empty(1, side, vec!["above".into(), "below".into()]);
        for i in 0..n {
            let (class, rng) = (i % 2, Rng::new(9).fork(i as u64));
            let value = |k: usize| {
                60 * rng.below(k as u64, 3) as u8 + 100 * ((k / side < side / 2) == (class == 0)) as u8
            };
            all.push((0..side * side).map(value).collect(), class, None);
        }
        all
    }

    #[test]
    fn each_learns_a_simple_difference_and_its_file_names_it() {
        let folder = tempfile::tempdir().unwrap();
        for b in BACKBONES {
            let side = *b.sides.start().max(&12);
            let (data, held) = (halves(side, 64), halves(side, 32));
            let layers = LayerOptions::default();
            let shape = Architecture { channels: 1, side, classes: 2, backbone: b.name.into(), layers };
            let plan = TrainingConfig { epochs: 8, batch: 8, patience: 9, ..TrainingConfig::default() };
            let start = InitialState::Fresh(shape.clone());
            let trained =
                train(&data, &held, ImageKind::Glyphs, &plan, start, &|| false, &mut Silent).unwrap();
            let losses: Vec<f64> = trained.history.iter().map(|e| e.validation_loss).collect();
            assert!(losses[7] < losses[0] && trained.history[7].accuracy > 0.9, "{}: {losses:?}", b.name);
            let network = trained.network.unwrap();
            assert!(network.shape() == &shape && network.count() > 1000);
            let (zeros, ones) = (vec![0.0; EMBEDDING], vec![1.0; EMBEDDING]);
            let doubt = OodDetector {
                means: vec![zeros, ones.clone()],
                variance: ones,
                least_confidence: 0.1,
                greatest_distance: 10.0,
                scale: 1.0,
            };
            let classes = data.classes.clone();
            let about = "made".into();
            let header = JudgeHeader {
                architecture: shape,
                mirrored: false,
                classes,
                temperature: 1.0,
                doubt,
                open_set: None,
                about,
            };
            let path = folder.path().join("j.safetensors");
            Judge::of(network.weights(), header).unwrap().save(&path).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            let text = learn::store::metadata(&bytes, "untrained-judge").unwrap().unwrap();
            assert!(text.contains(&format!("\"backbone\":\"{}\"", b.name)), "{text}");
            assert!(!text.contains("layers"), "what is the backbone's own is not written: {text}");
            let mut judge = Judge::from_bytes(bytes.clone(), Path::new("j")).unwrap();
            assert_eq!(judge.classify_reduced(&held.pictures[1], 0).ranking()[0].0, "below");
            let other = String::from_utf8_lossy(&bytes).contains(b.name);
            assert!(other && judge.network(&burn::tensor::Device::flex()).is_ok());
            // A detector of pictures of no class goes with any of them.
            let judge = judge.with_open_set((&data, &held), &Outliers::default()).unwrap();
            judge.save(&path).unwrap();
            let mut judge = Judge::load(&path).unwrap();
            assert!(!judge.classify_reduced(&held.pictures[1], 0).unsure, "{}", b.name);
            let checks =
                (0..side * side).map(|i| 255 * ((i % side + i / side) % 2) as u8).collect::<Vec<u8>>();
            assert!(judge.classify_reduced(&checks, 0).unsure, "{}", b.name);
        }
    }
}
