//! How the show feels, as plain JSON: for health pages, for whoever watches an installation from afar, for long runs.

use serde_json::{Value, json};

use super::{DeviceState, Hub, RecordState, TICK_BOUNDS, Times};

/// Times in figures; the bars stand beside them.
fn figures(times: &Times) -> Value {
    json!({
        "count": times.count(),
        "median_ms": short(times.quantile(0.5)),
        "p99_ms": short(times.quantile(0.99)),
        "p999_ms": short(times.quantile(0.999)),
        "longest_ms": short(times.longest()),
    })
}

/// Three places after the point.
fn short(v: f32) -> f64 {
    (v as f64 * 1e3).round() / 1e3
}

/// Frame and tick times, drops, memory, devices, what went wrong last. What hangs is seen: nothing here waits for the
/// show's thread.
pub fn health(hub: &Hub) -> Value {
    let (state, stage, frames) = (hub.state(), hub.stage(), hub.frames());
    let (face, health) = (&state.face, &state.health);
    let devices = state.devices.iter().map(device).collect::<Vec<_>>();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "seconds": health.seconds,
        "scene": face.scenes.get(face.scene),
        // As a text: a page's numbers hold 53 bits.
        "seed": state.seed.to_string(),
        "size": [face.size.0, face.size.1],
        "tick": state.tick,
        "tick_ms": short(state.tick_ms),
        "paused": state.paused,
        "locked": state.locked,
        "locked_out": hub.lock().refused(),
        "closed": state.closed,
        "bounds": TICK_BOUNDS.map(short),
        "ticks": health.ticks.bars(),
        "tick_times": figures(&health.ticks),
        "frames": frames.bars(),
        "frame_times": figures(&frames),
        "longest": short(health.longest),
        "longest_frame": short(frames.longest()),
        "silent_for": short(hub.silent_for()),
        "memory": super::health::memory(),
        "restarts": health.restarts,
        "last_error": health.last_error,
        "problems": state.problems,
        "devices": devices,
        "record": stage.record.as_ref().map(record),
        "sound_lost": hub.sound_lost(),
        "limiter": { "on": stage.limiter.on, "acting": stage.limiter.acting, "held": stage.limiter.held },
        "verdicts": state.verdict.as_ref().map(|v| json!({ "rate": short(v.rate), "age": short(v.age) })),
        "tape": state.tape,
    })
}

/// A film on its way.
pub fn record(r: &RecordState) -> Value {
    json!({ "path": r.path, "frames": r.frames, "dropped": r.dropped, "problem": r.problem })
}

fn device(d: &DeviceState) -> Value {
    json!({ "what": d.what, "name": d.name, "fine": d.fine, "word": d.word })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::State;

    #[test]
    fn a_show_that_has_said_nothing_yet_has_a_report_too() {
        let (hub, _inbox) = Hub::new();
        hub.drew(Some(16.0), true, false);
        let empty = health(&hub);
        assert_eq!((&empty["scene"], &empty["frame_times"]["count"]), (&Value::Null, &json!(1)));
        let device = DeviceState { what: "midi", name: "nano".into(), fine: false, word: "gone".into() };
        hub.publish(State { tick: 7, devices: vec![device], ..State::default() });
        let full = health(&hub);
        assert_eq!((&full["tick"], &full["devices"][0]["fine"]), (&json!(7), &json!(false)));
        assert!(full["memory"].as_u64().is_some_and(|m| m > 0 || !cfg!(target_os = "linux")));
    }
}
