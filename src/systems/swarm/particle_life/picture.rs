//! The output fields.

use rayon::prelude::*;

use world::field::Field;
use world::frame::colour::linear_of_srgb;
use world::view::View;

use super::crowd::{Crowd, Space, kind_of};
use super::force::MOST_KINDS;
use super::glow::{Dot, Fall, draw};

/// Colours of the kinds, sRGB: neighbours differ, none is garish.
const COLOURS: [u32; MOST_KINDS] = [
    0xff6a55, 0xffc66e, 0x54d3bd, 0x5f86ff, 0xcf7dff, 0x9fe37f, 0xff8fb0, 0x6fcbff, 0xff9a45, 0xa99bff,
    0xe9edbb, 0x2fae98, 0xe25a8c, 0x7fa0c8, 0xd6b08a, 0xf4f4ff,
];
/// Rim of a dot in radii of its core.
const RIM: f32 = 3.0;
/// Speed that adds as much again to the light of a dot, lengths per second.
const BRIGHT: f32 = 0.35;
/// How often dots may cover the world: larger ones are drawn smaller.
const COVER: f32 = 40.0;
/// Light that is half way to white.
const WHITE: f32 = 16.0;
/// Pixels for a thread at once.
const ROW: usize = 1 << 14;
/// Share of a mean over particles below which a place counts as empty.
const EMPTY: f32 = 0.02;

/// What is drawn.
pub struct Scene<'a> {
    /// The particles.
    pub crowd: &'a Crowd<f32>,
    /// Where they are.
    pub space: Space<f32>,
    /// Cells of the world.
    pub cells: (usize, usize),
    /// Radius of a particle.
    pub radius: f32,
}

impl Scene<'_> {
    /// Glowing dots in the colours of their kinds.
    pub fn picture(&self, glow: f32, view: &View, into: &mut Field) {
        let colours =
            COLOURS.map(|rgb| [16, 8, 0].map(|bit| linear_of_srgb((rgb >> bit & 255) as f64 / 255.0) as f32));
        let dots = self.dots(|i| {
            let bright = 1.0 + (self.speed(i) / BRIGHT).min(2.0);
            Some(colours[kind_of(self.crowd.name[i]) % MOST_KINDS].map(|v| glow * bright * v))
        });
        self.draw(&dots, view, into);
        expose(into);
    }

    /// Particles of one kind, or of all.
    pub fn density(&self, kind: Option<usize>, view: &View, into: &mut Field) {
        let is_shown = |i: usize| kind.is_none_or(|kind| kind_of(self.crowd.name[i]) == kind);
        let dots = self.dots(|i| is_shown(i).then_some([1.0; 3]));
        self.draw(&dots, view, into);
    }

    /// Mean velocity.
    pub fn velocity(&self, view: &View, into: &mut Field) {
        let mut sums = Field::new(into.width(), into.height(), 3);
        self.draw(&self.dots(|i| Some([self.crowd.vx[i], self.crowd.vy[i], 1.0])), view, &mut sums);
        into.fill_rows(|plane, y, row| {
            let (sum, weight) = (sums.row(plane, y), sums.row(2, y));
            row.iter_mut()
                .zip(sum.iter().zip(weight))
                .for_each(|(v, (sum, weight))| *v = sum / (weight + EMPTY));
        });
    }

    fn speed(&self, i: usize) -> f32 {
        let (u, v) = (self.crowd.vx[i], self.crowd.vy[i]);
        (u * u + v * v).sqrt()
    }

    fn dots(&self, light: impl Fn(usize) -> Option<[f32; 3]>) -> Vec<Dot> {
        let at = |i: usize| [self.crowd.x[i], self.crowd.y[i]];
        let area = self.space.extent[0] * self.space.extent[1]
            / (core::f32::consts::PI * self.crowd.len().max(1) as f32);
        let rim = (RIM * self.radius).min((COVER * area).sqrt());
        let dot = |i: usize| Some(Dot { at: at(i), rim, light: light(i)? });
        (0..self.crowd.len()).filter_map(dot).collect()
    }

    fn draw(&self, dots: &[Dot], view: &View, into: &mut Field) {
        draw(dots, Fall::Halo, &self.space, self.cells, view, into);
    }
}

/// Limits light as a film does: the hue stays, and what is very bright turns white.
fn expose(into: &mut Field) {
    let cells = into.width() * into.height();
    let [red, green, blue] = &mut into.data_mut().chunks_mut(cells).collect::<Vec<_>>()[..] else { return };
    let rows = red.par_chunks_mut(ROW).zip(green.par_chunks_mut(ROW)).zip(blue.par_chunks_mut(ROW));
    rows.for_each(|((red, green), blue)| film(red, green, blue));
}

world::widest! {
    /// The same for some pixels.
    fn film(red: &mut [f32], green: &mut [f32], blue: &mut [f32]) {
        for ((red, green), blue) in red.iter_mut().zip(green).zip(blue) {
            let most = red.max(*green).max(*blue);
            let (dim, white) = (1.0 / (1.0 + 0.95 * most), 0.5 * most / (most + WHITE));
            let light = |v: f32| dim * (v + white * (most - v));
            (*red, *green, *blue) = (light(*red), light(*green), light(*blue));
        }
    }
}
