//! Life against known results: methuselahs, guns, and Golly's own counts.

use std::collections::BTreeMap;
use std::path::Path;

use untrained::systems::automata::life::Life;
use untrained::systems::automata::life::pattern::{LARGEST, Pattern};
use untrained::world::rng::Rng;
use untrained::world::system::{Env, InitContext, Node, SystemKind, Texts};

const KIND: &SystemKind = &SystemKind::of::<Life>();

/// A world with these texts; `bounded` or a torus.
fn world(texts: &Texts, (width, height): (usize, usize), bounded: bool) -> Box<dyn Node> {
    let knobs: Vec<f64> = KIND.knobs.iter().map(|k| k.default).collect();
    let birth = InitContext { width, height, rng: Rng::new(1), texts };
    let mut node = (KIND.instantiate)(&knobs, &birth).unwrap_or_else(|fault| panic!("{fault}"));
    set(&mut node, "edge", bounded as u8 as f64);
    node
}

fn set(node: &mut Box<dyn Node>, knob: &str, value: f64) {
    node.set_knob(KIND.knobs.iter().position(|k| k.name == knob).unwrap(), value);
}

/// Runs a world for this many generations, up to 64 per tick.
fn live(node: &mut Box<dyn Node>, mut generations: usize) {
    while generations > 0 {
        let now = generations.min(64);
        set(node, "speed", now as f64);
        let env =
            Env { tick: 0, dt: 1.0, rng: Rng::new(1), inputs: &[None, None], touches: &[], switches: &[] };
        node.step(&env);
        generations -= now;
    }
}

fn population(node: &dyn Node) -> usize {
    node.read(KIND.readouts.iter().position(|r| r.name == "population").unwrap()) as usize
}

fn text(pattern: &str) -> Texts {
    Texts::default().with("pattern", pattern)
}

/// Populations at generations, on a torus large enough that nothing wraps round.
fn follows(pattern: &str, size: usize, known: &[(usize, usize)]) {
    let mut node = world(&text(pattern), (size, size), false);
    let mut done = 0;
    for &(generation, expected) in known {
        live(&mut node, generation - done);
        done = generation;
        assert_eq!(population(&*node), expected, "generation {generation} of {pattern}");
    }
}

#[test]
fn methuselahs_live_as_long_as_they_are_known_to() {
    // R-pentomino: stable after 1103 generations with 116 cells (8 blocks, 6 gliders, 4 beehives, 4 blinkers, …).
    follows(
        "b2o$2o$bo!",
        1200,
        &[
            (0, 5),
            (1, 6),
            (10, 11),
            (30, 27),
            (50, 64),
            (69, 52),
            (100, 121),
            (300, 168),
            (500, 174),
            (1000, 156),
            (1102, 118),
            (1103, 116),
            (1104, 116),
            (1203, 116),
        ],
    );
    follows("6bo$2o$bo3b3o!", 400, &[(0, 7), (100, 23), (128, 3), (129, 2), (130, 0)]);
    follows("3o$obo$obo!", 600, &[(0, 7), (50, 101), (100, 103), (173, 55), (200, 55)]);
    follows("ob2o$3o$bo!", 600, &[(0, 7), (50, 33), (100, 89), (148, 28), (200, 28)]);
    follows("o$3o$obo$2bo!", 600, &[(0, 7), (50, 47), (100, 105), (128, 24), (200, 24)]);
    follows("3o2$bo$bo$bo!", 700, &[(0, 6), (100, 37), (240, 42), (243, 46), (300, 46)]);
}

#[test]
fn the_acorn_takes_5206_generations_to_633_cells() {
    follows(
        "bo$3bo$2o2b3o!",
        3000,
        &[
            (0, 7),
            (1, 8),
            (10, 30),
            (100, 76),
            (500, 276),
            (1000, 457),
            (2000, 392),
            (5000, 804),
            (5205, 635),
            (5206, 633),
            (5300, 633),
        ],
    );
}

const GOSPER: &str = "\
........................O...........
......................O.O...........
............OO......OO............OO
...........O...O....OO............OO
OO........O.....O...OO..............
OO........O...O.OO....O.O...........
..........O.....O.......O...........
...........O...O....................
............OO......................";

#[test]
fn gospers_gun_fires_a_glider_every_30_generations() {
    let guns: Vec<(usize, usize)> = (0..40).map(|n| (30 * n, 36 + 5 * n)).collect();
    follows(GOSPER, 800, &guns);
    follows(GOSPER, 400, &[(240, 76), (300, 86)]);
}

/// Files from users: each file, and its initial cells.
#[test]
fn patterns_that_people_have_load_and_live() {
    let Some(folder) = crate::skip::shared().map(|d| d.join("field/life")) else { return };
    for (name, cells) in [
        ("cr_only.rle", 5),
        ("history_marks.rle", 6),
        ("lower_o.cells", 5),
        ("rule_Life.rle", 5),
        ("rule_history.rle", 5),
        ("upper_bo.rle", 5),
    ] {
        let texts = Texts::default().with("file", folder.join(name).to_str().unwrap());
        let mut node = world(&texts, (40, 40), false);
        assert_eq!(population(&*node), cells, "{name}");
        live(&mut node, 40);
        assert_eq!(
            population(&*node),
            if cells == 5 { 5 } else { population(&*node) },
            "{name}: a glider flies on"
        );
    }
}

/// What cannot be loaded is rejected with its position, by `check` too.
#[test]
fn check_reports_where_a_pattern_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let scene =
        "size = [64, 36]\n[node.a]\nsystem = \"life\"\nfile = \"p.rle\"\n[[layer]]\nshow = \"a.alive\"\n";
    std::fs::write(folder.path().join("s.toml"), scene).unwrap();
    for (pattern, said) in [
        ("#C c\rx = 3, y = 3, rule = B3/S23\rbo$2bo$3o!\r", ""),
        ("x = 3, y = 3, rule = B2/S345/C4\nbo$2bo$3o!", "line 1, column 22"),
        ("x = 3, y = 3, rule = LifeHistory\n.B$D.F!", "no live cell"),
        ("x = 3, y = 3\nbo$2bo$3k!", "line 2, column 9"),
        ("!Name: x\n.O.\n..#\n", "line 3, column 3"),
    ] {
        std::fs::write(folder.path().join("p.rle"), pattern).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_untrained"));
        let out = command.current_dir(folder.path()).args(["check", "s.toml"]).output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        let flat = text.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ");
        assert_eq!(out.status.success(), said.is_empty(), "{pattern:?}: {text}");
        assert!(flat.contains(said), "{pattern:?}: {flat}");
    }
}

/// One file under one rule, and its known populations by generation.
struct Golly {
    file: String,
    rule: String,
    header: (usize, usize),
    known: BTreeMap<usize, (usize, usize, usize)>,
}

/// The cases of life-like families, by file and rule; and how many have a shape or rule that is not ours.
fn cases(csv: &str) -> (Vec<Golly>, usize) {
    let (mut found, mut foreign): (Vec<Golly>, usize) = (Vec::new(), 0);
    for line in csv.lines().skip(1) {
        let fields = fields(line);
        let number = |i: usize| fields[i].parse::<usize>().unwrap_or(0);
        let family = &fields[1];
        if !(family.starts_with("life-") || family == "bounded-override") {
            continue;
        }
        let rule = fields[5].clone();
        let bounds = rule.split_once(':').map_or("", |(_, b)| b);
        let totalistic =
            untrained::systems::automata::life::rule::Rule::parse(rule.split(':').next().unwrap());
        if totalistic.is_err() || bounds.starts_with(['K', 'S', 'C']) || bounds.contains(['+', '*']) {
            foreign += 1;
            continue;
        }
        let row = (number(11), number(12), number(13));
        match found.iter_mut().find(|g| g.file == fields[2] && g.rule == rule) {
            Some(golly) => {
                golly.known.insert(number(9), row);
            }
            None => found.push(Golly {
                file: fields[2].clone(),
                rule,
                header: (number(7), number(8)),
                known: BTreeMap::from([(number(9), row)]),
            }),
        }
    }
    (found, foreign)
}

/// The fields of a CSV line; a field in quotes may hold commas.
fn fields(line: &str) -> Vec<String> {
    let (mut out, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            _ => out.last_mut().unwrap().push(c),
        }
    }
    out
}

/// A torus that holds the pattern until a generation: beyond the reach of light where that is small, else the
/// box it is known to fill and room to spare. `(0, …)` in the rule is unbounded along that axis.
fn holding(golly: &Golly, generation: usize) -> (usize, usize) {
    let (_, box_w, box_h) = golly.known[&generation];
    let room = |header: usize, filled: usize| match generation <= 1000 {
        true => header.max(filled) + 2 * generation + 2,
        false => header.max(filled) + 600,
    };
    let bounds = golly.rule.split_once(':').map_or("", |(_, b)| b);
    let fixed = bounds.trim_start_matches(['T', 'P']).split(',').map(|n| n.parse::<usize>().unwrap_or(0));
    let fixed: Vec<usize> = fixed.chain([0, 0]).collect();
    let axis = |n: usize, free: usize| if n == 0 { free } else { n };
    (axis(fixed[0], room(golly.header.0, box_w)), axis(fixed[1], room(golly.header.1, box_h)))
}

/// Every stage of one pattern whose cost is bearable; (checked, too costly).
fn agrees(folder: &Path, golly: &Golly, budget: f64) -> (usize, usize) {
    let (mut checked, mut left) = (0, 0);
    let path = folder.join("patterns").join(&golly.file);
    let rule = golly.rule.split(':').next().unwrap();
    let texts = Texts::default().with("file", path.to_str().unwrap()).with("rule", rule);
    let pattern = Pattern::read(&path).unwrap();
    let short = golly.known.keys().filter(|&&g| g <= 1000).max().copied();
    let long = golly.known.keys().filter(|&&g| g > 1000).max().copied();
    for (last, from) in [(short, 0), (long, 1001)] {
        let Some(last) = last else { continue };
        let (w, h) = holding(golly, last);
        let size = (w.max(pattern.width), h.max(pattern.height));
        let stages = golly.known.range(from..=last);
        if size.0.max(size.1) > LARGEST as usize || (size.0 * size.1 * last) as f64 > budget {
            left += stages.count();
            continue;
        }
        let mut node = world(&texts, size, golly.rule.contains(":P"));
        let mut done = 0;
        for (&generation, &(expected, ..)) in stages {
            live(&mut node, generation - done);
            done = generation;
            let count = population(&*node);
            // With B0 and no S8 the background blinks, and Golly counts what differs from it.
            let blinks = rule.starts_with("B0") && generation % 2 == 1;
            let count = if blinks { size.0 * size.1 - count } else { count };
            assert_eq!(count, expected, "{} under {} at {generation} on {size:?}", golly.file, golly.rule);
            checked += 1;
        }
    }
    (checked, left)
}

/// With `UNTRAINED_LONG=1` without regard to cost (some minutes).
#[test]
fn golly_counts_the_same() {
    let Some(folder) = crate::skip::shared().map(|d| d.join("reference/golly")) else { return };
    let budget = if std::env::var_os("UNTRAINED_LONG").is_some() { f64::INFINITY } else { 4e10 };
    let (cases, foreign) = cases(&std::fs::read_to_string(folder.join("cases.csv")).unwrap());
    let (mut checked, mut left) = (0, 0);
    for golly in &cases {
        let (c, l) = agrees(&folder, golly, budget);
        (checked, left) = (checked + c, left + l);
    }
    println!(
        "{checked} cases agree; {left} cost too much; {foreign} have a rule or a shape that is not ours"
    );
    assert!(checked > 150);
}
