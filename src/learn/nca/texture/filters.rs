//! Filters on a torus, each followed by a ReLU.

use crate::nca::cells::halo::HaloGrid;
use crate::nca::cells::products::{matrix, transpose, windows};
use crate::nca::cells::unrolled::scatter;
use world::rng::Rng;

/// A set of filters. Each sums to zero, so that it responds to differences, and has unit length.
#[derive(Clone, Debug, PartialEq)]
pub struct Filters {
    /// Channels that they see.
    pub from: usize,
    /// Their number.
    pub to: usize,
    /// Radius of the window.
    pub reach: usize,
    /// `[window][from][to]`.
    taps: Vec<f32>,
    /// `[to][window][from]`.
    back: Vec<f32>,
}

/// Orientations, for brightness and for each of two opponent colours.
const ORIENTATIONS: [usize; 3] = [8, 4, 4];

/// Brightness, red against green, blue against yellow; grey pictures have the first only.
const OPPONENTS: [[f32; 3]; 3] = [[1.0, 1.0, 1.0], [1.0, -1.0, 0.0], [1.0, 1.0, -2.0]];

/// What oriented filters do not see at the finest scale: curvature and the highest frequency.
const FINE: [[f32; 9]; 2] =
    [[0.0, -1.0, 0.0, -1.0, 4.0, -1.0, 0.0, -1.0, 0.0], [1.0, -2.0, 1.0, -2.0, 4.0, -2.0, 1.0, -2.0, 1.0]];

impl Filters {
    fn new(from: usize, reach: usize, filters: &[Vec<f32>]) -> Self {
        let size = filters.first().map_or(0, Vec::len);
        let back: Vec<f32> = filters.iter().flat_map(|f| unit(f)).collect();
        Self { from, to: filters.len(), reach, taps: transpose(&back, size), back }
    }

    /// Lines and edges of a few orientations at 5 × 5 cells (Gabor filters, even and odd), each with both signs; of
    /// brightness and of two opponent colours (as simple cells do, Jones and Palmer 1987).
    pub fn oriented(channels: usize) -> Self {
        let mut all = Vec::new();
        for (opponent, orientations) in OPPONENTS.iter().zip(ORIENTATIONS).take(channels) {
            let lines = (0..orientations).flat_map(|i| {
                let angle = std::f32::consts::PI * i as f32 / orientations as f32;
                [0.0, std::f32::consts::FRAC_PI_2].map(|phase| gabor(angle, phase))
            });
            for kernel in lines.chain(FINE.iter().map(in_the_middle)) {
                let colour = |c: usize| if channels == 1 { 1.0 } else { opponent[c] };
                let filter: Vec<f32> =
                    kernel.iter().flat_map(|k| (0..channels).map(move |c| k * colour(c))).collect();
                all.push(filter.iter().map(|v| -v).collect());
                all.push(filter);
            }
        }
        Self::new(channels, 2, &all)
    }

    /// Random filters of 3 × 3 cells, the same for every texture.
    pub fn random(from: usize, to: usize) -> Self {
        let rng = Rng::new(0).named("texture filters");
        let filter = |k: u64| (0..9 * from as u64).map(|i| rng.fork(k).normal(i)).collect();
        Self::new(from, 1, &(0..to as u64).map(filter).collect::<Vec<_>>())
    }

    /// Responses to planes on a torus, `[to][height][width]`, none below zero.
    pub fn apply(&self, planes: &[f32], size: (usize, usize)) -> Vec<f32> {
        let grid = HaloGrid::torus(planes, size, self.reach);
        let bases: Vec<usize> = (0..size.0 * size.1).map(|i| grid.window(i)).collect();
        let mut responses = windows(&grid.data, &bases, &grid.runs(), &self.taps, self.to);
        responses.iter_mut().for_each(|v| *v = v.max(0.0));
        transpose(&responses, self.to)
    }

    /// The gradient of the planes, from the responses and their gradient.
    pub fn gradient(&self, responses: &[f32], of_responses: &[f32], size: (usize, usize)) -> Vec<f32> {
        let cells = size.0 * size.1;
        let active = responses.iter().zip(of_responses).map(|(r, d)| if *r > 0.0 { *d } else { 0.0 });
        let rows = transpose(&active.collect::<Vec<f32>>(), cells);
        let window = self.back.len() / self.to;
        let mut grid = HaloGrid::new(size, self.from, self.reach);
        let bases: Vec<usize> = (0..cells).map(|i| grid.window(i)).collect();
        let runs = grid.runs();
        scatter(&mut grid, &bases, &runs, &matrix(&rows, self.to, &self.back, window));
        grid.planes(self.from)
    }
}

/// A wave with a period of 3.2 cells in an envelope that is longer along the line than across (Gabor 1946), without
/// mean; 5 × 5.
fn gabor(angle: f32, phase: f32) -> Vec<f32> {
    let (sine, cosine) = (libm::sinf(angle), libm::cosf(angle));
    let at = |i: usize| ((i % 5) as f32 - 2.0, (i / 5) as f32 - 2.0);
    let across = |(x, y): (f32, f32)| x * cosine + y * sine;
    let along = |(x, y): (f32, f32)| y * cosine - x * sine;
    let envelope = |p| {
        let (u, v) = (across(p) / 0.8, along(p) / 1.4);
        libm::expf(-(u * u + v * v) / 2.0)
    };
    let wave = |p| libm::cosf(std::f32::consts::PI * across(p) / 1.6 - phase);
    let sums = (0..25).map(|i| (envelope(at(i)), envelope(at(i)) * wave(at(i))));
    let (all, raised) = sums.fold((0.0, 0.0), |s: (f32, f32), v| (s.0 + v.0, s.1 + v.1));
    (0..25).map(|i| envelope(at(i)) * (wave(at(i)) - raised / all)).collect()
}

/// A 3 × 3 kernel amid 5 × 5.
fn in_the_middle(kernel: &[f32; 9]) -> Vec<f32> {
    let mut wide = vec![0f32; 25];
    kernel.iter().enumerate().for_each(|(i, v)| wide[(i / 3 + 1) * 5 + i % 3 + 1] = *v);
    wide
}

/// With zero mean and unit length.
fn unit(filter: &[f32]) -> Vec<f32> {
    let mean = filter.iter().sum::<f32>() / filter.len() as f32;
    let length = libm::sqrtf(filter.iter().map(|v| (v - mean) * (v - mean)).sum());
    filter.iter().map(|v| (v - mean) / length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::normals;

    /// By the definition, on a torus.
    #[test]
    fn responses_are_rectified_correlations() {
        for filters in [Filters::oriented(3), Filters::oriented(1), Filters::random(4, 6)] {
            let (h, w) = (6, 5);
            let x = normals(Rng::new(1), filters.from * h * w);
            let found = filters.apply(&x, (h, w));
            let side = 2 * filters.reach + 1;
            for (i, v) in found.iter().enumerate() {
                let (f, y, x0) = (i / (h * w), i / w % h, i % w);
                let mut sum = 0f64;
                for (ky, kx, c) in (0..side * side * filters.from)
                    .map(|k| (k / filters.from / side, k / filters.from % side, k % filters.from))
                {
                    let (sy, sx) = ((y + ky + h - filters.reach) % h, (x0 + kx + w - filters.reach) % w);
                    let tap = filters.back[(f * side * side + ky * side + kx) * filters.from + c];
                    sum += f64::from(tap) * f64::from(x[(c * h + sy) * w + sx]);
                }
                assert!((f64::from(*v) - sum.max(0.0)).abs() < 1e-5, "{i}: {v}, {sum}");
            }
        }
    }

    /// A line excites the filter of its own orientation most, and uniform colour none.
    #[test]
    fn filters_are_oriented_and_sum_to_zero() {
        let filters = Filters::oriented(3);
        assert_eq!(filters.to, 2 * (8 + 4 + 4) * 2 + 3 * 2 * 2);
        let flat = filters.apply(&[[0.3; 64], [0.9; 64], [0.1; 64]].concat(), (8, 8));
        assert!(flat.iter().all(|v| v.abs() < 1e-6));
        // Bright vertical line at column 4; vertical filters have the angle 0, thus come first.
        let line = |i: usize| if i % 64 % 8 == 4 { 1.0 } else { 0.0 };
        let seen = filters.apply(&(0..3 * 64).map(line).collect::<Vec<f32>>(), (8, 8));
        let at = |f: usize| seen[f * 64 + 4 * 8 + 4];
        let best = (0..filters.to).max_by(|a, b| at(*a).total_cmp(&at(*b)));
        assert_eq!(best, Some(1), "the even one with a bright middle, after its negative");
    }

    /// ⟨gradient y, v⟩ is the sum of y times the linear responses to v where units are active; a linear response is
    /// that to v less that to −v, each rectified.
    #[test]
    fn the_gradient_is_the_transpose_where_units_are_active() {
        for filters in [Filters::oriented(3), Filters::oriented(1), Filters::random(4, 6)] {
            let size = (6, 7);
            let [x, v] = [2, 3].map(|k| normals(Rng::new(k), filters.from * 42));
            let y = normals(Rng::new(4), filters.to * 42);
            let negative: Vec<f32> = v.iter().map(|v| -v).collect();
            let [at, plus, minus] = [&x, &v, &negative].map(|x| filters.apply(x, size));
            let found = filters.gradient(&at, &y, size);
            let found: f64 = found.iter().zip(&v).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            let active = (0..y.len()).filter(|i| at[*i] > 0.0);
            let expected: f64 = active.map(|i| f64::from(y[i]) * f64::from(plus[i] - minus[i])).sum();
            assert!((found - expected).abs() < 1e-3 && expected.abs() > 0.05, "{found}, {expected}");
        }
    }
}
