//! Gradients of a graph at inference: of what is made of its features or of one layer, with respect to any layer before
//! that and to the picture. On plain slices, with sums in one fixed order, as the layers themselves.

use super::inference::{OpenGraph, Work, places};
use super::{Graph, Layer};
use crate::backbone::network::{FeatureNetwork, Workspace};
use crate::layer_options::{Activation, Global};
use learn::net::padded::PaddedImages;
use learn::net::padded::convolution::Convolution;
use learn::net::padded::gradient::activation::{Pitches, descended};
use learn::net::padded::gradient::convolution::ConvolutionGradient;
use learn::net::padded::norm::GroupNorm;
use learn::net::weights::Weights;

/// A layer whose activations are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerInfo {
    /// Its name; `picture` is the input.
    pub name: String,
    /// Values of a pixel.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

/// A graph with its weights that can be run backward.
pub struct DifferentiableGraph {
    forward: OpenGraph,
    backward: Vec<Backward>,
    /// Gradients of the activations, with the borders that the convolutions before them need.
    blank: Vec<PaddedImages>,
    layers: Vec<LayerInfo>,
    /// How many steps it takes until each layer is complete.
    ends: Vec<usize>,
    /// Whether several layers read each.
    is_shared: Vec<bool>,
}

/// What a step backward needs besides the layer.
#[derive(Default)]
struct Backward {
    gradient: Option<ConvolutionGradient>,
    activation: Option<Activation>,
    /// The convolution alone, where its output does not tell the slope of what follows it, and where its output goes.
    bare: Option<(Convolution, PaddedImages)>,
    group: Option<GroupNorm>,
    channels: usize,
}

/// Gradients of the activations of all layers: scratch memory of one thread.
#[derive(Clone)]
pub struct Gradients {
    of: Vec<PaddedImages>,
    /// Which of them hold anything yet.
    is_begun: Vec<bool>,
    spare: Vec<PaddedImages>,
}

impl Gradients {
    /// That of a layer, by its place in [`DifferentiableGraph::layers`].
    pub fn of(&self, layer: usize) -> &PaddedImages {
        &self.of[layer]
    }

    /// Forgets all, and gives one layer's gradient to fill, which is zero.
    pub fn begin(&mut self, layer: usize) -> &mut PaddedImages {
        self.is_begun.fill(false);
        self.zeroed(layer)
    }

    /// As [`Self::begin`], beside what was begun: the gradient of a layer of [`DifferentiableGraph::gradients_of`], to which
    /// that of the layers above will be added.
    pub fn begin_also(&mut self, layer: usize) -> &mut PaddedImages {
        self.zeroed(layer)
    }

    fn zeroed(&mut self, layer: usize) -> &mut PaddedImages {
        self.is_begun[layer] = true;
        let of = &mut self.of[layer];
        of.rows().for_each(|(p, y)| of.row_mut(p, y).fill(0.0));
        of
    }
}

impl Graph {
    /// Builds it for inference and gradients, for a number of pictures at a time of this height and width.
    ///
    /// # Errors
    /// Weights are missing or of another shape.
    pub fn differentiable(
        &self,
        size: (usize, usize),
        weights: &Weights,
        pictures: usize,
    ) -> Result<DifferentiableGraph, String> {
        let forward = self.open_at(size, weights, pictures)?;
        let (places, kept) = places(&self.nodes);
        let places = &places;
        let writers = |i: usize| self.nodes.iter().enumerate().filter(move |(n, _)| places[*n].0 == i);
        let border = |i: usize| {
            let kernels = writers(i).filter_map(|(_, n)| match &n.layer {
                Layer::Convolve(f) => Some(f.kernel / 2),
                _ => None,
            });
            kernels.max().unwrap_or(0)
        };
        let images = |(i, x): (usize, &PaddedImages)| {
            PaddedImages::bordered(x.channels, x.height, x.width, x.count, border(i))
        };
        let blank: Vec<PaddedImages> = forward.blank.iter().enumerate().map(images).collect();
        let names = self.names();
        let info = |(node, x): (&usize, &PaddedImages)| LayerInfo {
            name: names[*node].clone(),
            channels: x.channels,
            height: x.height,
            width: x.width,
        };
        let layers = kept.iter().zip(&blank).map(info).collect();
        let end = |i: usize| forward.steps.iter().rposition(|s| s.to == i).map_or(0, |at| at + 1);
        let ends = (0..blank.len()).map(end).collect();
        let readers =
            |i: usize| forward.steps.iter().flat_map(|s| &s.from).filter(|from| **from == i).count();
        let is_output = |i: usize| forward.outputs.contains(&i) as usize;
        let is_shared = (0..blank.len()).map(|i| readers(i) + is_output(i) > 1).collect();
        let nodes = self.nodes.iter().filter(|n| !matches!(n.layer, Layer::Input | Layer::Concatenate));
        let mut backward = Vec::new();
        for (step, node) in forward.steps.iter().zip(nodes) {
            let mut one = Backward { channels: node.channels, ..Backward::default() };
            match &node.layer {
                Layer::Activate | Layer::Add { is_active: true } => one.activation = Some(self.activation),
                Layer::Convolve(f) if !f.is_depthwise => {
                    let x = &forward.blank[step.from[0]];
                    let (filters, activation, group) = self.filters_of(weights, node, f, x.channels)?;
                    let between = (&blank[step.from[0]], &blank[step.to]);
                    let gradient = ConvolutionGradient::new(&filters, between, step.first, self.is_rounded)?;
                    if group.is_some() || activation.is_some_and(|a| !a.is_told_by_output()) {
                        let y = &forward.blank[step.to];
                        let alone = PaddedImages::bordered(node.channels, y.height, y.width, y.count, 0);
                        let made = Convolution::new(filters, None, x, &alone, 0)?;
                        let made = if self.is_rounded { made.rounded() } else { made };
                        one.bare = Some((made, alone));
                    }
                    (one.gradient, one.activation, one.group) = (Some(gradient), activation, group);
                }
                _ => (),
            }
            backward.push(one);
        }
        Ok(DifferentiableGraph { forward, backward, blank, layers, ends, is_shared })
    }
}

impl DifferentiableGraph {
    /// The layers whose activations are kept, the picture first, by their places in a workspace.
    pub fn layers(&self) -> &[LayerInfo] {
        &self.layers
    }

    /// Scratch memory for the gradients of one thread.
    pub fn gradients(&self) -> Gradients {
        self.gradients_of(&[])
    }

    /// The same, where several layers may be begun at once: all of these.
    pub fn gradients_of(&self, layers: &[usize]) -> Gradients {
        let spare = |(i, x): (usize, &PaddedImages)| match self.is_shared[i] || layers.contains(&i) {
            true => x.clone(),
            false => PaddedImages::default(),
        };
        Gradients {
            of: self.blank.clone(),
            is_begun: vec![false; self.blank.len()],
            spare: self.blank.iter().enumerate().map(spare).collect(),
        }
    }

    /// Computes the activations up to a layer only, from the pictures in the workspace.
    pub fn run_to(&self, layer: usize, workspace: &mut Workspace) {
        self.forward.run(workspace, self.ends[layer]);
    }

    /// Begins with the gradient of the features, of all pictures one after another.
    pub fn begin(&self, features: &[f32], Workspace(between): &Workspace, gradients: &mut Gradients) {
        gradients.is_begun.fill(false);
        let OpenGraph { outputs, global, .. } = &self.forward;
        let mut features = features.iter();
        for &output in outputs {
            gradients.zeroed(output);
        }
        for picture in 0..self.blank[0].count {
            for &output in outputs {
                let (x, dx) = (&between[output], &mut gradients.of[output]);
                let mut next = || features.by_ref().take(x.channels).copied().collect::<Vec<f32>>();
                if *global != Global::Max {
                    let n = (x.height * x.width) as f32;
                    let shares: Vec<f32> = next().iter().map(|d| d / n).collect();
                    for y in 0..x.height {
                        let row = dx.row_mut(picture, y).chunks_exact_mut(x.channels);
                        row.for_each(|pixel| pixel.iter_mut().zip(&shares).for_each(|(d, s)| *d += s));
                    }
                }
                if *global != Global::Mean {
                    to_maxima(x, picture, next(), dx);
                }
            }
        }
    }

    /// Descends from where the gradients were begun to a layer: afterwards [`Gradients::of`] it is the gradient of its
    /// activations. The layers above have been run with this workspace; their own gradients are used up.
    ///
    /// `from` is the layer that was begun, or the last one for features.
    pub fn descend(&self, from: Option<usize>, to: usize, workspace: &Workspace, gradients: &mut Gradients) {
        let last = from.map_or(self.backward.len(), |layer| self.ends[layer]);
        for step in (self.ends[to]..last).rev() {
            if gradients.is_begun[self.forward.steps[step].to] {
                self.undo(step, workspace, gradients);
            }
        }
        if !gradients.is_begun[to] {
            gradients.zeroed(to);
        }
    }

    /// One layer backward.
    fn undo(&self, at: usize, Workspace(between): &Workspace, gradients: &mut Gradients) {
        let (step, back) = (&self.forward.steps[at], &self.backward[at]);
        let mut dy = std::mem::take(&mut gradients.of[step.to]);
        self.undo_activation(at, between, &mut dy);
        for &from in &step.from {
            let is_first = !std::mem::replace(&mut gradients.is_begun[from], true);
            let place = if is_first { &mut gradients.of[from] } else { &mut gradients.spare[from] };
            let mut dx = std::mem::take(place);
            match (&step.work, &back.gradient) {
                (Work::Convolve(..), Some(gradient)) => gradient.apply(&dy, &mut dx),
                (Work::Depthwise(depthwise), _) => depthwise.descend(&dy, &mut dx),
                (Work::Pool(pool), _) => {
                    pool.descend(&between[from], (&between[step.to], &dy), &mut dx, step.first)
                }
                _ => dx.rows().for_each(|(p, y)| dx.row_mut(p, y).copy_from_slice(dy.row(p, y))),
            }
            if is_first {
                gradients.of[from] = dx;
                continue;
            }
            let sum = &mut gradients.of[from];
            for (p, y) in dx.rows() {
                sum.row_mut(p, y).iter_mut().zip(dx.row(p, y)).for_each(|(s, d)| *s += d);
            }
            gradients.spare[from] = dx;
        }
        gradients.of[step.to] = dy;
    }

    /// Turns the gradient of a layer's output into that before its activation and normalisation.
    fn undo_activation(&self, at: usize, between: &[PaddedImages], dy: &mut PaddedImages) {
        let (step, back) = (&self.forward.steps[at], &self.backward[at]);
        let bare = back.bare.as_ref().map(|(convolution, blank)| {
            let mut z = blank.clone();
            convolution.apply(&between[step.from[0]], &mut z);
            z
        });
        if let (Some(group), Some(z)) = (&back.group, &bare) {
            return group.descend(z, dy, step.first);
        }
        let Some(activation) = back.activation else { return };
        let mut sums = Vec::new();
        for (p, y) in dy.rows() {
            let (z, pitch) = match (&bare, &step.work) {
                (Some(z), _) => (z.row(p, y), z.channels),
                (None, Work::Convolve(..)) => (&between[step.to].row(p, y)[step.first..], dy.channels),
                (None, Work::Add(_)) => {
                    let [a, b] = [0, 1].map(|i| between[step.from[i]].row(p, y));
                    sums.clear();
                    sums.extend(a.iter().zip(b).map(|(a, b)| a + b));
                    (&sums[..], dy.channels)
                }
                _ => (between[step.from[0]].row(p, y), dy.channels),
            };
            let pitches = Pitches { gradient: dy.channels, inputs: pitch, channels: back.channels };
            descended(&mut dy.row_mut(p, y)[step.first..], z, pitches, activation);
        }
    }
}

/// Adds each channel's gradient to the first of a picture's pixels that is its maximum.
fn to_maxima(x: &PaddedImages, picture: usize, mut left: Vec<f32>, dx: &mut PaddedImages) {
    let (_, maxima) = x.mean_and_max(picture);
    for y in 0..x.height {
        let pixels = x.row(picture, y).chunks_exact(x.channels);
        for (x, dx) in pixels.zip(dx.row_mut(picture, y).chunks_exact_mut(x.channels)) {
            for c in 0..maxima.len() {
                if x[c] == maxima[c] {
                    dx[c] += std::mem::take(&mut left[c]);
                }
            }
        }
    }
}

impl FeatureNetwork for DifferentiableGraph {
    fn workspace(&self) -> Workspace {
        self.forward.workspace()
    }
    fn features(&self, workspace: &mut Workspace) -> Vec<f32> {
        self.forward.features(workspace)
    }
}

#[cfg(test)]
mod tests;
