use super::*;
use crate::ImageShape;
use crate::model::normals;
use crate::nca::METHOD;
use crate::nca::cells::rule::CellShape;
use crate::nca::inference::{Automaton, NcaWorld};
use crate::trials;

const SHAPE: CellShape = CellShape { channels: 5, given: 2, hidden: 12, far: 0 };
const SIZE: (usize, usize) = (7, 6);

/// A rule whose last layer does not start near zero, which would hide mistakes.
fn rule(shape: CellShape, seed: u64) -> CellRule {
    let mut rule = CellRule::fresh(shape, Rng::new(seed));
    rule.bias = normals(Rng::new(seed).named("bias"), shape.hidden).iter().map(|v| 0.1 * v).collect();
    rule.update =
        normals(Rng::new(seed).named("update"), rule.update.len()).iter().map(|v| 0.2 * v).collect();
    rule
}

#[test]
fn it_has_the_bits_of_inference() {
    for (fire, far) in [(1.0, 0), (0.4, 0), (0.4, 4)] {
        let chosen =
            [("goal", 2.0), ("channels", 6.0), ("hidden", 20.0), ("fire", fire), ("far", far as f64)];
        let rule = rule(CellShape { channels: 6, given: 0, hidden: 20, far }, 1);
        let header = trials::header(&METHOD, ImageShape { channels: 3, side: 32 }, 1, &chosen);
        let automaton = Automaton::open(&header, &rule.weights()).unwrap();
        // Two bands of rows, the second not full.
        let (h, w) = (21, 13);
        let mut world = NcaWorld { width: w, height: h, state: normals(Rng::new(2), 6 * h * w) };
        let (made, _) = rule.unroll(&world.state, &[], (h, w), (9, fire as f32), Rng::new(3));
        (0..9).for_each(|t| automaton.step(&mut world, &[], Rng::new(3).fork(t)));
        assert!(made == world.state, "fire {fire}, far {far}");
    }
}

/// While every unit is active one step is linear in each weight, so a central difference is exact but for rounding.
#[test]
fn the_gradient_of_a_step_is_the_difference_quotient() {
    [0, 3].into_iter().for_each(gradient_of_a_step);
}

fn gradient_of_a_step(far: usize) {
    let (cells, shape) = (SIZE.0 * SIZE.1, CellShape { far, ..SHAPE });
    let mut start = rule(shape, 4);
    start.bias.fill(40.0);
    let (state, given) = (normals(Rng::new(5), 5 * cells), normals(Rng::new(6), 2 * cells));
    let weigh = normals(Rng::new(7), 5 * cells);
    let made = |rule: &CellRule, state: &[f32]| rule.unroll(state, &given, SIZE, (1, 0.6), Rng::new(8));
    let loss = |rule: &CellRule, state: &[f32]| -> f64 {
        made(rule, state).0.iter().zip(&weigh).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let mut gradient = CellRule::zeros(shape);
    let (_, tape) = made(&start, &state);
    let of_state = start.unrolled_gradient(&tape, &weigh, &mut gradient);
    for part in 0..3 {
        let n = start.parts()[part].len();
        for i in (0..n).step_by(1 + n / 40) {
            let at = |d: f32| {
                let mut moved = start.clone();
                moved.parts_mut()[part][i] += d;
                loss(&moved, &state)
            };
            let (found, expected) = (f64::from(gradient.parts()[part][i]), at(0.5) - at(-0.5));
            assert!(
                (found - expected).abs() < 2e-3 + 1e-4 * expected.abs(),
                "far {far}, {part} {i}: {found}, {expected}"
            );
        }
    }
    for i in (0..state.len()).step_by(7) {
        let at = |d: f32| {
            loss(
                &start,
                &state.iter().enumerate().map(|(k, v)| if k == i { v + d } else { *v }).collect::<Vec<f32>>(),
            )
        };
        let (found, expected) = (f64::from(of_state[i]), at(0.5) - at(-0.5));
        assert!((found - expected).abs() < 2e-3, "state {i}: {found}, {expected}");
    }
}

/// Cells that do not fire neither change nor pass a gradient on but their own.
#[test]
fn nothing_fires_in_a_world_of_no_fire() {
    let rule = rule(SHAPE, 9);
    let (state, given) = (normals(Rng::new(1), 5 * 42), vec![0.0; 2 * 42]);
    let (made, tape) = rule.unroll(&state, &given, SIZE, (3, 0.0), Rng::new(2));
    let mut gradient = CellRule::zeros(SHAPE);
    let back = rule.unrolled_gradient(&tape, &state, &mut gradient);
    assert_eq!((&made, &back), (&state, &state));
    assert_eq!(gradient, CellRule::zeros(SHAPE));
}

/// The same steps written in burn, with its automatic differentiation.
#[cfg(feature = "judge")]
#[test]
fn many_steps_agree_with_burn_in_value_and_every_gradient() {
    use crate::convolution::convolve_on;
    use crate::glue::{device, numbers};
    use burn::tensor::activation::relu;
    use burn::tensor::{Tensor, TensorData};

    let (rule, (h, w), steps, fire) = (rule(SHAPE, 10), SIZE, 6, 0.5);
    let cells = h * w;
    let (state, given) = (normals(Rng::new(11), 5 * cells), normals(Rng::new(12), 2 * cells));
    let weigh = normals(Rng::new(13), 5 * cells);
    let rng = Rng::new(14);
    let (made, tape) = rule.unroll(&state, &given, SIZE, (steps, fire), rng);
    let mut gradient = CellRule::zeros(SHAPE);
    let of_state = rule.unrolled_gradient(&tape, &weigh, &mut gradient);

    let device = device();
    let file = rule.weights();
    let leaf = |values: Vec<f32>, dims: [usize; 4]| {
        Tensor::<4>::from_data(TensorData::new(values, dims), &device).require_grad()
    };
    let weight = leaf(file.get("perceive.weight", &[12, 7, 3, 3]).unwrap(), [12, 7, 3, 3]);
    let bias = leaf(rule.bias.clone(), [1, 12, 1, 1]);
    let update = leaf(rule.update.clone(), [1, 1, 12, 5]);
    let first = leaf(state, [1, 5, h, w]);
    let constant =
        |values: Vec<f32>, dims: [usize; 4]| Tensor::<4>::from_data(TensorData::new(values, dims), &device);
    let mut x = first.clone();
    for t in 0..steps {
        let seen = Tensor::cat(vec![x.clone(), constant(given.clone(), [1, 2, h, w])], 1);
        let units = relu(convolve_on(seen, weight.clone(), 1, [true; 2]) + bias.clone());
        let rows = units.reshape([1, 1, 12, cells]);
        let change = update.clone().swap_dims(2, 3).matmul(rows).reshape([1, 5, h, w]);
        let fires = |i: usize| if rng.fork(t as u64).unit(i as u64) < fire { 1.0 } else { 0.0 };
        x = x + change * constant((0..cells).map(fires).collect(), [1, 1, h, w]);
    }
    let grads = (x.clone() * constant(weigh, [1, 5, h, w])).sum().backward();
    let of = |leaf: &Tensor<4>| numbers(leaf.grad(&grads).unwrap());
    let expected = [numbers(x), of(&first), of(&weight), of(&bias), of(&update)];
    let wanted = gradient.weights();
    let found = [
        made,
        of_state,
        wanted.get("perceive.weight", &[12, 7, 3, 3]).unwrap(),
        gradient.bias.clone(),
        gradient.update.clone(),
    ];
    for (which, (a, b)) in found.iter().zip(&expected).enumerate() {
        assert_eq!(a.len(), b.len());
        let size = b.iter().fold(1f32, |m, v| m.max(v.abs()));
        let worst = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-4 * size, "result {which}: {worst} of {size}");
    }
}
