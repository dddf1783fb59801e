use super::dream::{DreamConfig, dream};
use super::neighbours::Neighbours;
use super::occlusion::{Patch, occlusion};
use super::saliency::SmoothGrad;
use super::units::{Ascent, planes, strongest};
use super::*;
use crate::architecture::Architecture;
use crate::backbone::tests::{shapes, variants, weights};
use crate::calibration::OodDetector;
use crate::inference::{Judge, JudgeHeader};
use crate::verdict::EMBEDDING;
use data::sample::Samples;
use world::rng::Rng;
use world::vectors::Vectors;

/// A judge with made-up weights.
fn judge(shape: &Architecture, mirrored: bool) -> Judge {
    let doubt = OodDetector {
        means: vec![vec![0.0; EMBEDDING]; shape.classes],
        variance: vec![1.0; EMBEDDING],
        least_confidence: 0.1,
        greatest_distance: 10.0,
        scale: 1.0,
    };
    let header = JudgeHeader {
        architecture: shape.clone(),
        mirrored,
        classes: (0..shape.classes).map(|c| format!("class {c}")).collect(),
        temperature: 1.0,
        doubt,
        open_set: None,
        about: "made".into(),
    };
    Judge::of(weights(shape, 7), header).unwrap()
}

fn noise(observer: &Observer, seed: u64) -> Vec<f32> {
    let ((height, width), channels) = (observer.size(), observer.channels());
    (0..(height * width * channels) as u64).map(|i| Rng::new(seed).unit(i)).collect()
}

fn graphs() -> impl Iterator<Item = Architecture> {
    shapes().into_iter().chain(variants()).filter(|s| s.backbone != "vit")
}

/// The gaze is what speaks for the class that the verdict on the same frame names, whatever the frame's size.
#[test]
fn the_gaze_looks_for_what_the_verdict_names() {
    let mut judge = Judge::shipped().unwrap();
    let mut observer = Observer::new(&judge).unwrap();
    let mut classes = std::collections::BTreeSet::new();
    for (k, (width, height)) in
        [(64, 64), (320, 180), (97, 41), (640, 360), (200, 300)].into_iter().enumerate()
    {
        // Squares, from single pixels to a tenth of the frame.
        let cell = 1 << k;
        let grey =
            |i: usize| Rng::new(k as u64).bits(((i / width / cell) * width + i % width / cell) as u64) as u8;
        let rgba: Vec<u8> = (0..width * height).flat_map(|i| [grey(i), grey(i) / 2, 90, 255]).collect();
        let (class, map) = observer.gaze(&rgba, width, height);
        let verdict = judge.classify(&rgba, width, height, k as u64);
        assert_eq!(class, crate::calibration::best(&verdict.probabilities), "{width}×{height}");
        let picture = crate::augment::plain(&data::reduce::reduce(&rgba, width, height, 4));
        let cam = observer.grad_cam(&picture, class, observer.usual_layer());
        let peak = cam.values.iter().copied().fold(0.0, f32::max);
        let wanted = cam.resized(map.height, map.width);
        // The peak may lie between pixels of the larger map.
        let scale = wanted.values.iter().copied().fold(0.0, f32::max);
        assert!(
            scale <= peak
                && map.values.iter().zip(&wanted.values).all(|(m, w)| (m * scale - w).abs() <= 1e-5 * peak)
        );
        classes.insert(class);
    }
    assert!(classes.len() > 1, "the frames are told apart: {classes:?}");
}

#[test]
fn it_says_what_the_classifier_says_to_the_bit() {
    for shape in graphs().filter(|s| s.side < 32) {
        for mirrored in [false, true] {
            let judge = judge(&shape, mirrored);
            let mut observer = Observer::new(&judge).unwrap();
            let picture = noise(&observer, 3);
            let ours = observer.look(&picture);
            let (logits, embedding) =
                judge.classifier().forward(&picture, &mut judge.classifier().workspace());
            assert_eq!((ours.logits, ours.embedding), (logits, embedding.to_vec()), "{shape:?}");
        }
    }
}

#[test]
fn a_backbone_without_gradients_is_refused_by_name_and_so_is_an_unknown_layer() {
    let shape = shapes().into_iter().find(|s| s.backbone == "vit").unwrap();
    let error = Observer::new(&judge(&shape, false)).err().unwrap();
    assert!(error.contains("vit") && error.contains("made of convolutions"), "{error}");
    let observer = Observer::new(&Judge::shipped().unwrap()).unwrap();
    let error = observer.layer("sixth").unwrap_err();
    assert!(error.contains("first") && error.contains("`sixth`"), "{error}");
    assert_eq!(observer.layers()[observer.usual_layer()].name, "fourth");
    assert!(observer.check(Objective::Unit { layer: 1, channel: 24 }).unwrap_err().contains("below 24"));
    assert!(Observer::sized(&Judge::shipped().unwrap(), (4, 64)).is_err(), "too small");
    assert!(Observer::sized(&Judge::shipped().unwrap(), (1 << 20, 64)).is_err(), "too large");
}

/// At every vector width.
#[test]
fn gradients_have_the_same_bits_everywhere() {
    for shape in graphs().filter(|s| s.side < 32) {
        let mut observer = Observer::new(&judge(&shape, shape.side == 28)).unwrap();
        let picture = noise(&observer, 4);
        let mut at = |v: Vectors| {
            let (value, gradient) = v.run(|| observer.gradient(&picture, Objective::Class(0))).unwrap();
            (value.to_bits(), gradient.iter().map(|g| g.to_bits()).collect::<Vec<u32>>())
        };
        let plain = at(Vectors::Plain);
        assert!(Vectors::available().all(|v| at(v) == plain), "{shape:?}");
    }
}

/// Every objective, in judges that average over mirrored views too.
#[test]
fn gradients_of_the_picture_match_central_differences() {
    for shape in shapes().iter().filter(|s| s.side == 28 && s.backbone != "vit") {
        let mut observer = Observer::new(&judge(shape, true)).unwrap();
        let last = observer.layers().len() - 1;
        let picture = noise(&observer, 5);
        let (layer, channels) = (last / 2, observer.layers()[last / 2].channels);
        let channel = strongest(&observer.activations(&picture, layer), channels, 1)[0];
        let unit = Objective::Unit { layer, channel };
        for objective in [Objective::Class(1), unit, Objective::Layer(last)] {
            let (_, gradient) = observer.gradient(&picture, objective);
            let size = gradient.iter().map(|g| *g as f64 * *g as f64).sum::<f64>().sqrt();
            let mut at = |by: f64| {
                let moved =
                    picture.iter().zip(&gradient).map(|(p, g)| (*p as f64 + by * *g as f64 / size) as f32);
                observer.gradient(&moved.collect::<Vec<f32>>(), objective).0 as f64
            };
            let mut off = |by: f64| ((at(by) - at(-by)) / (2.0 * by) - size).abs() / size;
            let best = [0.1, 0.03, 0.01, 0.003].map(&mut off).into_iter().fold(f64::MAX, f64::min);
            assert!(size > 0.0 && best < 0.03, "{shape:?} {objective:?}: {best}");
        }
    }
}

/// Against the automatic differentiation of the network in training, for every backbone and layer option.
#[cfg(feature = "judge")]
#[test]
#[expect(clippy::disallowed_types, reason = "training runs on burn")]
fn gradients_of_the_picture_are_those_of_the_trained_network() {
    use crate::classifier::planar;
    use burn::tensor::{Tensor, TensorData};
    let (mut compared, mut silent, mut flipped) = (0, 0, 0);
    for shape in graphs() {
        let judge = judge(&shape, false);
        let network = judge.network(&learn::glue::device()).unwrap().valid();
        let mut observer = Observer::new(&judge).unwrap();
        let picture = noise(&observer, 6);
        let mut planes = vec![0f32; picture.len()];
        planar(&picture, shape.channels, &mut planes);
        let dims = [1, shape.channels, shape.side, shape.side];
        let x = Tensor::<4>::from_data(TensorData::new(planes, dims), &learn::glue::device()).require_grad();
        let class = shape.classes - 1;
        let logit = network.head(network.embed(x.clone())).narrow(1, class, 1).sum();
        let theirs = x.grad(&logit.backward()).unwrap().into_data().try_to_vec::<f32>().unwrap();
        let (_, gradient) = observer.gradient(&picture, Objective::Class(class));
        let mut ours = vec![0f32; gradient.len()];
        planar(&gradient, shape.channels, &mut ours);
        let size = theirs.iter().fold(0f32, |m, v| m.max(v.abs()));
        let off = ours.iter().zip(&theirs).fold(0f32, |m, (a, b)| m.max((a - b).abs()));
        // A unit that is zero but for rounding may count on one side only, which burn's sums decide machine by machine.
        flipped += (off > 1e-4 * size.min(1.0)) as usize;
        assert!(off <= 0.03 * size.min(1.0), "{shape:?}: off by {off} of {size}");
        compared += 1;
        silent += (size == 0.0) as usize;
    }
    // A network whose embedding is below zero everywhere has no gradient.
    assert!(compared > 100 && silent * 20 < compared, "{silent} of {compared} without gradient");
    assert!(flipped * 50 < compared, "{flipped} of {compared}");
}

/// Nearly nothing, and a patch of checks, fine or coarse, in one place.
fn planted(side: usize, (top, left): (usize, usize), patch: usize, fine: bool) -> Vec<f32> {
    let value = |y: usize, x: usize| {
        let inside = (top..top + patch).contains(&y) && (left..left + patch).contains(&x);
        match inside {
            true if fine => ((x / 2 + y / 2) % 2) as f32,
            true => ((x / 4 + y / 4) % 2) as f32,
            false => 0.5 + 0.02 * Rng::new(3).normal((y * side + x) as u64),
        }
    };
    (0..side * side).flat_map(|i| [value(i / side, i % side); 3]).collect()
}

/// The class that a patch speaks for: whose logit rises most with it.
fn spoken_for(observer: &mut Observer, picture: &[f32]) -> usize {
    let with = observer.look(picture).logits;
    let without = observer.look(&planted(64, (0, 0), 0, true)).logits;
    crate::calibration::best(&with.iter().zip(&without).map(|(a, b)| a - b).collect::<Vec<f32>>())
}

/// All that there is to see is in the patch: Grad-CAM, SmoothGrad and occlusion point there.
#[test]
fn maps_agree_on_where_a_planted_patch_is() {
    let mut observer = Observer::new(&Judge::shipped().unwrap()).unwrap();
    let layer = observer.usual_layer();
    let mut hits = [0; 3];
    for (place, fine) in [((4, 4), true), ((36, 8), false), ((8, 40), false), ((40, 36), true)] {
        let picture = planted(64, place, 20, fine);
        let class = spoken_for(&mut observer, &picture);
        let cam = observer.grad_cam(&picture, class, layer).resized(64, 64);
        let smooth = observer.smooth_grad(&picture, Objective::Class(class), SmoothGrad::USUAL, Rng::new(1));
        let covered = occlusion(&observer, &picture, class, Patch::usual(64));
        for (hits, map) in hits.iter_mut().zip([cam, smooth, covered]) {
            let (y, x) = map.peak().1;
            let near = |at: usize, begin: usize| (begin.saturating_sub(4)..begin + 24).contains(&at);
            *hits += (near(y, place.0) && near(x, place.1)) as usize;
        }
    }
    assert!(hits.iter().sum::<usize>() >= 8 && hits.iter().all(|h| *h >= 2), "{hits:?} of 4 each");
}

/// The sanity check of Adebayo et al. (2018): maps of a network whose weights are random have little in common with those
/// of the judge.
#[test]
fn random_weights_change_the_maps() {
    let shipped = Judge::shipped().unwrap();
    let shape = shipped.header.architecture.clone();
    let header = JudgeHeader { open_set: None, ..shipped.header.clone() };
    let random = Judge::of(weights(&shape, 9), header).unwrap();
    let (mut a, mut b) = (Observer::new(&shipped).unwrap(), Observer::new(&random).unwrap());
    let layer = a.usual_layer();
    let (mut cams, mut gradients, mut same) = (0.0, 0.0, 0.0);
    for (i, place) in [(4, 4), (36, 8), (8, 40), (40, 36)].into_iter().enumerate() {
        let picture = planted(64, place, 20, i % 2 == 0);
        let class = spoken_for(&mut a, &picture);
        let cam = |o: &mut Observer| o.grad_cam(&picture, class, layer).values;
        let saliency = |o: &mut Observer| o.saliency(&picture, Objective::Class(class)).values;
        cams += map::rank_correlation(&cam(&mut a), &cam(&mut b)) / 4.0;
        gradients += map::rank_correlation(&saliency(&mut a), &saliency(&mut b)) / 4.0;
        same += map::rank_correlation(&saliency(&mut a), &saliency(&mut a)) / 4.0;
    }
    assert!(cams < 0.5 && gradients < 0.5 && same > 0.999, "Grad-CAM {cams}, gradients {gradients}, {same}");
}

#[test]
fn ascent_excites_a_unit_more_than_noise_and_is_addressed() {
    let judge = Judge::shipped().unwrap();
    let mut observer = Observer::sized(&judge, (32, 32)).unwrap();
    let objective = Objective::Unit { layer: 2, channel: 5 };
    let start = observer.gradient(&noise(&observer, 1), objective).0;
    let how = Ascent { steps: 16, ..Ascent::USUAL };
    let (picture, value) = how.climb(&mut observer, objective, Rng::new(2));
    assert!(value > 2.0 * start && value > 0.1, "{start} to {value}");
    assert!(picture.iter().all(|v| (0.0..=1.0).contains(v)));
    assert_eq!(how.climb(&mut observer, objective, Rng::new(2)).0, picture);
    assert_ne!(how.climb(&mut observer, objective, Rng::new(3)).0, picture);
}

#[test]
fn a_dream_excites_its_layer_at_every_size_and_keeps_to_the_picture() {
    let judge = Judge::shipped().unwrap();
    let size = (40, 56);
    let mut observer = Observer::sized(&judge, size).unwrap();
    let picture: Vec<f32> = noise(&observer, 4).iter().map(|v| 0.3 + 0.4 * v).collect();
    let layer = observer.layer("third").unwrap();
    let how = DreamConfig { octaves: 2, steps: 4, ..DreamConfig::USUAL };
    let dreamt = dream(&judge, (&picture, size), Objective::Layer(layer), &how, Rng::new(1)).unwrap();
    let value = |o: &mut Observer, x: &[f32]| o.gradient(x, Objective::Layer(layer)).0;
    let (before, after) = (value(&mut observer, &picture), value(&mut observer, &dreamt));
    assert!(after > 1.3 * before, "{before} to {after}");
    let mean = picture.iter().zip(&dreamt).map(|(a, b)| (a - b).abs()).sum::<f32>() / picture.len() as f32;
    assert!((0.005..0.2).contains(&mean), "{mean}");
    let error = dream(&judge, (&picture, size), Objective::Layer(99), &how, Rng::new(1)).unwrap_err();
    assert!(error.contains("layer"), "{error}");
}

#[test]
fn a_picture_is_its_own_nearest_neighbour() {
    let judge = Judge::shipped().unwrap();
    let mut data = Samples::empty(3, 64, vec!["a".into()]);
    for i in 0..5u64 {
        let value = |k: usize| (Rng::new(i).unit((k / (i as usize + 1)) as u64) * 255.0) as u8;
        data.push((0..64 * 64 * 3).map(value).collect(), 0, None);
    }
    let all = Neighbours::of(&judge, &data);
    for i in 0..5 {
        let nearest = all.nearest(&all.embeddings()[i], 2);
        assert_eq!((nearest[0].place, nearest[0].distance, nearest.len()), (i, 0.0, 2));
        assert!(nearest[1].distance > 0.0);
    }
}

#[test]
fn planes_are_stretched_and_units_ranked_by_their_means() {
    let activations = [1.0, 5.0, 0.0, 3.0, 4.0, 0.0];
    assert_eq!(strongest(&activations, 3, 2), [1, 0]);
    assert_eq!(planes(&activations, 3), [vec![0, 255], vec![255, 0], vec![0, 0]]);
}
