//! The chain of enabled effects, each reloaded when its file is saved.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use macroquad::miniquad::TextureId;

use super::watch::{FileText, FileWatcher};
use super::{EFFECTS, Effect};
use crate::gpu::{DrawTarget, FullscreenQuad, Gl, RenderTexture, ShaderProgram};

/// Folder in which a file replaces the built-in shader of the same name.
const FOLDER: &str = "shaders";
/// How long an effect waits to learn whether there is a file for it, before its built-in shader is used.
const TIMEOUT: Duration = Duration::from_millis(500);

/// One effect with its state on this stage.
pub struct EffectSlot {
    /// Its row in the table.
    pub effect: &'static Effect,
    /// Whether it is on.
    pub on: bool,
    /// Knob values, in the order of its specs.
    pub knobs: Vec<f64>,
    /// Why the current file does not work; the last good one stays in use.
    pub problem: Option<String>,
    program: Option<ShaderProgram>,
    /// The text read from its file, not compiled yet.
    changed: Option<FileText>,
    parts: Vec<RenderTexture>,
    /// Its output for the last frame; swapped with the last part.
    history: Option<RenderTexture>,
}

/// All effects in order.
pub struct EffectChain {
    /// One entry per effect.
    pub slots: Vec<EffectSlot>,
    time: f32,
    begun: Instant,
    watch: FileWatcher,
}

impl EffectSlot {
    fn new(effect: &'static Effect) -> Self {
        let knobs = effect.knobs.iter().map(|k| k.default).collect();
        Self {
            effect,
            on: false,
            knobs,
            problem: None,
            program: None,
            changed: None,
            parts: Vec::new(),
            history: None,
        }
    }

    fn file(&self) -> PathBuf {
        PathBuf::from(FOLDER).join(format!("{}.glsl", self.effect.name))
    }

    /// Compiles what has changed. If nothing is known of a file yet, and it no longer `waits`, the built-in text.
    fn reload(&mut self, gl: &mut Gl, waits: bool) {
        let changed = match self.changed.take() {
            None if self.program.is_some() || waits => return,
            changed => changed.unwrap_or(Ok(None)),
        };
        match changed {
            Ok(text) => self.take(gl, text.as_deref().unwrap_or(self.effect.source)),
            Err(e) => {
                // Even if the file is invalid, there is something to show.
                if self.program.is_none() {
                    self.take(gl, self.effect.source);
                }
                self.problem = Some(e);
            }
        }
    }

    /// Compiles a text; an invalid one leaves the last good one.
    fn take(&mut self, gl: &mut Gl, text: &str) {
        match self.compile(gl, text) {
            Ok(program) => {
                self.problem = None;
                if let Some(old) = self.program.replace(program) {
                    old.delete(gl);
                }
            }
            Err(e) => {
                self.problem = Some(format!("{}: {}", self.file().display(), e.trim()));
                if self.program.is_none() {
                    self.program = self.compile(gl, self.effect.source).ok();
                }
            }
        }
    }

    fn compile(&self, gl: &mut Gl, text: &str) -> Result<ShaderProgram, String> {
        let mut numbers = vec!["part", "width", "height", "time"];
        numbers.extend(self.effect.knobs.iter().map(|k| k.name));
        ShaderProgram::new(gl, text, &["picture", "previous", "history"], &numbers)
    }

    /// Frees all targets.
    fn clear(&mut self, gl: &mut Gl) {
        self.parts.drain(..).chain(self.history.take()).for_each(|t| t.delete(gl));
    }

    /// Allocates targets of the right size for a picture.
    fn fit(&mut self, gl: &mut Gl, size: (u32, u32)) {
        if self.history.as_ref().is_some_and(|h| h.size == size) {
            return;
        }
        self.clear(gl);
        self.parts =
            self.effect.parts.iter().map(|&k| RenderTexture::new(gl, (size.0 / k, size.1 / k))).collect();
        self.history = Some(RenderTexture::new(gl, size));
    }

    fn apply(&mut self, gl: &mut Gl, square: &FullscreenQuad, picture: TextureId, time: f32) -> TextureId {
        let (Some(program), Some(history), Some(last)) =
            (&self.program, &mut self.history, self.parts.len().checked_sub(1))
        else {
            return picture;
        };
        for i in 0..=last {
            let target = &self.parts[i];
            let mut numbers = vec![i as f32, target.size.0 as f32, target.size.1 as f32, time];
            numbers.extend(self.knobs.iter().map(|&k| k as f32));
            let previous = if i == 0 { picture } else { self.parts[i - 1].texture };
            let images = [picture, previous, history.texture];
            square.draw(gl, program, DrawTarget::Target(target), &images, &numbers);
        }
        std::mem::swap(&mut self.parts[last], history);
        history.texture
    }
}

impl Default for EffectChain {
    /// All effects, all off.
    fn default() -> Self {
        let slots: Vec<EffectSlot> = EFFECTS.iter().map(EffectSlot::new).collect();
        let watch = FileWatcher::start(slots.iter().map(EffectSlot::file).collect());
        Self { slots, time: 0.0, begun: Instant::now(), watch }
    }
}

impl EffectChain {
    /// The effect of that name.
    pub fn slot(&mut self, name: &str) -> Option<&mut EffectSlot> {
        self.slots.iter_mut().find(|s| s.effect.name == name)
    }

    /// Problems of the files as they are now.
    pub fn problems(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().filter(|s| s.on).filter_map(|s| s.problem.as_deref())
    }

    /// Passes a picture through all enabled effects; returns the texture that holds the result.
    pub fn apply(
        &mut self,
        gl: &mut Gl,
        square: &FullscreenQuad,
        picture: TextureId,
        size: (u32, u32),
        seconds: f32,
    ) -> TextureId {
        self.time += seconds;
        for (slot, text) in self.watch.changes() {
            self.slots[slot].changed = Some(text);
        }
        let waits = self.begun.elapsed() < TIMEOUT;
        let mut shown = picture;
        for slot in &mut self.slots {
            if !slot.on {
                slot.clear(gl);
                continue;
            }
            slot.reload(gl, waits);
            slot.fit(gl, size);
            shown = slot.apply(gl, square, shown, self.time);
        }
        shown
    }
}
