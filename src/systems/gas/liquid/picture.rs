//! The picture: the liquid drawn at the reader's own size, from cubic splines through the cells, with drops that fly.

use rayon::prelude::*;
use world::field::Field;
use world::view::{Affine, Sampling, View, sample};
use world::widest;

use super::behind::Behind;
use super::colours::Colours;
use super::grid::{Grid, fill_ghosts, rows};
use super::light::Light;
use super::particle::Particle;
use super::shade::{BLOCK, Pixels, SHUT, Stage, air, shade};
use super::tension::blur;

/// Values of a cell: density, colour, foam, light, depth, density out of focus.
type Cell = [f32; 8];

/// Rows drawn together.
const BAND: usize = 8;
/// Most cells of a picture that is turned.
const LARGEST: f64 = 1e6;
/// Radius of a drop, cells.
const DROP: f32 = 0.43;
/// Time that a drop is drawn over, s: so that drops that follow one another join.
const SHUTTER: f32 = 0.011;
/// Density of the surroundings above which drops belong to the surface, and are not drawn.
const CROWDED: f32 = 0.22;
/// Longest drop, cells.
const LONGEST: f32 = 4.0;
/// How much of the liquid's own surroundings colour a cell: all where it is empty.
const BLEED: f32 = 0.02;
/// How much of the surface is that of the smoothed density.
const SMOOTH: f32 = 0.85;

/// What is drawn.
pub struct Scene<'a> {
    /// The world.
    pub grid: &'a Grid,
    /// Density of cells, padded.
    pub fill: &'a [f32],
    /// Colours of cells.
    pub colours: &'a Colours,
    /// Particles in flight, from the top down.
    pub drops: &'a [Particle],
    /// Depth to which light reaches, cells.
    pub clarity: f32,
    /// Brightness behind, 0..1.
    pub backdrop: f32,
}

/// A scene on cells so many times as wide, each the mean of those that it stands for.
struct Shrunk {
    grid: Grid,
    fill: Vec<f32>,
    colours: Colours,
    drops: Vec<Particle>,
    factor: f32,
}

impl Shrunk {
    fn new(scene: &Scene, factor: usize) -> Self {
        let from = scene.grid;
        let grid = Grid::new((from.w.div_ceil(factor), from.h.div_ceil(factor)), from.edges());
        let part = |i: usize, n: usize, of: usize| i * of / n..((i + 1) * of / n).max(i * of / n + 1);
        let (mut fill, mut colours) = (vec![0.0; grid.len()], Colours::new(&grid));
        let all = rows(&mut fill, grid.stride()).zip(colours.cells.par_chunks_mut(grid.stride()));
        all.skip(1).take(grid.h).for_each(|((r, fill), paint)| {
            for x in 0..grid.w {
                let (columns, lines) = (part(x, grid.w, from.w), part(r - 1, grid.h, from.h));
                let count = (columns.len() * lines.len()) as f32;
                let (mut sum, mut colour) = (0.0, [0.0; 4]);
                for i in lines.flat_map(|y| columns.clone().map(move |x| from.at(x, y))) {
                    sum += scene.fill[i];
                    (0..4).for_each(|c| colour[c] += scene.fill[i] * scene.colours.cells[i][c]);
                }
                fill[x + 1] = sum / count;
                paint[x + 1] = colour.map(|c| if sum > 1e-6 { c / sum } else { 0.0 });
            }
        });
        fill_ghosts(&grid, &mut fill);
        fill_ghosts(&grid, &mut colours.cells);
        let scale = [grid.w as f32 / from.w as f32, grid.h as f32 / from.h as f32];
        let drop = |p: &Particle| Particle { at: [p.at[0] * scale[0], p.at[1] * scale[1]], ..*p };
        Self { grid, fill, colours, drops: scene.drops.iter().map(drop).collect(), factor: factor as f32 }
    }

    fn scene(&self, of: &Scene) -> Scene<'_> {
        Scene {
            grid: &self.grid,
            fill: &self.fill,
            colours: &self.colours,
            drops: &self.drops,
            clarity: of.clarity / self.factor,
            backdrop: of.backdrop,
        }
    }
}

/// Weights of the four cells round a point, at 0..1 between the middle two, of a cubic B-spline; and of its slope.
fn spline(t: f32) -> ([f32; 4], [f32; 4]) {
    let r = 1.0 - t;
    let weights = [
        r * r * r / 6.0,
        (4.0 - 6.0 * t * t + 3.0 * t * t * t) / 6.0,
        (4.0 - 6.0 * r * r + 3.0 * r * r * r) / 6.0,
        t * t * t / 6.0,
    ];
    let slope = [-0.5 * r * r, 0.5 * t * (3.0 * t - 4.0), 0.5 * r * (4.0 - 3.0 * r), 0.5 * t * t];
    (weights, slope)
}

/// Where a pixel's column or row lies among the cells: the four of them, and their weights.
struct Tap {
    cells: [usize; 4],
    weights: [f32; 4],
    slope: [f32; 4],
    /// Whether it lies within the world.
    inside: bool,
}

impl Tap {
    fn new(fraction: f64, n: usize, wraps: bool) -> Self {
        let at = fraction * n as f64 - 0.5;
        let first = libm::floor(at.clamp(-1e9, 1e9));
        let (weights, slope) = spline((at.clamp(-1e9, 1e9) - first) as f32);
        let cell = |k: usize| {
            let c = first as i64 - 1 + k as i64;
            let c = if wraps { c.rem_euclid(n as i64) } else { c.clamp(0, n as i64 - 1) };
            c as usize
        };
        let inside = wraps || (0.0..=1.0).contains(&fraction);
        Self { cells: [0, 1, 2, 3].map(cell), weights, slope, inside }
    }
}

impl Scene<'_> {
    /// Draws linear RGB into the three planes of `into`.
    pub fn draw(&self, view: &View, into: &mut Field) {
        let size = into.size();
        let map = view.map(size);
        let (w, h) = (self.grid.w as f64, self.grid.h as f64);
        if map.ay != 0.0 || map.bx != 0.0 {
            // Turned: the whole at its own size, though no larger than a screen, and that is turned.
            let factor = libm::ceil(libm::sqrt(w * h / LARGEST)).max(1.0) as usize;
            let shrunk = Shrunk::new(self, factor);
            let scene = shrunk.scene(self);
            let mut whole = Field::new(scene.grid.w, scene.grid.h, 3);
            scene.draw_upright(&View::WHOLE.map(whole.size()), &mut whole);
            let [across, down] = self.grid.wraps();
            let sampling = if across && down { Sampling::SmoothWrap } else { Sampling::SmoothBound };
            return sample(&whole, into, &map, sampling);
        }
        let cells = (map.ax.abs() * w).max(map.by.abs() * h);
        match cells < 2.0 {
            true => self.draw_upright(&map, into),
            false => {
                let shrunk = Shrunk::new(self, (cells as usize).min(self.grid.w.max(self.grid.h)));
                shrunk.scene(self).draw_upright(&map, into);
            }
        }
    }

    fn draw_upright(&self, map: &Affine, into: &mut Field) {
        let (width, height) = into.size();
        let cells = self.cells();
        let column = |at: f32, n: usize| (at.max(0.0) as usize).min(n - 1);
        let crowd = |p: &Particle| {
            cells[column(p.at[1], self.grid.h) * self.grid.w + column(p.at[0], self.grid.w)][0]
        };
        let alone = self.drops.iter().filter(|p| crowd(p) < CROWDED);
        let drops: Vec<Streak> = alone.map(|p| self.streak(map, p)).collect();
        let [across, down] = self.grid.wraps();
        let columns: Vec<Tap> =
            (0..width).map(|x| Tap::new(map.at(x as f64, 0.0).0, self.grid.w, across)).collect();
        let pixel = (map.ax * self.grid.w as f64).abs().max((map.by * self.grid.h as f64).abs()) as f32;
        let (red, rest) = into.data_mut().split_at_mut(width * height);
        let (green, blue) = rest.split_at_mut(width * height);
        let bands = red
            .par_chunks_mut(width * BAND)
            .zip(green.par_chunks_mut(width * BAND))
            .zip(blue.par_chunks_mut(width * BAND));
        bands.enumerate().for_each_init(
            || (vec![[0.0; 8]; self.grid.w], vec![[0.0; 2]; self.grid.w], Pixels::new()),
            |(line, slopes, pixels), (band, ((red, green), blue))| {
                for k in 0..red.len() / width {
                    let v = map.at(0.0, (band * BAND + k) as f64).1;
                    let tap = Tap::new(v, self.grid.h, down);
                    let rows = tap.cells.map(|y| &cells[y * self.grid.w..(y + 1) * self.grid.w]);
                    gather_line(&rows, &tap, line, slopes);
                    let stage = Stage { pixel, v: v as f32, backdrop: self.backdrop };
                    let row = k * width..(k + 1) * width;
                    let planes = [&mut red[row.clone()], &mut green[row.clone()], &mut blue[row]];
                    shade_row(&stage, &columns, tap.inside, (line, slopes), pixels, planes);
                }
                draw_drops(&drops, band * BAND, width, [red, green, blue]);
            },
        );
    }

    /// All values of the cells, row after row.
    fn cells(&self) -> Vec<Cell> {
        let (grid, mut smooth) = (self.grid, Vec::new());
        blur(grid, self.fill, &mut smooth);
        let light = Light::through(grid, &smooth);
        let behind = Behind::new(grid, self.fill, self.colours);
        let (mut foam, mut froth) = (Vec::new(), Vec::new());
        foam.extend(self.fill.iter().zip(&self.colours.cells).map(|(f, paint)| f * paint[3]));
        blur(grid, &foam, &mut froth);
        let reach = 1.0 / self.clarity.max(1.0);
        let mut cells = vec![[0.0; 8]; grid.w * grid.h];
        cells.par_chunks_mut(grid.w).enumerate().for_each(|(y, row)| {
            for (x, cell) in row.iter_mut().enumerate() {
                let i = grid.at(x, y);
                let (paint, fill) = (self.colours.cells[i], self.fill[i].min(1.2));
                let far = behind.at(x, y);
                let share = 1.0 / (fill + BLEED * far[3]).max(1e-6);
                let colour = |c: usize| (fill * paint[c] + BLEED * far[c]) * share;
                let fill = fill + SMOOTH * (smooth[i].min(1.2) - fill);
                let (depth, foam) = (light.depth[i] * reach, froth[i] / smooth[i].max(0.1));
                *cell = [fill, colour(0), colour(1), colour(2), foam, light.brightness[i], depth, far[3]];
            }
        });
        cells
    }

    /// A drop in pixels.
    fn streak(&self, map: &Affine, p: &Particle) -> Streak {
        let (w, h) = (self.grid.w as f64, self.grid.h as f64);
        let [vx, vy] = p.velocity.map(|v| v * SHUTTER);
        let length = (vx * vx + vy * vy).sqrt();
        let scale = if length > LONGEST { LONGEST / length } else { 1.0 };
        let back = [-(vx * scale) as f64 / (w * map.ax), -(vy * scale) as f64 / (h * map.by)];
        let head = [(p.at[0] as f64 / w - map.a0) / map.ax, (p.at[1] as f64 / h - map.b0) / map.by];
        let colour = [0, 1, 2].map(|c| 0.1 + 0.95 * p.paint[c].min(0.9));
        let radius = (DROP as f64 / (map.by * h).abs()).max(0.7) as f32;
        Streak { head: head.map(|v| v as f32), tail: back.map(|v| v as f32), radius, colour }
    }
}

/// A drop as it is drawn: thinner towards the end of its way.
struct Streak {
    head: [f32; 2],
    /// From the head.
    tail: [f32; 2],
    radius: f32,
    colour: [f32; 3],
}

impl Streak {
    /// How much of a pixel it covers.
    fn cover(&self, column: f32, row: f32) -> f32 {
        let (dx, dy) = (column - self.head[0], row - self.head[1]);
        let [tx, ty] = self.tail;
        let along = ((dx * tx + dy * ty) / (tx * tx + ty * ty).max(1e-6)).clamp(0.0, 1.0);
        let (dx, dy) = (dx - along * tx, dy - along * ty);
        let radius = self.radius * (1.0 - 0.7 * along);
        (radius + 0.5 - (dx * dx + dy * dy).sqrt()).clamp(0.0, 1.0) * (0.85 - 0.65 * along)
    }
}

/// Draws the drops that touch a band of rows from `first` on.
fn draw_drops(drops: &[Streak], first: usize, width: usize, mut planes: [&mut [f32]; 3]) {
    let rows = planes[0].len() / width;
    let (low, high) = (first as f32, (first + rows) as f32);
    for drop in drops {
        let reach = |a: f32, b: f32, from: usize, to: usize| {
            let (low, high) = (a.min(b) - drop.radius - 0.5, a.max(b) + drop.radius + 0.5);
            let inside = |v: f32| v.max(from as f32).min(to as f32) as usize;
            inside(libm::ceilf(low))..inside(libm::floorf(high) + 1.0)
        };
        let ([x, y], [tx, ty]) = (drop.head, drop.tail);
        if y.min(y + ty) - drop.radius > high || y.max(y + ty) + drop.radius < low - 1.0 {
            continue;
        }
        for row in reach(y, y + ty, first, first + rows) {
            for column in reach(x, x + tx, 0, width) {
                let cover = drop.cover(column as f32, row as f32);
                let at = (row - first) * width + column;
                planes.iter_mut().zip(drop.colour).for_each(|(p, c)| p[at] += cover * (c - p[at]));
            }
        }
    }
}

widest! {
    /// Values along a row of pixels, at the columns of the cells, and the slopes of both densities down.
    fn gather_line(rows: &[&[Cell]; 4], tap: &Tap, line: &mut [Cell], slopes: &mut [[f32; 2]]) {
        let n = line.len();
        let (rows, slopes) = (rows.map(|row| &row[..n]), &mut slopes[..n]);
        let (weights, steep) = (tap.weights, tap.slope);
        for x in 0..n {
            let near = [&rows[0][x], &rows[1][x], &rows[2][x], &rows[3][x]];
            let value = &mut line[x];
            for c in 0..8 {
                value[c] = near[0][c] * weights[0]
                    + near[1][c] * weights[1]
                    + near[2][c] * weights[2]
                    + near[3][c] * weights[3];
            }
            let lean = |c: usize| {
                near[0][c] * steep[0] + near[1][c] * steep[1] + near[2][c] * steep[2] + near[3][c] * steep[3]
            };
            slopes[x] = [lean(0), lean(7)];
        }
    }
}

widest! {
    /// Values of the pixels of a block.
    fn gather_block(taps: &[Tap], inside: bool, line: &[Cell], slopes: &[[f32; 2]], pixels: &mut Pixels) {
        for (i, tap) in taps.iter().enumerate() {
            let mut sum = [0.0f32; 8];
            let (mut across, mut down) = ([0.0f32; 2], [0.0f32; 2]);
            for j in 0..4 {
                let (x, weight) = (tap.cells[j], tap.weights[j]);
                let near = &line[x];
                (0..8).for_each(|c| sum[c] += weight * near[c]);
                across = [across[0] + tap.slope[j] * near[0], across[1] + tap.slope[j] * near[7]];
                down = [down[0] + weight * slopes[x][0], down[1] + weight * slopes[x][1]];
            }
            let within = if inside && tap.inside { 1.0 } else { 0.0 };
            (pixels.fill[i], pixels.behind[i]) = (within * sum[0], within * sum[7]);
            (pixels.across[i], pixels.down[i]) = (across[0], down[0]);
            (pixels.lean[0][i], pixels.lean[1][i]) = (across[1], down[1]);
            (0..3).for_each(|c| pixels.colour[c][i] = sum[1 + c]);
            (pixels.foam[i], pixels.light[i], pixels.depth[i]) = (sum[4], sum[5], sum[6]);
        }
    }
}

/// Whether no pixel of a block can show anything but the backdrop.
fn is_dry(taps: &[Tap], line: &[Cell]) -> bool {
    let (first, last) = (taps[0].cells[0], taps[taps.len() - 1].cells[3]);
    let straight = taps.iter().all(|t| t.cells[0] <= t.cells[3])
        && taps.windows(2).all(|t| t[0].cells[0] <= t[1].cells[0]);
    straight && first <= last && line[first..=last].iter().all(|c| c[0] == 0.0 && c[7] < 0.9 * SHUT)
}

/// Shades a row of pixels.
fn shade_row(
    stage: &Stage,
    columns: &[Tap],
    inside: bool,
    (line, slopes): (&[Cell], &[[f32; 2]]),
    pixels: &mut Pixels,
    mut planes: [&mut [f32]; 3],
) {
    let mut out = [[0.0; BLOCK]; 3];
    for (k, taps) in columns.chunks(BLOCK).enumerate() {
        let from = k * BLOCK;
        if is_dry(taps, line) {
            let air = air(stage);
            planes.iter_mut().zip(air).for_each(|(p, air)| p[from..from + taps.len()].fill(air));
            continue;
        }
        gather_block(taps, inside, line, slopes, pixels);
        shade(stage, pixels, &mut out);
        for (plane, out) in planes.iter_mut().zip(&out) {
            plane[from..from + taps.len()].copy_from_slice(&out[..taps.len()]);
        }
    }
}
