//! Planes as fields: which planes of a frame belong together, by their names.

/// What planes that belong together are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One plane.
    Scalar,
    /// Two planes, `….x` and `….y`.
    Vector,
    /// Three planes, `….red`, `….green` and `….blue`.
    Colour,
}

/// Planes of a frame that are one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaneGroup {
    /// What they are.
    pub kind: FieldKind,
    /// Index of the first.
    pub first: usize,
    /// What their names have in common (`basin.velocity`).
    pub name: String,
}

impl FieldKind {
    /// How many planes there are.
    pub fn planes(self) -> usize {
        self.ends().len()
    }

    fn ends(self) -> &'static [&'static str] {
        match self {
            Self::Scalar => &[""],
            Self::Vector => &[".x", ".y"],
            Self::Colour => &[".red", ".green", ".blue"],
        }
    }

    /// What these names have in common, if they begin with a field of this kind.
    fn stem(self, names: &[String]) -> Option<&str> {
        let ends = self.ends();
        let own = names.get(..ends.len())?;
        let stem = own[0].strip_suffix(ends[0])?;
        let all = own.iter().zip(ends).all(|(name, end)| name.strip_suffix(end) == Some(stem));
        all.then_some(stem)
    }
}

impl PlaneGroup {
    /// Indices of its planes.
    pub fn planes(&self) -> std::ops::Range<usize> {
        self.first..self.first + self.kind.planes()
    }

    /// Whether its colours are stored as in a picture file (sRGB) instead of in linear light: those of the composed
    /// picture are.
    pub fn is_srgb(&self) -> bool {
        self.kind == FieldKind::Colour && self.name == "picture"
    }

    /// Whether its name, or the last part of it, is `name`.
    pub fn is_named(&self, name: &str) -> bool {
        self.name.rsplit('.').next() == Some(name)
    }
}

/// The fields of planes with these names, in order.
pub fn groups(names: &[String]) -> Vec<PlaneGroup> {
    let mut all = Vec::new();
    let mut first = 0;
    while first < names.len() {
        let rest = &names[first..];
        let known = [FieldKind::Colour, FieldKind::Vector];
        let found = known.into_iter().find_map(|kind| Some((kind, kind.stem(rest)?)));
        let (kind, name) = found.unwrap_or((FieldKind::Scalar, &rest[0]));
        all.push(PlaneGroup { kind, first, name: name.into() });
        first += kind.planes();
    }
    all
}

/// The first field of a kind.
pub fn first(groups: &[PlaneGroup], kind: FieldKind) -> Option<&PlaneGroup> {
    groups.iter().find(|g| g.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_belong_together_are_one_field() {
        let names = "a.x b.velocity.x b.velocity.y heat picture.red picture.green picture.blue c.red c.green";
        let names: Vec<String> = names.split(' ').map(String::from).collect();
        let groups = groups(&names);
        let found: Vec<(FieldKind, usize, &str)> =
            groups.iter().map(|g| (g.kind, g.first, g.name.as_str())).collect();
        use FieldKind::{Colour, Scalar, Vector};
        let expected = [
            (Scalar, 0, "a.x"),
            (Vector, 1, "b.velocity"),
            (Scalar, 3, "heat"),
            (Colour, 4, "picture"),
            (Scalar, 7, "c.red"),
            (Scalar, 8, "c.green"),
        ];
        assert_eq!(found, expected);
        assert!(groups[3].is_srgb() && groups[1].is_named("velocity") && !groups[0].is_named("a"));
        assert_eq!(first(&groups, Vector).map(PlaneGroup::planes), Some(1..3));
    }
}
