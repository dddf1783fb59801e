//! How the show feels, as plain JSON: for health pages, for whoever watches an installation from afar, for long runs.

use serde_json::{Value, json};

use super::{Hub, TICK_BOUNDS, Times};

/// Times as the page and other programs want them.
fn times(times: &Times) -> Value {
    json!({
        "bounds_ms": TICK_BOUNDS,
        "counts": times.bars(),
        "count": times.count(),
        "median_ms": times.quantile(0.5),
        "p99_ms": times.quantile(0.99),
        "p999_ms": times.quantile(0.999),
        "longest_ms": times.longest(),
    })
}

/// Frame and tick times, drops, memory, devices, what went wrong last.
pub fn health(hub: &Hub) -> Value {
    let state = hub.state();
    let (face, health) = (&state.face, &state.health);
    let devices: Vec<Value> = state
        .devices
        .iter()
        .map(|d| json!({"what": d.what, "name": d.name, "fine": d.fine, "word": d.word}))
        .collect();
    let record = state
        .record
        .as_ref()
        .map(|r| json!({"path": r.path, "frames": r.frames, "dropped": r.dropped, "problem": r.problem}));
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "seconds": health.seconds,
        "scene": face.scenes.get(face.scene),
        "seed": face.seed,
        "tick": state.tick,
        "paused": state.paused,
        "locked": state.locked,
        "closed": state.closed,
        "ticks": times(&health.ticks),
        "frames": times(&hub.frames()),
        "longest_tick_of_last_minute_ms": health.longest,
        "silent_for_s": hub.silent_for(),
        "memory_bytes": super::health::memory(),
        "restarts": health.restarts,
        "last_error": health.last_error,
        "problems": state.problems,
        "devices": devices,
        "record": record,
        "limiter": {"on": state.limiter.on, "acting": state.limiter.acting, "held": state.limiter.held},
        "locked_out": hub.lock().refused(),
        "sound_lost": hub.sound_lost(),
        "verdicts": state.verdict.as_ref().map(|v| json!({"rate": v.rate, "age": v.age})),
        "tape": state.tape,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::{DeviceState, State};

    #[test]
    fn a_show_that_has_said_nothing_yet_has_a_report_too() {
        let (hub, _inbox) = Hub::new();
        hub.drew(Some(16.0), true, false);
        let empty = health(&hub);
        assert_eq!((&empty["scene"], &empty["frames"]["count"]), (&Value::Null, &json!(1)));
        let device = DeviceState { what: "midi", name: "nano".into(), fine: false, word: "gone".into() };
        hub.publish(State { tick: 7, devices: vec![device], ..State::default() });
        let full = health(&hub);
        assert_eq!((&full["tick"], &full["devices"][0]["fine"]), (&json!(7), &json!(false)));
        assert!(full["memory_bytes"].as_u64().is_some_and(|m| m > 0 || !cfg!(target_os = "linux")));
    }
}
