//! What wired fields and hands do to the colours.

use world::brush::Brush;
use world::field::Field;
use world::stencil::Boundary;
use world::system::Env;

/// Probability at which a touch of full strength changes a cell in a tick.
const SPRAY: f32 = 0.15;

/// Where the field rises above a half a cell takes a colour, and loses it where it falls below.
pub fn wire(field: Option<&Field>, stencil: &mut [u8], colours: &mut [u8], colour: u8) {
    let Some(field) = field else { return };
    for ((mark, cell), &value) in stencil.iter_mut().zip(colours).zip(field.plane(0)) {
        let high = (value > 0.5) as u8;
        if high != *mark {
            *cell = high * colour;
            *mark = high;
        }
    }
}

/// The cells that no ant may enter; whether there are any.
pub fn solid(field: Option<&Field>, solid: &mut Vec<u8>) -> bool {
    solid.clear();
    let Some(field) = field else { return false };
    solid.extend(field.plane(0).iter().map(|&v| (v > 0.5) as u8));
    true
}

/// Hands spray the highest colour, or take colours away.
pub fn hands(env: &Env, colours: &mut [u8], size: (usize, usize), torus: bool, colour: u8) {
    let boundary = if torus { Boundary::Periodic } else { Boundary::NoFlux };
    for (k, touch) in env.touches.iter().enumerate() {
        let brush = Brush::of(touch, size, boundary);
        let rng = env.rng.named("spray").fork(k as u64);
        let (chance, colour) = (SPRAY * brush.amount(), if brush.gives() { colour } else { 0 });
        brush.paint(colours, |x, y, cell, weight| {
            if rng.unit((y * size.0 + x) as u64) < chance * weight {
                *cell = colour;
            }
        });
    }
}
