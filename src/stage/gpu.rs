//! Full-screen passes directly on miniquad: a program, a quad to draw, a target to draw into.
//!
//! Textures hold pictures with the top row first. Every pass keeps that order, so no pass has to know which way is up;
//! only the last one, to the window, flips the quad (`flip`).

use std::cell::Cell;

use macroquad::miniquad::{
    Bindings, BlendState, BufferId, BufferLayout, BufferSource, BufferType, BufferUsage, FilterMode,
    PassAction, Pipeline, PipelineParams, RenderPass, RenderingBackend, ShaderId, ShaderMeta, ShaderSource,
    TextureFormat, TextureId, TextureParams, TextureWrap, UniformBlockLayout, UniformDesc, UniformType,
    VertexAttribute, VertexFormat,
};

/// The drawing context of the window.
pub type Gl = dyn RenderingBackend;

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Works with the context; macroquad's own pending drawing is flushed first.
///
/// # Panics
/// If nested, on a thread other than the window's, or before there is a window.
pub fn with_gl<R>(work: impl FnOnce(&mut Gl) -> R) -> R {
    struct Free;
    impl Drop for Free {
        fn drop(&mut self) {
            BUSY.set(false);
        }
    }
    assert!(!BUSY.replace(true), "the drawing context is in use already");
    let _free = Free;
    // SAFETY: macroquad panics on all threads but the window's and where there is no window. There, no other reference
    // to the context lives: macroquad's own end before its calls return, and ours are only made here, one at a time.
    let mut internal = unsafe { macroquad::window::get_internal_gl() };
    internal.flush();
    work(internal.quad_context)
}

const VERTEX: &str = "#version 100
attribute vec2 corner;
varying highp vec2 uv;
uniform highp float flip;
void main() {
    uv = corner;
    gl_Position = vec4((corner.x * 2.0 - 1.0), (corner.y * 2.0 - 1.0) * flip, 0.0, 1.0);
}";

/// A compiled fragment shader with the samplers and numbers it takes.
pub struct ShaderProgram {
    shader: ShaderId,
    pipeline: Pipeline,
    textures: usize,
    numbers: usize,
}

impl ShaderProgram {
    /// Compiles `main` behind a prelude that declares `uv`, the samplers and the numbers (`flip` among them).
    pub fn new(gl: &mut Gl, main: &str, samplers: &[&str], numbers: &[&str]) -> Result<Self, String> {
        let mut prelude = String::from("#version 100\nprecision highp float;\nvarying highp vec2 uv;\n");
        samplers.iter().for_each(|s| prelude += &format!("uniform sampler2D {s};\n"));
        numbers.iter().for_each(|n| prelude += &format!("uniform float {n};\n"));
        let fragment = format!("{prelude}#line 1\n{main}\n");
        let mut uniforms = vec![UniformDesc::new("flip", UniformType::Float1)];
        uniforms.extend(numbers.iter().map(|n| UniformDesc::new(n, UniformType::Float1)));
        let meta = ShaderMeta {
            images: samplers.iter().map(|s| s.to_string()).collect(),
            uniforms: UniformBlockLayout { uniforms },
        };
        let source = ShaderSource::Glsl { vertex: VERTEX, fragment: &fragment };
        let shader = gl.new_shader(source, meta).map_err(|e| e.to_string())?;
        let pipeline = gl.new_pipeline(
            &[BufferLayout::default()],
            &[VertexAttribute::new("corner", VertexFormat::Float2)],
            shader,
            PipelineParams { color_blend: None::<BlendState>, ..PipelineParams::default() },
        );
        Ok(Self { shader, pipeline, textures: samplers.len(), numbers: numbers.len() })
    }

    /// Frees the program.
    pub fn delete(self, gl: &mut Gl) {
        gl.delete_pipeline(self.pipeline);
        gl.delete_shader(self.shader);
    }
}

/// A texture that can be drawn into.
pub struct RenderTexture {
    pass: RenderPass,
    /// Its contents.
    pub texture: TextureId,
    /// Pixels across and down.
    pub size: (u32, u32),
}

impl RenderTexture {
    /// A black target.
    pub fn new(gl: &mut Gl, size: (u32, u32)) -> Self {
        let size = (size.0.max(1), size.1.max(1));
        let texture = gl.new_render_texture(params(size));
        let pass = gl.new_render_pass(texture, None);
        gl.begin_pass(Some(pass), PassAction::clear_color(0.0, 0.0, 0.0, 1.0));
        gl.end_render_pass();
        Self { pass, texture, size }
    }

    /// Frees target and texture.
    pub fn delete(self, gl: &mut Gl) {
        gl.delete_render_pass(self.pass);
    }
}

/// Parameters of an RGBA texture with linear filtering and clamping.
pub fn params(size: (u32, u32)) -> TextureParams {
    TextureParams {
        format: TextureFormat::RGBA8,
        wrap: TextureWrap::Clamp,
        min_filter: FilterMode::Linear,
        mag_filter: FilterMode::Linear,
        width: size.0,
        height: size.1,
        ..TextureParams::default()
    }
}

/// Where a pass draws.
pub enum DrawTarget<'a> {
    /// All of a target.
    Target(&'a RenderTexture),
    /// A part of the window in pixels (left, bottom, width, height); the rest of it is cleared to black.
    Window([i32; 4]),
}

/// The quad that every pass draws.
pub struct FullscreenQuad {
    corners: BufferId,
    indices: BufferId,
}

impl FullscreenQuad {
    /// The quad from (0, 0) to (1, 1).
    pub fn new(gl: &mut Gl) -> Self {
        let corners: [f32; 8] = [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0];
        let indices: [u16; 6] = [0, 1, 2, 0, 2, 3];
        let make = |gl: &mut Gl, kind, data| gl.new_buffer(kind, BufferUsage::Immutable, data);
        Self {
            corners: make(gl, BufferType::VertexBuffer, BufferSource::slice(&corners)),
            indices: make(gl, BufferType::IndexBuffer, BufferSource::slice(&indices)),
        }
    }

    /// Draws one pass: `images` and `numbers` in the order of the program's samplers and numbers.
    pub fn draw(
        &self,
        gl: &mut Gl,
        program: &ShaderProgram,
        onto: DrawTarget,
        images: &[TextureId],
        numbers: &[f32],
    ) {
        assert_eq!(
            (images.len(), numbers.len()),
            (program.textures, program.numbers),
            "what the shader takes"
        );
        let mut values = vec![1.0f32];
        values.extend_from_slice(numbers);
        match onto {
            DrawTarget::Target(target) => gl.begin_pass(Some(target.pass), PassAction::Nothing),
            DrawTarget::Window([x, y, w, h]) => {
                values[0] = -1.0;
                gl.begin_default_pass(PassAction::clear_color(0.0, 0.0, 0.0, 1.0));
                gl.apply_viewport(x, y, w, h);
            }
        }
        gl.apply_pipeline(&program.pipeline);
        gl.apply_bindings(&Bindings {
            vertex_buffers: vec![self.corners],
            index_buffer: self.indices,
            images: images.to_vec(),
        });
        gl.apply_uniforms_from_bytes(values.as_ptr().cast(), values.len() * size_of::<f32>());
        gl.draw(0, 6, 1);
        gl.end_render_pass();
    }
}
