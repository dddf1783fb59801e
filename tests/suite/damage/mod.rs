//! Headers that are hand-written, corrupted or hostile, and then *used*: pictures are generated with what was read,
//! frames are judged, metrics computed, tapes replayed, maps written. Whatever the files contain, there is a result or
//! an error, and nothing panics, aborts or takes more memory than [`ROOM`].

mod controls;
mod files;
mod generators;
mod judges;
mod tables;
mod tapes;
mod worlds;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use untrained::judge::backbone;
use untrained::learn::methods;

/// Bytes that a test may allocate beyond what it starts with.
const ROOM: u64 = 2 << 30;

/// Runs a property over this many inputs, with no more memory than [`ROOM`]: beyond it the process ends, and the test
/// fails.
fn over<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) -> u32 {
    confine();
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2000,
        max_global_rejects: u32::MAX,
        ..ProptestConfig::default()
    };
    let passed = std::cell::Cell::new(0);
    let counted = |value| test(value).map(|()| passed.set(passed.get() + 1));
    TestRunner::new(config).run(strategy, counted).unwrap_or_else(|e| panic!("{e}"));
    passed.get()
}

#[cfg(target_os = "linux")]
fn confine() {
    use nix::sys::resource::{Resource, setrlimit};
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let held = status.lines().find_map(|l| l.strip_prefix("VmData:")).unwrap();
        let held: u64 = held.trim().trim_end_matches(" kB").parse().unwrap();
        let most = held * 1024 + ROOM;
        setrlimit(Resource::RLIMIT_DATA, most, most).unwrap();
    });
}

#[cfg(not(target_os = "linux"))]
fn confine() {}

/// An unexpected value.
fn odd() -> impl Strategy<Value = Value> {
    let numbers = prop::sample::select(vec![
        0.0, -1.0, 1.0, 2.0, 3.0, 4.0, 7.0, 8.0, 9.0, 12.0, 16.0, 27.0, 28.0, 64.0, 127.0, 128.0, 4096.0,
        65536.0, 0.5, 1e-300, 1e39, 1e308, -1e308, 1e18,
    ]);
    let wholes =
        prop::sample::select(vec![0u64, 1, 2, 8, 28, 64, 255, 1 << 16, 1 << 31, 1 << 32, 1 << 40, u64::MAX]);
    let words = prop::sample::select(vec![
        "",
        "..",
        "../../x",
        "/etc/passwd",
        "NaN",
        "inf",
        "a\0b",
        "a\nb",
        "ß",
        "con",
    ]);
    let names = prop::sample::select(methods::names().chain(backbone::names()).collect::<Vec<_>>());
    prop_oneof![
        4 => numbers.prop_map(|n| serde_json::json!(n)),
        4 => wholes.prop_map(|n| serde_json::json!(n)),
        1 => any::<i64>().prop_map(|n| serde_json::json!(n)),
        1 => words.prop_map(|w| serde_json::json!(w)),
        1 => names.prop_map(|n| serde_json::json!(n)),
        1 => Just(Value::String("x".repeat(5000))),
        1 => Just(Value::Null),
        1 => Just(serde_json::json!([])),
        1 => Just(serde_json::json!({})),
        1 => any::<bool>().prop_map(Value::Bool),
    ]
}

/// A mutation of one node of a tree.
#[derive(Clone, Debug)]
enum Act {
    Put(Value),
    /// A list gets this length, an object loses that many entries.
    Length(usize),
    Drop,
}

/// A change: where (as a fraction of all nodes), and what.
type Change = (f64, Act);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let act = prop_oneof![
        5 => odd().prop_map(Act::Put),
        2 => prop::sample::select(vec![0usize, 1, 2, 3, 5, 63, 64, 65, 300]).prop_map(Act::Length),
        1 => Just(Act::Drop),
    ];
    prop::collection::vec((0.0..1.0f64, act), 0..5)
}

fn places(value: &Value) -> usize {
    1 + match value {
        Value::Array(all) => all.iter().map(places).sum(),
        Value::Object(all) => all.values().map(places).sum::<usize>(),
        _ => 0,
    }
}

fn act(value: &mut Value, mut at: usize, act: &Act) {
    if at == 0 {
        match (act, value) {
            (Act::Put(new), value) => *value = new.clone(),
            (Act::Length(n), Value::Array(all)) => {
                let last = all.last().cloned().unwrap_or(Value::Null);
                all.resize(*n, last);
            }
            (Act::Length(n), Value::Object(all)) => {
                let keys: Vec<String> = all.keys().take(*n).cloned().collect();
                keys.iter().for_each(|k| drop(all.remove(k)));
            }
            (_, value) => *value = Value::Null,
        }
        return;
    }
    at -= 1;
    let inner: Vec<&mut Value> = match value {
        Value::Array(all) => all.iter_mut().collect(),
        Value::Object(all) => all.values_mut().collect(),
        _ => Vec::new(),
    };
    for one in inner {
        let n = places(one);
        if at < n {
            return self::act(one, at, act);
        }
        at -= n;
    }
}

/// A tree after changes.
fn changed(value: &Value, changes: &[Change]) -> Value {
    let mut value = value.clone();
    for (at, what) in changes {
        let n = places(&value);
        act(&mut value, (at * n as f64) as usize, what);
    }
    value
}

/// Overwritten bytes: where (as a fraction), what, and whether the file ends there.
type Cut = (f64, u8, bool);

fn cuts() -> impl Strategy<Value = Vec<Cut>> {
    let cut = (0.0..1.0f64, any::<u8>(), prop::bool::weighted(0.15));
    prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(cut, 1..4)]
}

fn cut(mut bytes: Vec<u8>, cuts: &[Cut]) -> Vec<u8> {
    for (at, value, ends) in cuts {
        let place = (at * bytes.len() as f64) as usize;
        if *ends {
            bytes.truncate(place);
        } else if let Some(byte) = bytes.get_mut(place) {
            *byte = *value;
        }
    }
    bytes
}

/// A safetensors file in parts: its header, its metadata under a key, and its data.
struct Opened {
    head: Value,
    card: Value,
    key: String,
    data: Vec<u8>,
}

impl Opened {
    fn of(bytes: &[u8], key: &str) -> Self {
        let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        let head: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
        let card = serde_json::from_str(head["__metadata__"][key].as_str().unwrap()).unwrap();
        Self { head, card, key: key.into(), data: bytes[8 + length..].to_vec() }
    }

    /// The file with changed header and metadata.
    fn changed(&self, head: &[Change], card: &[Change]) -> Vec<u8> {
        let mut whole = self.head.clone();
        whole["__metadata__"][&self.key] = Value::String(changed(&self.card, card).to_string());
        let text = changed(&whole, head).to_string();
        [&(text.len() as u64).to_le_bytes(), text.as_bytes(), &self.data].concat()
    }
}
