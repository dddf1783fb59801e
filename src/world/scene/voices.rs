//! `[voice.NAME]` tables: what makes the worlds audible.

use std::ops::Range;

use toml_edit::Item;

use super::links::SignalNames;
use super::problem::{Problems, Section, suggest};
use super::{Scene, nodes};
use crate::system::SystemKind;
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
        p.add(span, format!("{} has no `read`, such as {}", s.what(), kind.reads.example()));
        return None;
    };
    let Some(texts) = texts(item).filter(|t| kind.reads == Reads::Signals || t.len() == 1) else {
        s.wrong("read", item, kind.reads.example(), p);
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

fn input(
    text: &str,
    span: Option<Range<usize>>,
    kind: &VoiceKind,
    scene: &Scene,
    names: &SignalNames,
    p: &mut Problems,
) -> Option<VoiceInput> {
    match kind.reads {
        Reads::Signals => {
            names.check_signal(text, span, p).map(|range| VoiceInput::Signal(text.into(), range))
        }
        Reads::Field => field(text, span, scene, p),
        Reads::Soundings => node(text, span, scene, p, "audible events", |k| !k.soundings.is_empty()),
        Reads::Audio => node(text, span, scene, p, "sound of its own", |k| k.audio),
    }
}

/// A node that can be heard.
fn node(
    text: &str,
    span: Option<Range<usize>>,
    scene: &Scene,
    p: &mut Problems,
    what: &str,
    can: fn(&SystemKind) -> bool,
) -> Option<VoiceInput> {
    let found = scene.node(text).filter(|n| can(scene.nodes[*n].kind));
    if found.is_none() && !super::is_lost(&scene.lost, &format!("node.{text}")) {
        let valid: Vec<&str> = scene.nodes.iter().filter(|n| can(n.kind)).map(|n| n.name.as_str()).collect();
        let said = match scene.node(text) {
            Some(n) => format!("`{}` has no {what}", scene.nodes[n].kind.name),
            None => format!("there is no node `{text}`"),
        };
        let hint = if valid.is_empty() {
            format!("no node of this scene has {what}")
        } else {
            suggest(text, &valid)
        };
        p.add(span, format!("{said}; {hint}"));
    }
    found.map(VoiceInput::Node)
}

fn field(text: &str, span: Option<Range<usize>>, scene: &Scene, p: &mut Problems) -> Option<VoiceInput> {
    let (node, port) = nodes::source(text, span.clone(), scene, p)?;
    if scene.nodes[node].kind.outputs[port].planes == 3 {
        p.add(span, format!("`{text}` is a colour field; a voice reads a scalar or vector field"));
        return None;
    }
    Some(VoiceInput::Field(node, port))
}
