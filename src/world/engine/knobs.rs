//! Knobs moved by hand and by links.

use super::{Engine, ParameterOverrides};
use crate::frame::LayerKnobs;
use crate::params::Params;
use crate::scene::{Address, Directory, Parameter, Scene, Target};
use crate::signal::{LinkOutput, Mode};

/// What a link acts on, found when the scene begins.
#[derive(Clone, Debug)]
pub(super) enum LinkTarget {
    /// A knob or switch.
    Knob(Parameter),
    /// An output of a node; all of them if none is named.
    Output(usize, Option<usize>),
    /// Nothing that there is.
    Nothing,
}

/// What each link of a scene acts on.
pub(super) fn aims(scene: &Scene, directory: &Directory) -> Vec<LinkTarget> {
    let aim = |link: &crate::signal::Link| match link.mode {
        Mode::Inhibit => {
            output(scene, &link.to).map_or(LinkTarget::Nothing, |(n, p)| LinkTarget::Output(n, p))
        }
        _ => directory.find(&link.to).map_or(LinkTarget::Nothing, |p| LinkTarget::Knob(p.clone())),
    };
    scene.links.iter().map(aim).collect()
}

/// `node` or `node.output`.
fn output(scene: &Scene, address: &str) -> Option<(usize, Option<usize>)> {
    let (node, port) = address.split_once('.').map_or((address, None), |(n, p)| (n, Some(p)));
    let node = scene.node(node)?;
    let outputs = scene.nodes[node].kind.outputs;
    match port {
        None => Some((node, None)),
        Some(port) => Some((node, Some(outputs.iter().position(|o| o.name == port)?))),
    }
}

impl Engine {
    /// What lies at an address.
    pub fn locate(&self, address: impl Into<Address>) -> Option<&Parameter> {
        self.directory.locate(&address.into())
    }

    /// Moves a knob or switch by address; `None` if there is nothing there. Returns the value it took.
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

    /// A knob's value as set by hand or scene, before links; `None` if there is nothing at the address.
    pub fn get(&self, address: impl Into<Address>) -> Option<f64> {
        self.locate(address).map(|p| self.base(p.target))
    }

    /// A knob's value in force: as links have moved it, and as it was at the birth of its world if it takes effect there
    /// alone.
    pub fn now(&self, address: impl Into<Address>) -> Option<f64> {
        Some(match self.locate(address)?.target {
            Target::Knob(n, k) => self.nodes[n].in_force(k),
            Target::Switch(n, s) => self.nodes[n].switches[s] as u8 as f64,
            Target::Layer(l, k) => self.layers[l].knobs.get(k),
            Target::Voice(v, k) => self.voices[v].now[k],
        })
    }

    /// Every knob and switch as set by hand or scene, in the order of the scene.
    pub fn set_values(&self) -> Vec<(Address, f64)> {
        self.directory.iter().map(|p| (p.address.clone(), self.base(p.target))).collect()
    }

    /// Knobs of nodes that hands have moved from where the scene's file puts them: what the next birth starts from.
    pub fn moved(&self) -> ParameterOverrides {
        self.differing(|n, k| self.nodes[n].base[k])
    }

    /// Knobs of nodes with which the living worlds were born, where they are not those of the scene's file.
    pub fn born_with(&self) -> ParameterOverrides {
        self.differing(|n, k| self.nodes[n].born[k])
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

    /// Knob values of a node in force, as [`Self::now`] says.
    pub fn in_force(&self, node: usize) -> Vec<f64> {
        let living = &self.nodes[node];
        (0..living.base.len()).map(|k| living.in_force(k)).collect()
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

    /// Links read their signals and move knobs, suppress them, or silence outputs.
    pub(super) fn follow_links(&mut self) {
        let (now, dt) = (self.seconds(), self.scene.dt());
        let beats = self.places.beats(&self.signals);
        let heard = self.places.links.iter().map(|place| self.signals.at(*place));
        let wishes: Vec<LinkOutput> =
            self.links.iter_mut().zip(heard).map(|(l, signal)| l.follow(signal, now, dt, beats)).collect();
        let mut moved: Vec<(&Parameter, f64)> = Vec::new();
        let mut silenced = Vec::new();
        for ((live, aim), wish) in self.links.iter().zip(&self.aims).zip(&wishes) {
            let parameter = match aim {
                LinkTarget::Output(node, port) if wish.active => {
                    silenced.push((*node, *port));
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
                Mode::Modulate if live.on => moved[at].1 += wish.value - base,
                Mode::Suppress if wish.active => moved[at].1 = wish.value,
                _ => {}
            }
        }
        let moved: Vec<(Target, f64)> = moved
            .into_iter()
            .map(|(p, value)| (p.target, p.spec.map_or(value, |s| s.clamp(value))))
            .collect();
        self.bus.inhibit(silenced);
        moved.into_iter().for_each(|(target, value)| self.write(target, value));
    }
}
