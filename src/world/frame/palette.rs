//! Palettes: 0..1 → linear light with opacity, interpolated in Oklab so that steps look even.

use std::sync::Arc;

use super::builtin_palettes::{NAMED, PaletteSource, helix};
use super::colour::{linear_of_bytes, linear_of_oklab, oklab_of_linear, parse_hex};

/// Table entries; between them colours are interpolated in linear light.
const STEPS: usize = 1024;
/// Samples taken of a library scale. Its bytes are coarse, Oklab between them is not.
const SAMPLES: usize = 64;

/// A palette. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Palette {
    text: String,
    cyclic: bool,
    table: Arc<[[f32; 4]]>,
}

impl PartialEq for Palette {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Default for Palette {
    fn default() -> Self {
        Self::parse("viridis").unwrap_or_else(|e| unreachable!("{e}"))
    }
}

/// One colour of a gradient: position 0..1, Oklab, opacity.
#[derive(Clone, Copy)]
struct ColourStop {
    at: f64,
    lab: [f64; 3],
    alpha: f64,
}

impl Palette {
    /// A palette by name (`viridis`), a gradient (`#000 #a34 30% #fff`, `cyclic #036 #fc6`), or one colour whose
    /// opacity follows the value (`#fc6`). With `reversed` in front, or `_r` after a name, it runs the other way.
    ///
    /// # Errors
    /// What is wrong, and what would be valid.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let mut rest = text;
        let (mut reversed, mut cyclic) = (false, false);
        while let Some((word, after)) = rest.split_once(char::is_whitespace) {
            match word {
                "reversed" => reversed = !reversed,
                "cyclic" => cyclic = true,
                "gradient:" => {}
                _ => break,
            }
            rest = after.trim_start();
        }
        let named = |name: &str| NAMED.iter().find(|n| n.0 == name).map(|n| n.1);
        let (mut table, circle) = match rest.starts_with('#') {
            true => (gradient(rest, cyclic)?, cyclic),
            false => {
                let short = rest.strip_suffix("_r");
                reversed ^= named(rest).is_none() && short.is_some();
                let source = named(rest).or_else(|| named(short?)).ok_or_else(|| unknown(rest))?;
                if cyclic {
                    return Err(format!(
                        "`cyclic` applies to gradients only; the cyclic palettes are {}",
                        Self::cyclic_names()
                    ));
                }
                bake_named(source)
            }
        };
        if reversed {
            table.reverse();
        }
        Ok(Self { text: text.into(), cyclic: circle, table: table.into() })
    }

    /// Every name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|n| n.0)
    }

    /// Whether the palette of that name is cyclic.
    pub fn is_circle(name: &str) -> bool {
        NAMED.iter().any(|n| n.0 == name && is_circle(n.1))
    }

    fn cyclic_names() -> String {
        let circles = NAMED.iter().filter(|n| is_circle(n.1)).map(|n| n.0);
        circles.collect::<Vec<_>>().join(", ")
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is cyclic. A cyclic palette colours a vector field by direction.
    pub fn is_cyclic(&self) -> bool {
        self.cyclic
    }

    /// Linear red, green, blue and opacity at 0..1.
    pub fn at(&self, t: f32) -> [f32; 4] {
        let place = t.clamp(0.0, 1.0) * STEPS as f32;
        let i = (place as usize).min(STEPS - 1);
        let (a, b, part) = (self.table[i], self.table[i + 1], place - i as f32);
        std::array::from_fn(|c| a[c] + (b[c] - a[c]) * part)
    }
}

/// Linear light of a colour in hexadecimal.
///
/// # Errors
/// How a colour is written.
pub fn parse_colour(text: &str) -> Result<[f32; 3], String> {
    let [r, g, b, _] = parse_hex(text.trim())?;
    Ok(linear_of_bytes([r, g, b]).map(|v| v as f32))
}

fn unknown(name: &str) -> String {
    let names: Vec<_> = Palette::names().collect();
    format!(
        "there is no palette `{name}`; write one of {}, a gradient like `#000 #a34 30% #fff`, or one colour like `#fc6`",
        names.join(", ")
    )
}

fn is_circle(source: PaletteSource) -> bool {
    match source {
        PaletteSource::Circle(_) => true,
        PaletteSource::Stops(text) => text.starts_with("cyclic"),
        _ => false,
    }
}

fn bake_named(source: PaletteSource) -> (Vec<[f32; 4]>, bool) {
    let table = match source {
        PaletteSource::Library(scale) => {
            let stops: Vec<ColourStop> = (0..=SAMPLES)
                .map(|i| {
                    let at = i as f64 / SAMPLES as f64;
                    let c = scale.eval_continuous(at);
                    ColourStop { at, lab: oklab_of_linear(linear_of_bytes([c.r, c.g, c.b])), alpha: 1.0 }
                })
                .collect();
            bake(&stops)
        }
        PaletteSource::Circle(f) => computed(f),
        PaletteSource::Helix => computed(helix),
        PaletteSource::Stops(text) => {
            let colours = text.trim_start_matches("cyclic").trim_start();
            gradient(colours, is_circle(source)).unwrap_or_else(|e| unreachable!("{text}: {e}"))
        }
    };
    (table, is_circle(source))
}

fn computed(f: fn(f64) -> [f64; 3]) -> Vec<[f32; 4]> {
    (0..=STEPS).map(|i| light(f(i as f64 / STEPS as f64), 1.0)).collect()
}

fn light(rgb: [f64; 3], alpha: f64) -> [f32; 4] {
    let [r, g, b] = rgb.map(|v| v.clamp(0.0, 1.0) as f32);
    [r, g, b, alpha as f32]
}

/// A table from colours in hexadecimal, each with an optional position in per cent after it.
fn gradient(text: &str, cyclic: bool) -> Result<Vec<[f32; 4]>, String> {
    let mut stops: Vec<(Option<f64>, [u8; 4])> = Vec::new();
    for word in text.split([' ', '\t', ',', '\n']).filter(|w| !w.is_empty()) {
        match (word.strip_suffix('%'), stops.last_mut()) {
            (Some(number), Some((place @ None, _))) => {
                let value: f64 =
                    number.parse().map_err(|_| format!("`{word}` is not a position; write `30%`"))?;
                if !(0.0..=100.0).contains(&value) {
                    return Err(format!("the position `{word}` must lie in 0%..100%"));
                }
                *place = Some(value / 100.0);
            }
            (Some(_), _) => {
                return Err(format!("the position `{word}` must follow a colour, as in `#a34 30%`"));
            }
            (None, _) => stops.push((None, parse_hex(word)?)),
        }
    }
    if let [(None, [r, g, b, a])] = stops[..] {
        stops = vec![(None, [r, g, b, 0]), (None, [r, g, b, a])];
    }
    if stops.len() < 2 {
        return Err("a gradient needs two colours or more".into());
    }
    if cyclic {
        stops.push((None, stops[0].1));
    }
    Ok(bake(&placed(&stops)?))
}

/// Colours without a position are spread evenly between their neighbours with one; the ends are at 0 and 1.
fn placed(stops: &[(Option<f64>, [u8; 4])]) -> Result<Vec<ColourStop>, String> {
    let last = stops.len() - 1;
    let given = |i: usize| stops[i].0.or(if i == 0 { Some(0.0) } else { (i == last).then_some(1.0) });
    let mut out = Vec::with_capacity(stops.len());
    let (mut before, mut at_before) = (0, given(0).unwrap_or(0.0));
    for (i, &(_, [r, g, b, alpha])) in stops.iter().enumerate() {
        let (next, at_next) = (i..=last).find_map(|j| given(j).map(|p| (j, p))).unwrap_or((last, 1.0));
        let at = match next == before {
            true => at_next,
            false => at_before + (at_next - at_before) * (i - before) as f64 / (next - before) as f64,
        };
        if at < at_before {
            return Err("the positions of a gradient must rise".into());
        }
        if next == i {
            (before, at_before) = (i, at);
        }
        out.push(ColourStop {
            at,
            lab: oklab_of_linear(linear_of_bytes([r, g, b])),
            alpha: alpha as f64 / 255.0,
        });
    }
    Ok(out)
}

/// The table of stops whose positions rise; the first and last colour extend to the ends.
fn bake(stops: &[ColourStop]) -> Vec<[f32; 4]> {
    let mut next = 0;
    (0..=STEPS)
        .map(|i| {
            let t = i as f64 / STEPS as f64;
            while next < stops.len() && stops[next].at <= t {
                next += 1;
            }
            let (a, b) = (stops[next.max(1) - 1], stops[next.min(stops.len() - 1)]);
            let part = if b.at > a.at { ((t - a.at) / (b.at - a.at)).max(0.0) } else { 0.0 };
            let mix = |x: f64, y: f64| x + (y - x) * part;
            let lab = std::array::from_fn(|c| mix(a.lab[c], b.lab[c]));
            light(linear_of_oklab(lab), mix(a.alpha, b.alpha))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::srgb::CURVE;
    use super::*;

    fn bytes(palette: &Palette, t: f32) -> [u8; 3] {
        let [r, g, b, _] = palette.at(t);
        [r, g, b].map(|v| CURVE.round(v))
    }

    fn lightness(palette: &Palette, t: f32) -> f64 {
        let [r, g, b, _] = palette.at(t).map(|v| v as f64);
        oklab_of_linear([r, g, b])[0]
    }

    #[test]
    fn ends_are_the_published_ones() {
        for (name, first, last) in [
            ("viridis", [0x44, 0x01, 0x54], [0xfd, 0xe7, 0x25]),
            ("magma", [0x00, 0x00, 0x04], [0xfc, 0xfd, 0xbf]),
            ("inferno", [0x00, 0x00, 0x04], [0xfc, 0xff, 0xa4]),
            ("plasma", [0x0d, 0x08, 0x87], [0xf0, 0xf9, 0x21]),
            ("cubehelix", [0; 3], [255; 3]),
            ("grey", [0; 3], [255; 3]),
        ] {
            let palette = Palette::parse(name).unwrap();
            let near = |a: [u8; 3], b: [u8; 3]| a.iter().zip(b).all(|(x, y)| x.abs_diff(y) <= 1);
            assert!(near(bytes(&palette, 0.0), first), "{name} {:?}", bytes(&palette, 0.0));
            assert!(near(bytes(&palette, 1.0), last), "{name} {:?}", bytes(&palette, 1.0));
            let backwards = Palette::parse(&format!("reversed {name}")).unwrap();
            assert!(near(bytes(&backwards, 0.0), last), "{name}");
            assert_eq!(bytes(&Palette::parse(&format!("{name}_r")).unwrap(), 1.0), bytes(&palette, 0.0));
        }
    }

    #[test]
    fn sequential_palettes_grow_lighter_all_the_way() {
        let sequential = "viridis magma inferno plasma cividis cubehelix grey ink bone ember abyss moss aurora dusk \
                          rust glacier orchid phosphor oxide lava blues_r greens_r oranges_r purples_r sea_r";
        for name in sequential.split_whitespace() {
            let palette = Palette::parse(name).unwrap();
            let steps: Vec<f64> = (0..=128).map(|i| lightness(&palette, i as f32 / 128.0)).collect();
            assert!(steps.windows(2).all(|w| w[1] > w[0] - 2e-3), "{name} {steps:?}");
            assert!(steps[128] > steps[0] + 0.4, "{name}");
        }
    }

    #[test]
    fn cyclic_palettes_close_and_no_others_claim_to() {
        for name in Palette::names() {
            let palette = Palette::parse(name).unwrap();
            if palette.is_cyclic() {
                assert!(
                    palette.at(0.0).iter().zip(palette.at(1.0)).all(|(a, b)| (a - b).abs() < 1e-5),
                    "{name}"
                );
            } else {
                assert_ne!(palette.at(0.0), palette.at(1.0), "{name}");
            }
            let jump = (0..STEPS).any(|i| {
                let (a, b) = (palette.at(i as f32 / STEPS as f32), palette.at((i + 1) as f32 / STEPS as f32));
                a.iter().zip(b).any(|(x, y)| (x - y).abs() > 0.02)
            });
            assert!(!jump, "{name} has an edge");
        }
        let hue = Palette::parse("hue").unwrap();
        assert!((0..64).all(|i| (lightness(&hue, i as f32 / 64.0) - 0.74).abs() < 0.02));
    }

    #[test]
    fn a_gradient_passes_through_its_colours_at_their_positions() {
        let p = Palette::parse("#102030 #a0b0c0 25% #ffffff80").unwrap();
        assert_eq!(bytes(&p, 0.0), [0x10, 0x20, 0x30]);
        assert_eq!(bytes(&p, 0.25), [0xa0, 0xb0, 0xc0]);
        assert_eq!(bytes(&p, 1.0), [255; 3]);
        assert!((p.at(1.0)[3] - 128.0 / 255.0).abs() < 1e-6 && p.at(0.25)[3] == 1.0);
        // Oklab's even step between black and white is the lightness one half.
        assert!((lightness(&Palette::parse("#000 #fff").unwrap(), 0.5) - 0.5).abs() < 1e-3);
        let even = Palette::parse("gradient: #000 #111 #222 #333 #444").unwrap();
        assert_eq!(bytes(&even, 0.75), [0x33; 3]);
        let one = Palette::parse("#f80").unwrap();
        assert_eq!((bytes(&one, 0.5), one.at(0.0)[3], one.at(1.0)[3]), ([255, 136, 0], 0.0, 1.0));
        let edge = Palette::parse("#000 50% #fff 50%").unwrap();
        assert_eq!((bytes(&edge, 0.49), bytes(&edge, 0.51)), ([0; 3], [255; 3]));
        let round = Palette::parse("cyclic #f00 #00f").unwrap();
        assert!(round.is_cyclic() && bytes(&round, 1.0) == [255, 0, 0] && bytes(&round, 0.5) == [0, 0, 255]);
    }

    #[test]
    fn invalid_palettes_are_rejected_with_what_is_valid() {
        for (text, says) in [
            ("virids", "viridis, magma"),
            ("", "viridis"),
            ("#000 #ggg", "#rrggbb"),
            ("#000 30%", "two colours"),
            ("30% #000 #fff", "no palette"),
            ("#000 80% #fff 20%", "must rise"),
            ("#000 120% #fff", "0%..100%"),
            ("#000 x% #fff", "30%"),
            ("#000 NaN% #fff", "0%..100%"),
            ("#000 10% 20% #fff", "must follow a colour"),
            ("cyclic viridis", "hue, sinebow"),
        ] {
            let error = Palette::parse(text).map(|p| p.text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
