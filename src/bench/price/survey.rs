//! A generator, alone on the machine: the cost of its first and of its later frames.

use std::ops::Range;

use serde::Serialize;

use super::energy::EnergySource;
use super::meter::{Measured, Meter};
use super::profile::Foreign;
use crate::generator::{Clip, Generator, GeneratorError, SampleSpec};

/// What a frame cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FrameCost {
    /// CPU time, or of a foreign generator the time of waiting, milliseconds.
    pub milliseconds: f64,
    /// Time that passed, milliseconds.
    pub wall_milliseconds: f64,
    /// Energy, joules; none if the power of a foreign generator is not stated.
    pub joules: Option<f64>,
}

/// What the frames of a generator cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FrameCosts {
    /// The first frame of each clip, with instantiation and warm-up.
    pub first: Vec<FrameCost>,
    /// All later frames, clip by clip.
    pub next: Vec<FrameCost>,
    /// How their energy became known.
    pub source: Option<EnergySource>,
    /// Peak memory over clips, bytes; of a foreign generator unknown.
    pub peak_bytes: Option<u64>,
}

/// Runs clips of some seeds, one after another on one thread, and splits the cost of each among its frames by their
/// CPU time: counters of energy advance once a millisecond, which is longer than many a frame. Nothing else should run
/// meanwhile. `stopped` is asked before each clip.
///
/// # Errors
/// It fails for a seed, or was stopped.
pub fn survey(
    generator: &dyn Generator,
    seeds: Range<u64>,
    spec: &SampleSpec,
    meter: &Meter,
    stopped: &dyn Fn() -> bool,
) -> Result<FrameCosts, GeneratorError> {
    let failed = |seed: u64, why: &dyn std::fmt::Display| GeneratorError::sample(generator.name(), seed, why);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|e| failed(seeds.start, &e))?;
    let foreign = generator.profile().foreign;
    let mut costs = FrameCosts::default();
    for seed in seeds {
        if stopped() {
            return Err(failed(seed, &"interrupted"));
        }
        let (clip, measured) = pool.install(|| meter.measure(|| generator.sample(seed, spec)));
        costs.add(&clip?, &measured, foreign.as_ref());
    }
    Ok(costs)
}

impl FrameCosts {
    /// Adds a clip that cost so much as a whole.
    fn add(&mut self, clip: &Clip, measured: &Measured, foreign: Option<&Foreign>) {
        let frames: Vec<FrameCost> = match foreign {
            Some(foreign) => clip.milliseconds.iter().filter_map(|ms| one_of_foreign(foreign, *ms)).collect(),
            None => split(&clip.milliseconds, measured),
        };
        let (first, next) = frames.split_at(frames.len().min(1));
        self.first.extend(first);
        self.next.extend(next);
        let source = if foreign.is_some() { EnergySource::Stated } else { measured.energy.source };
        if frames.iter().any(|f| f.joules.is_some()) {
            self.source = self.source.max(Some(source));
        }
        if foreign.is_none() {
            self.peak_bytes = self.peak_bytes.max(measured.peak_bytes);
        }
    }
}

fn one_of_foreign(foreign: &Foreign, waited: f64) -> Option<FrameCost> {
    let milliseconds = foreign.milliseconds(waited)?;
    Some(FrameCost { milliseconds, wall_milliseconds: milliseconds, joules: foreign.joules(waited) })
}

/// Shares of a clip's cost in proportion to CPU time; equal shares if no time was seen to pass.
fn split(milliseconds: &[f64], measured: &Measured) -> Vec<FrameCost> {
    let total: f64 = milliseconds.iter().sum();
    let one = |ms: &f64| {
        let share = if total > 0.0 { ms / total } else { 1.0 / milliseconds.len() as f64 };
        FrameCost {
            milliseconds: *ms,
            wall_milliseconds: 1e3 * measured.wall_seconds * share,
            joules: Some(measured.energy.joules * share),
        }
    };
    milliseconds.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::super::energy::Energy;
    use super::super::profile::{ForeignTime, Profile};
    use super::*;
    use crate::generator::{Cost, Noise};

    const SPEC: SampleSpec = SampleSpec { side: 64, channels: 3, frames: 5, every: 1, warm_up: 0 };

    /// Noise, said to be drawn elsewhere.
    struct Elsewhere(Foreign);

    impl Generator for Elsewhere {
        fn name(&self) -> &str {
            "elsewhere"
        }
        fn about(&self) -> String {
            "Noise.".into()
        }
        fn cost(&self) -> Cost {
            Cost::default()
        }
        fn hash(&self) -> u64 {
            1
        }
        fn profile(&self) -> Profile {
            Profile { foreign: Some(self.0), ..Profile::default() }
        }
        fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
            Ok(Clip { milliseconds: vec![40.0, 10.0, 20.0, 10.0, 20.0], ..Noise.sample(seed, spec)? })
        }
    }

    fn clip(milliseconds: &[f64]) -> Clip {
        Clip { milliseconds: milliseconds.to_vec(), ..Noise.sample(1, &SPEC).unwrap() }
    }

    #[test]
    fn the_cost_of_a_clip_is_split_by_cpu_time_and_nothing_is_lost() {
        let energy = |joules, source| Energy { joules, source };
        let measured = |joules, source, peak| Measured {
            wall_seconds: 2.0,
            thread_seconds: 1.0,
            process_seconds: 1.0,
            energy: energy(joules, source),
            peak_bytes: Some(peak),
        };
        let mut costs = FrameCosts::default();
        costs.add(&clip(&[600.0, 100.0, 300.0]), &measured(5.0, EnergySource::Measured, 7), None);
        assert_eq!(
            costs.first,
            [FrameCost { milliseconds: 600.0, wall_milliseconds: 1200.0, joules: Some(3.0) }]
        );
        assert_eq!(costs.next.iter().map(|f| f.joules).collect::<Vec<_>>(), [Some(0.5), Some(1.5)]);
        assert_eq!((costs.source, costs.peak_bytes), (Some(EnergySource::Measured), Some(7)));
        costs.add(&clip(&[0.0; 4]), &measured(8.0, EnergySource::Estimated, 3), None);
        assert_eq!(
            costs.next[2..],
            [FrameCost { milliseconds: 0.0, wall_milliseconds: 500.0, joules: Some(2.0) }; 3]
        );
        let of_both = (costs.source, costs.peak_bytes);
        assert_eq!(of_both, (Some(EnergySource::Estimated), Some(7)), "as reliable as the worse of both");
        let all: f64 = costs.first.iter().chain(&costs.next).filter_map(|f| f.joules).sum();
        assert!((all - 13.0).abs() < 1e-12);
    }

    #[test]
    fn a_generator_is_surveyed_clip_by_clip() {
        let root = tempfile::tempdir().unwrap();
        let meter = Meter::at(root.path(), 10.0);
        let costs = survey(&Noise, 3..6, &SPEC, &meter, &|| false).unwrap();
        assert_eq!(
            (costs.first.len(), costs.next.len(), costs.source),
            (3, 12, Some(EnergySource::Estimated))
        );
        assert!(costs.peak_bytes.unwrap() >= 5 * 64 * 64 * 3, "{costs:?}");
        let cpu: f64 = costs.first.iter().chain(&costs.next).map(|f| f.milliseconds / 1e3).sum();
        let joules: f64 = costs.first.iter().chain(&costs.next).filter_map(|f| f.joules).sum();
        // The process did at least what its frames did.
        assert!(cpu > 0.0 && joules > 0.9 * 10.0 * cpu, "{joules} J of {cpu} s");
        let stopped = survey(&Noise, 3..6, &SPEC, &meter, &|| true).unwrap_err().to_string();
        assert!(stopped.contains("interrupted"), "{stopped}");
    }

    #[test]
    fn what_runs_elsewhere_costs_what_is_stated() {
        let root = tempfile::tempdir().unwrap();
        let meter = Meter::at(root.path(), 10.0);
        let card = Foreign { watts: Some(100.0), time: ForeignTime::Waited, is_reproducible: false };
        let of = |card: Foreign| survey(&Elsewhere(card), 0..2, &SPEC, &meter, &|| false).unwrap();
        let costs = of(card);
        assert_eq!((costs.first.len(), costs.next.len()), (2, 8));
        assert_eq!(
            costs.first[0],
            FrameCost { milliseconds: 40.0, wall_milliseconds: 40.0, joules: Some(4.0) }
        );
        assert_eq!((costs.source, costs.peak_bytes), (Some(EnergySource::Stated), None));
        let powerless = of(Foreign { watts: None, ..card });
        assert!(powerless.source.is_none() && powerless.next.iter().all(|f| f.joules.is_none()));
        let unknown = of(Foreign { time: ForeignTime::Unknown, ..card });
        assert_eq!(unknown, FrameCosts::default());
    }
}
