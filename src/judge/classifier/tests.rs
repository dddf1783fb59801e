use super::*;
use crate::backbone::tests::{shapes, variants, weights};
use learn::net::weights::WeightArray;
use world::rng::Rng;
use world::vectors::Vectors;

fn noise(shape: &Architecture, seed: u64) -> Vec<f32> {
    (0..(shape.side * shape.side * shape.channels) as u64).map(|i| Rng::new(seed).unit(i)).collect()
}

#[test]
fn a_picture_and_its_mirror_images_get_the_same_outputs() {
    let shape = &shapes()[0];
    let classifier = Classifier::new(&weights(shape, 1), shape, true).unwrap();
    let straight = noise(shape, 3);
    let at = |x: usize, y: usize, c: usize| straight[(y * 64 + x) * 3 + c];
    let seen = |f: &dyn Fn(usize, usize) -> (usize, usize)| {
        let pixel = |i: usize| {
            let (x, y) = f(i / 3 % 64, i / 192);
            at(x, y, i % 3)
        };
        (0..64 * 64 * 3).map(pixel).collect::<Vec<f32>>()
    };
    let four = [
        seen(&|x, y| (x, y)),
        seen(&|x, y| (63 - x, y)),
        seen(&|x, y| (x, 63 - y)),
        seen(&|x, y| (63 - x, 63 - y)),
    ];
    assert_eq!(four[0], straight);
    let out = classifier.pictures(&four);
    for k in 1..4 {
        let near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4);
        assert!(near(&out.logits[0], &out.logits[k]) && near(&out.embeddings[0], &out.embeddings[k]));
    }
    let once = Classifier::new(&weights(shape, 1), shape, false).unwrap().pictures(&four);
    assert!((once.logits[0][2] - once.logits[1][2]).abs() > 1e-3);
    let mean = (0..4).map(|k| once.logits[k][2]).sum::<f32>() / 4.0;
    assert!((mean - out.logits[0][2]).abs() < 1e-4);
}

/// At any vector width, and on any number of threads.
#[test]
fn outputs_have_the_same_bits_everywhere() {
    for shape in shapes().iter().chain(&variants()) {
        // Without fused instructions, four views of large pictures take long.
        let classifier = Classifier::new(&weights(shape, 2), shape, shape.side == 28).unwrap();
        let pictures: Vec<Vec<f32>> = (0..2).map(|i| noise(shape, i)).collect();
        let bits = |o: Outputs| -> Vec<u32> {
            let embeddings = o.embeddings.iter().flatten();
            o.logits.iter().flatten().chain(embeddings).map(|v| v.to_bits()).collect()
        };
        let at = |v: Vectors, threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            v.run(|| pool.install(|| bits(classifier.pictures(&pictures)))).unwrap()
        };
        let plain = at(Vectors::Plain, 1);
        assert!(Vectors::available().all(|v| at(v, 3) == plain), "{shape:?}");
        // A workspace that was used leaves no trace.
        let mut workspace = classifier.workspace();
        classifier.forward(&pictures[1], &mut workspace);
        assert_eq!(
            classifier.forward(&pictures[0], &mut workspace),
            classifier.forward(&pictures[0], &mut classifier.workspace())
        );
    }
}

#[test]
fn wrong_weights_and_shapes_are_reported() {
    let shape = &shapes()[0];
    let good = weights(shape, 1);
    for wrong in [
        Architecture { side: 0, ..shape.clone() },
        Architecture { side: usize::MAX, ..shape.clone() },
        Architecture { channels: 0, ..shape.clone() },
        Architecture { channels: 2, ..shape.clone() },
        Architecture { classes: 0, ..shape.clone() },
        Architecture { classes: 6, ..shape.clone() },
        Architecture { side: 28, ..shape.clone() },
    ] {
        assert!(Classifier::new(&good, &wrong, false).is_err(), "{wrong:?}");
    }
    let mut cut = good.clone();
    cut.insert("third.norm.beta", WeightArray { dims: vec![3], values: vec![0.0; 3] });
    let error = Classifier::new(&cut, shape, true).err().unwrap();
    assert!(error.contains("third.norm.beta") && error.contains("[64]"), "{error}");
}

/// Training and inference evaluate the same network.
#[cfg(feature = "judge")]
#[test]
fn it_matches_the_trained_network() {
    use crate::fresh::fresh;
    use burn::tensor::{Device, Tensor, TensorData};
    for shape in shapes().iter().chain(&variants()) {
        let network = fresh(shape, &Device::flex()).unwrap().with(&weights(shape, 7)).unwrap();
        let picture = noise(shape, 4);
        let mut planes = vec![0f32; picture.len()];
        planar(&picture, shape.channels, &mut planes);
        let dims = [1, shape.channels, shape.side, shape.side];
        let embedding = network.embed(Tensor::from_data(TensorData::new(planes, dims), &Device::flex()));
        let numbers = |t: Tensor<2>| t.into_data().try_to_vec::<f32>().unwrap();
        let (logits, embedding) = (numbers(network.head(embedding.clone())), numbers(embedding));
        let classifier = Classifier::new(&network.weights(), shape, false).unwrap();
        let (ours, described) = classifier.forward(&picture, &mut classifier.workspace());
        // Residual layers add up: values of some hundreds have an error of some of their last digits.
        let size = embedding.iter().fold(0f32, |m, v| m.max(v.abs()));
        let most = 1e-4f32.max(2e-6 * size);
        let near =
            |a: &[f32], b: &[f32]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < most);
        assert!(near(&ours, &logits), "{shape:?}: {ours:?}, burn {logits:?}");
        assert!(near(&described, &embedding), "{shape:?}: {described:?}, burn {embedding:?}");
        assert!(network.count() > 10_000 && logits.iter().any(|v| v.abs() > 0.05), "{logits:?}");
    }
}

/// Of the picture that was evaluated last: means and maxima, layer by layer, whatever was evaluated before.
#[test]
fn statistics_are_those_of_the_last_picture() {
    for shape in shapes() {
        let classifier = Classifier::new(&weights(&shape, 2), &shape, false).unwrap();
        let (a, b) = (noise(&shape, 1), noise(&shape, 2));
        let mut used = classifier.workspace();
        let of = |picture: &[f32], workspace: &mut Workspace| {
            classifier.forward(picture, workspace);
            classifier.statistics(workspace)
        };
        let first = of(&a, &mut used);
        let second = of(&b, &mut used);
        assert_ne!(first, second, "{}", shape.backbone);
        assert_eq!(second, of(&b, &mut classifier.workspace()));
        let seen = classifier.observe(&[a, b]);
        assert_eq!([&seen[0].statistics, &seen[1].statistics], [&first, &second]);
        assert!(first.len() == classifier.statistics_count() && first.len() > 50, "{}", first.len());
    }
}
