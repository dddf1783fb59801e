//! Measuring the flows of a comparison.

use rayon::prelude::*;

use super::report::{Physics, Row};
use crate::compare::base::Run;
use crate::compare::opponents::Opponents;
use crate::compare::seeds::Seeds;
use crate::compare::setup::ComparisonSets;
use crate::generator::{FlowSource, Generator, GeneratorError};
use crate::metrics::gas::Flow;
use crate::metrics::gas::catalogue::{GAS_METRICS, GasMetric, compare};

/// Most clips of each generator: those of the first seeds.
const CLIPS: usize = 4;
/// Most cells along a side; a larger world is measured on so many.
const MOST: usize = 256;
/// The metric that needs a density.
const OF_DENSITY: &str = "mass-drift";

/// Who is measured, and from which seed on.
struct Job<'a> {
    name: String,
    candidate: Option<usize>,
    generator: &'a dyn Generator,
    first: u64,
}

/// The flows of the reference and of whoever has one like it, measured.
pub fn physics(sets: &ComparisonSets, cast: &Opponents, run: Run) -> Physics {
    let Some(source) = sets.reference.flow_source().filter(|_| !run.watch.stopped()) else {
        return Physics::default();
    };
    let mut found = Physics { size: within(source.size), ..Physics::default() };
    let jobs = jobs(sets, cast, run);
    run.watch.begin("flows", jobs.len() + 1);
    let reference = match flows(sets.reference, run.setup.seed, found.size, run) {
        Ok(flows) => flows,
        Err(e) => {
            found.notes.push(e.to_string());
            return Physics { source: Some(source), ..found };
        }
    };
    run.watch.done(1);
    let one = |job: &Job| {
        let row = match run.watch.stopped() {
            true => Err(format!("{}: interrupted", job.name)),
            false => row(job, &source, &reference, found.size, run).map_err(|e| format!("{}: {e}", job.name)),
        };
        run.watch.done(1);
        row
    };
    for row in jobs.par_iter().map(one).collect::<Vec<_>>() {
        match row {
            Ok(row) => {
                found.notes.extend(caveats(&row, &source));
                found.rows.push(row);
            }
            Err(e) => found.notes.push(e),
        }
    }
    Physics { source: Some(source), ..found }
}

/// What a reader of a row has to know.
fn caveats(row: &Row, reference: &FlowSource) -> Vec<String> {
    let (own, other) = (row.source.system, reference.system);
    let units = (own != other).then(|| {
        format!(
            "the velocity of {} is that of `{own}`, the reference's that of `{other}`: their units may differ",
            row.name
        )
    });
    let failed = row.results.iter().filter_map(|(m, r)| Some((m, r.as_ref().err()?)));
    let failed = failed.map(|(m, e)| format!("{}: {}: {e}", row.name, m.name));
    units.into_iter().chain(failed).collect()
}

/// A size of the same shape with sides of at most [`MOST`] cells, and of at least three.
fn within((w, h): (usize, usize)) -> (usize, usize) {
    let longest = w.max(h);
    let fit = |v: usize| if longest > MOST { (v * MOST / longest).max(3) } else { v };
    (fit(w), fit(h))
}

fn jobs<'a>(sets: &ComparisonSets<'a>, cast: &'a Opponents, run: Run) -> Vec<Job<'a>> {
    let first = run.setup.seed;
    let other = Seeds::of(run.setup).held_out.start.max(first + run.setup.clips as u64);
    let job = |name: &str, generator: &'a dyn Generator, first| Job {
        name: name.into(),
        candidate: None,
        generator,
        first,
    };
    let itself = [job("other starts", sets.reference, other)];
    let perturbed = cast.perturbed.as_deref().map(|g| job("perturbed", g, first));
    let members = cast.members.iter().map(|m| job(m.name, &*m.generator, first));
    let candidates = sets.candidates.iter().enumerate();
    let candidates = candidates.map(|(i, g)| Job { candidate: Some(i), ..job(g.name(), *g, first) });
    let all = candidates.chain(itself).chain(perturbed).chain(members);
    all.filter(|job| job.generator.flow_source().is_some()).collect()
}

fn flows(g: &dyn Generator, first: u64, size: (usize, usize), run: Run) -> Result<Vec<Flow>, GeneratorError> {
    let seeds = first..first + run.setup.clips.min(CLIPS) as u64;
    seeds.into_par_iter().map(|seed| g.flow(seed, &run.setup.spec, size)).collect()
}

fn row(
    job: &Job,
    reference: &FlowSource,
    truth: &[Flow],
    size: (usize, usize),
    run: Run,
) -> Result<Row, String> {
    let source = job.generator.flow_source().ok_or("nothing flows in it")?;
    let has_mass = source.density.is_some() && reference.density.is_some();
    let metrics: Vec<&'static GasMetric> =
        GAS_METRICS.iter().filter(|m| has_mass || m.name != OF_DENSITY).collect();
    let own = flows(job.generator, job.first, size, run).map_err(|e| e.to_string())?;
    let found = compare(truth, &own, &metrics, run.setup.seed).map_err(|e| e.to_string())?;
    let results = metrics.into_iter().zip(found).collect();
    Ok(Row { name: job.name.clone(), candidate: job.candidate, source, results })
}
