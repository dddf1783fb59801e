//! Any address and any number.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn any_address_and_any_number_are_accepted_or_rejected_and_rejected_ones_send_nothing(
        address in prop_oneof![".{0,40}", "[a-z]{1,5}\\.[a-z0-9]{1,5}", Just("gas.inflow".to_string())],
        v in prop_oneof![any::<f64>(), Just(f64::NAN), Just(f64::NEG_INFINITY)],
    ) {
        let (hub, inbox) = hub();
        for to in [ControlInput::Travel(v), ControlInput::Value(v), ControlInput::Press] {
            let known = ResolvedAddress::find(&description(), &address).is_some();
            let number = to == ControlInput::Press || v.is_finite();
            match apply(&hub, &address, to) {
                Ok(()) => prop_assert!(known && number),
                Err(AddressError::NotFinite(a)) => prop_assert!(known && !number && a == address),
                Err(e) => prop_assert!(!known && e == unknown(&description(), &address)),
            }
            let sent = inbox.take().len();
            prop_assert!(sent <= (known && number) as usize);
        }
    }

    #[test]
    fn a_mistyped_address_resolves_to_a_listed_one_or_is_rejected(
        i in 0usize..200, at in 0usize..30, put in "[a-z.0-9]{0,2}|.{0,3}", cut in 0usize..3, pure in 0u8..4,
        noise in ".{0,40}", v in any::<f64>(),
    ) {
        let (hub, inbox) = hub();
        let (description, all) = (description(), list(&description()));
        let mut letters: Vec<char> = all[i % all.len()].name.chars().collect();
        let at = at.min(letters.len());
        letters.splice(at..(at + cut).min(letters.len()), put.chars());
        let address: String = if pure == 0 { noise } else { letters.into_iter().collect() };
        let found = AddressTarget::find(&description, &address);
        if let Some(place) = found {
            let listed = all.iter().find(|a| AddressTarget::find(&description, &a.name) == Some(place));
            prop_assert_eq!(listed.map(|a| a.kind), Some(place.kind()), "{}", address);
        }
        for to in [ControlInput::Travel(v), ControlInput::Value(v), ControlInput::Press] {
            match apply(&hub, &address, to) {
                Ok(()) => prop_assert!(found.is_some(), "{address}"),
                Err(e) => {
                    let not_finite = to != ControlInput::Press && !v.is_finite();
                    prop_assert!(found.is_none() || not_finite, "{address}: {e}");
                    prop_assert!(e.to_string().contains(&address), "{e}");
                }
            }
            for command in inbox.try_iter() {
                let sane = match &command {
                    Command::Event(Event::Set(name, v)) => v.is_finite() && description.directory.find(name).is_some(),
                    Command::Travel(name, t) => (0.0..=1.0).contains(t) && description.directory.find(name).is_some(),
                    Command::Tempo(v) => v.is_finite(),
                    _ => true,
                };
                prop_assert!(sane, "{command:?} from {address}");
            }
        }
    }

    #[test]
    fn every_address_takes_any_finite_number_and_sends_a_value_in_range(i in 0usize..200, v in -1e12f64..1e12) {
        let (hub, inbox) = hub();
        let all = list(&description());
        let a = &all[i % all.len()];
        prop_assert!(apply(&hub, &a.name, ControlInput::Value(v)).is_ok());
        let sent = inbox.try_recv().ok();
        match a.kind {
            AddressKind::Knob(_) if a.name == "tempo.bpm" => {
                prop_assert_eq!(sent, Some(Command::Tempo(v.clamp(0.0, 400.0))));
            }
            AddressKind::Knob(spec) => {
                let Some(Command::Event(Event::Set(name, sent))) = sent else { panic!("{}: {sent:?}", a.name) };
                prop_assert_eq!(&*name, a.name.as_str());
                prop_assert!(sent >= spec.lo && sent <= spec.hi && spec.clamp(sent) == sent);
            }
            AddressKind::Trigger => prop_assert_eq!(sent.is_some(), v >= 0.5),
            AddressKind::Switch | AddressKind::Level => prop_assert!(sent.is_some() || a.name.starts_with("master.")),
        }
    }
}
