//! `[node.NAME]` tables: system, size, knobs, texts, wires.

use std::ops::Range;

use toml_edit::Item;

use super::problem::{Problems, Section, number, suggest, to_json};
use super::size::size;
use super::{NodePlan, Scene, Wire};
use crate::params::{KnobKind, ParamSpec};
use crate::system::{SystemKind, TextKind, Texts};

/// Reads all nodes into the scene. Wires are read last, when every node is known.
pub fn read(s: &mut Section, scene: &mut Scene, kinds: &'static [SystemKind], p: &mut Problems) {
    let Some(all) = s.item("node").and_then(|i| Section::of(i, "[node]", p)) else {
        p.add(None, "the scene has no nodes; it needs at least one table like [node.cells] with a `system`");
        return;
    };
    let mut wiring = Vec::new();
    for (name, item) in all.entries() {
        let section = Section::of(item, &format!("[node.{name}]"), p);
        section.iter().for_each(|s| check_name(name, s, p));
        let plan = section.and_then(|mut s| node(name, &mut s, scene, kinds, p).map(|plan| (plan, s)));
        match plan {
            Some((plan, section)) => {
                scene.nodes.push(plan);
                wiring.push(section);
            }
            None => scene.lost.push(name.into()),
        }
    }
    for (index, section) in wiring.into_iter().enumerate() {
        wires(index, section, scene, p);
    }
}

fn check_name(name: &str, section: &Section, p: &mut Problems) {
    const TAKEN: &[&str] =
        &["judge", "wave", "touch", "clock", "tempo", "layer", "voice", "sound", "midi", "osc", "pad", "web"];
    if TAKEN.contains(&name) || name.contains(['.', '/', ' ']) || name.is_empty() {
        p.add(
            section.span(),
            format!("a node cannot be called `{name}`: the name is taken or has . / or a space"),
        );
    }
}

fn node(
    name: &str,
    s: &mut Section,
    scene: &Scene,
    kinds: &'static [SystemKind],
    p: &mut Problems,
) -> Option<NodePlan> {
    let names: Vec<&str> = kinds.iter().map(|k| k.name).collect();
    let system = s.needed("system", p);
    let size = size(s, p).unwrap_or(scene.size);
    let system = system?;
    let Some(kind) = kinds.iter().find(|k| k.name == system) else {
        let span = s.span_of("system");
        p.add(span, format!("there is no system `{system}`; {}", suggest(system, &names)));
        return None;
    };
    let knobs = kind.knobs.iter().map(|spec| knob(s, spec, p).unwrap_or(spec.default)).collect();
    let texts = texts(s, kind, scene, p);
    let mut switches: Vec<(String, bool)> = (kind.switches)(&texts).into_iter().map(|n| (n, true)).collect();
    for (off, span) in s.words("off", p) {
        match switches.iter_mut().find(|w| w.0 == off) {
            Some(switch) => switch.1 = false,
            None => {
                let valid: Vec<&str> = switches.iter().map(|w| w.0.as_str()).collect();
                p.add(span, format!("[node.{name}] has no switch `{off}`; {}", suggest(off, &valid)));
            }
        }
    }
    Some(NodePlan {
        name: name.into(),
        kind,
        size,
        knobs,
        switches,
        texts,
        wires: vec![None; kind.inputs.len()],
    })
}

/// A knob's value as written, or a problem.
pub fn knob(s: &mut Section, spec: &ParamSpec, p: &mut Problems) -> Option<f64> {
    let item = s.item(spec.name)?;
    let value = match spec.kind {
        KnobKind::Switch => item.as_bool().map(|b| b as u8 as f64),
        KnobKind::Choice(names) => {
            item.as_str().and_then(|t| names.iter().position(|n| *n == t)).map(|i| i as f64)
        }
        KnobKind::Whole => item.as_value().and_then(number).filter(|v| v.fract() == 0.0),
        KnobKind::Real => item.as_value().and_then(number),
    };
    let value = value.filter(|v| (spec.lo..=spec.hi).contains(v));
    if value.is_none() {
        let hint = match (spec.kind, item.as_str()) {
            (KnobKind::Choice(names), Some(found)) => format!("; {}", suggest(found, names)),
            _ => String::new(),
        };
        s.wrong(spec.name, item, &format!("{}{hint}", spec.range_text()), p);
    }
    value
}

fn texts(s: &mut Section, kind: &SystemKind, scene: &Scene, p: &mut Problems) -> Texts {
    let mut texts = Texts { folder: scene.folder.clone(), ..Texts::default() };
    for spec in kind.texts {
        let Some(item) = s.item(spec.name) else { continue };
        match spec.kind {
            TextKind::Tables => {
                if !item.is_array_of_tables() && item.as_array().is_none() {
                    s.wrong(spec.name, item, "tables", p);
                    continue;
                }
            }
            TextKind::OneOf(names) => match item.as_str() {
                Some(t) if names.contains(&t) => {}
                found => {
                    let hint = suggest(found.unwrap_or(""), names);
                    s.wrong(spec.name, item, &format!("one of {}; {hint}", names.join(", ")), p);
                    continue;
                }
            },
            TextKind::Word | TextKind::File => {
                if item.as_str().is_none() {
                    s.wrong(spec.name, item, "a string in quotes", p);
                    continue;
                }
            }
        }
        texts.values.insert(spec.name.into(), to_json(item));
    }
    for fault in (kind.check)(&texts) {
        p.add(span_of_path(s, &fault.at), format!("{}: {}", s.what(), fault.message));
    }
    texts
}

/// The span of `layer[2].when` in a section, as closely as it can be found.
fn span_of_path(s: &Section, path: &str) -> Option<Range<usize>> {
    let (head, rest) = path.split_once('[').map_or((path, None), |(h, r)| (h, Some(r)));
    let item = s.entries().find(|(k, _)| *k == head).map(|(_, i)| i);
    let found = (|| {
        let (index, tail) = rest?.split_once(']')?;
        let index: usize = index.parse().ok()?;
        let key = tail.trim_start_matches('.');
        match item? {
            Item::ArrayOfTables(list) => {
                let table = list.get(index)?;
                table.get_key_value(key).and_then(|(k, i)| k.span().or(i.span())).or(table.span())
            }
            item => item.as_array()?.get(index)?.span(),
        }
    })();
    found.or_else(|| s.span_of(head)).or_else(|| s.span())
}

fn wires(index: usize, mut s: Section, scene: &mut Scene, p: &mut Problems) {
    let kind = scene.nodes[index].kind;
    for (i, port) in kind.inputs.iter().enumerate() {
        let Some(item) = s.item(port.name) else { continue };
        let wire = match item.as_str() {
            Some(from) => source(from, item.span(), scene, p).map(|(n, o)| Wire::new(n, o, 1.0, 0.0)),
            None => scaled(port.name, item, s.what(), scene, p),
        };
        scene.nodes[index].wires[i] = wire;
    }
    let outputs = kind.outputs.iter().map(|o| o.name);
    if let Some(o) = outputs.into_iter().find(|o| s.entries().any(|(k, _)| k == *o) && !is_known(kind, o)) {
        p.add(
            s.span_of(o),
            format!("`{o}` is an output of {}; it cannot be set, show it with a [[layer]]", kind.name),
        );
        s.know(o);
    }
    let knobs = kind.knobs.iter().map(|k| k.name);
    knobs.chain(kind.texts.iter().map(|t| t.name)).chain(["system", "size", "off"]).for_each(|k| s.know(k));
    s.finish(&[], p);
}

fn is_known(kind: &SystemKind, name: &str) -> bool {
    kind.inputs.iter().any(|i| i.name == name) || kind.knobs.iter().any(|k| k.name == name)
}

impl Wire {
    fn new(node: usize, port: usize, gain: f32, offset: f32) -> Self {
        Self { node, port, gain, offset }
    }
}

fn scaled(port: &str, item: &Item, what: &str, scene: &Scene, p: &mut Problems) -> Option<Wire> {
    let expected = format!(
        "`{port}` of {what} must be a wire like \"cells.alive\" or {{ from = \"cells.alive\", gain = 2 }}"
    );
    let Some(table) = item.as_table_like() else {
        p.add(item.span(), format!("{expected}, found {}", item.to_string().trim()));
        return None;
    };
    let mut s = Section::new(table, format!("the wire `{port}`"), item.span());
    let span = table.get("from").and_then(Item::span);
    let from = s.needed("from", p);
    let gain = s.number("gain", -1e6, 1e6, p).unwrap_or(1.0);
    let offset = s.number("offset", -1e6, 1e6, p).unwrap_or(0.0);
    s.finish(&[], p);
    let (node, out) = source(from?, span, scene, p)?;
    Some(Wire::new(node, out, gain as f32, offset as f32))
}

/// `node.output` as positions, or a problem; none is reported for a lost node.
pub fn source(
    from: &str,
    span: Option<Range<usize>>,
    scene: &Scene,
    p: &mut Problems,
) -> Option<(usize, usize)> {
    let (node, port) = from.split_once('.').unwrap_or((from, ""));
    let Some(index) = scene.node(node) else {
        if scene.is_lost(node) {
            return None;
        }
        let names: Vec<&str> = scene.nodes.iter().map(|n| n.name.as_str()).collect();
        p.add(span, format!("`{from}`: there is no node `{node}`; {}", suggest(node, &names)));
        return None;
    };
    let outputs: Vec<&str> = scene.nodes[index].kind.outputs.iter().map(|o| o.name).collect();
    let found = outputs.iter().position(|o| *o == port);
    if found.is_none() {
        p.add(span, format!("`{from}`: {node} does not show `{port}`; {}", suggest(port, &outputs)));
    }
    Some((index, found?))
}
