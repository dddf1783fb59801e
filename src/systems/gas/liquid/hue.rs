//! Colours of the liquid.

/// Linear RGB of a hue, in turns: 0 red, 1/3 green, 2/3 blue. Clear water is never without some of each.
pub fn colour(hue: f64) -> [f32; 3] {
    let channel = |third: f64| {
        let c = 0.5 + 0.5 * libm::cos(core::f64::consts::TAU * (hue - third / 3.0));
        (0.015 + 0.62 * libm::pow(c, 1.7)) as f32
    };
    [channel(0.0), channel(1.0), channel(2.0)]
}
