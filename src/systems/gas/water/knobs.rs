//! Knobs of the water.

use super::plane::{Side, Sides};

world::params! {
    /// Knobs of shallow water; lengths in cells. With the default gravity a cell is a centimetre.
    pub struct WaterKnobs {
        /// Acceleration of gravity: how fast waves run, with the root of the depth.
        gravity: f32 = 981.0 in 1.0..=4000.0, Log, unit "cells/s²";
        /// Height that water stands at in the beginning, above ground of height 0.
        level: f32 = 13.0 in 0.0..=200.0, rebirth, unit "cells";
        /// Manning's coefficient: how much the ground slows shallow water.
        manning: f32 = 0.006 in 0.0..=0.2, unit "s/cells^⅓";
        /// Most steps of the solver in a tick; if waves need more, the water runs slower.
        most_steps: u32 = 16 in 1..=64, unit "steps/tick";
        /// Boundary condition on the left; `periodic` needs the opposite side to be periodic too, else it is a wall.
        left: Choice of Side = "wall";
        /// Boundary condition on the right.
        right: Choice of Side = "wall";
        /// Boundary condition at the top.
        top: Choice of Side = "wall";
        /// Boundary condition at the bottom.
        bottom: Choice of Side = "wall";
        /// Height of the landscape, where no ground is wired.
        hills: f32 = 30.0 in 0.0..=200.0, unit "cells";
        /// Size of a hill, as a fraction of the world's height.
        hill_size: f32 = 0.62 in 0.05..=4.0, Log;
        /// How much smaller features weigh in the landscape.
        rough: f32 = 0.42 in 0.0..=0.8;
        /// Height of the ground where the input `ground` is 1.
        relief: f32 = 14.0 in -200.0..=200.0, unit "cells";
        /// Time in which the ground follows what is wired or turned.
        settle: f32 = 0.6 in 0.0..=30.0, unit "s";
        /// Rain, as drops: mean depth that falls.
        rain: f32 = 0.0006 in 0.0..=2.0, unit "cells/s";
        /// Radius of a drop's splash.
        drop: f32 = 2.4 in 1.0..=20.0, unit "cells";
        /// Stones that fall into the water.
        stones: f32 = 9.0 in 0.0..=600.0, unit "1/min";
        /// Radius of a stone.
        stone: f32 = 9.0 in 1.0..=60.0, unit "cells";
        /// Springs, each on the highest of eight places.
        springs: u32 = 3 in 0..=32;
        /// Water of all springs, as mean depth over the world.
        spring_flow: f32 = 0.0034 in 0.0..=2.0, unit "cells/s";
        /// Drains, each on the lowest of eight places.
        drains: u32 = 0 in 0..=32;
        /// Most that all drains take, as mean depth over the world.
        drain_flow: f32 = 0.004 in 0.0..=2.0, unit "cells/s";
        /// Evaporation, wherever there is water.
        evaporation: f32 = 0.0065 in 0.0..=2.0, unit "cells/s";
        /// Infiltration: part of the depth that seeps away.
        infiltration: f32 = 0.0 in 0.0..=2.0, unit "1/s";
        /// Water that the input `source` adds where it is 1, and takes where it is −1.
        source_gain: f32 = 2.0 in 0.0..=100.0, unit "cells/s";
        /// Acceleration where the input `wind` is 1.
        wind_gain: f32 = 60.0 in 0.0..=2000.0, unit "cells/s²";
        /// Force of the breeze, whose gusts travel with the waves.
        breeze: f32 = 8.0 in 0.0..=500.0, unit "cells/s²";
        /// Length of a gust.
        gust: f32 = 26.0 in 4.0..=400.0, Log, unit "cells";
        /// Where the breeze blows to, in turns: 0 right, ¼ down.
        breeze_angle: f32 = 0.08 in 0.0..=1.0, unit "turns";
        /// Depth that a touch pours (or takes, with the right button).
        pour: f32 = 8.0 in 0.0..=200.0, unit "cells/s";
        /// How firmly a touch drags the water along.
        push: f32 = 0.5 in 0.0..=1.0;
        /// How hard the beginning of a touch falls into the water, as a stone of its size.
        splash: f32 = 0.6 in 0.0..=4.0;
        /// How steep waves look: factor on the slopes that are lit.
        ripples: f32 = 3.4 in 0.1..=20.0, Log;
        /// How much waves focus the light: factor on the slopes that refract it.
        lens: f32 = 14.0 in 0.0..=40.0;
        /// Depth at which green light has faded to a third.
        clarity: f32 = 14.0 in 1.0..=500.0, Log, unit "cells";
        /// Hue of deep water, in turns: ⅓ green, ½ cyan, ⅔ blue.
        hue: f32 = 0.53 in 0.0..=1.0, unit "turns";
        /// Where the sun stands: 0 right, ¼ at the bottom.
        sun: f32 = 0.62 in 0.0..=1.0, unit "turns";
        /// Height of the sun over the horizon, in turns; ¼ is the zenith.
        sun_height: f32 = 0.165 in 0.02..=0.25, unit "turns";
        /// Brightness of glints and of the sky in the water.
        glitter: f32 = 1.0 in 0.0..=4.0;
        /// Radius of the largest bubbles, which turbulence does not break up (Hinze); larger ones are rare.
        bubble: f32 = 0.25 in 0.02..=4.0, Log, unit "cells";
    }
}

impl WaterKnobs {
    /// The four sides.
    pub fn sides(&self) -> Sides {
        Sides { across: [self.left, self.right], down: [self.top, self.bottom] }
    }

    /// On cells `factor` times as wide.
    pub fn coarsened(mut self, factor: usize) -> Self {
        let f = factor as f32;
        let lengths = [
            &mut self.gravity,
            &mut self.level,
            &mut self.hills,
            &mut self.relief,
            &mut self.rain,
            &mut self.drop,
            &mut self.stone,
            &mut self.evaporation,
            &mut self.spring_flow,
            &mut self.drain_flow,
            &mut self.source_gain,
            &mut self.wind_gain,
            &mut self.pour,
            &mut self.breeze,
            &mut self.gust,
            &mut self.clarity,
            &mut self.bubble,
        ];
        lengths.into_iter().for_each(|v| *v /= f);
        self.manning /= libm::cbrtf(f);
        self
    }
}
