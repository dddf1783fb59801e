//! Agents in layers, after R. A. Brooks, "A robust layered control system for a mobile robot" (1986).
//!
//! Each agent runs a stack of layers. A layer is one augmented finite state machine: a state, a timer, registers, input
//! lines and output lines. The layers are independent of each other; wires connect their lines. An input line can have
//! *suppressors*: a message on the side replaces those on the line, for the node's time constant. An output line can
//! have *inhibitors*: a message on the side blocks the line for the time constant. So a higher layer subsumes a lower
//! one, which is unaware of it, and when it is pulled out (its switch), the lower ones continue as if it had never been
//! there.
//!
//! A scene declares layers, the lowest first, and wires:
//! ```toml
//! [[node.ants.layer]]
//! name = "keep_off"            # also the name of the layer's switch
//! behaviour = "avoid"          # avoid, wander, gradient, forage, flock: see `vocabulary`
//! radius = 3.0                 # the behaviour's own settings
//! [[node.ants.layer]]
//! name = "roam"
//! behaviour = "wander"
//! [[node.ants.wire]]
//! from = "roam.heading"        # an output line, of a layer or of the `body` (bump, load)
//! to = "keep_off.heading"      # an input line, or (inhibit) an output line
//! node = "suppress"            # or "inhibit", or "wire": a plain wire
//! seconds = 0.5                # time constant
//! ```
//! An output without a wire goes to the body's line of its name, higher layers over lower ones. With no wires declared,
//! each layer's heading suppresses that of the lowest; with no layers, all five competences are stacked.
//!
//! One tick: [`terrain`] and [`food`] read the inputs, blocks of [`agents`] run the [`compiled`] stack, and their
//! [`deposits`] are added to the fields of the [`pheromones`].

pub mod agents;
mod behave;
pub mod compiled;
pub mod deposits;
pub mod food;
pub mod grid;
pub mod knobs;
pub mod lanes;
pub mod neighbours;
pub mod perception;
pub mod pheromones;
mod show;
pub mod stack;
pub mod steer;
mod step;
pub mod terrain;
pub mod vocabulary;

use agents::AgentBlock;
use compiled::CompiledStack;
use deposits::Deposits;
use food::FoodField;
use grid::Grid;
use knobs::{Border, Input, Knobs, Output, Readout, Start};
use lanes::LANES;
use pheromones::PheromoneFields;
use stack::{MOST_LAYERS, Stack};
use steer::{Rotation, Vec2};
use terrain::Terrain;

use world::body::Body;
use world::field::Field;
use world::ports::Readouts as _;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, System, TextKind, TextSpec, Texts};
use world::view::View;

/// The system: see the module's documentation.
pub struct Subsumption {
    grid: Grid,
    stack: Stack,
    plan: CompiledStack,
    blocks: Vec<AgentBlock>,
    terrain: Terrain,
    food_field: FoodField,
    pheromones: PheromoneFields,
    marks: Deposits,
    home_cells: Vec2,
    readings: [f32; Readout::COUNT],
    brought: u64,
    income: f32,
}

/// The state of one agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The layer whose heading the body followed in the last tick, counted from the lowest; `None` if it followed none.
    pub command: Option<usize>,
    /// State of each layer's machine, the lowest first.
    pub states: Vec<&'static str>,
    /// Its position, cells.
    pub place: (f32, f32),
    /// Its heading; of length one.
    pub facing: (f32, f32),
    /// Whether it carries food.
    pub laden: bool,
    /// Whether it touched something in the last tick.
    pub bumped: bool,
}

impl Subsumption {
    /// The number of agents.
    pub fn agents(&self) -> usize {
        self.blocks.iter().map(|b| b.len).sum()
    }

    /// The state of one agent; `None` if there are fewer.
    pub fn trace(&self, agent: usize) -> Option<Trace> {
        let (block, i) = (self.blocks.get(agent / LANES)?, agent % LANES);
        let state = |(l, m): (usize, &lanes::Machine)| {
            self.stack.layers[l].behaviour.spec().states[m.state[i] as usize]
        };
        (i < block.len).then(|| Trace {
            command: Some(block.command[i] as usize).filter(|c| *c < MOST_LAYERS),
            states: block.machines.iter().enumerate().map(state).collect(),
            place: (block.x[i], block.y[i]),
            facing: (block.hx[i], block.hy[i]),
            laden: block.load[i] != 0,
            bumped: block.bump[i] != 0,
        })
    }
}

impl System for Subsumption {
    const NAME: &'static str = "subsumption";
    const ABOUT: &'static str = "Agents in layers of competence that suppress and inhibit each other (Brooks 1986): avoid, wander, follow a \
                                 gradient, forage, flock.";
    const FAMILY: &'static str = "swarm";
    const TEXTS: &'static [TextSpec] = &[
        TextSpec {
            name: "layer",
            about: "layers, the lowest first: `name`, `behaviour` (avoid, wander, gradient, forage, flock) and its settings",
            kind: TextKind::Tables,
        },
        TextSpec {
            name: "wire",
            about: "wires: `from` and `to` (\"layer.line\"), `node` (suppress, inhibit, wire) and its time constant `seconds`",
            kind: TextKind::Tables,
        },
    ];
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = Knobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        knobs::habitat(rng)
    }

    fn check(texts: &Texts) -> Vec<Fault> {
        Stack::of::<Knobs>(texts).err().unwrap_or_default()
    }

    fn switches(texts: &Texts) -> Vec<String> {
        Stack::of::<Knobs>(texts).map_or(Vec::new(), |s| s.layers.into_iter().map(|l| l.name).collect())
    }

    fn new(p: &Knobs, birth: &InitContext) -> Result<Self, Fault> {
        let stack = Stack::of::<Knobs>(birth.texts).map_err(|mut faults| faults.remove(0))?;
        let plan = CompiledStack::new(&stack);
        let grid = Grid { w: birth.width, h: birth.height, torus: p.edge == Border::Torus };
        let home = Vec2::new(p.home_x * grid.w as f32, p.home_y * grid.h as f32);
        let mut blocks: Vec<AgentBlock> = (0..p.agents as usize)
            .step_by(LANES)
            .map(|first| AgentBlock::new(first as u64, LANES.min(p.agents as usize - first), &stack, &plan))
            .collect();
        for block in &mut blocks {
            settle(block, grid, (home, p.home_radius), p.start == Start::Home, birth.rng.named("bodies"));
        }
        let flocks = stack.layers.iter().any(|l| l.behaviour == vocabulary::Behaviour::Flock);
        let rng = birth.rng.named("patches");
        Ok(Self {
            grid,
            plan,
            blocks,
            terrain: Terrain::default(),
            food_field: FoodField::new(grid, p.patches, p.patch_radius, (home, p.home_radius), rng),
            pheromones: PheromoneFields::new(grid, flocks),
            marks: Deposits::new(grid, flocks),
            stack,
            home_cells: home,
            readings: [0.0; Readout::COUNT],
            brought: 0,
            income: 0.0,
        })
    }

    fn step(&mut self, p: &Knobs, env: &Env) {
        self.tick(p, env);
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        self.show_port(port, view, into);
    }

    fn bodies(&self, port: Output, into: &mut Vec<Body>) {
        if port == Output::Presence {
            let places = self.blocks.iter().flat_map(|b| b.x.iter().zip(&b.y).take(b.len));
            let size = (self.grid.w, self.grid.h);
            into.extend(places.map(|(x, y)| Body::around([*x, *y], [0.5; 2], size)));
        }
    }

    fn read(&self, readout: Readout) -> f32 {
        self.readings[readout.index()]
    }

    fn message(&self) -> Option<String> {
        self.terrain.is_full().then(|| "every cell is solid: no agent can move".into())
    }
}

/// Puts new agents at home or anywhere, each with its own heading and speed.
fn settle(block: &mut AgentBlock, grid: Grid, home: (Vec2, f32), at_home: bool, rng: Rng) {
    for i in 0..block.len {
        let r = rng.fork(block.first + i as u64);
        let facing = Rotation::turns(r.unit(0));
        (block.hx[i], block.hy[i]) = (facing.cos, facing.sin);
        block.pace[i] = r.range(1, 0.75, 1.25);
        let at = if at_home {
            Vec2::new(facing.cos, facing.sin).times(home.1 * r.unit(2).sqrt()).plus(home.0, 1.0)
        } else {
            Vec2::new(r.unit(2) * grid.w as f32, r.unit(3) * grid.h as f32)
        };
        let inside = |v: f32, n: usize| {
            let v = if grid.torus { v - n as f32 * libm::floorf(v / n as f32) } else { v };
            v.clamp(0.0, n as f32 * (1.0 - 1e-6))
        };
        (block.x[i], block.y[i]) = (inside(at.x, grid.w), inside(at.y, grid.h));
    }
}

impl Subsumption {
    /// Sums up a tick in readouts.
    fn note(&mut self, dt: f32) {
        let agents = self.agents().max(1) as f32;
        let (mut delivered, mut laden, mut bumps, mut way) = (0u64, 0u32, 0u32, 0f64);
        let mut command = [0u32; MOST_LAYERS + 1];
        for block in &self.blocks {
            let t = &block.tally;
            (delivered, laden, bumps) = (delivered + t.delivered as u64, laden + t.laden, bumps + t.bumps);
            way += t.way as f64;
            command.iter_mut().zip(&t.command).for_each(|(a, b)| *a += b);
        }
        self.brought += delivered;
        let keep = libm::expf(-dt / 5.0);
        self.income = self.income * keep + delivered as f32 / dt * 60.0 * (1.0 - keep);
        let r = &mut self.readings;
        r[Readout::BroughtHome.index()] = self.brought as f32;
        r[Readout::Income.index()] = self.income;
        r[Readout::Carrying.index()] = laden as f32 / agents;
        r[Readout::Speed.index()] = way as f32 / agents / dt;
        r[Readout::Covered.index()] = self.pheromones.covered as f32 / self.grid.cells() as f32;
        r[Readout::Bumps.index()] = bumps as f32 / agents;
        for (l, count) in command[..MOST_LAYERS].iter().enumerate() {
            r[Readout::Command1.index() + l] = *count as f32 / agents;
        }
    }
}
