//! A learned circuit at work: 64 cells at once.

use super::circuit::Circuit;
use super::codec::Codec;
use crate::dynamics::discrete::alphabet::Alphabet;
use crate::dynamics::discrete::evidence::Evidence;
use crate::dynamics::discrete::proof::Proof;
use crate::dynamics::discrete::table::Table;
use crate::dynamics::trajectories::WorldSpec;
use crate::dynamics::world_model::WorldModel;
use crate::header::ModelHeader;
use crate::net::weights::Weights;
use world::rng::Rng;

/// Neighbourhoods that are decided at once.
const CASES: usize = 1 << 16;

/// A learned circuit.
pub struct LearnedGates {
    spec: WorldSpec,
    alphabet: Alphabet,
    codec: Codec,
    circuit: Circuit,
}

/// A learned world from its weights.
///
/// # Errors
/// Weights are missing or of another shape, or the file describes no world.
pub fn open(header: &ModelHeader, w: &Weights) -> Result<Box<dyn WorldModel>, String> {
    Ok(Box::new(LearnedGates::of(header, w)?))
}

/// The proof of a file and its circuit, as lines.
pub fn report(header: &ModelHeader, w: &Weights) -> Vec<String> {
    LearnedGates::of(header, w).and_then(|gates| gates.report(w)).unwrap_or_else(|e| vec![e])
}

/// The learned rule, enumerated.
///
/// # Errors
/// As for [`open`], or cells of too many states.
pub fn table(header: &ModelHeader, w: &Weights) -> Result<Table, String> {
    let gates = LearnedGates::of(header, w)?;
    let states = gates.codec.states;
    gates.table().ok_or_else(|| format!("expected a rule that can be enumerated, found {states} states"))
}

/// The state that a circuit says follows each of some neighbourhoods.
pub fn decisions(circuit: &Circuit, codec: Codec, neighbourhoods: &[u64]) -> Vec<u8> {
    let some = |chunk: &[u64]| {
        let words = circuit.evaluate(&codec.neighbourhoods(chunk), chunk.len().div_ceil(64));
        codec.states(&words, chunk.len())
    };
    neighbourhoods.chunks(CASES).flat_map(some).collect()
}

impl LearnedGates {
    /// Of a file.
    ///
    /// # Errors
    /// As for [`open`].
    pub fn of(header: &ModelHeader, w: &Weights) -> Result<Self, String> {
        let spec = header.world.clone().ok_or("expected a learned world, found a generator of pictures")?;
        let alphabet = Alphabet::of_weights(w, &spec)?;
        let codec = Codec::new(alphabet.count());
        let circuit = Circuit::of_weights(w, codec.inputs(), codec.bits)?;
        Ok(Self { spec, alphabet, codec, circuit })
    }

    /// The circuit.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// The learned rule, if it can be enumerated.
    pub fn table(&self) -> Option<Table> {
        Table::of_decisions(self.codec.states, &|n| decisions(&self.circuit, self.codec, n))
    }

    /// What it learned, held beside what the data showed, which the file says too; then the circuit.
    ///
    /// # Errors
    /// The file does not say what the data showed.
    pub fn report(&self, w: &Weights) -> Result<Vec<String>, String> {
        let evidence = Evidence::of_weights(w, self.codec.states)?;
        let table = self.table();
        let decide = |n: &[u64]| decisions(&self.circuit, self.codec, n);
        let proof = Proof::new(&self.alphabet, &evidence, table.as_ref(), &decide);
        let (gates, depth, inputs) = (self.circuit.gates.len(), self.circuit.depth(), self.circuit.inputs);
        let sizes = format!(
            "circuit: {gates} active gates of two inputs, {depth} deep, on {inputs} bits of 3×3 cells"
        );
        let head = [sizes].into_iter().chain(proof.lines()).chain(["gates".to_string()]);
        Ok(head.chain(self.circuit.lines(&self.codec.names())).collect())
    }

    /// The next states of cells in these states.
    pub fn step(&self, board: &[u8]) -> Vec<u8> {
        let inputs = self.codec.board(board, &self.spec);
        let n = inputs.len() / self.codec.inputs();
        self.codec.of_board(&self.circuit.evaluate(&inputs, n), &self.spec)
    }
}

impl WorldModel for LearnedGates {
    fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    fn next(&self, past: &[&[f32]], _: &[f32], _: &[f32], _: Rng) -> Vec<f32> {
        self.alphabet.planes(&self.step(&self.alphabet.states(past[past.len() - 1])))
    }
}
