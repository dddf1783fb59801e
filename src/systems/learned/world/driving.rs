//! What drives the network from outside: given planes from wired fields, and the learned scene's knobs.

use super::layout::LIMIT;
use super::params::Input;
use super::planes::{FieldKind, PlaneGroup, first, groups};
use learn::dynamics::WorldSpec;
use learn::dynamics::trajectories::KnobRange;
use world::field::Field;
use world::frame::colour::srgb_of_linear;
use world::ports::Inputs as _;

/// Given planes, and where they come from.
pub struct Driving {
    sources: Vec<Source>,
    /// Mean and standard deviation of each given plane over the training frames.
    scales: Vec<[f32; 2]>,
    knobs: Vec<KnobRange>,
    /// The size of the network's planes.
    sized: Field,
    /// Given fields that nothing drove in the last tick, in words.
    idle: Vec<String>,
}

/// A given field and the input that drives it.
struct Source {
    group: PlaneGroup,
    input: Option<Input>,
}

fn input(kind: FieldKind) -> Input {
    match kind {
        FieldKind::Vector => Input::Force,
        FieldKind::Scalar => Input::Drive,
        FieldKind::Colour => Input::Colour,
    }
}

impl Source {
    /// Why it is zero.
    fn idle(&self) -> String {
        let name = &self.group.name;
        match self.input {
            Some(input) => format!("`{name}` is 0: wire a field to `{}`", Input::PORTS[input.index()].name),
            None => format!("`{name}` is 0: only the first field of its kind can be wired"),
        }
    }
}

impl Driving {
    /// For a world whose given planes have these scales. Each input drives the first field of its kind.
    pub fn of(spec: &WorldSpec, scales: Vec<[f32; 2]>) -> Self {
        let all = groups(&spec.given);
        let is_first = |g: &PlaneGroup| first(&all, g.kind) == Some(g);
        let source = |g: &PlaneGroup| Source { group: g.clone(), input: is_first(g).then(|| input(g.kind)) };
        Self {
            sources: all.iter().map(source).collect(),
            scales,
            knobs: spec.knobs.clone(),
            sized: Field::new(spec.width, spec.height, 1),
            idle: Vec::new(),
        }
    }

    /// The given planes `[given][height][width]` of this tick: the wired fields at the network's size, each value within
    /// [`LIMIT`] deviations; 0 where nothing is wired.
    pub fn planes<'a>(&mut self, wired: impl Fn(Input) -> Option<&'a Field>) -> Vec<f32> {
        let mut all = vec![0f32; self.scales.len() * self.sized.width() * self.sized.height()];
        let plane = all.len() / self.scales.len().max(1);
        self.idle.clear();
        for source in &self.sources {
            let Some(field) = source.input.and_then(&wired) else {
                self.idle.push(source.idle());
                continue;
            };
            field.resample(&mut self.sized);
            for (i, p) in source.group.planes().enumerate() {
                let [mean, deviation] = self.scales[p];
                let (low, high) = (mean - LIMIT * deviation, mean + LIMIT * deviation);
                let values = all[p * plane..(p + 1) * plane].iter_mut().zip(self.sized.plane(i));
                values.for_each(|(into, v)| *into = stored(*v, &source.group).clamp(low, high));
            }
        }
        all
    }

    /// Values of the learned scene's knobs, from travels 0..=1; those beyond the travels are in the middle.
    pub fn knobs(&self, travels: &[f32]) -> Vec<f32> {
        let travel = |i: usize| travels.get(i).copied().unwrap_or(0.5);
        self.knobs.iter().enumerate().map(|(i, k)| travel(i).mul_add(k.high - k.low, k.low)).collect()
    }

    /// What each generic knob is, and which given fields nothing drives.
    pub fn notes(&self, generic: usize) -> impl Iterator<Item = String> {
        let knobs = self.knobs.iter().enumerate().map(move |(i, k)| match i < generic {
            true => format!("`knob_{}` is `{}`, {} to {}", i + 1, k.name, k.low, k.high),
            false => format!("`{}` stays in the middle of its range", k.name),
        });
        knobs.chain(self.idle.iter().cloned())
    }
}

/// A value as the network was given it.
fn stored(v: f32, group: &PlaneGroup) -> f32 {
    match group.is_srgb() {
        true => srgb_of_linear(f64::from(v.clamp(0.0, 1.0))) as f32,
        false => v,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driving(given: &[&str]) -> Driving {
        let knob = |i: usize| KnobRange { name: format!("air.k{i}"), low: i as f32, high: 3.0 * i as f32 };
        let spec = WorldSpec {
            scene: "t".into(),
            width: 8,
            height: 8,
            periodic: [true; 2],
            every: 1,
            state: vec!["a".into()],
            given: given.iter().map(|g| g.to_string()).collect(),
            knobs: (1..=5).map(knob).collect(),
        };
        Driving::of(&spec, vec![[0.0, 1.0]; given.len()])
    }

    /// Inputs of a size other than the network's.
    fn fields() -> [Field; 3] {
        let mut fields = [(2, 1.0), (1, 3.0), (3, 0.25)].map(|(planes, v)| {
            let mut field = Field::new(20, 12, planes);
            field.data_mut().fill(v);
            field
        });
        fields[0].plane_mut(1).fill(2.0);
        fields
    }

    fn wired<'a>(fields: &'a [Field; 3]) -> impl Fn(Input) -> Option<&'a Field> {
        move |input| fields.get(input.index())
    }

    fn rounded(planes: &[f32]) -> Vec<f32> {
        planes.chunks_exact(64).map(|p| (p[17] * 1000.0).round() / 1000.0).collect()
    }

    #[test]
    fn inputs_drive_the_first_field_of_their_kind_wherever_it_lies() {
        let given = ["heat", "c.red", "c.green", "c.blue", "wind.x", "wind.y", "more.x", "more.y", "rain"];
        let mut driving = driving(&given);
        let fields = fields();
        let planes = driving.planes(wired(&fields));
        assert_eq!(rounded(&planes), [3.0, 0.25, 0.25, 0.25, 1.0, 2.0, 0.0, 0.0, 0.0]);
        let notes: Vec<String> = driving.notes(4).skip(5).collect();
        assert!(notes.len() == 2 && notes[0].contains("`more`") && notes[1].contains("`rain`"), "{notes:?}");
    }

    #[test]
    fn what_is_not_wired_is_zero_and_said() {
        let mut driving = driving(&["wind.x", "wind.y"]);
        assert!(driving.planes(|_| None).iter().all(|v| *v == 0.0));
        let notes: Vec<String> = driving.notes(4).skip(5).collect();
        assert!(notes.len() == 1 && notes[0].contains("`wind`") && notes[0].contains("`force`"), "{notes:?}");
        let fields = fields();
        driving.planes(wired(&fields));
        assert_eq!(driving.notes(4).skip(5).count(), 0);
    }

    #[test]
    fn a_picture_is_given_as_srgb_and_far_values_are_limited() {
        let mut driving = driving(&["picture.red", "picture.green", "picture.blue", "heat"]);
        let mut fields = fields();
        fields[1].data_mut().fill(1e6);
        let planes = rounded(&driving.planes(wired(&fields)));
        // 0.25 of linear light is 0.537 in sRGB (IEC 61966-2-1).
        assert_eq!(planes, [0.537, 0.537, 0.537, LIMIT]);
    }

    #[test]
    fn knobs_travel_over_the_ranges_that_were_learned() {
        let driving = driving(&[]);
        assert_eq!(driving.knobs(&[0.0, 1.0, 0.5, 0.25]), [1.0, 6.0, 6.0, 6.0, 10.0]);
        let notes: Vec<String> = driving.notes(4).collect();
        assert!(
            notes[1].contains("`knob_2` is `air.k2`, 2 to 6") && notes[4].contains("`air.k5`"),
            "{notes:?}"
        );
    }
}
