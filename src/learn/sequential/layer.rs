//! A layer: its settings, the weights that it takes and the sizes that it gives.

use super::activation::Activation;
use super::window::{MOST, Window};

/// Most values that a layer gives, most products that it takes, and most factors of these at once.
const VALUES: usize = 1 << 24;
const PRODUCTS: usize = 1 << 32;
const COLUMNS: usize = 1 << 26;

/// What lies beyond the border of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// Zeros.
    Zeros,
    /// The opposite side.
    Circular,
    /// The picture mirrored at its outermost cells.
    Reflect,
    /// The outermost cells, repeated.
    Replicate,
}

/// A convolution; its weight is `[to][from / groups][rows][columns]`, its bias, if it has one, `[to]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// Its window; never with `ceil`.
    pub window: Window,
    /// Groups of channels that see only one another.
    pub groups: usize,
    /// What its padding holds.
    pub border: Border,
}

/// The transpose of a convolution (Dumoulin and Visin 2016); its weight is `[from][to / groups][rows][columns]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransposedConvolution {
    /// The window of the convolution that it is the transpose of; its padding is taken away.
    pub window: Window,
    /// Groups of channels that see only one another.
    pub groups: usize,
    /// Rows and columns added behind.
    pub more: [usize; 2],
}

/// One value for a window of each channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// The greatest value.
    Max(Window),
    /// The mean; of a window over the border with its zeros, if they count.
    Mean {
        /// Its window.
        window: Window,
        /// Whether zeros of the padding count.
        padded: bool,
    },
    /// Means of so many rows and columns of cells of nearly the same size.
    AdaptiveMean([usize; 2]),
    /// The greatest values of such cells.
    AdaptiveMax([usize; 2]),
}

/// What is normalised together. Weight and bias, if there are any, follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Normalisation {
    /// A channel of the whole batch (Ioffe and Szegedy 2015); in a network in training.
    Batch,
    /// The last dimensions, as many as the weight has; all but the first without one (Ba et al. 2016).
    Layer,
    /// So many groups of channels of a picture (Wu and He 2018).
    Group(usize),
    /// A channel of a picture (Ulyanov et al. 2016).
    Instance,
}

/// A picture enlarged by a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resampling {
    /// Cells repeated.
    Nearest(usize),
    /// Linear between the middles of cells, or with the outermost cells on one another.
    Bilinear(usize, Corners),
    /// Cubic (Keys 1981, with −3/4), likewise.
    Bicubic(usize, Corners),
}

/// Which points of two grids lie on one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corners {
    /// The outer borders of the outermost cells.
    Borders,
    /// The middles of the outermost cells.
    Middles,
}

/// A layer of a network. Pictures are `[n, channels, rows, columns]`; rows of features are pictures of one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layer {
    /// A convolution.
    Convolution(Convolution),
    /// A transposed convolution.
    Transposed(TransposedConvolution),
    /// Pooling.
    Pooling(Pooling),
    /// An activation function.
    Activation(Activation),
    /// Normalisation; the number is added to the variance.
    Normalisation(Normalisation, f64),
    /// Enlargement.
    Resampling(Resampling),
    /// All values of a picture, in their order, as channels of one cell.
    Flatten,
    /// A linear map `[to][from]` of the last dimension, or of all values of a picture.
    Linear,
}

/// Sizes of what a layer takes and gives, every array in four dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Of the output.
    pub output: [usize; 4],
    /// Of the weight, so that it can be multiplied.
    pub weight: [usize; 4],
    /// Of the bias, so that it can be added.
    pub bias: [usize; 4],
}

impl Layer {
    /// Checks sizes: `input` are those of the input, `weight` and `bias` those of its weights, if it has any.
    ///
    /// # Errors
    /// They do not fit the layer, or one another, or are too large.
    pub fn sizes(
        &self,
        input: [usize; 4],
        weight: Option<&[usize]>,
        bias: Option<&[usize]>,
    ) -> Result<Sizes, String> {
        let [n, channels, height, width] = input;
        let none = Sizes { output: input, weight: [1; 4], bias: [1; 4] };
        let sizes = match self {
            Self::Convolution(of) => of.sizes(input, needed(weight)?)?,
            Self::Transposed(of) => of.sizes(input, needed(weight)?)?,
            Self::Linear => linear(input, needed(weight)?)?,
            Self::Normalisation(of, _) => of.sizes(input, weight.or(bias))?,
            Self::Pooling(of) => {
                let [height, width] = of.count([height, width])?;
                Sizes { output: [n, channels, height, width], ..none }
            }
            Self::Resampling(of) => {
                let times = of.times();
                if !(1..=MOST).contains(&times) {
                    return Err(format!("expected an enlargement from 1 to {MOST}, found {times}"));
                }
                Sizes { output: [n, channels, height * times, width * times], ..none }
            }
            Self::Flatten => Sizes { output: [n, channels * height * width, 1, 1], ..none },
            Self::Activation(_) => none,
        };
        self.weights_fit(&sizes, weight, bias)?;
        self.is_feasible(input, &sizes)?;
        Ok(sizes)
    }

    /// Checks that output, padded input, and what is multiplied are of a size to be computed here.
    fn is_feasible(&self, input: [usize; 4], sizes: &Sizes) -> Result<(), String> {
        let [n, channels, height, width] = input;
        within(&sizes.output, 1, VALUES, "values")?;
        let per: usize = sizes.weight[1..].iter().product();
        let cells = |of: [usize; 4]| [n, 1, of[2], of[3]];
        match self {
            Self::Linear => within(&sizes.output, per, PRODUCTS, "products")?,
            Self::Convolution(_) | Self::Transposed(_) => {
                within(&sizes.output, per, PRODUCTS, "products")?;
                within(&cells(input), per, COLUMNS, "factors")?;
                within(&cells(sizes.output), per, COLUMNS, "factors")?;
            }
            _ => {}
        }
        let (padding, maps) = match self {
            Self::Convolution(of) => (of.window.padding, None),
            Self::Pooling(Pooling::Max(window) | Pooling::Mean { window, .. }) => (window.padding, None),
            Self::Resampling(Resampling::Bilinear(n, _) | Resampling::Bicubic(n, _)) => ([0; 2], Some(*n)),
            _ => ([0; 2], None),
        };
        let padded = [n, channels, height + 2 * padding[0], width + 2 * padding[1]];
        within(&padded, 1, VALUES, "values with their border")?;
        let side = height.max(width);
        within(&[1, 1, side, side], maps.unwrap_or(0), VALUES, "weights of rows and columns")
    }

    fn weights_fit(
        &self,
        sizes: &Sizes,
        weight: Option<&[usize]>,
        bias: Option<&[usize]>,
    ) -> Result<(), String> {
        let takes =
            !matches!(self, Self::Pooling(_) | Self::Resampling(_) | Self::Flatten | Self::Activation(_));
        for (what, given, wanted) in [("weight", weight, sizes.weight), ("bias", bias, sizes.bias)] {
            let Some(given) = given else { continue };
            if !takes {
                return Err(format!("expected no {what}, found one of {given:?}"));
            }
            let is_one = given.iter().product::<usize>() == wanted.iter().product::<usize>();
            if !is_one {
                let wanted: Vec<usize> = wanted.into_iter().filter(|d| *d > 1).collect();
                return Err(format!("expected a {what} of {wanted:?}, found {given:?}"));
            }
        }
        Ok(())
    }
}

fn needed(weight: Option<&[usize]>) -> Result<&[usize], String> {
    weight.ok_or_else(|| "expected a weight, found none".into())
}

/// Checks that the product of all sizes and of `each` is at most `most`.
fn within(sizes: &[usize; 4], each: usize, most: usize, what: &str) -> Result<(), String> {
    let all = sizes.iter().try_fold(each, |all, d| all.checked_mul(*d));
    match all.filter(|all| *all <= most) {
        Some(_) => Ok(()),
        None => Err(format!("expected at most {most} {what}, found a layer of {sizes:?}")),
    }
}

impl Convolution {
    /// Stride and periodic axes of [`net::convolution`](crate::net::convolution), where that is this convolution: 3 × 3
    /// with a border of one, strides of 1 or 2.
    pub fn own(&self, size: [usize; 2]) -> Option<(usize, [bool; 2])> {
        let Window { kernel, stride, padding, dilation, .. } = self.window;
        let periodic = self.border == Border::Circular;
        let fits = !periodic || stride[0] == 1 || size.iter().all(|n| n.is_multiple_of(2));
        let plain = (kernel, padding, dilation, self.groups) == ([3; 2], [1; 2], [1; 2], 1);
        let zeros = periodic || self.border == Border::Zeros;
        let is = plain && zeros && fits && (stride == [1; 2] || stride == [2; 2]);
        is.then_some((stride[0], [periodic; 2]))
    }

    fn sizes(&self, [n, channels, height, width]: [usize; 4], weight: &[usize]) -> Result<Sizes, String> {
        let [to, from, ..] = kernel(weight, self.window.kernel)?;
        grouped(channels, to, self.groups)?;
        if from * self.groups != channels {
            return Err(format!("expected {from} × {} channels, found {channels}", self.groups));
        }
        let [rows, columns] = self.window.count([height, width])?;
        let limit = match self.border {
            Border::Zeros | Border::Replicate => [MOST; 2],
            Border::Circular => [height, width],
            Border::Reflect => [height - 1, width - 1],
        };
        if let Some(axis) = (0..2).find(|&axis| self.window.padding[axis] > limit[axis]) {
            let (most, found) = (limit[axis], self.window.padding[axis]);
            return Err(format!("expected a padding of at most {most} with this border, found {found}"));
        }
        let [kh, kw] = self.window.kernel;
        Ok(Sizes { output: [n, to, rows, columns], weight: [to, from, kh, kw], bias: [1, to, 1, 1] })
    }
}

impl TransposedConvolution {
    fn sizes(&self, [n, channels, height, width]: [usize; 4], weight: &[usize]) -> Result<Sizes, String> {
        let w = &self.window;
        w.check()?;
        let [from, each, ..] = kernel(weight, w.kernel)?;
        grouped(channels, each * self.groups, self.groups)?;
        if from != channels {
            return Err(format!("expected {from} channels, found {channels}"));
        }
        let mut out = [height, width];
        for (axis, size) in out.iter_mut().enumerate() {
            if self.more[axis] >= w.stride[axis].max(w.dilation[axis]) {
                return Err(format!(
                    "expected to add fewer than the stride of {}, found {}",
                    w.stride[axis], self.more[axis]
                ));
            }
            let whole = (*size - 1) * w.stride[axis] + w.reach()[axis] + self.more[axis];
            *size = whole.checked_sub(2 * w.padding[axis]).filter(|n| *n > 0).ok_or_else(|| {
                format!("expected a padding below half of {whole}, found {}", w.padding[axis])
            })?;
        }
        let ([kh, kw], to) = (w.kernel, each * self.groups);
        Ok(Sizes { output: [n, to, out[0], out[1]], weight: [from, each, kh, kw], bias: [1, to, 1, 1] })
    }
}

/// The sizes of a weight with that kernel.
fn kernel(weight: &[usize], kernel: [usize; 2]) -> Result<[usize; 4], String> {
    match *weight {
        [a, b, rows, columns] if [rows, columns] == kernel => Ok([a, b, rows, columns]),
        _ => Err(format!("expected a weight of [_, _, {}, {}], found {weight:?}", kernel[0], kernel[1])),
    }
}

fn grouped(from: usize, to: usize, groups: usize) -> Result<(), String> {
    match groups > 0 && from.is_multiple_of(groups) && to.is_multiple_of(groups) {
        true => Ok(()),
        false => Err(format!("{from} channels to {to} make no {groups} groups")),
    }
}

fn linear(input: [usize; 4], weight: &[usize]) -> Result<Sizes, String> {
    let [n, channels, height, width] = input;
    let &[to, from] = weight else {
        return Err(format!("expected a weight of [_, _], found {weight:?}"));
    };
    let all = channels * height * width;
    match from {
        _ if from == all => {
            Ok(Sizes { output: [n, to, 1, 1], weight: [to, from, 1, 1], bias: [1, to, 1, 1] })
        }
        _ if from == width => {
            let output = [n, channels, height, to];
            Ok(Sizes { output, weight: [to, from, 1, 1], bias: [1, 1, 1, to] })
        }
        _ => Err(format!("expected a weight of [_, {all}] or [_, {width}], found {weight:?}")),
    }
}

impl Pooling {
    fn count(&self, size: [usize; 2]) -> Result<[usize; 2], String> {
        match self {
            Self::Max(window) | Self::Mean { window, .. } => {
                let count = window.count(size)?;
                match (0..2).all(|axis| 2 * window.padding[axis] <= window.kernel[axis]) {
                    true => Ok(count),
                    false => Err(format!("expected a padding of at most half of {:?}", window.kernel)),
                }
            }
            Self::AdaptiveMean(to) | Self::AdaptiveMax(to) => {
                match to.iter().all(|n| (1..=MOST).contains(n)) {
                    true => Ok(*to),
                    false => Err(format!("expected from 1 to {MOST} cells a side, found {to:?}")),
                }
            }
        }
    }
}

impl Normalisation {
    fn sizes(&self, input: [usize; 4], affine: Option<&[usize]>) -> Result<Sizes, String> {
        let [_, channels, ..] = input;
        let per = match self {
            Self::Layer => {
                // Rows of features have no rows and columns.
                let input = if input[2..] == [1, 1] { &input[..2] } else { &input[..] };
                let of = affine.unwrap_or(&input[1..]);
                let kept = input.len().checked_sub(of.len()).filter(|k| *k > 0 && input[*k..] == *of);
                let kept =
                    kept.ok_or_else(|| format!("expected a weight of the last of {input:?}, found {of:?}"))?;
                let mut per = [1; 4];
                per[kept..input.len()].copy_from_slice(of);
                per
            }
            Self::Group(groups) => {
                grouped(channels, channels, *groups)?;
                [1, channels, 1, 1]
            }
            Self::Batch | Self::Instance => [1, channels, 1, 1],
        };
        Ok(Sizes { output: input, weight: per, bias: per })
    }
}

impl Resampling {
    /// How many times as many rows and columns there are.
    pub fn times(&self) -> usize {
        match self {
            Self::Nearest(n) | Self::Bilinear(n, _) | Self::Bicubic(n, _) => *n,
        }
    }
}
