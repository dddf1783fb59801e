//! Messages of clients, and their effect. It needs the hub, and no socket.

use std::time::{Duration, Instant};

use serde::Deserialize;

use super::token::RateLimiter;
use super::voter::voter;
use crate::address::{AddressError, ControlAction, ControlInput, act, apply, with_hint};
use crate::touch::REMOTE;
use show::{Command, Hub, TasteCommand, VoteCommand};
use world::system::{Phase, Touch};
use world::tape::Event;
use world::votes::{VoteSide, Voter};

/// Longest address that is looked up, bytes.
const LONGEST: usize = 120;
/// Most touches of one client.
const FINGERS: usize = 10;
/// Radius of a touch, as a fraction of the world's height.
const RADIUS: f32 = 0.06;
/// Timeout of a touch: pages repeat those that are down more often than this.
const TIMEOUT: Duration = Duration::from_millis(1500);
/// Rate limit of hints for unknown addresses, per second: a person reads no more of them.
const HINTS: f64 = 4.0;

/// Whether an input is a vote: as a move of its address it would be that of the keyboard, or of any number that a page
/// cares to send.
fn is_vote(hub: &Hub, address: &str, to: ControlInput) -> bool {
    let action = act(hub, address, to);
    let Ok(Some(ControlAction::Send(command))) = action else { return false };
    matches!(command, Command::Vote(VoteCommand::Cast(..)) | Command::Taste(TasteCommand::Prefer(..)))
}

/// Sends a vote, unless its address is locked.
fn cast(hub: &Hub, command: Command, address: &str) -> Result<(), ClientMessageError> {
    if !hub.permits(&command) {
        let locked = AddressError::Locked(address.into());
        return Err(ClientMessageError::Address(locked.to_string()));
    }
    hub.send(command);
    Ok(())
}

/// Why a message is rejected.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ClientMessageError {
    /// It cannot be parsed.
    #[error("malformed message: {0}")]
    Malformed(String),
    /// It has no content.
    #[error("empty message; expected `move`, `touch`, `vote`, `taste`, `preview` or `ping`")]
    Empty,
    /// It names an address without an input.
    #[error("`{0}` has no input; expected `travel`, `value` or `press`")]
    NoInput(String),
    /// Its address is too long.
    #[error("an address of {0} bytes was given, expected at most {LONGEST}")]
    TooLong(usize),
    /// A touch without a finite position, or with an id out of range.
    #[error("a touch needs finite `x` and `y`, and an `id` below {FINGERS}")]
    Touch,
    /// A vote without the id of its voter, or as a move of its address.
    #[error(
        "a vote is sent as `vote` or `taste`, with a `voter` of 8 to 64 letters or digits, the same for as long as the page is connected"
    )]
    Voter,
    /// A vote on two pictures without the number of their pair.
    #[error("`taste` needs the number of its `pair`, as it was sent")]
    Pair,
    /// The address is unknown, or rejects the input.
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
    vote: Option<VoteSide>,
    taste: Option<VoteSide>,
    pair: Option<String>,
    voter: Option<String>,
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

/// The reply to a client.
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
    seen: Instant,
}

/// The input of one client: its touches, and the voter that it speaks for.
pub struct ClientInput {
    first: u32,
    voter: Option<Voter>,
    fingers: [Option<TrackedTouch>; FINGERS],
    hints: RateLimiter,
}

impl ClientInput {
    /// The input of client number `who`.
    pub fn new(who: u32) -> Self {
        let first = REMOTE + who % 1_000_000 * FINGERS as u32;
        let hints = RateLimiter::new(HINTS, Instant::now());
        Self { first, voter: None, fingers: [None; FINGERS], hints }
    }

    /// Handles a message.
    ///
    /// # Errors
    /// Why it was rejected, for its sender; it then has no effect.
    pub fn take(&mut self, text: &str, hub: &Hub) -> Result<ClientReply, ClientMessageError> {
        let message: ClientMessage =
            serde_json::from_str(text).map_err(|e| ClientMessageError::Malformed(e.to_string()))?;
        if let Some(address) = message.r#move {
            if address.len() > LONGEST {
                return Err(ClientMessageError::TooLong(address.len()));
            }
            let to = match (message.travel, message.value, message.press) {
                (Some(t), _, _) => ControlInput::Travel(t),
                (_, Some(v), _) => ControlInput::Value(v),
                (_, _, Some(true)) => ControlInput::Press,
                _ => return Err(ClientMessageError::NoInput(address)),
            };
            if is_vote(hub, &address, to) {
                return Err(ClientMessageError::Voter);
            }
            apply(hub, &address, to).map_err(|e| {
                let hint = self.hints.allows(Instant::now());
                ClientMessageError::Address(if hint {
                    with_hint(&e, &hub.state().description)
                } else {
                    e.to_string()
                })
            })?;
        } else if let Some(touch) = message.touch {
            self.touch(&touch, hub)?;
        } else if let Some(side) = message.vote {
            let named = self.voter(message.voter.as_deref())?;
            cast(hub, Command::Vote(VoteCommand::Cast(side, named)), &format!("vote.{}", side.word()))?;
        } else if let Some(side) = message.taste {
            let named = self.voter(message.voter.as_deref())?;
            // A page votes on the pair that it shows, whatever the show asks about by then.
            let pair =
                message.pair.as_deref().and_then(|n| n.parse().ok()).ok_or(ClientMessageError::Pair)?;
            let prefer = TasteCommand::Prefer(side, named, Some(pair));
            cast(hub, Command::Taste(prefer), &format!("taste.{}", side.word()))?;
        } else if message.preview.is_some() {
            return Ok(if message.preview == Some(true) { ClientReply::Preview } else { ClientReply::None });
        } else {
            return message.ping.map(ClientReply::Pong).ok_or(ClientMessageError::Empty);
        }
        Ok(ClientReply::None)
    }

    /// A connection votes for one voter only: the first that it names.
    fn voter(&mut self, id: Option<&str>) -> Result<Voter, ClientMessageError> {
        let named = id.and_then(voter).ok_or(ClientMessageError::Voter)?;
        let own = *self.voter.get_or_insert(named);
        (own == named).then_some(named).ok_or(ClientMessageError::Voter)
    }

    /// A move of a touch that is not down is ignored; a second `down` is a move.
    fn touch(&mut self, message: &TouchMessage, hub: &Hub) -> Result<(), ClientMessageError> {
        let slot = self.fingers.get_mut(message.id).ok_or(ClientMessageError::Touch)?;
        if !(message.x.is_finite() && message.y.is_finite()) {
            return Err(ClientMessageError::Touch);
        }
        let (x, y) = (message.x.clamp(0.0, 1.0), message.y.clamp(0.0, 1.0));
        let phase = match (&slot, message.phase) {
            (None, TouchPhase::Down) => Phase::Down,
            (Some(_), TouchPhase::Up) => Phase::Up,
            (Some(_), _) => Phase::Move,
            (None, _) => return Ok(()),
        };
        let (dx, dy) = slot.map_or((0.0, 0.0), |f| (x - f.touch.x, y - f.touch.y));
        let strength = slot.map_or(if message.away { -1.0 } else { 1.0 }, |f| f.touch.strength);
        let id = self.first + message.id as u32;
        let touch = Touch { id, x, y, dx, dy, radius: RADIUS, strength, phase };
        *slot = (phase != Phase::Up).then(|| TrackedTouch { touch, seen: Instant::now() });
        hub.send(Command::Event(Event::Touch(touch)));
        Ok(())
    }

    /// Lifts touches that have timed out.
    pub fn rest(&mut self, hub: &Hub) {
        self.lift(hub, |f| f.seen.elapsed() > TIMEOUT);
    }

    /// Lifts all touches: the client has left.
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
