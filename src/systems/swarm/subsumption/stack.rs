//! Layers and wires as a scene declares them, checked; and the defaults if it declares none.

use serde_json::Value;

use super::vocabulary::{BEHAVIOURS, BODY, Behaviour, FIELDS, LineSpec, ModuleSpec, Payload};
use world::params::Params;
use world::scene::problem::suggest;
use world::system::{Fault, Texts};

/// Most layers of a stack: each has its own output field.
pub const MOST_LAYERS: usize = 8;
/// Most wires of a stack.
pub const MOST_WIRES: usize = 64;
/// Default time constant of a node, seconds.
pub const HOLD: f32 = 0.25;

/// One layer, as declared.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Its name, also that of its switch.
    pub name: String,
    /// Its competence.
    pub behaviour: Behaviour,
    /// Values of the behaviour's settings, in their order.
    pub settings: Vec<f32>,
    /// Index into [`FIELDS`].
    pub field: usize,
}

impl Layer {
    /// A layer with its behaviour's own settings.
    pub fn plain(name: &str, behaviour: Behaviour) -> Self {
        let settings = behaviour.spec().settings.iter().map(|s| s.default).collect();
        Self { name: name.into(), behaviour, settings, field: 0 }
    }

    /// The value of a setting by name; 0 if there is none.
    pub fn setting(&self, name: &str) -> f32 {
        let at = self.behaviour.spec().settings.iter().position(|s| s.name == name);
        at.map_or(0.0, |i| self.settings[i])
    }
}

/// Which module a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    /// The body.
    Body,
    /// A layer, counted from the lowest.
    Layer(usize),
}

/// A line of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRef {
    /// Whose.
    pub module: Module,
    /// Which of its inputs or outputs.
    pub line: usize,
}

/// How a wire joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// Delivers a message to an input.
    Wire,
    /// Replaces what comes to an input, for the time constant after each message.
    Suppress,
    /// Blocks an output, for the time constant after each message.
    Inhibit,
}

/// One wire, as declared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wire {
    /// An output line.
    pub from: LineRef,
    /// An input line; an output line for [`Joint::Inhibit`].
    pub to: LineRef,
    /// The node at its end.
    pub joint: Joint,
    /// Time constant, seconds.
    pub seconds: f32,
}

/// A stack of layers, the lowest first, and the wires between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stack {
    /// Layers, the lowest first.
    pub layers: Vec<Layer>,
    /// Wires, in the order declared: of two nodes on one line the later one is nearer to the module, and wins.
    pub wires: Vec<Wire>,
}

impl Stack {
    /// The stack that texts declare, or all their faults.
    pub fn of<P: Params>(texts: &Texts) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let tables = texts.tables("layer");
        let mut layers: Vec<Option<Layer>> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for (i, table) in tables.iter().enumerate() {
            let found = layer::<P>(i, table, &names, &mut faults);
            names.push(table.get("name").and_then(Value::as_str).unwrap_or("").into());
            layers.push(found);
        }
        if tables.len() > MOST_LAYERS {
            faults.push(Fault::at("layer", format!("{} layers; at most {MOST_LAYERS}", tables.len())));
        }
        let mut stack = match layers.into_iter().collect::<Option<Vec<Layer>>>() {
            _ if tables.is_empty() => Self::usual_layers(),
            Some(layers) => Self { layers, wires: Vec::new() },
            None => return Err(faults),
        };
        let wires = texts.tables("wire");
        if wires.len() > MOST_WIRES {
            faults.push(Fault::at("wire", format!("{} wires; at most {MOST_WIRES}", wires.len())));
        }
        let found: Vec<Option<Wire>> =
            wires.iter().enumerate().map(|(i, w)| wire(i, w, &stack, &mut faults)).collect();
        stack.wires = match texts.values.contains_key("wire") {
            true => found.into_iter().flatten().collect(),
            false => stack.usual_wires(),
        };
        if faults.is_empty() { Ok(stack) } else { Err(faults) }
    }

    /// All five competences.
    fn usual_layers() -> Self {
        let layer = |b: &Behaviour| Layer::plain(b.spec().name, *b);
        Self { layers: BEHAVIOURS.iter().map(layer).collect(), wires: Vec::new() }
    }

    /// Wires where none are declared: every layer's heading suppresses that of the lowest layer (or, where that takes
    /// none, of the body), the higher over the lower; but flocking yields to agents that smell food or carry it, and
    /// the smell of food does not detain agents that are laden.
    fn usual_wires(&self) -> Vec<Wire> {
        let Some(lowest) = self.layers.first() else { return Vec::new() };
        let to = match lowest.behaviour.spec().input("heading") {
            Some(line) => LineRef { module: Module::Layer(0), line },
            None => LineRef { module: Module::Body, line: 0 },
        };
        let from = |l: usize| LineRef { module: Module::Layer(l), line: 0 };
        let mut wires: Vec<Wire> = (1..self.layers.len())
            .map(|l| Wire { from: from(l), to, joint: Joint::Suppress, seconds: HOLD })
            .collect();
        let are = |l: usize, b: &[Behaviour]| b.contains(&self.layers[l].behaviour);
        let load = BODY
            .outputs
            .iter()
            .position(|o| o.name == "load")
            .map(|line| LineRef { module: Module::Body, line });
        for (hungry, load) in
            (0..self.layers.len()).filter(|&l| self.is_hungry(l)).zip(load.into_iter().cycle())
        {
            wires.push(Wire { from: load, to: from(hungry), joint: Joint::Inhibit, seconds: HOLD });
        }
        for flock in (0..self.layers.len()).filter(|&l| are(l, &[Behaviour::Flock])) {
            for busy in (0..self.layers.len()).filter(|&l| are(l, &[Behaviour::Gradient, Behaviour::Forage]))
            {
                let wire =
                    Wire { from: from(busy), to: from(flock), joint: Joint::Inhibit, seconds: 2.0 * HOLD };
                wires.push(wire);
            }
        }
        wires
    }

    /// Whether a layer climbs the gradient of food.
    fn is_hungry(&self, layer: usize) -> bool {
        let l = &self.layers[layer];
        l.behaviour == Behaviour::Gradient && FIELDS[l.field] == "food" && l.setting("sign") > 0.0
    }

    /// Lines and states of a module.
    pub fn spec(&self, module: Module) -> &'static ModuleSpec {
        match module {
            Module::Body => &BODY,
            Module::Layer(l) => self.layers[l].behaviour.spec(),
        }
    }
}

fn layer<P: Params>(i: usize, table: &Value, names: &[String], faults: &mut Vec<Fault>) -> Option<Layer> {
    let at = |key: &str| format!("layer[{i}].{key}");
    let Some(table) = table.as_object() else {
        faults.push(Fault::at(format!("layer[{i}]"), "a layer is a table with `name` and `behaviour`"));
        return None;
    };
    let name = table.get("name").and_then(Value::as_str).unwrap_or("");
    if let Some(wrong) = wrong_name::<P>(name, names) {
        faults.push(Fault::at(at("name"), wrong));
    }
    let valid: Vec<&str> = BEHAVIOURS.iter().map(|b| b.spec().name).collect();
    let found = table.get("behaviour").and_then(Value::as_str).unwrap_or("");
    let Some(behaviour) = BEHAVIOURS.into_iter().find(|b| b.spec().name == found) else {
        let message = format!("a layer needs a `behaviour`, found `{found}`; {}", suggest(found, &valid));
        faults.push(Fault::at(at("behaviour"), message));
        return None;
    };
    let mut layer = Layer::plain(name, behaviour);
    let spec = behaviour.spec();
    for (key, value) in table.iter().filter(|(k, _)| !["name", "behaviour"].contains(&k.as_str())) {
        let wrong = match spec.settings.iter().position(|s| s.name == key) {
            Some(s) => number(value, spec.settings[s].lo, spec.settings[s].hi)
                .map(|v| layer.settings[s] = v)
                .err()
                .map(|e| format!("`{key}` of {} must be {e}", spec.name)),
            None if key == "field" && spec.senses => field(value).map(|f| layer.field = f).err(),
            None => {
                let mut keys: Vec<&str> = spec.settings.iter().map(|s| s.name).collect();
                keys.extend(spec.senses.then_some("field"));
                Some(format!("{} has no setting `{key}`; {}", spec.name, suggest(key, &keys)))
            }
        };
        faults.extend(wrong.map(|w| Fault::at(at(key), w)));
    }
    Some(layer)
}

fn wrong_name<P: Params>(name: &str, names: &[String]) -> Option<String> {
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if name.is_empty() || !letters {
        Some(format!("a layer needs a `name` of letters, digits, - and _, found `{name}`"))
    } else if name == BODY.name {
        Some("`body` is the body, not a layer".into())
    } else if names.iter().any(|n| n == name) {
        Some(format!("there are two layers `{name}`"))
    } else if P::SPECS.iter().any(|s| s.name == name) {
        Some(format!("`{name}` is a knob; its layer's switch needs another name"))
    } else {
        None
    }
}

fn number(value: &Value, lo: f32, hi: f32) -> Result<f32, String> {
    let found = value.as_f64().map(|v| v as f32).filter(|v| (lo..=hi).contains(v));
    found.ok_or(format!("a number in {lo}..={hi}, found {value}"))
}

fn field(value: &Value) -> Result<usize, String> {
    let name = value.as_str().unwrap_or("");
    let found = FIELDS.iter().position(|f| *f == name);
    found.ok_or(format!("there is no field {value} to follow; {}", suggest(name, &FIELDS)))
}

fn wire(i: usize, table: &Value, stack: &Stack, faults: &mut Vec<Fault>) -> Option<Wire> {
    let at = |key: &str| format!("wire[{i}].{key}");
    let Some(table) = table.as_object() else {
        faults.push(Fault::at(format!("wire[{i}]"), "a wire is a table with `from`, `to` and `node`"));
        return None;
    };
    let before = faults.len();
    let text = |key: &str| table.get(key).and_then(Value::as_str).unwrap_or("");
    let joint = match text("node") {
        "wire" => Joint::Wire,
        "suppress" => Joint::Suppress,
        "inhibit" => Joint::Inhibit,
        other => {
            let message = format!("`node` must be suppress, inhibit or wire, found `{other}`");
            faults.push(Fault::at(at("node"), message));
            Joint::Wire
        }
    };
    let from = port(text("from"), stack, false).map_err(|e| faults.push(Fault::at(at("from"), e)));
    let to = port(text("to"), stack, joint != Joint::Inhibit);
    let to = to.map_err(|e| faults.push(Fault::at(at("to"), e)));
    let seconds = table.get("seconds").map_or(Ok(HOLD), |v| number(v, 0.0, 60.0));
    let seconds = seconds.map_err(|e| faults.push(Fault::at(at("seconds"), format!("`seconds` is {e}"))));
    if joint == Joint::Wire && table.contains_key("seconds") {
        faults.push(Fault::at(at("seconds"), "a plain wire has no time constant; suppress and inhibit do"));
    }
    for key in table.keys().filter(|k| !["from", "to", "node", "seconds"].contains(&k.as_str())) {
        let message = format!("a wire has no `{key}`; {}", suggest(key, &["from", "to", "node", "seconds"]));
        faults.push(Fault::at(at(key), message));
    }
    let (from, to, seconds) = (from.ok()?, to.ok()?, seconds.ok()?);
    let wire = Wire { from, to, joint, seconds };
    faults.extend(mismatch(&wire, stack).map(|m| Fault::at(at("to"), m)));
    (faults.len() == before).then_some(wire)
}

/// The line that `module.line` names.
fn port(text: &str, stack: &Stack, input: bool) -> Result<LineRef, String> {
    let (owner, line) = text.split_once('.').unwrap_or((text, ""));
    let module = match stack.layers.iter().position(|l| l.name == owner) {
        Some(l) => Module::Layer(l),
        None if owner == BODY.name => Module::Body,
        None => {
            let mut names: Vec<&str> = stack.layers.iter().map(|l| l.name.as_str()).collect();
            names.push(BODY.name);
            return Err(format!("`{text}`: there is no layer `{owner}`; {}", suggest(owner, &names)));
        }
    };
    let spec = stack.spec(module);
    let (lines, verb) = if input { (spec.inputs, "takes") } else { (spec.outputs, "has") };
    let found = lines.iter().position(|l| l.name == line);
    let names: Vec<&str> = lines.iter().map(|l| l.name).collect();
    found
        .map(|line| LineRef { module, line })
        .ok_or_else(|| format!("`{text}`: {owner} {verb} no `{line}`; {}", suggest(line, &names)))
}

fn mismatch(wire: &Wire, stack: &Stack) -> Option<String> {
    if wire.joint == Joint::Inhibit {
        return (wire.to.module == Module::Body)
            .then(|| "the outputs of the body cannot be inhibited".into());
    }
    let from: &LineSpec = &stack.spec(wire.from.module).outputs[wire.from.line];
    let to: &LineSpec = &stack.spec(wire.to.module).inputs[wire.to.line];
    let fits = to.carries == Payload::Signal || to.carries == from.carries;
    (!fits).then(|| {
        format!("`{}` carries {:?}, but `{}` takes {:?}", from.name, from.carries, to.name, to.carries)
    })
}
