//! A triangular lattice in a rectangle: the densest way to place discs, and as far from each other as so many can be.

/// A rectangle to be filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Upper left corner, cells.
    pub low: [f64; 2],
    /// Lower right corner, cells.
    pub high: [f64; 2],
    /// Whether its left and right, its top and bottom are joined; otherwise discs stay inside.
    pub wraps: [bool; 2],
}

impl Region {
    /// Area, cells².
    pub fn area(&self) -> f64 {
        (self.high[0] - self.low[0]) * (self.high[1] - self.low[1])
    }

    /// How far centres may lie apart along an axis.
    fn room(&self, k: usize, radius: f64) -> f64 {
        self.high[k] - self.low[k] - if self.wraps[k] { 0.0 } else { 2.0 * radius }
    }

    /// The centre at these fractions of the room that discs have.
    pub fn at(&self, fraction: [f64; 2], radius: f64) -> [f64; 2] {
        let margin = |k: usize| if self.wraps[k] { 0.0 } else { radius };
        std::array::from_fn(|k| self.low[k] + margin(k) + fraction[k] * self.room(k, radius).max(0.0))
    }
}

/// Rows of a lattice; every other row is shifted by half a column.
#[derive(Clone, Copy, Debug)]
struct Rows {
    columns: usize,
    rows: usize,
    /// Distance of columns and of rows, cells.
    step: [f64; 2],
}

impl Rows {
    /// The least distance between two sites.
    fn closest(&self) -> f64 {
        let diagonal = (0.25 * self.step[0] * self.step[0] + self.step[1] * self.step[1]).sqrt();
        let along = if self.columns > 1 { self.step[0] } else { f64::INFINITY };
        along.min(if self.rows > 1 { diagonal } else { f64::INFINITY }).min(if self.rows > 2 {
            2.0 * self.step[1]
        } else {
            f64::INFINITY
        })
    }

    /// So many columns, with as many rows as are needed for `count` sites or as there is room for.
    fn new(region: &Region, radius: f64, columns: usize, count: usize) -> Self {
        let (across, down) = (region.room(0, radius).max(0.0), region.room(1, radius).max(0.0));
        let step_x = across / if region.wraps[0] { columns as f64 } else { columns as f64 - 0.5 };
        let reach = 2.0 * radius * (1.0 + 1e-9);
        let least = (reach * reach - 0.25 * step_x * step_x).max(0.25 * reach * reach).sqrt();
        let fit = (down / least) as usize;
        let wanted = count.div_ceil(columns);
        let (rows, step_y) = match region.wraps[1] {
            // An even number, so that the shifted rows join.
            true => {
                let rows = wanted.next_multiple_of(2).min(fit / 2 * 2).max(2);
                (rows, down / rows as f64)
            }
            false => {
                let rows = wanted.min(fit + 1).max(1);
                (rows, down / (rows as f64 - 1.0).max(1.0))
            }
        };
        Self { columns, rows, step: [step_x, step_y] }
    }
}

/// Sites for at least `count` discs of a radius, as far from each other as possible; fewer if there is no room.
pub fn sites(region: &Region, radius: f64, count: usize) -> Vec<[f64; 2]> {
    if (0..2).any(|k| region.room(k, radius) < 0.0) {
        return Vec::new();
    }
    let most = (region.room(0, radius).max(0.0) / (2.0 * radius)) as usize + 1;
    let fits = |rows: &Rows| rows.closest() >= 2.0 * radius;
    let all =
        (1..=most.min(count.max(1))).map(|columns| Rows::new(region, radius, columns, count)).filter(fits);
    // All that are wanted before distance, the first of equals.
    let better = |a: &Rows, b: &Rows| {
        let (n, m) = ((a.columns * a.rows).min(count), (b.columns * b.rows).min(count));
        n > m || n == m && a.closest() > b.closest()
    };
    let best = all.reduce(|best, rows| if better(&rows, &best) { rows } else { best });
    let Some(Rows { columns, rows, step }) = best else { return Vec::new() };
    let corner = region.at([0.0; 2], radius);
    let site = |i: usize| {
        let (column, row) = (i % columns, i / columns);
        let shift = 0.5 * (row % 2) as f64;
        [corner[0] + (column as f64 + shift) * step[0], corner[1] + row as f64 * step[1]]
    };
    (0..columns * rows).map(site).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_discs_of_a_lattice_overlap_and_it_is_dense() {
        for wraps in [[true; 2], [false; 2], [true, false], [false, true]] {
            for (size, radius, count) in [
                ([100.0, 80.0], 2.5, 285),
                ([30.0, 90.0], 1.0, 600),
                ([11.0, 3.0], 0.7, 3),
                ([1.0, 40.0], 0.24, 30),
            ] {
                let region = Region { low: [3.0, 5.0], high: [3.0 + size[0], 5.0 + size[1]], wraps };
                let sites = sites(&region, radius, count);
                assert!(sites.len() >= count, "{wraps:?} {size:?}: {}", sites.len());
                for (i, a) in sites.iter().enumerate() {
                    for k in (0..2).filter(|&k| !wraps[k]) {
                        assert!(
                            a[k] >= region.low[k] + radius - 1e-9 && a[k] <= region.high[k] - radius + 1e-9
                        );
                    }
                    for b in &sites[..i] {
                        let near = |k: usize| {
                            let d = (a[k] - b[k]).abs();
                            if wraps[k] { d.min(size[k] - d) } else { d }
                        };
                        assert!(near(0).hypot(near(1)) >= 2.0 * radius, "{wraps:?} {size:?}: {a:?} {b:?}");
                    }
                }
            }
        }
        let region = Region { low: [0.0; 2], high: [300.0, 200.0], wraps: [true; 2] };
        let (radius, many) = (2.0, sites(&region, 2.0, 100_000).len());
        let packing = many as f64 * std::f64::consts::PI * radius * radius / region.area();
        assert!(packing > 0.86, "close to 0.9069: {packing}");
    }
}
