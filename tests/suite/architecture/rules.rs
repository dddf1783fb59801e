//! What may stand where, and who breaks it.
//!
//! Clippy's `disallowed-methods` holds for a whole crate; most of these rules hold for some of its rooms only, so they
//! are tests.

use super::source::Source;

/// Rooms from the bottom up: a room may use those before it.
pub const ORDER: &[&str] = &[
    "world", "data", "learn", "systems", "output", "judge", "bench", "search", "show", "sound", "control",
    "stage", "cli",
];

/// Libraries and the rooms that may name them.
const HOMES: &[(&str, &[&str])] = &[
    ("burn", &["judge", "learn"]),
    ("macroquad", &["stage"]),
    ("egui_macroquad", &["stage"]),
    ("egui", &["stage"]),
    ("cpal", &["sound"]),
    ("rosc", &["control"]),
    ("midir", &["control"]),
    ("faer", &["learn", "bench"]),
];

/// Functions that the standard library takes from the platform, or whose last digit it leaves open: `libm` has them all,
/// the same everywhere. Square roots are exact by IEEE 754, as are `mul_add` and all that rounds to whole numbers.
const MATHEMATICS: &[&str] = &[
    "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sin_cos", "sinh", "cosh", "tanh", "asinh",
    "acosh", "atanh", "exp", "exp2", "exp_m1", "ln", "ln_1p", "log", "log2", "log10", "powf", "powi", "cbrt",
    "hypot", "gamma", "ln_gamma", "erf", "erfc",
];

/// Clocks, orders that change from run to run, and libraries that choose their arithmetic by processor.
const CHANGING: &[&str] = &["Instant", "SystemTime", "HashMap", "HashSet", "RandomState", "DefaultHasher"];
const CHOOSING: &[&str] =
    &["burn", "faer", "rubato", "realfft", "FftPlanner", "FftPlannerAvx", "FftPlannerSse", "ebur128"];

/// Files that only measure, train or draw the panel: nothing of theirs goes into a picture or a sound of a scene.
fn is_aside(module: &[String]) -> bool {
    let names: Vec<&str> = module.iter().map(String::as_str).collect();
    match names[..] {
        ["bench" | "stage", ..] => true,
        ["judge", "training" | "lesson" | "guide" | "progress" | "model" | "card"] => true,
        ["learn", "net", ..] => false,
        ["learn", _, .., "inference"] => false,
        ["learn", "model" | "file" | "store" | "methods"] => false,
        ["learn", ..] => true,
        ["cli", "metrics" | "soak" | "compare" | "collapse" | "train" | "learn", ..] => true,
        _ => false,
    }
}

/// Files whose work must not hang on a clock or on chance: all that makes pictures and sounds, but for what keeps time.
fn is_state(module: &[String]) -> bool {
    let names: Vec<&str> = module.iter().map(String::as_str).collect();
    match names[..] {
        ["world" | "systems", ..] => true,
        ["learn" | "judge", ..] => !is_aside(module),
        ["data", "reduce"] => true,
        ["show", "director" | "flash", ..] => true,
        ["sound", "live" | "device" | "guard", ..] => false,
        ["sound", ..] => true,
        _ => false,
    }
}

/// What is wrong in a file, one line each: `line: what`.
pub fn broken(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for module in &source.modules {
        let (own, aside, state) = (module.path.first(), is_aside(&module.path), is_state(&module.path));
        let own = own.map(String::as_str).unwrap_or("");
        let place = |room: &str| ORDER.iter().position(|r| *r == room);
        for used in module.uses() {
            let names: Vec<&str> = used.path.iter().map(String::as_str).collect();
            let mut say = |what: String| found.push(format!("{}: {what}", used.line));
            match names[..] {
                ["crate"] | ["crate", "*"] => say("names the whole crate".into()),
                ["crate", room, ..] if place(own).zip(place(room)).is_some_and(|(own, used)| used > own) => {
                    say(format!("uses {room}, which lies above {own}"))
                }
                ["crate", ..] => (),
                [library, ..] => {
                    let home = HOMES.iter().find(|h| h.0 == library);
                    if names.len() > 1 && home.is_some_and(|h| !h.1.contains(&own)) {
                        say(format!("names {library}"));
                    }
                }
                [] => (),
            }
            let platform = names.iter().zip(names.iter().skip(1)).find(|(of, function)| {
                let is_type = ["f32", "f64"].contains(of) || of.starts_with(char::is_uppercase);
                is_type && MATHEMATICS.contains(function)
            });
            if let Some((of, function)) = platform.filter(|_| !aside) {
                say(format!("{of}::{function} is the platform's; libm has it"));
            }
            if let Some(name) = names.iter().find(|n| state && CHANGING.contains(n)) {
                say(format!("{name} is not the same from run to run"));
            }
            let chooses = names.iter().find(|n| CHOOSING.contains(n));
            if let Some(name) = chooses.filter(|_| state && names.len() > 1) {
                say(format!("{name} chooses its arithmetic by processor"));
            }
        }
        for (name, line) in module.methods() {
            if !aside && MATHEMATICS.contains(&name.as_str()) {
                found.push(format!("{line}: .{name} is the platform's; libm has it"));
            }
        }
    }
    found
}

/// Whether a module says who allocates, which only a program may.
pub fn allocates(source: &Source) -> bool {
    source.modules.iter().any(|m| m.tokens.to_string().contains("global_allocator"))
}
