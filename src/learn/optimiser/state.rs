//! The state of the optimisers here: two arrays for each weight, and the steps done. burn's Adam has the same, and can be
//! stored.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::optim::AdaptiveMomentumState;
use burn::tensor::{Device, Tensor};

/// Two arrays and the steps done.
pub type TwoMoments<const D: usize> = AdaptiveMomentumState<D>;

/// The state after so many steps.
pub fn after<const D: usize>(time: usize, moment_1: Tensor<D>, moment_2: Tensor<D>) -> TwoMoments<D> {
    TwoMoments { time, moment_1, moment_2, max_moment_2: None }
}

/// What the two become by a step: each decayed, with a share of something new. Without a state they begin at zero.
pub fn averaged<const D: usize>(
    state: Option<TwoMoments<D>>,
    new: [Tensor<D>; 2],
    decay: [f64; 2],
) -> TwoMoments<D> {
    let [first, second] = new;
    let (time, old) = match state {
        Some(state) => (state.time, Some([state.moment_1, state.moment_2])),
        None => (0, None),
    };
    let share = |new: Tensor<D>, i: usize| new.mul_scalar(1.0 - decay[i]);
    let (first, second) = (share(first, 0), share(second, 1));
    match old {
        None => after(time + 1, first, second),
        Some([m, v]) => after(time + 1, m.mul_scalar(decay[0]) + first, v.mul_scalar(decay[1]) + second),
    }
}

/// The state on a device.
pub fn moved<const D: usize>(state: TwoMoments<D>, device: &Device) -> TwoMoments<D> {
    state.to_device(device)
}
