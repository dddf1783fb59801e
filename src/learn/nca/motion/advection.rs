//! Semi-Lagrangian advection on a torus: each cell takes the value from where the flow comes from (Stam 1999), found by
//! the midpoint rule, between cells by bilinear interpolation. It is linear in what is carried.

/// Where the values of each cell come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Advection(Vec<Place>);

/// Four cells around a point, with their weights.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    cells: [u32; 4],
    weights: [f32; 4],
}

impl Place {
    fn of(x: f32, y: f32, (height, width): (usize, usize)) -> Self {
        let along = |v: f32, n: usize| {
            let low = libm::floorf(v);
            let cell = (low as i64).rem_euclid(n as i64) as u32;
            (cell, (cell + 1) % n as u32, v - low)
        };
        let ((left, right, u), (top, bottom, v)) = (along(x, width), along(y, height));
        let at = |x: u32, y: u32| y * width as u32 + x;
        Self {
            cells: [at(left, top), at(right, top), at(left, bottom), at(right, bottom)],
            weights: [(1.0 - u) * (1.0 - v), u * (1.0 - v), (1.0 - u) * v, u * v],
        }
    }

    fn value(&self, plane: &[f32]) -> f32 {
        let parts = self.cells.iter().zip(self.weights);
        parts.fold(0.0, |sum, (i, w)| w.mul_add(plane[*i as usize], sum))
    }
}

impl Advection {
    /// By a displacement `[2][height][width]`: cells to the right and down that each cell's flow moves what it carries.
    pub fn new(displacement: &[f32], size: (usize, usize)) -> Self {
        let (dx, dy) = displacement.split_at(size.0 * size.1);
        let from = |i: usize| {
            let (x, y) = ((i % size.1) as f32, (i / size.1) as f32);
            let middle = Place::of(x - 0.5 * dx[i], y - 0.5 * dy[i], size);
            Place::of(x - middle.value(dx), y - middle.value(dy), size)
        };
        Self((0..size.0 * size.1).map(from).collect())
    }

    /// Planes `[…][height][width]`, carried.
    pub fn apply(&self, planes: &[f32]) -> Vec<f32> {
        let each = planes.chunks_exact(self.0.len());
        each.flat_map(|plane| self.0.iter().map(|place| place.value(plane))).collect()
    }

    /// The transpose: the gradient of what was carried, from that of the result.
    pub fn gradient(&self, of_result: &[f32]) -> Vec<f32> {
        let mut out = vec![0f32; of_result.len()];
        let n = self.0.len();
        for (into, from) in out.chunks_exact_mut(n).zip(of_result.chunks_exact(n)) {
            for (place, d) in self.0.iter().zip(from) {
                place.cells.iter().zip(place.weights).for_each(|(i, w)| into[*i as usize] += w * d);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::normals;
    use proptest::prelude::*;
    use world::rng::Rng;

    proptest! {
        /// Whole displacements move cells exactly, on tori down to one cell.
        #[test]
        fn whole_displacements_are_shifts(h in 1usize..7, w in 1usize..7, dx in -9i32..9, dy in -9i32..9, seed: u64) {
            let x = normals(Rng::new(seed), 2 * h * w);
            let displacement = [vec![dx as f32; h * w], vec![dy as f32; h * w]].concat();
            let carried = Advection::new(&displacement, (h, w)).apply(&x);
            for (i, v) in carried.iter().enumerate() {
                let (c, y, x0) = (i / (h * w), (i / w % h) as i32, (i % w) as i32);
                let from = (y - dy).rem_euclid(h as i32) as usize * w + (x0 - dx).rem_euclid(w as i32) as usize;
                prop_assert_eq!(*v, x[c * h * w + from]);
            }
        }

        /// Any flow keeps constants and the range of values, and ⟨A x, y⟩ = ⟨x, Aᵀ y⟩.
        #[test]
        fn it_averages_and_its_gradient_is_the_transpose(h in 1usize..8, w in 1usize..8, seed: u64) {
            let n = h * w;
            let rng = Rng::new(seed);
            let displacement: Vec<f32> = normals(rng.fork(0), 2 * n).iter().map(|v| 3.0 * v).collect();
            let flow = Advection::new(&displacement, (h, w));
            let (x, y) = (normals(rng.fork(1), 3 * n), normals(rng.fork(2), 3 * n));
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
            prop_assert!((dot(&flow.apply(&x), &y) - dot(&x, &flow.gradient(&y))).abs() < 1e-3);
            prop_assert!(flow.apply(&vec![0.7; n]).iter().all(|v| (v - 0.7).abs() < 1e-6));
            let most = x.iter().fold(0f32, |m, v| m.max(v.abs()));
            prop_assert!(flow.apply(&x).iter().all(|v| v.abs() <= most + 1e-5));
        }
    }

    /// A blob on a rigidly turning disc comes back after a turn, if wider. Without the midpoint it would end two cells
    /// nearer to the middle.
    #[test]
    fn a_turn_ends_where_it_began() {
        let (n, steps) = (48usize, 64);
        let turn = core::f64::consts::TAU / steps as f64;
        let middle = 24.0;
        let at = |i: usize| ((i % n) as f64 - middle, (i / n) as f64 - middle);
        let dx: Vec<f32> = (0..n * n).map(|i| (-turn * at(i).1) as f32).collect();
        let dy: Vec<f32> = (0..n * n).map(|i| (turn * at(i).0) as f32).collect();
        let flow = Advection::new(&[dx, dy].concat(), (n, n));
        let blob = |i: usize| {
            let (x, y) = at(i);
            libm::exp(-((x - 9.0) * (x - 9.0) + y * y) / 18.0) as f32
        };
        let mut x: Vec<f32> = (0..n * n).map(blob).collect();
        let centre = |x: &[f32]| {
            let sum: f64 = x.iter().map(|v| f64::from(*v)).sum();
            let part = |f: &dyn Fn(usize) -> f64| {
                x.iter().enumerate().map(|(i, v)| f64::from(*v) * f(i)).sum::<f64>() / sum
            };
            (part(&|i| at(i).0), part(&|i| at(i).1), sum)
        };
        let before = centre(&x);
        (0..steps).for_each(|_| x = flow.apply(&x));
        let after = centre(&x);
        assert!((after.0 - before.0).abs() < 0.3 && after.1.abs() < 0.3, "{before:?}, {after:?}");
        assert!((after.2 - before.2).abs() < 0.03 * before.2, "{before:?}, {after:?}");
    }
}
