//! Candidates and opponents, drawn and measured.

use super::base::{Base, Run, Sampled};
use super::measure::{self, MeasuredMetric};
use super::motion::{self, ClipJob, Motion};
use super::opponents::{Member, Opponents};
use super::report::{GeneratorReport, Role};
use super::seeds::Seeds;
use super::setup::ComparisonSets;
use crate::generator::{Generator, Noise};

/// Results of the clips of all generators, in the order in which they are taken.
pub struct Clips(std::vec::IntoIter<Result<Motion, String>>);

impl Clips {
    /// Runs the clips of the reference, of the reference from other starts, of noise, the candidates, the opponents, and
    /// the perturbed reference.
    pub fn run(sets: &ComparisonSets, cast: &Opponents, run: Run) -> Self {
        let members = cast.members.iter().map(|m| &*m.generator);
        let mut all: Vec<&dyn Generator> = vec![sets.reference, &Noise];
        all.extend(sets.candidates.iter().copied().chain(members).chain(cast.perturbed.as_deref()));
        let job = |generator| ClipJob { generator, seed: run.setup.seed, film: run.setup.film };
        let mut jobs: Vec<ClipJob> = all.into_iter().map(job).collect();
        // Beyond those of the clips, of which there may be more than samples.
        let seed = Seeds::of(run.setup).held_out.start.max(run.setup.seed + run.setup.clips as u64);
        jobs.insert(1, ClipJob { generator: sets.reference, seed, film: 0 });
        Self(motion::run(&jobs, run.setup, run.watch).into_iter())
    }

    /// Those of the next generator.
    pub fn take_next(&mut self) -> Result<Motion, String> {
        self.0.next().unwrap_or_else(|| Err("its clips were not run".into()))
    }
}

/// Candidates and opponents.
pub struct Rated {
    /// The candidates.
    pub candidates: Vec<GeneratorReport>,
    /// The opponents; noise is the last.
    pub opponents: Vec<GeneratorReport>,
    /// Metrics of held-out samples of the reference.
    pub itself: Option<Vec<MeasuredMetric>>,
    /// Opponents that failed, and why.
    pub omitted: Vec<String>,
    /// Minimum distances of a held-out sample to a known one, for candidates and for opponents.
    pub edges: [Option<f64>; 2],
}

/// An opponent's report.
fn report(member: &Member, sampled: Sampled, motion: Result<Motion, String>) -> GeneratorReport {
    let role = Role::Opponent { must_beat: member.must_beat };
    let own = GeneratorReport::of(&*member.generator, role, sampled, motion);
    GeneratorReport { name: member.name.into(), words: member.words.into(), ..own }
}

/// Draws and measures candidates and opponents.
pub fn rate(sets: &ComparisonSets, base: &Base, cast: &Opponents, clips: &mut Clips, run: Run) -> Rated {
    let (bounds, rivals) = (base.of_candidates(sets), base.of_opponents(sets));
    let seeds = Seeds::of(run.setup);
    let first = seeds.training.start;
    let sampled = run.sampled(&Noise, "noise", first..first + run.setup.reference_n as u64);
    let wanted = measure::with_ceiling(&run.setup.metrics);
    let ceilings = run.metrics(&rivals, (&sampled.0, sampled.1.as_ref()), "noise", &wanted, &[]);
    let noise =
        Member { name: "noise", words: "uniform noise", must_beat: false, generator: Box::new(Noise) };
    let mut noise = report(&noise, sampled, clips.take_next());
    rivals.search(&mut noise);
    noise.found = ceilings.clone();
    measure::raise(&mut noise.found, &ceilings);
    let mut candidates = Vec::new();
    for g in &sets.candidates {
        let sampled = run.sampled(*g, g.name(), seeds.candidates.clone());
        let wanted = &run.setup.metrics;
        let found = run.metrics(&bounds, (&sampled.0, sampled.1.as_ref()), g.name(), wanted, &ceilings);
        let own = GeneratorReport::of(*g, Role::Candidate, sampled, clips.take_next());
        let mut own = GeneratorReport { found, ..own };
        bounds.search(&mut own);
        candidates.push(own);
    }
    let wanted = measure::of_opponents(&run.setup.metrics);
    let (mut opponents, mut omitted) = (Vec::new(), Vec::new());
    for member in &cast.members {
        let motion = clips.take_next();
        let sampled = run.sampled(&*member.generator, member.name, seeds.candidates.clone());
        if let Some(e) = &sampled.0.failure {
            omitted.push(format!("{}: {e}", member.name));
            continue;
        }
        let found = run.metrics(&rivals, (&sampled.0, sampled.1.as_ref()), member.name, &wanted, &ceilings);
        let mut own = GeneratorReport { found, ..report(member, sampled, motion) };
        rivals.search(&mut own);
        opponents.push(own);
    }
    opponents.push(noise);
    let itself = base.held_out.as_ref();
    let itself = itself.map(|(d, seen)| run.metrics(&rivals, (d, Ok(seen)), "held-out", &wanted, &ceilings));
    Rated { candidates, opponents, itself, omitted, edges: [bounds.edge, rivals.edge] }
}
