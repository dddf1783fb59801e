//! Drops as things: connected liquid, counted each tick by its runs of cells, and what happened to it since the last.

use rayon::prelude::*;

use super::lattice::Lattice;
use world::body::Body;
use world::system::Sounding;

/// Fewest cells of a drop.
const LEAST: f32 = 5.0;
/// Speed of an event of full strength, cells/step.
const LOUD: f32 = 0.08;

/// Names of [`Event`]s, by number.
pub const SORTS: &[&str] = &["merge", "detach", "hit"];

/// What happens to drops, as numbered in soundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Two become one.
    Merge,
    /// One becomes two.
    Detach,
    /// One reaches a wall or an obstacle.
    Hit,
}

/// Connected liquid.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Drop {
    /// Cells.
    pub area: f32,
    /// Sum of the positions of its cells, across from `anchor`.
    place: [f32; 2],
    anchor: f32,
    /// Sum of the velocities of its cells.
    motion: [f32; 2],
    /// Whether it touches what is solid.
    pub held: bool,
}

/// Liquid cells side by side in a row.
#[derive(Clone, Copy, Debug)]
struct Run {
    from: u32,
    to: u32,
    /// Index of its drop once all are joined; before, of a run that it is joined with.
    drop: u32,
    motion: [f32; 2],
    held: bool,
}

/// All drops, and what happened.
#[derive(Default)]
pub struct Census {
    rows: Vec<Vec<Run>>,
    before: Vec<Vec<Run>>,
    drops: Vec<Drop>,
    gone: Vec<Drop>,
    events: Vec<Sounding>,
}

impl Drop {
    /// Centre, cells.
    pub fn centre(&self, width: usize) -> [f32; 2] {
        let x = self.anchor + self.place[0] / self.area;
        [x - width as f32 * (x / width as f32).floor(), self.place[1] / self.area]
    }
    /// Radius of a disc of the same area, cells.
    pub fn radius(&self) -> f32 {
        (self.area / core::f32::consts::PI).sqrt()
    }
    /// Mean velocity, cells/step.
    fn velocity(&self) -> [f32; 2] {
        self.motion.map(|m| m / self.area)
    }
}

impl Census {
    /// Counts the drops: liquid where the density is above `middle`. Before the first tick nothing has happened.
    pub fn take(&mut self, lattice: &Lattice, middle: f32) {
        let first = self.rows.is_empty();
        std::mem::swap(&mut self.rows, &mut self.before);
        std::mem::swap(&mut self.drops, &mut self.gone);
        let (w, h) = lattice.size();
        self.rows.resize(h, Vec::new());
        self.rows.par_iter_mut().enumerate().for_each(|(y, runs)| find_runs(lattice, middle, y, runs));
        self.join(lattice.walls().periodic(), w);
        self.events.clear();
        if !first {
            self.compare((w, h));
        }
    }

    /// All drops of at least a few cells.
    pub fn drops(&self) -> impl Iterator<Item = &Drop> {
        self.drops.iter().filter(|d| d.area >= LEAST)
    }
    /// The boxes around all drops of at least a few cells, in a world of so many; one that crosses the joined sides of a
    /// periodic world has a copy on the other side.
    pub fn bodies(&self, size: (usize, usize), periodic: bool) -> Vec<Body> {
        let (w, h) = (size.0.max(1) as f32, size.1.max(1) as f32);
        let empty = Body { left: f32::INFINITY, top: f32::INFINITY, right: f32::NEG_INFINITY, bottom: 0.0 };
        let mut boxes = vec![empty; self.drops.len()];
        for (y, run) in self.rows.iter().enumerate().flat_map(|(y, row)| row.iter().map(move |r| (y, r))) {
            let Some(of) = self.drops.get(run.drop as usize) else { continue };
            // A run beyond the joined sides lies nearer to the drop a world further on.
            let middle = 0.5 * (run.from + run.to) as f32 - of.anchor;
            let shift = if periodic { w * (middle / w).round() } else { 0.0 };
            let b = &mut boxes[run.drop as usize];
            b.left = b.left.min((run.from as f32 - shift) / w);
            b.right = b.right.max((run.to as f32 - shift) / w);
            b.top = b.top.min(y as f32 / h);
            b.bottom = b.bottom.max((y + 1) as f32 / h);
        }
        let large = boxes.into_iter().zip(&self.drops).filter(|(_, d)| d.area >= LEAST);
        large.flat_map(|(b, _)| b.with_copies([periodic, false])).collect()
    }
    /// What happened in the last tick.
    pub fn events(&self) -> &[Sounding] {
        &self.events
    }

    /// Numbers the drops that runs belong to, and adds them up.
    fn join(&mut self, periodic: bool, w: usize) {
        let total = self.rows.iter().map(Vec::len).sum::<usize>();
        let mut parent: Vec<u32> = (0..total as u32).collect();
        let (mut base, mut above) = (0, 0..0);
        for y in 0..self.rows.len() {
            let row = &self.rows[y];
            let upper: &[Run] = if y > 0 { &self.rows[y - 1] } else { &[] };
            overlaps(upper, row, |a, b| unite(&mut parent, (above.start + a) as u32, (base + b) as u32));
            if let (true, Some(last)) = (periodic, row.len().checked_sub(1))
                && row[0].from == 0
                && row[last].to as usize == w
            {
                unite(&mut parent, base as u32, (base + last) as u32);
            }
            above = base..base + row.len();
            base = above.end;
        }
        self.drops.clear();
        let mut number = vec![u32::MAX; total];
        let mut run = 0;
        for (y, row) in self.rows.iter_mut().enumerate() {
            for r in row {
                let root = root(&mut parent, run) as usize;
                if number[root] == u32::MAX {
                    number[root] = self.drops.len() as u32;
                    self.drops.push(Drop { anchor: r.from as f32, ..Drop::default() });
                }
                r.drop = number[root];
                self.drops[r.drop as usize].add(r, y, if periodic { w as f32 } else { f32::INFINITY });
                run += 1;
            }
        }
    }

    /// Finds what happened since the last count, by which drops lie over which.
    fn compare(&mut self, size: (usize, usize)) {
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (then, now) in self.before.iter().zip(&self.rows) {
            overlaps(then, now, |a, b| pairs.push((then[a].drop, now[b].drop)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        for group in pairs.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() > 1) {
            let old = self.gone[group[0].0 as usize];
            let parts: Vec<Drop> = group.iter().map(|p| self.drops[p.1 as usize]).collect();
            smaller(&parts).for_each(|d| self.event(Event::Detach, d, apart(d, &old), size));
        }
        pairs.sort_unstable_by_key(|p| (p.1, p.0));
        for group in pairs.chunk_by(|a, b| a.1 == b.1) {
            let new = self.drops[group[0].1 as usize];
            let parts: Vec<Drop> = group.iter().map(|p| self.gone[p.0 as usize]).collect();
            smaller(&parts).for_each(|d| self.event(Event::Merge, d, apart(d, &new), size));
            if new.held && parts.iter().all(|d| !d.held) {
                self.event(Event::Hit, &new, apart(&parts[0], &Drop { area: 1.0, ..Drop::default() }), size);
            }
        }
        Sounding::keep_strongest(&mut self.events);
    }

    fn event(&mut self, kind: Event, drop: &Drop, speed: f32, (w, h): (usize, usize)) {
        let [x, y] = drop.centre(w);
        if drop.area >= LEAST {
            self.events.push(Sounding {
                at: 0.0,
                x: x / w as f32,
                y: y / h as f32,
                strength: (speed / LOUD).min(1.0),
                size: drop.radius(),
                kind: kind as u8,
            });
        }
    }
}

impl Drop {
    fn add(&mut self, run: &Run, y: usize, world: f32) {
        let cells = (run.to - run.from) as f32;
        let mut across = 0.5 * (run.from + run.to) as f32 - self.anchor;
        if world.is_finite() {
            across -= world * (across / world).round();
        }
        self.area += cells;
        self.place[0] += cells * across;
        self.place[1] += cells * (y as f32 + 0.5);
        self.motion[0] += run.motion[0];
        self.motion[1] += run.motion[1];
        self.held |= run.held;
    }
}

/// Speed of one drop past another.
fn apart(a: &Drop, b: &Drop) -> f32 {
    let ([ax, ay], [bx, by]) = (a.velocity(), b.velocity());
    ((ax - bx) * (ax - bx) + (ay - by) * (ay - by)).sqrt()
}

/// All but the largest.
fn smaller(parts: &[Drop]) -> impl Iterator<Item = &Drop> {
    let largest = (0..parts.len()).max_by(|&a, &b| parts[a].area.total_cmp(&parts[b].area).then(b.cmp(&a)));
    parts.iter().enumerate().filter(move |(i, _)| Some(*i) != largest).map(|(_, d)| d)
}

fn find_runs(lattice: &Lattice, middle: f32, y: usize, runs: &mut Vec<Run>) {
    runs.clear();
    let (w, h) = lattice.size();
    let (rho, solid) = (lattice.density(y), lattice.walls().row(y));
    let (u, v) = (lattice.velocity(0, y), lattice.velocity(1, y));
    let wet = |x: usize| rho[x] > middle && solid[x] == 0;
    let mut x = 0;
    while x < w {
        if !wet(x) {
            x += 1;
            continue;
        }
        let from = x;
        let mut motion = [0.0; 2];
        while x < w && wet(x) {
            motion[0] += u[x];
            motion[1] += v[x];
            x += 1;
        }
        let beside = |row: usize| lattice.walls().row(row)[from..x].iter().any(|&s| s != 0);
        let ends = (from > 0 && solid[from - 1] != 0) || (x < w && solid[x] != 0);
        let sides = !lattice.walls().periodic() && (from == 0 || x == w);
        let held = ends || sides || y == 0 || y + 1 == h || beside(y - 1) || beside(y + 1);
        runs.push(Run { from: from as u32, to: x as u32, drop: 0, motion, held });
    }
}

/// Calls `f` for every two runs of two rows that share a column.
fn overlaps(a: &[Run], b: &[Run], mut f: impl FnMut(usize, usize)) {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i].from < b[j].to && b[j].from < a[i].to {
            f(i, j);
        }
        if a[i].to < b[j].to { i += 1 } else { j += 1 }
    }
}

fn root(parent: &mut [u32], mut i: u32) -> u32 {
    while parent[i as usize] != i {
        parent[i as usize] = parent[parent[i as usize] as usize];
        i = parent[i as usize];
    }
    i
}

fn unite(parent: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(parent, a), root(parent, b));
    // The first run of a drop is its root, so that numbers do not depend on the order of joining.
    parent[a.max(b) as usize] = a.min(b);
}
