//! What a cell of gas carries.

/// What a cell of gas carries: smoke, temperature above the air outside (K), fuel, and how much of its air is spent (0
/// fresh, 1 none left). Clear air at rest is all zeros.
pub type Gas = [f32; 4];

/// Smoke, in [`Gas`].
pub const SMOKE: usize = 0;
/// Temperature above the air outside, K, in [`Gas`].
pub const HEAT: usize = 1;
/// Fuel, in [`Gas`].
pub const FUEL: usize = 2;
/// Spent share of the air, in [`Gas`].
pub const SPENT: usize = 3;

/// Greatest speed of gas along each axis, cells/step.
pub const LIMIT: f32 = 32.0;
/// Most of each that a cell holds.
pub const MOST: Gas = [8.0, 6000.0, 8.0, 1.0];
