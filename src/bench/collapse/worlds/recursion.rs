//! Recursive training of a learned world.

use std::path::Path;

use super::measure::{HeldOut, WorldMetrics};
use super::training_set::{Rollouts, rolled_out, training_set};
use crate::collapse::Regime;
use crate::collapse::chain::{Chain, Ended, PICTURE, WEIGHTS};
use crate::collapse::recipe::Recipe;
use crate::collapse::recursion::NoCallback;
use learn::dynamics::method::DynamicsMethod;
use learn::dynamics::pipeline::{task, train_world};
use learn::dynamics::strip::strip;
use learn::dynamics::{Trajectories, WorldModel};
use learn::training::TrainingConfig;
use learn::{File, LearnError};
use world::frame::write_atomic;
use world::rng::Rng;

/// What all recursive runs of worlds share.
pub struct WorldOrigin<'a> {
    /// Worlds that the first generation is trained on.
    pub worlds: &'a Trajectories,
    /// Worlds that all generations are measured on.
    pub held_out: &'a HeldOut,
    /// Output folder.
    pub out: &'a Path,
}

/// One recursive run.
pub struct RecursiveWorld<'a> {
    chain: Chain,
    method: &'static DynamicsMethod,
    recipe: &'a Recipe,
    origin: &'a WorldOrigin<'a>,
    /// Roll-outs of generations, from the first on, as far as later ones are trained on them.
    made: Vec<Rollouts>,
}

impl<'a> RecursiveWorld<'a> {
    /// Of this method, trained in this way.
    pub fn new(
        chain: Chain,
        (method, recipe): (&'static DynamicsMethod, &'a Recipe),
        origin: &'a WorldOrigin<'a>,
    ) -> Self {
        Self { chain, method, recipe, origin, made: Vec::new() }
    }

    /// Runs the remaining generations and passes the metrics of each to `report`; checks `stop` between steps.
    ///
    /// # Errors
    /// Training fails, or there are no roll-outs left to learn from; finished generations are kept.
    pub fn run(
        &mut self,
        generations: usize,
        stop: &dyn Fn() -> bool,
        report: &mut dyn FnMut(&WorldMetrics),
    ) -> Result<Ended, LearnError> {
        let chain = self.chain.clone();
        chain.run(self.origin.out, generations, stop, &mut |n| self.generation(n, stop), report)
    }

    fn model(&self, generation: usize) -> Result<Box<dyn WorldModel>, LearnError> {
        let path = self.chain.path(self.origin.out, generation, WEIGHTS);
        File::load(&path)?.open_world(&path)
    }

    /// Roll-outs of a finished generation: from the same starts and random streams under every regime.
    fn output(&self, generation: usize) -> Result<Rollouts, LearnError> {
        let rng = Rng::new(self.chain.seed).named("roll-outs").fork(generation as u64);
        Ok(rolled_out(&*self.model(generation)?, self.origin.worlds, rng))
    }

    /// What generation `n` (from 1) is trained on, and how many roll-outs are left out.
    fn training_set(&mut self, n: usize) -> Result<(Trajectories, usize), LearnError> {
        let regime = self.chain.regime;
        if regime != Regime::Accumulate {
            self.made.clear();
        }
        let first = if regime == Regime::Accumulate { self.made.len() + 1 } else { n.max(2) - 1 };
        for earlier in first..n {
            let output = self.output(earlier)?;
            self.made.push(output);
        }
        let rng = Rng::new(self.chain.seed).named("kept").fork(n as u64);
        let (set, lost) = training_set(regime, self.origin.worlds, &self.made, rng);
        match set.worlds.is_empty() {
            true => Err(LearnError::Failed(format!(
                "{}: no roll-out of generation {} stayed finite, there is nothing to learn from",
                self.chain.name(),
                n - 1
            ))),
            false => Ok((set, lost)),
        }
    }

    fn generation(&mut self, n: usize, stop: &dyn Fn() -> bool) -> Result<Option<WorldMetrics>, LearnError> {
        let clock = std::time::Instant::now();
        let (set, unlearned) = self.training_set(n)?;
        let seed = self.chain.seed.wrapping_add(n as u64 * 1000);
        let plan = TrainingConfig { seed, ..self.recipe.plan };
        let task = task(self.method, &set, self.recipe.settings.clone(), plan);
        let trained = train_world(self.method, set, &task, None, stop, &mut NoCallback)?;
        let Some(file) = trained.filter(|f| !f.header.card.interrupted) else { return Ok(None) };
        let weights = self.chain.path(self.origin.out, n, WEIGHTS);
        file.save(&weights)?;
        let model = file.open_world(&weights)?;
        let held = self.origin.held_out;
        if let Some(world) = held.worlds().first() {
            let picture = self.chain.path(self.origin.out, n, PICTURE);
            write_atomic(&picture, &strip(&*model, world)?).map_err(|e| LearnError::Failed(e.to_string()))?;
        }
        let rng = Rng::new(self.chain.seed).named("measured").fork(n as u64);
        let measured = held.rolled_out(&*model, rng).and_then(|made| held.measure(&made));
        let failed = |e| LearnError::Failed(format!("generation {n} cannot be measured: {e}"));
        let seconds = clock.elapsed().as_secs_f64();
        Ok(Some(WorldMetrics { generation: n, unlearned, seconds, ..measured.map_err(failed)? }))
    }
}

#[cfg(all(test, feature = "judge"))]
mod tests;
