//! `[voice.NAME]` tables: what makes the worlds audible.

use std::ops::Range;

use toml_edit::Item;

use super::links::SignalNames;
use super::problem::{Problems, Section, suggest};
use super::{Scene, nodes};
use crate::voice::{MOST_SIGNALS, MOST_VOICES, Reads, VoiceInput, VoiceKind, VoicePlan};

/// Reads all voices into the scene. Without `kinds` they are skipped, and references to them are no problem.
pub fn read(
    s: &mut Section,
    scene: &mut Scene,
    kinds: Option<&'static [VoiceKind]>,
    names: &SignalNames,
    p: &mut Problems,
) {
    let Some(all) = s.item("voice").and_then(|i| Section::of(i, "[voice]", p)) else { return };
    for (name, item) in all.entries() {
        let Some(section) = Section::of(item, &format!("[voice.{name}]"), p) else {
            scene.lost.push(format!("voice.{name}"));
            continue;
        };
        let Some(kinds) = kinds else {
            scene.lost.push(format!("voice.{name}"));
            continue;
        };
        if scene.voices.len() == MOST_VOICES {
            p.add(section.span(), format!("a scene has at most {MOST_VOICES} voices"));
            scene.lost.push(format!("voice.{name}"));
            continue;
        }
        if name.contains(['.', '/', ' ']) || name.is_empty() {
            p.add(section.span(), format!("a voice cannot be called `{name}`: a name has no . / or space"));
        }
        match voice(name, section, scene, kinds, names, p) {
            Some(plan) => scene.voices.push(plan),
            None => scene.lost.push(format!("voice.{name}")),
        }
    }
}

fn voice(
    name: &str,
    mut s: Section,
    scene: &Scene,
    kinds: &'static [VoiceKind],
    names: &SignalNames,
    p: &mut Problems,
) -> Option<VoicePlan> {
    let word = s.needed("kind", p)?;
    let Some(kind) = kinds.iter().find(|k| k.name == word) else {
        let valid: Vec<&str> = kinds.iter().map(|k| k.name).collect();
        p.add(s.span_of("kind"), format!("there is no kind of voice `{word}`; {}", suggest(word, &valid)));
        return None;
    };
    let inputs = inputs(&mut s, kind, scene, names, p);
    let knobs = kind.knobs.iter().map(|k| nodes::knob(&mut s, k, p).unwrap_or(k.default)).collect();
    s.finish(&[], p);
    Some(VoicePlan { name: name.into(), kind, inputs: inputs?, knobs })
}

fn inputs(
    s: &mut Section,
    kind: &VoiceKind,
    scene: &Scene,
    names: &SignalNames,
    p: &mut Problems,
) -> Option<Vec<VoiceInput>> {
    let span = s.span();
    let Some(item) = s.item("read") else {
        p.add(span, format!("{} has no `read`, such as {}", s.what(), example(kind)));
        return None;
    };
    let Some(texts) = texts(item).filter(|t| kind.reads == Reads::Signals || t.len() == 1) else {
        s.wrong("read", item, example(kind), p);
        return None;
    };
    texts.into_iter().map(|(text, span)| input(text, span, kind, scene, names, p)).collect()
}

/// A text with its span.
type SpannedText<'a> = (&'a str, Option<Range<usize>>);

/// A text, or a list of up to sixteen.
fn texts(item: &Item) -> Option<Vec<SpannedText<'_>>> {
    if let Some(text) = item.as_str() {
        return Some(vec![(text, item.span())]);
    }
    let list = item.as_value()?.as_array()?;
    let texts: Option<Vec<_>> = list.iter().map(|v| v.as_str().map(|t| (t, v.span()))).collect();
    texts.filter(|t| !t.is_empty() && t.len() <= MOST_SIGNALS)
}

fn example(kind: &VoiceKind) -> &'static str {
    match kind.reads {
        Reads::Field => "one field like \"cells.births\"",
        Reads::Signals => "up to 16 signals like [\"cells.alive\", \"wave.slow\"]",
    }
}

fn input(
    text: &str,
    span: Option<Range<usize>>,
    kind: &VoiceKind,
    scene: &Scene,
    names: &SignalNames,
    p: &mut Problems,
) -> Option<VoiceInput> {
    if kind.reads == Reads::Signals {
        return names.check_signal(text, span, p).map(|range| VoiceInput::Signal(text.into(), range));
    }
    let (node, port) = nodes::source(text, span.clone(), scene, p)?;
    if scene.nodes[node].kind.outputs[port].planes == 3 {
        p.add(span, format!("`{text}` is a colour field; a voice reads a scalar or vector field"));
        return None;
    }
    Some(VoiceInput::Field(node, port))
}
