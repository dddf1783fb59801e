//! Many agents side by side: lines, nodes and machines as arrays of [`LANES`] agents.

/// Agents in a block. All of a block's state stays in the second-level cache while its layers are evaluated.
pub const LANES: usize = 256;

/// No message.
pub const NOBODY: u8 = 255;
/// The body is the sender.
pub const BODY: u8 = 254;

/// The messages on one line, one per agent.
#[derive(Clone, Debug)]
pub struct MessageLine {
    /// The values.
    pub x: [f32; LANES],
    /// The other half of a heading.
    pub y: [f32; LANES],
    /// The sender: a layer, counted from the lowest, [`BODY`] or [`NOBODY`].
    pub by: [u8; LANES],
}

impl Default for MessageLine {
    fn default() -> Self {
        Self { x: [0.0; LANES], y: [0.0; LANES], by: [NOBODY; LANES] }
    }
}

impl MessageLine {
    /// No message.
    pub fn silence(&mut self) {
        self.by = [NOBODY; LANES];
    }
    /// Sends an agent's message.
    #[inline(always)]
    pub fn say(&mut self, i: usize, by: u8, x: f32, y: f32) {
        (self.x[i], self.y[i], self.by[i]) = (x, y, by);
    }
    /// Whether there is a message.
    #[inline(always)]
    pub fn has_message(&self, i: usize) -> bool {
        self.by[i] != NOBODY
    }
    /// Overwrites with the messages of another line where there are any.
    #[inline(always)]
    pub fn overlay(&mut self, other: &MessageLine) {
        for i in 0..LANES {
            let take = other.by[i] != NOBODY;
            self.x[i] = if take { other.x[i] } else { self.x[i] };
            self.y[i] = if take { other.y[i] } else { self.y[i] };
            self.by[i] = if take { other.by[i] } else { self.by[i] };
        }
    }
}

/// A suppressor node: the last message of its side line, and for how many ticks it still holds.
#[derive(Clone, Debug)]
pub struct Suppressor {
    held: MessageLine,
    left: [u16; LANES],
}

impl Default for Suppressor {
    fn default() -> Self {
        Self { held: MessageLine::default(), left: [0; LANES] }
    }
}

impl Suppressor {
    /// Releases the line.
    pub fn release(&mut self) {
        self.left = [0; LANES];
    }
    /// One tick: a message on `side` is kept for `ticks`; a kept message replaces those on `line`.
    #[inline(always)]
    pub fn pass(&mut self, side: &MessageLine, ticks: u16, line: &mut MessageLine) {
        self.held.overlay(side);
        for i in 0..LANES {
            let left = if side.by[i] != NOBODY { ticks } else { self.left[i] };
            let holds = left > 0;
            line.x[i] = if holds { self.held.x[i] } else { line.x[i] };
            line.y[i] = if holds { self.held.y[i] } else { line.y[i] };
            line.by[i] = if holds { self.held.by[i] } else { line.by[i] };
            self.left[i] = left.saturating_sub(1);
        }
    }
}

/// An inhibitor node: for how many ticks it still blocks.
#[derive(Clone, Debug)]
pub struct Inhibitor {
    left: [u16; LANES],
    shut: [bool; LANES],
}

impl Default for Inhibitor {
    fn default() -> Self {
        Self { left: [0; LANES], shut: [false; LANES] }
    }
}

impl Inhibitor {
    /// Releases the line.
    pub fn release(&mut self) {
        *self = Self::default();
    }
    /// One tick: a message on `side` closes the node for `ticks`.
    #[inline(always)]
    pub fn hear(&mut self, side: &MessageLine, ticks: u16) {
        for i in 0..LANES {
            let left = if side.by[i] != NOBODY { ticks } else { self.left[i] };
            self.shut[i] = left > 0;
            self.left[i] = left.saturating_sub(1);
        }
    }
    /// Blocks an output where the node is closed.
    #[inline(always)]
    pub fn block(&self, line: &mut MessageLine) {
        for i in 0..LANES {
            line.by[i] = if self.shut[i] { NOBODY } else { line.by[i] };
        }
    }
}

/// The augmented finite state machines of one layer: state, timer and registers.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Index into the behaviour's states.
    pub state: [u8; LANES],
    /// Ticks left in the state, if it is timed.
    pub timer: [u16; LANES],
    /// Register: a direction.
    pub rx: [f32; LANES],
    /// Register: its other half.
    pub ry: [f32; LANES],
    /// Register: a number.
    pub rz: [f32; LANES],
}

impl Default for Machine {
    fn default() -> Self {
        Self { state: [0; LANES], timer: [0; LANES], rx: [0.0; LANES], ry: [0.0; LANES], rz: [0.0; LANES] }
    }
}

impl Machine {
    /// First state, timer and registers at zero.
    #[inline(always)]
    pub fn reset(&mut self, i: usize) {
        (self.state[i], self.timer[i]) = (0, 0);
        (self.rx[i], self.ry[i], self.rz[i]) = (0.0, 0.0, 0.0);
    }
}
