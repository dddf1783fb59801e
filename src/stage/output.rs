//! The picture in the window: uploaded, passed through the effects, letterboxed.

use macroquad::miniquad::{FilterMode, MipmapFilterMode, TextureId};

use super::effects::EffectChain;
use super::gpu::{self, DrawTarget, FullscreenQuad, Gl, ShaderProgram};
use super::safety::Safety;
use show::Master;
use world::frame::Frame;

/// Largest rectangle with the aspect ratio of `picture` in the middle of `window`: (left, top, width, height), whole
/// pixels.
pub fn letterbox(picture: (usize, usize), window: (f32, f32)) -> [f32; 4] {
    let (pw, ph) = (picture.0.max(1) as f32, picture.1.max(1) as f32);
    let scale = (window.0 / pw).min(window.1 / ph);
    let (w, h) = ((pw * scale).round().max(1.0), (ph * scale).round().max(1.0));
    [((window.0 - w) / 2.0).floor().max(0.0), ((window.1 - h) / 2.0).floor().max(0.0), w, h]
}

/// Everything between a picture in memory and the window.
pub struct Output {
    square: FullscreenQuad,
    copy: ShaderProgram,
    picture: Option<(TextureId, (usize, usize))>,
    shown: Option<TextureId>,
    /// Whether an enlarged picture is shown with nearest filtering.
    pub crisp: bool,
    /// Master brightness and flash limiter.
    pub safety: Safety,
    /// Full-screen effects.
    pub chain: EffectChain,
}

impl Output {
    /// An output that shows nothing yet.
    pub fn new(gl: &mut Gl) -> Self {
        let main = "void main() { gl_FragColor = vec4(texture2D(picture, uv).rgb, 1.0); }";
        let copy = ShaderProgram::new(gl, main, &["picture"], &[]).expect("the copy shader is valid");
        let square = FullscreenQuad::new(gl);
        Self {
            square,
            copy,
            picture: None,
            shown: None,
            crisp: false,
            safety: Safety::new(gl),
            chain: EffectChain::default(),
        }
    }

    /// Takes a new picture: RGBA, top row first.
    pub fn upload(&mut self, gl: &mut Gl, size: (usize, usize), rgba: &[u8]) {
        if let Some((texture, _)) = self.picture.filter(|p| p.1 == size) {
            return gl.texture_update(texture, rgba);
        }
        if let Some((old, _)) = self.picture.take() {
            gl.delete_texture(old);
        }
        let texture = gl.new_texture_from_data_and_format(rgba, gpu::params((size.0 as u32, size.1 as u32)));
        self.picture = Some((texture, size));
    }

    /// Size of the picture, if there is one.
    pub fn picture_size(&self) -> Option<(usize, usize)> {
        self.picture.map(|p| p.1)
    }

    /// Copies what the audience sees, without panel or notifications, into a frame.
    pub fn read(&self, gl: &mut Gl, into: &mut Frame) {
        let (Some(shown), Some((w, h))) = (self.shown, self.picture_size()) else { return };
        into.resize(w, h);
        gl.texture_read_pixels(shown, &mut into.rgba);
    }

    /// Redraws the window. `seconds` is the time since the last drawing.
    pub fn draw(&mut self, gl: &mut Gl, window: (f32, f32), master: &Master, seconds: f32) {
        let Some((texture, size)) = self.picture else { return };
        let pixels = (size.0 as u32, size.1 as u32);
        let made = self.chain.apply(gl, &self.square, texture, pixels, seconds);
        let shown = self.safety.pass(gl, &self.square, made, pixels, master, seconds);
        self.shown = Some(shown);
        let filter = if self.crisp { FilterMode::Nearest } else { FilterMode::Linear };
        gl.texture_set_filter(shown, filter, MipmapFilterMode::None);
        let [x, y, w, h] = letterbox(size, window).map(|v| v as i32);
        let bottom = window.1 as i32 - y - h;
        self.square.draw(gl, &self.copy, DrawTarget::Window([x, bottom, w, h]), &[shown], &[]);
        if self.crisp {
            gl.texture_set_filter(shown, FilterMode::Linear, MipmapFilterMode::None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::letterbox;

    #[test]
    fn a_picture_keeps_its_aspect_ratio_and_is_centred() {
        assert_eq!(letterbox((1280, 720), (1280.0, 720.0)), [0.0, 0.0, 1280.0, 720.0]);
        assert_eq!(letterbox((640, 360), (1280.0, 800.0)), [0.0, 40.0, 1280.0, 720.0]);
        assert_eq!(letterbox((100, 100), (1280.0, 720.0)), [280.0, 0.0, 720.0, 720.0]);
        assert_eq!(letterbox((0, 0), (0.0, 0.0)), [0.0, 0.0, 1.0, 1.0]);
    }
}
