//! Rounded gates over fixed wiring on all neighbourhoods at once, one entry of which can be turned over: what rounding
//! broke is mended so, and gates that are not needed are taken out.

use super::circuit::{Circuit, Gate, Output};
use super::wiring::Wiring;
use world::rng::Rng;

/// Neighbourhoods and what follows them, 64 a word.
pub struct Cases {
    /// `[inputs][n]`.
    pub inputs: Vec<u64>,
    /// `[outputs][n]`.
    pub targets: Vec<u64>,
    /// Number of cases; bits of the last words beyond it count for nothing.
    pub count: usize,
}

impl Cases {
    /// Words of each row.
    pub fn words(&self) -> usize {
        self.count.div_ceil(64)
    }
}

/// Tables that read constants or one value: what a gate is tried to be replaced by.
const SIMPLER: [u8; 4] = [0b0000, 0b1111, 0b1100, 0b1010];

/// Rounded gates and what they make of the cases.
pub struct Rounded<'a> {
    wiring: &'a Wiring,
    cases: &'a Cases,
    /// Truth tables of the gates.
    pub tables: Vec<u8>,
    /// Cases with a wrong output.
    pub wrong: usize,
    /// `[values][n]`, and those of an attempt where they differ.
    values: Vec<u64>,
    tried: Vec<u64>,
    differs: Vec<bool>,
}

impl<'a> Rounded<'a> {
    /// Evaluates these truth tables.
    pub fn new(wiring: &'a Wiring, tables: Vec<u8>, cases: &'a Cases) -> Self {
        let mut values = cases.inputs.clone();
        values.resize(wiring.values() * cases.words(), 0);
        let (tried, differs) = (values.clone(), vec![false; wiring.values()]);
        let mut rounded = Self { wiring, cases, tables, wrong: 0, values, tried, differs };
        rounded.differs[wiring.inputs..].fill(true);
        for gate in 0..wiring.reads.len() {
            rounded.compute(gate, rounded.tables[gate]);
        }
        rounded.wrong = rounded.count_wrong();
        rounded.keep();
        rounded
    }

    /// Computes a gate of an attempt; whether its value differs.
    fn compute(&mut self, gate: usize, table: u8) -> bool {
        let n = self.cases.words();
        let value = self.wiring.inputs + gate;
        let (before, rest) = self.tried.split_at_mut(value * n);
        let [a, b] = self.wiring.reads[gate].map(|v| {
            let known = if self.differs[v as usize] { &*before } else { &self.values[..] };
            &known[v as usize * n..][..n]
        });
        let gate = Gate { reads: [0, 0], table };
        let out = &mut rest[..n];
        out.iter_mut().zip(a).zip(b).for_each(|((out, a), b)| *out = gate.on(*a, *b));
        *out != self.values[value * n..][..n]
    }

    fn count_wrong(&self) -> usize {
        let n = self.cases.words();
        let first = self.wiring.values() - self.wiring.outputs;
        let wrong = |word: usize| {
            let one = |i: usize| {
                let value = first + i;
                let known = if self.differs[value] { &self.tried } else { &self.values };
                known[value * n + word] ^ self.cases.targets[i * n + word]
            };
            let beyond = (64 * (word + 1)).saturating_sub(self.cases.count) as u32;
            let any = (0..self.wiring.outputs).fold(0, |w, i| w | one(i));
            (any & (u64::MAX >> beyond)).count_ones() as usize
        };
        (0..n).map(wrong).sum()
    }

    /// Cases that would be wrong with this table in place of a gate's.
    fn attempt(&mut self, gate: usize, table: u8) -> usize {
        self.differs.fill(false);
        let inputs = self.wiring.inputs;
        self.differs[inputs + gate] = self.compute(gate, table);
        if !self.differs[inputs + gate] {
            return self.wrong;
        }
        for later in gate + 1..self.wiring.reads.len() {
            if self.wiring.reads[later].iter().any(|v| self.differs[*v as usize]) {
                self.differs[inputs + later] = self.compute(later, self.tables[later]);
            }
        }
        self.count_wrong()
    }

    /// Makes the values of the last attempt the gates' own.
    fn keep(&mut self) {
        let n = self.cases.words();
        for (value, _) in self.differs.iter().enumerate().filter(|d| *d.1) {
            self.values[value * n..][..n].copy_from_slice(&self.tried[value * n..][..n]);
        }
    }

    /// Turns over single entries of truth tables, in turn in the order given, until no case is wrong or so many were
    /// tried. One stays so if fewer cases are wrong, and by chance if as many are.
    pub fn mend(&mut self, order: &[(usize, u8)], trials: usize, rng: Rng) {
        for (i, (gate, entry)) in order.iter().copied().cycle().take(trials).enumerate() {
            if self.wrong == 0 {
                return;
            }
            let table = self.tables[gate] ^ 1 << entry;
            let wrong = self.attempt(gate, table);
            if wrong < self.wrong || wrong == self.wrong && rng.unit(i as u64) < 0.5 {
                self.keep();
                (self.tables[gate], self.wrong) = (table, wrong);
            }
        }
    }

    /// Replaces gates by constants or by what they read wherever no further case is wrong for it, the last gates first.
    pub fn prune(&mut self) {
        for gate in (0..self.tables.len()).rev() {
            for table in SIMPLER {
                let wrong = self.attempt(gate, table);
                if wrong <= self.wrong {
                    self.keep();
                    (self.tables[gate], self.wrong) = (table, wrong);
                    break;
                }
            }
        }
    }

    /// As a circuit, with every gate.
    pub fn circuit(&self) -> Circuit {
        let gates = self
            .wiring
            .reads
            .iter()
            .zip(&self.tables)
            .map(|(reads, table)| Gate { reads: *reads, table: *table });
        let last = self.wiring.values() as u32;
        let outputs =
            (last - self.wiring.outputs as u32..last).map(|value| Output::Value { value, inverted: false });
        Circuit { inputs: self.wiring.inputs, gates: gates.collect(), outputs: outputs.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::simplify::simplified;
    use super::super::wiring::Sizes;
    use super::*;

    fn wrong(circuit: &Circuit, cases: &Cases) -> usize {
        let (n, out) = (cases.words(), circuit.evaluate(&cases.inputs, cases.words()));
        let bit = |words: &[u64], i: usize, case: usize| words[i * n + case / 64] >> (case % 64) & 1;
        let differs = |case: &usize| {
            (0..circuit.outputs.len()).any(|i| bit(&out, i, *case) != bit(&cases.targets, i, *case))
        };
        (0..cases.count).filter(differs).count()
    }

    fn cases(wiring: &Wiring, count: usize, rng: Rng) -> Cases {
        let words =
            |rows: usize, rng: Rng| (0..(rows * count.div_ceil(64)) as u64).map(|i| rng.bits(i)).collect();
        Cases {
            inputs: words(wiring.inputs, rng.fork(0)),
            targets: words(wiring.outputs, rng.fork(1)),
            count,
        }
    }

    /// Whatever is tried and kept, the count is that of the circuit evaluated anew.
    #[test]
    fn attempts_count_as_the_whole_circuit_does() {
        let sizes = Sizes { bits: 2, kernels: 2, width: 12, depth: 1 };
        let wiring = Wiring::new(sizes, Rng::new(1));
        let cases = cases(&wiring, 100, Rng::new(2));
        let rng = Rng::new(3);
        let tables: Vec<u8> = (0..wiring.reads.len() as u64).map(|i| rng.below(i, 16) as u8).collect();
        let mut rounded = Rounded::new(&wiring, tables, &cases);
        assert_eq!(rounded.wrong, wrong(&rounded.circuit(), &cases));
        let (mut same, mut other) = (0, 0);
        for i in 0..300 {
            let (gate, table) =
                (rng.fork(1).below(i, wiring.reads.len() as u64) as usize, rng.fork(2).below(i, 16) as u8);
            let (before, found) = (rounded.wrong, rounded.attempt(gate, table));
            let mut changed = rounded.circuit();
            changed.gates[gate].table = table;
            assert_eq!(found, wrong(&changed, &cases));
            *(if found == before { &mut same } else { &mut other }) += 1;
            if rng.fork(3).unit(i) < 0.3 {
                rounded.keep();
                (rounded.tables[gate], rounded.wrong) = (table, found);
            }
        }
        assert!(same > 10 && other > 10, "{same} {other}");
        let before = rounded.wrong;
        let order: Vec<(usize, u8)> =
            (0..wiring.reads.len()).flat_map(|g| (0..4).map(move |e| (g, e))).collect();
        rounded.mend(&order, 500, Rng::new(4));
        let mended = rounded.wrong;
        assert!(mended < before && mended == wrong(&rounded.circuit(), &cases), "{mended} after {before}");
        let gates = simplified(&rounded.circuit()).gates.len();
        rounded.prune();
        let circuit = simplified(&rounded.circuit());
        assert!(rounded.wrong <= mended && rounded.wrong == wrong(&circuit, &cases));
        assert!(circuit.gates.len() < gates, "{} of {gates}", circuit.gates.len());
    }
}
