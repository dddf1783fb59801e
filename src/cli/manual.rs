//! The manual of systems, written from the catalogue (`docs/systems.md`, `untrained systems NAME`).

use std::fmt::Write;

use super::load::SceneSource;
use crate::sound::analysis::SIGNALS;
use crate::systems::CATALOGUE;
use crate::world::frame::LayerKnobs;
use crate::world::frame::palette::Palette;
use crate::world::params::{ParamSpec, Params, Scale};
use crate::world::system::{Port, SystemKind, TextKind};
use crate::world::voice::{KINDS, Reads};

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

/// The effects of the stage, each with its key and its knobs.
#[cfg(feature = "stage")]
fn effects(out: &mut String) {
    use crate::stage::effects::EFFECTS;
    use crate::stage::keys::{KEYS, KeyAction};
    *out += "\n## effects\n\nOf the stage, in the order in which they follow each other. They change what the audience sees, never the \
             picture that is judged or saved. A scene turns them on with `shaders`, a hand with their keys or in the panel.\n";
    for (i, e) in EFFECTS.iter().enumerate() {
        let key = KEYS.iter().find(|k| k.action == KeyAction::Effect(i));
        let key = key.map_or(String::new(), |k| format!(" Key **{}**.", k.label));
        let _ = write!(out, "\n### {}\n\n{}{key}\n", e.name, e.about);
        knobs(out, e.knobs);
    }
}

#[cfg(not(feature = "stage"))]
fn effects(_: &mut String) {}

/// The shipped scenes as Markdown, a picture each.
pub fn scenes() -> String {
    let mut out = String::from(
        "# Shipped scenes\n\nEach is a commented file in `scenes/`; `untrained play NAME` plays it, \
         `untrained render NAME --seconds 10 --out film.mp4` films it. \
         `script/pictures` makes these pictures, and `untrained show` tells where each comes from.\n",
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

/// Voices and what is heard, as Markdown.
pub fn sound() -> String {
    let mut out = String::from(
        "# Sound\n\nWritten from the program's own tables; a stale copy fails the tests.\n\n## Voices\n\nA scene is heard through \
         its voices. Each is a table that names a kind and what it reads; its knobs are moved, linked and mapped as any other, by \
         the address `voice.NAME.KNOB`.\n\n```toml\n[voice.drops]\nkind = \"water\"\nread = \"air.vorticity\"      # one field; \
         `intervals` reads signals: [\"wave.slow\", \"cells.alive\"]\nlevel = -6\n```\n",
    );
    for kind in KINDS {
        let reads = match kind.reads {
            Reads::Field => "one field",
            Reads::Signals => "up to 16 signals",
        };
        let _ = write!(out, "\n### {}\n\n{} Reads {reads}.\n", kind.name, kind.about);
        knobs(&mut out, kind.knobs);
    }
    out += "\n## What is heard\n\n`play --listen NAME|FILE` and `render --listen FILE` turn sound into signals, 27 ms after it is \
            heard. A link reads them as `from = \"sound.NAME\"`.\n\nFiles are read while they play, however long they are, and \
            begin again at their end: WAV (also RF64 and Wave64, and headers that are off), FLAC, MP3, Ogg Vorbis with all links of \
            a chain, AIFF; everything else (Opus, AAC in M4A, films, …) through ffmpeg where it is installed.\n\nEvery channel \
            counts by its own power, so that what is in the centre only, or in opposite phase left and right, is measured as it is \
            heard; `sound.lufs` weighs channels as ITU-R BS.1770 does. On two loudspeakers a file with more channels is heard as \
            ITU-R BS.775 mixes it: centre and surrounds at −3 dB, and its low-frequency channel, which may be left out there, at \
            −6 dB.\n\n| signal | what | usual range |\n| --- | --- | --- |\n";
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
        out += "\nSettings given at birth:\n\n| name | what |\n| --- | --- |\n";
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
    ports(&mut out, "Inputs (each may stay unwired)", kind.inputs);
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
        let birth = if s.rebirth { ", at birth" } else { "" };
        let range = s.range_text().replace("a whole number in ", "whole, ").replace("a number in ", "");
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {range}{scale}{birth} | {} |",
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

/// Everything that a hand can move, as Markdown.
pub fn addresses() -> String {
    super::addresses::page()
}

/// The reference of all commands as Markdown.
pub fn commands() -> String {
    use clap::CommandFactory;
    let mut command = super::Cli::command().term_width(100);
    command.build();
    let mut out = String::from(
        "# Commands\n\nWritten from the program's own help; a stale copy fails the tests.\n\n\
             Exit codes: 0 done; 1 the work failed (a full disk, a loss that is no number); 2 bad usage or bad input. \
             Ctrl-C ends `render`, `train` and `dataset` in good order: what is done is whole, and the code is 0; a second Ctrl-C ends \
             at once with 130.\n",
    );
    let hidden = |c: &clap::Command| c.is_hide_set() || c.get_name() == "help";
    for sub in command.get_subcommands_mut().filter(|c| !hidden(c)) {
        let help = sub.render_long_help().to_string();
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        let _ = write!(out, "\n## {}\n\n```text\n{}\n```\n", sub.get_name(), help.join("\n").trim_end());
    }
    out
}
