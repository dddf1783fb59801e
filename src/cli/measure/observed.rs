//! Values that outputs and readouts take, compared with the ranges that their systems declare.

use crate::world::engine::Engine;
use crate::world::field::Field;
use crate::world::scene::Scene;

/// Values of a field kept per sample, for percentiles.
const KEPT: usize = 4096;

/// Tolerance, as a fraction of the declared range, by which values may exceed it before this is reported.
const SLACK: f64 = 0.05;
/// Fraction of the declared range; values that cover less of it hardly use it.
const LITTLE: f64 = 0.2;

/// A number in the digits of an `f32`, not in those of the `f64` that it becomes.
fn digits(v: f32) -> f64 {
    v.to_string().parse().unwrap_or(v as f64)
}

/// Values of one output or readout.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    range: Option<[f32; 2]>,
    kept: Vec<f32>,
}

impl Observed {
    /// All count towards minimum and maximum, every `step`-th towards percentiles.
    fn take(&mut self, values: impl Iterator<Item = f32>, step: usize) {
        for (i, value) in values.enumerate() {
            let [lo, hi] = self.range.unwrap_or([value; 2]);
            self.range = Some([lo.min(value), hi.max(value)]);
            if i % step == 0 {
                self.kept.push(value);
            }
        }
    }

    /// Minimum and maximum.
    pub fn range(&self) -> [f64; 2] {
        self.range.unwrap_or_default().map(digits)
    }

    /// The first and the 99th percentile.
    pub fn middle(&self) -> [f64; 2] {
        let mut sorted = self.kept.clone();
        sorted.sort_by(f32::total_cmp);
        let at = |share: f64| sorted.get((share * (sorted.len().max(1) - 1) as f64).round() as usize);
        [0.01, 0.99].map(|share| digits(at(share).copied().unwrap_or(0.0)))
    }

    /// What is wrong with the declared range.
    pub fn fault(&self, declared: [f64; 2]) -> Option<&'static str> {
        let ([lo, hi], [least, most], [first, last]) = (declared, self.range(), self.middle());
        let span = hi - lo;
        if first < lo - SLACK * span || last > hi + SLACK * span {
            return Some("leaves its range");
        }
        if least == most {
            return Some("never moves");
        }
        (most.min(hi) - least.max(lo) < LITTLE * span).then_some("hardly uses its range")
    }
}

/// One output or readout, with its observed values.
pub struct Row {
    /// `node.output` or `node.readout`.
    pub name: String,
    /// The range that its system declares.
    pub declared: [f64; 2],
    /// Its observed values.
    pub seen: Observed,
    node: usize,
    port: usize,
}

/// Every output and readout of a scene.
pub struct Ranges {
    /// Outputs: values, lengths of vectors, each of three colours.
    pub outputs: Vec<Row>,
    /// Readouts.
    pub readouts: Vec<Row>,
    field: Field,
}

impl Ranges {
    /// Of a scene, before any sample.
    pub fn of(scene: &Scene) -> Self {
        let (mut outputs, mut readouts) = (Vec::new(), Vec::new());
        for (node, plan) in scene.nodes.iter().enumerate() {
            let row = |port: usize, name: &str, declared: [f32; 2]| Row {
                name: format!("{}.{name}", plan.name),
                declared: declared.map(digits),
                seen: Observed::default(),
                node,
                port,
            };
            let ports = plan.kind.outputs.iter().enumerate();
            outputs.extend(ports.map(|(port, o)| row(port, o.name, [o.lo, o.hi])));
            let ports = plan.kind.readouts.iter().enumerate();
            readouts.extend(ports.map(|(port, r)| row(port, r.name, [r.lo, r.hi])));
        }
        Self { outputs, readouts, field: Field::default() }
    }

    /// Samples all readouts.
    pub fn read(&mut self, engine: &Engine) {
        for row in &mut self.readouts {
            row.seen.take(std::iter::once(engine.node(row.node).read(row.port)), 1);
        }
    }

    /// Samples all outputs, each at its node's own size.
    pub fn look(&mut self, engine: &Engine) {
        for row in &mut self.outputs {
            self.field = engine.field(row.node, row.port);
            let f = &self.field;
            let step = f.plane(0).len().div_ceil(KEPT);
            match f.planes() {
                2 => {
                    let both = f.plane(0).iter().zip(f.plane(1));
                    row.seen.take(both.map(|(x, y)| (x * x + y * y).sqrt()), step);
                }
                _ => row.seen.take(f.data().iter().copied(), step),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(values: &[f32]) -> Observed {
        let mut seen = Observed::default();
        seen.take(values.iter().copied(), 1);
        seen
    }

    #[test]
    fn extremes_are_exact_and_percentiles_ignore_outliers() {
        let mut values = vec![0.5; 1000];
        (values[3], values[77]) = (-4.0, 9.0);
        let seen = seen(&values);
        assert_eq!((seen.range(), seen.middle()), ([-4.0, 9.0], [0.5, 0.5]));
        let mut few = Observed::default();
        few.take((0..1000).map(|i| i as f32), 10);
        assert_eq!((few.range(), few.kept.len(), few.middle()), ([0.0, 999.0], 100, [10.0, 980.0]));
        assert_eq!((Observed::default().range(), Observed::default().middle()), ([0.0; 2], [0.0; 2]));
    }

    #[test]
    fn a_range_that_is_exceeded_or_hardly_used_is_reported_and_an_outlier_is_not() {
        let upto = |top: f32| seen(&(0..=1000).map(|i| i as f32 * top / 1000.0).collect::<Vec<_>>());
        assert_eq!(upto(1.0).fault([0.0, 1.0]), None);
        assert_eq!(upto(1.04).fault([0.0, 1.0]), None);
        assert_eq!(upto(1.2).fault([0.0, 1.0]), Some("leaves its range"));
        assert_eq!(upto(1.0).fault([0.2, 1.0]), Some("leaves its range"));
        assert_eq!(upto(0.3).fault([0.0, 1.0]), None);
        assert_eq!(upto(0.1).fault([0.0, 1.0]), Some("hardly uses its range"));
        assert_eq!(seen(&[0.5; 9]).fault([0.0, 1.0]), Some("never moves"));
        // Few cells of many: what is sparse uses its range.
        let mut sparse = vec![0.0; 5000];
        sparse[7] = 8.0;
        assert_eq!(seen(&sparse).fault([0.0, 8.0]), None);
    }
}
