//! The effects that are on, one after the other, each reloaded when its file is saved.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use macroquad::miniquad::TextureId;

use super::watch::{FileText, FileWatcher};
use super::{EFFECTS, Effect};
use crate::gpu::{DrawTarget, FullscreenQuad, Gl, RenderTexture, ShaderProgram};

/// Folder in which a file replaces the built-in shader of the same name.
const FOLDER: &str = "shaders";
/// How long an effect waits to be told whether there is a file for it, before it is played as it was built in.
const PATIENCE: Duration = Duration::from_millis(500);

/// One effect with its state on this stage.
pub struct EffectSlot {
    /// Its row in the table.
    pub effect: &'static Effect,
    /// Whether it is on.
    pub on: bool,
    /// Knob values, in the order of its specs.
    pub knobs: Vec<f64>,
    /// Why the file as it is now does not work; the last good one goes on.
    pub problem: Option<String>,
    program: Option<ShaderProgram>,
    /// What was read of its file and is not compiled yet.
    news: Option<FileText>,
    parts: Vec<RenderTexture>,
    /// What it gave for the last frame; changes places with the last part.
    history: Option<RenderTexture>,
}

/// All effects in order.
pub struct EffectChain {
    /// One entry an effect.
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
            news: None,
            parts: Vec::new(),
            history: None,
        }
    }

    fn file(&self) -> PathBuf {
        PathBuf::from(FOLDER).join(format!("{}.glsl", self.effect.name))
    }

    /// Compiles what is new. Where nothing is known of a file yet, and `waits` is over, the built-in text.
    fn reload(&mut self, gl: &mut Gl, waits: bool) {
        let news = match self.news.take() {
            None if self.program.is_some() || waits => return,
            news => news.unwrap_or(Ok(None)),
        };
        match news {
            Ok(text) => self.take(gl, text.as_deref().unwrap_or(self.effect.source)),
            Err(e) => {
                // Whatever is wrong with the file, there is something to show.
                if self.program.is_none() {
                    self.take(gl, self.effect.source);
                }
                self.problem = Some(e);
            }
        }
    }

    /// Compiles a text; one that is wrong leaves the last good one.
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

    /// Gives all targets back.
    fn clear(&mut self, gl: &mut Gl) {
        self.parts.drain(..).chain(self.history.take()).for_each(|t| t.delete(gl));
    }

    /// Targets of the right size for a picture.
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

    /// What is wrong with the files as they are now.
    pub fn problems(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().filter(|s| s.on).filter_map(|s| s.problem.as_deref())
    }

    /// Passes a picture through all effects that are on; gives the texture that holds the result.
    pub fn apply(
        &mut self,
        gl: &mut Gl,
        square: &FullscreenQuad,
        picture: TextureId,
        size: (u32, u32),
        seconds: f32,
    ) -> TextureId {
        self.time += seconds;
        for (slot, text) in self.watch.news() {
            self.slots[slot].news = Some(text);
        }
        let waits = self.begun.elapsed() < PATIENCE;
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
