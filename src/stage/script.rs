//! Scripted keys and mouse from a line of text, for automated tests: `tab@30 down:0.5,0.5@40 up@60 f1@70`.
//!
//! Each word is `WHAT@FRAME`, where WHAT is a key's label, `move:X,Y`, `down:X,Y`, `right:X,Y`, `up`, `wheel:N`,
//! `finger:N,X,Y` or `lift:N`; X and Y are fractions of the window. Most keys are released in the same frame;
//! `hold:KEY` is not, until `let:KEY`.

use super::input::{Input, TouchPoint};
use super::labels;

#[derive(Clone, Copy, Debug, PartialEq)]
enum InputEvent {
    Key(&'static str, bool, bool),
    Move(f32, f32),
    Down(f32, f32),
    Right(f32, f32),
    Up,
    Wheel(f32),
    Touch(u64, f32, f32),
    Lift(u64),
}

/// The events by frame, and the current state of pointer and touch points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    events: Vec<(u64, InputEvent)>,
    pointer: Option<(f32, f32)>,
    left: bool,
    right: bool,
    touch_points: Vec<(u64, f32, f32)>,
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// One sentence about the first invalid word.
    pub fn parse(text: &str) -> Result<Self, String> {
        let events = text.split_whitespace().map(word).collect::<Result<_, _>>()?;
        Ok(Self { events, ..Self::default() })
    }

    /// Adds the events of a frame to its input.
    pub fn act(&mut self, frame: u64, window: (f32, f32), input: &mut Input) {
        for &(_, act) in self.events.iter().filter(|a| a.0 == frame) {
            match act {
                InputEvent::Key(key, down, up) => {
                    input.pressed.extend(down.then_some(key));
                    input.released.extend(up.then_some(key));
                }
                InputEvent::Move(x, y) => self.pointer = Some((x, y)),
                InputEvent::Down(x, y) => (self.pointer, self.left) = (Some((x, y)), true),
                InputEvent::Right(x, y) => (self.pointer, self.right) = (Some((x, y)), true),
                InputEvent::Up => (self.left, self.right) = (false, false),
                InputEvent::Wheel(n) => input.wheel += n,
                InputEvent::Touch(id, x, y) => {
                    self.touch_points.retain(|f| f.0 != id);
                    self.touch_points.push((id, x, y));
                }
                InputEvent::Lift(id) => {
                    self.touch_points.retain(|f| f.0 != id);
                    input.touch_points.push(TouchPoint { id, at: (0.0, 0.0), up: true });
                }
            }
        }
        let place = |x: f32, y: f32| (x * window.0, y * window.1);
        let down = self.touch_points.iter().map(|&(id, x, y)| TouchPoint { id, at: place(x, y), up: false });
        input.touch_points.extend(down);
        if let Some((x, y)) = self.pointer {
            input.pointer = (x * window.0, y * window.1);
            (input.left, input.right) = (self.left, self.right);
        }
    }
}

fn word(word: &str) -> Result<(u64, InputEvent), String> {
    let wrong = || format!("`{word}` is not a script event; expected KEY@FRAME, down:X,Y@FRAME, up@FRAME, …");
    let (what, frame) = word.rsplit_once('@').ok_or_else(wrong)?;
    let frame = frame.parse().map_err(|_| wrong())?;
    let place = |text: &str| -> Option<(f32, f32)> {
        let (x, y) = text.split_once(',')?;
        Some((x.parse().ok()?, y.parse().ok()?))
    };
    let act = match what.split_once(':') {
        Some(("move", at)) => place(at).map(|p| InputEvent::Move(p.0, p.1)),
        Some(("down", at)) => place(at).map(|p| InputEvent::Down(p.0, p.1)),
        Some(("right", at)) => place(at).map(|p| InputEvent::Right(p.0, p.1)),
        Some(("wheel", n)) => n.parse().ok().map(InputEvent::Wheel),
        Some(("finger", at)) => at
            .split_once(',')
            .and_then(|(id, at)| Some((id.parse().ok()?, place(at)?)))
            .map(|(id, (x, y))| InputEvent::Touch(id, x, y)),
        Some(("lift", id)) => id.parse().ok().map(InputEvent::Lift),
        Some(("hold", key)) => labels::find(key).map(|k| InputEvent::Key(k, true, false)),
        Some(("let", key)) => labels::find(key).map(|k| InputEvent::Key(k, false, true)),
        // The arrow key has the same label.
        _ if what == "up" => Some(InputEvent::Up),
        _ => labels::find(what).map(|k| InputEvent::Key(k, true, true)),
    };
    Ok((frame, act.ok_or_else(wrong)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_presses_keys_and_holds_the_mouse() {
        let mut script = Script::parse("tab@2 down:0.5,0.25@3 up@5 wheel:-2@5 f2@2").unwrap();
        let frames: Vec<Input> = (0..7)
            .map(|i| {
                let mut input = Input::default();
                script.act(i, (200.0, 100.0), &mut input);
                input
            })
            .collect();
        assert_eq!(frames[2].pressed, ["Tab", "F2"]);
        assert_eq!(
            frames.iter().map(|f| f.left).collect::<Vec<_>>(),
            [false, false, false, true, true, false, false]
        );
        assert_eq!((frames[4].pointer, frames[5].wheel), ((100.0, 25.0), -2.0));
    }

    #[test]
    fn touch_points_stay_until_lifted_and_keys_can_be_held() {
        let mut script =
            Script::parse("finger:7,0.5,0.5@1 finger:8,0.25,0@2 lift:7@3 hold:q@1 let:q@3").unwrap();
        let mut ids = Vec::new();
        for frame in 0..5 {
            let mut input = Input::default();
            script.act(frame, (100.0, 100.0), &mut input);
            ids.push(input.touch_points.iter().map(|f| (f.id, f.up)).collect::<Vec<_>>());
            assert_eq!(
                (input.pressed.len(), input.released.len()),
                ((frame == 1) as usize, (frame == 3) as usize)
            );
        }
        let (a, b) = ((7, false), (8, false));
        assert_eq!(ids, [vec![], vec![a], vec![a, b], vec![(7, true), b], vec![b]]);
    }

    #[test]
    fn invalid_events_are_named() {
        for bad in ["tab", "tab@x", "hop@3", "down:1@3", "wheel:a@1", "finger:1@2", "hold:hop@1"] {
            assert!(Script::parse(bad).unwrap_err().contains(bad), "{bad}");
        }
    }
}
