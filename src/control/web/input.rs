//! What a client says, and what is done about it. Pure but for the hub: no socket is known here.

use std::time::{Duration, Instant};

use serde::Deserialize;

use super::token::RateLimiter;
use crate::address::{ControlInput, apply, told};
use crate::touch::REMOTE;
use show::{Command, Hub};
use world::system::{Phase, Touch};
use world::tape::Event;

/// Longest address that is looked up, bytes.
const LONGEST: usize = 120;
/// Fingers of one client.
const FINGERS: usize = 10;
/// Radius of a finger, as a fraction of the world's height.
const RADIUS: f32 = 0.06;
/// A finger that is down tells so often enough; one that says nothing for so long has left unseen.
const REST: Duration = Duration::from_millis(1500);
/// Wrong addresses a second for which the nearest right one is looked up: a person reads no more of them.
const TOLD: f64 = 4.0;

/// What is wrong with a message.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ClientMessageError {
    /// It cannot be read.
    #[error("a message was not understood: {0}")]
    Malformed(String),
    /// It asks for nothing.
    #[error("a message asked for nothing; expected `move`, `touch`, `preview` or `ping`")]
    Nothing,
    /// It names an address and not what to do there.
    #[error("`{0}` was told nothing; expected `travel`, `value` or `press`")]
    NoMove(String),
    /// An address of that length is none.
    #[error("an address of {0} bytes was given, expected at most {LONGEST}")]
    Long(usize),
    /// A touch that is nowhere, or of a finger too many.
    #[error("a touch needs finite `x` and `y`, and an `id` below {FINGERS}")]
    Touch,
    /// The address leads nowhere, or what was asked for cannot be done there.
    #[error("{0}")]
    Address(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientMessage {
    r#move: Option<String>,
    travel: Option<f64>,
    value: Option<f64>,
    press: Option<bool>,
    touch: Option<TouchMessage>,
    preview: Option<bool>,
    ping: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TouchMessage {
    id: usize,
    x: f32,
    y: f32,
    phase: TouchPhase,
    #[serde(default)]
    away: bool,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum TouchPhase {
    Down,
    Move,
    Up,
}

/// What a client is to be sent in return.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClientReply {
    /// Nothing.
    None,
    /// The next preview.
    Preview,
    /// The number that came with a ping.
    Pong(f64),
}

#[derive(Clone, Copy)]
struct TrackedTouch {
    touch: Touch,
    told: Instant,
}

/// One client's hand: where its fingers are.
pub struct ClientInput {
    first: u32,
    fingers: [Option<TrackedTouch>; FINGERS],
    told: RateLimiter,
}

impl ClientInput {
    /// The hand of client number `who`.
    pub fn new(who: u32) -> Self {
        let first = REMOTE + who % 1_000_000 * FINGERS as u32;
        Self { first, fingers: [None; FINGERS], told: RateLimiter::new(TOLD, Instant::now()) }
    }

    /// Does what a message says.
    ///
    /// # Errors
    /// What was wrong with it, for its sender; nothing was done then.
    pub fn take(&mut self, text: &str, hub: &Hub) -> Result<ClientReply, ClientMessageError> {
        let words: ClientMessage =
            serde_json::from_str(text).map_err(|e| ClientMessageError::Malformed(e.to_string()))?;
        if let Some(address) = words.r#move {
            if address.len() > LONGEST {
                return Err(ClientMessageError::Long(address.len()));
            }
            let to = match (words.travel, words.value, words.press) {
                (Some(t), _, _) => ControlInput::Travel(t),
                (_, Some(v), _) => ControlInput::Value(v),
                (_, _, Some(true)) => ControlInput::Press,
                _ => return Err(ClientMessageError::NoMove(address)),
            };
            apply(hub, &address, to).map_err(|e| {
                let read = self.told.allows(Instant::now());
                ClientMessageError::Address(if read {
                    told(&e, &hub.state().description)
                } else {
                    e.to_string()
                })
            })?;
        } else if let Some(touch) = words.touch {
            self.touch(&touch, hub)?;
        } else if words.preview.is_some() {
            return Ok(if words.preview == Some(true) { ClientReply::Preview } else { ClientReply::None });
        } else {
            return words.ping.map(ClientReply::Pong).ok_or(ClientMessageError::Nothing);
        }
        Ok(ClientReply::None)
    }

    /// A finger that was never put down is not moved; one that is put down twice goes on.
    fn touch(&mut self, told: &TouchMessage, hub: &Hub) -> Result<(), ClientMessageError> {
        let slot = self.fingers.get_mut(told.id).ok_or(ClientMessageError::Touch)?;
        if !(told.x.is_finite() && told.y.is_finite()) {
            return Err(ClientMessageError::Touch);
        }
        let (x, y) = (told.x.clamp(0.0, 1.0), told.y.clamp(0.0, 1.0));
        let phase = match (&slot, told.phase) {
            (None, TouchPhase::Down) => Phase::Down,
            (Some(_), TouchPhase::Up) => Phase::Up,
            (Some(_), _) => Phase::Move,
            (None, _) => return Ok(()),
        };
        let (dx, dy) = slot.map_or((0.0, 0.0), |f| (x - f.touch.x, y - f.touch.y));
        let strength = slot.map_or(if told.away { -1.0 } else { 1.0 }, |f| f.touch.strength);
        let id = self.first + told.id as u32;
        let touch = Touch { id, x, y, dx, dy, radius: RADIUS, strength, phase };
        *slot = (phase != Phase::Up).then(|| TrackedTouch { touch, told: Instant::now() });
        hub.send(Command::Event(Event::Touch(touch)));
        Ok(())
    }

    /// Lifts fingers of which nothing was heard for long.
    pub fn rest(&mut self, hub: &Hub) {
        self.lift(hub, |f| f.told.elapsed() > REST);
    }

    /// Lifts every finger: the client has gone.
    pub fn leave(&mut self, hub: &Hub) {
        self.lift(hub, |_| true);
    }

    fn lift(&mut self, hub: &Hub, which: impl Fn(&TrackedTouch) -> bool) {
        for slot in &mut self.fingers {
            if let Some(finger) = slot.take_if(|f| which(f)) {
                let touch = Touch { phase: Phase::Up, dx: 0.0, dy: 0.0, ..finger.touch };
                hub.send(Command::Event(Event::Touch(touch)));
            }
        }
    }
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod input_tests;
