//! How far a picture is from the style of one and the content of another, with its gradient (Gatys et al. 2015; the
//! perceptual loss of Johnson et al. 2016).

use learn::net::padded::PaddedImages;

use super::colours::ColourMoments;
use super::moments::{descend, distance, gram};
use crate::inference::Judge;
use crate::sight::Observer;

/// How much each part counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossWeights {
    /// The style: texture, as the layers see it.
    pub style: f64,
    /// The colours. The judge's layers tell little of them: brightness and contrast are standardised away.
    pub colour: f64,
    /// The content: what is where.
    pub content: f64,
    /// Differences of neighbouring pixels (total variation, Rudin et al. 1992).
    pub smooth: f64,
}

impl LossWeights {
    /// Found by looking.
    pub const USUAL: Self = Self { style: 5.0, colour: 5.0, content: 1.0, smooth: 20.0 };
}

/// The parts of a loss, each before its weight, 0 if it is met. Style and content are 1 if nothing is there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Losses {
    /// Mean over the layers.
    pub style: f64,
    /// Moments of the colours, see [`ColourMoments::descend`].
    pub colour: f64,
    /// Of one layer.
    pub content: f64,
    /// Mean square of the differences of neighbours.
    pub smooth: f64,
}

impl Losses {
    /// The weighted sum.
    pub fn total(&self, w: &LossWeights) -> f64 {
        w.style * self.style + w.colour * self.colour + w.content * self.content + w.smooth * self.smooth
    }
}

/// The style of a picture, of whatever size.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// Mean products of the channels of each layer.
    grams: Vec<Vec<f32>>,
    /// Mean and covariance of the colours.
    colours: ColourMoments,
}

/// The content of a picture: activations of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Content(Vec<f32>);

/// A judge that compares pictures of one size, with scratch memory: one for each thread.
#[derive(Clone)]
pub struct Perceptual {
    observer: Observer,
    /// The last layer of each size, the finest first.
    layers: Vec<usize>,
}

/// Layers that tell style, at most: the coarsest of more are left out.
const LAYERS: usize = 5;
/// Least pixels across of a layer that tells style: fewer make no mean.
const LEAST: usize = 8;
/// Shifts of a picture over which its style is a mean.
const SHIFTS: usize = 16;
/// Most pixels of a shift: as far as the strides of the layers go.
pub(super) const JITTER: usize = 15;
/// Which of them tells content: fine enough that edges stay where they are.
const CONTENT: usize = 1;

impl Perceptual {
    /// Of pictures of this height and width.
    ///
    /// # Errors
    /// The judge's backbone has no gradients at inference, or the size is out of range.
    pub fn new(judge: &Judge, size: (usize, usize)) -> Result<Self, String> {
        let mut observer = Observer::sized(judge, size)?;
        let all = observer.layers();
        let is_last = |i: &usize| all.get(i + 1).is_none_or(|next| next.height < all[*i].height);
        let tells = |i: &usize| is_last(i) && (*i == 1 || all[*i].height.min(all[*i].width) >= LEAST);
        let layers: Vec<usize> = (1..all.len()).filter(tells).take(LAYERS).collect();
        observer.keep_gradients_of(&layers);
        Ok(Self { observer, layers })
    }

    /// Height and width of the pictures.
    pub fn size(&self) -> (usize, usize) {
        self.observer.size()
    }

    /// Channels of the pictures.
    pub fn channels(&self) -> usize {
        self.observer.channels()
    }

    /// Names of the layers that tell style, and of the one that tells content.
    pub fn layers(&self) -> (Vec<&str>, &str) {
        let name = |i: &usize| self.observer.layers()[*i].name.as_str();
        (self.layers.iter().map(name).collect(), name(&self.layers[self.content()]))
    }

    fn content(&self) -> usize {
        CONTENT.min(self.layers.len() - 1)
    }

    /// The style of a picture in 0..1, channels last: the mean over shifts round its edges, for what a layer of strides
    /// responds to depends on where its grid lies.
    pub fn style(&mut self, picture: &[f32]) -> Style {
        let (size, channels) = (self.size(), self.channels());
        let mut grams: Vec<Vec<f32>> = Vec::new();
        for shift in 0..SHIFTS {
            // Distinct residues of 16 down and along, spread over both.
            let shifted = shifted(picture, [shift * 5 % 16, shift * 11 % 16], (size.1, channels));
            self.observer.visit(&shifted, &self.layers, |i, x| {
                let gram = gram(x).into_iter().map(|v| v / SHIFTS as f32);
                match grams.get_mut(i) {
                    Some(sum) => sum.iter_mut().zip(gram).for_each(|(s, v)| *s += v),
                    None => grams.push(gram.collect()),
                }
            });
        }
        Style { grams, colours: ColourMoments::of(picture, channels) }
    }

    /// The content of a picture in 0..1, channels last.
    pub fn content_of(&mut self, picture: &[f32]) -> Content {
        let wanted = self.layers[self.content()];
        let mut all = Vec::new();
        self.observer.visit(picture, &[wanted], |_, x| all = rows(x));
        Content(all)
    }

    /// The losses of a picture in 0..1, channels last, and the gradient of their weighted sum.
    pub fn descend(
        &mut self,
        picture: &[f32],
        (style, content): (&Style, &Content),
        weights: &LossWeights,
    ) -> (Losses, Vec<f32>) {
        let (count, at) = (self.layers.len() as f64, self.content());
        let mut losses = Losses::default();
        let mut gradient = self.observer.gradient_of(picture, &self.layers, |i, x, dx| {
            let (found, wanted) = (gram(x), &style.grams[i]);
            losses.style += distance(&found, wanted) / count;
            descend(x, [&found, wanted], weights.style / count, dx);
            if i == at {
                losses.content = content.descend(x, weights.content, dx);
            }
        });
        let size = self.size();
        losses.colour = style.colours.descend(picture, self.channels(), weights.colour, &mut gradient);
        losses.smooth = descend_smooth(picture, (size, self.channels()), weights.smooth, &mut gradient);
        (losses, gradient)
    }
}

/// A picture shifted round its edges, up and to the left.
pub(super) fn shifted(
    picture: &[f32],
    [down, along]: [usize; 2],
    (width, channels): (usize, usize),
) -> Vec<f32> {
    let places = (down * width + along) * channels % picture.len().max(1);
    [&picture[places..], &picture[..places]].concat()
}

fn rows(x: &PaddedImages) -> Vec<f32> {
    x.rows().flat_map(|(p, y)| x.row(p, y)).copied().collect()
}

impl Content {
    /// The squared distance over the square of what is wanted; adds the gradient of `weight` times it.
    fn descend(&self, x: &PaddedImages, weight: f64, dx: &mut PaddedImages) -> f64 {
        let norm = self.0.iter().map(|v| *v as f64 * *v as f64).sum::<f64>().max(1e-12);
        let scale = (2.0 * weight / norm) as f32;
        let across = x.width * x.channels;
        let mut squares = 0.0;
        for ((p, y), wanted) in x.rows().zip(self.0.chunks_exact(across)) {
            for ((d, v), w) in dx.row_mut(p, y).iter_mut().zip(x.row(p, y)).zip(wanted) {
                let off = v - w;
                squares += off as f64 * off as f64;
                *d += scale * off;
            }
        }
        squares / norm
    }
}

fn descend_smooth(
    picture: &[f32],
    ((height, width), channels): ((usize, usize), usize),
    weight: f64,
    gradient: &mut [f32],
) -> f64 {
    let scale = (2.0 * weight / picture.len() as f64) as f32;
    let (mut squares, across) = (0f64, width * channels);
    for y in 0..height {
        for i in 0..across {
            let at = y * across + i;
            let right = (i + channels < across).then_some(at + channels);
            for next in right.into_iter().chain((y + 1 < height).then_some(at + across)) {
                let step = picture[next] - picture[at];
                squares += step as f64 * step as f64;
                gradient[next] += scale * step;
                gradient[at] -= scale * step;
            }
        }
    }
    squares / picture.len() as f64
}
