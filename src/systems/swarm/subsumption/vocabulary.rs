//! The parts of a stack: behaviours with their lines, states and settings, and the body they drive. Scenes, checks, the
//! compiler and the manual all read these tables.

/// What a message on a line carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A direction to go.
    Heading,
    /// A number.
    Amount,
    /// A message without a value. A signal line takes any message.
    Signal,
}

/// An input or output line of a module.
#[derive(Clone, Copy, Debug)]
pub struct LineSpec {
    /// Name, after the dot.
    pub name: &'static str,
    /// What its messages mean.
    pub about: &'static str,
    /// What its messages carry.
    pub carries: Payload,
}

const fn heading(about: &'static str) -> LineSpec {
    LineSpec { name: "heading", about, carries: Payload::Heading }
}
const fn amount(name: &'static str, about: &'static str) -> LineSpec {
    LineSpec { name, about, carries: Payload::Amount }
}
const fn signal(name: &'static str, about: &'static str) -> LineSpec {
    LineSpec { name, about, carries: Payload::Signal }
}

/// A number that a layer's table can set.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Key in the layer's table.
    pub name: &'static str,
    /// What it does, with its unit.
    pub about: &'static str,
    /// Default value.
    pub default: f32,
    /// Least value.
    pub lo: f32,
    /// Greatest value.
    pub hi: f32,
}

const fn setting(name: &'static str, about: &'static str, default: f32, lo: f32, hi: f32) -> Setting {
    Setting { name, about, default, lo, hi }
}

/// A module: an augmented finite state machine, or the body.
#[derive(Clone, Copy, Debug)]
pub struct ModuleSpec {
    /// Name of the behaviour.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Names of its states; it starts in the first, and returns to it on `reset`.
    pub states: &'static [&'static str],
    /// Input lines.
    pub inputs: &'static [LineSpec],
    /// Output lines.
    pub outputs: &'static [LineSpec],
    /// Settings of its table.
    pub settings: &'static [Setting],
    /// Whether its table can name a `field` to sense.
    pub senses: bool,
}

/// The competences of layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Keeps clear of obstacles and danger.
    Avoid,
    /// Roams.
    Wander,
    /// Follows the gradient of a field.
    Gradient,
    /// Follows trails, carries food home, lays scent.
    Forage,
    /// Moves with its neighbours.
    Flock,
}

/// Every behaviour, in the order of their usual stacking.
pub const BEHAVIOURS: [Behaviour; 5] =
    [Behaviour::Avoid, Behaviour::Wander, Behaviour::Gradient, Behaviour::Forage, Behaviour::Flock];

/// Fields that a gradient layer can follow.
pub const FIELDS: [&str; 9] = ["food", "danger", "obstacle", "scent", "trail", "nest", "presence", "a", "b"];

const REFERENCE: &str = "the direction to start from; without a message the agent's own";
const RESET: LineSpec = signal("reset", "puts the machine into its first state");
const REACH: Setting = setting("reach", "how far ahead it senses, cells", 7.0, 1.0, 64.0);
const ANGLE: Setting = setting("angle", "how far aside it senses, turns", 0.1, 0.01, 0.45);

const AVOID: ModuleSpec = ModuleSpec {
    name: "avoid",
    about: "senses solid cells and danger ahead, turns to the freer side, and halts before it would touch",
    states: &["clear", "turning", "backing"],
    inputs: &[heading("where to go if the way is clear"), amount("speed", "how fast, of full speed"), RESET],
    outputs: &[
        heading("the way to go"),
        amount("speed", "slower the nearer the obstacle"),
        signal("halt", "one more step would touch"),
    ],
    settings: &[
        setting("radius", "how far ahead it senses, cells", 4.0, 1.0, 32.0),
        setting("nerve", "danger above which it turns", 0.1, 0.0, 1000.0),
        setting("seconds", "how long it backs out of a dead end", 0.4, 0.0, 60.0),
    ],
    senses: false,
};

const WANDER: ModuleSpec = ModuleSpec {
    name: "wander",
    about: "goes straight for a while, then veers by a random angle",
    states: &["straight", "veer"],
    inputs: &[heading(REFERENCE), RESET],
    outputs: &[heading("a new direction, each time it veers")],
    settings: &[
        setting("turn", "greatest angle of a veer, turns", 0.12, 0.0, 0.5),
        setting("seconds", "mean time between veers", 0.5, 0.01, 60.0),
    ],
    senses: false,
};

const GRADIENT: ModuleSpec = ModuleSpec {
    name: "gradient",
    about: "compares a field left, ahead and right, and goes where there is more (sign 1) or less (sign −1)",
    states: &["lost", "climbing"],
    inputs: &[heading(REFERENCE), RESET],
    outputs: &[heading("uphill, while there is a slope")],
    settings: &[
        REACH,
        ANGLE,
        setting("sign", "1 climbs, −1 descends", 1.0, -1.0, 1.0),
        setting("strength", "how sharply it bends, 0 not at all, 1 all the way", 1.0, 0.0, 1.0),
        setting("least", "differences below this are not sensed", 0.001, 0.0, 1000.0),
    ],
    senses: true,
};

const FORAGE: ModuleSpec = ModuleSpec {
    name: "forage",
    about: "searches along the trail of those who found food, turns back when it carries some, goes home, and lays \
            scent on both ways",
    states: &["search", "carry", "home"],
    inputs: &[RESET],
    outputs: &[
        heading("along a trail, or home"),
        amount("scent", "scent to lay: the way home when empty, the way to food when laden"),
        signal("release", "at home with a load"),
    ],
    settings: &[
        REACH,
        ANGLE,
        setting("least", "trails fainter than this are not sensed", 0.05, 0.0, 1000.0),
        setting("compass", "knowledge of the way home, 0 scent only, 1 straight", 0.5, 0.0, 1.0),
        setting("lay", "scent laid per tick", 1.0, 0.0, 3.9),
        setting("fade", "seconds since nest or food after which it lays a third as much", 6.0, 0.1, 600.0),
        setting("seconds", "how long it turns about when it has found food or come home", 0.3, 0.0, 60.0),
    ],
    senses: false,
};

const FLOCK: ModuleSpec = ModuleSpec {
    name: "flock",
    about: "goes with the mean heading of its kind (laden or empty) around it, keeps together but not too close, and, \
            when empty, goes where the laden come from",
    states: &["alone", "together"],
    inputs: &[heading(REFERENCE), RESET],
    outputs: &[heading("with the others"), amount("speed", "faster the better they agree")],
    settings: &[
        setting("align", "pull towards the mean heading", 1.0, 0.0, 8.0),
        setting("cohere", "pull towards the denser side", 0.5, 0.0, 8.0),
        setting(
            "crowd",
            "agents per block of 4×4 cells above which it seeks the less dense side",
            4.0,
            0.0,
            1000.0,
        ),
        setting("against", "pull of the empty against the stream of the laden", 0.6, 0.0, 8.0),
        setting("least", "agents per block below which it is alone", 0.2, 0.0, 1000.0),
        setting("haste", "how much faster it goes in full agreement", 0.3, 0.0, 1.0),
    ],
    senses: false,
};

/// The body: not a layer, but every stack ends in it. Its outputs report what happened in the last tick.
pub const BODY: ModuleSpec = ModuleSpec {
    name: "body",
    about: "turns and moves; picks up food and drops it at home",
    states: &["alive"],
    inputs: &[
        heading("where to turn"),
        amount("speed", "how fast, of full speed"),
        signal("halt", "turn on the spot"),
        signal("release", "drop the load: at home it is brought in, elsewhere it becomes food"),
        amount("scent", "scent to lay"),
    ],
    outputs: &[signal("bump", "it touched something"), signal("load", "it carries something")],
    settings: &[],
    senses: false,
};

impl Behaviour {
    /// Lines, states and settings.
    pub const fn spec(self) -> &'static ModuleSpec {
        match self {
            Behaviour::Avoid => &AVOID,
            Behaviour::Wander => &WANDER,
            Behaviour::Gradient => &GRADIENT,
            Behaviour::Forage => &FORAGE,
            Behaviour::Flock => &FLOCK,
        }
    }
}

impl ModuleSpec {
    /// Position of an input line.
    pub fn input(&self, name: &str) -> Option<usize> {
        self.inputs.iter().position(|l| l.name == name)
    }
    /// Position of an output line.
    pub fn output(&self, name: &str) -> Option<usize> {
        self.outputs.iter().position(|l| l.name == name)
    }
}
