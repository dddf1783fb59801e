//! Fields that drive the smoke, fields that it shows, and what it reports.

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Solid where above the knob `threshold`; as it moves it drags the gas along
        Obstacle: "obstacle" scalar 0.0..=1.0;
        /// Velocity of the obstacle, heights/s; where nothing is wired it is found from how the obstacle moves
        ObstacleVelocity: "obstacle_velocity" vector 1.0;
        /// Smoke to add, times the knob `source_gain`; below 0 it is taken away
        Source: "source" scalar 0.0..=1.0;
        /// Fuel to add, times the knob `fuel_gain`; below 0 it is taken away
        Fuel: "fuel" scalar 0.0..=1.0;
        /// Coloured smoke to add, linear RGB, times the knob `dye_gain`
        Dye: "dye" colour;
        /// Force (wind), times the knob `force_gain` (heights/s²)
        Force: "force" vector 1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Fire and smoke as a camera sees them, linear RGB
        Fire: "fire" colour;
        /// Smoke (soot); 1 is thick
        Smoke: "smoke" scalar 0.0..=1.0;
        /// Temperature, K
        Temperature: "temperature" scalar 293.0..=2200.0;
        /// Fuel that has not burnt yet
        Fuel: "fuel" scalar 0.0..=3.0;
        /// Fuel burnt a second
        Burning: "burning" scalar 0.0..=2.0;
        /// Coloured smoke, linear RGB
        Dye: "dye" colour;
        /// Velocity, heights/s
        Velocity: "velocity" vector 1.5;
        /// Speed, heights/s
        Speed: "speed" scalar 0.0..=1.5;
        /// Vorticity, 1/s, clockwise positive
        Vorticity: "vorticity" scalar -50.0..=50.0;
        /// Pressure over density, (heights/s)²
        Pressure: "pressure" scalar -1.5..=0.5;
        /// Divergence that the pressure solver left, 1/s
        Divergence: "divergence" scalar -0.005..=0.005;
        /// Solid cells
        Solid: "solid" scalar 0.0..=1.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Mean kinetic energy, (heights/s)²
        Energy: "energy" 0.0..=0.15;
        /// Mean of half the squared vorticity, 1/s²
        Enstrophy: "enstrophy" 0.0..=120.0;
        /// Mean temperature, K
        Temperature: "mean_temperature" 293.0..=450.0;
        /// Mean smoke
        Smoke: "mean_smoke" 0.0..=0.12;
        /// Fuel burnt a second, as a fraction of a world full of fuel
        Burning: "burn_rate" 0.0..=0.06;
        /// Greatest speed, heights/s
        MaxSpeed: "max_speed" 0.0..=2.5;
        /// Divergence that the pressure solver left, as a fraction of what it found
        Residual: "residual" 0.0..=0.0001;
        /// V-cycles of the pressure solver in the last step
        Cycles: "cycles_used" 0.0..=16.0;
        /// Speeds that were limited in the last tick
        Limited: "limited" 0.0..=1000.0;
    }
}
