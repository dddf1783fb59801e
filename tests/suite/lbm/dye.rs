//! Dye is carried by the gas and keeps its edges.

use untrained::systems::gas::lbm::collide::Relaxation;
use untrained::systems::gas::lbm::dye::Dye;
use untrained::systems::gas::lbm::edge::BoundaryConditions;
use untrained::systems::gas::lbm::lattice::Lattice;

const N: usize = 64;

fn bump(x: usize, y: usize) -> f32 {
    let d = ((x as f32 - 31.5).powi(2) + (y as f32 - 31.5).powi(2)).sqrt() / 10.0;
    (1.0 - d * d).max(0.0)
}

#[test]
fn dye_goes_round_a_torus_sharp_and_without_new_extremes() {
    let mut gas = Lattice::new(N, N, BoundaryConditions::TORUS);
    gas.fill(|_, _| [0.0, 0.1, -0.05]);
    let mut dye = Dye::new(N * N);
    dye.cells_mut().iter_mut().enumerate().for_each(|(c, d)| *d = [bump(c % N, c / N), 1.0, 0.0, 0.0]);
    let total = |dye: &Dye| dye.cells().iter().map(|c| c[0] as f64).sum::<f64>();
    let before = total(&dye);
    // 0.1 cells a step, 6.4 steps a tick: 200 ticks go twice round across and once down.
    for _ in 0..200 {
        gas.run(2, Relaxation::trt(0.01, 0.25), None);
        dye.carry(&gas, 6.4, 1.0);
    }
    let worst = (0..N * N).map(|c| (dye.cells()[c][0] - bump(c % N, c / N)).abs()).fold(0.0, f32::max);
    assert!(worst < 0.12, "largest error {worst}");
    // Clamping values to their neighbours fills the foot of the bump a little.
    assert!((total(&dye) / before - 1.0).abs() < 0.05, "{}", total(&dye) / before);
    assert!(dye.cells().iter().all(|c| (0.0..=1.0).contains(&c[0]) && (c[1] - 1.0).abs() < 1e-5));
}

#[test]
fn fading_removes_its_fraction_each_time() {
    let gas = Lattice::new(8, 8, BoundaryConditions::TORUS);
    let mut dye = Dye::new(64);
    dye.cells_mut().fill([1.0, 0.5, 0.0, 0.0]);
    (0..10).for_each(|_| dye.carry(&gas, 8.0, 0.9));
    let expected = 0.9f32.powi(10);
    assert!(
        dye.cells().iter().all(|c| (c[0] - expected).abs() < 1e-5 && (c[1] - expected / 2.0).abs() < 1e-5)
    );
}
