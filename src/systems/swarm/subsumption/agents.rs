//! A block of agents: their bodies, and one tick of their whole stack.

use super::behave::{Bodies, PreparedBehaviour};
use super::compiled::{CompiledStack, InputFeed};
use super::deposits::Deposits;
use super::lanes::{BODY, Inhibitor, LANES, Machine, MessageLine, NOBODY, Suppressor};
use super::perception::Perception;
use super::stack::{MOST_LAYERS, Stack};
use super::steer::Vec2;
use super::vocabulary::BODY as SPEC;

/// A body that is to pick up the food below it.
pub const BITES: u8 = 1;
/// A body that dropped its load away from home.
pub const DROPS: u8 = 2;

/// Counts of a block in one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BlockStats {
    /// Loads brought home.
    pub delivered: u32,
    /// Agents that carry something.
    pub laden: u32,
    /// Agents that touched something.
    pub bumps: u32,
    /// Agents that are to pick up or have dropped food.
    pub wishes: u32,
    /// Sum of the distances moved, cells.
    pub way: f32,
    /// Agents by the layer in command; the last entry counts those without one.
    pub command: [u32; MOST_LAYERS + 1],
}

/// Up to [`LANES`] agents.
#[derive(Clone, Debug)]
pub struct AgentBlock {
    /// Number of the first agent.
    pub first: u64,
    /// Number of agents.
    pub len: usize,
    /// Positions, cells.
    pub x: [f32; LANES],
    /// Positions, cells down.
    pub y: [f32; LANES],
    /// Directions they face, of length one.
    pub hx: [f32; LANES],
    /// Directions they face, down.
    pub hy: [f32; LANES],
    /// Speed of each, as a fraction of full speed.
    pub pace: [f32; LANES],
    /// 1 for those that carry food.
    pub load: [u8; LANES],
    /// 1 for those that touched something on the last tick.
    pub bump: [u8; LANES],
    /// [`BITES`], [`DROPS`] or 0.
    pub wish: [u8; LANES],
    /// Whose heading the body followed: a layer, or [`NOBODY`].
    pub command: [u8; LANES],
    /// State of each layer.
    pub machines: Vec<Machine>,
    /// Output lines, as numbered by the compiled stack.
    pub lines: Vec<MessageLine>,
    suppressors: Vec<Suppressor>,
    inhibitors: Vec<Inhibitor>,
    /// Counts of the last tick.
    pub tally: BlockStats,
}

/// The stack in one tick: prepared settings, time constants in ticks, enabled layers.
pub struct StackParams<'a> {
    /// The compiled stack.
    pub plan: &'a CompiledStack,
    /// Settings of each layer.
    pub ready: Vec<PreparedBehaviour<'a>>,
    /// Whether each layer is enabled.
    pub on: Vec<bool>,
    /// Time constant of each suppressor, ticks.
    pub suppress: Vec<u16>,
    /// Time constant of each inhibitor, ticks.
    pub inhibit: Vec<u16>,
}

/// Memory for the inputs of the module under evaluation; one per thread.
#[derive(Default)]
pub struct Scratch {
    inputs: Vec<MessageLine>,
}

impl AgentBlock {
    /// Agents at the origin, facing right.
    pub fn new(first: u64, len: usize, stack: &Stack, plan: &CompiledStack) -> Self {
        Self {
            first,
            len,
            x: [0.0; LANES],
            y: [0.0; LANES],
            hx: [1.0; LANES],
            hy: [0.0; LANES],
            pace: [1.0; LANES],
            load: [0; LANES],
            bump: [0; LANES],
            wish: [0; LANES],
            command: [NOBODY; LANES],
            machines: vec![Machine::default(); stack.layers.len()],
            lines: vec![MessageLine::default(); plan.lines],
            suppressors: vec![Suppressor::default(); plan.suppressors.len()],
            inhibitors: vec![Inhibitor::default(); plan.inhibitors.len()],
            tally: BlockStats::default(),
        }
    }

    /// An agent's position.
    pub fn at(&self, i: usize) -> Vec2 {
        Vec2::new(self.x[i], self.y[i])
    }

    /// One tick: layers from the highest down, then the body, then its deposits.
    #[inline(always)]
    pub fn tick(&mut self, now: &Perception, orders: &StackParams, marks: &Deposits, scratch: &mut Scratch) {
        self.feel_body();
        self.pull_out(orders);
        let plan = orders.plan;
        for l in (0..plan.layers.len()).rev().filter(|&l| orders.on[l]) {
            let layer = &plan.layers[l];
            for &(_, line, node) in &layer.inhibitors {
                self.inhibitors[node].hear(&self.lines[line], orders.inhibit[node]);
            }
            self.gather(&layer.inputs, orders, scratch);
            let outs = &mut self.lines[layer.first..layer.first + layer.outputs];
            let bodies = Bodies {
                first: self.first,
                len: self.len,
                x: &self.x,
                y: &self.y,
                hx: &self.hx,
                hy: &self.hy,
                pace: &self.pace,
                load: &self.load,
            };
            let ins = &scratch.inputs[..layer.inputs.len()];
            orders.ready[l].run(now, &bodies, l as u8, &mut self.machines[l], ins, outs);
            for &(output, _, node) in &layer.inhibitors {
                self.inhibitors[node].block(&mut outs[output]);
            }
        }
        self.gather(&plan.body, orders, scratch);
        self.act(now, marks, &scratch.inputs[..SPEC.inputs.len()]);
    }

    /// The body's own outputs, from the last tick.
    #[inline(always)]
    fn feel_body(&mut self) {
        for (line, felt) in [&self.bump, &self.load].into_iter().enumerate() {
            let line = &mut self.lines[line];
            line.x = [1.0; LANES];
            line.by.iter_mut().zip(felt).for_each(|(by, &f)| *by = if f != 0 { BODY } else { NOBODY });
        }
    }

    /// A disabled layer sends nothing, is reset, and releases every node that it drives or that is on its lines.
    fn pull_out(&mut self, orders: &StackParams) {
        if orders.on.iter().all(|&on| on) {
            return;
        }
        let out = |l: Option<usize>| l.is_some_and(|l| !orders.on[l]);
        for (l, layer) in orders.plan.layers.iter().enumerate().filter(|(l, _)| !orders.on[*l]) {
            self.lines[layer.first..layer.first + layer.outputs].iter_mut().for_each(MessageLine::silence);
            self.machines[l] = Machine::default();
        }
        for (node, spec) in self.suppressors.iter_mut().zip(&orders.plan.suppressors) {
            if out(spec.from) || out(spec.to) {
                node.release();
            }
        }
        for (node, spec) in self.inhibitors.iter_mut().zip(&orders.plan.inhibitors) {
            if out(spec.from) || out(spec.to) {
                node.release();
            }
        }
    }

    /// Gathers the messages at each input of a module.
    #[inline(always)]
    fn gather(&mut self, inputs: &[Vec<InputFeed>], orders: &StackParams, scratch: &mut Scratch) {
        if scratch.inputs.len() < inputs.len() {
            scratch.inputs.resize(inputs.len(), MessageLine::default());
        }
        for (taps, input) in inputs.iter().zip(&mut scratch.inputs) {
            input.silence();
            for tap in taps {
                let line = &self.lines[tap.line];
                match tap.node {
                    None => input.overlay(line),
                    Some(node) => self.suppressors[node].pass(line, orders.suppress[node], input),
                }
            }
        }
    }

    /// The body acts on the messages of its lines.
    #[inline(always)]
    fn act(&mut self, now: &Perception, marks: &Deposits, ins: &[MessageLine]) {
        let [heading, speed, halt, release, scent] = ins else { return };
        let mut tally = BlockStats::default();
        for i in 0..self.len {
            let (from, facing) = (self.at(i), Vec2::new(self.hx[i], self.hy[i]));
            let want = if heading.has_message(i) { Vec2::new(heading.x[i], heading.y[i]) } else { facing };
            let speed = if speed.has_message(i) { speed.x[i] } else { 1.0 };
            let speed = if halt.has_message(i) { 0.0 } else { speed };
            let (facing, by) = now.stride(from, facing, want, self.pace[i], speed);
            let (to, bumped) = now.grid.sweep(now.solid, from, by);
            (self.x[i], self.y[i], self.hx[i], self.hy[i]) = (to.x, to.y, facing.x, facing.y);
            self.bump[i] = bumped as u8;
            self.command[i] = heading.by[i];
            tally.way += now.grid.way(from, to).dot(now.grid.way(from, to)).sqrt();
            tally.bumps += bumped as u32;
            tally.command[(heading.by[i] as usize).min(MOST_LAYERS)] += 1;
            let cell = now.grid.inside(to);
            self.jaws(now, i, to, cell, release.has_message(i), &mut tally);
            let laid = if scent.has_message(i) { scent.x[i] } else { 0.0 };
            marks.leave(now.grid, to, cell, facing, self.load[i] != 0, laid);
        }
        self.tally = tally;
    }

    /// Drops food at home or on a message, and picks up food.
    #[inline(always)]
    fn jaws(
        &mut self,
        now: &Perception,
        i: usize,
        at: Vec2,
        cell: usize,
        release: bool,
        tally: &mut BlockStats,
    ) {
        self.wish[i] = 0;
        if self.load[i] != 0 {
            if now.at_home(at) {
                self.load[i] = 0;
                tally.delivered += 1;
            } else if release {
                self.load[i] = 0;
                self.wish[i] = DROPS;
                tally.wishes += 1;
            }
        } else if !release && now.food[cell] >= now.appetite && !now.at_home(at) {
            self.wish[i] = BITES;
            tally.wishes += 1;
        }
        tally.laden += self.load[i] as u32;
    }
}
