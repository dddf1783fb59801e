//! `untrained addresses [SCENE]`: everything that can be controlled, by the name that MIDI, OSC, keys and the remote
//! use, and the addresses at which OSC sends the readouts of the scene.

use std::fmt::Write;

use super::load::SceneSource;
use super::{Failure, Outcome};
use crate::CATALOGUE;
use crate::control::address::{AddressInfo, AddressKind, FIXED, NUMBERED, list, range_text};
use crate::control::reading;
use crate::show::SceneDescription;
use crate::world::params::KnobKind;
use crate::world::ports::Readout;

/// Arguments of `addresses`.
#[derive(clap::Args)]
pub struct Args {
    /// A scene file or the name of a shipped scene; without one, the addresses that every show has.
    scene: Option<String>,
    /// Print them as JSON, in the style of OSCQuery.
    #[arg(long)]
    json: bool,
}

/// Prints one line per address.
pub fn run(args: &Args) -> Outcome {
    let description = match &args.scene {
        Some(what) => SceneDescription::of(&SceneSource::find(what)?.load(CATALOGUE)?),
        None => SceneDescription::default(),
    };
    let all = list(&description);
    let readings = readings(&description, &all);
    match args.json {
        true => {
            let text = serde_json::to_string_pretty(&query(&all, &readings)).map_err(Failure::failed)?;
            println!("{text}");
        }
        false => print!("{}", lines(&all, &readings)),
    }
    Ok(())
}

/// The OSC address of each readout of the scene.
fn readings(description: &SceneDescription, all: &[AddressInfo]) -> Vec<(String, &'static Readout)> {
    let moved: Vec<String> = all.iter().map(|a| osc(&a.name)).collect();
    let each = description.nodes.iter().flat_map(|n| n.kind.readouts.iter().map(|r| (n.name.as_str(), r)));
    let place = |node, r: &Readout| reading(format!("/{node}/{}", r.name), |a| moved.iter().any(|m| m == a));
    each.map(|(node, r)| (place(node, r), r)).collect()
}

fn osc(name: &str) -> String {
    format!("/{}", name.replace('.', "/"))
}

fn word(kind: AddressKind) -> &'static str {
    match kind {
        AddressKind::Knob(_) => "knob",
        AddressKind::Switch => "switch",
        AddressKind::Level => "level",
        AddressKind::Trigger => "trigger",
    }
}

fn lines(all: &[AddressInfo], readings: &[(String, &Readout)]) -> String {
    let moved = all.iter().map(|a| (osc(&a.name), word(a.kind), range_text(a.kind), a.about.as_str()));
    let sent = readings
        .iter()
        .map(|(path, r)| (path.clone(), "readout", format!("sent, usually {} to {}", r.lo, r.hi), r.about));
    let rows: Vec<_> = moved.chain(sent).collect();
    let widest = rows.iter().map(|r| r.0.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (path, word, range, about) in rows {
        let _ = writeln!(out, "{path:<widest$}  {word:<8} {range:<34}  {about}");
    }
    out
}

/// A tree of nodes, each with OSCQuery's type, range and access (1 read, 2 write).
fn query(all: &[AddressInfo], readings: &[(String, &Readout)]) -> serde_json::Value {
    let mut root = serde_json::json!({ "FULL_PATH": "/", "ACCESS": 0, "CONTENTS": {} });
    for a in all {
        let at = place(&mut root, &osc(&a.name));
        at["DESCRIPTION"] = a.about.clone().into();
        at["ACCESS"] = if a.kind == AddressKind::Trigger { 2.into() } else { 3.into() };
        at["TYPE"] = if a.kind == AddressKind::Trigger { "N" } else { "f" }.into();
        if let Some(range) = range(a.kind) {
            at["RANGE"] = serde_json::json!([range]);
        }
        if let AddressKind::Knob(spec) = a.kind {
            at["UNIT"] = serde_json::json!([spec.unit]);
        }
    }
    for (path, readout) in readings {
        let at = place(&mut root, path);
        (at["DESCRIPTION"], at["ACCESS"], at["TYPE"]) = (readout.about.into(), 1.into(), "f".into());
        // In the digits of an `f32`, not in those of the `f64` that it becomes.
        let digits = |v: f32| v.to_string().parse::<f64>().unwrap_or(v as f64);
        at["RANGE"] = serde_json::json!([{ "MIN": digits(readout.lo), "MAX": digits(readout.hi) }]);
    }
    root
}

/// The node of the tree at a path; missing parents are created.
fn place<'a>(root: &'a mut serde_json::Value, path: &str) -> &'a mut serde_json::Value {
    let (mut at, mut full) = (root, String::new());
    for part in path.split('/').skip(1) {
        full = format!("{full}/{part}");
        let contents = &mut at["CONTENTS"];
        if contents.is_null() {
            *contents = serde_json::json!({});
        }
        at = &mut contents[part];
        if at.is_null() {
            *at = serde_json::json!({ "FULL_PATH": full, "ACCESS": 0 });
        }
    }
    at
}

fn range(kind: AddressKind) -> Option<serde_json::Value> {
    match kind {
        AddressKind::Knob(s) => match s.kind {
            KnobKind::Choice(names) => Some(serde_json::json!({ "MIN": s.lo, "MAX": s.hi, "VALS": names })),
            _ => Some(serde_json::json!({ "MIN": s.lo, "MAX": s.hi })),
        },
        AddressKind::Switch | AddressKind::Level => Some(serde_json::json!({ "MIN": 0, "MAX": 1 })),
        AddressKind::Trigger => None,
    }
}

/// Addresses of a scene, listed before the numbered ones: (pattern, kind, what it does).
const PATTERNS: &[(&str, &str, &str)] = &[
    ("/NODE/KNOB v", "knob", "A knob of a system, in its unit; `untrained systems NAME` lists them."),
    ("/NODE/SWITCH v", "switch", "Part of a system, on or off."),
    ("/layer/NAME/KNOB v", "knob", "Opacity, tone and view of a layer."),
    ("/voice/NAME/KNOB v", "knob", "A knob of a voice."),
];

/// Listed after them.
const IN_FRONT: (&str, &str, &str) =
    ("/SCENE/…", "the same", "Any address of a scene, after the scene's name: only while it plays.");

/// OSC messages beyond addresses: (message, what it does).
const RECEIVED: &[(&str, &str)] = &[
    ("/…/travel t", "The same address by its normalised value, 0 to 1."),
    ("/signal/NAME v", "Sets the signal `osc.NAME`, a source for links."),
    (
        "/touch/ID x y [radius] [strength]",
        "A touch point on the picture, 0 to 1 across and down; several at once.",
    ),
    ("/touch/ID/up", "Lifts the touch point; so do five seconds without a message."),
    ("/refresh", "`--osc-out` sends every value again."),
];

/// What `--osc-out` sends: (message, when).
const SENT: &[(&str, &str)] = &[
    ("every address with a value", "When it changes, at most thirty times a second."),
    ("/NODE/READOUT v", "A readout of a system, when it changes."),
    ("/NODE/READOUT/now v", "The same where the system also has a knob or a switch of that name."),
    ("/tempo/beat n", "At each beat."),
    ("/scene/now n NAME", "When another scene becomes active."),
    ("/cue/now n NAME", "When another cue starts."),
    ("/judge/NAME p, /judge/confidence, /judge/novelty", "With each verdict: the three likeliest classes."),
    ("/sound/level v, /sound/low v, …", "Signals of the audio input."),
];

/// The page of addresses as Markdown.
pub fn page() -> String {
    let mut out = String::from(
        "# Addresses\n\nWritten from the program's own table; a stale copy fails the tests. Every control has one \
         address, whatever moves it: MIDI and keys write `air.inflow`, OSC writes `/air/inflow`. \
         `untrained addresses SCENE` lists those of a scene with their ranges, and its readouts; `--json` prints \
         them in the style of OSCQuery.\n\n\
         ## Every show\n\n| address | what | values | does |\n| --- | --- | --- | --- |\n",
    );
    for f in FIXED {
        let kind = f.kind();
        let _ = writeln!(out, "| `{}` | {} | {} | {} |", osc(f.name), word(kind), range_text(kind), f.about);
    }
    out += "\n## Scenes, show files, slots\n\n| address | what | does |\n| --- | --- | --- |\n";
    let mut row =
        |pattern: &str, what: &str, about: &str| out += &format!("| `{pattern}` | {what} | {about} |\n");
    PATTERNS.iter().for_each(|&(pattern, what, about)| row(pattern, what, about));
    for n in NUMBERED {
        let value = if n.kind() == AddressKind::Trigger { "" } else { " v" };
        row(&format!("/{}/N{value}", n.head), word(n.kind()), n.about);
    }
    row(IN_FRONT.0, IN_FRONT.1, IN_FRONT.2);
    for (title, head, rows) in
        [("Further OSC input (`--osc`)", "does", RECEIVED), ("OSC output (`--osc-out`)", "when", SENT)]
    {
        let _ = write!(out, "\n## {title}\n\n| message | {head} |\n| --- | --- |\n");
        rows.iter().for_each(|(a, b)| out += &format!("| `{a}` | {b} |\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CATALOGUE;
    use crate::world::scene::Scene;
    use std::path::Path;

    /// The noise has a knob and a readout called `contrast`.
    #[test]
    fn a_readout_is_listed_at_its_osc_address_and_shadows_no_knob() {
        let text = "[node.cloud]\nsystem = \"noise\"\n[[layer]]\nshow = \"cloud.value\"\n";
        let scene = Scene::parse(text, "a", Path::new("."), CATALOGUE).unwrap();
        let description = SceneDescription::of(&scene);
        let all = list(&description);
        let readings = readings(&description, &all);
        let paths: Vec<&str> = readings.iter().map(|r| r.0.as_str()).collect();
        assert_eq!(paths, ["/cloud/mean", "/cloud/contrast/now"]);
        let lines = lines(&all, &readings);
        let line =
            |path: &str| lines.lines().filter(|l| l.starts_with(&format!("{path} "))).collect::<Vec<_>>();
        assert!(
            line("/cloud/contrast")[0].contains("a number in 0..=8") && line("/cloud/contrast").len() == 1
        );
        assert!(line("/cloud/contrast/now")[0].contains("readout  sent, usually 0 to 0.5"), "{lines}");
        let tree = query(&all, &readings);
        let knob = &tree["CONTENTS"]["cloud"]["CONTENTS"]["contrast"];
        let now = &knob["CONTENTS"]["now"];
        assert_eq!((&knob["ACCESS"], &knob["RANGE"][0]["MAX"]), (&3.into(), &8.0.into()));
        assert_eq!((&now["ACCESS"], &now["RANGE"][0]["MAX"]), (&1.into(), &0.5.into()));
        assert_eq!(now["FULL_PATH"], "/cloud/contrast/now");
    }
}
