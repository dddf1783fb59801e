//! The verdict in three sentences: how far it forecasts, what it is like after that, what it costs.

use super::report::{Forecast, RivalReport};
use super::rival::RivalKind;
use crate::report::shell::number;

const REACH: &str = "correlation-time-80";

impl Forecast {
    /// The report of the learned world.
    pub fn learned(&self) -> Option<&RivalReport> {
        self.reports.iter().find(|r| r.rival.kind == RivalKind::Learned)
    }

    /// Three sentences.
    pub fn verdict(&self) -> Vec<String> {
        self.learned().map_or_else(Vec::new, |l| vec![self.reach(l), self.climate(l), self.price(l)])
    }

    fn reach(&self, learned: &RivalReport) -> String {
        let Some(own) = learned.result(REACH) else {
            return format!("How far {} forecasts could not be measured.", learned.rival.name);
        };
        let others = self.reports.iter().filter(|r| r.rival.kind != RivalKind::Learned);
        let said = others.filter_map(|r| {
            let theirs = r.result(REACH)?;
            let [low, high] = own.figure.interval;
            let than = match theirs.figure.value {
                v if v < low => "farther than",
                v if v > high => "less far than",
                _ => "as far as",
            };
            Some(format!("{than} {} ({})", r.rival.name, number(theirs.figure.value)))
        });
        format!(
            "{} stays above a correlation of 0.8 with the rule for {} frames ({} to {}): {}.",
            learned.rival.name,
            number(own.figure.value),
            number(own.figure.interval[0]),
            number(own.figure.interval[1]),
            said.collect::<Vec<_>>().join(", ")
        )
    }

    fn climate(&self, learned: &RivalReport) -> String {
        let value = |name: &str| learned.result(name).map(|r| r.figure.value);
        let mut parts = Vec::new();
        if let Some(v) = value("energy-at-the-end") {
            parts.push(format!("its energy ends at {} of the rule's", number(v)));
        }
        if let Some(v) = value("worst-octave-in-space") {
            parts.push(format!("its spectrum is within a factor of {} in every octave", number(v)));
        }
        if let Some(v) = value("blow-ups").filter(|v| *v > 0.0) {
            parts.push(format!("a share of {} of its worlds blew up", number(v)));
        }
        match parts.is_empty() {
            true => "What it is like after that could not be measured.".into(),
            false => format!("After that, {}.", parts.join("; ")),
        }
    }

    fn price(&self, learned: &RivalReport) -> String {
        let ratio = learned.rival.ms / self.truth_ms.max(1e-9);
        format!(
            "A frame costs it {} ms of CPU time, {} times the rule's {} ms.",
            number(learned.rival.ms),
            number(ratio),
            number(self.truth_ms)
        )
    }
}
