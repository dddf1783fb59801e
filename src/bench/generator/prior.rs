//! Sampling prior over a scene's knobs, as written on the command line.

use world::params::{KnobKind, ParamSpec, Params};
use world::rng::Rng;
use world::scene::problem::suggest;
use world::scene::{Directory, Scene, Target};

/// Distribution of a knob's value.
#[derive(Clone, Debug, PartialEq)]
enum PriorValues {
    /// Uniform over the normalised value (so log-uniform for a logarithmic knob).
    Between(f64, f64),
    /// One of these, uniformly.
    Among(Vec<f64>),
}

/// The prior of one knob.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ParameterPrior {
    address: String,
    target: Target,
    spec: Option<&'static ParamSpec>,
    values: PriorValues,
}

impl ParameterPrior {
    /// Reads `node.knob=LO..HI`, `node.knob=VALUE` or `node.knob=A|B|C`.
    pub(super) fn parse(setting: &str, scene: &Scene) -> Result<Self, String> {
        let (address, text) = setting.split_once('=').ok_or_else(|| {
            format!("expected node.knob=LO..HI, node.knob=VALUE, canvas=WxH, cells=WxH or warm-up=LO..HI, found `{setting}`")
        })?;
        let directory = Directory::of(scene);
        let Some((target, spec)) = directory.find(address).map(|p| (p.target, p.spec)) else {
            let head = address.split_once('.').map_or("", |h| h.0);
            let near: Vec<&str> = directory
                .iter()
                .map(|p| p.address.as_str())
                .filter(|a| a.split_once('.').is_some_and(|h| h.0 == head))
                .collect();
            let nodes: Vec<&str> = scene.nodes.iter().map(|n| n.name.as_str()).collect();
            return Err(match near.is_empty() {
                true => format!("there is no node `{head}`; {}", suggest(head, &nodes)),
                false => format!("there is no knob `{address}`; {}", suggest(address, &near)),
            });
        };
        let one = |text: &str| {
            let value = match spec {
                Some(spec) => spec.parse(text),
                None => text.parse::<bool>().ok().map(|b| b as u8 as f64),
            };
            let range = || spec.map_or("true or false".into(), ParamSpec::range_text);
            value.ok_or_else(|| format!("{address}: expected {}, found `{text}`", range()))
        };
        let values = match text.split_once("..") {
            Some((lo, hi)) => {
                let wide = spec.is_some_and(|s| matches!(s.kind, KnobKind::Real | KnobKind::Whole));
                let (lo, hi) = (one(lo)?, one(hi)?);
                if !wide || lo > hi {
                    return Err(format!(
                        "{address}: expected LO..HI of numbers, the lower first, found `{text}`"
                    ));
                }
                PriorValues::Between(lo, hi)
            }
            None => PriorValues::Among(text.split('|').map(one).collect::<Result<_, _>>()?),
        };
        Ok(Self { address: address.into(), target, spec, values })
    }

    /// Its address and ends, if it is a range of a knob.
    pub(super) fn range(&self) -> Option<(&str, [f64; 2])> {
        match (&self.values, self.target) {
            (PriorValues::Between(lo, hi), Target::Knob(..)) => Some((&self.address, [*lo, *hi])),
            _ => None,
        }
    }

    /// The value for a sample's random stream.
    fn value(&self, rng: Rng) -> f64 {
        let rng = rng.named(&self.address);
        match &self.values {
            PriorValues::Among(all) => all[rng.below(0, all.len() as u64) as usize],
            PriorValues::Between(lo, hi) => {
                let u = rng.unit64(0);
                match self.spec {
                    Some(spec) if spec.kind == KnobKind::Whole => {
                        lo + rng.below(0, (hi - lo) as u64 + 1) as f64
                    }
                    Some(spec) => {
                        let [a, b] = [lo, hi].map(|v| spec.position_of(*v));
                        spec.value_at(a + (b - a) * u).clamp(*lo, *hi)
                    }
                    None => lo + (hi - lo) * u,
                }
            }
        }
    }

    /// Sets the knob of a scene before it is instantiated.
    pub(super) fn set(&self, scene: &mut Scene, rng: Rng) {
        let value = self.value(rng);
        match self.target {
            Target::Knob(n, k) => scene.nodes[n].knobs[k] = value,
            Target::Switch(n, s) => scene.nodes[n].switches[s].1 = value >= 0.5,
            Target::Layer(l, k) => scene.layers[l].layer.knobs.set(k, value),
            Target::Voice(v, k) => scene.voices[v].knobs[k] = value,
        }
    }
}
