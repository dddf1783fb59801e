use super::Settings;
use super::network::Painter;
use learn::net::weights::{WeightArray, Weights};
use world::rng::Rng;
use world::vectors::Vectors;

fn small() -> Settings {
    Settings { channels: 8, blocks: 2, fine: 4, side: 64, ..Settings::default() }
}

/// Made-up weights.
fn weights(s: &Settings) -> Weights {
    let (c, f) = (s.channels as usize, s.fine as usize);
    let mut all = Weights::default();
    let mut add = |name: String, dims: Vec<usize>, scale: f32, middle: f32| {
        let r = Rng::new(9).named(&name);
        let n = dims.iter().product::<usize>() as u64;
        all.insert(
            name,
            WeightArray { dims, values: (0..n).map(|i| middle + scale * r.normal(i)).collect() },
        );
    };
    let mut convolutions =
        vec![("begin".to_string(), 12, c), ("grow".into(), c, 4 * f), ("end".into(), f, 12)];
    let mut norms = vec![("norm".to_string(), c), ("fine".into(), f)];
    for i in 0..s.blocks {
        convolutions.extend(["first", "second"].map(|n| (format!("blocks.{i}.{n}"), c, c)));
        norms.extend(["before", "between"].map(|n| (format!("blocks.{i}.{n}"), c)));
    }
    for (name, from, to) in convolutions {
        add(format!("{name}.weight"), vec![to, from, 3, 3], 0.1, 0.0);
        add(format!("{name}.bias"), vec![to], 0.1, 0.0);
    }
    for (name, n) in norms {
        add(format!("{name}.gamma"), vec![n], 0.2, 1.0);
        add(format!("{name}.beta"), vec![n], 0.2, 0.0);
    }
    all
}

fn noise(n: usize) -> Vec<f32> {
    (0..n as u64).map(|i| Rng::new(4).unit(i)).collect()
}

#[test]
fn it_paints_the_same_bits_everywhere() {
    let painter = Painter::of(&weights(&small()), &small(), (20, 36), 8).unwrap();
    let picture = noise(20 * 36 * 3);
    let at = |v: Vectors| {
        let painted = v.run(|| painter.clone().paint(&picture)).unwrap();
        painted.iter().map(|v| v.to_bits()).collect::<Vec<u32>>()
    };
    let plain = at(Vectors::Plain);
    assert!(Vectors::available().all(|v| at(v) == plain));
    let mut again = painter.clone();
    let twice = [again.paint(&picture), again.paint(&picture)];
    assert!(twice[0] == twice[1], "nothing is left of the picture before");
    assert!(twice[0] != picture && twice[0].iter().all(|v| (0.0..=1.0).contains(v)));
}

/// Far from the edges a mirrored margin changes nothing but the place of the grain; at them it is what a mirrored picture
/// would be painted like.
#[test]
fn pictures_go_on_mirrored_beyond_their_edges() {
    let flat = Settings { blocks: 1, ..small() };
    let mut zero = weights(&flat);
    // Without a way from the picture to the middle, what is painted is one value a cell.
    zero.insert("begin.weight", WeightArray { dims: vec![8, 12, 3, 3], values: vec![0.0; 864] });
    let picture = vec![0.5; 32 * 32 * 3];
    let spread = |margin: usize| {
        let painted = Painter::of(&zero, &flat, (32, 32), margin).unwrap().paint(&picture);
        let at = |y: usize, x: usize| painted[(y * 32 + x) * 3];
        (at(0, 0) - at(16, 16)).abs()
    };
    assert!(spread(0) > 1e-3 && spread(16) < 1e-4, "{}, {}", spread(0), spread(16));
}

#[test]
fn sizes_and_weights_that_do_not_fit_are_refused() {
    let of = |size| Painter::of(&weights(&small()), &small(), size, 0).err().unwrap_or_default();
    assert!(of((18, 36)).contains("height: expected a multiple of 4, found 18"));
    assert!(of((20, 0)).contains("width") && of((1 << 20, 20)).contains("height"));
    let wide = Settings { channels: 16, ..small() };
    assert!(Painter::of(&weights(&small()), &wide, (20, 36), 0).err().unwrap().contains("begin"));
}

#[cfg(feature = "judge")]
#[expect(clippy::disallowed_types, reason = "training runs on burn")]
mod training {
    use super::*;
    use crate::Judge;
    use crate::style::painter::grain;
    use crate::style::painter::model::PainterModel;
    use crate::style::painter::network::Painter;
    use crate::style::painter::training::{PainterInputs, part, trainer};
    use crate::style::perceptual::Perceptual;
    use burn::tensor::{Device, Tensor, TensorData};
    use learn::glue::{fresh, loaded, numbers};
    use learn::training::{Batch, StepContext};

    #[test]
    fn training_and_inference_are_one_network() {
        let model = loaded(fresh(1, |d| PainterModel::new(&small(), d)), &weights(&small())).unwrap();
        let picture = noise(20 * 36 * 3);
        let planes: Vec<f32> =
            (0..3).flat_map(|c| picture.iter().skip(c).step_by(3)).map(|v| v - 0.5).collect();
        let x = Tensor::<4>::from_data(TensorData::new(planes, [1, 3, 20, 36]), &Device::flex().autodiff());
        let grains: Vec<f32> = (0..720).map(|i| grain(i, Rng::new(0).named("grain"))).collect();
        let grains = Tensor::from_data(TensorData::new(grains, [1, 1, 20, 36]), &Device::flex().autodiff());
        let theirs = numbers(model.forward(x, grains));
        let ours = Painter::of(&weights(&small()), &small(), (20, 36), 0).unwrap().paint(&picture);
        for (i, v) in ours.iter().enumerate() {
            let there = (theirs[i % 3 * 720 + i / 3] + 0.5).clamp(0.0, 1.0);
            assert!((v - there).abs() < 1e-4, "{i}: {v}, {there}");
        }
    }

    #[test]
    fn a_part_is_cut_from_within_and_perhaps_mirrored() {
        let picture: Vec<f32> = (0..70 * 66).flat_map(|i| [(i / 66) as f32, (i % 66) as f32, 0.0]).collect();
        let mut mirrored = 0;
        for i in 0..40 {
            let cut = part(&(picture.clone(), (70, 66)), 64, Rng::new(i));
            let step = cut[(40 * 96 + 41) * 3 + 1] - cut[(40 * 96 + 40) * 3 + 1];
            mirrored += (step < 0.0) as usize;
            // Rows and columns count up, except where the margin is mirrored.
            let middle = |y: usize, x: usize, c: usize| cut[((y + 16) * 96 + x + 16) * 3 + c];
            assert!(cut.len() == 96 * 96 * 3 && middle(1, 0, 0) - middle(0, 0, 0) == 1.0);
            assert!((middle(0, 1, 1) - middle(0, 0, 1)).abs() == 1.0);
            assert!(cut.chunks_exact(3).all(|p| (0.0..70.0).contains(&p[0]) && (0.0..66.0).contains(&p[1])));
        }
        assert!((5..35).contains(&mirrored), "{mirrored} of 40");
    }

    /// A few steps towards a style of two colours; and the same bits from a restored state.
    #[test]
    fn it_learns_a_style_and_resumes_to_the_same_bits() {
        let judge = Judge::shipped().unwrap();
        let orange: Vec<f32> = (0..64 * 64)
            .flat_map(|i| if i / 4 % 2 == 0 { [0.9, 0.4, 0.1] } else { [0.1, 0.1, 0.3] })
            .collect();
        let begin = || {
            let style = Perceptual::new(&judge, (64, 64)).unwrap().style(&orange);
            let perceptual = Perceptual::new(&judge, (64, 64)).unwrap();
            let pictures = vec![(noise(72 * 80 * 3), (72, 80))];
            trainer(PainterInputs {
                pictures,
                perceptual,
                style,
                settings: small(),
                batch: 2,
                rounds: 8,
                seed: 3,
            })
        };
        let none = data::sample::Samples::empty(3, 64, Vec::new());
        let context =
            |step| StepContext { step, all: 24, rng: Rng::new(step as u64), rate: 0.01, clip: 10.0 };
        let (mut whole, mut losses) = (begin(), Vec::new());
        let mut resumed = begin();
        for step in 0..24 {
            if step == 12 {
                resumed.restore(&whole.state().unwrap().into_iter().collect()).unwrap();
            }
            let here = whole.step(&Batch::of(&none, &[]), &context(step)).unwrap();
            if step >= 12 {
                assert_eq!(resumed.step(&Batch::of(&none, &[]), &context(step)).unwrap(), here);
            }
            losses.push(here[0].1);
        }
        assert!(losses[20..].iter().sum::<f64>() < 0.85 * losses[..4].iter().sum::<f64>(), "{losses:?}");
        assert_eq!(whole.weights(), resumed.weights());
    }
}
