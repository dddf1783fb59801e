//! The last passes before the window, after the effects: the flash limiter, freeze, and master brightness.
//! [`OutputChain`] decides, this draws. The last output is kept, so that a picture can be mixed towards it, and is
//! shown while the master is frozen.

use macroquad::miniquad::TextureId;

use super::gpu::{DrawTarget, FullscreenQuad, Gl, RenderTexture, ShaderProgram};
use show::flash::GRID;
use show::{LimiterState, Master, OutputChain};
use world::frame::colour::linear_of_srgb;

/// Means of 4 × 4 samples per cell, in linear light, stored as sRGB.
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

const LIGHT: &str = "
vec3 linear(vec3 c) { return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c)); }
vec3 stored(vec3 c) { return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c)); }
void main() { gl_FragColor = vec4(stored(linear(texture2D(picture, uv).rgb) * light), 1.0); }";

/// Master brightness and limiter of one output.
pub struct Safety {
    copy: ShaderProgram,
    mean: ShaderProgram,
    hold: ShaderProgram,
    dim: ShaderProgram,
    /// The output chain.
    pub chain: OutputChain,
    grid: RenderTexture,
    bytes: Vec<u8>,
    before: Vec<u8>,
    cells: Vec<[f32; 3]>,
    /// Whether the last picture differed from the one before and was not of one colour, before brightness.
    pub changed: bool,
    linear: [f32; 256],
    targets: Option<Targets>,
}

/// Targets of the picture's size.
struct Targets {
    /// The last output.
    passed: RenderTexture,
    /// The next output.
    next: RenderTexture,
    /// The last output, dimmed.
    lit: RenderTexture,
}

impl Safety {
    /// A safety with the limiter on.
    pub fn new(gl: &mut Gl) -> Self {
        let copy = "void main() { gl_FragColor = vec4(texture2D(picture, uv).rgb, 1.0); }";
        let mut program = |main, samplers: &[&str], numbers: &[&str]| {
            ShaderProgram::new(gl, main, samplers, numbers).expect("the shaders of the last passes are valid")
        };
        Self {
            copy: program(copy, &["picture"], &[]),
            mean: program(MEAN, &["picture"], &["columns", "rows"]),
            hold: program(HOLD, &["picture", "last"], &["share"]),
            dim: program(LIGHT, &["picture"], &["light"]),
            chain: OutputChain::default(),
            grid: RenderTexture::new(gl, (GRID.0 as u32, GRID.1 as u32)),
            bytes: vec![0; GRID.0 * GRID.1 * 4],
            before: Vec::new(),
            cells: vec![[0.0; 3]; GRID.0 * GRID.1],
            changed: true,
            linear: std::array::from_fn(|i| linear_of_srgb(i as f64 / 255.0) as f32),
            targets: None,
        }
    }

    /// Turns a picture into what the window may show.
    pub fn pass(
        &mut self,
        gl: &mut Gl,
        square: &FullscreenQuad,
        picture: TextureId,
        size: (u32, u32),
        master: &Master,
        seconds: f32,
    ) -> TextureId {
        let begins = self.fit(gl, square, size);
        let shown = if master.is_frozen() && !begins {
            self.chain.process(None, master, seconds)
        } else {
            self.measure(gl, square, picture);
            self.changed = !is_one_colour(&self.bytes) && self.bytes != self.before;
            self.before.clone_from(&self.bytes);
            let shown = self.chain.process(Some(&self.cells), master, seconds);
            self.output(gl, square, picture, shown.share);
            self.chain.commit(&self.cells);
            shown
        };
        let Some(targets) = &self.targets else { return picture };
        if shown.light == 1.0 {
            return targets.passed.texture;
        }
        square.draw(
            gl,
            &self.dim,
            DrawTarget::Target(&targets.lit),
            &[targets.passed.texture],
            &[shown.light],
        );
        targets.lit.texture
    }

    /// Allocates the targets; true if there is no output yet. One of another size is rescaled.
    fn fit(&mut self, gl: &mut Gl, square: &FullscreenQuad, size: (u32, u32)) -> bool {
        if self.targets.as_ref().is_some_and(|t| t.passed.size == size) {
            return false;
        }
        let [passed, next, lit] = [0, 1, 2].map(|_| RenderTexture::new(gl, size));
        let old = self.targets.replace(Targets { passed, next, lit });
        if let (Some(old), Some(new)) = (&old, &self.targets) {
            square.draw(gl, &self.copy, DrawTarget::Target(&new.passed), &[old.passed.texture], &[]);
        }
        let begins = old.is_none();
        let all = old.into_iter().flat_map(|Targets { passed, next, lit }| [passed, next, lit]);
        all.for_each(|t| t.delete(gl));
        begins
    }

    /// Outputs this share of the picture, mixed over the last output.
    fn output(&mut self, gl: &mut Gl, square: &FullscreenQuad, picture: TextureId, share: f32) {
        let Some(mut targets) = self.targets.take() else { return };
        let (onto, held) = (DrawTarget::Target(&targets.next), share < 1.0);
        match held {
            true => square.draw(gl, &self.hold, onto, &[picture, targets.passed.texture], &[share]),
            false => square.draw(gl, &self.copy, onto, &[picture], &[]),
        }
        std::mem::swap(&mut targets.passed, &mut targets.next);
        if held {
            self.measure(gl, square, targets.passed.texture);
        }
        self.targets = Some(targets);
    }

    /// Reads the cell means of a picture.
    fn measure(&mut self, gl: &mut Gl, square: &FullscreenQuad, of: TextureId) {
        let numbers = [GRID.0 as f32, GRID.1 as f32];
        square.draw(gl, &self.mean, DrawTarget::Target(&self.grid), &[of], &numbers);
        gl.texture_read_pixels(self.grid.texture, &mut self.bytes);
        for (cell, p) in self.cells.iter_mut().zip(self.bytes.chunks_exact(4)) {
            *cell = [0, 1, 2].map(|c| self.linear[p[c] as usize]);
        }
    }

    /// State of the limiter.
    pub fn state(&self) -> LimiterState {
        self.chain.state()
    }
}

fn is_one_colour(rgba: &[u8]) -> bool {
    rgba.chunks_exact(4).all(|p| p[..3].iter().zip(rgba).all(|(a, b)| a.abs_diff(*b) < 3))
}
