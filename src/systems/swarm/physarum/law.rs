//! How agents move, what they sense, and what is left to chance.

use crate::real::Real;

/// How the agents of a species move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law<R> {
    /// How far ahead they sense, cells.
    pub reach: R,
    /// Angle between the sensors, degrees.
    pub sensor_angle: R,
    /// By how much they turn, degrees.
    pub turn_angle: R,
    /// How far they move, cells.
    pub step: R,
}

/// What agents sense and where they may go.
pub struct Ground<'a, R> {
    /// Columns and rows.
    pub size: (usize, usize),
    /// Whether the sides are joined; otherwise they are walls.
    pub torus: bool,
    /// What attracts them, cell by cell.
    pub scent: &'a [R],
    /// Cells that they do not enter: not 0.
    pub solid: Option<&'a [u8]>,
    /// Multiplies the reach where they are.
    pub reach: Option<&'a [f32]>,
    /// Multiplies both angles where they are.
    pub bend: Option<&'a [f32]>,
}

/// The choices that are left to chance.
///
/// ```
/// use systems::swarm::physarum::law::Chance;
///
/// /// One after the other turns the other way, and faces right.
/// struct InTurn;
///
/// impl Chance<f32> for InTurn {
///     fn clockwise(&self, agent: u64) -> bool {
///         agent % 2 == 0
///     }
///     fn anywhere(&self, _: u64) -> [f32; 2] {
///         [1.0, 0.0]
///     }
/// }
///
/// assert!(InTurn.clockwise(4) && !InTurn.clockwise(5));
/// ```
pub trait Chance<R>: Sync {
    /// Whether an agent that senses more on both sides than ahead turns clockwise.
    fn clockwise(&self, agent: u64) -> bool;
    /// The heading of an agent whose way was barred, a unit vector.
    fn anywhere(&self, agent: u64) -> [R; 2];
}

/// Cosine and sine of degrees.
pub(super) fn rotation<R: Real>(degrees: R) -> [R; 2] {
    let (sin, cos) = (degrees * R::of(std::f64::consts::PI / 180.0)).sin_cos();
    [cos, sin]
}
