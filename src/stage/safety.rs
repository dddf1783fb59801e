//! The last thing before the window: light of the master, freeze, and the flash limiter, over whatever the effects
//! have made. What was shown last stays at hand, so that a frame can be held back towards it.

use macroquad::miniquad::TextureId;

use super::gpu::{Gl, Onto, Program, Square, Target};
use crate::show::flash::{FlashLimiter, GRID};
use crate::show::{Light, LimiterState, Master};
use crate::world::frame::colour::linear_of_srgb;

/// Means of 4 × 4 places a cell, in linear light, stored as sRGB.
const MEAN: &str = "
vec3 linear(vec3 c) { return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c)); }
vec3 stored(vec3 c) { return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c)); }
void main() {
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 16; i++) {
        float n = float(i);
        vec2 at = vec2(mod(n, 4.0), floor(n / 4.0)) / 4.0 - 0.375;
        sum += linear(texture2D(picture, uv + at / vec2(columns, rows)).rgb);
    }
    gl_FragColor = vec4(stored(sum / 16.0), 1.0);
}";

const HOLD: &str = "
vec3 linear(vec3 c) { return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c)); }
vec3 stored(vec3 c) { return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c)); }
void main() {
    vec3 new = linear(texture2D(picture, uv).rgb);
    vec3 old = linear(texture2D(last, uv).rgb);
    gl_FragColor = vec4(stored(mix(old, new, share)), 1.0);
}";

/// Master light and limiter of one output.
pub struct Safety {
    copy: Program,
    mean: Program,
    hold: Program,
    light: Light,
    limiter: FlashLimiter,
    /// Whether the limiter is on.
    pub limits: bool,
    grid: Target,
    bytes: Vec<u8>,
    before: Vec<u8>,
    /// Whether the last picture differed from the one before and was not of one colour.
    pub lives: bool,
    linear: [f32; 256],
    /// What is shown, and the one drawn into next.
    targets: Option<[Target; 2]>,
    time: f64,
}

impl Safety {
    /// A safety with the limiter on.
    pub fn new(gl: &mut Gl) -> Self {
        let copy = "void main() { gl_FragColor = vec4(texture2D(picture, uv).rgb * light, 1.0); }";
        let copy = Program::new(gl, copy, &["picture"], &["light"]).expect("the copy shader is valid");
        let mean =
            Program::new(gl, MEAN, &["picture"], &["columns", "rows"]).expect("the mean shader is valid");
        let hold =
            Program::new(gl, HOLD, &["picture", "last"], &["share"]).expect("the hold shader is valid");
        Self {
            copy,
            mean,
            hold,
            light: Light::default(),
            limiter: FlashLimiter::default(),
            limits: true,
            grid: Target::new(gl, (GRID.0 as u32, GRID.1 as u32)),
            bytes: vec![0; GRID.0 * GRID.1 * 4],
            before: Vec::new(),
            lives: true,
            linear: std::array::from_fn(|i| linear_of_srgb(i as f64 / 255.0) as f32),
            targets: None,
            time: 0.0,
        }
    }

    /// Passes a picture to what the window may show. `None` (the master is frozen) shows the last again.
    pub fn pass(
        &mut self,
        gl: &mut Gl,
        square: &Square,
        picture: TextureId,
        size: (u32, u32),
        master: &Master,
        seconds: f32,
    ) -> TextureId {
        self.time += seconds as f64;
        let light = self.light.follow(master, seconds);
        if self.targets.as_ref().is_none_or(|t| t[0].size != size) {
            self.targets.take().into_iter().flatten().for_each(|t| t.delete(gl));
        }
        let [shown, next] = self.targets.get_or_insert_with(|| [0, 1].map(|_| Target::new(gl, size)));
        if master.is_frozen() && !master.is_black() && light == 1.0 {
            return shown.texture;
        }
        square.draw(gl, &self.copy, Onto::Target(next), &[picture], &[light]);
        let look = |gl: &mut Gl, of: TextureId, bytes: &mut [u8]| {
            let numbers = [GRID.0 as f32, GRID.1 as f32];
            square.draw(gl, &self.mean, Onto::Target(&self.grid), &[of], &numbers);
            gl.texture_read_pixels(self.grid.texture, bytes);
        };
        look(gl, next.texture, &mut self.bytes);
        self.lives = !is_one_colour(&self.bytes) && self.bytes != self.before;
        self.before.clone_from(&self.bytes);
        if self.limits {
            let linear = |p: &[u8]| [0, 1, 2].map(|c| self.linear[p[c] as usize]);
            let cells: Vec<[f32; 3]> = self.bytes.chunks_exact(4).map(linear).collect();
            let share = self.limiter.share(&cells, self.time);
            if share < 1.0 {
                // A third place, because both others are read.
                let held = Target::new(gl, size);
                square.draw(gl, &self.hold, Onto::Target(&held), &[next.texture, shown.texture], &[share]);
                std::mem::replace(next, held).delete(gl);
                look(gl, next.texture, &mut self.bytes);
                let cells: Vec<[f32; 3]> = self.bytes.chunks_exact(4).map(linear).collect();
                self.limiter.showed(&cells, self.time);
            } else {
                self.limiter.showed(&cells, self.time);
            }
        }
        std::mem::swap(shown, next);
        shown.texture
    }

    /// What the limiter does.
    pub fn state(&self) -> LimiterState {
        let acting = self.limits && self.limiter.is_acting();
        LimiterState { on: self.limits, acting, held: self.limiter.held() }
    }
}

fn is_one_colour(rgba: &[u8]) -> bool {
    rgba.chunks_exact(4).all(|p| p[..3].iter().zip(rgba).all(|(a, b)| a.abs_diff(*b) < 3))
}
