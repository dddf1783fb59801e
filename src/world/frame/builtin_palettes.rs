//! The catalogue of named palettes: perceptual ones from `colorous` and our own gradients.

use colorous::Gradient;

/// Source of a named palette.
#[derive(Clone, Copy)]
pub(super) enum PaletteSource {
    /// A scale of the `colorous` crate. Only those made of tables and polynomials: the others go through the
    /// platform's sine, which differs between machines.
    Library(Gradient),
    /// A gradient in Oklab, in the notation of scene files.
    Stops(&'static str),
    /// Computed in Oklab or light, 0..1 → linear RGB; cyclic.
    Circle(fn(f64) -> [f64; 3]),
    /// Green's cubehelix (2011).
    Helix,
}

/// Every named palette: name, source. Sequential ones run from dark to bright unless said otherwise.
pub(super) const NAMED: &[(&str, PaletteSource)] = &[
    ("viridis", PaletteSource::Library(colorous::VIRIDIS)),
    ("magma", PaletteSource::Library(colorous::MAGMA)),
    ("inferno", PaletteSource::Library(colorous::INFERNO)),
    ("plasma", PaletteSource::Library(colorous::PLASMA)),
    ("cividis", PaletteSource::Library(colorous::CIVIDIS)),
    ("turbo", PaletteSource::Library(colorous::TURBO)),
    ("cubehelix", PaletteSource::Helix),
    // Bright to dark, for light backgrounds.
    ("blues", PaletteSource::Library(colorous::BLUES)),
    ("greens", PaletteSource::Library(colorous::GREENS)),
    ("oranges", PaletteSource::Library(colorous::ORANGES)),
    ("purples", PaletteSource::Library(colorous::PURPLES)),
    ("sea", PaletteSource::Library(colorous::YELLOW_GREEN_BLUE)),
    // Diverging: the middle is neutral.
    ("spectral", PaletteSource::Library(colorous::SPECTRAL)),
    ("red-blue", PaletteSource::Library(colorous::RED_BLUE)),
    ("purple-orange", PaletteSource::Library(colorous::PURPLE_ORANGE)),
    ("pink-green", PaletteSource::Library(colorous::PINK_GREEN)),
    // Our own.
    ("grey", PaletteSource::Stops("#000 #fff")),
    ("ink", PaletteSource::Stops("#04060c #10192e 30% #2f4a68 62% #8ba6b5 86% #eef2ee")),
    ("bone", PaletteSource::Stops("#0b0a09 #3a342d 35% #8a7c69 68% #d8cab0 90% #fbf6ea")),
    ("ember", PaletteSource::Stops("#050203 #2a0610 22% #7a1410 46% #d5471a 68% #f9a53a 86% #fff3c9")),
    ("abyss", PaletteSource::Stops("#01030a #04162f 25% #05415f 50% #0a8a93 72% #6fd6b8 90% #f0ffe6")),
    ("moss", PaletteSource::Stops("#050805 #16261a 28% #37562c 54% #86a045 77% #d9d787 93% #fdf9dc")),
    ("aurora", PaletteSource::Stops("#03040f #1b1145 22% #1f4f86 42% #18a087 62% #7fe07f 82% #f3ffd0")),
    ("dusk", PaletteSource::Stops("#07060f #2a1a4a 26% #7b2f6b 48% #d9586a 68% #f8a27a 85% #fff0cf")),
    ("rust", PaletteSource::Stops("#060505 #26201f 25% #5e3a2c 48% #a8623a 68% #d9a877 86% #f7ead4")),
    ("glacier", PaletteSource::Stops("#030812 #14304f 30% #3b74a6 56% #8fc3de 80% #f6fcff")),
    ("orchid", PaletteSource::Stops("#08030c #35104a 28% #8a2a86 52% #db68ad 74% #f7b6cf 90% #fff5f4")),
    ("phosphor", PaletteSource::Stops("#010401 #06240f 30% #0c6b32 58% #3ddc6c 82% #d9ffd9")),
    ("oxide", PaletteSource::Stops("#06080a #17363a 28% #2f7470 52% #7ab79a 72% #dcc98c 88% #fff4d6")),
    ("lava", PaletteSource::Stops("#000 #3b0208 20% #b3140c 48% #ff6a00 70% #ffd23f 88% #fffbe8")),
    // Light on transparent, to lay over another layer.
    ("glow", PaletteSource::Stops("#ff9a3c00 #ffb45a 55% #fff6dc")),
    ("frost", PaletteSource::Stops("#6fc6ff00 #8fd6ff 55% #f4fcff")),
    ("shade", PaletteSource::Stops("#000000ff #00000000")),
    // Cyclic: for phases, directions and anything that repeats.
    ("hue", PaletteSource::Circle(hue)),
    ("sinebow", PaletteSource::Circle(sinebow)),
    ("tide", PaletteSource::Stops("cyclic #071022 #1d5a86 #d7ecdf #c98a5b #43182c")),
    ("carnival", PaletteSource::Stops("cyclic #12051f #6a1b7a #e2476a #ffd98a #3bb6a0 #123a6b")),
    ("marble", PaletteSource::Stops("cyclic #0e0f12 #6d7480 #f2efe8 #8a7f74")),
];

/// Hues of equal lightness and chroma in Oklab.
fn hue(t: f64) -> [f64; 3] {
    let angle = core::f64::consts::TAU * t;
    super::colour::linear_of_oklab([0.74, 0.125 * libm::cos(angle), 0.125 * libm::sin(angle)])
}

/// Three squared sines in sRGB, a third of a turn apart (Bumgardner; Loyd).
fn sinebow(t: f64) -> [f64; 3] {
    [0.0, 1.0, 2.0].map(|third| {
        let s = libm::sin(core::f64::consts::PI * (0.5 - t + third / 3.0));
        super::colour::linear_of_srgb(s * s)
    })
}

/// Green, *A colour scheme for the display of astronomical intensity images* (2011), with its default start 0.5,
/// rotations −1.5 and hue 1, in sRGB.
pub(super) fn helix(t: f64) -> [f64; 3] {
    let angle = core::f64::consts::TAU * (0.5 / 3.0 + 1.0 - 1.5 * t);
    let (a, c, s) = (t * (1.0 - t) / 2.0, libm::cos(angle), libm::sin(angle));
    let srgb =
        [t + a * (-0.14861 * c + 1.78277 * s), t + a * (-0.29227 * c - 0.90649 * s), t + a * (1.97294 * c)];
    srgb.map(|v| super::colour::linear_of_srgb(v.clamp(0.0, 1.0)))
}
