//! Machine-readable results: `report.json`, `metrics.csv`, `samples.csv`. Everything that depends on the machine and
//! its load is under the key `measured` of the JSON; everything else is reproducible from the command.

use std::path::Path;

use serde_json::{Value, json};

use super::verdict::verdict;
use super::{Comparison, GeneratorReport, seeds};
use output::{CsvValue, CsvWriter, OutputError};

/// Why these results are not comparable with published ones.
pub const NOTE: &str = "Distances are measured in this program's own features and are not comparable with published \
                        figures on Inception features.";

/// Cargo features of this build that results depend on.
pub fn built_with() -> Vec<&'static str> {
    if cfg!(feature = "judge") { vec!["judge"] } else { Vec::new() }
}

impl Comparison {
    /// The report as JSON.
    pub fn json(&self) -> Value {
        let s = &self.setup;
        let [candidates, reference, _] = seeds(s).map(|r| [r.start, r.end - 1]);
        let measured = |p: &GeneratorReport| {
            let m = p.motion.as_ref().ok();
            let value = json!({
                "first_frame_ms": m.map(|m| m.first_ms),
                "next_frame_ms": m.map(|m| m.next_ms),
                "peak_bytes": m.and_then(|m| m.peak_bytes),
            });
            (p.name.clone(), value)
        };
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "built_with": built_with(),
            "command": s.command,
            "note": NOTE,
            "eye": s.extractor.name(),
            "brief": s.spec,
            "clips": s.clips,
            "k": s.k,
            "bins": s.bins,
            "seeds": {"candidates": candidates, "reference": reference},
            "partial": !self.gaps().is_empty(),
            "gaps": self.gaps(),
            "known_by_heart_below": self.edge,
            "reference": self.generator_json(&self.reference),
            "train": self.train.as_ref().map(|t| self.generator_json(t)),
            "generators": self.candidates.iter().map(|p| self.generator_json(p)).collect::<Vec<_>>(),
            "measured": self.candidates.iter().chain([&self.reference]).map(measured)
                .collect::<serde_json::Map<_, _>>(),
        })
    }

    fn generator_json(&self, p: &GeneratorReport) -> Value {
        let predicted = p.seen.as_ref().ok().filter(|s| !s.predictions.is_empty()).map(|s| {
            let names = s.classes.iter().map(String::as_str).chain(["unsure"]);
            let shares = names.zip(s.histogram()).filter(|c| c.1 > 0.0);
            shares.map(|(n, share)| (n.to_string(), share.into())).collect::<serde_json::Map<_, Value>>()
        });
        let metrics = p.found.iter().map(|f| {
            let mut value = match &f.answer {
                Ok(a) => serde_json::to_value(a).unwrap_or(Value::Null),
                Err(e) => json!({"error": e}),
            };
            value["better"] = serde_json::to_value(f.metric.better).unwrap_or(Value::Null);
            (f.metric.name.to_string(), value)
        });
        let motion = p.motion.as_ref().ok();
        let trained = p.cost.training_images > 0;
        json!({
            "name": p.name,
            "about": p.about,
            "identity": format!("{:016x}", p.identity),
            "samples": p.drawn.seeds.len(),
            "samples_hash": format!("{:016x}", p.drawn.hash),
            "partial": p.partial(),
            "cost": {
                "description_bytes": p.cost.description_bytes,
                "training_seconds": trained.then_some(p.cost.training_seconds),
                "training_images": p.cost.training_images,
            },
            "called": predicted,
            "metrics": metrics.collect::<serde_json::Map<_, _>>(),
            "novelty": motion.map(|m| m.novelty.iter().map(|n| n.0).collect::<Vec<_>>()),
            "suspicious": p.neighbours.iter().filter(|n| n.suspicious).count(),
        })
    }

    /// The verdicts as lines for a terminal.
    pub fn lines(&self) -> Vec<String> {
        self.candidates.iter().map(|p| format!("{}: {}", p.name, verdict(p, self))).collect()
    }

    /// Writes `metrics.csv`: one row for each generator and metric.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_metrics(&self, path: &Path) -> Result<(), OutputError> {
        let columns = [
            "generator",
            "metric",
            "value",
            "low",
            "high",
            "n_reference",
            "n_candidate",
            "floor",
            "floor_n",
            "ceiling",
            "of_reference",
            "better",
            "error",
        ];
        let mut table = CsvWriter::create(path, &columns.map(String::from))?;
        for p in &self.candidates {
            for f in &p.found {
                let maybe = |v: Option<f64>| v.map_or(CsvValue::Blank, CsvValue::Number);
                let whole = |v: Option<usize>| v.map_or(CsvValue::Blank, |v| CsvValue::Whole(v as u64));
                let a = f.answer.as_ref().ok();
                table.row(&[
                    CsvValue::Text(p.name.clone()),
                    CsvValue::Text(f.metric.name.into()),
                    maybe(a.map(|a| a.figure.value)),
                    maybe(a.map(|a| a.figure.interval[0])),
                    maybe(a.map(|a| a.figure.interval[1])),
                    whole(a.map(|a| a.samples[0])),
                    whole(a.map(|a| a.samples[1])),
                    maybe(a.and_then(|a| a.floor).map(|b| b.value)),
                    whole(a.and_then(|a| a.floor).map(|b| b.samples[0])),
                    maybe(a.and_then(|a| a.ceiling).map(|b| b.value)),
                    maybe(a.and_then(|a| a.of_reference)),
                    CsvValue::Text(f.metric.better.words().into()),
                    f.answer.as_ref().err().map_or(CsvValue::Blank, |e| CsvValue::Text(e.clone())),
                ])?;
            }
        }
        table.finish().map(|_| ())
    }

    /// Writes `samples.csv`: one row for each sample.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_samples(&self, path: &Path) -> Result<(), OutputError> {
        let columns = [
            "generator",
            "seed",
            "label",
            "pixels_hash",
            "called",
            "confidence",
            "unsure",
            "nearest_seed",
            "distance",
            "nearer_than_held_out",
        ];
        let mut table = CsvWriter::create(path, &columns.map(String::from))?;
        let known = self.known();
        for p in [&self.reference].into_iter().chain(&self.candidates) {
            let seen = p.seen.as_ref().ok();
            for (i, seed) in p.drawn.seeds.iter().enumerate() {
                let pictures = &p.drawn.pictures;
                let label = pictures.labels.get(i).and_then(|l| pictures.classes.get(*l));
                let call = seen.and_then(|s| Some((s.predictions.get(i)?, s)));
                let neighbour = p.neighbours.get(i);
                table.row(&[
                    CsvValue::Text(p.name.clone()),
                    CsvValue::Whole(*seed),
                    label.map_or(CsvValue::Blank, |l| CsvValue::Text(l.clone())),
                    CsvValue::Text(format!("{:016x}", data::dataset::hash(&pictures.pixels[i]))),
                    call.map_or(CsvValue::Blank, |(c, s)| CsvValue::Text(s.classes[c.class].clone())),
                    call.map_or(CsvValue::Blank, |(c, _)| CsvValue::Number(c.confidence)),
                    call.map_or(CsvValue::Blank, |(c, _)| CsvValue::Whole(c.unsure as u64)),
                    neighbour.map_or(CsvValue::Blank, |n| CsvValue::Whole(known.drawn.seeds[n.place])),
                    neighbour.map_or(CsvValue::Blank, |n| CsvValue::Number(n.distance)),
                    neighbour.map_or(CsvValue::Blank, |n| CsvValue::Whole(n.suspicious as u64)),
                ])?;
            }
        }
        table.finish().map(|_| ())
    }
}
