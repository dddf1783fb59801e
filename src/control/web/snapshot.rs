//! The state of the show in named parts, so that a client is sent only those that differ from what it was sent last.
//! Built once for all clients, at most fifteen times a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::jpeg::jpeg;
use super::taste::{self, PairCache};
use super::{comparison, description};
use crate::address::{AddressKind, AddressTarget, list};
use show::{Hub, SceneDescription, ShowState, VerdictState, report};

/// Interval of snapshots.
pub const EVERY: Duration = Duration::from_millis(66);
/// Interval of health reports.
const HEALTH: Duration = Duration::from_secs(1);
/// Parts whose entries are compared one by one: values by address, and readouts.
const BY_NAME: &[&str] = &["set", "now", "read"];
/// Seconds without a heartbeat after which the show is reported as stalled.
const STILL: f32 = 1.0;

/// The state at one moment.
#[derive(Clone, Default)]
pub struct Snapshot {
    /// Increases with each snapshot.
    pub number: u64,
    /// Increases when the scene description changes.
    pub description_number: u64,
    /// The scene description as a message.
    pub description: Arc<str>,
    /// The parts.
    pub parts: Map<String, Value>,
    /// Phase within the beat, sent only along with a change of the tempo part.
    pub phase: f64,
}

/// Builds snapshots for all clients.
pub struct SnapshotCache {
    snapshot: Arc<Snapshot>,
    made: Option<Instant>,
    description: Arc<SceneDescription>,
    places: Vec<(String, AddressTarget)>,
    health: (Option<Instant>, Value),
    pair: PairCache,
}

impl Default for SnapshotCache {
    fn default() -> Self {
        let (description, health) = (Arc::default(), (None, Value::Null));
        let (snapshot, pair) = (Arc::default(), PairCache::default());
        Self { snapshot, made: None, description, places: Vec::new(), health, pair }
    }
}

impl SnapshotCache {
    /// The newest snapshot, rebuilt if the last is old enough.
    pub fn latest(&mut self, hub: &Hub, clients: usize) -> Arc<Snapshot> {
        if self.made.is_some_and(|m| m.elapsed() < EVERY) {
            return self.snapshot.clone();
        }
        let state = hub.state();
        let mut next = Snapshot {
            number: self.snapshot.number + 1,
            description_number: self.snapshot.description_number,
            description: self.snapshot.description.clone(),
            parts: Map::new(),
            phase: state.tempo.phase,
        };
        if self.made.is_none() || !Arc::ptr_eq(&self.description, &state.description) {
            self.description = state.description.clone();
            let named = |a: crate::address::AddressInfo| {
                AddressTarget::find(&state.description, &a.name).map(|place| (a.name, place))
            };
            let has_value = |p: &(String, AddressTarget)| p.1.kind() != AddressKind::Trigger;
            self.places = list(&state.description).into_iter().filter_map(named).filter(has_value).collect();
            next.description_number += 1;
            next.description = json!({ "face": description::json(&state.description) }).to_string().into();
        }
        if self.health.0.is_none_or(|at| at.elapsed() >= HEALTH) {
            self.health = (Some(Instant::now()), report::health(hub));
        }
        next.parts = parts(&state, hub, &self.places);
        next.parts.insert("clients".into(), clients.into());
        next.parts.insert("pair".into(), self.pair.latest(&state));
        next.parts.insert("health".into(), self.health.1.clone());
        (self.made, self.snapshot) = (Some(Instant::now()), Arc::new(next));
        self.snapshot.clone()
    }
}

fn parts(state: &ShowState, hub: &Hub, places: &[(String, AddressTarget)]) -> Map<String, Value> {
    let (mut set, mut now) = (Map::new(), Map::new());
    for (name, place) in places {
        let (base, effective) = (place.value(state, hub.master()), place.now(state, hub.master()));
        set.insert(name.clone(), base.map_or(Value::Null, short));
        if effective != base {
            now.insert(name.clone(), effective.map_or(Value::Null, short));
        }
    }
    let stage = hub.stage();
    let still = hub.silent_for();
    let verdict = state.verdict.as_ref().map(verdict);
    let links: Vec<Value> = state.links.iter().map(|l| json!([rounded(l.level), l.active as u8])).collect();
    let tempo =
        json!({ "bpm": short(state.tempo.bpm), "beat": state.tempo.beat, "source": state.tempo.source });
    let cue = &state.cue;
    let all = json!({
        // As a string: numbers in JavaScript hold 53 bits.
        "seed": state.seed.to_string(),
        "set": set,
        "now": now,
        "read": readouts(state),
        "links": links,
        "tempo": tempo,
        "cue": { "now": cue.now, "next": cue.next, "waits_for": cue.waits_for, "seconds": cue.seconds as u64 },
        "verdict": verdict,
        "looking": state.looking,
        "transition": state.transition.map(|t| rounded(t as f64)),
        "limiter": { "on": stage.limiter.on, "acting": stage.limiter.acting, "held": stage.limiter.held },
        "record": stage.record.as_ref().map(report::record),
        "problems": state.problems,
        "notice": state.notice,
        "sides": state.sides.len(),
        "versus": comparison::versus(state),
        "vote": comparison::vote(state),
        "taste": taste::learned(state),
        "messages": state.messages,
        "heard": state.heard.iter().map(|(n, v)| (n.clone(), rounded(*v))).collect::<Map<_, _>>(),
        "undo": [state.undo.0, state.undo.1],
        "kept": state.kept,
        "closed": state.closed,
        "locked": state.locked,
        "still": if still > STILL { (still as u64).into() } else { Value::Null },
    });
    match all {
        Value::Object(all) => all,
        _ => Map::new(),
    }
}

fn verdict(v: &VerdictState) -> Value {
    let top: Vec<Value> = v.top.iter().take(3).map(|(n, p)| json!([n, rounded(*p as f64)])).collect();
    json!({
        "top": top, "confidence": rounded(v.confidence as f64), "unsure": v.unsure,
        "novelty": rounded(v.novelty as f64), "age": v.age.clamp(0.0, 1e6) as u64,
    })
}

fn readouts(state: &ShowState) -> Map<String, Value> {
    let nodes = state.description.nodes.iter().zip(&state.nodes);
    let each = nodes.flat_map(|(description, node)| {
        let named = description.kind.readouts.iter().zip(&node.readouts);
        named.map(|(r, v)| (format!("{}.{}", description.name, r.name), short(*v as f64)))
    });
    each.collect()
}

/// Six significant digits: more cannot be seen, and unchanged values are not sent.
fn short(v: f64) -> Value {
    if v.fract() == 0.0 {
        return v.into();
    }
    format!("{v:.5e}").parse::<f64>().map_or(Value::Null, Value::from)
}

/// Two decimals, for bars.
fn rounded(v: f64) -> Value {
    ((v * 100.0).round() / 100.0).into()
}

/// The parts that differ from what was sent last; `None` if none does.
pub fn delta(last: &Map<String, Value>, next: &Snapshot) -> Option<Map<String, Value>> {
    let mut out = Map::new();
    for (name, value) in &next.parts {
        let old = last.get(name);
        if old == Some(value) {
            continue;
        }
        let changed = match (BY_NAME.contains(&name.as_str()), old, value) {
            (true, Some(Value::Object(old)), Value::Object(new)) => entries(old, new),
            _ => value.clone(),
        };
        out.insert(name.clone(), changed);
    }
    if out.contains_key("tempo") {
        out.insert("phase".into(), rounded(next.phase));
    }
    (!out.is_empty()).then_some(out)
}

/// New and changed entries, and null for those that are gone.
fn entries(old: &Map<String, Value>, new: &Map<String, Value>) -> Value {
    let changed = new.iter().filter(|(k, v)| old.get(*k) != Some(*v)).map(|(k, v)| (k.clone(), v.clone()));
    let gone = old.keys().filter(|k| !new.contains_key(*k)).map(|k| (k.clone(), Value::Null));
    Value::Object(changed.chain(gone).collect())
}

/// The newest preview as JPEG, encoded once for all clients.
#[derive(Default)]
pub struct PreviewCache {
    number: u64,
    jpeg: Vec<u8>,
}

impl PreviewCache {
    /// The newest picture and its number; 0 while there is none.
    pub fn latest(&mut self, hub: &Hub) -> (u64, &[u8]) {
        let preview = hub.preview();
        if preview.number != self.number {
            self.number = preview.number;
            self.jpeg = jpeg(&preview.rgb, preview.width, preview.height).unwrap_or_default();
        }
        (if self.jpeg.is_empty() { 0 } else { self.number }, &self.jpeg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn only_changes_are_sent_and_deltas_add_up() {
        let (hub, _inbox) = sample::hub();
        let mut snapshots = SnapshotCache::default();
        let first = snapshots.latest(&hub, 1);
        let whole = delta(&Map::new(), &first).unwrap();
        assert_eq!(whole["set"]["gas.inflow"], json!(2.0));
        assert_eq!(whole["set"]["master.blackout"], json!(0.0));
        assert!(delta(&first.parts, &first).is_none());
        assert!(first.description.contains("cells/s") && first.description.contains("\"log\":true"));

        let mut state = sample::state();
        state.description = hub.state().description.clone();
        (state.nodes[0].set[0], state.nodes[0].now[1], state.tempo.bpm) = (1.0 / 3.0, 20.0, 120.0);
        hub.publish(state);
        hub.master().blackout(true);
        std::thread::sleep(EVERY);
        let second = snapshots.latest(&hub, 1);
        assert_eq!(second.description_number, first.description_number);
        let changed = delta(&first.parts, &second).unwrap();
        assert_eq!(
            changed["set"],
            json!({ "gas.inflow": 0.333333, "master.blackout": 1.0, "tempo.bpm": 120.0 })
        );
        assert_eq!(changed["now"], json!({ "gas.inflow": 2.0, "gas.reach": 20.0 }));
        assert_eq!(changed["phase"], json!(0.0));

        hub.publish(sample::state());
        std::thread::sleep(EVERY);
        let third = snapshots.latest(&hub, 1);
        assert_eq!(third.description_number, first.description_number + 1, "another description");
        assert_eq!(delta(&second.parts, &third).unwrap()["now"]["gas.reach"], Value::Null);
    }

    #[test]
    fn numbers_are_short_and_non_finite_ones_are_null() {
        assert_eq!(short(0.123456789), json!(0.123457));
        assert_eq!(
            [short(f64::NAN), short(f64::INFINITY), rounded(f64::NAN)],
            [json!(null), json!(null), json!(null)]
        );
    }
}
