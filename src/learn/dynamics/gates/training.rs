//! One step of training: some neighbourhoods that occurred, each as likely as any other. Boards are mostly empty, and a
//! circuit has to be right everywhere.
//!
//! After every epoch the gates are rounded, what rounding broke is mended, and what is not needed is taken out: that
//! circuit is what was learned.

use std::collections::BTreeMap;

use super::Settings;
use super::circuit::Circuit;
use super::codec::Codec;
use super::inference::decisions;
use super::mend::{Cases, Rounded};
use super::relaxed::{Relaxed, Rows};
use super::simplify::simplified;
use super::wiring::{Sizes, Wiring};
use crate::LearnError;
use crate::dynamics::discrete::adam::{Adam, clip};
use crate::dynamics::discrete::evidence::Evidence;
use crate::dynamics::discrete::lessons::Lessons;
use crate::dynamics::discrete::stored;
use crate::dynamics::method::WorldTrainingInputs;
use crate::method::settings;
use crate::net::weights::Weights;
use crate::training::{Batch, Losses, StepContext, Trainer};
use ::data::sample::Samples;
use world::rng::Rng;

/// Sharpness of the gates at the end; it grows from 1 by equal factors.
const SHARPEST: f64 = 3.0;
/// Chance that a gate is rounded, from the middle of the training on; it grows from the first fifth on.
const ROUNDING: f64 = 0.5;
/// Rounding is mended where at most one of so many neighbourhoods is wrong; before that there is nothing to mend yet.
const MENDED: usize = 10;

struct Gates {
    lessons: Lessons,
    codec: Codec,
    /// The neighbourhoods of the worlds to train on, and what followed most often.
    cases: Cases,
    settings: Settings,
    batch: usize,
    rng: Rng,
    attempt: usize,
    relaxed: Relaxed,
    adam: Adam,
    /// What was learned by the end of the last epoch.
    circuit: Circuit,
    /// Epochs until a circuit was exact on all cases; 0 if none was yet.
    exact: usize,
    loss: f64,
}

/// A trainer with fresh weights.
///
/// # Errors
/// Those of [`Lessons::of`].
pub fn trainer(inputs: WorldTrainingInputs) -> Result<Box<dyn Trainer>, String> {
    let settings: Settings = settings(inputs.settings);
    let lessons = Lessons::of(&inputs.data, &inputs.held, settings.contradictions)?;
    let codec = Codec::new(lessons.alphabet.count());
    let outcomes = Evidence::of(&[&lessons.observed]).outcomes;
    let (from, to): (Vec<u64>, Vec<u8>) = outcomes.iter().map(|o| (o.from, o.to)).unzip();
    let cases = Cases { inputs: codec.neighbourhoods(&from), targets: codec.words(&to), count: from.len() };
    let rng = Rng::new(inputs.plan.seed).named("gates");
    let (relaxed, adam) = begun(&settings, codec, rng.fork(0));
    let circuit = simplified(&Rounded::new(&relaxed.wiring, relaxed.rounded(), &cases).circuit());
    let batch = inputs.plan.batch;
    let (attempt, exact, loss) = (0, 0, 0.0);
    let gates =
        Gates { lessons, codec, cases, settings, batch, rng, attempt, relaxed, adam, circuit, exact, loss };
    Ok(Box::new(gates))
}

/// Fresh gates.
fn begun(s: &Settings, codec: Codec, rng: Rng) -> (Relaxed, Adam) {
    let (kernels, width, depth) = (s.kernels as usize, s.width as usize, s.depth as usize);
    let wiring = Wiring::new(Sizes { bits: codec.bits, kernels, width, depth }, rng.named("wiring"));
    let relaxed = Relaxed::new(wiring, rng.named("entries"));
    let adam = Adam::new(relaxed.entries.len(), [0.9, 0.99]);
    (relaxed, adam)
}

impl Gates {
    /// Cases drawn at random; all if the batch is 0.
    fn rows(&self, rng: Rng) -> Rows {
        let all = self.cases.count;
        let drawn: Vec<usize> = match self.batch {
            0 => (0..all).collect(),
            n => (0..n as u64).map(|i| rng.below(i, all as u64) as usize).collect(),
        };
        let words = self.cases.words();
        let bits = |rows: &[u64]| {
            let bit = |row: &[u64], case: usize| (row[case / 64] >> (case % 64) & 1) as f32;
            rows.chunks_exact(words).flat_map(|row| drawn.iter().map(move |case| bit(row, *case))).collect()
        };
        Rows { inputs: bits(&self.cases.inputs), targets: bits(&self.cases.targets), n: drawn.len() }
    }

    /// The gates as a circuit at the end of an epoch, and how many cases it decides wrongly.
    fn hardened(&self, epoch: usize) -> (Circuit, usize) {
        let entries = &self.relaxed.entries;
        let mut rounded = Rounded::new(&self.relaxed.wiring, self.relaxed.rounded(), &self.cases);
        if rounded.wrong * MENDED <= self.cases.count {
            // The least decided entries first.
            let mut order: Vec<usize> = (0..entries.len()).collect();
            order.sort_by(|a, b| entries[*a].abs().total_cmp(&entries[*b].abs()));
            let order: Vec<(usize, u8)> = order.into_iter().map(|i| (i / 4, (i % 4) as u8)).collect();
            rounded.mend(&order, self.settings.mend as usize, self.rng.named("mend").fork(epoch as u64));
            rounded.prune();
        }
        (simplified(&rounded.circuit()), rounded.wrong)
    }
}

impl Trainer for Gates {
    fn step(&mut self, _: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        // What is exact can only be spoilt.
        if self.exact > 0 {
            return Ok(vec![("loss", self.loss)]);
        }
        let length = context.all.div_ceil(self.settings.attempts as usize).max(1);
        let (attempt, done) = (context.step / length, context.step % length);
        if attempt != self.attempt {
            (self.relaxed, self.adam) = begun(&self.settings, self.codec, self.rng.fork(attempt as u64));
            self.attempt = attempt;
        }
        let progress = done as f64 / length as f64;
        let sharpness = libm::pow(SHARPEST, progress) as f32;
        let rounding = (ROUNDING * ((progress - 0.2) / 0.3).clamp(0.0, 1.0)) as f32;
        let rows = self.rows(context.rng.named("cases"));
        let (loss, mut gradient) =
            self.relaxed.loss(&rows, sharpness, rounding, context.rng.named("rounding"));
        clip(&mut gradient, context.clip);
        self.adam.step(&mut self.relaxed.entries, &gradient, context.rate, done);
        self.loss = loss;
        let rounds = self.settings.rounds as usize;
        if (context.step + 1).is_multiple_of(rounds) {
            let epoch = (context.step + 1) / rounds;
            let (circuit, wrong) = self.hardened(epoch);
            (self.circuit, self.exact) = (circuit, if wrong == 0 { epoch } else { 0 });
        }
        Ok(vec![("loss", loss)])
    }

    fn rounds(&self) -> Option<usize> {
        Some(self.settings.rounds as usize)
    }

    fn has_held_out(&self) -> bool {
        true
    }

    /// The share of the neighbourhoods that occurred in any world whose decision is wrong.
    fn validate(&self, _: &Samples, _: Rng) -> Option<f64> {
        Some(self.lessons.evidence.share_wrong(&|from| decisions(&self.circuit, self.codec, from)))
    }

    fn weights(&self) -> Weights {
        let mut w = Weights::default();
        self.circuit.store(&mut w);
        self.lessons.store(&mut w);
        w
    }

    /// A circuit that is not exact is made anew when the epoch ends, before anybody asks for it.
    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        let numbers = [self.attempt as u64, self.exact as u64, self.loss.to_bits()];
        let progress = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        let gates = stored::bytes(&self.relaxed.entries);
        let mut state = vec![("progress".to_string(), progress), ("gates".to_string(), gates)];
        self.adam.save(&mut state);
        Ok(state)
    }

    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        let progress = state.get("progress").map(|b| b.as_chunks::<8>().0);
        let Some([attempt, exact, loss]) = progress else {
            return Err(LearnError::Failed("cannot resume: the progress is missing or damaged".into()));
        };
        self.attempt = u64::from_le_bytes(*attempt) as usize;
        (self.relaxed, self.adam) = begun(&self.settings, self.codec, self.rng.fork(self.attempt as u64));
        stored::restore(state, "gates", &mut self.relaxed.entries)?;
        self.adam.restore(state)?;
        (self.exact, self.loss) = (u64::from_le_bytes(*exact) as usize, f64::from_le_bytes(*loss));
        if self.exact > 0 {
            self.circuit = self.hardened(self.exact).0;
        }
        Ok(())
    }
}
