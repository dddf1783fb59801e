//! A few discs, collision by collision. They are chaotic: rounding grows about tenfold every two or three collisions, so
//! only the first thirty can be held against exact ones.

use systems::gas::discs::arena::Arena;
use systems::gas::discs::disc::Disc;
use systems::gas::discs::dynamics::{Dynamics, Limits};
use systems::gas::discs::record::{Collision, Struck};

use crate::case::{Answer, Job};
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Collisions that are compared, and those that are compared more closely.
const COMPARED: usize = 30;
const FIRST: usize = 10;
/// Largest deviation of a time, in its unit, up to the tenth collision and up to the thirtieth.
const TIME: [f64; 2] = [1e-10, 1e-5];
/// Of impulses, places and velocities: in the time by which a collision is off, discs move, and what they do to each other
/// depends on where they meet.
const STATE: f64 = 1e2;
/// Relative, of what is conserved.
const CONSERVED: f64 = 1e-12;
/// Most discs.
const MOST: usize = 2000;
/// Work that one collision may take, for any number of discs.
const WORK: u64 = 10_000_000;

/// The state of every disc after so many collisions.
struct Snapshot {
    after: usize,
    velocities: Vec<[f64; 2]>,
    places: Vec<[f64; 2]>,
}

/// One collision.
struct Hit {
    time: f64,
    pair: [u32; 2],
    impulse: f64,
}

struct Case {
    side: f64,
    diameter: f64,
    masses: Vec<f64>,
    places: Vec<[f64; 2]>,
    velocities: Vec<[f64; 2]>,
    energy: f64,
    momentum: [f64; 2],
    hits: Vec<Hit>,
    snapshots: Vec<Snapshot>,
}

/// A case of some discs.
pub fn job(field: &Field) -> Result<Job, Fault> {
    let (id, case) = (field.get("id").text()?, read(field)?);
    let compared = case.hits.len().min(COMPARED);
    Ok(Job::one(format!("{id}, {} discs, {compared} collisions", case.masses.len()), move || case.answer()))
}

fn read(field: &Field) -> Result<Case, Fault> {
    let n = field.get("N").count(1..=MOST)?;
    let side = field.get("box").within(1e-3..=1e6)?;
    let diameter = field.get("diameter").within(1e-4 * side..=0.5 * side)?;
    let each = |key: &str| field.get(key).list_of(n);
    let pairs = |fields: &[Field], range: &std::ops::RangeInclusive<f64>| -> Result<Vec<[f64; 2]>, Fault> {
        fields.iter().map(|f| f.pair(range.clone())).collect()
    };
    let (inside, speeds) = (0.0..=side, -1e6..=1e6);
    let masses = each("masses")?.iter().map(|f| f.within(1e-6..=1e6)).collect::<Result<Vec<_>, _>>()?;
    let places = pairs(&each("positions")?, &inside)?;
    let velocities = pairs(&each("velocities")?, &speeds)?;
    let arena = Arena::new([side; 2], [true; 2]);
    for (i, a) in places.iter().enumerate() {
        for (j, b) in places[..i].iter().enumerate() {
            let r = arena.nearest([a[0] - b[0], a[1] - b[1]]);
            let apart = libm::hypot(r[0], r[1]);
            if apart < diameter * (1.0 - 1e-9) {
                let at = field.get("positions").at(i);
                return Err(at.fault(format!("expected discs that do not overlap, found [{j}] {apart} away")));
            }
        }
    }
    let hits = field.get("collisions").list()?;
    let hits = hits.iter().take(COMPARED).map(|f| hit(f, n)).collect::<Result<Vec<_>, _>>()?;
    if hits.is_empty() {
        return Err(field.get("collisions").fault("expected collisions, found none"));
    }
    let (after, wrapped) = (field.get("velocities_after"), field.get("positions_wrapped_at"));
    let mut snapshots = Vec::new();
    if !after.is_absent() {
        for (k, velocities) in after.numbered()?.iter().filter(|(k, _)| (1..=hits.len() as u64).contains(k)) {
            let places = wrapped.get(&k.to_string()).list_of(n)?;
            let [places, velocities] = [pairs(&places, &inside)?, pairs(&velocities.list_of(n)?, &speeds)?];
            snapshots.push(Snapshot { after: *k as usize, velocities, places });
        }
    }
    let energy = field.get("energy").number()?;
    let momentum = field.get("total_momentum").pair(-1e15..=1e15)?;
    Ok(Case { side, diameter, masses, places, velocities, energy, momentum, hits, snapshots })
}

fn hit(field: &Field, n: usize) -> Result<Hit, Fault> {
    let disc = |key: &str| field.get(key).count(0..=n - 1).map(|d| d as u32);
    let (time, impulse) = (field.get("t").within(0.0..=1e9)?, field.get("impulse").within(0.0..=1e15)?);
    Ok(Hit { time, pair: [disc("i")?, disc("j")?], impulse })
}

impl Case {
    fn answer(&self) -> Answer {
        let discs = self.places.iter().zip(&self.velocities);
        let discs = discs.map(|(at, v)| Disc::new(*at, *v, 0.5 * self.diameter)).collect();
        let mut all = Dynamics::new(Arena::new([self.side; 2], [true; 2]), discs, self.masses.clone());
        let (energy, momentum) = (all.energy(), all.momentum());
        let mut checks = vec![Check::relative("energy at the start", energy, self.energy, CONSERVED)];
        for (k, part) in ["across", "down"].into_iter().enumerate() {
            let what = format!("momentum {part} at the start");
            checks.push(Check::above(what, momentum[k], self.momentum[k], CONSERVED, 1.0));
        }
        let mut found: Vec<Collision> = Vec::new();
        for k in 0..self.hits.len() {
            let one = Limits { collisions: 1, work: WORK };
            all.advance(1e12, one);
            let Some(next) = all.collisions().first() else {
                return Err(Fault::Failed(format!("no collision after the first {k} was found")));
            };
            found.push(*next);
            let here = self.snapshots.iter().filter(|s| s.after == k + 1);
            here.for_each(|s| checks.extend(self.snapshot(&all, s)));
        }
        checks.extend(self.hits(&found));
        checks.push(Check::relative("energy at the end", all.energy(), energy, CONSERVED));
        let size = 1.0 + libm::hypot(momentum[0], momentum[1]);
        let drift = (0..2).map(|k| (all.momentum()[k] - momentum[k]).abs()).fold(0.0, f64::max);
        checks.push(Check::absolute("drift of the momentum", drift / size, 0.0, CONSERVED));
        Ok(checks)
    }

    fn hits(&self, found: &[Collision]) -> Vec<Check> {
        let is = |c: &Collision, hit: &Hit| c.disc == hit.pair[0] && c.struck == Struck::Disc(hit.pair[1]);
        let both = || found.iter().zip(&self.hits).enumerate();
        let wrong: Vec<usize> = both().filter(|(_, (c, hit))| !is(c, hit)).map(|(k, _)| k + 1).collect();
        let first = wrong.first().map_or(String::new(), |k| format!(", first wrong at collision {k}"));
        let mut checks = vec![Check::none_differ(format!("pairs{first}"), wrong.len(), self.hits.len())];
        for (from, to, tolerance) in [(0, FIRST, TIME[0]), (FIRST, COMPARED, TIME[1])] {
            let some = || both().filter(move |(k, _)| (from..to).contains(k));
            let late = some().map(|(k, (c, hit))| {
                Check::absolute(format!("time of collision {}", k + 1), c.time, hit.time, tolerance)
            });
            let pushed = some().map(|(k, (c, hit))| {
                Check::absolute(
                    format!("impulse of collision {}", k + 1),
                    c.impulse,
                    hit.impulse,
                    STATE * tolerance,
                )
            });
            checks.extend(Check::of_many(late).into_iter().chain(Check::of_many(pushed)));
        }
        checks
    }

    fn snapshot(&self, all: &Dynamics, given: &Snapshot) -> Vec<Check> {
        let k = given.after;
        let tolerance = STATE * TIME[usize::from(k > FIRST)];
        let states: Vec<_> = all.discs().iter().map(|d| d.state(all.now(), [0.0; 2])).collect();
        let velocity = |(d, v): (usize, &[f64; 2])| {
            let off = libm::hypot(states[d].1[0] - v[0], states[d].1[1] - v[1]);
            Check::absolute(
                format!("velocity of disc {d} after collision {k}, distance"),
                off,
                0.0,
                tolerance,
            )
        };
        let place = |(d, at): (usize, &[f64; 2])| {
            let r = all.arena().nearest([states[d].0[0] - at[0], states[d].0[1] - at[1]]);
            let off = libm::hypot(r[0], r[1]);
            Check::absolute(format!("position of disc {d} at collision {k}, distance"), off, 0.0, tolerance)
        };
        let velocities = Check::of_many(given.velocities.iter().enumerate().map(velocity));
        velocities.into_iter().chain(Check::of_many(given.places.iter().enumerate().map(place))).collect()
    }
}
