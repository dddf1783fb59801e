use super::*;
use crate::net::weights::WeightArray;
use world::rng::Rng;
use world::vectors::Vectors;

const SIZES: EncoderConfig =
    EncoderConfig { width: 24, heads: 3, layers: 2, hidden: 40, activation: Activation::Gelu };

fn made(seed: u64) -> Weights {
    let mut all = Weights::default();
    for (name, dims) in Encoder::weights(&SIZES) {
        let (n, rng) = (dims.iter().product::<usize>() as u64, Rng::new(seed).named(&name));
        let lift = if name.ends_with("gamma") { 1.0 } else { 0.0 };
        let values = (0..n).map(|i| lift + 0.2 * rng.normal(i)).collect();
        all.insert(name, WeightArray { dims, values });
    }
    all
}

fn tokens(count: usize) -> PaddedImages {
    let mut x = PaddedImages::bordered(SIZES.width, 3, 7, count, 0);
    x.values_mut().iter_mut().enumerate().for_each(|(i, v)| *v = Rng::new(5).normal(i as u64));
    x
}

/// The definition in double precision.
fn slow(w: &Weights, x: &[f32]) -> Vec<f64> {
    let (width, head) = (SIZES.width, SIZES.width / SIZES.heads);
    let get = |name: String, dims: &[usize]| -> Vec<f64> {
        w.get(&name, dims).unwrap().iter().map(|v| *v as f64).collect()
    };
    let norm = |x: &[f64], name: String| -> Vec<f64> {
        let (gamma, beta) = (get(format!("{name}.gamma"), &[width]), get(format!("{name}.beta"), &[width]));
        let row = |row: &[f64]| {
            let mean = row.iter().sum::<f64>() / width as f64;
            let deviation =
                (row.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / width as f64 + 1e-5).sqrt();
            (0..width).map(|i| (row[i] - mean) / deviation * gamma[i] + beta[i]).collect::<Vec<f64>>()
        };
        x.chunks_exact(width).flat_map(row).collect()
    };
    let dense = |x: &[f64], name: String, from: usize, to: usize| -> Vec<f64> {
        let (weight, bias) = (get(format!("{name}.weight"), &[from, to]), get(format!("{name}.bias"), &[to]));
        let row = |row: &[f64]| {
            (0..to)
                .map(|t| bias[t] + (0..from).map(|f| row[f] * weight[f * to + t]).sum::<f64>())
                .collect::<Vec<_>>()
        };
        x.chunks_exact(from).flat_map(row).collect()
    };
    let mut x: Vec<f64> = x.iter().map(|v| *v as f64).collect();
    let n = x.len() / width;
    for i in 0..SIZES.layers {
        let part = |p: &str| format!("blocks.{i}.{p}");
        let all = dense(&norm(&x, part("before")), part("attend"), width, 3 * width);
        let at = |token: usize, which: usize, c: usize| all[(token * 3 + which) * width + c];
        let mut attended = vec![0f64; n * width];
        for (t, h) in (0..n * SIZES.heads).map(|i| (i / SIZES.heads, i % SIZES.heads)) {
            let score = |o: usize| (h * head..(h + 1) * head).map(|c| at(t, 0, c) * at(o, 1, c)).sum::<f64>();
            let raised: Vec<f64> = (0..n).map(|o| (score(o) / (head as f64).sqrt()).exp()).collect();
            let sum: f64 = raised.iter().sum();
            for c in h * head..(h + 1) * head {
                attended[t * width + c] = (0..n).map(|o| raised[o] / sum * at(o, 2, c)).sum();
            }
        }
        let joined = dense(&attended, part("join"), width, width);
        x.iter_mut().zip(&joined).for_each(|(x, y)| *x += y);
        let mut inner = dense(&norm(&x, part("between")), part("up"), width, SIZES.hidden);
        let gelu = |v: f64| {
            0.5 * v * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (v + 0.044715 * v.powi(3))).tanh())
        };
        inner.iter_mut().for_each(|v| *v = gelu(*v));
        let down = dense(&inner, part("down"), SIZES.hidden, width);
        x.iter_mut().zip(&down).for_each(|(x, y)| *x += y);
    }
    norm(&x, "last".into())
}

#[test]
fn it_follows_the_definition_picture_by_picture() {
    let weights = made(1);
    let encoder = Encoder::of(&weights, SIZES).unwrap();
    let mut x = tokens(2);
    let mut scratch = encoder.scratch(&x);
    let pictures: Vec<Vec<f32>> = x.values().chunks_exact(21 * SIZES.width).map(<[f32]>::to_vec).collect();
    encoder.apply(&mut x, &mut scratch);
    for (picture, encoded) in pictures.iter().zip(x.values().chunks_exact(21 * SIZES.width)) {
        let exact = slow(&weights, picture);
        let worst = exact.iter().zip(encoded).map(|(a, b)| (a - *b as f64).abs()).fold(0.0, f64::max);
        assert!(worst < 2e-5, "{worst}");
    }
    assert!(Encoder::of(&Weights::default(), SIZES).unwrap_err().contains("blocks.0.before.gamma"));
}

#[test]
fn every_vector_width_gives_the_same_bits() {
    let encoder = Encoder::of(&made(2), SIZES).unwrap();
    let made = |v: Vectors| {
        let mut x = tokens(3);
        v.run(|| encoder.apply(&mut x, &mut encoder.scratch(&tokens(3)))).unwrap();
        x.values().to_vec()
    };
    let plain = made(Vectors::Plain);
    assert!(Vectors::available().all(|v| made(v) == plain));
}
