//! The manual of systems, written from the catalogue (`docs/systems.md`, `untrained systems NAME`).

mod commands;

use std::fmt::Write;

pub use commands::commands;

use super::load::SceneSource;
use crate::sound::analysis::SIGNALS;
use crate::sound::voices::KINDS;
use crate::systems::CATALOGUE;
use crate::world::frame::LayerKnobs;
use crate::world::frame::palette::Palette;
use crate::world::params::{ParamSpec, Params, Scale};
use crate::world::ports::Port;
use crate::world::system::{SystemKind, TextKind};

/// The whole manual as Markdown.
pub fn systems() -> String {
    let mut out = String::from(
        "# Systems\n\nWritten from the program's own catalogue by `untrained systems --manual`; \
         a stale copy fails the tests.\n\n",
    );
    for kind in CATALOGUE {
        out += &format!("- [`{0}`](#{0}) ({1}): {2}\n", kind.name, kind.family, kind.about);
    }
    CATALOGUE.iter().for_each(|k| out += &format!("\n{}", system(k)));
    effects(&mut out);
    out += "\n## layer\n\nKnobs of every `[[layer]]`, addressed as `layer.NAME.knob`.\n";
    knobs(&mut out, LayerKnobs::SPECS);
    let names =
        |circle| Palette::names().filter(|n| Palette::is_circle(n) == circle).collect::<Vec<_>>().join(", ");
    let _ = write!(
        out,
        "\n## palettes\n\nFrom end to end: {}.\n\nCircles, for directions and phases: {}.\n\n\
         How to write one's own: [scene-file.md](scene-file.md).\n",
        names(false),
        names(true)
    );
    out
}

/// The effects of the stage, each with its key and knobs.
#[cfg(feature = "stage")]
fn effects(out: &mut String) {
    use crate::stage::effects::EFFECTS;
    use crate::stage::keys::{KEYS, KeyAction};
    *out += "\n## effects\n\nEffects of the stage, in the order in which they are applied. They change what the \
        audience sees, never the picture that is judged or saved. Scenes turn them on with `shaders`, performers \
        with their keys or in the panel.\n";
    for (i, e) in EFFECTS.iter().enumerate() {
        let key = KEYS.iter().find(|k| k.action == KeyAction::Effect(i));
        let key = key.map_or(String::new(), |k| format!(" Key **{}**.", k.label));
        let _ = write!(out, "\n### {}\n\n{}{key}\n", e.name, e.about);
        knobs(out, e.knobs);
    }
}

#[cfg(not(feature = "stage"))]
fn effects(_: &mut String) {}

/// The shipped scenes as Markdown, with a picture each.
pub fn scenes() -> String {
    let mut out = String::from(
        "# Shipped scenes\n\nEach is a commented file in `scenes/`; `untrained play NAME` plays it, \
         `untrained render NAME --seconds 10 --out film.mp4` renders it to video. \
         `script/pictures` makes these pictures, and `untrained show` prints the provenance of each.\n",
    );
    for source in SceneSource::all() {
        let name = source.name();
        if let Ok(scene) = source.load(crate::CATALOGUE) {
            let _ = write!(
                out,
                "\n## {} (`{name}`)\n\n{}\n\n![{name}](scenes/{name}.png)\n",
                scene.title, scene.about
            );
        }
    }
    out
}

/// Voices and audio input, as Markdown.
pub fn sound() -> String {
    let mut out = String::from(
        "# Sound\n\nWritten from the program's own tables; a stale copy fails the tests.\n\n## Voices\n\nA scene is \
         heard through its voices. Each is a table that names a kind and what it reads; its knobs are moved, linked \
         and mapped like any others, by the address `voice.NAME.KNOB`.\n\n```toml\n[voice.drops]\nkind = \
         \"water\"\nread = \"air.vorticity\"      # one field; \
         `intervals` reads signals: [\"wave.slow\", \"cells.alive\"]\nlevel = -6\n```\n",
    );
    for kind in KINDS {
        let _ = write!(out, "\n### {}\n\n{} Reads {}.\n", kind.name, kind.about, kind.reads.example());
        knobs(&mut out, kind.knobs);
    }
    out += "\n## Audio input\n\n`play --listen NAME|FILE` and `render --listen FILE` turn audio input into signals, \
        with a latency of 27 ms. A link reads them as `from = \"sound.NAME\"`.\n\nFiles are streamed, whatever their \
        length, and loop: WAV (also RF64 and Wave64, and with faulty headers), FLAC, MP3, Ogg Vorbis (also chained), \
        AIFF; everything else (Opus, AAC in M4A, video, …) through ffmpeg where it is installed.\n\nThe power of \
        each channel counts, so that sound in the centre channel only, or left and right in opposite phase, is \
        measured as loud as it is; `sound.lufs` weighs channels as ITU-R BS.1770 does. A file with more channels is \
        downmixed to stereo as in ITU-R BS.775: centre and surrounds at −3 dB, and the low-frequency channel (LFE), \
        which the standard may omit, at −6 dB.\n\n| signal | what | usual range |\n| --- | --- | --- |\n";
    for s in &SIGNALS {
        let _ =
            writeln!(out, "| `sound.{}` | {} | {} to {} |", s.name, cell(s.about), s.range[0], s.range[1]);
    }
    out
}

/// One system as Markdown.
pub fn system(kind: &SystemKind) -> String {
    let mut out = format!("## {}\n\n{}\n", kind.name, kind.about);
    knobs(&mut out, kind.knobs);
    if !kind.texts.is_empty() {
        out += "\nSettings, which take effect on restart:\n\n| name | what |\n| --- | --- |\n";
        for t in kind.texts {
            let holds = match t.kind {
                TextKind::Word => "text".to_string(),
                TextKind::File => "file".to_string(),
                TextKind::OneOf(names) => format!("one of {}", names.join(", ")),
                TextKind::Tables => format!("tables `[[node.NAME.{}]]`", t.name),
            };
            let _ = writeln!(out, "| `{}` | {} ({holds}) |", t.name, cell(t.about));
        }
    }
    ports(&mut out, "Inputs (all optional)", kind.inputs);
    ports(&mut out, "Outputs", kind.outputs);
    if !kind.readouts.is_empty() {
        out += "\nReadouts:\n\n| name | what | usual range |\n| --- | --- | --- |\n";
        for r in kind.readouts {
            let _ = writeln!(out, "| `{}` | {} | {} to {} |", r.name, cell(r.about), r.lo, r.hi);
        }
    }
    out
}

fn knobs(out: &mut String, specs: &[ParamSpec]) {
    if specs.is_empty() {
        return;
    }
    *out += "\n| knob | what | default | range | unit |\n| --- | --- | --- | --- | --- |\n";
    for s in specs {
        let scale = if s.scale == Scale::Log { ", logarithmic" } else { "" };
        let restart = if s.rebirth { ", on restart" } else { "" };
        let range = s.range_text().replace("a whole number in ", "whole, ").replace("a number in ", "");
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {range}{scale}{restart} | {} |",
            s.name,
            cell(s.doc()),
            s.text(s.default),
            s.unit
        );
    }
}

fn ports(out: &mut String, title: &str, ports: &[Port]) {
    if ports.is_empty() {
        return;
    }
    let _ = write!(out, "\n{title}:\n\n| name | what | planes | usual range |\n| --- | --- | --- | --- |\n");
    for p in ports {
        let _ = writeln!(out, "| `{}` | {} | {} | {} to {} |", p.name, cell(p.about), p.planes, p.lo, p.hi);
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Every address, as Markdown.
pub fn addresses() -> String {
    super::addresses::page()
}
