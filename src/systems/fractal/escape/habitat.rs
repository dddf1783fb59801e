//! Parameters with something to see: nearly all of the plane, and nearly all constants, show nothing.

use world::rng::Rng;

/// The formula of the knob's first two choices.
const MANDELBROT: u64 = 0;
const JULIA: u64 = 1;

/// A formula with a view of its border, from the whole set to a magnification of some hundreds.
pub fn habitat(r: Rng) -> Vec<(&'static str, f64)> {
    let formula = r.below(0, 5);
    let julia = formula == JULIA || r.unit(1) < 0.2;
    let (c_x, c_y) = border(r.range(2, 0.0, 1.0) as f64);
    let deep = r.unit(3) < 0.4;
    let zoom = if deep { libm::pow(10.0, 0.3 + 1.7 * r.unit64(4)) } else { 0.7 + 0.9 * r.unit64(4) };
    // Views centre on 0 for a Julia set; on the body of a Mandelbrot set, or, close up, on the border of that.
    let (x, y) = match (julia, deep) {
        (true, _) => (0.0, 0.0),
        (false, true) if formula == MANDELBROT => (c_x, c_y),
        (false, _) => (-0.5, 0.0),
    };
    let zoom = if julia || formula != MANDELBROT { zoom.min(6.0) } else { zoom };
    let aside = |k: u64| (r.unit64(k) - 0.5) * 0.5 / zoom;
    let blown = 1.0 + 0.08 * r.unit64(8);
    vec![
        ("formula", formula as f64),
        ("dual", julia as u8 as f64),
        ("centre_x", x + aside(5)),
        ("centre_y", y + aside(6)),
        ("zoom", zoom),
        ("turn", r.unit64(7) - 0.5),
        ("constant_x", c_x * blown),
        ("constant_y", c_y * blown),
        ("swing", 0.0),
        ("iterations", if deep { 400.0 } else { 200.0 }),
        ("bands", [0.5, 0.5, 1.0, 2.0][r.below(9, 4) as usize]),
    ]
}

/// The border of Mandelbrot's main cardioid, once round for `t` in 0..1.
fn border(t: f64) -> (f64, f64) {
    let a = std::f64::consts::TAU * t;
    (libm::cos(a) / 2.0 - libm::cos(2.0 * a) / 4.0, libm::sin(a) / 2.0 - libm::sin(2.0 * a) / 4.0)
}
