//! A learned automaton at work: its decisions as a table where there are few enough, else the network for each cell.

use rayon::prelude::*;

use super::Settings;
use super::network::{CellNet, Sizes};
use super::table::{STATES, States, neighbourhood};
use crate::dynamics::WorldModel;
use crate::dynamics::trajectories::WorldSpec;
use crate::header::ModelHeader;
use crate::method::settings;
use crate::net::weights::Weights;
use world::rng::Rng;

/// A trained automaton.
pub struct LearnedAutomaton {
    spec: WorldSpec,
    states: States,
    network: CellNet,
    /// The decision for each neighbourhood; empty if there are too many.
    table: Vec<u8>,
}

/// A learned world from its weights.
///
/// # Errors
/// Weights are missing or of another shape, or the file describes no world.
pub fn open(header: &ModelHeader, w: &Weights) -> Result<Box<dyn WorldModel>, String> {
    Ok(Box::new(LearnedAutomaton::of(header, w)?))
}

impl LearnedAutomaton {
    /// From its weights.
    ///
    /// # Errors
    /// Weights are missing or of another shape, or the file describes no world of one plane.
    pub fn of(header: &ModelHeader, w: &Weights) -> Result<Self, String> {
        let s: Settings = settings(&header.settings);
        let spec = header.world.clone().ok_or("expected a learned world, found a generator of pictures")?;
        let found = w.iter().find(|a| a.0 == "states").map_or(0, |a| a.1.values.len());
        if spec.state.len() != 1 || !(2..=STATES).contains(&found) {
            return Err(format!(
                "expected one plane and 2 to {STATES} states, found {} and {found}",
                spec.state.len()
            ));
        }
        let states = States(w.get("states", &[found])?);
        let sizes = Sizes { states: found, hidden: [s.first as usize, s.second as usize] };
        let network = CellNet::of(w, sizes)?;
        let decide = |i: usize| network.decide(i) as u8;
        let table =
            states.neighbourhoods().map_or(Vec::new(), |n| (0..n).into_par_iter().map(decide).collect());
        Ok(Self { spec, states, network, table })
    }

    /// The values of its states.
    pub fn states(&self) -> &States {
        &self.states
    }

    /// Sizes of its network.
    pub fn sizes(&self) -> Sizes {
        self.network.sizes
    }

    /// The next state of a neighbourhood.
    pub fn decide(&self, number: usize) -> usize {
        self.table.get(number).map_or_else(|| self.network.decide(number), |d| usize::from(*d))
    }
}

impl WorldModel for LearnedAutomaton {
    fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    fn next(&self, past: &[&[f32]], _: &[f32], _: &[f32], _: Rng) -> Vec<f32> {
        let board = self.states.board(past[past.len() - 1]);
        let one =
            |i: usize| self.states.0[self.decide(neighbourhood(&board, &self.spec, self.states.0.len(), i))];
        (0..board.len()).into_par_iter().with_min_len(1 << 12).map(one).collect()
    }
}
