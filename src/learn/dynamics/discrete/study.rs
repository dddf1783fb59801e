//! How often a rule is found, by the size of the learner and the density of the boards that it learns from: small
//! networks rarely find a rule that wide ones nearly always do, and boards may show too little of it (Springer and
//! Kenyon 2020).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;

use super::neighbourhood;
use super::table::Table;
use crate::LearnError;
use crate::dynamics::method::DynamicsMethod;
use crate::dynamics::pipeline::{task, train_world};
use crate::dynamics::trajectories::{Moment, Trajectories, Trajectory, WorldSpec};
use crate::dynamics::world_model::WorldModel;
use crate::header::ModelHeader;
use crate::training::{Losses, TrainingCallback, TrainingConfig, TrainingRun};
use world::rng::Rng;

/// Neighbourhoods along a side of a board on which they are enumerated.
const BLOCKS: usize = 42;

/// A learner: a method with settings of a size.
#[derive(Clone)]
pub struct Learner {
    /// What the size is called in a table: `16`.
    pub size: String,
    /// Its settings, all of them.
    pub settings: BTreeMap<String, f64>,
}

/// What is tried.
pub struct Study<'a> {
    /// The method.
    pub method: &'a DynamicsMethod,
    /// Training configuration; the seed is that of each trial.
    pub plan: TrainingConfig,
    /// The rule to be found.
    pub rule: &'a Table,
    /// Sizes of the learner.
    pub learners: &'a [Learner],
    /// Shares of cells that are not in the first state when a board begins, above 0 and below 1.
    pub densities: &'a [f64],
    /// Seeds of the trials, each of its own weights and boards.
    pub seeds: Range<u64>,
    /// Cells along a side of a board, a torus.
    pub side: usize,
    /// Boards of a trial.
    pub boards: usize,
    /// Generations of a board that are learned from, at least 1.
    pub generations: usize,
}

/// Trials of one learner at one density.
#[derive(Clone, Debug, PartialEq)]
pub struct Success {
    /// The learner's size.
    pub size: String,
    /// The density.
    pub density: f64,
    /// Numbers that the learner has.
    pub weights: usize,
    /// Of each seed the entries of the table that are wrong; 0 is exact.
    pub wrong: Vec<usize>,
    /// Of each seed the share of all neighbourhoods that the boards showed.
    pub seen: Vec<f64>,
}

impl Success {
    /// Seeds that found the rule exactly.
    pub fn exact(&self) -> usize {
        self.wrong.iter().filter(|w| **w == 0).count()
    }
}

/// Boards of a rule on a torus that begin with so many cells at random, each state but the first as likely.
pub fn soups(rule: &Table, density: f64, shape: [usize; 3], rng: Rng) -> Trajectories {
    let [side, boards, generations] = shape;
    let spec = WorldSpec {
        scene: "soup".into(),
        width: side,
        height: side,
        periodic: [true; 2],
        every: 1,
        state: vec!["cells".into()],
        given: Vec::new(),
        knobs: Vec::new(),
    };
    let world = |seed: u64| {
        let rng = rng.fork(seed);
        let cell = |i: u64| match rng.unit64(i) < density {
            true => 1 + rng.named("state").below(i, rule.states as u64 - 1) as u8,
            false => 0,
        };
        let mut board: Vec<u8> = (0..(side * side) as u64).map(cell).collect();
        let mut frames = Vec::with_capacity(generations + 1);
        for _ in 0..generations {
            let next = rule.step(&board, &spec);
            frames.push(moment(&board));
            board = next;
        }
        frames.push(moment(&board));
        Trajectory { seed, frames }
    };
    Trajectories { worlds: (0..boards as u64).map(world).collect(), spec: spec.clone() }
}

fn moment(board: &[u8]) -> Moment {
    Moment { state: board.iter().map(|s| f32::from(*s)).collect(), ..Moment::default() }
}

/// Runs every trial, shared among threads; `done` is called after each. In the order of the learners, then of the
/// densities. `None` if `stop` said so.
///
/// # Errors
/// A trial cannot be trained: boards that show one state only, or a loss that is not finite.
pub fn study(
    s: &Study,
    stop: &(dyn Fn() -> bool + Sync),
    done: &(dyn Fn() + Sync),
) -> Result<Option<Vec<Success>>, LearnError> {
    let pairs: Vec<(&Learner, f64)> =
        s.learners.iter().flat_map(|l| s.densities.iter().map(move |d| (l, *d))).collect();
    let trials: Vec<(&Learner, f64, u64)> =
        pairs.iter().flat_map(|(l, d)| s.seeds.clone().map(move |seed| (*l, *d, seed))).collect();
    let outcomes = trials.par_iter().map(|(learner, density, seed)| {
        let outcome = trial(s, learner, *density, *seed, stop);
        done();
        outcome
    });
    let outcomes: Vec<Option<Outcome>> = outcomes.collect::<Result<_, _>>()?;
    let Some(outcomes) = outcomes.into_iter().collect::<Option<Vec<Outcome>>>() else { return Ok(None) };
    let each = (s.seeds.end - s.seeds.start) as usize;
    let successes =
        pairs.iter().zip(outcomes.chunks(each.max(1))).map(|((learner, density), outcomes)| Success {
            size: learner.size.clone(),
            density: *density,
            weights: outcomes.first().map_or(0, |o| o.weights),
            wrong: outcomes.iter().map(|o| o.wrong).collect(),
            seen: outcomes.iter().map(|o| o.seen).collect(),
        });
    Ok(Some(successes.collect()))
}

struct Outcome {
    weights: usize,
    wrong: usize,
    seen: f64,
}

fn trial(
    s: &Study,
    learner: &Learner,
    density: f64,
    seed: u64,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Option<Outcome>, LearnError> {
    let shape = [s.side, s.boards, s.generations];
    let data = soups(s.rule, density, shape, Rng::new(seed).named("soups"));
    let (spec, seen) = (data.spec.clone(), seen(&data, s.rule.states));
    let plan = TrainingConfig { seed, validation: 0.0, ..s.plan };
    let task = task(s.method, &data, learner.settings.clone(), plan);
    let Some(file) = train_world(s.method, data, &task, None, stop, &mut Silent)? else { return Ok(None) };
    if file.header.card.interrupted {
        return Ok(None);
    }
    let spec = WorldSpec { width: 3 * BLOCKS, height: 3 * BLOCKS, ..spec };
    let header = ModelHeader { world: Some(spec), ..file.header };
    let failed = |e: String| LearnError::input(Path::new(s.method.name), e);
    let model = (s.method.open)(&header, &file.weights).map_err(failed)?;
    let wrong = enumerated(&*model, s.rule.states).iter().zip(&s.rule.next).filter(|(a, b)| a != b).count();
    Ok(Some(Outcome { weights: file.weights.count(), wrong, seen: seen as f64 / s.rule.next.len() as f64 }))
}

/// How many neighbourhoods these boards show with what follows them.
fn seen(data: &Trajectories, states: usize) -> usize {
    let boards = data.worlds.iter().flat_map(|w| w.frames.split_last().map_or(&[][..], |(_, before)| before));
    let mut seen = BTreeSet::new();
    for board in boards {
        let cells: Vec<u8> = board.state.iter().map(|v| *v as u8).collect();
        seen.extend(neighbourhood::of_board(&cells, &data.spec, states));
    }
    seen.len()
}

/// What a learned world of boards of [`BLOCKS`] blocks makes of every neighbourhood: each is a block of 3 × 3 cells on a
/// board, and what its middle cell becomes is read off. This knows nothing of how the world was learned.
fn enumerated(model: &dyn WorldModel, states: usize) -> Vec<u8> {
    let (width, count) = (3 * BLOCKS, neighbourhood::count(states));
    let mut decisions = Vec::new();
    for first in (0..count).step_by(BLOCKS * BLOCKS) {
        let shown = (count - first).min((BLOCKS * BLOCKS) as u64) as usize;
        let mut board = vec![0f32; width * width];
        let corner = |block: usize| block / BLOCKS * 3 * width + block % BLOCKS * 3;
        for block in 0..shown {
            let cells = neighbourhood::cells(first + block as u64, states);
            (0..9).for_each(|k| board[corner(block) + k / 3 * width + k % 3] = f32::from(cells[k]));
        }
        let next = model.next(&[&board], &[], &[], Rng::new(0));
        decisions.extend((0..shown).map(|block| next[corner(block) + width + 1].round() as u8));
    }
    decisions
}

/// Saves and says nothing.
struct Silent;

impl TrainingCallback for Silent {
    fn step(&mut self, _: usize, _: usize, _: &Losses) {}
    fn epoch(&mut self, _: &TrainingRun) -> Result<(), LearnError> {
        Ok(())
    }
    fn checkpoint(&mut self, _: &TrainingRun) -> Result<(), LearnError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A rule at work as a learned world would be.
    struct Ruled(Table, WorldSpec);

    impl WorldModel for Ruled {
        fn spec(&self) -> &WorldSpec {
            &self.1
        }
        fn next(&self, past: &[&[f32]], _: &[f32], _: &[f32], _: Rng) -> Vec<f32> {
            let board: Vec<u8> = past[0].iter().map(|v| *v as u8).collect();
            self.0.step(&board, &self.1).into_iter().map(f32::from).collect()
        }
    }

    #[test]
    fn every_neighbourhood_is_read_off_a_board() {
        for states in [2, 3] {
            let rule = Table::of(states, |c| {
                let mixed = c.iter().fold(7u64, |h, s| (h ^ u64::from(*s)).wrapping_mul(0x100_0000_01b3));
                (mixed >> 20) as u8 % states as u8
            });
            let rule = rule.unwrap();
            let spec =
                WorldSpec { width: 126, height: 126, ..soups(&rule, 0.5, [8, 1, 1], Rng::new(1)).spec };
            assert_eq!(enumerated(&Ruled(rule.clone(), spec), states), rule.next);
        }
    }

    /// The published finding at its ends: a wide network on boards of middling density finds the rule, one of two units
    /// on boards that are nearly empty does not.
    #[test]
    fn width_and_density_decide_whether_a_rule_is_found() {
        let life = Table::of(2, |c| {
            let n = c.iter().sum::<u8>() - c[4];
            u8::from(n == 3 || n == 2 && c[4] == 1)
        });
        let method = &crate::dynamics::cells::CELLS;
        let learner = |width: f64| Learner {
            size: width.to_string(),
            settings: method.values(&[("first", width), ("second", width)]),
        };
        let tried = Study {
            method,
            plan: TrainingConfig { epochs: 10, ..method.plan },
            rule: &life.unwrap(),
            learners: &[learner(2.0), learner(16.0)],
            densities: &[0.02, 0.5],
            seeds: 1..4,
            side: 32,
            boards: 32,
            generations: 1,
        };
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| study(&tried, &|| false, &|| {}).unwrap().unwrap())
        };
        let found = on(2);
        assert_eq!(found, on(1), "the same at any thread count");
        let of =
            |size: &str, density: f64| found.iter().find(|s| s.size == size && s.density == density).unwrap();
        assert_eq!((of("16", 0.5).exact(), of("2", 0.02).exact()), (3, 0), "{found:?}");
        assert!(of("16", 0.5).seen.iter().all(|s| *s == 1.0) && of("16", 0.02).seen.iter().all(|s| *s < 0.5));
        assert!(study(&tried, &|| true, &|| {}).unwrap().is_none());
    }

    #[test]
    fn soups_have_their_density_and_follow_the_rule() {
        // The state of the left neighbour moves on: a row shifts right.
        let rule = Table::of(3, |c| c[3]).unwrap();
        let data = soups(&rule, 0.3, [32, 20, 2], Rng::new(1));
        assert_eq!((data.worlds.len(), data.frames(), data.check()), (20, 60, Ok(())));
        let (mut counts, plane) = ([0usize; 3], 1024);
        for world in &data.worlds {
            world.frames[0].state.iter().for_each(|s| counts[*s as usize] += 1);
            for pair in world.frames.windows(2) {
                assert!((0..plane).all(|i| pair[1].state[i] == pair[0].state[i / 32 * 32 + (i + 31) % 32]));
            }
        }
        // Five deviations of a binomial count.
        let n = (20 * plane) as f64;
        for (count, share) in counts.iter().zip([0.7, 0.15, 0.15]) {
            let deviation = (n * share * (1.0 - share)).sqrt();
            assert!((*count as f64 - n * share).abs() < 5.0 * deviation, "{counts:?}");
        }
    }
}
