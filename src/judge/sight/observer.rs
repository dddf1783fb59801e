//! A judge's network with its gradients.

use std::sync::Arc;

use crate::backbone::graph::gradient::{DifferentiableGraph, Gradients, LayerInfo};
use crate::backbone::{self, FeatureNetwork, Workspace};
use crate::classifier::means;
use crate::inference::Judge;
use crate::standardise::{descended, standardised};
use crate::verdict::EMBEDDING;
use crate::views;
use learn::net::layers::{Dense, relu};
use learn::net::padded::PaddedImages;

/// What is asked for the gradient of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// The logit of a class.
    Class(usize),
    /// The mean activation of a channel of a layer.
    Unit {
        /// Place of the layer in [`Observer::layers`].
        layer: usize,
        /// The channel.
        channel: usize,
    },
    /// Half the mean square of all activations of a layer: the gradient amplifies what the layer responds to already.
    Layer(usize),
}

/// A judge's network for pictures of one size, with scratch memory: one for each thread.
#[derive(Clone)]
pub struct Observer {
    network: Arc<Parts>,
    workspace: Workspace,
    gradients: Gradients,
    /// The same network for a quarter of the picture.
    pub(super) half: Option<Box<Self>>,
}

struct Parts {
    body: DifferentiableGraph,
    embed: Dense,
    head: Dense,
    views: usize,
}

/// What a network makes of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// One a class.
    pub logits: Vec<f32>,
    /// The embedding, [`EMBEDDING`] numbers.
    pub embedding: Vec<f32>,
}

impl Observer {
    /// Of pictures in the judge's own size, over mirrored views if it averages over them.
    ///
    /// # Errors
    /// The judge's backbone has no gradients at inference.
    pub fn new(judge: &Judge) -> Result<Self, String> {
        let side = judge.header.architecture.side;
        let half = Self::sized(judge, (side / 2, side / 2)).ok().map(Box::new);
        Ok(Self { half, ..Self::build(judge, (side, side), if judge.header.mirrored { 4 } else { 1 })? })
    }

    /// Of pictures of any height and width, of one view.
    ///
    /// # Errors
    /// As [`Self::new`]; the size is out of range.
    pub fn sized(judge: &Judge, size: (usize, usize)) -> Result<Self, String> {
        Self::build(judge, size, 1)
    }

    fn build(judge: &Judge, size: (usize, usize), views: usize) -> Result<Self, String> {
        let (shape, weights) = (&judge.header.architecture, judge.weights());
        let backbone = backbone::find(&shape.backbone)?;
        let body = backbone.differentiable(weights, shape, size, views)?;
        let embed = Dense::of(weights, "embed", backbone.features(shape), EMBEDDING)?;
        let head = Dense::of(weights, "head", EMBEDDING, shape.classes)?;
        let (workspace, gradients) = (body.workspace(), body.gradients());
        Ok(Self { network: Arc::new(Parts { body, embed, head, views }), workspace, gradients, half: None })
    }

    /// The layers whose activations can be looked at, the picture first.
    pub fn layers(&self) -> &[LayerInfo] {
        self.network.body.layers()
    }

    /// Height and width of the pictures.
    pub fn size(&self) -> (usize, usize) {
        (self.layers()[0].height, self.layers()[0].width)
    }

    /// Channels of the pictures.
    pub fn channels(&self) -> usize {
        self.layers()[0].channels
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.network.head.to
    }

    /// The place of a layer of that name.
    ///
    /// # Errors
    /// There is none; the message lists those that exist.
    pub fn layer(&self, name: &str) -> Result<usize, String> {
        self.layers().iter().position(|l| l.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.layers().iter().map(|l| l.name.as_str()).collect();
            format!("layer: expected one of {}, found `{name}`", known.join(", "))
        })
    }

    /// The last layer whose pixels are at most an eighth of a side apart: deep enough to know classes, fine enough to
    /// tell places.
    pub fn usual_layer(&self) -> usize {
        let height = self.size().0;
        self.layers().iter().rposition(|l| 8 * l.height >= height).unwrap_or(0)
    }

    /// Evaluates a picture in 0..1, channels last.
    pub fn look(&mut self, picture: &[f32]) -> Response {
        let (embeddings, mut hidden) = self.embeddings(picture);
        relu(&mut hidden);
        let Parts { head, views, .. } = &*self.network;
        Response { logits: means(&head.apply_rows(&hidden), *views), embedding: means(&embeddings, *views) }
    }

    /// Embeddings of all views, twice.
    fn embeddings(&mut self, picture: &[f32]) -> (Vec<f32>, Vec<f32>) {
        self.show(picture);
        let features = self.network.body.features(&mut self.workspace);
        let embeddings = self.network.embed.apply_rows(&features);
        (embeddings.clone(), embeddings)
    }

    fn show(&mut self, picture: &[f32]) {
        views::write(&standardised(picture, self.channels()), &mut self.workspace.0[0]);
    }

    /// Activations of a layer of the picture itself, `[height][width][channels]`.
    pub fn activations(&mut self, picture: &[f32], layer: usize) -> Vec<f32> {
        self.show(picture);
        self.network.body.run_to(layer, &mut self.workspace);
        let x = &self.workspace.0[layer];
        (0..x.height).flat_map(|y| x.row(0, y)).copied().collect()
    }

    /// The value of an objective, and its gradient with respect to the activations of a layer in all views, of which
    /// [`Self::with_layer`] gives both.
    pub fn descend(&mut self, picture: &[f32], objective: Objective, to: usize) -> f32 {
        match objective {
            Objective::Class(class) => self.descend_from_class(picture, class, to),
            Objective::Unit { layer, channel } => self.descend_from_layer(picture, layer, to, |x, dx, n| {
                dx.iter_mut().skip(channel).step_by(x.1).for_each(|d| *d = 1.0 / n);
                x.0.iter().skip(channel).step_by(x.1).map(|v| *v as f64).sum::<f64>() / n as f64
            }),
            Objective::Layer(layer) => self.descend_from_layer(picture, layer, to, |x, dx, n| {
                let n = n * x.1 as f32;
                dx.iter_mut().zip(x.0).for_each(|(d, v)| *d = v / n);
                0.5 * x.0.iter().map(|v| *v as f64 * *v as f64).sum::<f64>() / n as f64
            }),
        }
    }

    fn descend_from_class(&mut self, picture: &[f32], class: usize, to: usize) -> f32 {
        let (embeddings, mut hidden) = self.embeddings(picture);
        relu(&mut hidden);
        let Parts { body, embed, head, views } = &*self.network;
        let logits = means(&head.apply_rows(&hidden), *views);
        let mut seed = vec![0f32; head.to];
        seed[class] = 1.0 / *views as f32;
        let down = head.descend(&seed);
        let features: Vec<f32> = embeddings
            .chunks_exact(EMBEDDING)
            .flat_map(|e| {
                let passed: Vec<f32> =
                    e.iter().zip(&down).map(|(e, d)| if *e > 0.0 { *d } else { 0.0 }).collect();
                embed.descend(&passed)
            })
            .collect();
        body.begin(&features, &self.workspace, &mut self.gradients);
        body.descend(None, to, &self.workspace, &mut self.gradients);
        logits[class]
    }

    /// `f` takes a row of activations with their channels, and that of the gradient, and the number of pixels of all
    /// views; it returns its part of the value.
    fn descend_from_layer(
        &mut self,
        picture: &[f32],
        layer: usize,
        to: usize,
        f: impl Fn((&[f32], usize), &mut [f32], f32) -> f64,
    ) -> f32 {
        self.show(picture);
        let body = &self.network.body;
        body.run_to(layer, &mut self.workspace);
        let (x, dx) = (&self.workspace.0[layer], self.gradients.begin(layer));
        let n = (x.count * x.height * x.width) as f32;
        let rows = x.rows().map(|(p, y)| f((x.row(p, y), x.channels), dx.row_mut(p, y), n));
        let value = rows.sum::<f64>();
        body.descend(Some(layer), to, &self.workspace, &mut self.gradients);
        value as f32
    }

    /// Activations of a layer and their gradient after [`Self::descend`] to it.
    pub fn with_layer(&self, layer: usize) -> (&PaddedImages, &PaddedImages) {
        (&self.workspace.0[layer], self.gradients.of(layer))
    }

    /// Prepares for [`Self::gradient_of`] of these layers.
    pub fn keep_gradients_of(&mut self, layers: &[usize]) {
        self.gradients = self.network.body.gradients_of(layers);
    }

    /// Shows `f` the activations of some layers, in their order, each with its place among them.
    pub fn visit(&mut self, picture: &[f32], layers: &[usize], mut f: impl FnMut(usize, &PaddedImages)) {
        self.show(picture);
        let Some(last) = layers.iter().max() else { return };
        self.network.body.run_to(*last, &mut self.workspace);
        layers.iter().enumerate().for_each(|(i, layer)| f(i, &self.workspace.0[*layer]));
    }

    /// The gradient with respect to the picture, channels last, of what depends on several layers, of which
    /// [`Self::keep_gradients_of`] was told: `f` adds to the gradient of each, which is zero, given its activations and its
    /// place among them.
    pub fn gradient_of(
        &mut self,
        picture: &[f32],
        layers: &[usize],
        mut f: impl FnMut(usize, &PaddedImages, &mut PaddedImages),
    ) -> Vec<f32> {
        self.show(picture);
        let Some(last) = layers.iter().max().copied() else { return vec![0.0; picture.len()] };
        let body = &self.network.body;
        body.run_to(last, &mut self.workspace);
        self.gradients.begin(last);
        for (i, layer) in layers.iter().enumerate() {
            f(i, &self.workspace.0[*layer], self.gradients.begin_also(*layer));
        }
        body.descend(Some(last), 0, &self.workspace, &mut self.gradients);
        descended(picture, self.channels(), &views::sum(self.gradients.of(0)))
    }

    /// The value of an objective and its gradient with respect to the picture, channels last.
    pub fn gradient(&mut self, picture: &[f32], objective: Objective) -> (f32, Vec<f32>) {
        let value = self.descend(picture, objective, 0);
        let gradient = views::sum(self.gradients.of(0));
        (value, descended(picture, self.channels(), &gradient))
    }
}
