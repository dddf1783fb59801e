//! One flow on a torus, and what becomes of it: three projections, vorticity confinement, implicit diffusion.

use std::sync::Arc;

use systems::gas::smoke::confine::{Cells, confine, vorticity};
use systems::gas::smoke::diffuse::{End, Grid, Work, diffuse, iterations};
use systems::gas::smoke::{projection, textbook};

use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Largest difference of a velocity. The flow is given to nine digits.
const CLOSE: f64 = 1e-7;
/// What solvers that iterate go on to.
const SOLVED: f64 = 1e-12;
/// Cells along a side.
const SIDES: std::ops::RangeInclusive<usize> = 4..=512;
/// The projection of waves is by plain sums.
const MOST_WAVES: usize = 128;

/// Velocities across and down, row by row.
#[derive(Clone)]
struct Flow {
    side: usize,
    u: Vec<f64>,
    v: Vec<f64>,
}

impl Flow {
    fn read(given: &Field, side: usize) -> Result<Self, Fault> {
        Ok(Self { side, u: plane(&given.get("u"), side)?, v: plane(&given.get("v"), side)? })
    }

    fn size(&self) -> (usize, usize) {
        (self.side, self.side)
    }

    fn energy(&self) -> f64 {
        let squares = self.u.iter().zip(&self.v).map(|(u, v)| u * u + v * v);
        0.5 * squares.sum::<f64>() / self.u.len() as f64
    }

    /// Largest divergence by central differences.
    fn divergence(&self) -> f64 {
        let n = self.side;
        let at = |plane: &[f64], x: usize, y: usize| plane[y % n * n + x % n];
        let of = |i: usize| {
            let (x, y) = (i % n, i / n);
            let across = at(&self.u, x + 1, y) - at(&self.u, x + n - 1, y);
            (0.5 * (across + at(&self.v, x, y + 1) - at(&self.v, x, y + n - 1))).abs()
        };
        (0..n * n).map(of).fold(0.0, f64::max)
    }

    fn checks(&self, given: &Self) -> Vec<Check> {
        vec![apart("u", &self.u, &given.u), apart("v", &self.v, &given.v)]
    }
}

fn plane(given: &Field, side: usize) -> Result<Vec<f64>, Fault> {
    let mut all = Vec::with_capacity(side * side);
    for row in given.list_of(side)? {
        for value in row.list_of(side)? {
            all.push(value.within(-1e6..=1e6)?);
        }
    }
    Ok(all)
}

/// The value that differs most.
fn apart(what: &str, found: &[f64], given: &[f64]) -> Check {
    let side = libm::sqrt(given.len() as f64) as usize;
    let worst = (0..given.len()).max_by(|i, j| {
        let off = |i: usize| (found[i] - given[i]).abs();
        off(*i).total_cmp(&off(*j))
    });
    let i = worst.unwrap_or(0);
    Check::absolute(format!("{what}[{}][{}]", i / side, i % side), found[i], given[i], CLOSE)
}

/// A projection, in place.
type Project = fn(&mut Flow);

const PROJECTIONS: &[(&str, Project)] = &[
    ("spectral", |f| {
        let size = f.size();
        textbook::spectral(&mut f.u, &mut f.v, size);
    }),
    ("mac_5point", |f| {
        let size = f.size();
        projection::periodic(&mut f.u, &mut f.v, size, SOLVED);
    }),
    ("stam_collocated", |f| {
        let size = f.size();
        textbook::collocated(&mut f.u, &mut f.v, size, SOLVED);
    }),
];

/// Reads the case of an operation: its name, what is given, and the flow.
type Read<'a> = dyn Fn(String, &Field, Arc<Flow>) -> Result<Job, Fault> + 'a;

/// A case for each operation that is given.
pub fn jobs(file: &str, given: &Field) -> Vec<Job> {
    let flow = given.get("N").count(SIDES).and_then(|side| Flow::read(given, side));
    let flow = match flow {
        Ok(flow) => Arc::new(flow),
        Err(fault) => return vec![Job::answered(file, Err(fault))],
    };
    let mut jobs = Vec::new();
    let mut add = |name: &str, job: &Read| {
        let field = given.get(name);
        if !field.is_absent() {
            jobs.push(Job::or_fault(name, job(name.into(), &field, flow.clone())));
        }
    };
    add("energy_before", &energy);
    for (name, project) in PROJECTIONS {
        add(name, &|name, field, flow| projected(name, field, flow, *project));
    }
    add("vorticity_confinement", &confined);
    add("implicit_diffusion", &diffused);
    jobs
}

fn energy(name: String, given: &Field, flow: Arc<Flow>) -> Result<Job, Fault> {
    let given = given.number()?;
    Ok(Job::one(name, move || Ok(vec![Check::relative("energy", flow.energy(), given, CLOSE)])))
}

fn projected(name: String, given: &Field, flow: Arc<Flow>, project: Project) -> Result<Job, Fault> {
    if name == "spectral" && flow.side > MOST_WAVES {
        return Err(Fault::NotCovered(format!("more than {MOST_WAVES} waves along a side")));
    }
    let (expected, energy) = (Flow::read(given, flow.side)?, given.get("energy").number()?);
    let left = given.get("max_remaining_central_divergence");
    let left = if left.is_absent() { None } else { Some(left.number()?) };
    Ok(Job::one(name, move || {
        let mut found = Flow::clone(&flow);
        project(&mut found);
        let mut checks = found.checks(&expected);
        checks.push(Check::relative("energy", found.energy(), energy, CLOSE));
        if let Some(left) = left {
            checks.push(Check::relative("divergence that is left", found.divergence(), left, CLOSE));
        }
        Ok(checks)
    }))
}

fn confined(name: String, given: &Field, flow: Arc<Flow>) -> Result<Job, Fault> {
    let amount = given.get("eps").within(-1e3..=1e3)? * given.get("dt").within(-1e3..=1e3)?;
    let (expected, curl) = (Flow::read(given, flow.side)?, plane(&given.get("vorticity"), flow.side)?);
    Ok(Job::one(name, move || {
        let cells = Cells { size: flow.size(), wraps: [true; 2] };
        let mut both: Vec<[f64; 2]> = flow.u.iter().zip(&flow.v).map(|(u, v)| [*u, *v]).collect();
        let mut found = vec![0.0; both.len()];
        vorticity(cells, &both, &mut found);
        confine(cells, &found, amount, &mut both);
        let part = |k: usize| both.iter().map(|v| v[k]).collect();
        let after = Flow { side: flow.side, u: part(0), v: part(1) };
        Ok([vec![apart("vorticity", &found, &curl)], after.checks(&expected)].concat())
    }))
}

fn diffused(name: String, given: &Field, flow: Arc<Flow>) -> Result<Job, Fault> {
    let a = given.get("a").within(0.0..=1e3)?;
    let mut planes = Vec::new();
    for (key, from) in [("u", &flow.u), ("v", &flow.v)] {
        if !given.get(key).is_absent() {
            planes.push((key, from.clone(), plane(&given.get(key), flow.side)?));
        }
    }
    let size = flow.size();
    Ok(Job::one(name, move || {
        let grid = Grid { size, ends: [End::Wrap(size.0); 4] };
        let one = |(key, from, expected): &(&str, Vec<f64>, Vec<f64>)| {
            let mut found = from.clone();
            diffuse(grid, &mut found, None, a, iterations(a, SOLVED), &mut Work::default());
            apart(key, &found, expected)
        };
        Ok(planes.iter().map(one).collect())
    }))
}
