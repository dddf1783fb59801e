//! Pictures to disk: the frame with its provenance (key S), and what the window shows (for tests).

use std::path::{Path, PathBuf};

use macroquad::miniquad::gl;

use world::frame::{Frame, write_png};
use world::names::component;

/// Folder of saved pictures, in the current one.
pub const FOLDER: &str = "captures";

/// What the window shows now: (width, height, RGBA, top row first).
pub fn window(size: (f32, f32)) -> (u32, u32, Vec<u8>) {
    let (w, h) = (size.0 as usize, size.1 as usize);
    let mut upside_down = vec![0u8; w * h * 4];
    // SAFETY: the buffer holds w × h pixels of four bytes, and rows of four-byte pixels need no padding.
    unsafe {
        gl::glReadPixels(
            0,
            0,
            w as i32,
            h as i32,
            gl::GL_RGBA,
            gl::GL_UNSIGNED_BYTE,
            upside_down.as_mut_ptr().cast(),
        );
    }
    let mut rgba: Vec<u8> = upside_down.chunks_exact(w * 4).rev().flatten().copied().collect();
    rgba.iter_mut().skip(3).step_by(4).for_each(|a| *a = 255);
    (w as u32, h as u32, rgba)
}

/// Writes what the window shows.
pub fn screenshot(path: &Path, size: (f32, f32)) -> Result<(), String> {
    let (w, h, rgba) = window(size);
    image::save_buffer(path, &rgba, w, h, image::ColorType::Rgba8)
        .map_err(|e| format!("cannot write {}: {e}", path.display()))
}

/// Where the next picture of a scene goes: `captures/SCENE-SEED-TICK.png`.
pub fn path(frame: &Frame) -> PathBuf {
    let p = &frame.provenance;
    Path::new(FOLDER).join(format!("{}-{}-{:06}.png", component(&p.scene), p.seed, p.tick))
}

/// Saves a frame on a separate thread, if one can be started; `done` receives the message to show.
pub fn save(
    frame: Frame,
    done: std::sync::mpsc::Sender<String>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new().name("capture".into()).spawn(move || {
        let path = path(&frame);
        let write = || -> Result<(), String> {
            std::fs::create_dir_all(FOLDER).map_err(|e| e.to_string())?;
            write_png(&path, &frame).map_err(|e| e.to_string())
        };
        let message = match write() {
            Ok(()) => format!("saved {}", path.display()),
            Err(e) => format!("cannot save {}: {e}", path.display()),
        };
        let _ = done.send(message);
    })
}
