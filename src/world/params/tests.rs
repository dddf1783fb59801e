//! One declaration of knobs gives all that is read of them.

use super::*;

choices! {
    /// Beyond the border.
    pub enum Border { Torus: "torus", Bounded: "bounded" }
}

params! {
    /// A sample.
    pub struct Sample {
        /// Feed rate.
        feed: f32 = 0.037 in 0.0..=0.1, unit "1/step";
        /// Magnification.
        zoom: f64 = 1.0 in 1e-3..=1e13, Log;
        /// How many.
        count: u32 = 5 in 1..=10, rebirth;
        /// Running.
        on: bool = true;
        /// What lies
        /// beyond the border.
        edge: Choice of Border = "bounded";
    }
}

#[test]
fn one_declaration_gives_defaults_and_specs() {
    let mut s = Sample::default();
    assert_eq!((s.feed, s.zoom, s.count, s.on, s.edge), (0.037, 1.0, 5, true, Border::Bounded));
    assert_eq!(Sample::SPECS.len(), 5);
    assert_eq!(Sample::SPECS[0].unit, "1/step");
    assert_eq!(Sample::SPECS[1].scale, Scale::Log);
    assert!(Sample::SPECS[2].rebirth && !Sample::SPECS[1].rebirth);
    assert_eq!(Sample::SPECS[4].doc(), "What lies beyond the border.");
    for (i, spec) in Sample::SPECS.iter().enumerate() {
        assert!((s.get(i) - spec.default).abs() < 1e-6, "{}", spec.name);
        s.set(i, f64::INFINITY);
        assert!((s.get(i) - spec.hi).abs() <= 1e-6 * spec.hi, "{}", spec.name);
        s.set(i, f64::NAN);
        assert!((s.get(i) - spec.default).abs() < 1e-6, "{}", spec.name);
    }
    assert_eq!(Sample::SPECS[4].text(0.0), "torus");
}

proptest::proptest! {
    #[test]
    fn travel_and_value_are_inverse(t in 0.0f64..=1.0) {
        for spec in &Sample::SPECS[..2] {
            proptest::prop_assert!((spec.position_of(spec.value_at(t)) - t).abs() < 1e-9);
        }
    }
}
