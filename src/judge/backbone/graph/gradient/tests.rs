use super::*;
use crate::backbone::tests::{shapes, variants, weights};
use crate::backbone::{Layers, find};
use world::rng::Rng;

fn opened(shape: &crate::architecture::Architecture, pictures: usize) -> Option<DifferentiableGraph> {
    let Layers::Graph(graph) = &find(&shape.backbone).unwrap().layers else { return None };
    let size = (shape.side, shape.side);
    Some(graph(shape).differentiable(size, &weights(shape, 3), pictures).unwrap())
}

fn filled(x: &mut PaddedImages, rng: Rng) {
    for (p, y) in x.rows() {
        let rng = rng.fork((p * 1000 + y) as u64);
        x.row_mut(p, y).iter_mut().enumerate().for_each(|(i, v)| *v = rng.normal(i as u64));
    }
}

fn product(a: &PaddedImages, b: &PaddedImages) -> f64 {
    let rows = a.rows().flat_map(|(p, y)| a.row(p, y).iter().zip(b.row(p, y)));
    rows.map(|(a, b)| *a as f64 * *b as f64).sum()
}

/// What is made of a layer's activations.
fn rest(network: &DifferentiableGraph, layer: usize, workspace: &mut Workspace) -> Vec<f32> {
    for step in &network.forward.steps[network.ends[layer]..] {
        let mut y = std::mem::take(&mut workspace.0[step.to]);
        step.run(&workspace.0, &mut y);
        workspace.0[step.to] = y;
    }
    network.forward.pooled(workspace)
}

/// For every layer of every backbone, with each kind of pooling, normalisation, activation and global pooling: moved along
/// its gradient, a layer changes what follows from it as the gradient says.
#[test]
fn every_layer_matches_central_differences() {
    let (mut all, mut close) = (0, 0);
    for shape in shapes().into_iter().filter(|s| s.side == 9).chain(variants()) {
        let Some(network) = opened(&shape, 1) else { continue };
        let (mut workspace, mut gradients) = (network.workspace(), network.gradients());
        filled(&mut workspace.0[0], Rng::new(5));
        let features = network.features(&mut workspace).len();
        let seed: Vec<f32> = (0..features as u64).map(|i| Rng::new(6).normal(i)).collect();
        for (layer, info) in network.layers().iter().enumerate() {
            // A little noise, as equal activations have several greatest.
            let mut here = workspace.clone();
            for (p, y) in here.0[layer].rows() {
                let rng = Rng::new(7).fork((p * 1000 + y) as u64);
                let row = here.0[layer].row_mut(p, y).iter_mut().enumerate();
                row.for_each(|(i, v)| *v += 0.05 * rng.normal(i as u64));
            }
            rest(&network, layer, &mut here);
            network.begin(&seed, &here, &mut gradients);
            network.descend(None, layer, &here, &mut gradients);
            let ours = gradients.of(layer);
            let size = product(ours, ours).sqrt();
            assert!(size > 0.0, "{shape:?}: nothing comes from {}", info.name);
            let at = |by: f64| -> f64 {
                let mut there = here.clone();
                for (p, y) in ours.rows() {
                    let row = there.0[layer].row_mut(p, y).iter_mut().zip(ours.row(p, y));
                    row.for_each(|(v, d)| *v += (by * *d as f64 / size) as f32);
                }
                let made = rest(&network, layer, &mut there);
                made.iter().zip(&seed).map(|(f, s)| *f as f64 * *s as f64).sum()
            };
            // Of several steps the best: a long one crosses kinks, a short one is lost in rounding.
            let off = |by: f64| ((at(by) - at(-by)) / (2.0 * by) - size).abs() / size;
            let best = [0.1, 0.03, 0.01, 0.003, 0.001].map(off).into_iter().fold(f64::MAX, f64::min);
            // Deep networks of few pixels have kinks at every step.
            assert!(best < 0.1, "{shape:?}, {}: {best}", info.name);
            all += 1;
            close += (best < 0.01) as usize;
        }
    }
    assert!(all > 500 && close * 100 > all * 90, "{close} of {all} within a hundredth");
}

/// What is begun at a layer, for several pictures at once, is that of each picture alone, and depends on no other layer's
/// leftovers.
#[test]
fn pictures_do_not_affect_each_other_and_nothing_is_left_over() {
    for shape in shapes().iter().filter(|s| s.side < 32) {
        let (Some(one), Some(two)) = (opened(shape, 1), opened(shape, 2)) else { continue };
        let (mut a, mut b) = (one.workspace(), two.workspace());
        filled(&mut b.0[0], Rng::new(8));
        for y in 0..shape.side {
            let row = b.0[0].row(1, y).to_vec();
            a.0[0].row_mut(0, y).copy_from_slice(&row);
        }
        let (mut ours, mut all) = (one.gradients(), two.gradients());
        let last = one.layers().len() - 1;
        for from in [last, last / 2, last] {
            one.run_to(from, &mut a);
            two.run_to(from, &mut b);
            filled(all.begin(from), Rng::new(9));
            let seed = all.of(from).clone();
            let into = ours.begin(from);
            (0..into.height).for_each(|y| into.row_mut(0, y).copy_from_slice(seed.row(1, y)));
            one.descend(Some(from), 0, &a, &mut ours);
            two.descend(Some(from), 0, &b, &mut all);
            for y in 0..shape.side {
                assert_eq!(ours.of(0).row(0, y), all.of(0).row(1, y), "{shape:?} from {from}");
            }
        }
    }
}

/// A layer beside the way from the features has no gradient, and says so with zeros.
#[test]
fn a_layer_after_the_one_that_was_begun_has_no_gradient() {
    let shape = &shapes()[1];
    let network = opened(shape, 1).unwrap();
    let (mut workspace, mut gradients) = (network.workspace(), network.gradients());
    filled(&mut workspace.0[0], Rng::new(5));
    network.run_to(3, &mut workspace);
    gradients.begin(3).row_mut(0, 0).fill(1.0);
    network.descend(Some(3), 5, &workspace, &mut gradients);
    assert!(gradients.of(5).values().iter().all(|v| *v == 0.0));
}
