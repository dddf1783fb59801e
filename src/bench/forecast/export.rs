//! Machine-readable results.

use serde_json::{Map, Value, json};

use super::report::Forecast;

impl Forecast {
    /// The report as JSON.
    pub fn json(&self) -> Value {
        let rivals = self.reports.iter().map(|r| {
            let metrics: Map<String, Value> = match &r.results {
                Ok(all) => all
                    .iter()
                    .map(|m| {
                        let value = match &m.result {
                            Ok(found) => serde_json::to_value(found).unwrap_or(Value::Null),
                            Err(e) => json!({"error": e.to_string()}),
                        };
                        (m.name.to_string(), value)
                    })
                    .collect(),
                Err(e) => [("error".to_string(), json!(e.to_string()))].into_iter().collect(),
            };
            let correlation =
                r.curves.as_ref().ok().map(|c| c.correlation.iter().map(|e| e.value).collect::<Vec<_>>());
            json!({
                "name": r.rival.name,
                "about": r.rival.about,
                "ms_a_frame": r.rival.ms,
                "metrics": metrics,
                "correlation": correlation,
            })
        });
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "command": self.setup.command,
            "about": self.about,
            "seeds": [self.setup.seeds.start, self.setup.seeds.end],
            "frames": self.setup.frames,
            "warm_up": self.setup.warm_up,
            "rule_ms_a_frame": self.truth_ms,
            "verdict": self.verdict(),
            "notes": self.notes,
            "rivals": rivals.collect::<Vec<_>>(),
        })
    }
}
