//! Gamepads: sticks, triggers and buttons are controls like those of a MIDI controller, mapped in the same control map
//! under the gamepad's name; each is also a signal for links, such as `pad.left_x` and `pad.south`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use gilrs::{Axis, Button, EventType, Gilrs};

use super::surface::SharedSurface;
use super::surface::map::{AXES, BUTTONS, ControlSource};
use show::{Command, DeviceState, Worker};
use world::tape::Event;

/// Longest wait for an event, after which the thread checks whether to end.
const POLL: Duration = Duration::from_millis(100);

/// Reads gamepads until it is dropped; they are recognised by name when they are plugged in again.
pub struct Pads {
    _worker: Worker,
}

impl Pads {
    /// Reads all gamepads.
    ///
    /// # Errors
    /// The system's error.
    pub fn open(surface: SharedSurface) -> std::io::Result<Self> {
        Ok(Self { _worker: Worker::start("pads", move |end| run(&surface, end))? })
    }
}

fn run(surface: &SharedSurface, ending: &AtomicBool) {
    let hub = surface.hub();
    let mut pads = match Gilrs::new() {
        Ok(pads) => pads,
        Err(e) => {
            let word = format!("gamepads cannot be read: {e}");
            let state = DeviceState { what: "pad", name: "gamepads".into(), fine: false, word };
            return hub.report_devices("pad", vec![state]);
        }
    };
    let mut known: BTreeMap<usize, (String, bool)> =
        pads.gamepads().map(|(id, pad)| (id.into(), (pad.name().to_string(), true))).collect();
    report(surface, &known);
    while !ending.load(Relaxed) && !hub.is_closing() {
        let Some(event) = pads.next_event_blocking(Some(POLL)) else { continue };
        let name = pads.gamepad(event.id).name().to_string();
        match event.event {
            EventType::Connected | EventType::Disconnected => {
                known.insert(event.id.into(), (name, event.event == EventType::Connected));
                report(surface, &known);
            }
            EventType::AxisChanged(axis, value, _) => {
                // −1 (left, bottom) to 1, normalised to 0..1.
                axis_of(axis).into_iter().for_each(|s| moved(surface, &name, s, (value as f64 + 1.0) / 2.0));
            }
            EventType::ButtonChanged(button, value, _) => pressure(surface, &name, button, value as f64),
            EventType::ButtonPressed(button, _) => {
                button_of(button).into_iter().for_each(|s| moved(surface, &name, s, 1.0));
            }
            EventType::ButtonReleased(button, _) => {
                button_of(button).into_iter().for_each(|s| moved(surface, &name, s, 0.0));
            }
            _ => {}
        }
    }
}

/// Analogue triggers are axes too.
fn pressure(surface: &SharedSurface, name: &str, button: Button, value: f64) {
    let axis = match button {
        Button::LeftTrigger2 => 4,
        Button::RightTrigger2 => 5,
        _ => return,
    };
    moved(surface, name, ControlSource::Axis(axis), value);
}

fn moved(surface: &SharedSurface, name: &str, source: ControlSource, travel: f64) {
    let control = match source {
        ControlSource::Axis(n) => AXES.get(n as usize),
        ControlSource::Button(n) => BUTTONS.get(n as usize),
        _ => None,
    };
    if let Some(control) = control {
        surface.hub().send(Command::Event(Event::Signal(format!("pad.{control}"), travel)));
        surface.control(name.into(), source, travel, (travel * 127.0) as i16);
    }
}

fn report(surface: &SharedSurface, known: &BTreeMap<usize, (String, bool)>) {
    let state = |(name, here): &(String, bool)| {
        let word = if *here { "plugged in" } else { "unplugged; its mappings are kept" };
        DeviceState { what: "pad", name: name.clone(), fine: *here, word: word.into() }
    };
    surface.hub().report_devices("pad", known.values().map(state).collect());
}

fn axis_of(axis: Axis) -> Option<ControlSource> {
    let all = [
        Axis::LeftStickX,
        Axis::LeftStickY,
        Axis::RightStickX,
        Axis::RightStickY,
        Axis::LeftZ,
        Axis::RightZ,
        Axis::DPadX,
        Axis::DPadY,
    ];
    all.iter().position(|a| *a == axis).map(|n| ControlSource::Axis(n as u8))
}

fn button_of(button: Button) -> Option<ControlSource> {
    let all = [
        Button::South,
        Button::East,
        Button::North,
        Button::West,
        Button::LeftTrigger,
        Button::RightTrigger,
        Button::LeftTrigger2,
        Button::RightTrigger2,
        Button::Select,
        Button::Start,
        Button::Mode,
        Button::LeftThumb,
        Button::RightThumb,
        Button::DPadUp,
        Button::DPadDown,
        Button::DPadLeft,
        Button::DPadRight,
    ];
    all.iter().position(|b| *b == button).map(|n| ControlSource::Button(n as u8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use crate::surface::{Surface, map::ControlMap};
    use show::{CueTarget, MappingControl};

    #[test]
    fn every_control_of_a_gamepad_has_a_name_in_the_map() {
        assert_eq!(axis_of(Axis::RightStickY).map(ControlSource::short).as_deref(), Some("right_y"));
        assert_eq!(button_of(Button::DPadRight).map(ControlSource::short).as_deref(), Some("button right"));
        assert_eq!(button_of(Button::South), Some(ControlSource::Button(0)));
        assert!(axis_of(Axis::Unknown).is_none() && button_of(Button::C).is_none());
    }

    #[test]
    fn a_gamepad_button_is_learnt_for_a_cue() {
        let (hub, inbox) = sample::hub();
        let (surface, _thread) = SharedSurface::open(Surface::new(ControlMap::default(), None), hub);
        surface.arm(Some("cue.1".into()));
        moved(&surface, "Xbox", ControlSource::Button(0), 1.0);
        surface.settle();
        assert_eq!(surface.state().moved, [("cue.1".to_string(), "button south · Xbox".to_string())]);
        moved(&surface, "Xbox", ControlSource::Button(0), 0.0);
        moved(&surface, "Xbox", ControlSource::Button(0), 1.0);
        surface.settle();
        let cues = inbox.try_iter().filter(|c| *c == Command::Cue(CueTarget::To(1))).count();
        assert_eq!(cues, 1);
        surface.arm(Some("gas.inflow".into()));
        (0..=10).for_each(|i| moved(&surface, "Xbox", ControlSource::Axis(0), 0.5 + i as f64 / 40.0));
        surface.settle();
        assert!(surface.state().news.1.contains("left_x now moves gas.inflow"));
    }
}
