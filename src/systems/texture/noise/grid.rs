//! Reading a coarse grid between its samples.

use world::field::Field;

/// The four samples around a target cell along one axis with their Catmull–Rom weights, which pass through every
/// sample and leave no kinks (Catmull and Rom 1974).
struct Tap {
    at: [usize; 4],
    weight: [f32; 4],
}

impl Tap {
    fn new(target: usize, targets: usize, sources: usize) -> Self {
        let x = (target as f64 + 0.5) * sources as f64 / targets as f64 - 0.5;
        let first = libm::floor(x);
        let t = (x - first) as f32;
        let (t2, t3) = (t * t, t * t * t);
        let pick = |k: i64| (first as i64 + k).clamp(0, sources as i64 - 1) as usize;
        Self {
            at: [pick(-1), pick(0), pick(1), pick(2)],
            weight: [
                0.5 * (2.0 * t2 - t - t3),
                0.5 * (3.0 * t3 - 5.0 * t2 + 2.0),
                0.5 * (4.0 * t2 - 3.0 * t3 + t),
                0.5 * (t3 - t2),
            ],
        }
    }

    fn mix(&self, pick: impl Fn(usize) -> f32) -> f32 {
        (0..4).map(|k| self.weight[k] * pick(self.at[k])).sum()
    }
}

/// Every value of `coarse`'s first plane brought to `into`'s size and through `shape`.
pub fn refine(coarse: &Field, into: &mut Field, shape: impl Fn(f32) -> f32 + Sync) {
    let (w, h) = into.size();
    if coarse.size() == (w, h) {
        into.fill_rows(|_, y, row| row.iter_mut().zip(coarse.row(0, y)).for_each(|(v, &c)| *v = shape(c)));
        return;
    }
    let columns: Vec<Tap> = (0..w).map(|x| Tap::new(x, w, coarse.width())).collect();
    into.fill_rows(|_, y, row| {
        let tap = Tap::new(y, h, coarse.height());
        let rows = tap.at.map(|j| coarse.row(0, j));
        let k = tap.weight;
        let line: Vec<f32> = (0..coarse.width())
            .map(|i| k[0] * rows[0][i] + k[1] * rows[1][i] + k[2] * rows[2][i] + k[3] * rows[3][i])
            .collect();
        row.iter_mut().zip(&columns).for_each(|(v, column)| *v = shape(column.mix(|i| line[i])));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refining_reproduces_a_plane_inside_and_every_sample_at_whole_factors() {
        let coarse = Field::from_fn(9, 7, |x, y| 2.0 * x as f32 - 3.0 * y as f32);
        let mut fine = Field::new(27, 21, 1);
        refine(&coarse, &mut fine, |v| v);
        for y in 6..15 {
            for x in 6..21 {
                let expected = 2.0 * ((x as f32 + 0.5) / 3.0 - 0.5) - 3.0 * ((y as f32 + 0.5) / 3.0 - 0.5);
                assert!((fine.at(0, x, y) - expected).abs() < 1e-4);
            }
        }
        (0..63)
            .for_each(|i| assert_eq!(fine.at(0, i % 9 * 3 + 1, i / 9 * 3 + 1), coarse.at(0, i % 9, i / 9)));
    }
}
