//! What a judge sees in pictures, for `untrained look`: maps of what its verdict rests on, what its layers make of them,
//! what excites its units, and which frames of a data set it finds most alike.

pub mod methods;
pub mod page;
mod pictures;
pub mod pointing;

use judge::calibration::{best, softmax};
use judge::sight::map::SaliencyMap;
use judge::sight::neighbours::{Neighbour, Neighbours};
use judge::sight::pca::PrincipalComponents;
use judge::sight::units::{Ascent, planes, strongest};
use judge::sight::{Objective, Observer};
use judge::{Judge, augment::plain};

use data::sample::Samples;
use world::rng::Rng;

use methods::METHODS;
pub use pictures::overlay;

/// What is looked at, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct LookSetup {
    /// The class whose maps are drawn; that of each verdict if there is none.
    pub class: Option<String>,
    /// The layer of the class maps and of the units; the deepest that still tells places if there is none.
    pub layer: Option<String>,
    /// Units shown for each picture.
    pub units: usize,
    /// Neighbours shown for each picture.
    pub neighbours: usize,
    /// Seed of the noise of SmoothGrad and of the ascents.
    pub seed: u64,
}

/// A map with its name and what it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedMap {
    /// Name in files.
    pub name: &'static str,
    /// What it shows, in a few words.
    pub about: &'static str,
    /// The map, over its greatest value.
    pub map: SaliencyMap,
}

/// A layer's feature maps of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerMaps {
    /// Name of the layer.
    pub name: String,
    /// Rows and columns of a plane.
    pub size: (usize, usize),
    /// The strongest channels with their planes, each stretched from black to white.
    pub planes: Vec<(usize, Vec<u8>)>,
    /// Channels of the layer.
    pub channels: usize,
}

/// What a judge makes of one picture.
pub struct Look {
    /// Name of the picture.
    pub name: String,
    /// The picture, in the judge's size, channels last.
    pub picture: Vec<u8>,
    /// Classes with their probabilities, the most likely first.
    pub ranking: Vec<(String, f32)>,
    /// Whether it is called unsure.
    pub is_unsure: bool,
    /// The class that the maps are of.
    pub class: String,
    /// Where the verdict comes from, by each method.
    pub maps: Vec<NamedMap>,
    /// Feature maps of every layer.
    pub layers: Vec<LayerMaps>,
    /// The units of the chosen layer that respond most, each with its place in [`Looks::units`].
    pub units: Vec<usize>,
    /// Nearest frames of the data set.
    pub nearest: Vec<Neighbour>,
    /// Its embedding.
    pub embedding: Vec<f32>,
}

/// A unit or class with the picture that excites it most.
pub struct Exciting {
    /// Channel, or class.
    pub index: usize,
    /// The picture, in the judge's size, channels last.
    pub picture: Vec<u8>,
    /// Its mean activation, or its logit, there.
    pub value: f32,
}

/// What a judge makes of several pictures.
pub struct Looks {
    /// Side and channels of all pictures.
    pub shape: (usize, usize),
    /// About the judge, in a line.
    pub about: String,
    /// Names of its classes.
    pub classes: Vec<String>,
    /// Layer of the class maps and of the units.
    pub layer: String,
    /// One a picture.
    pub looks: Vec<Look>,
    /// Units that any picture excites most, by channel.
    pub units: Vec<Exciting>,
    /// One a class.
    pub exciting: Vec<Exciting>,
    /// The data set's map, if there is one.
    pub map: Option<EmbeddingMap>,
}

/// The embeddings of a data set in two dimensions.
pub struct EmbeddingMap {
    /// Name of the data set.
    pub name: String,
    /// Shares of the variance along both axes.
    pub shares: Vec<f64>,
    /// Class and place of each frame.
    pub frames: Vec<(usize, [f64; 2])>,
    /// Names of those classes.
    pub classes: Vec<String>,
    /// Place of each picture.
    pub pictures: Vec<[f64; 2]>,
    /// Frames by [`Neighbour::place`]: bytes, channels last.
    pub thumbnails: Vec<Vec<u8>>,
    /// Class of each of these frames.
    pub labels: Vec<usize>,
}

/// Feature maps of a layer that are shown.
const PLANES: usize = 24;

/// Looks at pictures in the judge's size (name, bytes, channels last), beside a data set of the same size.
///
/// # Errors
/// The judge has no gradients, no such class or no such layer.
pub fn look(
    judge: &mut Judge,
    pictures: &[(String, Vec<u8>)],
    data: Option<(&str, &Samples)>,
    setup: &LookSetup,
) -> Result<Looks, String> {
    let mut observer = Observer::new(judge)?;
    let layer = match &setup.layer {
        Some(name) => observer.layer(name)?,
        None => observer.usual_layer(),
    };
    let classes = judge.header.classes.clone();
    let chosen = setup.class.as_ref().map(|name| {
        let known = || format!("class: expected one of {}, found `{name}`", classes.join(", "));
        classes.iter().position(|c| c == name).ok_or_else(known)
    });
    let chosen = chosen.transpose()?;
    let all = data.map(|(_, data)| Neighbours::of(judge, data));
    let mut looks = Vec::new();
    for (name, bytes) in pictures {
        let mut one = look_at(judge, &mut observer, name, bytes, (chosen, layer), setup);
        if let Some(all) = &all {
            one.nearest = all.nearest(&one.embedding, setup.neighbours);
        }
        looks.push(one);
    }
    let mut channels: Vec<usize> = looks.iter().flat_map(|l| l.units.iter().copied()).collect();
    channels.sort_unstable();
    channels.dedup();
    let side = judge.header.architecture.side;
    let alone = Observer::sized(judge, (side, side))?;
    let unit =
        |channel: &usize| excited(&alone, Objective::Unit { layer, channel: *channel }, *channel, setup);
    let units: Vec<Exciting> = channels.iter().map(unit).collect();
    for look in &mut looks {
        look.units.iter_mut().for_each(|u| *u = channels.partition_point(|c| c < u));
    }
    let exciting = (0..classes.len()).map(|c| excited(&alone, Objective::Class(c), c, setup)).collect();
    let map = data.zip(all).map(|((name, data), all)| embedding_map(name, data, &all, &looks));
    Ok(Looks {
        shape: (side, judge.header.architecture.channels),
        about: judge.header.about.clone(),
        layer: observer.layers()[layer].name.clone(),
        classes,
        looks,
        units,
        exciting,
        map,
    })
}

fn look_at(
    judge: &mut Judge,
    observer: &mut Observer,
    name: &str,
    bytes: &[u8],
    (chosen, layer): (Option<usize>, usize),
    setup: &LookSetup,
) -> Look {
    let verdict = judge.classify_reduced(bytes, 0);
    let picture = plain(bytes);
    let response = observer.look(&picture);
    let probabilities = softmax(&response.logits, judge.header.temperature);
    let class = chosen.unwrap_or_else(|| best(&probabilities));
    let rng = Rng::new(setup.seed).named("look");
    let maps = METHODS
        .iter()
        .map(|method| NamedMap {
            name: method.name,
            about: method.about,
            map: method.map(observer, &picture, class, layer, rng).normalised(),
        })
        .collect();
    let infos: Vec<(String, usize, (usize, usize))> =
        observer.layers().iter().map(|l| (l.name.clone(), l.channels, (l.height, l.width))).skip(1).collect();
    let mut layers = Vec::new();
    let mut units = Vec::new();
    for (i, (name, channels, size)) in infos.into_iter().enumerate() {
        let activations = observer.activations(&picture, i + 1);
        if i + 1 == layer {
            units = strongest(&activations, channels, setup.units);
        }
        let mut planes = planes(&activations, channels);
        let shown = strongest(&activations, channels, PLANES);
        let planes = shown.into_iter().map(|c| (c, std::mem::take(&mut planes[c]))).collect();
        layers.push(LayerMaps { name, size, planes, channels });
    }
    Look {
        name: name.into(),
        picture: bytes.to_vec(),
        ranking: verdict.ranking().into_iter().map(|(n, p)| (n.to_string(), p)).collect(),
        is_unsure: verdict.unsure,
        class: judge.header.classes[class].clone(),
        maps,
        layers,
        units,
        nearest: Vec::new(),
        embedding: response.embedding,
    }
}

fn excited(observer: &Observer, objective: Objective, index: usize, setup: &LookSetup) -> Exciting {
    let rng = Rng::new(setup.seed).named("excite").fork(index as u64);
    let (picture, value) = Ascent::USUAL.climb(&mut observer.clone(), objective, rng);
    Exciting { index, picture: picture.iter().map(|v| (v * 255.0 + 0.5) as u8).collect(), value }
}

/// Frames of the map.
const MAPPED: usize = 2000;

fn embedding_map(name: &str, data: &Samples, all: &Neighbours, looks: &[Look]) -> EmbeddingMap {
    let wide = |e: &[f32]| -> Vec<f64> { e.iter().map(|v| *v as f64).collect() };
    let every = data.len().div_ceil(MAPPED).max(1);
    let places: Vec<usize> = (0..data.len()).step_by(every).collect();
    let points: Vec<Vec<f64>> = places.iter().map(|i| wide(&all.embeddings()[*i])).collect();
    let axes = PrincipalComponents::of(&points, 2);
    let place = |e: &[f64]| {
        let at = axes.place(e);
        [at.first().copied().unwrap_or(0.0), at.get(1).copied().unwrap_or(0.0)]
    };
    EmbeddingMap {
        name: name.into(),
        shares: axes.shares.clone(),
        frames: places.iter().zip(&points).map(|(i, p)| (data.labels[*i], place(p))).collect(),
        classes: data.classes.clone(),
        pictures: looks.iter().map(|l| place(&wide(&l.embedding))).collect(),
        thumbnails: data.pictures.clone(),
        labels: data.labels.clone(),
    }
}

#[cfg(test)]
mod tests;
