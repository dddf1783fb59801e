//! Neighbours, on a torus or between walls: lists of them, their number, and what they make a body do.

use systems::swarm::boids::flock::{Flock, Sight};
use systems::swarm::boids::sums::Sums;

use crate::case::{Answer, Job};
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Most bodies.
const MOST: usize = 1_000_000;
/// Of the sums that steer, relative to 1 or the value.
const TOLERANCE: f64 = 1e-12;

/// The three vectors that steer a body.
type Steering = [[f64; 2]; 3];

struct Case {
    side: f64,
    wraps: [bool; 2],
    sight: Sight<f64>,
    places: Vec<[f64; 2]>,
    velocities: Option<Vec<[f64; 2]>>,
    counts: Vec<i64>,
    pairs: i64,
    neighbours: Option<Vec<Vec<u32>>>,
    steering: Option<Vec<Steering>>,
}

/// A case of one crowd.
pub fn job(field: &Field) -> Result<Job, Fault> {
    let case = read(field)?;
    let name = format!("boids, {} bodies, radius {}", case.places.len(), case.sight.radius);
    Ok(Job::one(name, move || case.answer()))
}

/// A part that need not be there.
fn optional<T>(field: &Field, read: impl Fn(&Field) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    if field.is_absent() { Ok(None) } else { read(field).map(Some) }
}

fn read(field: &Field) -> Result<Case, Fault> {
    let n = field.get("N").count(1..=MOST)?;
    let side = field.get("L").within(1e-6..=1e9)?;
    let radius = field.get("radius").within(1e-9 * side..=0.5 * side)?;
    let torus = optional(&field.get("torus"), |f| f.flag())?.unwrap_or(true);
    let pairs = |f: &Field, low: f64, high: f64| {
        f.list_of(n)?.iter().map(|f| f.pair(low..=high)).collect::<Result<Vec<_>, Fault>>()
    };
    let places = pairs(&field.get("positions"), 0.0, side)?;
    let velocities = optional(&field.get("velocities"), |f| pairs(f, -1e9, 1e9))?;
    let separation = optional(&field.get("separation_radius"), |f| f.within(0.0..=radius))?;
    let number = |f: &Field| f.count(0..=n - 1).map(|i| i as u32);
    let list = |f: &Field| f.list()?.iter().map(number).collect::<Result<Vec<u32>, Fault>>();
    let vectors = |f: &Field| {
        let one = |key: &str| f.get(key).pair(-1e15..=1e15);
        Ok([one("separation")?, one("alignment")?, one("cohesion")?])
    };
    Ok(Case {
        side,
        wraps: [torus; 2],
        sight: Sight { radius, separation: separation.unwrap_or(0.0), nearest: 0 },
        counts: field
            .get("counts")
            .list_of(n)?
            .iter()
            .map(|f| f.whole(0..=n as i64))
            .collect::<Result<_, _>>()?,
        pairs: field.get("pairs").whole(0..=i64::MAX)?,
        neighbours: optional(&field.get("neighbours"), |f| f.list_of(n)?.iter().map(list).collect())?,
        steering: optional(&field.get("steering"), |f| f.list_of(n)?.iter().map(vectors).collect())?,
        places,
        velocities,
    })
}

impl Case {
    fn answer(&self) -> Answer {
        let still = vec![[0.0; 2]; self.places.len()];
        let velocities = self.velocities.as_ref().unwrap_or(&still);
        let extent = [self.side; 2];
        let sense = |sight: Sight<f64>| {
            let mut flock = Flock::new(self.places.iter().copied().zip(velocities.iter().copied()));
            flock.sense(extent, self.wraps, sight);
            let mut sums = vec![Sums::default(); flock.len()];
            (0..flock.len()).for_each(|place| sums[flock.numbers[place] as usize] = flock.sums[place]);
            sums
        };
        let sums = sense(self.sight);
        let found: Vec<i64> = sums.iter().map(|s| s.count as i64).collect();
        let wrong = found.iter().zip(&self.counts).filter(|(a, b)| a != b).count();
        let pairs: i64 = found.iter().sum();
        let mut checks = vec![
            Check::none_differ("numbers of neighbours", wrong, found.len()),
            Check::same("pairs", (pairs / 2).into(), self.pairs.into()),
        ];
        if let Some(neighbours) = &self.neighbours {
            let found = self.lists();
            let wrong = found.iter().zip(neighbours).filter(|(a, b)| a != b).count();
            checks.push(Check::none_differ("lists of neighbours", wrong, neighbours.len()));
        }
        if let Some(steering) = &self.steering {
            checks.extend(steered(&sums, velocities, steering));
        }
        Ok(checks)
    }

    /// The neighbours of each, by their numbers.
    fn lists(&self) -> Vec<Vec<u32>> {
        let (extent, wraps) = ([self.side; 2], self.wraps);
        let mut flock = Flock::new(self.places.iter().map(|p| (*p, [0.0; 2])));
        flock.sense(extent, wraps, self.sight);
        flock.neighbours(extent, wraps, self.sight)
    }
}

/// Separation, alignment and cohesion of each body against what is given.
fn steered(sums: &[Sums<f64>], velocities: &[[f64; 2]], given: &[Steering]) -> Vec<Check> {
    let vectors = |(i, s): (usize, &Sums<f64>)| {
        let mean = |v: [f64; 2], less: [f64; 2]| match s.count > 0.0 {
            true => [v[0] / s.count - less[0], v[1] / s.count - less[1]],
            false => [0.0; 2],
        };
        [s.separation, mean(s.velocity, velocities[i]), mean(s.offset, [0.0; 2])]
    };
    let names = ["separation", "alignment", "cohesion"];
    let found: Vec<Steering> = sums.iter().enumerate().map(vectors).collect();
    let of = |k: usize| {
        let each = found.iter().zip(given).enumerate().flat_map(move |(i, (a, b))| {
            (0..2).map(move |axis| {
                Check::above(format!("{} of body {i}", names[k]), a[k][axis], b[k][axis], TOLERANCE, 1.0)
            })
        });
        Check::of_many(each)
    };
    (0..3).flat_map(of).collect()
}
