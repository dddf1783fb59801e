//! Results as a table or as JSON.

#![expect(clippy::disallowed_methods, reason = "digits to show")]

use serde_json::{Value, json};

use crate::bench::metrics::MetricError;
use crate::bench::metrics::catalogue::{Baseline, Direction, MetricResult};
use crate::cli::{Failure, Outcome};

/// One metric with its result.
pub struct MetricRow {
    /// The metric's name.
    pub name: &'static str,
    /// Its optimisation direction.
    pub better: Direction,
    /// The value, or why there is none.
    pub answer: Result<MetricResult, MetricError>,
}

/// A set, for the head of a report.
pub struct SetSummary {
    /// Its name.
    pub name: String,
    /// How many samples, or frames.
    pub samples: usize,
    /// Hash of all its values.
    pub hash: u64,
    /// What was skipped or assumed in reading it.
    pub notes: Vec<String>,
}

/// A whole report.
pub struct Report<'a> {
    /// The reference, then the candidate.
    pub sets: [SetSummary; 2],
    /// What a set is made of.
    pub unit: &'static str,
    /// The features that the metrics use.
    pub features: &'a str,
    /// A caution; may be empty.
    pub note: &'static str,
    /// Further fields of the JSON, an object.
    pub settings: Value,
    /// The metrics.
    pub lines: Vec<MetricRow>,
}

impl Report<'_> {
    /// Names of the metrics without a value.
    pub fn missing(&self) -> Vec<&'static str> {
        self.lines.iter().filter(|l| l.answer.is_err()).map(|l| l.name).collect()
    }

    /// Prints it.
    pub fn print(&self, as_json: bool) {
        match as_json {
            true => println!("{}", serde_json::to_string_pretty(&self.json()).unwrap_or_default()),
            false => self.table(),
        }
    }

    fn table(&self) {
        let [a, b] = &self.sets;
        println!(
            "reference {} ({} {}), candidate {} ({}), features: {}",
            a.name, a.samples, self.unit, b.name, b.samples, self.features
        );
        for set in &self.sets {
            set.notes.iter().for_each(|note| println!("{}: {note}", set.name));
        }
        println!("{}{}", self.note, if self.note.is_empty() { "" } else { "\n" });
        println!(
            "{:<15} {:>11}  {:<25} {:>20} {:>11}",
            "metric", "value", "95 % interval", "floor (samples)", "ceiling"
        );
        self.lines.iter().for_each(row);
        let missing = self.missing();
        if !missing.is_empty() {
            println!("\npartial: {} of {} have no value", missing.len(), self.lines.len());
        }
    }

    fn json(&self) -> Value {
        let set = |s: &SetSummary| json!({"name": s.name, self.unit: s.samples, "hash": format!("{:016x}", s.hash), "notes": s.notes});
        let one = |line: &MetricRow| {
            let mut value = match &line.answer {
                Ok(a) => serde_json::to_value(a).unwrap_or(Value::Null),
                Err(e) => json!({"error": e.to_string()}),
            };
            value["better"] = serde_json::to_value(line.better).unwrap_or(Value::Null);
            (line.name.to_string(), value)
        };
        let mut report = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "reference": set(&self.sets[0]),
            "candidate": set(&self.sets[1]),
            "features": self.features,
            "note": self.note,
            "partial": !self.missing().is_empty(),
            "metrics": self.lines.iter().map(one).collect::<serde_json::Map<_, _>>(),
        });
        for (key, value) in self.settings.as_object().into_iter().flatten() {
            report[key] = value.clone();
        }
        report
    }
}

fn row(line: &MetricRow) {
    match &line.answer {
        Err(e) => println!("{:<15} {:>11}  {e}", line.name, "–"),
        Ok(a) => {
            let bound = |b: &Option<Baseline>| b.map_or(String::new(), |b| number(b.value));
            let floor = a.floor.map_or(String::new(), |b| format!("{} ({})", number(b.value), b.samples[0]));
            let [lo, hi] = a.figure.interval;
            let interval = match a.figure.has_interval() {
                true => format!("{} … {}", number(lo), number(hi)),
                false => "–".into(),
            };
            let own = a.of_reference.map_or(String::new(), |v| format!("; the reference has {}", number(v)));
            println!(
                "{:<15} {:>11}  {interval:<25} {floor:>20} {:>11}  {}{own}",
                line.name,
                number(a.figure.value),
                bound(&a.ceiling),
                line.better.words()
            );
        }
    }
}

/// Five significant digits.
fn number(v: f64) -> String {
    match v.abs() {
        0.0 => "0".into(),
        a if !(1e-3..1e5).contains(&a) => format!("{v:.3e}"),
        a => format!("{v:.*}", (4 - a.log10().floor() as i32).clamp(0, 7) as usize),
    }
}

/// Prints a report; one that is partial is a failure.
pub fn print_report(report: &Report, as_json: bool) -> Outcome {
    report.print(as_json);
    match report.missing() {
        missing if missing.is_empty() => Ok(()),
        missing => Err(Failure::failed(format!("no value for {}", missing.join(", ")))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::metrics::interval::Estimate;

    #[test]
    fn a_value_without_an_interval_has_none_in_json() {
        let set = || SetSummary { name: "a".into(), samples: 3, hash: 1, notes: Vec::new() };
        let figure = Estimate::point(0.5);
        let result = MetricResult { figure, samples: [3; 2], floor: None, ceiling: None, of_reference: None };
        let lines = vec![MetricRow { name: "kid", better: Direction::Less, answer: Ok(result) }];
        let sets = [set(), set()];
        let (unit, features, note, settings) = ("samples", "pixels", "", json!({"seed": 4}));
        let report = Report { sets, unit, features, note, settings, lines }.json();
        assert_eq!(report["metrics"]["kid"]["value"], 0.5);
        assert_eq!(report["metrics"]["kid"]["interval"], json!([null, null]));
        assert_eq!((&report["seed"], &report["partial"]), (&json!(4), &json!(false)));
    }
}
