use super::palette::transferred;
use super::perceptual::{LossWeights, Losses, Perceptual};
use super::still::{StillConfig, paint};
use crate::inference::Judge;
use world::rng::Rng;
use world::vectors::Vectors;

fn noise(n: usize, seed: u64) -> Vec<f32> {
    (0..n as u64).map(|i| 0.2 + 0.6 * Rng::new(seed).unit(i)).collect()
}

/// Stripes of a colour on black.
fn stripes((height, width): (usize, usize), period: usize, colour: [f32; 3], upright: bool) -> Vec<f32> {
    let on = |y: usize, x: usize| ((if upright { x } else { y }) / (period / 2)).is_multiple_of(2);
    let pixel = |y: usize, x: usize| if on(y, x) { colour } else { [0.05; 3] };
    (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(y, x))).collect()
}

const SIZE: (usize, usize) = (40, 56);

/// Each part alone and all together, of the shipped judge.
#[test]
fn the_gradient_matches_central_differences() {
    let judge = Judge::shipped().unwrap();
    let mut loss = Perceptual::new(&judge, SIZE).unwrap();
    let n = SIZE.0 * SIZE.1 * 3;
    let picture = noise(n, 1);
    let style = Perceptual::new(&judge, (48, 32)).unwrap().style(&noise(48 * 32 * 3, 2));
    let content = loss.content_of(&noise(n, 3));
    let none = LossWeights { style: 0.0, colour: 0.0, content: 0.0, smooth: 0.0 };
    for weights in [
        LossWeights { style: 1.0, ..none },
        LossWeights { colour: 1.0, ..none },
        LossWeights { content: 1.0, ..none },
        LossWeights { smooth: 1.0, ..none },
        LossWeights { style: 3.0, colour: 2.0, content: 5.0, smooth: 7.0 },
    ] {
        let (losses, gradient) = loss.descend(&picture, (&style, &content), &weights);
        let size = gradient.iter().map(|g| *g as f64 * *g as f64).sum::<f64>().sqrt();
        let mut at = |by: f64| {
            let moved =
                picture.iter().zip(&gradient).map(|(p, g)| (*p as f64 + by * *g as f64 / size) as f32);
            let moved: Vec<f32> = moved.collect();
            loss.descend(&moved, (&style, &content), &weights).0.total(&weights)
        };
        let mut off = |by: f64| ((at(by) - at(-by)) / (2.0 * by) - size).abs() / size;
        let best = [0.3, 0.1, 0.03, 0.01].map(&mut off).into_iter().fold(f64::MAX, f64::min);
        assert!(size > 0.0 && losses.total(&weights) > 0.0 && best < 0.02, "{weights:?}: {best}");
    }
}

#[test]
fn a_picture_has_its_own_style_and_content() {
    let judge = Judge::shipped().unwrap();
    let mut loss = Perceptual::new(&judge, SIZE).unwrap();
    let picture = stripes(SIZE, 8, [0.9, 0.4, 0.1], true);
    let (style, content) = (loss.style(&picture), loss.content_of(&picture));
    let (own, _) = loss.descend(&picture, (&style, &content), &LossWeights::USUAL);
    assert_eq!((own.colour, own.content), (0.0, 0.0));
    // Shifted by half a period: what is where differs, the texture hardly.
    let shifted: Vec<f32> = {
        let mut all = picture.clone();
        all.chunks_exact_mut(SIZE.1 * 3).for_each(|row| row.rotate_right(4 * 3));
        all
    };
    let (other, _) = loss.descend(&shifted, (&style, &content), &LossWeights::USUAL);
    let turned = stripes(SIZE, 8, [0.9, 0.4, 0.1], false);
    let (across, _) = loss.descend(&turned, (&style, &content), &LossWeights::USUAL);
    assert!(other.content > 0.5, "{other:?}");
    let is_alike = |l: Losses| l.style < 0.4 * across.style;
    assert!(is_alike(own) && is_alike(other), "{own:?}, {other:?}, {across:?}");
    // The style does not depend on where the stripes lie on the grid of a layer's strides.
    let by = |pixels: usize| {
        let mut all = picture.clone();
        all.chunks_exact_mut(SIZE.1 * 3).for_each(|row| row.rotate_right(pixels * 3));
        all
    };
    for pixels in 1..8 {
        let moved = loss.style(&by(pixels));
        let (there, _) = loss.descend(&picture, (&moved, &content), &LossWeights::USUAL);
        assert!((there.style - own.style).abs() < 0.05 * across.style, "{pixels}: {there:?}, {own:?}");
    }
    let (names, of_content) = loss.layers();
    assert!(names.contains(&of_content) && names.len() >= 2, "{names:?}");
}

/// The style and the colours come closer by far, and most of the content stays.
#[test]
fn a_painted_picture_has_the_style_of_one_and_the_content_of_the_other() {
    let judge = Judge::shipped().unwrap();
    const SIZE: (usize, usize) = (60, 72);
    let content = stripes(SIZE, 36, [0.3, 0.3, 0.9], true);
    let model = stripes((64, 64), 6, [0.9, 0.5, 0.1], false);
    let weights = LossWeights { style: 10.0, smooth: 1.0, ..LossWeights::USUAL };
    let how = StillConfig { scales: 2, steps: 60, weights, ..StillConfig::USUAL };
    let mut steps = Vec::new();
    let pictures = [(&content[..], SIZE), (&model[..], (64, 64))];
    let run =
        |watch: &mut dyn FnMut([usize; 2], &Losses) -> bool| paint(&judge, pictures, &how, watch).unwrap();
    let painted = run(&mut |done, _| {
        steps.push(done);
        true
    });
    assert_eq!((steps.len(), steps.last()), (60, Some(&[60; 2])), "a coarser size would be too small");
    assert!(painted.len() == content.len() && painted.iter().all(|v| (0.0..=1.0).contains(v)));
    let mut loss = Perceptual::new(&judge, SIZE).unwrap();
    // Its content is that of the picture in the colours of the style.
    let goal = loss.content_of(&transferred(&content, &model, 3));
    let style = Perceptual::new(&judge, (64, 64)).unwrap().style(&model);
    let mut of = |x: &[f32]| loss.descend(x, (&style, &goal), &how.weights).0;
    let (before, after, stranger) = (of(&content), of(&painted), of(&model_at(SIZE)));
    assert!(after.style < 0.6 * before.style && after.colour < 0.1 * before.colour, "{before:?}, {after:?}");
    assert!(after.content < stranger.content, "{after:?}, {stranger:?}");
    // The same bits again, at any vector width; and an interruption keeps what there is.
    let three = |v: Vectors| {
        let mut left = 3;
        v.run(|| {
            let picture = run(&mut |_, _| {
                left -= 1;
                left > 0
            });
            picture.iter().map(|v| v.to_bits()).collect::<Vec<u32>>()
        })
        .unwrap()
    };
    let plain = three(Vectors::Plain);
    assert!(plain.len() == content.len() && Vectors::available().all(|v| three(v) == plain));
}

fn model_at(size: (usize, usize)) -> Vec<f32> {
    stripes(size, 6, [0.9, 0.5, 0.1], false)
}
