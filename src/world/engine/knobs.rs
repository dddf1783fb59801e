//! Signals by name, and knobs moved by hand and by links.

use std::collections::BTreeMap;

use super::{Engine, board};
use crate::world::frame::LayerKnobs;
use crate::world::params::{Params, Spec};
use crate::world::scene::{Scene, Target};
use crate::world::signal::{Mode, Wish};
use crate::world::system::{Phase, Touch};

/// Every signal of the last tick, by name. A signal nobody has sent yet reads 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signals {
    values: BTreeMap<String, f64>,
    touched: Option<f64>,
}

impl Signals {
    /// The value of a signal.
    pub fn get(&self, name: &str) -> f64 {
        self.values.get(name).copied().unwrap_or(0.0)
    }

    /// All signals in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.values.iter().map(|(n, v)| (n.as_str(), *v))
    }

    pub(super) fn set_outside(&mut self, name: &str, value: f64) {
        self.values.insert(name.into(), if value.is_finite() { value } else { 0.0 });
    }

    /// Clock, waves and touch.
    pub(super) fn begin_tick(&mut self, scene: &Scene, now: f64, touch: Option<Touch>) {
        self.put("clock.seconds", now);
        scene.waves.iter().for_each(|w| self.put(&format!("wave.{}", w.name), w.at(now)));
        if let Some(t) = touch {
            self.put("touch.x", t.x as f64);
            self.put("touch.y", t.y as f64);
            self.put("touch.down", (t.phase != Phase::Up) as u8 as f64);
            self.touched = Some(now);
        }
        self.put("touch.idle", now - self.touched.unwrap_or(0.0));
    }

    pub(super) fn read_nodes(&mut self, scene: &Scene, read: impl Fn(usize, usize) -> f32) {
        for (n, plan) in scene.nodes.iter().enumerate() {
            for (r, readout) in plan.kind.readouts.iter().enumerate() {
                self.put(&format!("{}.{}", plan.name, readout.name), read(n, r) as f64);
            }
        }
    }

    pub(super) fn read_means(&mut self, scene: &Scene, board: &board::Board) {
        for (node, port, name) in board::means(scene) {
            self.put(&name, board.mean(scene, node, port));
        }
    }

    fn put(&mut self, name: &str, value: f64) {
        match self.values.get_mut(name) {
            Some(v) => *v = value,
            None => drop(self.values.insert(name.into(), value)),
        }
    }
}

impl Engine {
    /// Moves a knob or switch by address; `None` if there is nothing there. Returns the value it took.
    pub fn set(&mut self, address: &str, value: f64) -> Option<f64> {
        let (target, spec) = self.scene.target(address)?;
        let value = spec.map_or((value >= 0.5) as u8 as f64, |s| s.clamp(value));
        match target {
            Target::Knob(n, k) => self.nodes[n].base[k] = value,
            Target::Switch(n, s) => self.nodes[n].base_switches[s] = value >= 0.5,
            Target::Layer(l, k) => self.base_layers[l].knobs.set(k, value),
            Target::Voice(v, k) => self.voices[v].set[k] = value,
        }
        self.write(target, value);
        Some(value)
    }

    /// A knob's value as set by hand or scene, before links; `None` if there is nothing at the address.
    pub fn get(&self, address: &str) -> Option<f64> {
        self.scene.target(address).map(|(t, _)| self.base(t))
    }

    /// A knob's value as links have moved it.
    pub fn moved(&self, address: &str) -> Option<f64> {
        Some(match self.scene.target(address)?.0 {
            Target::Knob(n, k) => self.nodes[n].node.knob(k),
            Target::Switch(n, s) => self.nodes[n].switches[s] as u8 as f64,
            Target::Layer(l, k) => self.layers[l].knobs.get(k),
            Target::Voice(v, k) => self.voices[v].now[k],
        })
    }

    /// Knob values of every node as set, in the order of the specs; what [`Scene::print`] wants.
    pub fn knobs(&self) -> Vec<Vec<f64>> {
        self.nodes.iter().map(|n| n.base.clone()).collect()
    }

    /// Knobs of nodes, layers and voices that have moved from where the scene file puts them, as `address=value` in one line.
    pub fn knob_text(&self) -> String {
        // A knob may be stored in f32: what that makes of the scene's number has not moved.
        let moved = |is: f64, was: f64| is != was && is != was as f32 as f64;
        let mut out = Vec::new();
        for (plan, living) in self.scene.nodes.iter().zip(&self.nodes) {
            for (i, spec) in plan.kind.knobs.iter().enumerate() {
                let value = living.node.knob(i);
                if moved(value, plan.knobs[i]) {
                    out.push(format!("{}.{}={}", plan.name, spec.name, spec.text(value)));
                }
            }
        }
        for (plan, living) in self.scene.layers.iter().zip(&self.layers) {
            for (i, spec) in LayerKnobs::SPECS.iter().enumerate() {
                let value = living.knobs.get(i);
                if moved(value, plan.layer.knobs.get(i)) {
                    out.push(format!("layer.{}.{}={}", living.name, spec.name, spec.text(value)));
                }
            }
        }
        for (plan, voice) in self.scene.voices.iter().zip(&self.voices) {
            for (i, spec) in plan.kind.knobs.iter().enumerate() {
                if moved(voice.now[i], plan.knobs[i]) {
                    out.push(format!("voice.{}.{}={}", plan.name, spec.name, spec.text(voice.now[i])));
                }
            }
        }
        out.join(" ")
    }

    fn base(&self, target: Target) -> f64 {
        match target {
            Target::Knob(n, k) => self.nodes[n].base[k],
            Target::Switch(n, s) => self.nodes[n].base_switches[s] as u8 as f64,
            Target::Layer(l, k) => self.base_layers[l].knobs.get(k),
            Target::Voice(v, k) => self.voices[v].set[k],
        }
    }

    fn write(&mut self, target: Target, value: f64) {
        match target {
            Target::Knob(n, k) => self.nodes[n].node.set_knob(k, value),
            Target::Switch(n, s) => self.nodes[n].switches[s] = value >= 0.5,
            Target::Layer(l, k) => self.layers[l].knobs.set(k, value),
            Target::Voice(v, k) => self.voices[v].now[k] = value,
        }
    }

    /// Links read their signals and move knobs, suppress them, or silence outputs.
    pub(super) fn follow_links(&mut self) {
        let (now, dt) = (self.seconds(), self.scene.dt());
        let signals = &self.signals;
        let beats =
            (signals.get("tempo.bpm") > 0.0).then(|| signals.get("tempo.beat") + signals.get("tempo.phase"));
        let wishes: Vec<Wish> =
            self.links.iter_mut().map(|l| l.follow(signals.get(&l.link.from), now, dt, beats)).collect();
        let mut moved: Vec<(Target, Option<&'static Spec>, f64)> = Vec::new();
        let mut silenced = Vec::new();
        for (i, wish) in wishes.iter().enumerate() {
            let link = &self.links[i].link;
            if link.mode == Mode::Inhibit {
                silenced.extend(self.inhibited(&link.to).filter(|_| wish.active));
                continue;
            }
            let Some((target, spec)) = self.scene.target(&link.to) else { continue };
            let base = self.base(target);
            if !moved.iter().any(|m| m.0 == target) {
                moved.push((target, spec, base));
            }
            let Some(entry) = moved.iter_mut().find(|m| m.0 == target) else { continue };
            match link.mode {
                Mode::Modulate if self.links[i].on => entry.2 += wish.value - base,
                Mode::Suppress if wish.active => entry.2 = wish.value,
                _ => {}
            }
        }
        self.board.inhibit(silenced);
        for (target, spec, value) in moved {
            self.write(target, spec.map_or(value, |s| s.clamp(value)));
        }
    }

    fn inhibited(&self, address: &str) -> std::option::IntoIter<(usize, Option<usize>)> {
        let (node, port) = address.split_once('.').map_or((address, None), |(n, p)| (n, Some(p)));
        let found = self.scene.node(node).and_then(|n| match port {
            None => Some((n, None)),
            Some(p) => Some((n, Some(self.scene.nodes[n].kind.outputs.iter().position(|o| o.name == p)?))),
        });
        found.into_iter()
    }
}
