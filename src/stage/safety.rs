//! The last thing before the window, over whatever the effects have made: the flash limiter, freeze, and the light of the
//! master. [`OutputChain`] decides, this draws. What was let through last stays at hand, so that a picture can be held back
//! towards it, and stands while the master is frozen.

use macroquad::miniquad::TextureId;

use super::gpu::{DrawTarget, FullscreenQuad, Gl, RenderTexture, ShaderProgram};
use show::flash::GRID;
use show::{LimiterState, Master, OutputChain};
use world::frame::colour::linear_of_srgb;

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

const LIGHT: &str = "
vec3 linear(vec3 c) { return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c)); }
vec3 stored(vec3 c) { return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c)); }
void main() { gl_FragColor = vec4(stored(linear(texture2D(picture, uv).rgb) * light), 1.0); }";

/// Master light and limiter of one output.
pub struct Safety {
    copy: ShaderProgram,
    mean: ShaderProgram,
    hold: ShaderProgram,
    dim: ShaderProgram,
    /// What is to be shown.
    pub finish: OutputChain,
    grid: RenderTexture,
    bytes: Vec<u8>,
    before: Vec<u8>,
    cells: Vec<[f32; 3]>,
    /// Whether the last picture differed from the one before and was not of one colour, in whatever light.
    pub lives: bool,
    linear: [f32; 256],
    targets: Option<Targets>,
}

/// Places of the picture's size.
struct Targets {
    /// What was let through last.
    passed: RenderTexture,
    /// What is drawn into next.
    next: RenderTexture,
    /// What was let through, in less than full light.
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
            finish: OutputChain::default(),
            grid: RenderTexture::new(gl, (GRID.0 as u32, GRID.1 as u32)),
            bytes: vec![0; GRID.0 * GRID.1 * 4],
            before: Vec::new(),
            cells: vec![[0.0; 3]; GRID.0 * GRID.1],
            lives: true,
            linear: std::array::from_fn(|i| linear_of_srgb(i as f64 / 255.0) as f32),
            targets: None,
        }
    }

    /// Passes a picture to what the window may show.
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
            self.finish.look(None, master, seconds)
        } else {
            self.look(gl, square, picture);
            self.lives = !is_one_colour(&self.bytes) && self.bytes != self.before;
            self.before.clone_from(&self.bytes);
            let shown = self.finish.look(Some(&self.cells), master, seconds);
            self.let_through(gl, square, picture, shown.share);
            self.finish.showed(&self.cells);
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

    /// Makes the targets fit; true if nothing was let through yet. What was, at another size, is brought to this one.
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

    /// So much of the picture over what was let through last is what is let through now.
    fn let_through(&mut self, gl: &mut Gl, square: &FullscreenQuad, picture: TextureId, share: f32) {
        let Some(mut targets) = self.targets.take() else { return };
        let (onto, held) = (DrawTarget::Target(&targets.next), share < 1.0);
        match held {
            true => square.draw(gl, &self.hold, onto, &[picture, targets.passed.texture], &[share]),
            false => square.draw(gl, &self.copy, onto, &[picture], &[]),
        }
        std::mem::swap(&mut targets.passed, &mut targets.next);
        if held {
            self.look(gl, square, targets.passed.texture);
        }
        self.targets = Some(targets);
    }

    /// Reads the means of a picture.
    fn look(&mut self, gl: &mut Gl, square: &FullscreenQuad, of: TextureId) {
        let numbers = [GRID.0 as f32, GRID.1 as f32];
        square.draw(gl, &self.mean, DrawTarget::Target(&self.grid), &[of], &numbers);
        gl.texture_read_pixels(self.grid.texture, &mut self.bytes);
        for (cell, p) in self.cells.iter_mut().zip(self.bytes.chunks_exact(4)) {
            *cell = [0, 1, 2].map(|c| self.linear[p[c] as usize]);
        }
    }

    /// What the limiter does.
    pub fn state(&self) -> LimiterState {
        self.finish.state()
    }
}

fn is_one_colour(rgba: &[u8]) -> bool {
    rgba.chunks_exact(4).all(|p| p[..3].iter().zip(rgba).all(|(a, b)| a.abs_diff(*b) < 3))
}
