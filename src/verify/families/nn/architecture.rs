//! Networks and their training as a line of text:
//! `conv3x3(1->8,pad1) relu maxpool2 flatten linear(64->10); input digits/16; sequential batches of 50 of the train file`.

use learn::net::weights::WeightArray;
use learn::sequential::layer::Layer;
use learn::sequential::network::LayerWeights;

use super::array::Array;
use super::names;

/// A layer with its weights, and the places of weight and bias among the arrays that they are from.
pub type Placed = (LayerWeights, [Option<usize>; 2]);

/// A network and its training.
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    /// The layers, by their names, each with channels in and out where it has them.
    layers: Vec<(String, Option<[usize; 2]>)>,
    /// Name of the data set.
    pub data: String,
    /// What its values are divided by.
    pub divisor: f32,
    /// Pictures of a batch.
    pub batch: usize,
}

impl Architecture {
    /// Of a line of text.
    ///
    /// # Errors
    /// A part is missing.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (network, training) = text.split_once(';').unwrap_or((text, ""));
        let layers: Vec<_> = words(network).iter().map(|word| layer(word)).collect::<Result<_, _>>()?;
        if layers.is_empty() {
            return Err("expected layers, found none".into());
        }
        let scaled = training.split([' ', ';', ',', '(']).find_map(|word| {
            let (name, divisor) = word.split_once('/')?;
            let divisor = divisor.parse::<f32>().ok().filter(|d| d.is_finite() && *d > 0.0)?;
            (!name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_'))
                .then_some((name, divisor))
        });
        let (data, divisor) = scaled.ok_or("expected the data with what it is divided by (digits/16)")?;
        let behind = training.split_once("batches of ").map_or("", |t| t.1);
        let end = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
        let batch = behind[..end].parse().ok().filter(|n| *n > 0);
        let batch = batch.ok_or("expected the size of a batch (batches of 50)")?;
        Ok(Self { layers, data: data.into(), divisor, batch })
    }

    /// The layers with their weights: those of `arrays`, which are named and in their order, that fit. Also gives which array
    /// is the weight and which the bias of a layer.
    ///
    /// # Errors
    /// A layer is not known, or no weights fit it.
    pub fn with_weights(&self, input: [usize; 3], arrays: &[(String, Array)]) -> Result<Vec<Placed>, String> {
        let mut size = [1, input[0], input[1], input[2]];
        let mut taken = vec![false; arrays.len()];
        let mut all = Vec::new();
        for (i, (name, channels)) in self.layers.iter().enumerate() {
            let place = |e: String| format!("layer {} ({name}): {e}", i + 1);
            // A weight is the first that is left and fits; its bias has the same name but for the ending.
            let candidates = (0..arrays.len()).filter(|k| !taken[*k] && arrays[*k].0.ends_with("weight"));
            let mut last = None;
            let mut found = None;
            for weight in candidates.map(Some).chain([None]) {
                let bias = weight.and_then(|k| {
                    let name = arrays[k].0.strip_suffix("weight")?;
                    arrays.iter().position(|(of, _)| of.strip_suffix("bias") == Some(name))
                });
                let dims = |k: Option<usize>| k.map(|k| arrays[k].1.dims.as_slice());
                let fits = names::layer(name, size[1], dims(weight)).and_then(|named| {
                    let sizes = named.layer.sizes(size, dims(weight), dims(bias))?;
                    stated(named.layer, size, sizes.output, *channels)?;
                    Ok((named.layer, sizes))
                });
                match fits {
                    Ok((layer, sizes)) => {
                        found = Some((layer, sizes, [weight, bias]));
                        break;
                    }
                    Err(e) => last = Some(e),
                }
            }
            let (layer, sizes, places) = found.ok_or_else(|| place(last.unwrap_or_default()))?;
            places.iter().flatten().for_each(|k| taken[*k] = true);
            let of = |k: Option<usize>| {
                k.map(|k| WeightArray { dims: arrays[k].1.dims.clone(), values: arrays[k].1.values.clone() })
            };
            all.push((LayerWeights { layer, weight: of(places[0]), bias: of(places[1]) }, places));
            size = sizes.output;
        }
        match taken.iter().position(|t| !t) {
            None => Ok(all),
            Some(left) => Err(format!("expected a layer for {}, found none", arrays[left].0)),
        }
    }
}

/// Words of a text; what stands in brackets belongs to the word before.
fn words(text: &str) -> Vec<String> {
    let (mut all, mut word, mut depth) = (Vec::new(), String::new(), 0usize);
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match depth == 0 && (c.is_whitespace() || c == ',') {
            true if word.is_empty() => {}
            true => all.push(std::mem::take(&mut word)),
            false => word.push(c),
        }
    }
    all.extend((!word.is_empty()).then_some(word));
    all
}

/// `conv3x3(1->8,pad1)` as the name of a layer, `conv3x3_pad1`, with its channels.
fn layer(word: &str) -> Result<(String, Option<[usize; 2]>), String> {
    let (head, inside) = word.split_once('(').unwrap_or((word, ""));
    let inside = inside.trim_end_matches(')');
    let (mut name, mut channels) = (head.to_string(), None);
    // The order of flattened values is the only one that there is.
    if head.eq_ignore_ascii_case("flatten") {
        return Ok((name, None));
    }
    for part in inside.split([',', ' ']).filter(|p| !p.is_empty()) {
        match part.split_once("->") {
            Some((from, to)) => {
                let number = |text: &str| {
                    text.parse::<usize>()
                        .map_err(|_| format!("expected a number of channels, found {text:?}"))
                };
                channels = Some([number(from)?, number(to)?]);
            }
            None => name += &format!("_{part}"),
        }
    }
    Ok((name, channels))
}

/// Checks the channels that a text states.
fn stated(
    layer: Layer,
    input: [usize; 4],
    output: [usize; 4],
    channels: Option<[usize; 2]>,
) -> Result<(), String> {
    let Some(channels) = channels else { return Ok(()) };
    let from = if layer == Layer::Linear { input[1..].iter().product() } else { input[1] };
    match channels == [from, output[1]] {
        true => Ok(()),
        false => Err(format!(
            "expected {} channels to {}, found {from} to {}",
            channels[0], channels[1], output[1]
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "conv3x3(1->8,pad1) relu maxpool2 conv3x3(8->16,pad1) relu maxpool2 flatten(C,H,W order) linear(64->10); input digits/16; sequential batches of 50 of the train file in file order (30 batches per pass); mean cross-entropy";

    #[test]
    fn a_line_of_text_is_a_network_and_its_training() {
        let found = Architecture::parse(TEXT).unwrap();
        let names: Vec<&str> = found.layers.iter().map(|l| l.0.as_str()).collect();
        let expected =
            ["conv3x3_pad1", "relu", "maxpool2", "conv3x3_pad1", "relu", "maxpool2", "flatten", "linear"];
        assert_eq!(names, expected);
        assert_eq!((found.layers[3].1, found.layers[7].1), (Some([8, 16]), Some([64, 10])));
        assert_eq!((found.data.as_str(), found.divisor, found.batch), ("digits", 16.0, 50));
        for (text, told) in [
            ("", "expected layers"),
            ("relu", "expected the data"),
            ("relu; digits/0; batches of 5", "expected the data"),
            ("relu; digits/16", "expected the size of a batch"),
            ("relu; digits/16; batches of 0", "expected the size of a batch"),
            ("conv3x3(a->8); digits/16; batches of 5", "expected a number of channels"),
        ] {
            let e = Architecture::parse(text).unwrap_err();
            assert!(e.contains(told), "{text}: {e}");
        }
    }
}
