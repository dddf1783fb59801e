//! Light in the smoke: daylight that smoke dims on its way down, and the glow of the fire, blurred over its
//! surroundings.

/// Cells across and down that one cell of glow stands for.
const COARSE: usize = 8;

/// Share of the daylight that reaches each cell, row after row: what a ray slanting by `slope` cells a row loses in
/// cells of opacity `optical` (per cell).
pub fn shadows(optical: &[f32], (w, h): (usize, usize), slope: f32) -> Vec<f32> {
    let mut light = vec![1f32; w * h];
    let slope = slope.clamp(-1.0, 1.0);
    let (step, part) = (if slope < 0.0 { -1isize } else { 1 }, slope.abs());
    // A slanting ray is longer.
    let length = (1.0 + slope * slope).sqrt();
    for y in 1..h {
        let (above, row) = light.split_at_mut(y * w);
        let above = &above[(y - 1) * w..];
        let opaque = &optical[(y - 1) * w..y * w];
        let through = |x: usize| above[x] / (1.0 + length * opaque[x]);
        for (x, value) in row[..w].iter_mut().enumerate() {
            let beside = x as isize + step;
            let other = if beside < 0 || beside >= w as isize { 1.0 } else { through(beside as usize) };
            *value = (1.0 - part) * through(x) + part * other;
        }
    }
    light
}

/// Light that spreads: means over squares, blurred wider and wider.
pub struct Glow {
    size: (usize, usize),
    cells: Vec<[f32; 3]>,
}

impl Glow {
    /// Of the light that cells send out.
    pub fn of(light: &[[f32; 3]], (w, h): (usize, usize)) -> Self {
        let size = (w.div_ceil(COARSE), h.div_ceil(COARSE));
        let mut cells = vec![[0f32; 3]; size.0 * size.1];
        for (y, row) in light.chunks_exact(w).enumerate() {
            let coarse = &mut cells[y / COARSE * size.0..][..size.0];
            for (x, light) in row.iter().enumerate() {
                (0..3).for_each(|c| coarse[x / COARSE][c] += light[c] * (1.0 / (COARSE * COARSE) as f32));
            }
        }
        // Near and far: light falls off slower than one blur would have it.
        let mut glow = Self { size, cells };
        let mut sum = vec![[0f32; 3]; size.0 * size.1];
        for (radius, share) in [(2, 0.5), (4, 0.6), (8, 0.8)] {
            glow.blur(radius);
            for (sum, cell) in sum.iter_mut().zip(&glow.cells) {
                (0..3).for_each(|c| sum[c] += share * cell[c]);
            }
        }
        glow.cells = sum;
        glow
    }

    fn blur(&mut self, radius: usize) {
        let (w, h) = self.size;
        for (stride, n, lines, gap) in [(1, w, h, w), (w, h, w, 1)] {
            for line in 0..lines {
                smooth(&mut self.cells[line * gap..], stride, n, radius);
            }
        }
    }

    /// The glow at a cell, bilinear.
    #[inline(always)]
    pub fn at(&self, x: usize, y: usize) -> [f32; 3] {
        let (w, h) = self.size;
        let place = |i: usize, n: usize| {
            let at = ((i as f32 + 0.5) / COARSE as f32 - 0.5).clamp(0.0, n as f32 - 1.0);
            let low = (at as usize).min(n - 1);
            (low, (low + 1).min(n - 1), at - low as f32)
        };
        let ((left, right, s), (above, below, t)) = (place(x, w), place(y, h));
        core::array::from_fn(|c| {
            let at = |x: usize, y: usize| self.cells[y * w + x][c];
            let upper = at(left, above) + (at(right, above) - at(left, above)) * s;
            let lower = at(left, below) + (at(right, below) - at(left, below)) * s;
            upper + (lower - upper) * t
        })
    }
}

/// Mean over 2 · radius + 1 cells of a line; beyond its ends is darkness.
fn smooth(cells: &mut [[f32; 3]], stride: usize, n: usize, radius: usize) {
    let line: Vec<[f32; 3]> = (0..n).map(|i| cells[i * stride]).collect();
    let share = 1.0 / (2 * radius + 1) as f32;
    for i in 0..n {
        let near = &line[i.saturating_sub(radius)..(i + radius + 1).min(n)];
        let sum = near.iter().fold([0f32; 3], |sum, c| core::array::from_fn(|k| sum[k] + c[k]));
        cells[i * stride] = sum.map(|s| s * share);
    }
}
