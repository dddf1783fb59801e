//! A circuit of two-input gates, evaluated on 64 cases at once.

use crate::net::weights::{WeightArray, Weights};
use world::limits;

const GATES: &str = "circuit.gates";
const OUTPUTS: &str = "circuit.outputs";

/// A gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// The values that it reads, a and b: inputs first, then the gates before it.
    pub reads: [u32; 2],
    /// Its truth table: bit 2a + b.
    pub table: u8,
}

/// What an output shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Always the same bit.
    Constant(bool),
    /// A value, inverted or not.
    Value {
        /// The value.
        value: u32,
        /// Whether it is inverted.
        inverted: bool,
    },
}

/// A circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circuit {
    /// Number of inputs.
    pub inputs: usize,
    /// The gates, each after what it reads.
    pub gates: Vec<Gate>,
    /// The outputs.
    pub outputs: Vec<Output>,
}

impl Gate {
    /// The gate on words of 64 cases.
    #[inline(always)]
    pub fn on(self, a: u64, b: u64) -> u64 {
        let all = |bit: u8| u64::from(self.table >> bit & 1).wrapping_neg();
        let (zero, one) = (b & all(1) | !b & all(0), b & all(3) | !b & all(2));
        a & one | !a & zero
    }
}

impl Circuit {
    /// Outputs `[outputs][n]` of words of 64 cases each, `[inputs][n]`.
    pub fn evaluate(&self, inputs: &[u64], n: usize) -> Vec<u64> {
        let mut values = inputs.to_vec();
        values.resize((self.inputs + self.gates.len()) * n, 0);
        for (i, gate) in self.gates.iter().enumerate() {
            let (known, rest) = values.split_at_mut((self.inputs + i) * n);
            let [a, b] = gate.reads.map(|v| &known[v as usize * n..][..n]);
            rest.iter_mut().zip(a).zip(b).for_each(|((out, a), b)| *out = gate.on(*a, *b));
        }
        let output = |output: &Output| match *output {
            Output::Constant(bit) => vec![u64::from(bit).wrapping_neg(); n],
            Output::Value { value, inverted } => {
                let flip = u64::from(inverted).wrapping_neg();
                values[value as usize * n..][..n].iter().map(|v| v ^ flip).collect()
            }
        };
        self.outputs.iter().flat_map(output).collect()
    }

    /// The longest way from an input to an output, in gates.
    pub fn depth(&self) -> usize {
        let mut depths = vec![0; self.inputs];
        for gate in &self.gates {
            let [a, b] = gate.reads.map(|v| depths[v as usize]);
            depths.push(1 + a.max(b));
        }
        let of_output = |o: &Output| match o {
            Output::Constant(_) => 0,
            Output::Value { value, .. } => depths[*value as usize],
        };
        self.outputs.iter().map(of_output).max().unwrap_or(0)
    }

    /// Adds it to the arrays of a file: each gate as what it reads and its table, each output as a value (−1: none) and
    /// whether it is inverted (or the constant).
    pub fn store(&self, w: &mut Weights) {
        let gate = |g: &Gate| [g.reads[0] as f32, g.reads[1] as f32, f32::from(g.table)];
        let output = |o: &Output| match *o {
            Output::Constant(bit) => [-1.0, f32::from(u8::from(bit))],
            Output::Value { value, inverted } => [value as f32, f32::from(u8::from(inverted))],
        };
        let values = self.gates.iter().flat_map(gate).collect();
        w.insert(GATES, WeightArray { dims: vec![self.gates.len(), 3], values });
        let values = self.outputs.iter().flat_map(output).collect();
        w.insert(OUTPUTS, WeightArray { dims: vec![self.outputs.len(), 2], values });
    }

    /// From the arrays of a file.
    ///
    /// # Errors
    /// An array is missing or of another shape, or a gate reads what is not before it.
    pub fn of_weights(w: &Weights, inputs: usize, outputs: usize) -> Result<Self, String> {
        let n = crate::dynamics::discrete::stored::rows(w, GATES);
        limits::within("gates", n, 0..=1 << 20)?;
        let below = |v: f32, end: usize, what: &str| match v >= 0.0 && (v as usize) < end && v.fract() == 0.0
        {
            true => Ok(v as u32),
            false => Err(format!("{what}: expected a whole number below {end}, found {v}")),
        };
        let rows = w.get(GATES, &[n, 3])?;
        let gate = |(i, [a, b, table]): (usize, &[f32; 3])| -> Result<Gate, String> {
            let read = |v: f32| below(v, inputs + i, "what a gate reads");
            Ok(Gate {
                reads: [read(*a)?, read(*b)?],
                table: below(*table, 16, "the truth table of a gate")? as u8,
            })
        };
        let gates = rows.as_chunks().0.iter().enumerate().map(gate).collect::<Result<_, _>>()?;
        let rows = w.get(OUTPUTS, &[outputs, 2])?;
        let output = |[value, bit]: &[f32; 2]| -> Result<Output, String> {
            let bit = below(*bit, 2, "a bit of an output")? == 1;
            match *value < 0.0 {
                true => Ok(Output::Constant(bit)),
                false => Ok(Output::Value { value: below(*value, inputs + n, "an output")?, inverted: bit }),
            }
        };
        let outputs = rows.as_chunks().0.iter().map(output).collect::<Result<_, _>>()?;
        Ok(Self { inputs, gates, outputs })
    }

    /// The circuit as text, a gate a line; `names` are those of the inputs.
    pub fn lines(&self, names: &[String]) -> Vec<String> {
        let value = |v: u32| match names.get(v as usize) {
            Some(name) => name.clone(),
            None => format!("g{}", v as usize - self.inputs + 1),
        };
        let gates = self.gates.iter().enumerate().map(|(i, gate)| {
            let [a, b] = gate.reads.map(value);
            format!("g{} = {}", i + 1, expression(gate.table, &a, &b))
        });
        let outputs = self.outputs.iter().enumerate().map(|(i, output)| match *output {
            Output::Constant(bit) => format!("next.{i} = {}", u8::from(bit)),
            Output::Value { value: v, inverted: true } => format!("next.{i} = NOT {}", value(v)),
            Output::Value { value: v, inverted: false } => format!("next.{i} = {}", value(v)),
        });
        gates.chain(outputs).collect()
    }
}

/// A truth table in words.
fn expression(table: u8, a: &str, b: &str) -> String {
    match table & 15 {
        0b0000 => "0".into(),
        0b1111 => "1".into(),
        0b1100 => a.into(),
        0b1010 => b.into(),
        0b0011 => format!("NOT {a}"),
        0b0101 => format!("NOT {b}"),
        0b1000 => format!("{a} AND {b}"),
        0b0100 => format!("{a} AND NOT {b}"),
        0b0010 => format!("{b} AND NOT {a}"),
        0b1110 => format!("{a} OR {b}"),
        0b1101 => format!("{a} OR NOT {b}"),
        0b1011 => format!("{b} OR NOT {a}"),
        0b0110 => format!("{a} XOR {b}"),
        0b1001 => format!("{a} XNOR {b}"),
        0b0111 => format!("{a} NAND {b}"),
        _ => format!("{a} NOR {b}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    /// Any circuit, drawn at random.
    pub fn any(inputs: usize, gates: usize, outputs: usize, rng: Rng) -> Circuit {
        let gate = |i: usize| {
            let rng = rng.fork(i as u64);
            let read = |k: u64| rng.below(k, (inputs + i) as u64) as u32;
            Gate { reads: [read(0), read(1)], table: rng.below(2, 16) as u8 }
        };
        let output = |i: usize| {
            let rng = rng.named("outputs").fork(i as u64);
            match rng.below(0, 4) {
                0 => Output::Constant(rng.below(1, 2) == 1),
                k => Output::Value { value: rng.below(2, (inputs + gates) as u64) as u32, inverted: k == 1 },
            }
        };
        Circuit { inputs, gates: (0..gates).map(gate).collect(), outputs: (0..outputs).map(output).collect() }
    }

    /// One case at a time, by the truth tables.
    pub fn scalar(circuit: &Circuit, inputs: &[bool]) -> Vec<bool> {
        let mut values = inputs.to_vec();
        for Gate { reads: [a, b], table } in &circuit.gates {
            let entry = 2 * usize::from(values[*a as usize]) + usize::from(values[*b as usize]);
            values.push(table >> entry & 1 == 1);
        }
        let output = |o: &Output| match *o {
            Output::Constant(bit) => bit,
            Output::Value { value, inverted } => values[value as usize] != inverted,
        };
        circuit.outputs.iter().map(output).collect()
    }

    #[test]
    fn words_are_evaluated_as_single_cases() {
        for seed in 0..20 {
            let rng = Rng::new(seed);
            let circuit = any(5, 40, 3, rng);
            let (n, words) = (3, (0..15).map(|i| rng.named("words").bits(i)).collect::<Vec<u64>>());
            let found = circuit.evaluate(&words, n);
            for case in 0..64 * n {
                let bit = |words: &[u64], row: usize| words[row * n + case / 64] >> (case % 64) & 1 == 1;
                let inputs: Vec<bool> = (0..5).map(|i| bit(&words, i)).collect();
                let expected: Vec<bool> = (0..3).map(|o| bit(&found, o)).collect();
                assert_eq!(scalar(&circuit, &inputs), expected);
            }
        }
    }

    #[test]
    fn a_circuit_comes_back_from_a_file_and_a_damaged_one_does_not() {
        let circuit = any(9, 30, 2, Rng::new(3));
        let mut w = Weights::default();
        circuit.store(&mut w);
        assert_eq!(Circuit::of_weights(&w, 9, 2).as_ref(), Ok(&circuit));
        assert!(
            Circuit::of_weights(&w, 9, 3).is_err() && Circuit::of_weights(&Weights::default(), 9, 2).is_err()
        );
        for (place, wrong) in [(0, 9.0), (1, -1.0), (2, 16.0), (2, 0.5)] {
            let mut w = w.clone();
            let mut values = w.get(GATES, &[30, 3]).unwrap();
            values[place] = wrong;
            w.insert(GATES, WeightArray { dims: vec![30, 3], values });
            assert!(Circuit::of_weights(&w, 9, 2).unwrap_err().contains("whole number"), "{place} {wrong}");
        }
    }

    /// The words say what the table does: each is parsed again.
    #[test]
    fn gates_are_told_in_words() {
        for table in 0..16u8 {
            let text = expression(table, "a", "b");
            for (entry, (a, b)) in
                [(false, false), (false, true), (true, false), (true, true)].into_iter().enumerate()
            {
                let word = |w: &str| match w {
                    "a" => a,
                    "b" => b,
                    constant => constant == "1",
                };
                let value = match text.split(' ').collect::<Vec<_>>()[..] {
                    [x] => word(x),
                    ["NOT", x] => !word(x),
                    [x, "AND", y] => word(x) && word(y),
                    [x, "AND", "NOT", y] => word(x) && !word(y),
                    [x, "OR", y] => word(x) || word(y),
                    [x, "OR", "NOT", y] => word(x) || !word(y),
                    [x, "XOR", y] => word(x) != word(y),
                    [x, "XNOR", y] => word(x) == word(y),
                    [x, "NAND", y] => !(word(x) && word(y)),
                    [x, "NOR", y] => !(word(x) || word(y)),
                    _ => panic!("{text}"),
                };
                assert_eq!(value, table >> entry & 1 == 1, "{table}: {text}");
            }
        }
        let and = Gate { reads: [0, 1], table: 8 };
        let circuit = Circuit {
            inputs: 2,
            gates: vec![and],
            outputs: vec![Output::Value { value: 2, inverted: true }],
        };
        assert_eq!(circuit.lines(&["n".into(), "c".into()]), ["g1 = n AND c", "next.0 = NOT g1"]);
        assert_eq!(circuit.depth(), 1);
    }
}
