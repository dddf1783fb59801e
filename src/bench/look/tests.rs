use super::*;

fn stripes(period: usize) -> Vec<u8> {
    (0..64 * 64 * 3).map(|i| if (i / 3 % 64 / period).is_multiple_of(2) { 220 } else { 30 }).collect()
}

#[test]
fn a_look_has_every_part_and_its_page_shows_them() {
    let mut judge = Judge::shipped().unwrap();
    let mut data = Samples::empty(3, 64, vec!["wide".into(), "fine".into()]);
    for period in 1..7 {
        data.push(stripes(period), (period < 3) as usize, None);
    }
    let setup = LookSetup { class: None, layer: None, units: 3, neighbours: 2, seed: 1 };
    let pictures = [("fine".to_string(), stripes(2)), ("wide".to_string(), stripes(6))];
    let looks = look(&mut judge, &pictures, Some(("stripes", &data)), &setup).unwrap();
    assert_eq!((looks.looks.len(), looks.exciting.len()), (2, judge.header.classes.len()));
    for (look, place) in looks.looks.iter().zip([1, 5]) {
        assert_eq!(look.nearest[0].place, place, "a frame of the set is its own nearest");
        assert_eq!(
            look.maps.iter().map(|m| m.name).collect::<Vec<_>>(),
            ["grad-cam", "hires-cam", "gradient", "smooth-grad", "occlusion", "windows"]
        );
        assert!(look.maps.iter().all(|m| (m.map.height, m.map.width) == (64, 64) && m.map.peak().0 <= 1.0));
        assert_eq!((look.units.len(), look.class.as_str()), (3, look.ranking[0].0.as_str()));
        assert_eq!(look.layers[0].planes.len(), 24);
    }
    // An ascent ends above where noise starts, in most units.
    assert!(looks.units.iter().filter(|u| u.value > 0.2).count() * 2 > looks.units.len());
    let text = page::page(&looks, "untrained look");
    for part in [
        "Grad-CAM",
        "occlusion",
        "Feature maps",
        "Nearest frames of stripes",
        "The embedding as a map",
        "fourth",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn an_unknown_class_or_layer_is_named_with_those_that_exist() {
    let mut judge = Judge::shipped().unwrap();
    let setup = LookSetup { class: Some("cat".into()), layer: None, units: 1, neighbours: 1, seed: 1 };
    let error = look(&mut judge, &[], None, &setup).err().unwrap();
    assert!(error.contains("`cat`") && error.contains(&judge.header.classes[0]), "{error}");
    let setup = LookSetup { class: None, layer: Some("sixth".into()), ..setup };
    assert!(look(&mut judge, &[], None, &setup).err().unwrap().contains("`sixth`"));
}

#[test]
fn an_overlay_is_brightest_where_the_map_is() {
    let map = SaliencyMap { height: 1, width: 2, values: vec![0.0, 1.0] };
    let sheet = overlay(&[100; 4], (2, 1), &map, 4);
    let light = |x: usize| sheet.rgb[3 * x..3 * x + 3].iter().map(|v| *v as usize).sum::<usize>();
    assert!((sheet.width, sheet.height) == (8, 8) && light(7) > 2 * light(0), "{} {}", light(0), light(7));
}
