//! A stack, compiled on instantiation: which lines feed which, by number, so that no tick looks up a name.
//!
//! Layers are evaluated from the highest down, then the body. So a message from a higher layer arrives in the same
//! tick, one from a lower layer, from itself or from the body in the next.

use super::stack::{Joint, LineRef, Module, Stack};
use super::vocabulary::BODY;

/// What feeds an input line: the messages of a line, directly or through a suppressor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputFeed {
    /// Index of the line.
    pub line: usize,
    /// Index of the suppressor, if there is one.
    pub node: Option<usize>,
}

/// A suppressor or inhibitor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SideNode {
    /// Time constant, seconds.
    pub seconds: f32,
    /// Layer that drives it, if not the body.
    pub from: Option<usize>,
    /// Layer on whose line it is, if not the body.
    pub to: Option<usize>,
}

/// One layer of the compiled stack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompiledLayer {
    /// What feeds each input, the weakest first.
    pub inputs: Vec<Vec<InputFeed>>,
    /// Index of its first output line.
    pub first: usize,
    /// Number of its output lines.
    pub outputs: usize,
    /// Inhibitors: (output, line that drives it, index of the node).
    pub inhibitors: Vec<(usize, usize, usize)>,
}

/// The whole stack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompiledStack {
    /// Layers, the lowest first.
    pub layers: Vec<CompiledLayer>,
    /// What feeds each input of the body, the weakest first.
    pub body: Vec<Vec<InputFeed>>,
    /// Number of output lines: those of the body first, then those of each layer.
    pub lines: usize,
    /// Suppressors.
    pub suppressors: Vec<SideNode>,
    /// Inhibitors.
    pub inhibitors: Vec<SideNode>,
}

impl CompiledStack {
    /// Compiles a checked stack.
    pub fn new(stack: &Stack) -> Self {
        let mut plan =
            CompiledStack { body: vec![Vec::new(); BODY.inputs.len()], ..CompiledStack::default() };
        plan.lines = BODY.outputs.len();
        for layer in &stack.layers {
            let spec = layer.behaviour.spec();
            let (first, outputs) = (plan.lines, spec.outputs.len());
            let inputs = vec![Vec::new(); spec.inputs.len()];
            plan.layers.push(CompiledLayer { inputs, first, outputs, inhibitors: Vec::new() });
            plan.lines += outputs;
        }
        plan.free_outputs(stack);
        plan.wires(stack);
        plan
    }

    fn line(&self, port: LineRef) -> usize {
        match port.module {
            Module::Body => port.line,
            Module::Layer(l) => self.layers[l].first + port.line,
        }
    }

    /// An output without a wire or suppressor goes to the body's line of its name, higher over lower.
    fn free_outputs(&mut self, stack: &Stack) {
        for (l, layer) in stack.layers.iter().enumerate() {
            for (line, output) in layer.behaviour.spec().outputs.iter().enumerate() {
                let port = LineRef { module: Module::Layer(l), line };
                let taken = stack.wires.iter().any(|w| w.from == port && w.joint != Joint::Inhibit);
                if let (false, Some(input)) = (taken, BODY.input(output.name)) {
                    let tap = InputFeed { line: self.line(port), node: None };
                    self.body[input].push(tap);
                }
            }
        }
    }

    fn wires(&mut self, stack: &Stack) {
        let layer = |m: Module| if let Module::Layer(l) = m { Some(l) } else { None };
        for wire in &stack.wires {
            let node =
                SideNode { seconds: wire.seconds, from: layer(wire.from.module), to: layer(wire.to.module) };
            let line = self.line(wire.from);
            if let (Joint::Inhibit, Module::Layer(l)) = (wire.joint, wire.to.module) {
                self.layers[l].inhibitors.push((wire.to.line, line, self.inhibitors.len()));
                self.inhibitors.push(node);
                continue;
            }
            let mut tap = InputFeed { line, node: None };
            if wire.joint == Joint::Suppress {
                tap.node = Some(self.suppressors.len());
                self.suppressors.push(node);
            }
            match wire.to.module {
                Module::Body => self.body[wire.to.line].push(tap),
                Module::Layer(l) => self.layers[l].inputs[wire.to.line].push(tap),
            }
        }
    }
}

/// A time constant in ticks: at least one.
pub fn ticks(seconds: f32, dt: f32) -> u16 {
    (libm::roundf(seconds / dt.max(1e-4)) as u16).max(1)
}
