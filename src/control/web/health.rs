//! How the show feels, as JSON: for the page, and for whatever watches over an installation.

use serde_json::{Value, json};

use crate::show::{Hub, TICK_BOUNDS};

/// Everything that the health page shows. What hangs is seen: nothing here waits for the show's thread.
pub fn json(hub: &Hub) -> Value {
    let (state, stage) = (hub.state(), hub.stage());
    let (face, health) = (&state.face, &state.health);
    let devices: Vec<Value> = state.devices.iter().map(device).collect();
    let record = stage
        .record
        .as_ref()
        .map(|r| json!({ "path": r.path, "frames": r.frames, "dropped": r.dropped, "problem": r.problem }));
    let limiter = &stage.limiter;
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "seconds": health.seconds,
        "scene": face.scenes.get(face.scene),
        "seed": face.seed.to_string(),
        "size": [face.size.0, face.size.1],
        "tick": state.tick,
        "tick_ms": short(state.tick_ms),
        "bounds": TICK_BOUNDS.map(short),
        "ticks": health.ticks,
        "longest": short(health.longest),
        "memory": health.memory,
        "restarts": health.restarts,
        "last_error": health.last_error,
        "devices": devices,
        "record": record,
        "limiter": { "on": limiter.on, "acting": limiter.acting, "held": limiter.held },
        "silent_for": short(hub.silent_for()),
    })
}

/// Three places after the point.
fn short(v: f32) -> f64 {
    (v as f64 * 1e3).round() / 1e3
}

/// One device.
pub fn device(d: &crate::show::DeviceState) -> Value {
    json!({ "what": d.what, "name": d.name, "fine": d.fine, "word": d.word })
}
