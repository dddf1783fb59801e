//! The ways to ask which parts of a picture a verdict rests on.

use judge::sight::map::SaliencyMap;
use judge::sight::occlusion::{Patch, occlusion};
use judge::sight::saliency::SmoothGrad;
use judge::sight::{Objective, Observer};
use world::rng::Rng;

/// A way to ask.
pub struct Method {
    /// Name in files and tables.
    pub name: &'static str,
    /// What its map shows, in a few words.
    pub about: &'static str,
    map: fn(&mut Observer, &[f32], usize, usize, Rng) -> SaliencyMap,
}

/// All, in the order of pages.
pub const METHODS: [Method; 6] = [
    Method {
        name: "grad-cam",
        about: "Grad-CAM: channels of the layer, weighted by the class's mean gradient",
        map: |o, picture, class, layer, _| o.grad_cam(picture, class, layer),
    },
    Method {
        name: "hires-cam",
        about: "HiResCAM: channels of the layer, weighted by the class's gradient at each place",
        map: |o, picture, class, layer, _| o.hires_cam(picture, class, layer),
    },
    Method {
        name: "gradient",
        about: "gradient of each pixel",
        map: |o, picture, class, _, _| o.saliency(picture, Objective::Class(class)),
    },
    Method {
        name: "smooth-grad",
        about: "SmoothGrad: mean gradient of noisy copies",
        map: |o, picture, class, _, rng| {
            o.smooth_grad(picture, Objective::Class(class), SmoothGrad::USUAL, rng)
        },
    },
    Method {
        name: "occlusion",
        about: "occlusion: how much the logit falls when a patch is covered",
        map: |o, picture, class, _, _| occlusion(o, picture, class, Patch::usual(o.size().0)),
    },
    Method {
        name: "windows",
        about: "windows: how probable the class is in windows of half a side, each seen alone",
        map: |o, picture, class, _, _| {
            let (height, width) = o.size();
            let nothing = SaliencyMap { height, width, values: vec![0.0; height * width] };
            o.windows(picture, class).unwrap_or(nothing)
        },
    },
];

impl Method {
    /// The map of a class, in the picture's size; `layer` is that of the methods that read one, `rng` that of noise.
    pub fn map(
        &self,
        observer: &mut Observer,
        picture: &[f32],
        class: usize,
        layer: usize,
        rng: Rng,
    ) -> SaliencyMap {
        let (height, width) = observer.size();
        (self.map)(observer, picture, class, layer, rng).resized(height, width)
    }
}
