//! What the liquid takes, shows and reports.

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Solid where above the knob `threshold`; a border that moves pushes the liquid
        Obstacle: "obstacle" scalar 0.0..=1.0;
        /// Velocity of the obstacle, cells/tick; without it, that of its moving border
        ObstacleVelocity: "obstacle_velocity" vector 1.0;
        /// Pours where above 0, drains where below, at the rate of the knob `source_gain`
        Source: "source" scalar -1.0..=1.0;
        /// Acceleration, times the knob `force_gain`
        Force: "force" vector 1.0;
        /// Colour for what is there, where bright, and for what is poured; linear RGB
        Dye: "dye" colour;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// The liquid, shaded: lit from above through its waves, before a backdrop
        Picture: "picture" colour;
        /// Liquid: 1 within, 0 in the air, ½ at the surface
        Liquid: "liquid" scalar 0.0..=1.0;
        /// Velocity of the liquid, cells/tick
        Velocity: "velocity" vector 2.0;
        /// Speed of the liquid, cells/tick
        Speed: "speed" scalar 0.0..=2.0;
        /// Vorticity of the liquid, 1/tick, clockwise positive
        Vorticity: "vorticity" scalar -0.2..=0.2;
        /// Pressure over density, heights²/s²
        Pressure: "pressure" scalar 0.0..=1.0;
        /// Foam, 0 to 1, where the surface folds or breaks into drops
        Foam: "foam" scalar 0.0..=1.0;
        /// Colour of the liquid, linear RGB; black in the air
        Colour: "colour" colour;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Share of the world that is liquid
        Volume: "volume" 0.0..=0.6;
        /// Mean kinetic energy, heights²/s²
        Kinetic: "kinetic" 0.0..=0.3;
        /// Mean speed of the surface, heights/s
        Splash: "splash" 0.0..=1.0;
        /// Bubbles of air entrained, 1/s
        Bubbles: "bubbles" 0.0..=60.0;
        /// Change of volume that the pressure leaves in the worst cell, per step
        Residual: "residual" 0.0..=1e-4;
        /// Particles
        Particles: "particles" 0.0..=200000.0;
    }
}
