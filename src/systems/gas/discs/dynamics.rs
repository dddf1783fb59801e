//! Hard discs, moved from event to event (Alder and Wainwright 1959): between collisions each flies freely, so there are no
//! time steps and no errors of integration.
//!
//! Each disc has one event, the earliest that it knows of (Lubachevsky 1991); [`predict`](super::predict) finds it. An
//! event with a partner that has been hit meanwhile is void, and the disc looks for another when its time comes: that
//! cannot be too late, for whoever hit the partner looked at this disc, too. So of every two discs at least one knows
//! the moment at which they meet, or an earlier event. Only the discs that take part in an event are advanced.

use super::arena::{Arena, Side};
use super::cells::Cells;
use super::contour::Contour;
use super::disc::Disc;
use super::event::Kind;
use super::record::{Collision, KEPT, Struck, Tally};
use super::rule::{Rattle, Rule};
use super::schedule::{Schedule, Soon};

/// Work that one call may do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Collisions, with walls and obstacles too.
    pub collisions: u64,
    /// Work as counted by [`Tally::work`]; a collision takes some 40, where discs are far apart more.
    pub work: u64,
}

impl Limits {
    /// As much as it takes.
    pub const NONE: Self = Self { collisions: u64::MAX, work: u64::MAX };
}

/// The discs, and what they may meet.
pub struct Dynamics {
    pub(super) arena: Arena,
    pub(super) gravity: [f64; 2],
    pub(super) rule: Rule,
    pub(super) discs: Vec<Disc>,
    pub(super) masses: Vec<f64>,
    /// Discs that obstacles do not stop, for they are inside one or wedged between two.
    pub(super) ghosts: Vec<bool>,
    /// Outward normal of the obstacle that a disc meets next.
    pub(super) normals: Vec<[f64; 2]>,
    pub(super) rattles: Vec<Rattle>,
    pub(super) schedule: Schedule,
    pub(super) cells: Cells,
    pub(super) contour: Contour,
    pub(super) now: f64,
    pub(super) tally: Tally,
    collisions: Vec<Collision>,
    /// Whose events come soon, as known since the last event and since that before.
    pub(super) soon: [Soon; 2],
    /// How large each disc may become: what the grid was laid for.
    pub(super) limits: Vec<f64>,
}

impl Dynamics {
    /// Discs of these masses in a rectangle, at time 0. No radius may exceed a quarter of a joined side.
    ///
    /// # Panics
    /// There are not as many masses as discs.
    pub fn new(arena: Arena, mut discs: Vec<Disc>, masses: Vec<f64>) -> Self {
        assert_eq!(discs.len(), masses.len(), "each disc has a mass");
        let n = discs.len();
        let limits: Vec<f64> = discs.iter().map(|d| d.radius).collect();
        let cells = Cells::new(&arena, &mut discs, &limits);
        let mut new = Self {
            arena,
            gravity: [0.0; 2],
            rule: Rule::ELASTIC,
            ghosts: vec![false; n],
            normals: vec![[0.0; 2]; n],
            rattles: vec![Rattle::NONE; n],
            schedule: Schedule::new(n),
            cells,
            contour: Contour::default(),
            now: 0.0,
            tally: Tally::default(),
            collisions: Vec::new(),
            soon: [Soon::default(); 2],
            limits,
            discs,
            masses,
        };
        new.mark_walls(0.0);
        new.predict_all();
        new
    }

    /// The discs, each as it was at its own time; at the same time after [`Self::settle`].
    pub fn discs(&self) -> &[Disc] {
        &self.discs
    }
    /// Their masses.
    pub fn masses(&self) -> &[f64] {
        &self.masses
    }
    /// Where they move.
    pub fn arena(&self) -> &Arena {
        &self.arena
    }
    /// The obstacles.
    pub fn contour(&self) -> &Contour {
        &self.contour
    }
    /// Acceleration of all discs, cells/step².
    pub fn gravity(&self) -> [f64; 2] {
        self.gravity
    }
    /// Time, in steps since the last [`Self::settle`].
    pub fn now(&self) -> f64 {
        self.now
    }
    /// Sums over all collisions since the start.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
    /// The first collisions of the last [`Self::advance`], in order, at most [`KEPT`].
    pub fn collisions(&self) -> &[Collision] {
        &self.collisions
    }
    /// Kinetic energy of all discs, in the order of their numbers.
    pub fn energy(&self) -> f64 {
        let energy = |(d, mass): (&Disc, &f64)| {
            let [u, v] = d.state(self.now, self.gravity).1;
            0.5 * mass * (u * u + v * v)
        };
        self.discs.iter().zip(&self.masses).map(energy).sum()
    }
    /// Momentum of all discs, mass·cells/step.
    pub fn momentum(&self) -> [f64; 2] {
        self.discs.iter().zip(&self.masses).fold([0.0; 2], |[x, y], (d, mass)| {
            let [u, v] = d.state(self.now, self.gravity).1;
            [x + mass * u, y + mass * v]
        })
    }

    /// Moves everything on by so many steps, or until the limits are reached; returns whether it got there.
    pub fn advance(&mut self, steps: f64, limits: Limits) -> bool {
        self.collisions.clear();
        self.collisions.reserve(limits.collisions.min(KEPT as u64) as usize);
        let (begin, end) = (self.now, self.now + steps);
        let hits = self.tally.collisions().saturating_add(limits.collisions);
        let work = self.tally.work.saturating_add(limits.work);
        let whole = loop {
            if self.discs.is_empty() {
                self.now = end;
                break true;
            }
            self.look_ahead();
            let (disc, time) = self.schedule.first();
            if time.is_nan() || time > end {
                self.now = end;
                break true;
            }
            if self.tally.collisions() >= hits || self.tally.work >= work {
                break false;
            }
            self.now = time;
            self.happen(disc);
        };
        self.tally.time += self.now - begin;
        whole
    }

    /// The next event of a disc takes place now.
    #[inline(always)]
    fn happen(&mut self, disc: usize) {
        let event = self.discs[disc].event;
        match event.kind() {
            Kind::Disc => {
                if let Some(partner) = event.partner() {
                    let other = partner.number as usize;
                    if self.discs[other].stamp == partner.stamp {
                        self.strike(disc, other);
                        self.predict(other);
                    }
                }
            }
            Kind::Cross(side) => {
                self.tally.crossings += 1;
                let jump = self.cells.cross(&mut self.discs, disc, side);
                self.discs[disc].place[side.axis()] += jump;
                return self.predict_crossed(disc, side);
            }
            Kind::Wall(side) => self.bounce_off_wall(disc, side),
            Kind::Solid => self.bounce_off_solid(disc),
        }
        self.predict(disc);
    }

    /// Two discs collide.
    #[inline(always)]
    fn strike(&mut self, i: usize, j: usize) {
        self.discs[i].advance(self.now, self.gravity);
        self.discs[j].advance(self.now, self.gravity);
        let (a, b) = (&self.discs[i], &self.discs[j]);
        let r = self.arena.nearest([a.place[0] - b.place[0], a.place[1] - b.place[1]]);
        let distance = (r[0] * r[0] + r[1] * r[1]).sqrt();
        // Two centres in one place: any direction will do.
        let n = if distance > 0.0 { [r[0] / distance, r[1] / distance] } else { [1.0, 0.0] };
        let closing = n[0] * (b.velocity[0] - a.velocity[0]) + n[1] * (b.velocity[1] - a.velocity[1]);
        if closing <= 0.0 {
            return;
        }
        let (mass_a, mass_b, radius) = (self.masses[i], self.masses[j], a.radius);
        let impulse = (closing + self.rule.rebound(closing)) * (mass_a * mass_b / (mass_a + mass_b));
        let (push_a, push_b) = (impulse / mass_a, impulse / mass_b);
        let place = [a.place[0] - n[0] * radius, a.place[1] - n[1] * radius];
        push(&mut self.discs[i], n, push_a);
        push(&mut self.discs[j], n, -push_b);
        self.tally.pairs += 1;
        self.tally.virial += distance * impulse;
        self.note(place, i.min(j), Struck::Disc(i.max(j) as u32), impulse);
    }

    fn bounce_off_wall(&mut self, i: usize, side: Side) {
        self.discs[i].advance(self.now, self.gravity);
        let (d, k) = (&self.discs[i], side.axis());
        let (_, rise) = self.arena.above(side, d.place[k], d.velocity[k], d.radius, self.now);
        let mut normal = [0.0; 2];
        normal[k] = side.inwards();
        if let Some(impulse) = self.rebound(i, normal, -rise, Struck::Wall(side)) {
            self.tally.walls[side as usize] += impulse;
        }
    }

    fn bounce_off_solid(&mut self, i: usize) {
        self.discs[i].advance(self.now, self.gravity);
        let (n, v) = (self.normals[i], self.discs[i].velocity);
        self.rebound(i, n, -(n[0] * v[0] + n[1] * v[1]), Struck::Solid);
    }

    /// A disc comes off what does not give way; the momentum transferred.
    fn rebound(&mut self, i: usize, normal: [f64; 2], closing: f64, struck: Struck) -> Option<f64> {
        if closing < 0.0 {
            return None;
        }
        let d = &mut self.discs[i];
        let pull = -(normal[0] * self.gravity[0] + normal[1] * self.gravity[1]);
        // One that rattles keeps its speed along the gap, and obstacles let it through until it is clear of them.
        let rattles = self.rattles[i].bounce(self.now);
        self.ghosts[i] |= rattles;
        let change = closing + if rattles { 0.0 } else { self.rule.bounce(closing, pull) };
        push(d, normal, change);
        let (mass, radius) = (self.masses[i], d.radius);
        let place = [d.place[0] - normal[0] * radius, d.place[1] - normal[1] * radius];
        let impulse = change * mass;
        self.tally.bounces += 1;
        self.note(place, i, struck, impulse);
        Some(impulse)
    }

    #[inline(always)]
    fn note(&mut self, place: [f64; 2], disc: usize, struck: Struck, impulse: f64) {
        if self.collisions.len() < KEPT {
            let place = self.arena.inside(place);
            self.collisions.push(Collision { time: self.now, place, disc: disc as u32, struck, impulse });
        }
    }
}

/// Changes the velocity of a disc, and so its path.
#[inline(always)]
fn push(disc: &mut Disc, n: [f64; 2], change: f64) {
    disc.velocity[0] += n[0] * change;
    disc.velocity[1] += n[1] * change;
    disc.stamp = disc.stamp.wrapping_add(1);
}

/// The largest radius.
pub fn largest(discs: &[Disc]) -> f64 {
    discs.iter().fold(0.0, |r: f64, d| if d.radius > r { d.radius } else { r })
}
