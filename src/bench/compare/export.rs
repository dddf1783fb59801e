//! Machine-readable results: `report.json`, `metrics.csv`, `motion.csv`, `samples.csv`. Everything that depends on the machine and
//! its load is under the keys `measured`, `prices` and `energy` of the JSON; everything else is reproducible from the command.

use std::path::Path;

use serde_json::{Value, json};

use super::beating::{COPIER, DEFINITION};
use super::films::{Film, write_curves};
use super::measure::{COPY_RATIO, MeasuredMetric};
use super::physics::Row;
use super::report::{Comparison, GeneratorReport, Role};
use super::seeds::Seeds;
use super::verdict::{looks, moves, position, verdict};
use crate::metrics::MetricError;
use crate::metrics::catalogue::{Direction, MetricResult};
use crate::metrics::motion::catalogue::NamedResult;
use output::{CsvValue, CsvWriter, OutputError};

/// Why these results are not comparable with published ones.
pub const NOTE: &str = "Distances are measured in this program's own features and are not comparable with published \
                        figures on Inception features.";

/// Cargo features of this build that results depend on.
pub fn built_with() -> Vec<&'static str> {
    if cfg!(feature = "judge") { vec!["judge"] } else { Vec::new() }
}

/// Shares of the samples by the class that they are called.
fn called(p: &GeneratorReport) -> Option<serde_json::Map<String, Value>> {
    let seen = p.seen.as_ref().ok().filter(|s| !s.predictions.is_empty())?;
    let names = seen.classes.iter().map(String::as_str).chain(["unsure"]);
    let shares = names.zip(seen.histogram()).filter(|c| c.1 > 0.0);
    Some(shares.map(|(n, share)| (n.to_string(), share.into())).collect())
}

fn metrics(p: &GeneratorReport) -> serde_json::Map<String, Value> {
    let one = |f: &MeasuredMetric| {
        let mut value = match &f.answer {
            Ok(a) => serde_json::to_value(a).unwrap_or(Value::Null),
            Err(e) => json!({"error": e}),
        };
        value["better"] = serde_json::to_value(f.metric.better).unwrap_or(Value::Null);
        let place = f.answer.as_ref().ok().and_then(|a| position(f.metric, a));
        value["position"] = serde_json::to_value(place).unwrap_or(Value::Null);
        (f.metric.name.to_string(), value)
    };
    p.found.iter().map(one).collect()
}

/// Metrics of a film.
fn motion_metrics(film: &Film) -> serde_json::Map<String, Value> {
    let one = |named: &NamedResult| {
        let mut value = match &named.result {
            Ok(a) => serde_json::to_value(a).unwrap_or(Value::Null),
            Err(e) => json!({"error": e.to_string()}),
        };
        value["better"] = serde_json::to_value(named.better).unwrap_or(Value::Null);
        value["unit"] = named.unit.into();
        value["at_least"] = named.censored.figure.into();
        (named.name.to_string(), value)
    };
    film.results.iter().map(one).collect()
}

/// A row of `metrics.csv`.
struct MetricRow<'a> {
    generator: String,
    metric: &'a str,
    better: Direction,
    answer: Result<&'a MetricResult, String>,
}

impl MetricRow<'_> {
    fn cells(&self) -> [CsvValue; 13] {
        let maybe = |v: Option<f64>| v.map_or(CsvValue::Blank, CsvValue::Number);
        let whole = |v: Option<usize>| v.map_or(CsvValue::Blank, |v| CsvValue::Whole(v as u64));
        let a = self.answer.as_ref().ok();
        [
            CsvValue::Text(self.generator.clone()),
            CsvValue::Text(self.metric.into()),
            maybe(a.map(|a| a.figure.value)),
            maybe(a.map(|a| a.figure.interval[0]).filter(|v| v.is_finite())),
            maybe(a.map(|a| a.figure.interval[1]).filter(|v| v.is_finite())),
            whole(a.map(|a| a.samples[0])),
            whole(a.map(|a| a.samples[1])),
            maybe(a.and_then(|a| a.floor).map(|b| b.value)),
            whole(a.and_then(|a| a.floor).map(|b| b.samples[0])),
            maybe(a.and_then(|a| a.ceiling).map(|b| b.value)),
            maybe(a.and_then(|a| a.of_reference)),
            CsvValue::Text(self.better.words().into()),
            self.answer.as_ref().err().map_or(CsvValue::Blank, |e| CsvValue::Text(e.clone())),
        ]
    }
}

impl Comparison {
    /// The report as JSON.
    pub fn json(&self) -> Value {
        let s = &self.setup;
        let seeds = Seeds::of(s);
        let ends = |r: &std::ops::Range<u64>| [r.start, r.end - 1];
        let measured = |p: &GeneratorReport| {
            let m = p.motion.as_ref().ok();
            let value = json!({
                "first_frame_ms": m.map(|m| m.first_ms),
                "next_frame_ms": m.map(|m| m.next_ms),
                "peak_bytes": m.and_then(|m| m.peak_bytes),
            });
            (p.full_name(), value)
        };
        let all = self.candidates.iter().chain([&self.reference]).chain(&self.opponents);
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "built_with": built_with(),
            "command": s.command,
            "note": NOTE,
            "eye": s.extractor.name(),
            "brief": s.spec,
            "clips": s.clips,
            "film_frames": s.film,
            "k": s.k,
            "bins": s.bins,
            "seeds": {"candidates": ends(&seeds.candidates), "reference": ends(&seeds.reference)},
            "partial": !self.gaps().is_empty(),
            "gaps": self.gaps(),
            "warnings": self.warnings(),
            "known_by_heart_below": self.edge,
            "reference": self.generator_json(&self.reference),
            "train": self.train.as_ref().map(|t| self.generator_json(t)),
            "generators": self.candidates.iter().map(|p| self.generator_json(p)).collect::<Vec<_>>(),
            "scale": self.scale.as_ref().map(|s| json!({"metric": s.metric, "anchors": s.anchors})),
            "opponents": {
                "definition": DEFINITION,
                "copier_above": COPIER,
                "copy_ratio": COPY_RATIO,
                "known_by_heart_below": self.opponents_edge,
                "training_frames": self.training.as_ref().map(|t| self.generator_json(t)),
                "omitted": self.omitted,
                "generators": self.opponents.iter().map(|p| self.generator_json(p)).collect::<Vec<_>>(),
            },
            "motion": {
                "notes": self.films.notes,
                "films": self.films.all.iter().map(|f| (f.full_name(), json!({
                    "starts_alike": f.starts_alike,
                    "metrics": motion_metrics(f),
                }))).collect::<serde_json::Map<_, _>>(),
            },
            "physics": self.physics_json(),
            "eyes": self.eyes,
            "eye_check": self.check,
            "prices": self.prices.all,
            "energy": self.prices.about,
            "measured": all.map(measured).collect::<serde_json::Map<_, _>>(),
        })
    }

    fn physics_json(&self) -> Option<Value> {
        let (found, source) = (&self.physics, self.physics.source.as_ref()?);
        let result = |r: &Result<MetricResult, MetricError>| match r {
            Ok(a) => serde_json::to_value(a).unwrap_or(Value::Null),
            Err(e) => json!({"error": e.to_string()}),
        };
        let row = |r: &Row| {
            let metrics: serde_json::Map<_, _> =
                r.results.iter().map(|(m, found)| (m.name.to_string(), result(found))).collect();
            let name = if r.candidate.is_some() { r.name.clone() } else { format!("opponent:{}", r.name) };
            (name, json!({"velocity": r.source.velocity, "density": r.source.density, "metrics": metrics}))
        };
        let flows: serde_json::Map<_, _> = found.rows.iter().map(row).collect();
        Some(json!({
            "velocity": source.velocity,
            "density": source.density,
            "cells": [found.size.0, found.size.1],
            "notes": found.notes,
            "flows": flows,
        }))
    }

    fn generator_json(&self, p: &GeneratorReport) -> Value {
        let motion = p.motion.as_ref().ok();
        let trained = p.cost.training_images > 0;
        let figure = self.lead.and_then(|m| p.answer(m.name)).map(|a| a.figure.value);
        let is_candidate = p.role == Role::Candidate;
        json!({
            "name": p.name,
            "about": p.about,
            "identity": format!("{:016x}", p.identity),
            "native_size": p.native_size.map(|(w, h)| [w, h]),
            "learned": p.is_learned,
            "samples": p.drawn.seeds.len(),
            "samples_hash": format!("{:016x}", p.drawn.hash),
            "partial": p.partial(),
            "cost": {
                "description_bytes": p.cost.description_bytes,
                "training_seconds": trained.then_some(p.cost.training_seconds),
                "training_images": p.cost.training_images,
            },
            "called": called(p),
            "metrics": metrics(p),
            "looks": is_candidate.then(|| looks(p, self)),
            "moves": if is_candidate { moves(p, self) } else { None },
            "position": self.scale.as_ref().zip(figure).and_then(|(s, v)| s.position(v)),
            "copies": p.copies,
            "bouts": p.bouts,
            "not_beaten": p.not_beaten(),
            "novelty": motion.map(|m| m.novelty.iter().map(|n| n.0).collect::<Vec<_>>()),
            "suspicious": p.neighbours.iter().filter(|n| n.suspicious).count(),
        })
    }

    /// Warnings, then the verdicts, as lines for a terminal.
    pub fn lines(&self) -> Vec<String> {
        let warnings = self.warnings().into_iter().map(|w| format!("warning: {w}."));
        let verdicts = self.candidates.iter().map(|p| format!("{}: {}", p.name, verdict(p, self)));
        warnings.chain(verdicts).collect()
    }

    /// Writes `metrics.csv`: one row for each generator and metric, those of stills first.
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
        let stills = self.candidates.iter().chain(&self.opponents).flat_map(|p| {
            p.found.iter().map(|f| MetricRow {
                generator: p.full_name(),
                metric: f.metric.name,
                better: f.metric.better,
                answer: f.answer.as_ref().map_err(Clone::clone),
            })
        });
        let films = self.films.all.iter().flat_map(|film| {
            film.results.iter().map(|r| MetricRow {
                generator: film.full_name(),
                metric: r.name,
                better: r.better,
                answer: r.result.as_ref().map_err(ToString::to_string),
            })
        });
        stills.chain(films).try_for_each(|row| table.row(&row.cells()))?;
        table.finish().map(|_| ())
    }

    /// Writes `motion.csv`: the curves of all films.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_motion(&self, path: &Path) -> Result<(), OutputError> {
        write_curves(&self.films, &self.reference.name, self.setup.spec.every, path)
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
        for p in [&self.reference].into_iter().chain(&self.candidates).chain(&self.opponents) {
            let known = self.known_of(p);
            let seen = p.seen.as_ref().ok();
            for (i, seed) in p.drawn.seeds.iter().enumerate() {
                let pictures = &p.drawn.pictures;
                let label = pictures.labels.get(i).and_then(|l| pictures.classes.get(*l));
                let call = seen.and_then(|s| Some((s.predictions.get(i)?, s)));
                let neighbour = p.neighbours.get(i);
                table.row(&[
                    CsvValue::Text(p.full_name()),
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
