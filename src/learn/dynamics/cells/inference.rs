//! A learned cellular automaton at work: the table of its decisions where that can be enumerated, else the network.

use super::Settings;
use super::network::{Network, Shape};
use crate::dynamics::discrete::alphabet::Alphabet;
use crate::dynamics::discrete::evidence::Evidence;
use crate::dynamics::discrete::neighbourhood;
use crate::dynamics::discrete::proof::Proof;
use crate::dynamics::discrete::table::Table;
use crate::dynamics::trajectories::WorldSpec;
use crate::dynamics::world_model::WorldModel;
use crate::header::ModelHeader;
use crate::method::settings;
use crate::net::weights::Weights;
use world::rng::Rng;

/// A learned cellular automaton.
pub struct LearnedCells {
    spec: WorldSpec,
    alphabet: Alphabet,
    network: Network,
    table: Option<Table>,
}

/// A learned world from its weights.
///
/// # Errors
/// Weights are missing or of another shape, or the file describes no world.
pub fn open(header: &ModelHeader, w: &Weights) -> Result<Box<dyn WorldModel>, String> {
    Ok(Box::new(LearnedCells::of(header, w)?))
}

/// The proof of a file, as lines.
pub fn report(header: &ModelHeader, w: &Weights) -> Vec<String> {
    LearnedCells::of(header, w).and_then(|cells| cells.report(w)).unwrap_or_else(|e| vec![e])
}

/// The learned rule, enumerated.
///
/// # Errors
/// As for [`open`], or cells of too many states.
pub fn table(header: &ModelHeader, w: &Weights) -> Result<Table, String> {
    let cells = LearnedCells::of(header, w)?;
    cells.table.ok_or_else(|| {
        format!("expected a rule that can be enumerated, found {} states", cells.alphabet.count())
    })
}

impl LearnedCells {
    /// Of a file.
    ///
    /// # Errors
    /// As for [`open`].
    pub fn of(header: &ModelHeader, w: &Weights) -> Result<Self, String> {
        let s: Settings = settings(&header.settings);
        let spec = header.world.clone().ok_or("expected a learned world, found a generator of pictures")?;
        let alphabet = Alphabet::of_weights(w, &spec)?;
        let shape = Shape { states: alphabet.count(), hidden: [s.first as usize, s.second as usize] };
        let network = Network::of_weights(shape, w)?;
        let table = Table::of_decisions(shape.states, &|n| network.decide(n));
        Ok(Self { spec, alphabet, network, table })
    }

    /// What it learned, held beside what the data showed, which the file says too.
    ///
    /// # Errors
    /// The file does not say what the data showed.
    pub fn report(&self, w: &Weights) -> Result<Vec<String>, String> {
        let evidence = Evidence::of_weights(w, self.alphabet.count())?;
        let proof = Proof::new(&self.alphabet, &evidence, self.table.as_ref(), &|n| self.network.decide(n));
        let shape = self.network.shape;
        let [[inputs, a], [_, b], [_, logits]] = shape.layers();
        let sizes = format!(
            "network: {} weights ({inputs} inputs, {a} and {b} units, {logits} {})",
            shape.weights(),
            if logits == 1 { "logit" } else { "logits" }
        );
        Ok([sizes].into_iter().chain(proof.lines()).collect())
    }

    /// The next states of cells in these states, by the network itself.
    pub fn by_network(&self, board: &[u8]) -> Vec<u8> {
        self.network.decide(&neighbourhood::of_board(board, &self.spec, self.alphabet.count()))
    }

    /// The same by the table, if there is one.
    pub fn by_table(&self, board: &[u8]) -> Option<Vec<u8>> {
        self.table.as_ref().map(|table| table.step(board, &self.spec))
    }
}

impl WorldModel for LearnedCells {
    fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    fn next(&self, past: &[&[f32]], _: &[f32], _: &[f32], _: Rng) -> Vec<f32> {
        let board = self.alphabet.states(past[past.len() - 1]);
        self.alphabet.planes(&self.by_table(&board).unwrap_or_else(|| self.by_network(&board)))
    }
}
