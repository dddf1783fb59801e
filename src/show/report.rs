//! Health metrics as plain JSON: for the health page, for remote monitoring of an installation, for soak tests.

use serde_json::{Value, json};

use super::{DeviceState, Hub, RecordState, TICK_BOUNDS, TimeHistogram};

/// Statistics of a histogram; its bars are listed separately.
fn figures(times: &TimeHistogram) -> Value {
    json!({
        "count": times.count(),
        "median_ms": short(times.quantile(0.5)),
        "p99_ms": short(times.quantile(0.99)),
        "p999_ms": short(times.quantile(0.999)),
        "longest_ms": short(times.longest()),
    })
}

/// Rounds to three decimal places.
fn short(v: f32) -> f64 {
    (v as f64 * 1e3).round() / 1e3
}

/// Frame and tick times, drops, memory, devices, the last error. A hang is visible: nothing here waits for the show
/// thread.
pub fn health(hub: &Hub) -> Value {
    let (state, stage, frames) = (hub.state(), hub.stage(), hub.frames());
    let (description, health) = (&state.description, &state.health);
    let devices = state.devices.iter().map(device).collect::<Vec<_>>();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "seconds": health.seconds,
        "scene": description.scenes.get(description.scene),
        // As a text: a page's numbers hold 53 bits.
        "seed": state.seed.to_string(),
        "size": [description.size.0, description.size.1],
        "tick": state.tick,
        "tick_ms": short(state.tick_ms),
        "paused": state.paused,
        "locked": state.locked,
        "locked_out": hub.lock().rejected(),
        // Commands rejected because the queue was full.
        "refused": hub.rejected(),
        // Rejected messages.
        "osc": port(hub, "osc"),
        "tuio": port(hub, "tuio"),
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

fn port(hub: &Hub, name: &str) -> Option<Value> {
    hub.rejected_at(name).map(|(rejected, last)| json!({ "refused": rejected, "last": last }))
}

/// A recording in progress.
pub fn record(r: &RecordState) -> Value {
    json!({ "path": r.path, "frames": r.frames, "dropped": r.dropped, "problem": r.problem })
}

fn device(d: &DeviceState) -> Value {
    json!({ "what": d.what, "name": d.name, "fine": d.fine, "word": d.word })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ShowState;

    #[test]
    fn a_show_without_a_state_has_a_report_too() {
        let (hub, _inbox) = Hub::new();
        hub.drew(Some(16.0), true, false);
        let empty = health(&hub);
        assert_eq!((&empty["scene"], &empty["frame_times"]["count"]), (&Value::Null, &json!(1)));
        let device = DeviceState { what: "midi", name: "nano".into(), fine: false, word: "gone".into() };
        hub.publish(ShowState { tick: 7, devices: vec![device], ..ShowState::default() });
        let full = health(&hub);
        assert_eq!((&full["tick"], &full["devices"][0]["fine"]), (&json!(7), &json!(false)));
        assert!(full["memory"].as_u64().is_some_and(|m| m > 0 || !cfg!(target_os = "linux")));
    }

    #[test]
    fn a_report_holds_every_figure_of_the_show() {
        let (hub, _inbox) = Hub::new();
        let mut ticks = TimeHistogram::default();
        [0.5, 0.5, 3.0, 20.0].into_iter().for_each(|t| ticks.add(t));
        [5.0, 5.0, 40.0].into_iter().for_each(|t| hub.drew(Some(t), true, false));
        let device = DeviceState { what: "midi", name: "nano".into(), fine: true, word: "plays".into() };
        let record = RecordState {
            path: "a.mp4".into(),
            frames: 7,
            dropped: 2,
            problem: Some("the disk is full".into()),
        };
        (0..crate::command_queue::FULL + 3).for_each(|_| hub.send(crate::Command::Undo));
        let limiter = crate::LimiterState { on: true, acting: true, held: 9 };
        hub.report(crate::StageState { record: Some(record), limiter });
        hub.report_rejected("osc", 2, Some("unknown address /nosuch/knob".into()));
        hub.lock().lock(&[]);
        hub.lock().allows("a.b");
        hub.publish(ShowState {
            description: std::sync::Arc::new(crate::SceneDescription {
                scenes: vec!["dawn".into(), "dusk".into()],
                scene: 1,
                size: (640, 360),
                ..Default::default()
            }),
            tick: 7,
            seed: u64::MAX,
            tick_ms: 1.23456,
            paused: true,
            locked: true,
            closed: true,
            devices: vec![device],
            problems: vec!["line 3".into()],
            tape: Some("t.tape".into()),
            verdict: Some(crate::VerdictState { rate: 12.3456, age: 0.04321, ..Default::default() }),
            health: crate::HealthState {
                seconds: 61.5,
                ticks,
                longest: 20.0,
                restarts: 3,
                last_error: Some("line 3".into()),
                ..Default::default()
            },
            ..ShowState::default()
        });
        let mut report = health(&hub);
        let fields = report.as_object_mut().unwrap();
        assert!(
            fields.remove("memory").unwrap().as_u64().is_some_and(|m| m > 0 || !cfg!(target_os = "linux"))
        );
        assert!((0.0..600.0).contains(&fields.remove("silent_for").unwrap().as_f64().unwrap()));
        let bars = |counts: [(usize, u64); 3]| {
            let mut all = [0; TICK_BOUNDS.len() + 1];
            counts.into_iter().for_each(|(i, n)| all[i] = n);
            all
        };
        assert_eq!(
            report,
            json!({
                "version": env!("CARGO_PKG_VERSION"),
                "seconds": 61.5,
                "scene": "dusk",
                "seed": "18446744073709551615",
                "size": [640, 360],
                "tick": 7,
                "tick_ms": 1.235,
                "paused": true,
                "locked": true,
                "locked_out": 1,
                "refused": 3,
                "osc": { "refused": 2, "last": "unknown address /nosuch/knob" },
                "tuio": null,
                "closed": true,
                "bounds": [1.0, 2.0, 4.0, 8.0, 12.0, 16.7, 25.0, 50.0, 100.0],
                "ticks": bars([(0, 2), (2, 1), (6, 1)]),
                // The upper bound of an eighth of an octave, and none above the longest.
                "tick_times": { "count": 4, "median_ms": 0.5, "p99_ms": 20.0, "p999_ms": 20.0, "longest_ms": 20.0 },
                "frames": bars([(3, 2), (7, 1), (9, 0)]),
                "frame_times": { "count": 3, "median_ms": 5.187, "p99_ms": 40.0, "p999_ms": 40.0, "longest_ms": 40.0 },
                "longest": 20.0,
                "longest_frame": 40.0,
                "restarts": 3,
                "last_error": "line 3",
                "problems": ["line 3"],
                "devices": [{ "what": "midi", "name": "nano", "fine": true, "word": "plays" }],
                "record": { "path": "a.mp4", "frames": 7, "dropped": 2, "problem": "the disk is full" },
                "sound_lost": 0,
                "limiter": { "on": true, "acting": true, "held": 9 },
                "verdicts": { "rate": 12.346, "age": 0.043 },
                "tape": "t.tape",
            })
        );
    }
}
