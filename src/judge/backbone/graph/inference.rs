//! A graph at inference: each layer reads padded pictures in place and writes where the next one reads.

use super::{Filter, Graph, Layer, Node, Then, groups};
use crate::backbone::network::{FeatureNetwork, Workspace};
use crate::layer_options::{Activation, Global, Norm};
use learn::net::activation::{shifted, summed};
use learn::net::padded::PaddedImages;
use learn::net::padded::convolution::{Convolution, Filters};
use learn::net::padded::depthwise::Depthwise;
use learn::net::padded::norm::GroupNorm;
use learn::net::padded::pool::Pool;
use learn::net::weights::Weights;

/// A graph with its weights.
pub struct OpenGraph {
    /// Activations between the layers, the input first; those of the last layer are the last.
    pub(super) blank: Vec<PaddedImages>,
    pub(super) steps: Vec<Step>,
    /// The activations that become features.
    pub(super) outputs: Vec<usize>,
    pub(super) global: Global,
}

/// A layer, the activations that it reads and those that it writes, from a channel on.
pub(super) struct Step {
    pub work: Work,
    pub from: Vec<usize>,
    pub to: usize,
    pub first: usize,
}

pub(super) enum Work {
    Convolve(Convolution, Option<GroupNorm>),
    Depthwise(Depthwise),
    Pool(Pool),
    Activate(Activation),
    Add(Option<Activation>),
}

/// Where each node's output is kept: in which activations, from which channel on; and the nodes that have activations
/// of their own.
pub(super) fn places(nodes: &[Node]) -> (Vec<(usize, usize)>, Vec<usize>) {
    // What is concatenated is written side by side from the start.
    let mut within = vec![None; nodes.len()];
    for (i, node) in nodes.iter().enumerate().filter(|(_, n)| matches!(n.layer, Layer::Concatenate)) {
        let mut first = 0;
        for &part in &node.from {
            within[part] = Some((i, first));
            first += nodes[part].channels;
        }
    }
    let kept: Vec<usize> = (0..nodes.len()).filter(|i| within[*i].is_none()).collect();
    let mut places = vec![(0, 0); nodes.len()];
    kept.iter().enumerate().for_each(|(at, node)| places[*node] = (at, 0));
    for (i, part) in within.iter().enumerate() {
        if let Some((node, first)) = part {
            places[i] = (places[*node].0, *first);
        }
    }
    (places, kept)
}

impl Graph {
    /// Builds it for inference, for a number of pictures at a time.
    ///
    /// # Errors
    /// Weights are missing or of another shape.
    pub fn open(&self, weights: &Weights, pictures: usize) -> Result<OpenGraph, String> {
        let side = self.nodes[0].side;
        self.open_at((side, side), weights, pictures)
    }

    /// The same for pictures of another height and width, which weights of convolutions fit as well.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_at(
        &self,
        size: (usize, usize),
        weights: &Weights,
        pictures: usize,
    ) -> Result<OpenGraph, String> {
        let (places, kept) = places(&self.nodes);
        let sizes = self.sizes(size);
        let images = |&i: &usize| {
            let (node, (height, width)) = (&self.nodes[i], sizes[i]);
            let readers = self.filters().filter(|(n, _)| n.from[0] == i);
            let border = readers.map(|(_, f)| f.kernel / 2).max().unwrap_or(0);
            PaddedImages::bordered(node.channels, height, width, pictures, border)
        };
        let blank: Vec<PaddedImages> = kept.iter().map(images).collect();
        let mut steps = Vec::new();
        for (i, node) in self.nodes.iter().enumerate() {
            let from: Vec<usize> = node.from.iter().map(|f| places[*f].0).collect();
            let (to, first) = places[i];
            let work = match &node.layer {
                Layer::Input | Layer::Concatenate => continue,
                Layer::Pool(pool) => Work::Pool(*pool),
                Layer::Activate => Work::Activate(self.activation),
                Layer::Add { is_active } => Work::Add(is_active.then_some(self.activation)),
                Layer::Convolve(f) if f.is_depthwise => Work::Depthwise(Depthwise::of(
                    weights,
                    &format!("{}.conv", f.name),
                    node.channels,
                    f.stride,
                )?),
                Layer::Convolve(f) => {
                    self.convolution(weights, node, f, (&blank[from[0]], &blank[to], first))?
                }
            };
            steps.push(Step { work, from, to, first });
        }
        let outputs = self.outputs.iter().map(|o| places[*o].0).collect();
        Ok(OpenGraph { blank, steps, outputs, global: self.global })
    }

    fn convolution(
        &self,
        weights: &Weights,
        node: &Node,
        f: &Filter,
        (x, y, first): (&PaddedImages, &PaddedImages, usize),
    ) -> Result<Work, String> {
        let (filters, activation, group) = self.filters_of(weights, node, f, x.channels)?;
        let made = Convolution::new(filters, activation, x, y, first)?;
        Ok(Work::Convolve(if self.is_rounded { made.rounded() } else { made }, group))
    }

    /// A convolution's weights, with a batch normalisation folded in; the activation, unless it follows another
    /// normalisation; that normalisation.
    pub(super) fn filters_of(
        &self,
        weights: &Weights,
        node: &Node,
        f: &Filter,
        from: usize,
    ) -> Result<(Filters, Option<Activation>, Option<GroupNorm>), String> {
        let part = |part: &str| format!("{}.{part}", f.name);
        let to = node.channels;
        let mut filters = Filters::of(weights, &part("conv"), (from, to), f.kernel, f.stride)?;
        let is_normed = f.then != Then::Nothing;
        let mut activation = (f.then == Then::NormAndActivation).then_some(self.activation);
        let mut group = None;
        match self.norm {
            Norm::Batch if is_normed => filters = filters.with_norm(weights, &part("norm"))?,
            Norm::Group | Norm::Layer if is_normed => {
                let groups = groups(self.norm, to);
                group = Some(GroupNorm::of(weights, &part("group"), groups, to, activation.take())?);
            }
            _ => (),
        }
        Ok((filters, activation, group))
    }
}

impl FeatureNetwork for OpenGraph {
    fn workspace(&self) -> Workspace {
        Workspace(self.blank.clone())
    }

    fn features(&self, workspace: &mut Workspace) -> Vec<f32> {
        self.run(workspace, self.steps.len());
        self.pooled(workspace)
    }
}

impl OpenGraph {
    /// The features, from the activations that are there.
    pub(super) fn pooled(&self, Workspace(between): &Workspace) -> Vec<f32> {
        let mut features = Vec::new();
        for view in 0..self.blank[0].count {
            for &output in &self.outputs {
                let (means, maxima) = between[output].mean_and_max(view);
                if self.global != Global::Max {
                    features.extend(means);
                }
                if self.global != Global::Mean {
                    features.extend(maxima);
                }
            }
        }
        features
    }

    /// The first `steps` layers.
    pub(super) fn run(&self, Workspace(between): &mut Workspace, steps: usize) {
        for step in &self.steps[..steps] {
            let mut y = std::mem::take(&mut between[step.to]);
            step.run(between, &mut y);
            between[step.to] = y;
        }
    }
}

impl Step {
    pub(super) fn run(&self, between: &[PaddedImages], y: &mut PaddedImages) {
        let x = &between[self.from[0]];
        match &self.work {
            Work::Convolve(convolution, group) => {
                convolution.apply(x, y);
                group.iter().for_each(|g| g.apply(y, self.first));
            }
            Work::Depthwise(depthwise) => depthwise.apply(x, y),
            Work::Pool(pool) => pool.apply(x, y, self.first),
            Work::Activate(activation) => {
                let zeros = vec![0.0; x.channels];
                for (p, v) in x.rows() {
                    let row = y.row_mut(p, v);
                    row.copy_from_slice(x.row(p, v));
                    shifted(row, x.channels, &zeros, Some(*activation));
                }
            }
            Work::Add(activation) => {
                let other = &between[self.from[1]];
                x.rows()
                    .for_each(|(p, v)| summed(y.row_mut(p, v), x.row(p, v), other.row(p, v), *activation));
            }
        }
    }
}
