//! Every augmentation against what its definition says.

use super::mixup::symmetric_beta;
use super::*;
use world::rng::Rng;

const SIDE: usize = 24;

/// A coloured picture of random patches.
fn patches(seed: u64) -> Image {
    let rng = Rng::new(seed).named("patches");
    let value = |i: usize| {
        let (p, c) = (i / 3, i % 3);
        rng.fork(c as u64).unit(((p % SIDE) / 5 + 10 * (p / SIDE / 4)) as u64)
    };
    Image { side: SIDE, channels: 3, values: (0..SIDE * SIDE * 3).map(value).collect() }
}

fn list(text: &str) -> Augmentations {
    text.parse().unwrap()
}

/// Variation of the first of three pictures.
fn vary(text: &str, seed: u64) -> Mixture {
    list(text).vary(0, 3, Rng::new(seed), &|i, _| patches(i as u64))
}

fn difference(a: &Image, b: &Image) -> f32 {
    a.values.iter().zip(&b.values).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.values.len() as f32
}

#[test]
fn strength_nought_changes_nothing_and_small_strengths_little() {
    for a in AUGMENTATIONS {
        for seed in 0..20 {
            let same = vary(&format!("{}:0", a.name), seed);
            assert_eq!((same.image, same.shares), (patches(0), vec![(0, 1.0)]), "{}", a.name);
            let near = vary(&format!("{}:{}", a.name, 1e-4 * a.strength.range.end()), seed);
            assert!(difference(&near.image, &patches(0)) < 2e-3, "{} {seed}", a.name);
        }
        let changed = (0..20).filter(|s| difference(&vary(a.name, *s).image, &patches(0)) > 1e-3).count();
        assert!(changed >= 4, "{} changes {changed} of 20 pictures", a.name);
        assert!(a.strength.range.contains(&a.strength.default) && *a.strength.range.start() == 0.0);
    }
}

#[test]
fn a_variation_is_of_values_in_range_and_of_the_same_size() {
    for a in AUGMENTATIONS {
        for seed in 0..10 {
            let Mixture { image, shares } = vary(&format!("{}:{}", a.name, a.strength.range.end()), seed);
            assert_eq!((image.side, image.channels, image.values.len()), (SIDE, 3, SIDE * SIDE * 3));
            assert!(image.values.iter().all(|v| (0.0..=1.0).contains(v)), "{}", a.name);
            let sum: f32 = shares.iter().map(|s| s.1).sum();
            assert!((sum - 1.0).abs() < 1e-5 && shares.iter().all(|s| s.1 >= 0.0), "{} {shares:?}", a.name);
        }
    }
}

#[test]
fn mirroring_twice_is_no_change_and_half_of_the_pictures_are_mirrored() {
    let twice = vary("flip:1,flip:1", 3).image;
    let once = vary("flip:1", 3).image;
    assert_eq!(twice, patches(0));
    let pixel = |image: &Image, x: usize, y: usize| image.values[(y * SIDE + x) * 3..][..3].to_vec();
    assert!((0..SIDE).all(|x| pixel(&once, x, 5) == pixel(&patches(0), SIDE - 1 - x, 5)));
    let mirrored = (0..1000).filter(|s| vary("flip", *s).image != patches(0)).count();
    // Five standard deviations of a fair coin.
    assert!(mirrored.abs_diff(500) < 80, "{mirrored}");
}

#[test]
fn a_rotation_by_its_angle_is_undone_by_the_opposite_one() {
    // A smooth blob off the centre: interpolation twice changes it little.
    let blob = |cx: f32, cy: f32| {
        let value = |i: usize| {
            let (dx, dy) = ((i % SIDE) as f32 - cx, (i / SIDE) as f32 - cy);
            libm::expf(-(dx * dx + dy * dy) / 8.0)
        };
        Image { side: SIDE, channels: 1, values: (0..SIDE * SIDE).map(value).collect() }
    };
    let centre = (SIDE as f32 - 1.0) / 2.0;
    for seed in 0..8 {
        let (rng, image) = (Rng::new(seed), blob(centre + 4.0, centre));
        let turned = list("rotate:90").vary(0, 1, rng, &|_, _| image.clone()).image;
        let sum: f32 = turned.values.iter().sum();
        let mean = |axis: fn(usize) -> usize| {
            turned.values.iter().enumerate().map(|(i, v)| v * axis(i) as f32).sum::<f32>() / sum - centre
        };
        let (x, y) = (mean(|i| i % SIDE), mean(|i| i / SIDE));
        // The distance from the centre stays; the angle is that of the address.
        assert!((libm::hypotf(x, y) - 4.0).abs() < 0.1, "{x} {y}");
        let angle = rng.named("rotate").fork(0).range(0, -90.0, 90.0).to_radians();
        assert!((libm::atan2f(-y, x) - angle).abs() < 0.05, "{seed}: {} {angle}", libm::atan2f(-y, x));
    }
}

#[test]
fn an_elastic_displacement_is_smooth_and_as_large_as_asked_for() {
    for (side, strength) in [(29, 0.02), (64, 0.05)] {
        let field = elastic::displacement(side, strength, Rng::new(9));
        let power = |all: &[f32]| (all.iter().map(|v| v * v).sum::<f32>() / all.len() as f32).sqrt();
        assert!((power(&field) - strength * side as f32).abs() < 1e-3 * side as f32);
        let steps: Vec<f32> = (0..side * (side - 1))
            .map(|i| field[i + i / (side - 1) + 1] - field[i + i / (side - 1)])
            .collect();
        // Neighbours of noise smoothed with deviation s differ by 1/(√2 s) of its size; unsmoothed ones by √2.
        let expected = 1.0 / (2f32.sqrt() * 4.0 / 29.0 * side as f32);
        assert!(
            power(&steps) / power(&field) < 1.5 * expected,
            "{} {expected}",
            power(&steps) / power(&field)
        );
    }
}

#[test]
fn a_crop_keeps_colours_and_shows_a_part() {
    let ramp = Image {
        side: SIDE,
        channels: 1,
        values: (0..SIDE * SIDE).map(|i| (i % SIDE) as f32 / SIDE as f32).collect(),
    };
    let mut shown = Vec::new();
    for seed in 0..200 {
        let cropped = list("crop:0.5").vary(0, 1, Rng::new(seed), &|_, _| ramp.clone()).image;
        let row = &cropped.values[..SIDE];
        // Within the picture a ramp stays a ramp, of a slope that is the share that is kept.
        shown.push((row[SIDE / 2 + 3] - row[SIDE / 2 - 3]) * SIDE as f32 / 6.0);
    }
    let (least, most) = shown.iter().fold((f32::INFINITY, 0f32), |(l, m), v| (l.min(*v), m.max(*v)));
    assert!((0.5..0.53).contains(&least) && (0.97..1.001).contains(&most), "{least} {most}");
}

#[test]
fn noise_and_blur_have_their_deviations() {
    let grey = Image { side: 64, channels: 1, values: vec![0.5; 64 * 64] };
    let deviation = |image: &Image| {
        let n = image.values.len() as f32;
        let mean = image.values.iter().sum::<f32>() / n;
        (image.values.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / n).sqrt()
    };
    for seed in 0..5 {
        let noisy = list("noise:0.1").vary(0, 1, Rng::new(seed), &|_, _| grey.clone()).image;
        let asked = 0.1 * Rng::new(seed).named("noise").fork(0).unit(0);
        assert!((deviation(&noisy) - asked).abs() < 0.05 * asked + 1e-4, "{seed}");
        let mut point = Image { values: vec![0.0; 64 * 64], ..grey.clone() };
        point.values[32 * 64 + 32] = 1.0;
        let spread = list("blur:0.1").vary(0, 1, Rng::new(seed), &|_, _| point.clone()).image;
        let sigma = 6.4 * Rng::new(seed).named("blur").fork(0).unit(0);
        let variance: f32 = spread
            .values
            .iter()
            .enumerate()
            .map(|(i, v)| v * ((i % 64) as f32 - 32.0) * ((i % 64) as f32 - 32.0))
            .sum();
        // A bell cut off at three deviations has 0.973 of its variance.
        assert!((variance - 0.973 * sigma * sigma).abs() < 0.03 * sigma * sigma + 0.02, "{variance} {sigma}");
    }
}

#[test]
fn cutout_covers_its_square_with_the_mean_colour() {
    let mean = patches(0).means();
    for seed in 0..50 {
        let cut = vary("cutout:0.5", seed).image;
        let covered: Vec<usize> = (0..SIDE * SIDE).filter(|i| cut.values[i * 3..][..3] == mean[..]).collect();
        let extent = |axis: fn(usize) -> usize| {
            let all = covered.iter().map(|i| axis(*i));
            all.clone().max().unwrap() - all.min().unwrap() + 1
        };
        let (wide, tall) = (extent(|i| i % SIDE), extent(|i| i / SIDE));
        assert!(covered.len() == wide * tall && (5..=13).contains(&wide) && (5..=13).contains(&tall));
        let rest = (0..SIDE * SIDE).filter(|i| !covered.contains(i));
        assert!(rest.flat_map(|i| i * 3..i * 3 + 3).all(|i| cut.values[i] == patches(0).values[i]));
    }
}

#[test]
fn mixed_labels_are_the_shares_of_the_pixels() {
    for seed in 0..50 {
        let blended = vary("mixup:1", seed);
        let [(first, share), (second, rest)] = blended.shares[..] else { panic!() };
        assert!(first == 0 && share >= 0.5 && (share + rest - 1.0).abs() < 1e-6);
        let other = patches(second as u64);
        let expected = |i: usize| share * patches(0).values[i] + rest * other.values[i];
        assert!((0..SIDE * SIDE * 3).all(|i| (blended.image.values[i] - expected(i)).abs() < 1e-6));

        let pasted = vary("cutmix", seed);
        let [_, (second, area)] = pasted.shares[..] else { panic!() };
        let other = patches(second as u64);
        let is_of = |image: &Image, i: usize| pasted.image.values[i * 3..][..3] == image.values[i * 3..][..3];
        assert!((0..SIDE * SIDE).all(|i| is_of(&patches(0), i) || is_of(&other, i)));
        // Patches of the two differ everywhere, so that the area can be counted.
        let counted = (0..SIDE * SIDE).filter(|i| !is_of(&patches(0), *i)).count();
        let expected = if second == 0 { 0.0 } else { area };
        assert!((counted as f32 / (SIDE * SIDE) as f32 - expected).abs() < 1e-6, "{counted} {area}");
    }
    // Two mixes: three pictures, all of whose labels count.
    let both = vary("mixup:2,cutmix", 4);
    assert!(both.shares.len() == 3 && (both.shares.iter().map(|s| s.1).sum::<f32>() - 1.0).abs() < 1e-6);
}

#[test]
fn shares_of_a_blend_have_the_moments_of_their_distribution() {
    for alpha in [0.05f32, 0.2, 1.0, 2.0] {
        let n = 4000;
        let drawn: Vec<f64> = (0..n).map(|i| f64::from(symmetric_beta(alpha, Rng::new(3).fork(i)))).collect();
        let mean = drawn.iter().sum::<f64>() / n as f64;
        let variance = drawn.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n as f64;
        // Beta(α, α): mean ½, variance 1 / (4 (2α + 1)).
        let expected = 1.0 / (4.0 * (2.0 * f64::from(alpha) + 1.0));
        assert!((mean - 0.5).abs() < 5.0 * (expected / n as f64).sqrt(), "{alpha}: {mean}");
        assert!((variance - expected).abs() < 0.06 * expected, "{alpha}: {variance} {expected}");
    }
}

#[test]
fn the_same_address_gives_the_same_bits_and_others_differ() {
    let all = list("all");
    let make = |seed: u64| all.vary(0, 3, Rng::new(seed), &|i, _| patches(i as u64));
    let first: Vec<Mixture> = (0..8).map(make).collect();
    let backwards: Vec<Mixture> = (0..8).rev().map(make).collect();
    assert!(first.iter().eq(backwards.iter().rev()) && (1..8).all(|i| first[i] != first[0]));
    // Two of one name in a list do not do the same.
    let twice = vary("noise:0.3,noise:0.3", 1).image;
    assert_ne!(twice, vary("noise:0.3", 1).image);
}

#[test]
fn lists_are_read_and_written_and_mistakes_in_them_told() {
    for text in ["none", "own", "flip:0.5", "own,crop:0.1,mixup:0.25", "blur:0.01,blur:0.02"] {
        assert_eq!(list(text).to_string(), text);
    }
    assert_eq!(list("all").steps().len(), AUGMENTATIONS.len());
    let told = |text: &str| text.parse::<Augmentations>().unwrap_err();
    assert!(told("flop").contains("flip, crop") && told("flop").contains("found `flop`"));
    assert_eq!(
        told("crop:1.5"),
        "crop: expected 0 to 0.9 (share of the side that is cut away, at most), found `1.5`"
    );
    for text in ["crop:", "crop:x", "crop:NaN", "crop:-0.1", "", "flip,own", "flip,,crop"] {
        assert!(!told(text).is_empty(), "{text}");
    }
}
