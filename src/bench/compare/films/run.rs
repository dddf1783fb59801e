//! Measuring the clips of all generators.

use std::borrow::Cow;

use rayon::prelude::*;

use super::curves::FilmCurves;
use super::figures::{FORECASTS, STATISTICS, bounded, figures, is_forecast, motion_setup};
use super::report::{Film, FilmRole, Films};
use super::rollouts::rollouts;
use crate::compare::motion::Motion;
use crate::compare::progress::ProgressObserver;
use crate::compare::setup::ComparisonSetup;
use crate::metrics::motion::catalogue::{MotionSetup, NamedResult, Worlds};
use crate::metrics::motion::{Observable, Observed, Rollout, Scale};
use crate::metrics::{MetricError, SampleMatrix};

/// The clips of one generator.
pub struct Footage<'a> {
    /// Its name.
    pub name: String,
    /// Its part.
    pub role: FilmRole,
    /// Its clips.
    pub motion: &'a Motion,
}

/// Clips as roll-outs, with the features of the eye.
struct Reel<'a> {
    name: String,
    role: FilmRole,
    starts_alike: bool,
    rollouts: Vec<Rollout>,
    features: Option<Cow<'a, [SampleMatrix]>>,
}

impl<'a> Reel<'a> {
    fn of(footage: &Footage<'a>, starts_alike: bool, setup: &ComparisonSetup) -> Result<Self, MetricError> {
        let motion = footage.motion;
        let is_whole = |f: &SampleMatrix| f.rows() == setup.spec.frames;
        let features = motion.features.iter().all(is_whole).then_some(Cow::Borrowed(&motion.features[..]));
        let rollouts = rollouts(&motion.clips, &setup.spec)?;
        Ok(Self { name: footage.name.clone(), role: footage.role, starts_alike, rollouts, features })
    }

    fn worlds(&self) -> Worlds<'_> {
        Worlds { rollouts: &self.rollouts, features: self.features.as_deref() }
    }
}

/// The reference's clips and how they are looked at.
struct Truth<'a> {
    reel: Reel<'a>,
    scale: Scale,
    observed: Observed,
    setup: MotionSetup,
}

impl<'a> Truth<'a> {
    fn of(motion: &'a Motion, setup: &ComparisonSetup) -> Result<Self, MetricError> {
        // The part is not read.
        let footage = Footage { name: "the reference".into(), role: FilmRole::OtherStart, motion };
        let reel = Reel::of(&footage, true, setup)?;
        let scale = Scale::of(&reel.rollouts, Observable::State)?;
        let observed = Observed::of(&reel.rollouts, &scale)?;
        Ok(Self { reel, scale, observed, setup: motion_setup(&setup.spec, setup.seed) })
    }

    fn film(&self, reel: &Reel) -> Result<Film, MetricError> {
        let forecasts: &[&str] = if reel.starts_alike { &FORECASTS } else { &[] };
        let names = [&STATISTICS[..], forecasts].concat();
        let results = figures(&self.reel.worlds(), &reel.worlds(), &names, &self.setup)?;
        let observed = Observed::of(&reel.rollouts, &self.scale)?;
        let mut curves = FilmCurves::of(&observed, self.setup.seed)?;
        // Other starts show what correlates without having anything to do with one another.
        if reel.starts_alike || reel.role == FilmRole::OtherStart {
            curves = curves.against(&self.observed, &observed, self.setup.seed);
        }
        let (name, role, starts_alike) = (reel.name.clone(), reel.role, reel.starts_alike);
        Ok(Film { name, role, starts_alike, results, curves })
    }

    /// The first frames, kept.
    fn first_frame(&self) -> Reel<'a> {
        let kept = |f: &SampleMatrix| f.pick(&vec![0; f.rows()]);
        let features = self.reel.features.as_ref().map(|all| Cow::Owned(all.iter().map(kept).collect()));
        let rollouts = self.reel.rollouts.iter().map(Rollout::persistence).collect();
        let (name, role) = ("first frame kept".into(), FilmRole::FirstFrame);
        Reel { name, role, starts_alike: true, rollouts, features }
    }
}

/// Holds clips against those of the reference. Among them are those of the reference from other starts
/// ([`FilmRole::OtherStart`]), which take the place of clips that are the reference's own.
pub fn films(
    reference: &Motion,
    others: &[Footage],
    setup: &ComparisonSetup,
    watch: &dyn ProgressObserver,
) -> Films {
    let mut films = Films::default();
    let truth = match Truth::of(reference, setup) {
        Ok(truth) => truth,
        Err(e) => {
            films.notes.push(format!("moving pictures cannot be compared: {e}"));
            return films;
        }
    };
    let other_start = others.iter().find(|f| f.role == FilmRole::OtherStart);
    let mut reels = vec![truth.first_frame()];
    for footage in others.iter().filter(|f| !f.motion.clips.is_empty()) {
        let is_itself = footage.motion.clips == reference.clips;
        let taken = match other_start.filter(|_| is_itself) {
            Some(other) => {
                films.notes.push(format!(
                    "the clips of {} are the reference's own: it is measured on those from other starts",
                    footage.name
                ));
                Footage { name: footage.name.clone(), role: footage.role, motion: other.motion }
            }
            None => Footage { name: footage.name.clone(), ..*footage },
        };
        let alike = !is_itself && reference.start.is_some() && taken.motion.start == reference.start;
        let alike = alike && footage.role != FilmRole::OtherStart;
        match Reel::of(&taken, alike, setup) {
            Ok(reel) => reels.push(reel),
            Err(e) => films.notes.push(format!("{}: {e}", footage.name)),
        }
    }
    watch.begin("moving pictures", reels.len());
    let one = |reel: &Reel| {
        let film = match watch.stopped() {
            true => Err("interrupted".to_string()),
            false => truth.film(reel).map_err(|e| e.to_string()),
        };
        watch.done(1);
        film.map_err(|e| format!("{}: {e}", reel.name))
    };
    let made: Vec<Result<Film, String>> = reels.par_iter().map(one).collect();
    for film in made {
        match film {
            Ok(film) => films.all.push(film),
            Err(e) => films.notes.push(e),
        }
    }
    films.reference = FilmCurves::of(&truth.observed, truth.setup.seed).unwrap_or_default();
    bound(&mut films);
    films
}

/// Floors and ceilings of all results.
fn bound(films: &mut Films) {
    let of = |role| films.of(role).map(|f| f.results.clone());
    let statistics = [of(FilmRole::OtherStart), of(FilmRole::Noise)];
    let forecasts = [of(FilmRole::Perturbed), of(FilmRole::FirstFrame)];
    let sides = |all: &[Option<Vec<NamedResult>>; 2], own: &mut NamedResult| {
        bounded(own, [all[0].as_deref(), all[1].as_deref()]);
    };
    for result in films.all.iter_mut().flat_map(|f| &mut f.results) {
        sides(if is_forecast(result.name) { &forecasts } else { &statistics }, result);
    }
}
