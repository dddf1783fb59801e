//! The show as its own teacher: single layers of the running scene, each named after the system that made it, go to
//! an image folder (`train/SYSTEM/*.png`) from which training goes on.
//!
//! Only single layers have one true name; the whole picture is made by several systems.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use crate::cli::Failure;
use crate::world::engine::Engine;
use crate::world::field::Field;
use crate::world::frame::blend::Blend;
use crate::world::frame::{Frame, compose, write_png};

/// Ticks between two pictures.
const EVERY: u64 = 60;
/// Width of a picture; its shape is the scene's.
const WIDTH: usize = 192;

/// Writes labelled pictures on a thread of its own; when the disk is slow, pictures are left out.
pub struct Learner {
    files: Option<SyncSender<(PathBuf, Frame)>>,
    writer: Option<JoinHandle<()>>,
    folder: PathBuf,
    canvas: Field,
}

impl Learner {
    /// A learner that writes into a folder, which is made if need be.
    ///
    /// # Errors
    /// The folder cannot be made (exit code 1).
    pub fn new(folder: &Path) -> Result<Self, Failure> {
        let folder = folder.join("train");
        std::fs::create_dir_all(&folder)
            .map_err(|e| Failure::failed(format!("cannot make the folder {}: {e}", folder.display())))?;
        let (files, inbox) = sync_channel::<(PathBuf, Frame)>(8);
        let writer = std::thread::Builder::new().name("learn".into()).spawn(move || {
            for (path, frame) in inbox {
                let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
                if let Err(e) = made
                    .map_err(|e| e.to_string())
                    .and_then(|()| write_png(&path, &frame).map_err(|e| e.to_string()))
                {
                    eprintln!("no longer learning: {e}");
                    return;
                }
            }
        });
        Ok(Self { files: Some(files), writer: writer.ok(), folder, canvas: Field::default() })
    }

    /// Looks at the engine after a tick, and takes a picture of one layer, in turns, when it is time.
    pub fn watch(&mut self, engine: &Engine) {
        let layers = engine.layers().len() as u64;
        if layers == 0 || !engine.tick().is_multiple_of(EVERY) {
            return;
        }
        let index = (engine.tick() / EVERY % layers) as usize;
        let Some((label, frame)) = portrait(engine, index, &mut self.canvas) else { return };
        let p = &frame.provenance;
        let name = format!("{}-{}-{:06}-{index}.png", p.scene, p.seed, p.tick);
        let Some(files) = &self.files else { return };
        if let Err(TrySendError::Disconnected(_)) =
            files.try_send((self.folder.join(label).join(name), frame))
        {
            self.files = None;
        }
    }
}

impl Drop for Learner {
    /// What was taken is written.
    fn drop(&mut self) {
        self.files = None;
        self.writer.take().into_iter().for_each(|w| drop(w.join()));
    }
}

/// One layer alone and opaque, with the name of the system that made it; `None` if it shows nothing.
fn portrait(engine: &Engine, index: usize, canvas: &mut Field) -> Option<(&'static str, Frame)> {
    let plan = &engine.scene().layers[index];
    let mut layer = engine.layers()[index].clone();
    (layer.blend, layer.knobs.opacity, layer.knobs.fade) = (Blend::default(), 1.0, 0.0);
    let (w, h) = engine.scene().size;
    let size = (WIDTH, (WIDTH * h / w.max(1)).clamp(1, 4 * WIDTH));
    let node = engine.node(plan.node);
    canvas.reshape(size.0, size.1, node.kind().outputs[plan.port].planes);
    node.show(plan.port, &layer.view(), canvas);
    let mut frame = Frame::new(size.0, size.1);
    compose(&[(&layer, canvas)], engine.scene().background, &mut frame);
    frame.provenance = engine.provenance();
    let first = frame.pixel(0, 0);
    let empty = frame.rgba.chunks_exact(4).all(|p| p[..3] == first);
    (!empty).then(|| (node.kind().name, frame))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems::CATALOGUE;
    use crate::world::frame::read_provenance;
    use crate::world::scene::Scene;

    #[test]
    fn every_picture_bears_the_name_of_the_one_system_that_made_it() {
        let text =
            "size = [96, 64]\n[node.a]\nsystem = \"noise\"\n[[layer]]\nshow = \"a.value\"\nopacity = 0.1\n";
        let scene = Scene::parse(text, "s", Path::new("."), CATALOGUE).unwrap();
        let mut engine = Engine::new(scene, Some(5)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut learner = Learner::new(folder.path()).unwrap();
        for _ in 0..2 * EVERY {
            engine.step(&[]);
            learner.watch(&engine);
        }
        drop(learner);
        let files = std::fs::read_dir(folder.path().join("train/noise")).unwrap();
        let mut ticks: Vec<u64> =
            files.map(|f| read_provenance(&f.unwrap().path()).unwrap()).map(|p| p.tick).collect();
        ticks.sort_unstable();
        assert_eq!(ticks, [EVERY, 2 * EVERY]);
        assert_eq!(std::fs::read_dir(folder.path().join("train")).unwrap().count(), 1);
    }
}
