//! A field resampled through an affine map: nearest or bilinear, with supersampling where a pixel covers several cells.

use rayon::prelude::*;

use super::affine::Affine;
use crate::field::Field;
use crate::widest;

/// Maximum number of points a pixel in each direction.
const MOST: usize = 8;
/// Rows that share a cache of the world's rows.
const BAND: usize = 16;
/// Pixels mapped at a time.
const LANES: usize = 64;
/// An index outside every plane.
const OUTSIDE: u32 = 1 << 30;

/// Wrap mode beyond a world's border, and filtering of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// The world repeats; cells have hard edges (automata).
    CrispWrap,
    /// Zero beyond the border; cells have hard edges.
    CrispBound,
    /// The world repeats; values are interpolated (fluids, noise).
    SmoothWrap,
    /// The border value extends; values are interpolated.
    SmoothBound,
}

/// Draws `whole` into every plane of `into`. `map` leads from pixels to fractions of the world; a pixel that covers
/// several cells is the mean of points spread over it.
pub fn sample(whole: &Field, into: &mut Field, map: &Affine, sampling: Sampling) {
    let (w, h) = (whole.width() as f64, whole.height() as f64);
    let across = (map.ax.abs().max(map.ay.abs()) * w).max(map.bx.abs().max(map.by.abs()) * h);
    let n = (libm::ceil(across) as usize).clamp(1, MOST);
    let sampler = Sampler {
        map: *map,
        n,
        columns: AxisSampler::new(whole.width(), sampling),
        rows: AxisSampler::new(whole.height(), sampling),
    };
    let columns = sampler.aligned().then(|| sampler.columns(into.width()));
    let width = into.width();
    for plane in 0..into.planes() {
        into.plane_mut(plane).par_chunks_mut(width * BAND).enumerate().for_each(
            |(band, out)| match &columns {
                Some(columns) => sampler.band(whole, plane, columns, band * BAND, out),
                None => out.chunks_exact_mut(width).enumerate().for_each(|(i, row)| {
                    sampler.row(whole, plane, band * BAND + i, row);
                }),
            },
        );
    }
}

/// The cells of one axis and how points between them are read.
#[derive(Clone, Copy, Debug)]
struct AxisSampler {
    size: f64,
    sampling: Sampling,
}

/// Which two cells a point of an axis lies between, and how far it is from the first to the second. Where cells have
/// hard edges both are the same.
type Tap = (u32, u32, f32);

impl AxisSampler {
    fn new(size: usize, sampling: Sampling) -> Self {
        Self { size: size as f64, sampling }
    }

    fn smooth(self) -> bool {
        matches!(self.sampling, Sampling::SmoothWrap | Sampling::SmoothBound)
    }

    /// The tap at a fraction of the axis.
    #[inline(always)]
    fn tap(self, fraction: f64) -> Tap {
        let last = self.size - 1.0;
        let at = fraction * self.size;
        // Places are whole numbers far below 2⁵³, so the quotient's floor is exact.
        let wrapped = |cell: f64| cell - (cell / self.size).floor() * self.size;
        match self.sampling {
            Sampling::CrispWrap => {
                let cell = wrapped(at.floor()) as u32;
                (cell, cell, 0.0)
            }
            Sampling::CrispBound => {
                let cell = at.floor();
                let place = if (cell >= 0.0) & (cell <= last) { cell as u32 } else { OUTSIDE };
                (place, place, 0.0)
            }
            Sampling::SmoothWrap => {
                let cell = (at - 0.5).floor();
                let first = wrapped(cell);
                let second = if first == last { 0.0 } else { first + 1.0 };
                (first as u32, second as u32, (at - 0.5 - cell) as f32)
            }
            Sampling::SmoothBound => {
                let cell = (at - 0.5).floor();
                let within = |c: f64| c.max(0.0).min(last) as u32;
                (within(cell), within(cell + 1.0), (at - 0.5 - cell) as f32)
            }
        }
    }
}

struct Sampler {
    map: Affine,
    n: usize,
    columns: AxisSampler,
    rows: AxisSampler,
}

/// Taps of a picture's columns.
struct Columns {
    first: Vec<u32>,
    second: Vec<u32>,
    t: Vec<f32>,
}

impl Sampler {
    /// Whether the picture's rows are rows of the world.
    fn aligned(&self) -> bool {
        self.map.ay == 0.0 && self.map.bx == 0.0
    }

    /// Place of the k-th of n points within a pixel, from its centre.
    fn offset(&self, k: usize) -> f64 {
        (k as f64 + 0.5) / self.n as f64 - 0.5
    }

    /// The columns' taps, for each point across a pixel.
    fn columns(&self, width: usize) -> Vec<Columns> {
        let tap = |k: usize, x: usize| self.columns.tap(self.map.at(x as f64 + self.offset(k), 0.0).0);
        let one = |k: usize| {
            let taps: Vec<Tap> = (0..width).map(|x| tap(k, x)).collect();
            Columns {
                first: taps.iter().map(|t| t.0).collect(),
                second: taps.iter().map(|t| t.1).collect(),
                t: taps.iter().map(|t| t.2).collect(),
            }
        };
        (0..self.n).map(one).collect()
    }

    /// Rows from `y` on of an unrotated picture. Each row of the world is spread over the columns once.
    fn band(&self, whole: &Field, plane: usize, columns: &[Columns], y: usize, out: &mut [f32]) {
        let width = columns[0].t.len();
        let mut spread: Vec<RowPair> = columns.iter().map(|_| RowPair::new(width)).collect();
        for (i, out) in out.chunks_exact_mut(width).enumerate() {
            out.fill(0.0);
            for k in 0..self.n {
                let (top, bottom, t) = self.rows.tap(self.map.at(0.0, (y + i) as f64 + self.offset(k)).1);
                if top == OUTSIDE {
                    continue;
                }
                for (spread, columns) in spread.iter_mut().zip(columns) {
                    spread.hold(whole, plane, [top, bottom], columns);
                    add_between(&spread.rows, t, out);
                }
            }
            self.mean(out);
        }
    }

    /// Row `y` of a rotated picture.
    fn row(&self, whole: &Field, plane: usize, y: usize, out: &mut [f32]) {
        let values = whole.plane(plane);
        let mut places = PixelTaps { cells: [[0; LANES]; 4], t: [[0.0; LANES]; 2] };
        out.fill(0.0);
        for (chunk, out) in out.chunks_mut(LANES).enumerate() {
            for k in 0..self.n * self.n {
                let (dx, dy) = (self.offset(k % self.n), self.offset(k / self.n));
                place(self, chunk * LANES, dx, y as f64 + dy, &mut places);
                match self.columns.smooth() {
                    true => places.add_smooth(values, out),
                    false => places.add_crisp(values, out),
                }
            }
            self.mean(out);
        }
    }

    fn mean(&self, out: &mut [f32]) {
        if self.n > 1 {
            out.iter_mut().for_each(|v| *v /= (self.n * self.n) as f32);
        }
    }
}

/// Two rows of the world, spread over the columns of a picture.
struct RowPair {
    of: [u32; 2],
    rows: [Vec<f32>; 2],
}

impl RowPair {
    fn new(width: usize) -> Self {
        Self { of: [OUTSIDE; 2], rows: [vec![0.0; width], vec![0.0; width]] }
    }

    /// Makes these the two rows; going down a picture, the lower one is soon the upper one.
    fn hold(&mut self, whole: &Field, plane: usize, rows: [u32; 2], columns: &Columns) {
        if self.of[1] == rows[0] {
            self.of.swap(0, 1);
            self.rows.swap(0, 1);
        }
        for (i, &row) in rows.iter().enumerate() {
            if self.of[i] != row {
                self.of[i] = row;
                spread(whole.row(plane, row as usize), columns, &mut self.rows[i]);
            }
        }
    }
}

fn spread(row: &[f32], columns: &Columns, out: &mut [f32]) {
    let at = |place: u32| row.get(place as usize).copied().unwrap_or(0.0);
    let taps = columns.first.iter().zip(&columns.second).zip(&columns.t);
    for (out, ((&first, &second), &t)) in out.iter_mut().zip(taps) {
        let first = at(first);
        *out = first + (at(second) - first) * t;
    }
}

widest! {
    fn add_between(rows: &[Vec<f32>; 2], t: f32, out: &mut [f32]) {
        for (out, (top, bottom)) in out.iter_mut().zip(rows[0].iter().zip(&rows[1])) {
            *out += top + (bottom - top) * t;
        }
    }
}

/// Where the pixels of a piece of a row lie in a plane: top left, top right, bottom left, bottom right cell, and how
/// far across and down between them.
struct PixelTaps {
    cells: [[u32; LANES]; 4],
    t: [[f32; LANES]; 2],
}

impl PixelTaps {
    fn add_smooth(&self, values: &[f32], out: &mut [f32]) {
        let at = |corner: usize, i: usize| values[self.cells[corner][i] as usize];
        for (i, out) in out.iter_mut().enumerate() {
            let (tx, ty) = (self.t[0][i], self.t[1][i]);
            let top = at(0, i) + (at(1, i) - at(0, i)) * tx;
            let bottom = at(2, i) + (at(3, i) - at(2, i)) * tx;
            *out += top + (bottom - top) * ty;
        }
    }

    fn add_crisp(&self, values: &[f32], out: &mut [f32]) {
        for (out, &cell) in out.iter_mut().zip(&self.cells[0]) {
            *out += values.get(cell as usize).copied().unwrap_or(0.0);
        }
    }
}

widest! {
    /// Places of the points `dx` right of the pixels from `from` on, at height `y`.
    fn place(sampler: &Sampler, from: usize, dx: f64, y: f64, places: &mut PixelTaps) {
        let width = sampler.columns.size as u32;
        for i in 0..LANES {
            let (u, v) = sampler.map.at((from + i) as f64 + dx, y);
            let (left, right, tx) = sampler.columns.tap(u);
            let (top, bottom, ty) = sampler.rows.tap(v);
            // What is outside on either axis stays beyond the plane, and within 32 bits.
            let (top, bottom) = (top.min(OUTSIDE / width) * width, bottom.min(OUTSIDE / width) * width);
            places.cells[0][i] = top + left;
            places.cells[1][i] = top + right;
            places.cells[2][i] = bottom + left;
            places.cells[3][i] = bottom + right;
            (places.t[0][i], places.t[1][i]) = (tx, ty);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::View;
    use super::*;
    use crate::rng::Rng;

    /// Reference implementation: point by point, by the definition.
    fn reference(whole: &Field, map: &Affine, size: (usize, usize), n: usize, how: Sampling) -> Field {
        let (w, h) = (whole.width() as i64, whole.height() as i64);
        let (wrap, smooth) = (
            matches!(how, Sampling::CrispWrap | Sampling::SmoothWrap),
            matches!(how, Sampling::SmoothWrap | Sampling::SmoothBound),
        );
        let cell = |x: i64, y: i64| match (wrap, smooth) {
            (true, _) => whole.at(0, x.rem_euclid(w) as usize, y.rem_euclid(h) as usize),
            (_, true) => whole.at(0, x.clamp(0, w - 1) as usize, y.clamp(0, h - 1) as usize),
            _ if x < 0 || y < 0 || x >= w || y >= h => 0.0,
            _ => whole.at(0, x as usize, y as usize),
        };
        let point = |x: f64, y: f64| {
            let (u, v) = map.at(x, y);
            let (x, y) = (u * w as f64, v * h as f64);
            if !smooth {
                return cell(x.floor() as i64, y.floor() as i64);
            }
            let (i, j) = ((x - 0.5).floor(), (y - 0.5).floor());
            let (s, t) = ((x - 0.5 - i) as f32, (y - 0.5 - j) as f32);
            let (i, j) = (i as i64, j as i64);
            let top = cell(i, j) + (cell(i + 1, j) - cell(i, j)) * s;
            let bottom = cell(i, j + 1) + (cell(i + 1, j + 1) - cell(i, j + 1)) * s;
            top + (bottom - top) * t
        };
        let part = |k: usize| (k as f64 + 0.5) / n as f64 - 0.5;
        Field::from_fn(size.0, size.1, |x, y| {
            let points = (0..n * n).map(|k| point(x as f64 + part(k % n), y as f64 + part(k / n)));
            points.fold(0.0, |sum, v| sum + v) / (n * n) as f32
        })
    }

    proptest! {
        #[test]
        fn any_view_is_what_the_definition_gives(
            world in (1usize..40, 1usize..40), size in (1usize..150, 1usize..40), seed: u64,
            place in (-2.0f64..3.0, -2.0f64..3.0), zoom in 0.2f64..6.0,
            angle in prop_oneof![Just(0.0), Just(0.5), -1.0f64..1.0],
            how in prop_oneof![Just(Sampling::CrispWrap), Just(Sampling::CrispBound), Just(Sampling::SmoothWrap), Just(Sampling::SmoothBound)],
        ) {
            let r = Rng::new(seed);
            let whole = Field::from_fn(world.0, world.1, |x, y| r.unit((y * 64 + x) as u64));
            let map = View { x: place.0, y: place.1, zoom, angle }.map(size);
            let across = |a: f64, b: f64, n: usize| a.abs().max(b.abs()) * n as f64;
            let n = across(map.ax, map.ay, world.0).max(across(map.bx, map.by, world.1)).ceil().clamp(1.0, 8.0);
            let mut into = Field::new(size.0, size.1, 1);
            sample(&whole, &mut into, &map, how);
            prop_assert_eq!(into, reference(&whole, &map, size, n as usize, how));
        }
    }
}
