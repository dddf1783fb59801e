//! Writing over a picture: lines of words and a panel behind them, as in a picture of a screen that was made small.

use super::paint::{Colour, colour, mix};
use data::reduce::SIDE;
use world::rng::Rng;

/// A picture (`SIDE` × `SIDE`, RGB, 0..1) with writing over a part of it.
pub fn over(mut picture: Vec<f32>, r: Rng) -> Vec<f32> {
    let (paper, ink) = (colour(r.named("paper"), 0.3), colour(r.named("ink"), 0.4));
    // Something to read: light on dark, or dark on light.
    let ink = if luma(paper) > 0.5 { ink.map(|v| 0.4 * v) } else { ink.map(|v| 0.6 + 0.4 * v) };
    let n = SIDE as u64;
    let (w, h) = (16 + r.below(0, n - 16) as usize, 12 + r.below(1, n - 12) as usize);
    let (x0, y0) = (r.below(2, (SIDE - w) as u64 + 1) as usize, r.below(3, (SIDE - h) as u64 + 1) as usize);
    let cover = if r.unit(4) < 0.7 { r.range(5, 0.5, 1.0) } else { 0.0 };
    let (height, gap) = (1 + r.below(6, 3) as usize, 1 + r.below(7, 3) as usize);
    for y in y0..y0 + h {
        let (line, within) = ((y - y0) / (height + gap), (y - y0) % (height + gap));
        for x in x0..x0 + w {
            let pixel = &mut picture[3 * (y * SIDE + x)..][..3];
            let below: Colour = std::array::from_fn(|c| pixel[c]);
            let mut shown = mix(below, paper, cover);
            if within < height {
                shown = mix(shown, ink, weight(x - x0, w, r.named("line").fork(line as u64)));
            }
            pixel.copy_from_slice(&shown);
        }
    }
    picture
}

/// How much ink a line has at a place: words of a few pixels, letters too small to be read, and a ragged end.
fn weight(x: usize, width: usize, line: Rng) -> f32 {
    if line.unit(0) < 0.12 || x as f32 > width as f32 * (0.4 + 0.6 * line.unit(1)) {
        return 0.0;
    }
    let mut end = 0;
    for word in 0.. {
        let long = 1 + line.below(10 + word, 7) as usize;
        if x < end + long {
            break;
        }
        end += long + 1;
        if x < end {
            return 0.0;
        }
    }
    0.35 + 0.55 * line.fork(9).unit(x as u64)
}

fn luma([r, g, b]: Colour) -> f32 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_covers_a_part_and_stays_in_range() {
        let grey = vec![0.5f32; SIDE * SIDE * 3];
        for seed in 0..60 {
            let written = over(grey.clone(), Rng::new(seed));
            let touched = written.chunks(3).filter(|p| p.iter().any(|v| *v != 0.5)).count();
            assert!((30..=SIDE * SIDE).contains(&touched), "{touched} pixels, seed {seed}");
            assert!(written.iter().all(|v| (0.0..=1.0).contains(v)));
            assert_eq!(written, over(grey.clone(), Rng::new(seed)));
        }
    }

    /// Lines run across: rows differ more from the next than columns do.
    #[test]
    fn lines_run_across() {
        let (mut across, mut down) = (0.0, 0.0);
        for seed in 0..60 {
            let p = over(vec![0.5; SIDE * SIDE * 3], Rng::new(seed));
            let row = |y: usize| (0..SIDE).map(|x| p[3 * (y * SIDE + x)]).sum::<f32>();
            let column = |x: usize| (0..SIDE).map(|y| p[3 * (y * SIDE + x)]).sum::<f32>();
            down += (1..SIDE).map(|y| (row(y) - row(y - 1)).abs()).sum::<f32>();
            across += (1..SIDE).map(|x| (column(x) - column(x - 1)).abs()).sum::<f32>();
        }
        assert!(down > 1.5 * across, "{down} {across}");
    }
}
