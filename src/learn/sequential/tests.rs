//! Layers of every kind against difference quotients, against inference, and against what does not fit.

use super::activation::Activation;
use super::gradients::{Applied, batch_normalised, differentiated};
use super::inference::{Given, batch_normalised as folded, infer};
use super::layer::*;
use super::network::{LayerWeights, Lessons, Sequential, trained};
use super::normalisation::BatchNorm;
use super::window::Window;
use crate::net::weights::WeightArray;
use crate::optimiser::Optimiser;
use burn::module::Module;
use burn::tensor::Tensor;
use world::rng::Rng;

fn noise(n: usize, name: &str) -> Vec<f32> {
    (0..n as u64).map(|i| Rng::new(3).named(name).normal(i)).collect()
}

fn square(kernel: usize, stride: usize, padding: usize, dilation: usize) -> Window {
    Window { padding: [padding; 2], dilation: [dilation; 2], ..Window::new([kernel; 2], [stride; 2]) }
}

fn conv(window: Window, groups: usize, border: Border) -> Layer {
    Layer::Convolution(Convolution { window, groups, border })
}

/// Layers with the sizes of their weights and biases, for pictures of 4 × 5 × 6.
fn layers() -> Vec<(Layer, Vec<usize>, Vec<usize>)> {
    let plain = |layer| (layer, vec![], vec![]);
    let transposed = TransposedConvolution { window: square(3, 2, 1, 1), groups: 2, more: [1, 0] };
    let mean = Pooling::Mean { window: square(3, 2, 1, 1), padded: false };
    let mut all = vec![
        (conv(square(3, 1, 1, 1), 1, Border::Zeros), vec![3, 4, 3, 3], vec![3]),
        (conv(square(3, 2, 1, 1), 1, Border::Zeros), vec![3, 4, 3, 3], vec![]),
        (conv(square(3, 1, 1, 1), 1, Border::Circular), vec![3, 4, 3, 3], vec![3]),
        (conv(square(3, 2, 1, 1), 1, Border::Circular), vec![3, 4, 3, 3], vec![3]),
        (conv(square(1, 1, 0, 1), 1, Border::Zeros), vec![3, 4, 1, 1], vec![3]),
        (conv(square(2, 1, 2, 2), 2, Border::Zeros), vec![6, 2, 2, 2], vec![6]),
        (conv(square(3, 2, 2, 1), 4, Border::Reflect), vec![4, 1, 3, 3], vec![4]),
        (conv(square(4, 3, 2, 1), 1, Border::Replicate), vec![2, 4, 4, 4], vec![2]),
        (Layer::Transposed(transposed), vec![4, 3, 3, 3], vec![6]),
        plain(Layer::Pooling(Pooling::Max(square(2, 2, 0, 1)))),
        plain(Layer::Pooling(Pooling::Max(square(3, 1, 1, 1)))),
        plain(Layer::Pooling(mean)),
        plain(Layer::Pooling(Pooling::AdaptiveMean([1, 1]))),
        plain(Layer::Pooling(Pooling::AdaptiveMean([2, 4]))),
        plain(Layer::Pooling(Pooling::AdaptiveMax([1, 1]))),
        plain(Layer::Pooling(Pooling::AdaptiveMax([2, 4]))),
        plain(Layer::Resampling(Resampling::Nearest(2))),
        plain(Layer::Resampling(Resampling::Nearest(3))),
        plain(Layer::Resampling(Resampling::Bilinear(2, Corners::Borders))),
        plain(Layer::Resampling(Resampling::Bicubic(2, Corners::Middles))),
        plain(Layer::Flatten),
        (Layer::Linear, vec![7, 120], vec![7]),
        (Layer::Linear, vec![3, 6], vec![3]),
        (Layer::Normalisation(Normalisation::Group(2), 1e-5), vec![4], vec![4]),
        (Layer::Normalisation(Normalisation::Instance, 1e-5), vec![], vec![]),
        (Layer::Normalisation(Normalisation::Layer, 1e-5), vec![5, 6], vec![5, 6]),
        (Layer::Normalisation(Normalisation::Batch, 1e-5), vec![4], vec![4]),
    ];
    use Activation::*;
    let functions = [
        Relu,
        Relu6,
        Leaky(0.2),
        Elu(0.5),
        Celu(0.7),
        Selu,
        Gelu,
        GeluTanh,
        Silu,
        Sigmoid,
        LogSigmoid,
        HardSigmoid,
        Tanh,
        HardTanh,
        Softplus(2.0),
        Softsign,
        HardSwish,
        Mish,
        Softmax,
        LogSoftmax,
    ];
    all.extend(functions.map(|f| plain(Layer::Activation(f))));
    all
}

const INPUT: [usize; 4] = [2, 4, 5, 6];

fn applied(layer: Layer, weight: &[usize], bias: &[usize]) -> Applied {
    let some = |dims: &[usize], name| (!dims.is_empty()).then(|| noise(dims.iter().product(), name));
    let given = |dims: &[usize]| (!dims.is_empty()).then(|| dims.to_vec());
    let sizes = layer.sizes(INPUT, given(weight).as_deref(), given(bias).as_deref()).unwrap();
    Applied {
        layer,
        x: noise(240, "x"),
        input: INPUT,
        sizes,
        weight: some(weight, "w"),
        bias: some(bias, "b"),
    }
}

#[test]
fn gradients_are_the_difference_quotients() {
    for (layer, weight, bias) in layers() {
        let of = applied(layer, &weight, &bias);
        let above = noise(of.sizes.output.iter().product(), "above");
        let found = differentiated(&of, &above).unwrap();
        assert_eq!(found.y.len(), above.len(), "{layer:?}");
        let loss = |of: &Applied| -> f64 {
            let y = differentiated(of, &above).unwrap().y;
            y.iter().zip(&above).map(|(y, a)| f64::from(*y) * f64::from(*a)).sum()
        };
        // Along a random direction, which every value takes part in: kinks are crossed by few of them.
        for (what, gradient) in [("x", &found.x), ("weight", &found.weight), ("bias", &found.bias)] {
            if gradient.is_empty() {
                continue;
            }
            let along = noise(gradient.len(), "along");
            let moved = |by: f32| {
                let mut of = of.clone();
                let values = match what {
                    "x" => &mut of.x,
                    "weight" => of.weight.as_mut().unwrap(),
                    _ => of.bias.as_mut().unwrap(),
                };
                values.iter_mut().zip(&along).for_each(|(v, a)| *v += by * a);
                loss(&of)
            };
            const STEP: f32 = 2e-3;
            let quotient = (moved(STEP) - moved(-STEP)) / f64::from(2.0 * STEP);
            let expected: f64 = gradient.iter().zip(&along).map(|(g, a)| f64::from(*g) * f64::from(*a)).sum();
            let size: f64 = gradient.iter().map(|g| f64::from(*g) * f64::from(*g)).sum::<f64>().sqrt();
            assert!(
                (quotient - expected).abs() < 0.02 * size,
                "{layer:?}, {what}: {quotient}, {expected} of {size}"
            );
        }
    }
}

#[test]
fn inference_agrees_with_training_where_it_has_the_layer() {
    let mut seen = 0;
    for (layer, weight, bias) in layers() {
        let of = applied(layer, &weight, &bias);
        let given = Given { weight: of.weight.as_deref(), bias: of.bias.as_deref() };
        let Some(y) = infer(&of.x, INPUT, &layer, &of.sizes, given).unwrap() else { continue };
        let above = vec![0.0; of.sizes.output.iter().product()];
        let trained = differentiated(&of, &above).unwrap().y;
        let size = trained.iter().fold(0f32, |m, v| m.max(v.abs()));
        assert_eq!(y.len(), trained.len(), "{layer:?}");
        let off = y.iter().zip(&trained).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(off < 1e-5 * size, "{layer:?}: {off} of {size}");
        seen += 1;
    }
    assert_eq!(
        seen, 17,
        "3 × 3 and 1 × 1 convolutions, pooling, doubling, linear maps, groups, four activations"
    );
}

/// By hand: a channel of four values.
#[test]
fn batches_are_normalised_and_their_population_runs() {
    let layer = Layer::Normalisation(Normalisation::Batch, 1e-5);
    let sizes = layer.sizes([2, 1, 1, 2], Some(&[1]), Some(&[1])).unwrap();
    let of = Applied {
        layer,
        x: vec![1.0, 2.0, 3.0, 6.0],
        input: [2, 1, 1, 2],
        sizes,
        weight: Some(vec![2.0]),
        bias: Some(vec![0.5]),
    };
    let found = batch_normalised(&of, &[0.0; 4], [1e-5, 0.25]).unwrap();
    // Mean 3, variance 14 / 4, that of the population 14 / 3.
    let near = |a: f32, b: f64| assert!((f64::from(a) - b).abs() < 1e-5, "{a}, {b}");
    near(found.running[0][0], 0.75);
    near(found.running[1][0], 0.75 + 0.25 * 14.0 / 3.0);
    near(found.trained.y[3], 2.0 * 3.0 / (3.5f64 + 1e-5).sqrt() + 0.5);
    near(found.evaluated[0], 2.0 * 0.25 / (0.75f64 + 3.5 / 3.0 + 1e-5).sqrt() + 0.5);
    let [mean, variance] = &found.running;
    let y = folded(&of.x, of.input, [&[2.0], &[0.5], mean, variance]).unwrap();
    y.iter().zip(&found.evaluated).for_each(|(a, b)| near(*a, f64::from(*b)));
}

/// As where a judge guides a generator: gradients of the picture, none of the network.
#[test]
fn a_network_that_is_not_trained_normalises_by_the_running_values_even_for_gradients() {
    let device = crate::glue::device();
    let norm = BatchNorm::new(1, &device);
    let x = || Tensor::<4>::from_floats([[[[1.0, 2.0, 3.0, 6.0]]]], &device);
    norm.forward(x());
    let still = norm.valid();
    let before = still.running().map(crate::glue::numbers);
    let y = crate::glue::numbers(still.forward(x().require_grad()));
    // Mean 3 and the population's variance 14 / 3, a tenth of each.
    let expected = (1.0 - 0.3) / (0.9 + 0.1 * 14.0 / 3.0 + 1e-5f32).sqrt();
    assert!((y[0] - expected).abs() < 1e-5, "{y:?}, {expected}");
    assert_eq!(still.running().map(crate::glue::numbers), before);
}

#[test]
fn what_does_not_fit_is_refused() {
    let zeros = |window| conv(window, 1, Border::Zeros);
    for (layer, weight, bias, told) in [
        (zeros(square(3, 1, 1, 1)), None, None, "expected a weight, found none"),
        (zeros(square(3, 1, 1, 1)), Some(vec![3, 4, 3, 2]), None, "expected a weight of [_, _, 3, 3]"),
        (zeros(square(3, 1, 1, 1)), Some(vec![3, 5, 3, 3]), None, "expected 5 × 1 channels, found 4"),
        (zeros(square(3, 1, 1, 1)), Some(vec![3, 4, 3, 3]), Some(vec![4]), "expected a bias of [3]"),
        (zeros(square(9, 1, 1, 1)), Some(vec![3, 4, 9, 9]), None, "does not fit"),
        (
            conv(square(3, 1, 5, 1), 1, Border::Reflect),
            Some(vec![3, 4, 3, 3]),
            None,
            "expected a padding of at most 4",
        ),
        (conv(square(3, 1, 1, 1), 3, Border::Zeros), Some(vec![3, 1, 3, 3]), None, "make no 3 groups"),
        (conv(square(3, 1, 1, 1), 0, Border::Zeros), Some(vec![3, 1, 3, 3]), None, "make no 0 groups"),
        (Layer::Linear, Some(vec![3, 7]), None, "expected a weight of [_, 120] or [_, 6]"),
        (
            Layer::Normalisation(Normalisation::Layer, 1e-5),
            Some(vec![5]),
            None,
            "expected a weight of the last",
        ),
        (Layer::Normalisation(Normalisation::Group(3), 1e-5), None, None, "make no 3 groups"),
        (Layer::Activation(Activation::Relu), Some(vec![4]), None, "expected no weight"),
        (Layer::Pooling(Pooling::Max(square(2, 2, 2, 1))), None, None, "expected a padding of at most half"),
        (Layer::Pooling(Pooling::AdaptiveMax([0, 1])), None, None, "expected from 1 to 1024 cells"),
        (Layer::Resampling(Resampling::Nearest(1000)), None, None, "expected at most 16777216 values"),
        (
            conv(Window { padding: [1024; 2], ..Window::new([1; 2], [1024; 2]) }, 1, Border::Replicate),
            Some(vec![1, 4, 1, 1]),
            None,
            "expected at most 16777216 values with their border",
        ),
        (Layer::Resampling(Resampling::Nearest(0)), None, None, "expected an enlargement"),
    ] {
        let e = layer.sizes(INPUT, weight.as_deref(), bias.as_deref()).unwrap_err();
        assert!(e.contains(told), "{layer:?}: {e}");
    }
}

fn array(dims: &[usize], name: &str) -> Option<WeightArray> {
    let values = noise(dims.iter().product(), name).iter().map(|v| 0.3 * v).collect();
    Some(WeightArray { dims: dims.to_vec(), values })
}

/// Bright pictures and dark ones.
#[test]
fn a_list_of_layers_learns_and_its_inference_is_its_training() {
    let plain = |layer| LayerWeights { layer, weight: None, bias: None };
    let layers = [
        LayerWeights {
            layer: conv(square(3, 1, 1, 1), 1, Border::Zeros),
            weight: array(&[2, 1, 3, 3], "a"),
            bias: array(&[2], "b"),
        },
        plain(Layer::Activation(Activation::Relu)),
        plain(Layer::Pooling(Pooling::Max(square(2, 2, 0, 1)))),
        LayerWeights { layer: Layer::Linear, weight: array(&[2, 8], "c"), bias: array(&[2], "d") },
    ];
    let network = Sequential::new(&layers, [1, 4, 4]).unwrap();
    let labels: Vec<usize> = (0..10).map(|i| i % 2).collect();
    let pixels: Vec<f32> =
        noise(160, "p").iter().enumerate().map(|(i, v)| 0.1 * v + (i / 16 % 2) as f32).collect();
    let lessons = Lessons { pixels: &pixels, labels: &labels, batch: 4 };
    let mut optimizer = Optimiser::named("momentum").unwrap().init(0.0);
    let (network, losses) = trained(network, &mut optimizer, 0.1, &lessons, 60).unwrap();
    assert!(losses[59] < 0.1 && losses[0] > 0.3, "{losses:?}");
    let outputs = network.infer(&pixels).unwrap().unwrap();
    assert!(outputs.chunks_exact(2).zip(&labels).all(|(row, label)| row[*label] > row[1 - label]));
    // Two batches of four of ten pictures: the last two are never seen.
    let mut half = labels.clone();
    half[8] = 1;
    let other = Lessons { labels: &half, ..lessons };
    let fresh = || Sequential::new(&layers, [1, 4, 4]).unwrap();
    let run = |lessons: &Lessons| {
        trained(fresh(), &mut Optimiser::named("sgd").unwrap().init(0.0), 0.1, lessons, 5).unwrap().1
    };
    assert_eq!(run(&lessons), run(&other));
    half[0] = 1;
    assert_ne!(run(&lessons), run(&Lessons { labels: &half, ..lessons }));
    half[0] = 2;
    let refused = |lessons: &Lessons| trained(fresh(), &mut optimizer.clone(), 0.1, lessons, 1).unwrap_err();
    assert!(refused(&Lessons { labels: &half, ..lessons }).contains("expected labels below 2, found 2"));
    assert!(refused(&Lessons { batch: 11, ..lessons }).contains("expected batches of 1 to 10"));
    assert!(refused(&Lessons { batch: 0, ..lessons }).contains("expected batches of 1 to 10"));
    let e = Sequential::new(&layers[..1], [2, 4, 4]).map(|_| ()).unwrap_err();
    assert!(e.starts_with("layer 1: expected 1 × 1 channels"), "{e}");
}
