//! Knobs as set by the user and as moved by links.

use super::Engine;
use super::link_target::LinkTarget;
use crate::frame::LayerKnobs;
use crate::params::Params;
use crate::scene::{Address, Parameter, ParameterOverrides, Target};
use crate::signal::{LinkOutput, Mode};

impl Engine {
    /// The parameter at an address.
    pub fn locate(&self, address: impl Into<Address>) -> Option<&Parameter> {
        self.directory.locate(&address.into())
    }

    /// Sets a knob or switch by address and returns the clamped value; `None` for an unknown address.
    pub fn set(&mut self, address: impl Into<Address>, value: f64) -> Option<f64> {
        let parameter = self.directory.locate(&address.into())?;
        let (target, value) = (parameter.target, parameter.clamp(value));
        match target {
            Target::Knob(n, k) => self.nodes[n].base[k] = value,
            Target::Switch(n, s) => self.nodes[n].base_switches[s] = value >= 0.5,
            Target::Layer(l, k) => self.base_layers[l].knobs.set(k, value),
            Target::Voice(v, k) => self.voices[v].set[k] = value,
        }
        self.write(target, value);
        Some(value)
    }

    /// A knob's value as set by the user or the scene, before links; `None` for an unknown address.
    pub fn get(&self, address: impl Into<Address>) -> Option<f64> {
        self.locate(address).map(|p| self.base(p.target))
    }

    /// A knob's value in force: as links have moved it, or as its world was created if it takes effect only at birth.
    pub fn now(&self, address: impl Into<Address>) -> Option<f64> {
        Some(match self.locate(address)?.target {
            Target::Knob(n, k) => self.nodes[n].in_force(k),
            Target::Switch(n, s) => self.nodes[n].switches[s] as u8 as f64,
            Target::Layer(l, k) => self.layers[l].knobs.get(k),
            Target::Voice(v, k) => self.voices[v].now[k],
        })
    }

    /// Every knob and switch as set by the user or the scene, in the order of the scene.
    pub fn set_values(&self) -> Vec<(Address, f64)> {
        self.directory.iter().map(|p| (p.address.clone(), self.base(p.target))).collect()
    }

    /// Knobs of nodes that the user has moved from the scene file's values: what the next restart starts from.
    pub fn moved(&self) -> ParameterOverrides {
        self.differing(|n, k| self.nodes[n].base[k])
    }

    /// Knobs that the running worlds were created with, where they differ from the scene file.
    pub fn created_with(&self) -> ParameterOverrides {
        self.differing(|n, k| self.nodes[n].initial[k])
    }

    fn differing(&self, value: impl Fn(usize, usize) -> f64) -> ParameterOverrides {
        let moved = |p: &Parameter| match p.target {
            Target::Knob(n, k) if value(n, k) != self.scene.nodes[n].knobs[k] => {
                Some((p.address.clone(), value(n, k)))
            }
            _ => None,
        };
        self.directory.iter().filter_map(moved).collect()
    }

    /// Knob values of a node in force, as [`Self::now`] returns them.
    pub fn in_force(&self, node: usize) -> Vec<f64> {
        let living = &self.nodes[node];
        (0..living.base.len()).map(|k| living.in_force(k)).collect()
    }

    /// Knob values of every node as set, in the order of the specs, as [`Scene::print`] takes them.
    pub fn knobs(&self) -> Vec<Vec<f64>> {
        self.nodes.iter().map(|n| n.base.clone()).collect()
    }

    /// Knobs of nodes, layers and voices that differ from the scene file, as `address=value` on one line.
    pub fn knob_text(&self) -> String {
        // A knob may be stored as f32: rounding the scene's number is no change.
        let moved = |is: f64, was: f64| is != was && is != was as f32 as f64;
        let mut out = Vec::new();
        for (plan, living) in self.scene.nodes.iter().zip(&self.nodes) {
            for (i, spec) in plan.kind.knobs.iter().enumerate() {
                let value = living.in_force(i);
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

    pub(super) fn base(&self, target: Target) -> f64 {
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

    /// Links read their signals and move knobs, suppress them, or inhibit outputs.
    pub(super) fn follow_links(&mut self) {
        let (now, dt) = (self.seconds(), self.scene.dt());
        let beats = self.places.beats(&self.signals);
        let signals = self.places.links.iter().map(|place| self.signals.at(*place));
        let outputs: Vec<LinkOutput> =
            self.links.iter_mut().zip(signals).map(|(l, signal)| l.follow(signal, now, dt, beats)).collect();
        let mut moved: Vec<(&Parameter, f64)> = Vec::new();
        let mut inhibited = Vec::new();
        for ((live, target), output) in self.links.iter().zip(&self.link_targets).zip(&outputs) {
            let parameter = match target {
                LinkTarget::Output(node, port) if output.active => {
                    inhibited.push((*node, *port));
                    continue;
                }
                LinkTarget::Output(..) | LinkTarget::Nothing => continue,
                LinkTarget::Knob(parameter) => parameter,
            };
            let base = self.base(parameter.target);
            let at = moved.iter().position(|m| m.0.target == parameter.target).unwrap_or_else(|| {
                moved.push((parameter, base));
                moved.len() - 1
            });
            match live.link.mode {
                Mode::Modulate if live.on => moved[at].1 += output.value - base,
                Mode::Suppress if output.active => moved[at].1 = output.value,
                _ => {}
            }
        }
        let moved: Vec<(Target, f64)> = moved
            .into_iter()
            .map(|(p, value)| (p.target, p.spec.map_or(value, |s| s.clamp(value))))
            .collect();
        self.bus.inhibit(inhibited);
        moved.into_iter().for_each(|(target, value)| self.write(target, value));
    }
}
