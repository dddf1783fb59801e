//! The composed picture against a plain formula in f64, and its promises.

use proptest::prelude::*;
use untrained::world::field::Field;
use untrained::world::frame::WrapMode;
use untrained::world::frame::blend::Blend;
use untrained::world::frame::palette::Palette;
use untrained::world::frame::{Backdrop, Frame, Layer, compose};
use untrained::world::params::Choice;
use untrained::world::params::Params;
use untrained::world::ports::Port;
use untrained::world::rng::Rng;

const SIZE: (usize, usize) = (37, 11);

fn noise(planes: usize, seed: u64) -> Field {
    let mut field = Field::new(SIZE.0, SIZE.1, planes);
    let rng = Rng::new(seed);
    field.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = rng.range(i as u64, -1.5, 2.5));
    field
}

fn layer(palette: &str, blend: Blend) -> Layer {
    let mut layer = Layer::new("l", &Port::scalar("v", "", -0.5, 1.5));
    (layer.palette, layer.blend) = (Palette::parse(palette).unwrap(), blend);
    layer
}

/// The exact sRGB level of a linear light.
fn level(x: f64) -> f64 {
    255.0 * if x <= 0.0031308 { 12.92 * x } else { 1.055 * x.powf(1.0 / 2.4) - 0.055 }
}

/// What a pixel of one scalar layer over a background should be, in f64.
fn expected(layer: &Layer, value: f64, background: f64, channel: usize) -> f64 {
    let k = &layer.knobs;
    let t = (value - k.low as f64) / (k.high as f64 - k.low as f64);
    let unit = match k.beyond {
        WrapMode::Clamp => t.clamp(0.0, 1.0),
        WrapMode::Repeat => t.rem_euclid(1.0),
        WrapMode::Mirror => {
            if t.rem_euclid(2.0) > 1.0 {
                2.0 - t.rem_euclid(2.0)
            } else {
                t.rem_euclid(2.0)
            }
        }
    };
    let toned = unit.powf(k.gamma as f64);
    let colour = layer.palette.at(toned as f32);
    let opacity = k.opacity as f64 * colour[3] as f64 * (1.0 - k.fade as f64 * (1.0 - toned));
    let source = (colour[channel] as f64 * k.gain as f64).min(1.0);
    let mixed = match layer.blend {
        Blend::Normal => source,
        Blend::Add => background + source,
        Blend::Multiply => background * source,
        Blend::Difference => (background - source).abs(),
        other => panic!("{other:?}"),
    };
    level((background + opacity * (mixed - background)).clamp(0.0, 1.0))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn a_layer_is_its_formula(
        seed: u64, blend in 0usize..4, palette in 0usize..4, opacity in 0.0f32..=1.0, fade in 0.0f32..=1.0,
        gamma in 0.5f32..=2.0, gain in 0.0f32..=2.0, back in prop::array::uniform3(0.0f32..=1.0), beyond in 0usize..3,
    ) {
        let blend = [Blend::Normal, Blend::Add, Blend::Multiply, Blend::Difference][blend];
        let mut layer = layer(["grey", "magma", "tide", "#f80"][palette], blend);
        (layer.knobs.opacity, layer.knobs.fade, layer.knobs.gamma) = (opacity, fade, gamma);
        (layer.knobs.gain, layer.knobs.beyond) = (gain, WrapMode::at(beyond));
        let field = noise(1, seed);
        let mut frame = Frame::new(SIZE.0, SIZE.1);
        compose(&[(&layer, &field)], Backdrop { colour: back, dither: false }, &mut frame);
        for y in 0..SIZE.1 {
            for x in 0..SIZE.0 {
                let value = field.at(0, x, y) as f64;
                // A repeated palette has an edge; a value upon it may fall on either side.
                let t = (value + 0.5) / 2.0;
                if beyond == 1 && (t - t.round()).abs() < 1e-3 { continue }
                for (c, &below) in back.iter().enumerate() {
                    let e = expected(&layer, value, below as f64, c);
                    // Half a level of rounding, and a step of the tone table (1/2048 of the palette's range).
                    prop_assert!((frame.pixel(x, y)[c] as f64 - e).abs() < 1.6, "{} {} {:?}", e, c, frame.pixel(x, y));
                }
            }
        }
    }

    #[test]
    fn no_knob_and_no_value_breaks_a_picture(
        knobs in prop::collection::vec(0.0f64..=1.0, 14), planes in 1usize..=3, palette in 0usize..40, blend in 0usize..8,
        wild in prop::collection::vec(prop_oneof![
            Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY), Just(0.0f32), -1e6f32..1e6, -1.0f32..1.0,
        ], 12),
    ) {
        let names: Vec<_> = Palette::names().collect();
        let mut layer = layer(names[palette % names.len()], Blend::ALL[blend]);
        let specs = <untrained::world::frame::LayerKnobs as Params>::SPECS;
        prop_assert_eq!(specs.len(), knobs.len());
        specs.iter().zip(&knobs).enumerate().for_each(|(i, (s, &k))| layer.knobs.set(i, s.value_at(k)));
        let mut field = Field::new(4, 1, planes);
        field.data_mut().iter_mut().zip(&wild).for_each(|(v, &w)| *v = w);
        for size in [(4, 1), (1, 1), (3, 5)] {
            let painted = |layer: &Layer| {
                let mut frame = Frame::new(size.0, size.1);
                compose(&[(layer, &field), (layer, &field)], Backdrop { colour: [0.3; 3], dither: false }, &mut frame);
                frame
            };
            let frame = painted(&layer);
            prop_assert!(frame.rgba.chunks_exact(4).all(|p| p[3] == 255));
            prop_assert_eq!(&frame.rgba, &painted(&layer).rgba);
            // A fully transparent layer has no effect, whatever its values.
            let mut unseen = layer.clone();
            unseen.knobs.opacity = 0.0;
            let unseen = painted(&unseen);
            let mut backdrop = Frame::new(size.0, size.1);
            compose(&[], Backdrop { colour: [0.3; 3], dither: false }, &mut backdrop);
            prop_assert_eq!(&unseen.rgba, &backdrop.rgba);
        }
    }
}

#[test]
fn threads_do_not_matter() {
    let fields = [noise(1, 1), noise(2, 2), noise(3, 3)];
    let layers = [layer("magma", Blend::Normal), layer("tide", Blend::Screen), layer("grey", Blend::Overlay)];
    let pairs: Vec<_> = layers.iter().zip(&fields).collect();
    let hash = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut frame = Frame::new(SIZE.0 * 40, SIZE.1 * 40);
        pool.install(|| compose(&pairs, [0.1, 0.2, 0.3], &mut frame));
        frame.hash()
    };
    assert!([1, 2, 3, 8].iter().all(|&n| hash(n) == hash(1)));
}

#[test]
fn the_picture_is_pinned() {
    // Minted from this very scene. It changes only if tone, palettes, blending or rounding change on purpose.
    let fields = [noise(1, 4), noise(2, 5), noise(3, 6)];
    let mut layers =
        [layer("ember", Blend::Normal), layer("hue", Blend::Add), layer("grey", Blend::Difference)];
    (layers[0].knobs.gamma, layers[1].knobs.opacity, layers[2].knobs.hue) = (0.6, 0.5, 0.25);
    let pairs: Vec<_> = layers.iter().zip(&fields).collect();
    let mut frame = Frame::new(SIZE.0, SIZE.1);
    compose(&pairs, [0.02; 3], &mut frame);
    assert_eq!(frame.hash(), 17_750_677_305_375_863_946);
}

#[test]
fn a_vector_shows_direction_by_a_circle_and_length_by_brightness() {
    let mut field = Field::new(4, 1, 2);
    // Right, down, left; and down at half the length.
    field.data_mut().copy_from_slice(&[1.0, 0.0, -1.0, 0.0, 0.0, 1.0, 0.0, 0.5]);
    let mut hues = layer("cyclic #f00 #0f0 #00f #fff", Blend::Normal);
    (hues.knobs.low, hues.knobs.high) = (0.0, 1.0);
    let mut frame = Frame::new(4, 1);
    compose(&[(&hues, &field)], Backdrop { colour: [0.0; 3], dither: false }, &mut frame);
    assert_eq!([0, 1, 2].map(|x| frame.pixel(x, 0)), [[255, 0, 0], [0, 255, 0], [0, 0, 255]]);
    // Half the length is half the lightness, an eighth of the light.
    assert_eq!(frame.pixel(3, 0)[1], level(0.125).round() as u8);
    let mut lengths = layer("grey", Blend::Normal);
    (lengths.knobs.low, lengths.knobs.high) = (0.0, 1.0);
    compose(&[(&lengths, &field)], Backdrop { colour: [0.0; 3], dither: false }, &mut frame);
    assert_eq!([0, 1, 2].map(|x| frame.pixel(x, 0)), [[255; 3]; 3]);
    assert_eq!(frame.pixel(3, 0)[0], level(0.125).round() as u8);
}

#[test]
fn hue_turns_red_to_green_to_blue_at_equal_luminance_and_chroma_makes_grey() {
    let mut field = Field::new(1, 1, 3);
    field.data_mut().copy_from_slice(&[0.5, 0.2, 0.2]);
    let light = |layer: &Layer| {
        let mut frame = Frame::new(1, 1);
        compose(&[(layer, &field)], Backdrop { colour: [0.0; 3], dither: false }, &mut frame);
        frame.pixel(0, 0).map(|b| {
            let s = b as f64 / 255.0;
            if s <= 0.04045 { s / 12.92 } else { ((s + 0.055) / 1.055).powf(2.4) }
        })
    };
    let luminance = |c: [f64; 3]| 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
    let mut l = layer("grey", Blend::Normal);
    (l.knobs.low, l.knobs.high) = (0.0, 1.0);
    let plain = light(&l);
    for (hue, channel) in [(0.0, 0), (1.0 / 3.0, 1), (-1.0 / 3.0, 2)] {
        l.knobs.hue = hue;
        let turned = light(&l);
        assert!((0..3).all(|c| turned[c] <= turned[channel]), "{hue} {turned:?}");
        assert!((luminance(turned) - luminance(plain)).abs() < 0.01, "{hue} {turned:?}");
    }
    (l.knobs.hue, l.knobs.chroma) = (0.0, 0.0);
    assert!(light(&l).iter().all(|v| (v - luminance(plain)).abs() < 0.005));
}

#[test]
fn a_shift_of_one_is_a_full_turn() {
    let field = noise(1, 8);
    let shown = |palette: &str, shift: f32| {
        let mut l = layer(palette, Blend::Normal);
        l.knobs.shift = shift;
        let mut frame = Frame::new(SIZE.0, SIZE.1);
        compose(&[(&l, &field)], Backdrop { colour: [0.0; 3], dither: false }, &mut frame);
        frame.rgba
    };
    for palette in ["tide", "magma"] {
        let near = |a: &[u8], b: &[u8]| a.iter().zip(b).all(|(x, y)| x.abs_diff(*y) <= 1);
        assert!(near(&shown(palette, 0.0), &shown(palette, 1.0)), "{palette}");
        assert!(!near(&shown(palette, 0.0), &shown(palette, 0.5)), "{palette}");
    }
    // Half way there and back is the palette reversed.
    assert_eq!(shown("magma", 0.5), shown("reversed magma", 0.0));
}
