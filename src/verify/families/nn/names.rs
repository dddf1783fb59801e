//! Layers by the names of cases.

use learn::sequential::activation::Activation;
use learn::sequential::layer::{
    Border, Convolution, Corners, Layer, Normalisation, Pooling, Resampling, TransposedConvolution,
};
use learn::sequential::normalisation::{EPSILON, MOMENTUM};
use learn::sequential::window::Window;

use super::words::Words;

/// Kinds of layers, for messages.
pub const KINDS: &str = "conv, convT, maxpool, avgpool, adaptive_avgpool, adaptive_maxpool, bn, ln, gn, in, linear, flatten, up_nearest, up_bilinear, up_bicubic, relu, relu6, leaky, elu, celu, selu, gelu, gelu_tanh, silu, sigmoid, logsigmoid, hardsigmoid, tanh, hardtanh, softplus, softsign, hardswish, mish, softmax, logsoftmax";

/// What kind of layer a name is of.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Head {
    Convolution,
    Transposed,
    MaxPool,
    MeanPool,
    AdaptiveMean,
    AdaptiveMax,
    Batch,
    LayerNorm,
    Group,
    Instance,
    Linear,
    Flatten,
    Nearest,
    Bilinear,
    Bicubic,
    Activation(Activation),
}

fn head(word: &str) -> Option<Head> {
    Some(match word {
        "conv" | "convolution" => Head::Convolution,
        "convt" | "convtr" | "convtrans" | "tconv" | "deconv" | "convtranspose" | "convtransposed"
        | "transposedconv" => Head::Transposed,
        "maxpool" => Head::MaxPool,
        "avgpool" | "meanpool" | "averagepool" => Head::MeanPool,
        "gap" | "globalavgpool" | "globalmeanpool" | "adaptiveavgpool" | "adaptivemeanpool" => {
            Head::AdaptiveMean
        }
        "gmp" | "globalmaxpool" | "adaptivemaxpool" => Head::AdaptiveMax,
        "bn" | "batchnorm" => Head::Batch,
        "ln" | "layernorm" => Head::LayerNorm,
        "gn" | "groupnorm" => Head::Group,
        "in" | "instancenorm" => Head::Instance,
        "linear" | "fc" | "dense" => Head::Linear,
        "flatten" => Head::Flatten,
        "upnearest" | "nearest" | "upsample" | "upsamplenearest" => Head::Nearest,
        "upbilinear" | "bilinear" | "upsamplebilinear" => Head::Bilinear,
        "upbicubic" | "bicubic" | "upsamplebicubic" => Head::Bicubic,
        _ => Head::Activation(activation(word)?),
    })
}

/// An activation function with its usual setting.
fn activation(word: &str) -> Option<Activation> {
    Some(match word {
        // Written with its number, which `head` splits off.
        "relu" => Activation::Relu,
        "leaky" | "leakyrelu" | "lrelu" => Activation::Leaky(0.01),
        "elu" => Activation::Elu(1.0),
        "celu" => Activation::Celu(1.0),
        "selu" => Activation::Selu,
        "gelu" | "geluexact" | "gelunone" | "geluerf" => Activation::Gelu,
        "gelutanh" | "geluapprox" | "geluapproximate" => Activation::GeluTanh,
        "silu" | "swish" => Activation::Silu,
        "sigmoid" => Activation::Sigmoid,
        "logsigmoid" => Activation::LogSigmoid,
        "hardsigmoid" => Activation::HardSigmoid,
        "tanh" => Activation::Tanh,
        "hardtanh" => Activation::HardTanh,
        "softplus" => Activation::Softplus(1.0),
        "softsign" => Activation::Softsign,
        "hardswish" => Activation::HardSwish,
        "mish" => Activation::Mish,
        "softmax" => Activation::Softmax,
        "logsoftmax" => Activation::LogSoftmax,
        _ => return None,
    })
}

/// A layer and what its name says besides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Named {
    /// The layer.
    pub layer: Layer,
    /// Share of the newest batch in running values.
    pub momentum: f64,
}

/// Whether a name is that of a layer, whatever its options.
pub fn is_layer(name: &str) -> bool {
    Words::new(name).head(head).is_some()
}

/// The layer of a name. Kernel and groups that it does not have are those of the weight; `channels` are those of the input.
///
/// # Errors
/// An option is not known, or has no such value.
pub fn layer(name: &str, channels: usize, weight: Option<&[usize]>) -> Result<Named, String> {
    let mut words = Words::new(name);
    let (head, number) = words.head(head).ok_or_else(|| words.wrong(&format!("expected one of {KINDS}")))?;
    let mut momentum = MOMENTUM;
    let layer = match head {
        Head::Convolution => convolution(&mut words, &number, channels, weight)?,
        Head::Transposed => transposed(&mut words, &number, weight)?,
        Head::MaxPool | Head::MeanPool => pooling(&mut words, &number, head)?,
        Head::AdaptiveMean => Layer::Pooling(Pooling::AdaptiveMean(cells(&mut words, &number)?)),
        Head::AdaptiveMax => Layer::Pooling(Pooling::AdaptiveMax(cells(&mut words, &number)?)),
        Head::Nearest => Layer::Resampling(Resampling::Nearest(times(&mut words, &number)?)),
        Head::Bilinear => {
            Layer::Resampling(Resampling::Bilinear(times(&mut words, &number)?, corners(&mut words)))
        }
        Head::Bicubic => {
            Layer::Resampling(Resampling::Bicubic(times(&mut words, &number)?, corners(&mut words)))
        }
        Head::Batch | Head::LayerNorm | Head::Group | Head::Instance => {
            let epsilon = words.number(&["eps", "epsilon"])?.unwrap_or(EPSILON);
            let of = match head {
                Head::Batch => {
                    momentum = words.number(&["m", "momentum", "mom"])?.unwrap_or(MOMENTUM);
                    Normalisation::Batch
                }
                Head::LayerNorm => Normalisation::Layer,
                Head::Instance => Normalisation::Instance,
                _ => Normalisation::Group(groups(&mut words, &number)?),
            };
            Layer::Normalisation(of, epsilon)
        }
        Head::Linear => Layer::Linear,
        Head::Flatten => Layer::Flatten,
        Head::Activation(of) => Layer::Activation(adjusted(&mut words, &number, of)?),
    };
    words.flag(&["bias"]);
    words.flag(&["nobias"]);
    words.flag(&["affine"]);
    words.end()?;
    if !(0.0..=1.0).contains(&momentum) {
        return Err(format!("expected a momentum from 0 to 1, found {momentum}"));
    }
    Ok(Named { layer, momentum })
}

/// A pair, from what is written behind the head or an option.
fn own(words: &mut Words, number: &str, option: &[&str]) -> Result<Option<[usize; 2]>, String> {
    match number {
        "" => words.pair(option),
        number => words.parse_pair(number).map(Some),
    }
}

/// Kernel, stride, padding and dilation of a convolution.
fn window(words: &mut Words, number: &str, weight: Option<&[usize]>) -> Result<Window, String> {
    let of_weight =
        weight.and_then(|w| <[usize; 4]>::try_from(w).ok()).map(|[_, _, rows, columns]| [rows, columns]);
    let kernel = own(words, number, &["k", "kernel", "ks"])?.or(of_weight);
    let kernel = kernel.ok_or_else(|| words.wrong("expected a kernel (k3)"))?;
    let stride = words.pair(&["s", "stride"])?.unwrap_or([1; 2]);
    let dilation = words.pair(&["d", "dil", "dilation", "dilated"])?.unwrap_or([1; 2]);
    let mut padding = words.pair(&["p", "pad", "padding"])?.unwrap_or([0; 2]);
    if words.flag(&["same"]) {
        padding = [0, 1].map(|axis| dilation[axis] * kernel[axis].saturating_sub(1) / 2);
    }
    words.flag(&["valid"]);
    Ok(Window { padding, dilation, ..Window::new(kernel, stride) })
}

fn convolution(
    words: &mut Words,
    number: &str,
    channels: usize,
    weight: Option<&[usize]>,
) -> Result<Layer, String> {
    let window = window(words, number, weight)?;
    let implied = weight.and_then(|w| Some(channels / w.get(1)?)).filter(|g| *g > 0).unwrap_or(1);
    let mut groups = words.number(&["g", "groups", "group"])?.map(|g| g as usize);
    if words.flag(&["depthwise", "dw"]) {
        groups = Some(channels);
    }
    words.flag(&["grouped"]);
    let borders = [
        (&["zeros", "zero"][..], Border::Zeros),
        (&["circular", "circ", "periodic", "wrap", "torus"], Border::Circular),
        (&["reflect", "reflection", "mirror"], Border::Reflect),
        (&["replicate", "replication", "edge"], Border::Replicate),
    ];
    let named: Vec<Border> = borders.into_iter().filter(|(of, _)| words.flag(of)).map(|(_, b)| b).collect();
    let border = named.first().copied().unwrap_or(Border::Zeros);
    Ok(Layer::Convolution(Convolution { window, groups: groups.unwrap_or(implied), border }))
}

fn transposed(words: &mut Words, number: &str, weight: Option<&[usize]>) -> Result<Layer, String> {
    let more = words.pair(&["op", "outpad", "opad"])?.unwrap_or([0; 2]);
    let window = window(words, number, weight)?;
    let groups = words.number(&["g", "groups", "group"])?.map_or(1, |g| g as usize);
    Ok(Layer::Transposed(TransposedConvolution { window, groups, more }))
}

fn pooling(words: &mut Words, number: &str, head: Head) -> Result<Layer, String> {
    let kernel = own(words, number, &["k", "kernel", "ks"])?;
    let kernel = kernel.ok_or_else(|| words.wrong("expected a kernel (maxpool2)"))?;
    let stride = words.pair(&["s", "stride"])?.unwrap_or(kernel);
    let padding = words.pair(&["p", "pad", "padding"])?.unwrap_or([0; 2]);
    let ceil = words.flag(&["ceil"]);
    let window = Window { padding, ceil, ..Window::new(kernel, stride) };
    Ok(Layer::Pooling(match head {
        Head::MaxPool => {
            let dilation = words.pair(&["d", "dil", "dilation", "dilated"])?.unwrap_or([1; 2]);
            Pooling::Max(Window { dilation, ..window })
        }
        _ => Pooling::Mean { window, padded: !words.flag(&["nopad", "exclpad", "nocount", "exclude"]) },
    }))
}

/// Cells of adaptive pooling: one, unless there is a number.
fn cells(words: &mut Words, number: &str) -> Result<[usize; 2], String> {
    // `adaptive_avgpool_2` has its number in a part of its own.
    Ok(own(words, number, &["", "o", "out", "k"])?.unwrap_or([1; 2]))
}

fn times(words: &mut Words, number: &str) -> Result<usize, String> {
    match own(words, number, &["x", "", "s", "scale"])? {
        Some([rows, columns]) if rows == columns => Ok(rows),
        _ => Err(words.wrong("expected an enlargement (up_nearest2)")),
    }
}

fn corners(words: &mut Words) -> Corners {
    let aligned = words.flag(&["align", "aligned", "ac"]);
    let corners = words.flag(&["corners"]);
    if aligned || corners { Corners::Middles } else { Corners::Borders }
}

fn groups(words: &mut Words, number: &str) -> Result<usize, String> {
    match own(words, number, &["g", "groups", ""])? {
        Some([a, b]) if a == b => Ok(a),
        _ => Err(words.wrong("expected a number of groups (gn3)")),
    }
}

/// An activation function with the setting that is written behind it.
fn adjusted(words: &mut Words, number: &str, of: Activation) -> Result<Activation, String> {
    let setting = match number {
        "" => words.number(&["a", "alpha", "slope", "beta", "dim", ""])?,
        number => Some(words.parse(number)?),
    };
    let Some(setting) = setting else { return Ok(of) };
    match of {
        Activation::Relu if setting == 6.0 => Ok(Activation::Relu6),
        Activation::Leaky(_) => Ok(Activation::Leaky(setting)),
        Activation::Elu(_) => Ok(Activation::Elu(setting)),
        Activation::Celu(_) if setting > 0.0 => Ok(Activation::Celu(setting)),
        Activation::Softplus(_) if setting > 0.0 => Ok(Activation::Softplus(setting)),
        // Over the channels, as here.
        Activation::Softmax | Activation::LogSoftmax if setting == 1.0 => Ok(of),
        _ => Err(words.wrong(&format!("expected no number {setting}"))),
    }
}
