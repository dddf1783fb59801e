//! Worlds in tests.

use world::field::Field;
use world::ports::{Outputs, Readouts};
use world::system::System;
use world::vectors::Vectors;
use world::view::View;

/// An output of a whole world, as many cells as `size`.
pub fn shown<S: System>(world: &S, port: S::Output, view: &View, (w, h): (usize, usize)) -> Field {
    let mut field = Field::new(w, h, S::Output::PORTS[port.index()].planes);
    world.show(port, view, &mut field);
    field
}

/// All outputs and readouts.
pub fn all_shown<S: System>(world: &S, size: (usize, usize)) -> Vec<f32> {
    let outputs = (0..S::Output::PORTS.len()).filter_map(S::Output::at);
    let readouts = (0..S::Readout::ROWS.len()).filter_map(S::Readout::at);
    let shown = outputs.flat_map(|port| shown(world, port, &View::WHOLE, size).data().to_vec());
    shown.chain(readouts.map(|row| world.read(row))).collect()
}

/// Checks that a run gives the same bits on one, two and five threads and with all vectors that the processor has.
pub fn assert_same_everywhere(run: impl Fn() -> Vec<f32> + Send + Sync) {
    let bits = || run().into_iter().map(f32::to_bits).collect::<Vec<u32>>();
    let first = bits();
    for n in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        assert!(pool.install(bits) == first, "{n} threads");
    }
    Vectors::available().for_each(|v| assert!(v.run(bits).unwrap() == first, "{v}"));
}
