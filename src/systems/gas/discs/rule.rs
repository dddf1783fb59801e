//! What a collision does.

/// The rule of collisions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Share of the closing speed with which bodies separate; 1 is elastic.
    pub restitution: f64,
    /// Closing speed below which every collision is elastic, cells/step: infinitely many collisions would take place in a
    /// finite time otherwise (McNamara and Young 1994; the remedy after Luding and McNamara 1998).
    pub elastic_below: f64,
}

/// No collision is inelastic below this closing speed, cells/step.
const SLOWEST: f64 = 1e-3;
/// Shortest flight between inelastic collisions with the ground, steps: the shorter, the stiller a heap and the more
/// collisions carry it.
const HOP: f64 = 10.0;
/// Shortest flight of all, steps: a disc at rest on the ground would bounce for ever at one moment.
const REST: f64 = 1e-3;
/// Bounces that follow each other sooner than this, steps, are those of a disc that rattles in a gap of its own width.
const RATTLE: f64 = 1e-4;
/// So many of them in a row are the last: that a disc comes so often out of a corner does not happen.
const ENOUGH: u32 = 32;

/// The bounces of a disc that follow each other quickly.
#[derive(Clone, Copy, Debug)]
pub struct Rattle {
    /// When it bounced last.
    pub time: f64,
    streak: u32,
}

impl Rattle {
    /// None yet.
    pub const NONE: Self = Self { time: f64::NEG_INFINITY, streak: 0 };

    /// It bounces at a time; whether it has done so too often, which begins anew then.
    pub fn bounce(&mut self, now: f64) -> bool {
        self.streak = if now - self.time < RATTLE { self.streak + 1 } else { 0 };
        self.time = now;
        let often = self.streak >= ENOUGH;
        self.streak = if often { 0 } else { self.streak };
        often
    }
}

impl Rule {
    /// Elastic collisions.
    pub const ELASTIC: Self = Self { restitution: 1.0, elastic_below: 0.0 };

    /// Collisions of this restitution under a gravity, cells/step². What bounces lower than a disc that flies for
    /// [`HOP`] steps bounces for ever.
    pub fn new(restitution: f64, gravity: [f64; 2]) -> Self {
        let pull = (gravity[0] * gravity[0] + gravity[1] * gravity[1]).sqrt();
        Self { restitution, elastic_below: SLOWEST.max(0.5 * HOP * pull) }
    }

    /// The speed at which a disc leaves what does not give way: it closed in at `closing`, `pull` is the part of gravity
    /// towards it.
    #[inline(always)]
    pub fn bounce(&self, closing: f64, pull: f64) -> f64 {
        self.rebound(closing).max(0.5 * REST * pull)
    }

    /// The speed at which bodies separate that close in at `speed`.
    #[inline(always)]
    pub fn rebound(&self, speed: f64) -> f64 {
        if speed < self.elastic_below { speed } else { self.restitution * speed }
    }
}
