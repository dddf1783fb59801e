use super::*;
use learn::net::weights::Array;
use world::rng::Rng;
use world::vectors::Vectors;

/// Weights of the size that training begins with, and norms as they come out of it.
pub fn weights(shape: &Architecture, seed: u64) -> Weights {
    let rng = Rng::new(seed);
    let mut all = Weights::default();
    let mut add = |name: String, dims: &[usize], scale: f32, lift: f32| {
        let n: usize = dims.iter().product();
        let values = (0..n as u64).map(|i| lift + scale * rng.named(&name).normal(i)).collect();
        all.insert(name, Array { dims: dims.to_vec(), values });
    };
    for (name, from, to, _) in shape.layers() {
        add(format!("{name}.conv.weight"), &[to, from, 3, 3], (2.0 / (9 * from) as f32).sqrt(), 0.0);
        add(format!("{name}.norm.gamma"), &[to], 0.1, 1.0);
        add(format!("{name}.norm.beta"), &[to], 0.2, 0.0);
        add(format!("{name}.norm.running_mean"), &[to], 0.3, 0.0);
        add(format!("{name}.norm.running_var"), &[to], 0.05, 1.0);
    }
    add("embed.weight".into(), &[448, EMBEDDING], 0.05, 0.0);
    add("embed.bias".into(), &[EMBEDDING], 0.1, 0.0);
    add("head.weight".into(), &[EMBEDDING, shape.classes], 0.2, 0.0);
    add("head.bias".into(), &[shape.classes], 0.1, 0.0);
    all
}

fn noise(shape: &Architecture, seed: u64) -> Vec<f32> {
    (0..(shape.side * shape.side * shape.channels) as u64).map(|i| Rng::new(seed).unit(i)).collect()
}

const SHAPES: [Architecture; 4] = [
    Architecture { channels: 3, side: 64, classes: 5 },
    Architecture { channels: 1, side: 28, classes: 10 },
    Architecture { channels: 3, side: 51, classes: 2 },
    Architecture { channels: 1, side: 9, classes: 1 },
];

#[test]
fn a_picture_and_its_mirror_images_are_told_the_same() {
    let shape = &SHAPES[0];
    let sight = Sight::new(&weights(shape, 1), shape, true).unwrap();
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
    let told = sight.pictures(&four);
    for k in 1..4 {
        let near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4);
        assert!(near(&told.logits[0], &told.logits[k]) && near(&told.embeddings[0], &told.embeddings[k]));
    }
    let once = Sight::new(&weights(shape, 1), shape, false).unwrap().pictures(&four);
    assert!((once.logits[0][2] - once.logits[1][2]).abs() > 1e-3);
    let mean = (0..4).map(|k| once.logits[k][2]).sum::<f32>() / 4.0;
    assert!((mean - told.logits[0][2]).abs() < 1e-4);
}

/// At any width of vectors, and on any number of threads.
#[test]
fn what_it_says_has_the_same_bits_everywhere() {
    for shape in &SHAPES {
        let sight = Sight::new(&weights(shape, 2), shape, true).unwrap();
        let pictures: Vec<Vec<f32>> = (0..5).map(|i| noise(shape, i)).collect();
        let bits = |o: Outputs| -> Vec<u32> {
            let embeddings = o.embeddings.iter().flatten();
            o.logits.iter().flatten().chain(embeddings).map(|v| v.to_bits()).collect()
        };
        let at = |v: Vectors, threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            v.run(|| pool.install(|| bits(sight.pictures(&pictures)))).unwrap()
        };
        let plain = at(Vectors::Plain, 1);
        assert!(Vectors::available().all(|v| at(v, 3) == plain), "{shape:?}");
        // A desk that was used leaves no trace.
        let mut desk = sight.desk();
        sight.look(&pictures[1], &mut desk);
        assert_eq!(sight.look(&pictures[0], &mut desk), sight.look(&pictures[0], &mut sight.desk()));
    }
}

#[test]
fn weights_and_shapes_that_are_none_are_told() {
    let shape = &SHAPES[0];
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
        assert!(Sight::new(&good, &wrong, false).is_err(), "{wrong:?}");
    }
    let mut cut = good.clone();
    cut.insert("third.norm.beta", Array { dims: vec![3], values: vec![0.0; 3] });
    let told = Sight::new(&cut, shape, true).err().unwrap();
    assert!(told.contains("third.norm.beta") && told.contains("[64]"), "{told}");
}

/// What training evaluates and what looks are the same network.
#[cfg(feature = "judge")]
#[test]
fn it_says_what_the_trained_network_says() {
    use crate::model::Network;
    use burn::module::Module;
    use burn::tensor::{Device, Tensor, TensorData};
    for shape in &SHAPES {
        let network = Network::with(&weights(shape, 7), shape, &Device::flex()).unwrap();
        let picture = noise(shape, 4);
        let mut planes = vec![0f32; picture.len()];
        planar(&picture, shape.channels, &mut planes);
        let dims = [1, shape.channels, shape.side, shape.side];
        let embedding = network.embed(Tensor::from_data(TensorData::new(planes, dims), &Device::flex()));
        let numbers = |t: Tensor<2>| t.into_data().try_to_vec::<f32>().unwrap();
        let (logits, embedding) = (numbers(network.head(embedding.clone())), numbers(embedding));
        let sight = Sight::new(&learn::glue::weights(&network), shape, false).unwrap();
        let (ours, described) = sight.look(&picture, &mut sight.desk());
        let near =
            |a: &[f32], b: &[f32]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4);
        assert!(near(&ours, &logits), "{shape:?}: {ours:?}, burn {logits:?}");
        assert!(near(&described, &embedding), "{shape:?}: {described:?}, burn {embedding:?}");
        assert!(network.num_params() > 200_000 && logits.iter().any(|v| v.abs() > 0.05), "{logits:?}");
    }
}
