//! The price of one generator: what a row of the table says.

use serde::Serialize;

use super::break_even::{BreakEven, break_even};
use super::energy::{Energy, EnergySource};
use super::profile::{Profile, StatedTraining, Steering};
use super::survey::{FrameCost, FrameCosts};
use crate::generator::Cost;
use crate::metrics::interval::{by_blocks, quantile};
use crate::metrics::mean;
use world::rng::Rng;

/// Values of many frames.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Their median: what a frame usually costs.
    pub median: f64,
    /// Their mean: what many frames cost, divided by their number.
    pub mean: f64,
    /// 95 % interval of the mean, by blocks of consecutive frames.
    pub interval: [f64; 2],
    /// How many there are.
    pub frames: usize,
}

impl Spread {
    /// Of values in the order of their frames; none if there are none.
    pub fn of(values: &[f64], rng: Rng) -> Option<Self> {
        let pick = |_: &[usize], y: &[usize]| Ok(mean(&y.iter().map(|&i| values[i]).collect::<Vec<_>>()));
        let estimate =
            by_blocks([0, values.len()], rng.named("spread"), pick).ok().filter(|_| !values.is_empty())?;
        let (median, interval) = (median(values)?, estimate.interval);
        Some(Self { median, mean: estimate.value, interval, frames: values.len() })
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (!sorted.is_empty()).then(|| quantile(&sorted, 0.5))
}

/// What a training cost, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Training {
    /// Pictures seen.
    pub images: Option<f64>,
    /// CPU time, or of a foreign training that of graphics cards, seconds.
    pub seconds: Option<f64>,
    /// Energy.
    pub energy: Option<Energy>,
}

/// What one generator costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Price {
    /// Its name.
    pub name: String,
    /// Index of its colour on the page.
    #[serde(skip)]
    pub colour: usize,
    /// Bytes that describe it: rule text or weights, without the program that runs them.
    pub description_bytes: u64,
    /// Its training; none if it was not trained.
    pub training: Option<Training>,
    /// Time to the first picture, seconds: the median over clips.
    pub first_seconds: Option<f64>,
    /// CPU time to the first picture (of a foreign generator: time of waiting), seconds: the median over clips.
    pub first_cpu_seconds: Option<f64>,
    /// Energy to the first picture, joules: the mean over clips.
    pub first_joules: Option<f64>,
    /// CPU time of a later frame (of a foreign generator: time of waiting), seconds.
    pub frame_seconds: Option<Spread>,
    /// Energy of a later frame, joules.
    pub frame_joules: Option<Spread>,
    /// How the energy of frames became known.
    pub source: Option<EnergySource>,
    /// Peak memory, bytes.
    pub peak_bytes: Option<u64>,
    /// How far it can be steered.
    pub steering: Steering,
    /// Whether it runs elsewhere.
    pub is_foreign: bool,
    /// Whether this program knows all that determines its pictures.
    pub is_reproducible: bool,
    /// When its training is paid for, against the rule of [`against`].
    pub break_even: Option<BreakEven>,
    /// Energy of each later frame, joules.
    #[serde(skip)]
    pub frames: Vec<f64>,
}

impl Price {
    /// Collects what is known of a generator. `watts` is the power of a busy core, for CPU time of a training whose
    /// energy was not recorded.
    pub fn of(
        (name, colour): (&str, usize),
        cost: &Cost,
        profile: &Profile,
        costs: &FrameCosts,
        watts: f64,
    ) -> Self {
        let rng = Rng::new(0).named("price");
        let all =
            |of: fn(&FrameCost) -> f64, frames: &[FrameCost]| frames.iter().map(of).collect::<Vec<f64>>();
        let joules = |frames: &[FrameCost]| frames.iter().filter_map(|f| f.joules).collect::<Vec<f64>>();
        let of_first = joules(&costs.first);
        let frames = joules(&costs.next);
        Self {
            name: name.into(),
            colour,
            description_bytes: cost.description_bytes,
            training: training(cost, profile, watts),
            first_seconds: median(&all(|f| f.wall_milliseconds / 1e3, &costs.first)),
            first_cpu_seconds: median(&all(|f| f.milliseconds / 1e3, &costs.first)),
            first_joules: (!of_first.is_empty()).then(|| mean(&of_first)),
            frame_seconds: Spread::of(&all(|f| f.milliseconds / 1e3, &costs.next), rng),
            frame_joules: Spread::of(&frames, rng),
            source: costs.source,
            peak_bytes: costs.peak_bytes,
            steering: profile.steering,
            is_foreign: profile.foreign.is_some(),
            is_reproducible: profile.foreign.is_none_or(|f| f.is_reproducible),
            break_even: None,
            frames,
        }
    }

    /// Energy of a film of so many frames, without training, joules.
    pub fn film_joules(&self, frames: f64) -> Option<f64> {
        let later = if frames > 1.0 { (frames - 1.0) * self.frame_joules?.mean } else { 0.0 };
        Some(self.first_joules? + later)
    }

    /// Energy of the training, joules: 0 without one, none if it is unknown.
    pub fn training_joules(&self) -> Option<f64> {
        self.training.map_or(Some(0.0), |t| t.energy.map(|e| e.joules))
    }
}

fn training(cost: &Cost, profile: &Profile, watts: f64) -> Option<Training> {
    if profile.foreign.is_some() {
        let stated = profile.training.unwrap_or_default();
        let StatedTraining { images, seconds, joules } = Some(stated).filter(StatedTraining::is_any)?;
        let energy = joules.map(|joules| Energy { joules, source: EnergySource::Stated });
        return Some(Training { images, seconds, energy });
    }
    if cost.training_images == 0 && cost.training_seconds <= 0.0 && profile.training.is_none() {
        return None;
    }
    let recorded = profile.training.unwrap_or_default();
    let seconds = recorded.seconds.unwrap_or(cost.training_seconds);
    let measured = recorded.joules.map(|joules| Energy { joules, source: EnergySource::Measured });
    Some(Training {
        images: recorded.images.or(Some(cost.training_images as f64)),
        seconds: Some(seconds),
        energy: measured.or(Some(Energy::estimated(seconds, watts))),
    })
}

/// Computes when the training of each trained generator is paid for against a rule, where both are known.
pub fn against(rule: &Price, prices: &mut [Price]) {
    let rng = Rng::new(0).named("price");
    for price in prices.iter_mut().filter(|p| p.training.is_some()) {
        let joules = price.training_joules();
        price.break_even = joules.and_then(|j| break_even(j, &rule.frames, &price.frames, rng).ok());
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::profile::{Foreign, ForeignTime, Latency};
    use super::*;

    /// Costs of two clips of four frames.
    pub fn costs(first: f64, next: f64, source: EnergySource) -> FrameCosts {
        let frame = |joules: f64| FrameCost {
            milliseconds: 50.0 * joules,
            wall_milliseconds: 60.0 * joules,
            joules: Some(joules),
        };
        FrameCosts {
            first: vec![frame(first); 2],
            next: vec![frame(next); 6],
            source: Some(source),
            peak_bytes: Some(1 << 20),
        }
    }

    pub fn rule() -> Price {
        let steering = Steering { knobs: 9, latency: Latency::Ticks(1) };
        let profile = Profile { steering, ..Profile::default() };
        let cost = Cost { description_bytes: 900, ..Cost::default() };
        Price::of(("rule", 0), &cost, &profile, &costs(2.0, 0.5, EnergySource::Measured), 10.0)
    }

    pub fn imitator() -> Price {
        let cost = Cost { description_bytes: 1_000_000, training_seconds: 60.0, training_images: 300 };
        Price::of(
            ("imitator", 1),
            &cost,
            &Profile::default(),
            &costs(0.25, 0.25, EnergySource::Measured),
            10.0,
        )
    }

    pub fn shelf(stated: StatedTraining) -> Price {
        let foreign = Foreign { watts: Some(450.0), time: ForeignTime::Waited, is_reproducible: false };
        let steering = Steering { knobs: 1, latency: Latency::Picture };
        let profile = Profile { steering, foreign: Some(foreign), training: Some(stated) };
        let cost = Cost { description_bytes: 5_210_000_000, ..Cost::default() };
        Price::of(("shelf", 2), &cost, &profile, &costs(9.0, 5.0, EnergySource::Stated), 10.0)
    }

    #[test]
    fn a_price_collects_what_is_known() {
        let (rule, imitator) = (rule(), imitator());
        assert_eq!((rule.training, rule.training_joules()), (None, Some(0.0)));
        assert_eq!(
            (rule.first_seconds, rule.first_cpu_seconds, rule.first_joules),
            (Some(0.12), Some(0.1), Some(2.0))
        );
        let frame = rule.frame_joules.unwrap();
        assert_eq!((frame.median, frame.mean, frame.interval, frame.frames), (0.5, 0.5, [0.5; 2], 6));
        assert_eq!((rule.film_joules(1.0), rule.film_joules(1001.0)), (Some(2.0), Some(502.0)));
        assert_eq!((rule.steering.knobs, rule.is_foreign, rule.is_reproducible), (9, false, true));
        let training = imitator.training.unwrap();
        assert_eq!((training.images, training.seconds), (Some(300.0), Some(60.0)));
        let estimate = Energy { joules: 600.0, source: EnergySource::Estimated };
        assert_eq!((training.energy, imitator.training_joules()), (Some(estimate), Some(600.0)));
        assert_eq!(imitator.source, Some(EnergySource::Measured), "of frames, whatever the training's is");
    }

    #[test]
    fn recorded_energy_of_a_training_takes_the_place_of_its_estimate() {
        let cost = Cost { training_seconds: 60.0, training_images: 300, ..Cost::default() };
        let recorded = StatedTraining { joules: Some(750.0), ..StatedTraining::default() };
        let profile = Profile { training: Some(recorded), ..Profile::default() };
        let price = Price::of(("a", 0), &cost, &profile, &FrameCosts::default(), 10.0);
        let training = price.training.unwrap();
        assert_eq!(training.energy, Some(Energy { joules: 750.0, source: EnergySource::Measured }));
        assert_eq!((training.images, training.seconds), (Some(300.0), Some(60.0)));
        assert!(
            price.first_seconds.is_none() && price.frame_joules.is_none() && price.film_joules(1.0).is_none()
        );
    }

    #[test]
    fn an_unknown_training_is_not_taken_for_none() {
        let unknown = shelf(StatedTraining::default());
        assert_eq!((unknown.training.unwrap().energy, unknown.training_joules()), (None, None));
        let stated = shelf(StatedTraining { joules: Some(1.35e11), ..StatedTraining::default() });
        assert_eq!(stated.training_joules(), Some(1.35e11));
        assert!(stated.is_foreign && !stated.is_reproducible);
        let none = shelf(StatedTraining { images: Some(0.0), ..StatedTraining::default() });
        assert_eq!((none.training, none.training_joules()), (None, Some(0.0)), "said to have none");
    }

    #[test]
    fn trained_generators_are_held_against_the_rule() {
        let stated = StatedTraining { joules: Some(1.35e11), ..StatedTraining::default() };
        let mut prices = [imitator(), shelf(stated), shelf(StatedTraining::default()), rule()];
        against(&rule(), &mut prices);
        // 600 J, 0.25 J a frame saved.
        assert_eq!(prices[0].break_even.unwrap().frames, Some(2400.0));
        assert_eq!(prices[1].break_even.unwrap().frames, None, "dearer a frame");
        assert!(prices[2].break_even.is_none() && prices[3].break_even.is_none(), "unknown; not trained");
    }

    #[test]
    fn the_median_and_the_mean_differ_where_some_frames_are_dear() {
        let mut values = vec![1.0; 99];
        values.push(101.0);
        let spread = Spread::of(&values, Rng::new(1)).unwrap();
        assert_eq!((spread.median, spread.mean, spread.frames), (1.0, 2.0, 100));
        assert!(spread.interval[0] < 2.0 && spread.interval[1] > 2.0, "{spread:?}");
        assert_eq!(Spread::of(&[], Rng::new(1)), None);
    }
}
