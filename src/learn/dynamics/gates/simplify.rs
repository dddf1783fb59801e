//! A circuit without what it does not need: gates that are constant, pass a value on or invert it, gates that another
//! one equals, and gates that no output depends on.

use std::collections::BTreeMap;

use super::circuit::{Circuit, Gate, Output};

/// The same outputs for all inputs, from fewer gates. Every gate left reads two different values, depends on both, and
/// is 0 where both are 0 (what was the other way round is inverted where it is read).
pub fn simplified(circuit: &Circuit) -> Circuit {
    let inputs = circuit.inputs;
    let mut signals: Vec<Output> =
        (0..inputs as u32).map(|value| Output::Value { value, inverted: false }).collect();
    let mut gates: Vec<Gate> = Vec::new();
    let mut known: BTreeMap<([u32; 2], u8), u32> = BTreeMap::new();
    for gate in &circuit.gates {
        let signal = match reduced(gate.table, gate.reads.map(|v| signals[v as usize])) {
            Reduced::Signal(signal) => signal,
            Reduced::Gate { reads, table } => {
                let inverted = table & 1 == 1;
                let table = if inverted { !table & 15 } else { table };
                let value = *known.entry((reads, table)).or_insert_with(|| {
                    gates.push(Gate { reads, table });
                    (inputs + gates.len() - 1) as u32
                });
                Output::Value { value, inverted }
            }
        };
        signals.push(signal);
    }
    let outputs = circuit.outputs.iter().map(|o| match *o {
        Output::Value { value, inverted } => flipped(signals[value as usize], inverted),
        constant => constant,
    });
    without_dead(Circuit { inputs, gates, outputs: outputs.collect() })
}

enum Reduced {
    Signal(Output),
    Gate { reads: [u32; 2], table: u8 },
}

fn flipped(signal: Output, by: bool) -> Output {
    match signal {
        Output::Constant(bit) => Output::Constant(bit != by),
        Output::Value { value, inverted } => Output::Value { value, inverted: inverted != by },
    }
}

/// A table of signals as one of values that are not inverted, in ascending order, or as a signal where it depends on at
/// most one of them.
fn reduced(table: u8, [a, b]: [Output; 2]) -> Reduced {
    // The value that a signal reads, and the signal's bit when that is 0 and 1.
    let read = |signal: Output| match signal {
        Output::Constant(bit) => (None, [bit; 2]),
        Output::Value { value, inverted } => (Some(value), [inverted, !inverted]),
    };
    let ((of_a, a), (of_b, b)) = (read(a), read(b));
    let bit = |x: usize, y: usize| table >> (2 * u8::from(a[x]) + u8::from(b[y])) & 1 == 1;
    let one = |value: u32, bits: [bool; 2]| match bits {
        [false, true] => Output::Value { value, inverted: false },
        [true, false] => Output::Value { value, inverted: true },
        [bit, _] => Output::Constant(bit),
    };
    match (of_a, of_b) {
        (None, None) => Reduced::Signal(Output::Constant(bit(0, 0))),
        (Some(v), None) => Reduced::Signal(one(v, [bit(0, 0), bit(1, 0)])),
        (None, Some(v)) => Reduced::Signal(one(v, [bit(0, 0), bit(0, 1)])),
        (Some(v), Some(w)) if v == w => Reduced::Signal(one(v, [bit(0, 0), bit(1, 1)])),
        (Some(v), Some(w)) => {
            let (by_a, by_b) = ([0, 1].map(|x| bit(x, 0)), [0, 1].map(|y| bit(0, y)));
            if [0, 1].map(|x| bit(x, 1)) == by_a {
                return Reduced::Signal(one(v, by_a));
            }
            if [0, 1].map(|y| bit(1, y)) == by_b {
                return Reduced::Signal(one(w, by_b));
            }
            let table = |first: &dyn Fn(usize, usize) -> bool| {
                (0..4).fold(0, |t, i| t | u8::from(first(i / 2, i % 2)) << i)
            };
            match v < w {
                true => Reduced::Gate { reads: [v, w], table: table(&bit) },
                false => Reduced::Gate { reads: [w, v], table: table(&|x, y| bit(y, x)) },
            }
        }
    }
}

/// Without the gates that no output depends on.
fn without_dead(circuit: Circuit) -> Circuit {
    let Circuit { inputs, gates, outputs } = circuit;
    let mut needed = vec![false; inputs + gates.len()];
    for output in &outputs {
        if let Output::Value { value, .. } = output {
            needed[*value as usize] = true;
        }
    }
    for (i, gate) in gates.iter().enumerate().rev() {
        if needed[inputs + i] {
            gate.reads.iter().for_each(|v| needed[*v as usize] = true);
        }
    }
    let mut places: Vec<u32> = (0..inputs as u32).collect();
    let mut kept = Vec::new();
    for (i, gate) in gates.iter().enumerate() {
        if needed[inputs + i] {
            kept.push(Gate { reads: gate.reads.map(|v| places[v as usize]), table: gate.table });
        }
        places.push((inputs + kept.len()).saturating_sub(1) as u32);
    }
    let outputs = outputs.into_iter().map(|o| match o {
        Output::Value { value, inverted } => Output::Value { value: places[value as usize], inverted },
        constant => constant,
    });
    Circuit { inputs, gates: kept, outputs: outputs.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use world::rng::Rng;

    proptest! {
        #[test]
        fn a_simplified_circuit_does_the_same_with_fewer_gates(
            seed: u64, inputs in 1usize..6, count in 0usize..60, outputs in 1usize..4,
        ) {
            let rng = Rng::new(seed);
            let gates = (0..count).map(|i| {
                let rng = rng.fork(i as u64);
                let read = |k: u64| rng.below(k, (inputs + i) as u64) as u32;
                Gate { reads: [read(0), read(1)], table: rng.below(2, 16) as u8 }
            });
            let output = |i: usize| Output::Value {
                value: rng.named("outputs").below(i as u64, (inputs + count) as u64) as u32,
                inverted: i == 1,
            };
            let circuit = Circuit { inputs, gates: gates.collect(), outputs: (0..outputs).map(output).collect() };
            let simple = simplified(&circuit);
            // All cases there are, one a bit.
            let words: Vec<u64> = (0..inputs).map(|i| (0..64).fold(0, |w, case| w | (case >> i & 1) << case)).collect();
            prop_assert_eq!(circuit.evaluate(&words, 1), simple.evaluate(&words, 1));
            prop_assert!(simple.gates.len() <= circuit.gates.len());
            for (i, gate) in simple.gates.iter().enumerate() {
                let [a, b] = gate.reads;
                prop_assert!(a < b && (b as usize) < inputs + i && gate.table & 1 == 0);
                let entry = |i: u8| gate.table >> i & 1;
                prop_assert!((entry(0), entry(1)) != (entry(2), entry(3)) && (entry(0), entry(2)) != (entry(1), entry(3)));
                prop_assert!(!simple.gates[..i].contains(gate), "no gate is there twice");
                let value = (inputs + i) as u32;
                let read = simple.gates.iter().any(|g| g.reads.contains(&value))
                    || simple.outputs.iter().any(|o| matches!(o, Output::Value { value: v, .. } if *v == value));
                prop_assert!(read, "no gate is dead");
            }
            prop_assert_eq!(simplified(&simple), simple.clone());
        }
    }

    #[test]
    fn what_cancels_is_gone() {
        // (a XOR b) XOR b is a; a AND NOT a is 0.
        let gate = |a, b, table| Gate { reads: [a, b], table };
        let gates = vec![gate(0, 1, 6), gate(2, 1, 6), gate(0, 0, 0b0011), gate(0, 4, 8)];
        let outputs = vec![Output::Value { value: 5, inverted: true }];
        let simple = simplified(&Circuit { inputs: 2, gates, outputs });
        assert_eq!(simple, Circuit { inputs: 2, gates: Vec::new(), outputs: vec![Output::Constant(true)] });
    }
}
