//! Recording a data set from the running show: single layers of the scene, each labelled with the system that made it,
//! are added to a set of frames from which `untrained train --resume` continues.
//!
//! Only single layers have one true label; the whole picture is made by several systems.

use std::path::Path;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use data::DataError;
use data::dataset::{Origin, Split, Writer};
use data::reduce::reduce;
use world::engine::Engine;
use world::field::Field;
use world::frame::blend::Blend;
use world::frame::{Frame, compose};

/// Ticks between two pictures.
const EVERY: u64 = 60;
/// Width of a picture before it is reduced; its aspect ratio is the scene's.
const WIDTH: usize = 192;

/// Writes labelled pictures on a separate thread; when the disk is slow, pictures are dropped.
pub struct DatasetRecorder {
    files: Option<SyncSender<(&'static str, Frame)>>,
    writer: Option<JoinHandle<()>>,
    canvas: Field,
}

impl DatasetRecorder {
    /// A recorder that appends to the set in a folder, which is created if necessary.
    ///
    /// # Errors
    /// The folder cannot be written, or holds something else.
    pub fn new(folder: &Path) -> Result<Self, DataError> {
        let mut set = Writer::open(folder)?;
        let (files, inbox) = sync_channel::<(&'static str, Frame)>(8);
        let writer = std::thread::Builder::new().name("learn".into()).spawn(move || {
            for (label, frame) in inbox {
                let p = &frame.provenance;
                let origin = Origin {
                    label: label.into(),
                    split: Split::Train,
                    scene_hash: p.scene_hash,
                    seed: p.seed,
                    tick: p.tick,
                    scene: format!("{} {}", p.scene, p.knobs),
                };
                if let Err(e) = set.add(&reduce(&frame.rgba, frame.width, frame.height, 4), &origin) {
                    show::log::status(format!("data set recording stopped: {e}"));
                    return;
                }
            }
        });
        Ok(Self { files: Some(files), writer: writer.ok(), canvas: Field::default() })
    }

    /// Called after each tick: records a picture of one layer, in turn, when one is due.
    pub fn watch(&mut self, engine: &Engine) {
        let layers = engine.layers().len() as u64;
        if layers == 0 || !engine.tick().is_multiple_of(EVERY) {
            return;
        }
        let index = (engine.tick() / EVERY % layers) as usize;
        let Some(picture) = portrait(engine, index, &mut self.canvas) else { return };
        let Some(files) = &self.files else { return };
        if let Err(TrySendError::Disconnected(_)) = files.try_send(picture) {
            self.files = None;
        }
    }
}

impl Drop for DatasetRecorder {
    /// Waits until everything recorded is written.
    fn drop(&mut self) {
        self.files = None;
        self.writer.take().into_iter().for_each(|w| drop(w.join()));
    }
}

/// One layer alone and opaque, with the name of the system that made it; `None` if it is of a single colour.
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
    compose(&[(&layer, canvas)], engine.scene().backdrop, &mut frame);
    frame.provenance = engine.provenance();
    let first = frame.pixel(0, 0);
    let empty = frame.rgba.chunks_exact(4).all(|p| p[..3] == first);
    (!empty).then(|| (node.kind().name, frame))
}

#[cfg(test)]
mod tests {
    use super::*;
    use data::dataset::rows;
    use systems::CATALOGUE;
    use world::scene::Scene;

    #[test]
    fn every_picture_is_labelled_with_the_one_system_that_made_it() {
        let text =
            "size = [96, 64]\n[node.a]\nsystem = \"noise\"\n[[layer]]\nshow = \"a.value\"\nopacity = 0.1\n";
        let scene = Scene::parse(text, "s", Path::new("."), CATALOGUE).unwrap();
        let mut engine = Engine::new(scene, Some(5)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut recorder = DatasetRecorder::new(folder.path()).unwrap();
        for _ in 0..2 * EVERY {
            engine.step(&[]);
            recorder.watch(&engine);
        }
        drop(recorder);
        let rows = rows(folder.path()).unwrap();
        let seen: Vec<(&str, u64)> = rows.iter().map(|r| (r.origin.label.as_str(), r.origin.tick)).collect();
        assert_eq!(seen, [("noise", EVERY), ("noise", 2 * EVERY)]);
    }

    fn scene(text: &str) -> Engine {
        Engine::new(Scene::parse(text, "s", Path::new("."), CATALOGUE).unwrap(), Some(5)).unwrap()
    }

    #[test]
    fn a_picture_has_the_aspect_ratio_of_its_scene_and_one_of_a_single_colour_is_skipped() {
        let two = "[node.a]\nsystem = \"noise\"\n[node.b]\nsystem = \"life\"\ndensity = 0\n\
                   [[layer]]\nshow = \"b.alive\"\n[[layer]]\nshow = \"a.value\"\nopacity = 0\n";
        let mut canvas = Field::default();
        for (size, shape) in [("[96, 64]", (192, 128)), ("[30, 300]", (192, 768)), ("[900, 3]", (192, 1))] {
            let engine = scene(&format!("size = {size}\n{two}"));
            let (name, frame) = portrait(&engine, 1, &mut canvas).unwrap();
            assert_eq!((name, frame.width, frame.height), ("noise", shape.0, shape.1));
            assert_eq!((frame.provenance.scene.as_str(), frame.provenance.seed), ("s", 5));
            assert!(portrait(&engine, 0, &mut canvas).is_none(), "nothing lives there");
        }
    }

    #[test]
    fn layers_take_turns_once_a_second() {
        let mut engine = scene(
            "size = [32, 20]\n[node.a]\nsystem = \"noise\"\n[node.b]\nsystem = \"life\"\nspark = 4\n\
             [[layer]]\nshow = \"a.value\"\n[[layer]]\nshow = \"b.alive\"\n[[layer]]\nname = \"top\"\nshow = \"a.value\"\n",
        );
        let folder = tempfile::tempdir().unwrap();
        let mut recorder = DatasetRecorder::new(folder.path()).unwrap();
        for _ in 0..4 * EVERY + EVERY / 2 {
            engine.step(&[]);
            recorder.watch(&engine);
        }
        drop(recorder);
        let rows = rows(folder.path()).unwrap();
        let seen: Vec<(&str, u64)> = rows.iter().map(|r| (r.origin.label.as_str(), r.origin.tick)).collect();
        assert_eq!(seen, [("life", EVERY), ("noise", 2 * EVERY), ("noise", 3 * EVERY), ("life", 4 * EVERY)]);
        assert!(rows.iter().all(|r| r.origin.seed == 5 && r.origin.scene.starts_with("s ")));
    }
}
