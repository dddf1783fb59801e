//! Relaxed gates: a gate's truth table has four entries in 0..1, and its value at relaxed inputs is the expectation over
//! independent bits. Entries are logistic functions of four weights, which spans the sixteen gates of Petersen et al.
//! (2022) with a quarter of the weights, and learns much faster (Rüttgers et al. 2025).

use super::wiring::Wiring;
use world::rng::Rng;

/// Weight of the entries of a gate that passes its first input on, in the beginning.
const PASS: f32 = 2.0;
/// Steepness of the cross entropy: an output off by half from the border between two bits is this many logits.
const STEEPNESS: f32 = 10.0;

/// A circuit of relaxed gates.
#[derive(Clone, Debug, PartialEq)]
pub struct Relaxed {
    /// What the gates read.
    pub wiring: Wiring,
    /// Weights of the entries for (0, 0), (0, 1), (1, 0) and (1, 1) of each gate, `[gates][4]`.
    pub entries: Vec<f32>,
}

/// Neighbourhoods and what follows them, as bits.
pub struct Rows {
    /// `[inputs][n]`, 0 or 1.
    pub inputs: Vec<f32>,
    /// `[outputs][n]`, 0 or 1.
    pub targets: Vec<f32>,
    /// Number of rows.
    pub n: usize,
}

/// A gate as a polynomial: 1, a, b and ab.
type Polynomial = [f32; 4];

fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-x))
}

impl Relaxed {
    /// Gates that mostly pass their first input on (as Petersen et al. 2024 begin), and are otherwise random.
    pub fn new(wiring: Wiring, rng: Rng) -> Self {
        let entry = |i: usize| rng.normal(i as u64) + if i % 4 < 2 { -PASS } else { PASS };
        Self { entries: (0..wiring.reads.len() * 4).map(entry).collect(), wiring }
    }

    /// The truth tables, rounded: bit 2a + b is the entry for (a, b).
    pub fn rounded(&self) -> Vec<u8> {
        let table = |e: &[f32; 4]| (0..4).fold(0, |t, i| t | u8::from(e[i] > 0.0) << i);
        self.entries.as_chunks::<4>().0.iter().map(table).collect()
    }

    /// Mean cross entropy of the outputs in nats, and its gradient by the entries. `sharpness` multiplies the entries'
    /// weights. Each gate is rounded with the chance `rounding`, and learns as if it were not: what is learned must bear
    /// that (Fan et al. 2021).
    pub fn loss(&self, rows: &Rows, sharpness: f32, rounding: f32, rng: Rng) -> (f64, Vec<f32>) {
        let Self { wiring, entries } = self;
        let (n, inputs) = (rows.n, wiring.inputs);
        let shares: Vec<f32> = entries.iter().map(|e| logistic(sharpness * e)).collect();
        let gate = |(i, entries): (usize, &[f32; 4])| match rng.unit(i as u64) < rounding {
            true => polynomial(&entries.map(f32::round)),
            false => polynomial(entries),
        };
        let gates: Vec<Polynomial> = shares.as_chunks::<4>().0.iter().enumerate().map(gate).collect();
        let mut values = rows.inputs.clone();
        values.resize(wiring.values() * n, 0.0);
        for (i, (gate, [a, b])) in gates.iter().zip(&wiring.reads).enumerate() {
            let (known, rest) = values.split_at_mut((inputs + i) * n);
            forward(*gate, row(known, *a, n), row(known, *b, n), &mut rest[..n]);
        }
        let mut slopes = vec![0f32; values.len()];
        let first = (wiring.values() - wiring.outputs) * n;
        let loss = cross_entropy(&values[first..], &rows.targets, &mut slopes[first..]);
        let mut gradient = vec![0f32; entries.len()];
        for (i, (gate, [a, b])) in gates.iter().zip(&wiring.reads).enumerate().rev() {
            let (before, rest) = slopes.split_at_mut((inputs + i) * n);
            let (slope, a_values, b_values) = (&rest[..n], row(&values, *a, n), row(&values, *b, n));
            let sums = moments(slope, a_values, b_values);
            pull([gate[1], gate[3]], slope, b_values, &mut before[*a as usize * n..][..n]);
            pull([gate[2], gate[3]], slope, a_values, &mut before[*b as usize * n..][..n]);
            let by_entry = by_entry(sums);
            for (k, g) in gradient[4 * i..4 * i + 4].iter_mut().enumerate() {
                let share = shares[4 * i + k];
                *g = sharpness * by_entry[k] * share * (1.0 - share);
            }
        }
        (loss, gradient)
    }
}

fn row(values: &[f32], value: u32, n: usize) -> &[f32] {
    &values[value as usize * n..][..n]
}

/// The polynomial of a truth table.
fn polynomial(e: &[f32; 4]) -> Polynomial {
    [e[0], e[2] - e[0], e[1] - e[0], e[3] - e[2] - e[1] + e[0]]
}

/// The slopes by the entries from those by the polynomial's coefficients.
fn by_entry(c: Polynomial) -> [f32; 4] {
    [c[0] - c[1] - c[2] + c[3], c[2] - c[3], c[1] - c[3], c[3]]
}

/// The mean over rows of the cross entropy of all outputs, and its slope by their values.
fn cross_entropy(values: &[f32], targets: &[f32], slopes: &mut [f32]) -> f64 {
    let count = values.len() as f64;
    let mut loss = 0f64;
    for ((value, target), slope) in values.iter().zip(targets).zip(slopes) {
        let logit = STEEPNESS * (value - 0.5);
        let right = f64::from(if *target > 0.5 { logit } else { -logit });
        loss += libm::log1p(libm::exp(-right));
        *slope = STEEPNESS * (logistic(logit) - target) / count as f32;
    }
    loss / count
}

world::widest! {
    /// The values of a gate.
    fn forward(gate: [f32; 4], a: &[f32], b: &[f32], out: &mut [f32]) {
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            let of_b = gate[3].mul_add(*a, gate[2]);
            *out = of_b.mul_add(*b, gate[1].mul_add(*a, gate[0]));
        }
    }
}

world::widest! {
    /// Adds a gate's slope by one input: `slope · (c[0] + c[1] · other)`.
    fn pull(c: [f32; 2], slope: &[f32], other: &[f32], into: &mut [f32]) {
        for ((into, slope), other) in into.iter_mut().zip(slope).zip(other) {
            *into = c[1].mul_add(*other, c[0]).mul_add(*slope, *into);
        }
    }
}

world::widest! {
    /// The sums of `slope`, `slope · a`, `slope · b` and `slope · a · b`, in sixteen parts that are added in order.
    fn moments(slope: &[f32], a: &[f32], b: &[f32]) -> [f32; 4] {
        let mut parts = [[0f32; 16]; 4];
        for ((s, a), b) in slope.chunks(16).zip(a.chunks(16)).zip(b.chunks(16)) {
            for (i, ((s, a), b)) in s.iter().zip(a).zip(b).enumerate() {
                let of_a = s * a;
                parts[0][i] += s;
                parts[1][i] += of_a;
                parts[2][i] += s * b;
                parts[3][i] += of_a * b;
            }
        }
        parts.map(|part| part.iter().sum())
    }
}

#[cfg(test)]
mod tests {
    use super::super::wiring::Sizes;
    use super::*;

    fn rows(sizes: Sizes, n: usize, rng: Rng) -> Rows {
        let bits = |rng: Rng, count: usize| (0..count * n).map(|i| rng.below(i as u64, 2) as f32).collect();
        Rows { inputs: bits(rng.fork(0), sizes.inputs()), targets: bits(rng.fork(1), sizes.bits), n }
    }

    /// The loss has no kinks, so its slope in any direction is the difference quotient.
    #[test]
    fn the_gradient_is_that_of_difference_quotients() {
        let sizes = Sizes { bits: 2, kernels: 2, width: 8, depth: 1 };
        let relaxed = Relaxed::new(Wiring::new(sizes, Rng::new(3)), Rng::new(4));
        let rows = rows(sizes, 37, Rng::new(5));
        let (_, gradient) = relaxed.loss(&rows, 1.5, 0.0, Rng::new(1));
        for direction in 0..20 {
            let rng = Rng::new(6).fork(direction);
            let along: Vec<f32> = (0..gradient.len() as u64).map(|i| rng.normal(i)).collect();
            let at = |step: f32| {
                let entries = relaxed.entries.iter().zip(&along).map(|(e, d)| e + step * d).collect();
                Relaxed { wiring: relaxed.wiring.clone(), entries }.loss(&rows, 1.5, 0.0, Rng::new(1)).0
            };
            let step = 2e-3;
            let quotient = (at(step) - at(-step)) / (2.0 * f64::from(step));
            let slope: f64 = gradient.iter().zip(&along).map(|(g, d)| f64::from(*g) * f64::from(*d)).sum();
            assert!((quotient - slope).abs() < 0.01 * slope.abs() + 1e-3, "{quotient} against {slope}");
        }
    }

    /// With decided entries a relaxed gate is its truth table.
    #[test]
    fn decided_gates_are_their_truth_tables() {
        for table in 0..16u8 {
            let entries = [0, 1, 2, 3].map(|i| f32::from(table >> i & 1));
            let mut out = [9.0; 4];
            forward(polynomial(&entries), &[0.0, 0.0, 1.0, 1.0], &[0.0, 1.0, 0.0, 1.0], &mut out);
            assert_eq!(out, entries);
        }
        let wiring = Wiring { inputs: 2, reads: vec![[0, 1]], outputs: 1 };
        let relaxed = Relaxed { wiring, entries: vec![-1.0, 2.0, 0.5, -3.0] };
        assert_eq!(relaxed.rounded(), [0b0110]);
        // Fully rounded it is XOR: the loss is that of the logits ±5, all right.
        let inputs = vec![0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0];
        let rows = Rows { inputs, targets: vec![0.0, 1.0, 1.0, 0.0], n: 4 };
        let (loss, gradient) = relaxed.loss(&rows, 1.0, 1.0, Rng::new(1));
        assert!(
            (loss - (-5f64).exp().ln_1p()).abs() < 1e-9
                && relaxed.loss(&rows, 1.0, 0.0, Rng::new(1)).0 > 0.05
        );
        assert!(gradient[0] > 0.0 && gradient[1] < 0.0 && gradient[2] < 0.0 && gradient[3] > 0.0);
        assert_eq!(moments(&[1.0; 37], &[2.0; 37], &[3.0; 37]), [37.0, 74.0, 111.0, 222.0]);
    }
}
