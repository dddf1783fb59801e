//! How a pixel of the picture looks: water before a lit backdrop, its rim bent like glass, with foam.

use world::widest;

/// Pixels that are shaded together.
pub const BLOCK: usize = 64;
/// Values of one kind for all pixels of a block.
pub type Lanes = [f32; BLOCK];

/// What is known of the pixels of a block.
pub struct Pixels {
    /// Density, 0.5 at the surface.
    pub fill: Lanes,
    /// Slope of the density across, per cell.
    pub across: Lanes,
    /// Slope of the density down.
    pub down: Lanes,
    /// Linear RGB.
    pub colour: [Lanes; 3],
    /// Foam, 0..1.
    pub foam: Lanes,
    /// Light, 1 where the surface is even.
    pub light: Lanes,
    /// Liquid that the light has passed, in depths to which it reaches.
    pub depth: Lanes,
    /// Density out of focus.
    pub behind: Lanes,
    /// Its slopes, across and down, per cell.
    pub lean: [Lanes; 2],
}

impl Pixels {
    /// Nothing.
    pub fn new() -> Self {
        let none = [0.0; BLOCK];
        let (colour, lean) = ([none; 3], [none; 2]);
        Self {
            fill: none,
            across: none,
            down: none,
            colour,
            foam: none,
            light: none,
            depth: none,
            behind: none,
            lean,
        }
    }
}

impl Default for Pixels {
    fn default() -> Self {
        Self::new()
    }
}

/// What all pixels of a row share.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    /// Side of a pixel, cells.
    pub pixel: f32,
    /// Place of the row, 0 at the top, 1 at the bottom.
    pub v: f32,
    /// Brightness of the backdrop.
    pub backdrop: f32,
}

/// Colour of the backdrop at its brightest, linear RGB.
const SKY: [f32; 3] = [0.062, 0.118, 0.215];
/// Colour of foam and of highlights.
const WHITE: [f32; 3] = [0.92, 0.97, 1.0];
/// Direction to the lamp, times ½ of the way to the eye, for highlights: left, up, towards.
const HALF: [f32; 3] = [-0.30, -0.52, 0.80];
/// How much a slope of the density tilts the rim.
const ROUND: f32 = 2.6;
/// Light from all round.
const AMBIENT: f32 = 0.13;
/// How much waves gather light.
const CAUSTIC: f32 = 0.33;
/// Density at which the surface is drawn: lower than where it is, as thin sheets lose by smoothing.
const SURFACE: f32 = 0.43;
/// Density out of focus above which air has liquid behind it.
pub const SHUT: f32 = 0.52;
/// How pale water is just below its surface.
const PALE: f32 = 0.12;
/// Against the lamp, as slopes of the density fall.
const LAMP: [f32; 2] = [0.5, 0.87];
/// How round the body of the liquid is.
const BODY: f32 = 4.0;

#[inline(always)]
fn unit(v: f32) -> f32 {
    let v = if v > 0.0 { v } else { 0.0 };
    if v < 1.0 { v } else { 1.0 }
}

/// The backdrop: bright below the middle of the top, dark towards the ground.
#[inline(always)]
pub fn backdrop(stage: &Stage, v: f32) -> f32 {
    let up = 1.0 - 0.6 * unit(v);
    stage.backdrop * up * up
}

/// Colour of pixels where there is nothing, linear RGB.
pub fn air(stage: &Stage) -> [f32; 3] {
    let behind = backdrop(stage, stage.v);
    SKY.map(|c| c * behind)
}

widest! {
    /// Colours of the pixels of a block, linear RGB.
    pub fn shade(stage: &Stage, p: &Pixels, out: &mut [Lanes; 3]) {
        let behind = backdrop(stage, stage.v);
        let [red, green, blue] = out;
        for (i, ((red, green), blue)) in red.iter_mut().zip(green).zip(blue).enumerate() {
            let (gx, gy) = (p.across[i], p.down[i]);
            let steep = (gx * gx + gy * gy).sqrt();
            let over = p.fill[i] - SURFACE;
            let width = stage.pixel * steep;
            let cover = unit(over / (if width > 0.02 { width } else { 0.02 }) + 0.5);
            // The rim: steep at the surface, even within.
            let rim = unit(1.0 - 1.6 * over);
            let (nx, ny) = (-ROUND * gx * rim, -ROUND * gy * rim);
            let length = (nx * nx + ny * ny + 1.0).sqrt();
            let inverse = 1.0 / length;
            let facing = unit((nx * HALF[0] + ny * HALF[1] + HALF[2]) * inverse);
            let (f2, edge) = (facing * facing, 1.0 - inverse);
            let (f4, f8) = (f2 * f2, f2 * f2 * f2 * f2);
            let gloss = f8 * f8 * f4 * f4 * edge;
            let through = backdrop(stage, stage.v + 0.45 * ny * inverse);
            // Caustics at two thirds of their strength, and no glare.
            let lit = CAUSTIC * p.light[i] + 1.0 - CAUSTIC;
            let lit = if lit < 1.7 { lit } else { 1.7 };
            let foam = unit(1.4 * p.foam[i]);
            let up = unit(-ny * inverse);
            // The body of the liquid is round, too: bright where it leans towards the lamp.
            let (lx, ly) = (p.lean[0][i], p.lean[1][i]);
            let round = BODY * (LAMP[0] * lx + LAMP[1] * ly);
            let round = if round > -0.35 { round } else { -0.35 };
            let enclosed = unit(2.5 * (p.behind[i] - SHUT));
            let mut colour = [0.0; 3];
            for c in 0..3 {
                let own = p.colour[c][i];
                let lost = (1.0 - 0.7 * unit(own)) * p.depth[i];
                let left = 1.0 / (1.0 + lost + 0.5 * lost * lost + 0.16 * lost * lost * lost);
                let bright = lit * left;
                let pale = own + PALE * WHITE[c] * left * left;
                let water = pale * (AMBIENT + 0.80 * bright) * (1.0 + round) + own * through * 0.7;
                let froth = (WHITE[c] * 0.7 + 0.3 * own) * (0.22 + 0.62 * unit(bright) + 0.25 * up);
                let body = water + (froth - water) * foam * 0.85;
                let shine = WHITE[c] * (2.4 * gloss + 0.38 * edge * up);
                let sky = SKY[c] * behind;
                let far = sky + (own * (0.5 * AMBIENT + 0.5 * bright) - sky) * enclosed;
                colour[c] = far + (body + shine - far) * cover;
            }
            [*red, *green, *blue] = colour;
        }
    }
}
