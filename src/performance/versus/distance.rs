//! How far two pictures are apart, live: on a coarse grid, so that it is cheap, and is about what an audience sees and
//! not about grain.

use show::PictureDistance;
use world::frame::Frame;

/// Cells across and down.
const GRID: (usize, usize) = (64, 36);
/// Pictures from one look to the next.
const EVERY: u32 = 6;
/// Weight of a new look.
const SMOOTHING: f32 = 0.25;
/// Weights of red, green and blue in luma, in 65536ths (Rec. ITU-R BT.709).
const LUMA: [u64; 3] = [13_933, 46_871, 4_732];
/// A picture of less variance is of one brightness.
const FLAT: f64 = 1e-9;

/// Mean luma of each cell, 0..1, row by row, of `w` × `h` cells; neither more than the picture has pixels.
fn reduced(frame: &Frame, (w, h): (usize, usize), into: &mut Vec<f64>) {
    into.clear();
    let edge = |i: usize, cells: usize, pixels: usize| i * pixels / cells;
    for cy in 0..h {
        let rows = edge(cy, h, frame.height)..edge(cy + 1, h, frame.height);
        for cx in 0..w {
            let (from, to) = (edge(cx, w, frame.width), edge(cx + 1, w, frame.width));
            let row = |y: usize| &frame.rgba[(y * frame.width + from) * 4..(y * frame.width + to) * 4];
            let luma = |p: &[u8]| LUMA.iter().zip(p).map(|(w, v)| w * u64::from(*v)).sum::<u64>();
            let sum: u64 = rows.clone().map(|y| row(y).chunks_exact(4).map(luma).sum::<u64>()).sum();
            let all = (rows.len() * (to - from)) as f64 * 255.0 * 65_536.0;
            into.push(sum as f64 / all);
        }
    }
}

/// Of two pictures on one grid.
fn distance(a: &[f64], b: &[f64]) -> PictureDistance {
    let n = a.len().max(1) as f64;
    let mean = |v: &[f64]| v.iter().sum::<f64>() / n;
    let (ma, mb) = (mean(a), mean(b));
    let (mut square, mut va, mut vb, mut both) = (0.0, 0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (dx, dy) = (x - ma, y - mb);
        square += (x - y) * (x - y);
        va += dx * dx;
        vb += dy * dy;
        both += dx * dy;
    }
    let varies = va.min(vb) / n > FLAT;
    let correlation = varies.then(|| (both / (va * vb).sqrt()).clamp(-1.0, 1.0) as f32);
    PictureDistance { rms: (square / n).sqrt() as f32, correlation }
}

/// Looks at both pictures now and then.
#[derive(Default)]
pub struct DistanceMeter {
    grids: [Vec<f64>; 2],
    pictures: u32,
    now: Option<PictureDistance>,
}

impl DistanceMeter {
    /// Both have a new picture.
    pub fn follow(&mut self, left: &Frame, right: &Frame) {
        let due = self.pictures == 0;
        self.pictures = (self.pictures + 1) % EVERY;
        let least = |a: usize, b: usize, most: usize| a.min(b).min(most);
        let grid = (least(left.width, right.width, GRID.0), least(left.height, right.height, GRID.1));
        if !due || grid.0 == 0 || grid.1 == 0 {
            return;
        }
        let [a, b] = &mut self.grids;
        reduced(left, grid, a);
        reduced(right, grid, b);
        let new = distance(a, b);
        self.now = Some(self.now.map_or(new, |old| blended(old, new)));
    }

    /// The distance, smoothed; none before the first pictures.
    pub fn now(&self) -> Option<PictureDistance> {
        self.now
    }

    /// Other worlds begin.
    pub fn forget(&mut self) {
        (self.now, self.pictures) = (None, 0);
    }
}

fn blended(old: PictureDistance, new: PictureDistance) -> PictureDistance {
    let blend = |old: f32, new: f32| old + (new - old) * SMOOTHING;
    let correlation = new.correlation.map(|c| old.correlation.map_or(c, |o| blend(o, c)));
    PictureDistance { rms: blend(old.rms, new.rms), correlation }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use world::rng::Rng;

    fn noise(w: usize, h: usize, seed: u64) -> Frame {
        let mut frame = Frame::new(w, h);
        let rng = Rng::new(seed);
        frame.rgba.iter_mut().enumerate().for_each(|(i, v)| *v = rng.bits(i as u64) as u8);
        frame
    }

    fn inverted(frame: &Frame) -> Frame {
        let mut other = frame.clone();
        other.rgba.chunks_exact_mut(4).for_each(|p| p[..3].iter_mut().for_each(|v| *v = 255 - *v));
        other
    }

    fn of(a: &Frame, b: &Frame) -> PictureDistance {
        let mut meter = DistanceMeter::default();
        meter.follow(a, b);
        meter.now().unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn the_same_picture_is_at_no_distance_and_its_negative_is_opposed(
            w in 2usize..200, h in 2usize..100, seed: u64,
        ) {
            let frame = noise(w, h, seed);
            prop_assert_eq!(of(&frame, &frame), PictureDistance { rms: 0.0, correlation: Some(1.0) });
            let opposed = of(&frame, &inverted(&frame));
            prop_assert!(opposed.correlation.unwrap() < -0.999_99, "{opposed:?}");
            let other = noise(w, h, seed ^ 1);
            let [there, back] = [of(&frame, &other), of(&other, &frame)];
            prop_assert!(there.rms > 0.0 && (there.rms - back.rms).abs() < 1e-6);
        }
    }

    #[test]
    fn a_picture_of_one_brightness_has_a_distance_but_no_correlation() {
        let plain = |v: u8| {
            let mut f = Frame::new(70, 40);
            f.rgba.fill(v);
            f
        };
        let far = of(&plain(0), &plain(255));
        assert!((far.rms - 1.0).abs() < 1e-6 && far.correlation.is_none(), "{far:?}");
        assert!((of(&plain(51), &plain(102)).rms - 0.2).abs() < 1e-6);
    }

    #[test]
    fn cells_hold_the_mean_of_their_pixels() {
        let mut frame = Frame::new(4, 2);
        let values = [0u8, 100, 40, 60, 200, 100, 80, 20];
        frame.rgba.chunks_exact_mut(4).zip(values).for_each(|(p, v)| p[..3].fill(v));
        let mut cells = Vec::new();
        reduced(&frame, (2, 1), &mut cells);
        assert!(
            (cells[0] * 255.0 - 100.0).abs() < 1e-9 && (cells[1] * 255.0 - 50.0).abs() < 1e-9,
            "{cells:?}"
        );
        reduced(&frame, (4, 2), &mut cells);
        assert!(cells.iter().zip(values).all(|(c, v)| (c * 255.0 - f64::from(v)).abs() < 1e-9));
    }

    #[test]
    fn it_looks_at_every_sixth_picture_and_smooths() {
        let (a, b) = (noise(80, 50, 1), inverted(&noise(80, 50, 1)));
        let mut meter = DistanceMeter::default();
        meter.follow(&a, &a);
        (0..EVERY - 1).for_each(|_| meter.follow(&a, &b));
        assert_eq!(meter.now().unwrap().rms, 0.0, "not looked at yet");
        meter.follow(&a, &b);
        let seen = meter.now().unwrap();
        assert!((seen.rms - SMOOTHING * of(&a, &b).rms).abs() < 1e-6);
        assert!((seen.correlation.unwrap() - (1.0 - 2.0 * SMOOTHING)).abs() < 1e-3);
        meter.forget();
        assert_eq!(meter.now(), None);
        meter.follow(&Frame::default(), &a);
        assert_eq!(meter.now(), None, "before there is a picture");
    }
}
