//! A layer in inference, where [`net`](crate::net) has it.

use super::activation::Activation;
use super::layer::{Convolution, Layer, Normalisation, Pooling, Resampling, Sizes};
use super::window::Window;
use crate::net::layers::{Conv3, Dense, GroupNorm, doubled, leaky, relu, sigmoid, silu};
use crate::net::padded::PaddedImages;
use crate::net::padded::pool::{Pool, Reduce};
use crate::net::weights::{WeightArray, Weights};

/// Weights of a layer, row-major, of the sizes that [`Sizes`] has for them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// The weight.
    pub weight: Option<&'a [f32]>,
    /// The bias.
    pub bias: Option<&'a [f32]>,
}

/// The output of a layer for pictures of the sizes `input`; none where inference has no such layer. The sizes were
/// checked ([`Layer::sizes`]).
///
/// # Errors
/// A weight is of another length than its sizes say.
pub fn infer(
    x: &[f32],
    input: [usize; 4],
    layer: &Layer,
    sizes: &Sizes,
    given: Given,
) -> Result<Option<Vec<f32>>, String> {
    let [_, channels, height, width] = input;
    let each = |f: &dyn Fn(&[f32]) -> Vec<f32>| {
        let picture = channels * height * width;
        x.chunks_exact(picture).flat_map(f).collect::<Vec<f32>>()
    };
    let in_place = |f: &dyn Fn(&mut [f32])| {
        let mut y = x.to_vec();
        f(&mut y);
        y
    };
    Ok(Some(match layer {
        Layer::Convolution(of) => match convolution(of, [height, width], sizes, given)? {
            Some(Either::Window(conv)) => each(&|x| conv.apply(x, height, width)),
            Some(Either::Cell(dense)) => each(&|x| dense.apply_planes(x)),
            None => return Ok(None),
        },
        Layer::Linear => dense(sizes, given).apply_rows(x),
        Layer::Normalisation(of, 1e-5) => {
            let groups = match of {
                Normalisation::Group(groups) => *groups,
                Normalisation::Instance => channels,
                Normalisation::Batch | Normalisation::Layer => return Ok(None),
            };
            let mut weights = Weights::default();
            for (part, values, plain) in [("n.gamma", given.weight, 1.0), ("n.beta", given.bias, 0.0)] {
                let values = values.map_or_else(|| vec![plain; channels], <[f32]>::to_vec);
                weights.insert(part, WeightArray { dims: vec![values.len()], values });
            }
            let norm = GroupNorm::of(&weights, "n", groups, channels)?;
            in_place(&|y| y.chunks_exact_mut(channels * height * width).for_each(|y| norm.apply(y)))
        }
        Layer::Activation(Activation::Relu) => in_place(&relu),
        Layer::Activation(Activation::Leaky(slope)) => in_place(&|y| leaky(y, *slope as f32)),
        Layer::Activation(Activation::Sigmoid) => in_place(&sigmoid),
        Layer::Activation(Activation::Silu) => in_place(&silu),
        Layer::Pooling(Pooling::Max(w)) if *w == Window::new([2; 2], [2; 2]) => {
            each(&|x| halved(x, [channels, height, width]))
        }
        Layer::Pooling(Pooling::AdaptiveMean([1, 1])) => {
            each(&|x| global(x, [channels, height, width])[0].clone())
        }
        Layer::Pooling(Pooling::AdaptiveMax([1, 1])) => {
            each(&|x| global(x, [channels, height, width])[1].clone())
        }
        Layer::Resampling(Resampling::Nearest(2)) => doubled(x, height, width),
        Layer::Flatten => x.to_vec(),
        _ => return Ok(None),
    }))
}

/// The two forms that inference has of a convolution.
enum Either {
    /// 3 × 3.
    Window(Conv3),
    /// 1 × 1.
    Cell(Dense),
}

fn convolution(
    of: &Convolution,
    size: [usize; 2],
    sizes: &Sizes,
    given: Given,
) -> Result<Option<Either>, String> {
    if of.window == Window::new([1; 2], [1; 2]) && of.groups == 1 {
        return Ok(Some(Either::Cell(dense(sizes, given))));
    }
    let Some((stride, periodic)) = of.own(size) else { return Ok(None) };
    let [to, from, ..] = sizes.weight;
    let mut weights = Weights::default();
    let weight = given.weight.unwrap_or_default().to_vec();
    weights.insert(
        "c.weight",
        WeightArray { dims: vec![to, from, 3, 3], values: sized(weight, 9 * to * from)? },
    );
    if let Some(bias) = given.bias {
        weights.insert("c.bias", WeightArray { dims: vec![to], values: sized(bias.to_vec(), to)? });
    }
    Ok(Some(Either::Window(Conv3::of(&weights, "c", from, to, stride)?.on_torus(periodic))))
}

fn sized(values: Vec<f32>, expected: usize) -> Result<Vec<f32>, String> {
    let found = values.len();
    if found == expected { Ok(values) } else { Err(format!("expected {expected} values, found {found}")) }
}

/// The map of a weight `[to][from]`, which `net` has the other way round.
fn dense(sizes: &Sizes, given: Given) -> Dense {
    let [to, from, ..] = sizes.weight;
    let weight = given.weight.unwrap_or_default();
    let turned = (0..to * from).map(|i| weight[i % to * from + i / to]).collect();
    Dense::from_parts(turned, given.bias.map_or_else(|| vec![0.0; to], <[f32]>::to_vec))
}

/// A picture, channels last.
fn padded(x: &[f32], [channels, height, width]: [usize; 3]) -> PaddedImages {
    let mut images = PaddedImages::new(channels, height, width, 1);
    for y in 0..height {
        for (i, v) in images.row_mut(0, y).iter_mut().enumerate() {
            *v = x[(i % channels * height + y) * width + i / channels];
        }
    }
    images
}

fn halved(x: &[f32], size @ [channels, height, width]: [usize; 3]) -> Vec<f32> {
    let mut half = PaddedImages::new(channels, height / 2, width / 2, 1);
    let pool = Pool { reduce: Reduce::Max, kernel: 2, stride: 2 };
    pool.apply(&padded(x, size), &mut half, 0);
    let plane = half.height * half.width;
    let at = |i: usize| half.row(0, i % plane / half.width)[i % half.width * channels + i / plane];
    (0..channels * plane).map(at).collect()
}

/// Mean and maximum of each channel.
fn global(x: &[f32], size: [usize; 3]) -> [Vec<f32>; 2] {
    let (means, maxima) = padded(x, size).mean_and_max(0);
    [means, maxima]
}

/// Batch normalisation of planes in evaluation, folded into a convolution that changes nothing else; `parts` are factor,
/// offset, running mean and running variance of each channel.
///
/// # Errors
/// A part is of another length than there are channels.
pub fn batch_normalised(x: &[f32], input: [usize; 4], parts: [&[f32]; 4]) -> Result<Vec<f32>, String> {
    let [_, channels, height, width] = input;
    let mut weights = Weights::default();
    let middle =
        (0..9 * channels * channels).map(|i| (i % 9 == 4 && i / 9 % channels == i / 9 / channels) as u8);
    let values = middle.map(f32::from).collect();
    weights.insert("c.weight", WeightArray { dims: vec![channels, channels, 3, 3], values });
    for (name, values) in ["gamma", "beta", "running_mean", "running_var"].into_iter().zip(parts) {
        weights
            .insert(format!("n.{name}"), WeightArray { dims: vec![values.len()], values: values.to_vec() });
    }
    let conv = Conv3::of(&weights, "c", channels, channels, 1)?.with_norm(&weights, "n")?;
    Ok(x.chunks_exact(channels * height * width).flat_map(|x| conv.apply(x, height, width)).collect())
}
