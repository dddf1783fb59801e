//! Code that does not give the same bytes everywhere is found by clippy, through `clippy.toml` and the lints of the
//! workspace; tested here on a crate that breaks them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use toml_edit::DocumentMut;

/// Lines that must be reported, and a word that the report must contain.
const BAD: &[(&str, &str)] = &[
    ("pub fn f(x: f32) -> f32 { x.sin() }", "libm::sinf"),
    ("pub fn f(x: f32) -> f32 { x.powi(3) }", "libm::powf"),
    ("pub fn f(x: (f32, f32)) -> f32 { x.0.hypot(x.1) }", "libm::hypotf"),
    ("pub fn f(x: &[f32]) -> Vec<f32> { x.iter().copied().map(f32::exp2).collect() }", "libm::exp2f"),
    ("pub fn f(x: f64) -> f64 { core::primitive::f64::atan2(x, 1.0) }", "libm::atan2"),
    ("pub fn f(x: f64) -> f64 { <f64>::tanh(x) }", "libm::tanh"),
    (
        "pub trait F { fn cbrt(self) -> Self; } impl F for f64 { fn cbrt(self) -> f64 { self.cbrt() } }",
        "libm::cbrt",
    ),
    ("type Wave = fn(f32) -> f32; pub const WAVE: Wave = f32::cos;", "libm::cosf"),
    ("pub fn f(x: f32) { println!(\"{}\", { x.log2() }) }", "libm::log2f"),
    ("macro_rules! of { ($x:expr) => { $x.sin_cos() } } pub fn f(x: f64) -> (f64, f64) { of!(x) }", "sincos"),
    // After a test module; next to a test; inside an item.
    ("#[cfg(test)] mod tests {} pub fn f(x: f32) -> f32 { x.tan() }", "libm::tanf"),
    ("#[cfg(not(test))] pub fn f(x: f32) -> f32 { x.tan() }", "libm::tanf"),
    ("#[cfg(any(test, not(test)))] pub fn f(x: f32) -> f32 { x.tan() }", "libm::tanf"),
    ("pub struct A; impl A { #[cfg(test)] fn t() {} pub fn f(x: f32) -> f32 { x.tan() } }", "libm::tanf"),
    ("mod inner { pub fn f(x: f32) -> f32 { x.ln() } } pub use inner::f;", "libm::logf"),
    // Clocks, and unstable orders.
    ("pub fn f() -> impl Sized { std::time::SystemTime::now() }", "count ticks"),
    ("pub use std::{time::Instant, path::Path};", "count ticks"),
    ("type Clock = std::time::Instant; pub fn f() -> impl Sized { Clock::now() }", "count ticks"),
    ("pub use std::collections::{BTreeMap, HashMap as Map};", "its order"),
    ("pub fn f(seen: &std::collections::HashSet<u8>) -> bool { seen.is_empty() }", "BTreeSet"),
    ("pub fn f() -> impl Sized { std::hash::DefaultHasher::new() }", "world::rng"),
    ("pub fn f() -> impl Sized { std::collections::hash_map::RandomState::new() }", "world::rng"),
    // A room that may measure time, with a part that may not; one that may have maps.
    (
        "#![allow(clippy::disallowed_types)] pub mod d { #![warn(clippy::disallowed_types)] pub use std::time::Instant; }",
        "count ticks",
    ),
    (
        "#![allow(clippy::disallowed_types)] pub fn f(m: &std::collections::HashMap<u8, u8>) { for x in m { drop(x); } }",
        "iteration",
    ),
    ("pub fn f(x: u32) -> [u8; 4] { x.to_ne_bytes() }", "to_ne_bytes"),
];

/// Lines that must not be reported.
const GOOD: &[&str] = &[
    "mod libm { pub fn sinf(x: f32) -> f32 { x } } pub fn f(x: f32) -> f32 { libm::sinf(x).sqrt().mul_add(x, x.floor()) }",
    "#[doc = \"As `x.sin()`.\"] pub fn f(log: f32) -> f32 { _ = \"x.sin()\"; log }",
    "#[cfg(test)] mod tests { fn f(x: f32) -> f32 { x.tan() } }",
    "#[cfg(all(test, unix))] fn f(x: f32) -> f32 { x.tan() }",
    "pub struct A { pub exp: f32, pub gamma: f32 } pub fn f(a: A) -> f32 { a.exp + a.gamma }",
    "pub fn f(x: std::ops::Range<usize>) { for i in x.start..x.end { drop([i]); } }",
    "pub use std::{collections::BTreeMap, time::Duration};",
    "#![expect(clippy::disallowed_types, reason = \"keeps time\")] pub fn f() -> impl Sized { std::time::Instant::now() }",
    "pub fn f(x: u32) -> [u8; 4] { x.to_le_bytes() }",
];

/// Lints that are about bytes.
const LINTS: &[&str] =
    &["disallowed_methods", "disallowed_types", "iter_over_hash_type", "host_endian_bytes"];

/// Clippy's reports on the lines of a room, by line number from 1; reports on its own rules have number 0.
fn said(lines: &[&str]) -> BTreeMap<u64, String> {
    let root = super::root();
    let room = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(room.path().join(name), text).unwrap();
    std::fs::copy(root.join("clippy.toml"), room.path().join("clippy.toml")).unwrap();
    let whole: DocumentMut = std::fs::read_to_string(root.join("Cargo.toml")).unwrap().parse().unwrap();
    let package = "[workspace]\n[package]\nname = \"room\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n";
    let mut manifest: DocumentMut = package.parse().unwrap();
    manifest["lints"] = whole["workspace"]["lints"].clone();
    write("Cargo.toml", &manifest.to_string());
    let modules = lines.iter().enumerate().map(|(i, line)| format!("pub mod m{i} {{ {line} }}\n"));
    write("lib.rs", &modules.collect::<String>());
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.args(["clippy", "--offline", "--message-format=json", "--target-dir", "target"]);
    cargo.current_dir(room.path());
    // Settings of whoever runs the tests.
    for name in
        ["CLIPPY_CONF_DIR", "CLIPPY_ARGS", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"]
    {
        cargo.env_remove(name);
    }
    let output = cargo.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let mut all = BTreeMap::new();
    for line in text.lines() {
        let message = &serde_json::from_str::<serde_json::Value>(line).unwrap()["message"];
        let code = message["code"]["code"].as_str().unwrap_or("");
        let about = |lint: &&str| code.strip_prefix("clippy::") == Some(*lint);
        let spans = message["spans"].as_array();
        for span in spans.into_iter().flatten().filter(|s| s["is_primary"] == true) {
            let rules = Path::new(span["file_name"].as_str().unwrap()).ends_with("clippy.toml");
            if rules || LINTS.iter().any(about) {
                let at = if rules { 0 } else { span["line_start"].as_u64().unwrap() };
                *all.entry(at).or_insert(String::new()) += message["rendered"].as_str().unwrap();
            }
        }
    }
    all
}

#[test]
fn clippy_finds_every_way_around_the_rules() {
    if !crate::skip::clippy() {
        return;
    }
    let lines: Vec<&str> = BAD.iter().map(|b| b.0).chain(GOOD.iter().copied()).collect();
    let said = said(&lines);
    let of = |line: &str| {
        let number = lines.iter().position(|l| *l == line).unwrap() as u64 + 1;
        said.get(&number).map_or("", String::as_str)
    };
    for (line, what) in BAD {
        assert!(of(line).contains(what), "{line}: {what}: {}", of(line));
    }
    for line in GOOD {
        assert_eq!(of(line), "", "{line}");
    }
    assert_eq!(said.get(&0), None, "the rules name nothing that is not there");
}

/// Folders whose files make pictures and sounds, and files elsewhere that do so.
const STATE: &[&str] =
    &["world", "data", "systems", "learn/net", "show/director", "show/flash", "sound/voices", "sound/score"];
const STATES: &[&str] = &["inference.rs"];

#[test]
fn code_that_makes_pictures_and_sounds_allows_itself_no_exception() {
    let src = super::root().join("src");
    let mut seen = 0;
    for path in super::files(&src) {
        let own = path.strip_prefix(&src).unwrap();
        if STATE.iter().any(|s| own.starts_with(s)) || STATES.iter().any(|s| own.ends_with(s)) {
            let text = std::fs::read_to_string(&path).unwrap();
            let leave = |line: &&str| {
                let is_for_tests = line.starts_with("#![cfg_attr(test,") || line.contains("warn(");
                let of = ["clippy::disallowed", "clippy::style", "clippy::all", "(warnings"];
                of.iter().any(|l| line.contains(l)) && !is_for_tests
            };
            assert_eq!(text.lines().find(leave), None, "src/{}", own.display());
            seen += 1;
        }
    }
    assert!(seen > 100, "every one of them is looked at");
}
