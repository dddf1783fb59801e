//! Augmentations drawn on a sheet: a row for each, a column for each seed.

use maud::{Markup, html};
use rayon::prelude::*;

use crate::report::picture;
use crate::sets::image_set::ImageSet;
use data::augment::{Augmentations, Image, Mixture, Step};
use learn::sheet::ContactSheet;
use world::rng::Rng;

/// Seeds that are drawn.
pub const SEEDS: usize = 10;
/// Least width of a picture on the page, pixels.
const WIDTH: usize = 72;

/// A picture of the set varied by each augmentation of a list, and by all together.
#[derive(Clone, Debug, PartialEq)]
pub struct AugmentationSheet {
    /// Index of the picture.
    pub picture: usize,
    /// One for each augmentation, and where there are several, one for all together.
    pub rows: Vec<AugmentationRow>,
}

/// An augmentation with several seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct AugmentationRow {
    /// The list that makes them, as `--augment` takes it.
    pub list: Augmentations,
    /// A picture for each seed.
    pub made: Vec<Mixture>,
}

impl AugmentationSheet {
    /// Of a set with pictures: the one of most contrast among the first of each class.
    pub fn of(set: &ImageSet, list: &Augmentations) -> Self {
        let first = |class: usize| set.labels.iter().position(|l| *l == class);
        let contrast = |i: &usize| {
            let values = &set.pixels[*i];
            let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / values.len().max(1) as f64;
            values.iter().map(|v| (f64::from(*v) - mean) * (f64::from(*v) - mean)).sum::<f64>()
        };
        let candidates = (0..set.classes.len()).filter_map(first);
        let picture = candidates.max_by(|a, b| contrast(a).total_cmp(&contrast(b))).unwrap_or(0);
        let single = |step: &Step| Augmentations::of(vec![*step]);
        let mut lists: Vec<Augmentations> = list.steps().iter().map(single).collect();
        if lists.len() > 1 {
            lists.push(Augmentations::of(list.steps().to_vec()));
        }
        let begin = |i: usize, _: Rng| Image::of(&set.pixels[i], set.side, set.channels);
        let row = |list: Augmentations| {
            let address = |seed: usize| Rng::new(seed as u64).named("datasheet");
            let one = |seed: usize| list.vary(picture, set.pixels.len(), address(seed), &begin);
            AugmentationRow { made: (1..=SEEDS).into_par_iter().map(one).collect(), list }
        };
        Self { picture, rows: lists.into_iter().map(row).collect() }
    }

    /// As a table for the page of a set, whose picture is called `name`.
    pub fn markup(&self, set: &ImageSet, name: &str) -> Markup {
        let show = |pixels: &[u8], alt: &str| {
            let png = ContactSheet::picture(pixels, set.side, set.channels).png().unwrap_or_default();
            picture::image(&png, alt, set.side.max(WIDTH))
        };
        html! {
            p {
                "What `untrained train --augment` makes of " strong { (name) } ", a row for each augmentation, a column for each \
                 seed. Percentages are shares of the label."
            }
            div.strip { figure { (show(&set.pixels[self.picture], name)) figcaption { "as it is" } } }
            div.table { table.grid {
                thead { tr { th { "augmentation" } @for seed in 1..=SEEDS { th { (seed) } } } }
                tbody { @for row in &self.rows { tr {
                    th { (heading(row)) }
                    @for made in &row.made { td {
                        (show(&made.image.bytes(), &row.list.to_string()))
                        @if made.shares.len() > 1 { small { (label(set, made)) } }
                    } }
                } } }
            } }
        }
    }
}

fn heading(row: &AugmentationRow) -> Markup {
    match row.list.steps() {
        [Step { augmentation: a, strength }] => html! {
            (a.name) ":" (strength)
            small { (a.about) " Strength: " (a.strength.meaning) "; 0 to " (a.strength.range.end()) "." }
        },
        _ => html! { "all together" },
    }
}

/// The soft label of a mixture: classes with their shares, the larger first.
fn label(set: &ImageSet, made: &Mixture) -> String {
    let mut shares = vec![0f32; set.classes.len()];
    made.shares.iter().for_each(|(i, share)| shares[set.labels[*i]] += share);
    let mut all: Vec<(usize, f32)> = shares.into_iter().enumerate().filter(|(_, s)| *s >= 0.005).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    let one = |(class, share): &(usize, f32)| format!("{:.0} % {}", 100.0 * share, set.classes[*class]);
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}
