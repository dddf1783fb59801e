//! `[[link]]` tables, and the names of signals and targets.

use std::ops::Range;

use toml_edit::Value;

use super::problem::{Problems, Section, number, suggest};
use super::tables::tables;
use super::{Directory, Parameter, Scene, is_lost};
use crate::audio_signals::SIGNALS;
use crate::signal::{Curve, Link, Mode};
use crate::system::SystemKind;

/// Signals that are always there, with their usual range.
const BUILT_IN: &[(&str, [f64; 2])] = &[
    ("clock.seconds", [0.0, 60.0]),
    ("touch.x", [0.0, 1.0]),
    ("touch.y", [0.0, 1.0]),
    ("touch.down", [0.0, 1.0]),
    ("touch.idle", [0.0, 60.0]),
    ("tempo.bpm", [60.0, 180.0]),
    ("tempo.beat", [0.0, 64.0]),
    ("tempo.phase", [0.0, 1.0]),
    ("judge.confidence", [0.0, 1.0]),
    ("judge.entropy", [0.0, 1.0]),
    ("judge.novelty", [0.0, 1.0]),
    ("judge.unsure", [0.0, 1.0]),
    ("taste.score", [0.0, 1.0]),
];

/// Prefixes of external signals: a scene cannot know their names beforehand, nor the classes of a judge.
const OPEN: &[&str] = &["osc.", "midi.", "pad.", "web.", "judge."];

/// Every signal a scene can name, with its usual range.
pub struct SignalNames {
    signals: Vec<(String, [f64; 2])>,
    lost: Vec<String>,
}

impl SignalNames {
    /// Of a scene whose nodes and waves are read.
    pub fn of(scene: &Scene, kinds: &'static [SystemKind]) -> Self {
        let mut signals: Vec<(String, [f64; 2])> =
            BUILT_IN.iter().map(|(n, r)| (n.to_string(), *r)).collect();
        signals.extend(SIGNALS.iter().map(|s| (format!("sound.{}", s.name), s.range)));
        signals.extend(kinds.iter().map(|k| (format!("judge.{}", k.name), [0.0, 1.0])));
        signals.extend(scene.waves.iter().map(|w| (format!("wave.{}", w.name), [0.0, 1.0])));
        for node in &scene.nodes {
            for r in node.kind.readouts {
                signals.push((format!("{}.{}", node.name, r.name), [r.lo as f64, r.hi as f64]));
            }
            for o in node.kind.outputs.iter().filter(|o| o.planes == 1) {
                signals.push((format!("{}.{}.mean", node.name, o.name), [o.lo as f64, o.hi as f64]));
            }
        }
        Self { signals, lost: scene.lost.clone() }
    }

    /// The usual range of a signal; a problem if it is unknown, unless its node is lost.
    pub fn check_signal(&self, name: &str, span: Option<Range<usize>>, p: &mut Problems) -> Option<[f64; 2]> {
        let open = || OPEN.iter().any(|o| name.strip_prefix(o).is_some_and(|rest| !rest.is_empty()));
        let known = self.signals.iter().find(|s| s.0 == name).map(|s| s.1);
        let found = known.or_else(|| open().then_some([0.0, 1.0]));
        if found.is_none() && !is_lost(&self.lost, name) {
            let head = name.split('.').next().unwrap_or("");
            let all = self.signals.iter().map(|s| s.0.as_str());
            let valid = siblings(all.collect(), |a| a.split('.').next() == Some(head));
            p.add(span, format!("there is no signal `{name}`; {}", suggest(name, &valid)));
        }
        found
    }

    /// The parameter at an address; a problem if it is unknown, unless its node, layer or voice is lost.
    pub fn target<'d>(
        &self,
        directory: &'d Directory,
        address: &str,
        span: Option<Range<usize>>,
        p: &mut Problems,
    ) -> Option<&'d Parameter> {
        let found = directory.find(address);
        if found.is_none() && !is_lost(&self.lost, address) {
            let head = address.rsplit_once('.').map_or("", |h| h.0);
            let all = directory.iter().map(|d| d.address.as_str());
            let valid = siblings(all.collect(), |a| a.rsplit_once('.').is_some_and(|h| h.0 == head));
            p.add(span, format!("there is no knob `{address}`; {}", suggest(address, &valid)));
        }
        found
    }
}

/// The siblings, or all if there are none.
fn siblings(all: Vec<&str>, is_sibling: impl Fn(&str) -> bool) -> Vec<&str> {
    let near: Vec<&str> = all.iter().copied().filter(|a| is_sibling(a)).collect();
    if near.is_empty() { all } else { near }
}

/// Reads all links.
pub fn read(
    s: &mut Section,
    scene: &Scene,
    names: &SignalNames,
    directory: &Directory,
    p: &mut Problems,
) -> Vec<Link> {
    tables(s, "link", p).into_iter().filter_map(|t| link(t, scene, names, directory, p)).collect()
}

fn link(
    mut s: Section,
    scene: &Scene,
    names: &SignalNames,
    directory: &Directory,
    p: &mut Problems,
) -> Option<Link> {
    let from = s.needed("from", p);
    let usual = from.and_then(|f| names.check_signal(f, s.span_of("from"), p));
    let to = s.needed("to", p);
    let mode = match s.one_of("mode", Mode::NAMES, p) {
        None if s.has("mode") => None,
        mode => Some(Mode::ALL[mode.unwrap_or(0)]),
    };
    let target = match (mode, to) {
        // What it acts on depends on the mode.
        (None, _) | (_, None) => None,
        (Some(Mode::Inhibit), Some(to)) => {
            check_inhibited(to, s.span_of("to"), scene, p);
            None
        }
        (_, Some(to)) => names.target(directory, to, s.span_of("to"), p),
    };
    let (lo, hi) = target.map_or(ANY, |t| t.spec.map_or((0.0, 1.0), |k| (k.lo, k.hi)));
    let span = span(&mut s, lo, hi, p);
    let range = s.pair("range", p).or(usual).unwrap_or([0.0, 1.0]);
    let curve = curve(&mut s, p);
    let lag = s.number("lag", 0.0, 3600.0, p).unwrap_or(0.0);
    let above = s.number("above", 0.0, 1.0, p).unwrap_or(0.5);
    let hold = s.number("hold", 0.0, 3600.0, p).unwrap_or(0.0);
    let quantise = s.number("quantise", 0.0, 1024.0, p).unwrap_or(0.0);
    s.finish(&[], p);
    let (from, to, mode) = (from?.into(), to?.into(), mode?);
    Some(Link { from, to, mode, range, span, curve, lag, above, hold, quantise })
}

/// Range of an unknown knob.
const ANY: (f64, f64) = (-1e9, 1e9);

/// `span = [at 0, at 1]` in the knob's units, or `value = v` for a suppressor with a constant value.
fn span(s: &mut Section, lo: f64, hi: f64, p: &mut Problems) -> [f64; 2] {
    if let Some(v) = s.number("value", lo, hi, p) {
        s.know("span");
        return [v, v];
    }
    let place = s.span_of("span");
    let Some([a, b]) = s.pair("span", p) else { return [lo, hi] };
    if [a, b].iter().any(|v| !(lo..=hi).contains(v)) {
        p.add(
            place,
            format!("`span` of {} must lie in the knob's range {lo}..={hi}, found [{a}, {b}]", s.what()),
        );
    }
    [a, b]
}

fn curve(s: &mut Section, p: &mut Problems) -> Curve {
    let Some(item) = s.item("curve") else { return Curve::Linear };
    let power = item.as_value().and_then(number).filter(|v| (0.05..=20.0).contains(v));
    match (item.as_value().and_then(Value::as_str), power) {
        (Some("linear"), _) => Curve::Linear,
        (Some("smooth"), _) => Curve::Smooth,
        (_, Some(power)) => Curve::Power(power),
        _ => {
            s.wrong("curve", item, "\"linear\", \"smooth\" or an exponent in 0.05..=20", p);
            Curve::Linear
        }
    }
}

fn check_inhibited(to: &str, span: Option<Range<usize>>, scene: &Scene, p: &mut Problems) {
    match to.contains('.') {
        true => drop(super::nodes::source(to, span, scene, p)),
        false if scene.node(to).is_none() && !scene.is_lost(to) => {
            let names: Vec<&str> = scene.nodes.iter().map(|n| n.name.as_str()).collect();
            p.add(span, format!("there is no node `{to}` to inhibit; {}", suggest(to, &names)));
        }
        false => {}
    }
}
