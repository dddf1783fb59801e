//! A lenient parser of OSC datagrams: messages without a type tag string (the specification asks receivers to be robust
//! here), every type of OSC 1.0 and 1.1, arrays. A malformed message is dropped alone, never the rest of its bundle.

/// Greatest nesting depth of bundles.
const DEEPEST: usize = 8;
/// The time tag that means "immediately".
pub const NOW: u64 = 1;

/// One argument, as far as control input can use it. Arrays are flattened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arg<'a> {
    /// `i`, `h`, `f`, `d`, `T`, `F`.
    Number(f64),
    /// A normalised value, 0..1: `m` by its velocity, controller value or bend, `r` by the lightness of the colour.
    Travel(f64),
    /// `s`, `S`, `c`.
    Text(&'a str),
    /// A press, without a value: `I`, `N`, `t`.
    Press,
    /// A blob, or an unknown type, after which nothing more is read.
    Other,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message<'a> {
    /// Begins with `/`.
    pub address: &'a str,
    /// In order.
    pub args: Vec<Arg<'a>>,
}

/// What a datagram, or a part of a bundle, is.
#[derive(Clone, Debug, PartialEq)]
pub enum Packet<'a> {
    /// A message.
    Message(Message<'a>),
    /// A bundle: its time tag (NTP: seconds since 1900, 32 bits, and their fraction) and its parts.
    Bundle(u64, Vec<Packet<'a>>),
    /// Malformed bytes.
    Broken,
}

/// Parses a datagram, in time and memory linear in its length.
pub fn read(bytes: &[u8]) -> Packet<'_> {
    part(bytes, 0)
}

/// The time tag of a bundle, without parsing the rest of it.
pub fn time_tag(bytes: &[u8]) -> Option<u64> {
    let time_tag = bytes.strip_prefix(b"#bundle\0")?.first_chunk::<8>()?;
    Some(u64::from_be_bytes(*time_tag))
}

/// The parts of a bundle, as bytes; the last is an error if the bundle is truncated.
pub fn parts(bundle: &[u8]) -> impl Iterator<Item = Result<&[u8], ()>> {
    let mut rest = bundle.get(16..).unwrap_or_default();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let part = rest
            .split_first_chunk::<4>()
            .and_then(|(size, after)| after.split_at_checked(u32::from_be_bytes(*size) as usize));
        rest = part.map_or(&[], |p| p.1);
        Some(part.map(|p| p.0).ok_or(()))
    })
}

fn part(bytes: &[u8], depth: usize) -> Packet<'_> {
    if let Some(time_tag) = time_tag(bytes) {
        if depth >= DEEPEST {
            return Packet::Broken;
        }
        let each = parts(bytes).map(|p| p.map_or(Packet::Broken, |p| part(p, depth + 1)));
        return Packet::Bundle(time_tag, each.collect());
    }
    message(bytes).map_or(Packet::Broken, Packet::Message)
}

fn message(bytes: &[u8]) -> Option<Message<'_>> {
    let mut rest = bytes;
    let address = text(&mut rest).filter(|a| a.starts_with('/'))?;
    let args = match rest.first() {
        Some(b',') => tagged(text(&mut rest)?, rest)?,
        _ => untagged(rest),
    };
    Some(Message { address, args })
}

/// A string, padded to a multiple of four bytes; the last of a datagram may lack the padding.
fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let length = rest.iter().position(|b| *b == 0).unwrap_or(rest.len());
    let (text, after) = rest.split_at(length);
    *rest = after.get(4 - length % 4..).unwrap_or_default();
    std::str::from_utf8(text).ok()
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (head, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(head)
}

/// Arguments by their type tags; `None` if they are truncated.
fn tagged<'a>(tags: &str, mut rest: &'a [u8]) -> Option<Vec<Arg<'a>>> {
    let mut args = Vec::new();
    for tag in tags.bytes().skip(1) {
        args.push(match tag {
            b'[' | b']' => continue,
            b'i' => Arg::Number(i32::from_be_bytes(*take(&mut rest)?) as f64),
            b'f' => Arg::Number(f32::from_be_bytes(*take(&mut rest)?) as f64),
            b'h' => Arg::Number(i64::from_be_bytes(*take(&mut rest)?) as f64),
            b'd' => Arg::Number(f64::from_be_bytes(*take(&mut rest)?)),
            b'T' => Arg::Number(1.0),
            b'F' => Arg::Number(0.0),
            b'I' | b'N' => Arg::Press,
            b't' => take::<8>(&mut rest).map(|_| Arg::Press)?,
            b's' | b'S' if rest.is_empty() => return None,
            b's' | b'S' => Arg::Text(text(&mut rest)?),
            b'c' => {
                let [_, _, _, letter] = take::<4>(&mut rest)?;
                Arg::Text(std::str::from_utf8(std::slice::from_ref(letter)).unwrap_or_default())
            }
            b'r' => Arg::Travel(lightness(take(&mut rest)?)),
            b'm' => midi(take(&mut rest)?),
            b'b' => {
                let size = u32::from_be_bytes(*take(&mut rest)?) as usize;
                rest = rest.get(size.checked_next_multiple_of(4)?..)?;
                Arg::Other
            }
            _ => {
                args.push(Arg::Other);
                break;
            }
        });
    }
    Some(args)
}

/// Arguments without type tags: numbers of four bytes each, unless the bytes are better read as a string.
fn untagged(rest: &[u8]) -> Vec<Arg<'_>> {
    let words = rest.as_chunks::<4>().0;
    let mut letters = rest;
    let printable = |t: &&str| !t.is_empty() && t.bytes().all(|b| (32..127).contains(&b));
    let numbers = words.first().is_some_and(|w| (1e-3..1e7).contains(&f32::from_be_bytes(*w).abs()));
    match text(&mut letters).filter(printable) {
        Some(text) if !numbers => vec![Arg::Text(text)],
        _ => words.iter().map(|word| Arg::Number(plausible(word))).collect(),
    }
}

/// An integer of ordinary size is tiny as a float, and a float of ordinary size is huge as an integer.
fn plausible(word: &[u8; 4]) -> f64 {
    let (whole, float) = (i32::from_be_bytes(*word), f32::from_be_bytes(*word));
    let usual = float == 0.0 || (1e-6..1e7).contains(&float.abs());
    if usual { float as f64 } else { whole as f64 }
}

/// Luma of BT.709, 0..1; alpha is ignored.
fn lightness([r, g, b, _]: &[u8; 4]) -> f64 {
    (2126 * *r as u32 + 7152 * *g as u32 + 722 * *b as u32) as f64 / 2_550_000.0
}

/// Port, status and two data bytes.
fn midi([_, status, first, second]: &[u8; 4]) -> Arg<'static> {
    let (first, second) = ((first & 127) as f64, (second & 127) as f64);
    match status >> 4 {
        8 => Arg::Travel(0.0),
        9..=11 => Arg::Travel(second / 127.0),
        13 => Arg::Travel(first / 127.0),
        14 => Arg::Travel((first + 128.0 * second) / 16_383.0),
        12 => Arg::Press,
        _ => Arg::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rosc::{
        OscArray, OscBundle, OscColor, OscMessage, OscMidiMessage, OscPacket, OscTime, OscType, encoder,
    };

    fn sent(args: Vec<OscType>) -> Vec<u8> {
        encoder::encode(&OscPacket::Message(OscMessage { addr: "/a/b".into(), args })).unwrap()
    }

    fn args(bytes: &[u8]) -> Vec<Arg<'_>> {
        let Packet::Message(message) = read(bytes) else { panic!("{bytes:?}") };
        assert_eq!(message.address, "/a/b");
        message.args
    }

    #[test]
    fn every_type_is_read() {
        let midi = |status, data1, data2| OscType::Midi(OscMidiMessage { port: 0, status, data1, data2 });
        let colour = OscType::Color(OscColor { red: 255, green: 255, blue: 255, alpha: 0 });
        let array = OscType::Array(OscArray { content: vec![OscType::Float(0.25), OscType::Int(7)] });
        let all = sent(vec![
            array,
            OscType::Double(0.1),
            OscType::Long(-3),
            OscType::Bool(true),
            OscType::Bool(false),
            OscType::Inf,
            OscType::Nil,
            OscType::Time(OscTime { seconds: 9, fractional: 9 }),
            OscType::String("four".into()),
            OscType::Char('7'),
            OscType::Blob(vec![1, 2, 3, 4, 5]),
            midi(0x90, 60, 127),
            midi(0x83, 60, 64),
            midi(0xe0, 127, 127),
            colour,
            OscType::Int(i32::MIN),
        ]);
        let numbers = |v: &[f64]| v.iter().map(|v| Arg::Number(*v)).collect::<Vec<_>>();
        let expected = [
            numbers(&[0.25, 7.0, 0.1, -3.0, 1.0, 0.0]),
            vec![Arg::Press; 3],
            vec![Arg::Text("four"), Arg::Text("7"), Arg::Other],
            vec![Arg::Travel(1.0), Arg::Travel(0.0), Arg::Travel(1.0), Arg::Travel(1.0)],
            numbers(&[i32::MIN as f64]),
        ];
        assert_eq!(args(&all), expected.concat());
    }

    #[test]
    fn messages_without_type_tags_are_read_where_possible() {
        let with = |tail: &[u8]| [b"/a/b\0\0\0\0", tail].concat();
        assert_eq!(args(&with(b"")), []);
        assert_eq!(args(b"/a/b"), [], "not even padded");
        assert_eq!(args(&with(&0.75f32.to_be_bytes())), [Arg::Number(0.75)]);
        assert_eq!(args(&with(&[0, 0, 0, 1, 0x3f, 0, 0, 0])), [Arg::Number(1.0), Arg::Number(0.5)]);
        assert_eq!(args(&with(&[0; 4])), [Arg::Number(0.0)]);
        assert_eq!(args(&with(&(-7i32).to_be_bytes())), [Arg::Number(-7.0)]);
        assert_eq!(args(&with(b"on\0\0")), [Arg::Text("on")]);
        assert_eq!(args(&with(b",\0\0\0")), []);
        assert_eq!(args(&with(b",fy\0\x3f\x80\0\0????")), [Arg::Number(1.0), Arg::Other]);
    }

    #[test]
    fn a_truncated_message_is_dropped_alone() {
        for broken in [&b"/a/b\0\0\0\0,f\0\0\x3f\x80"[..], b"/a/b\0\0\0\0,s\0\0", b"a/b\0", b"", b"/\xff\0\0"]
        {
            assert_eq!(read(broken), Packet::Broken, "{broken:?}");
        }
        let part = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat();
        let good = sent(vec![OscType::Int(3)]);
        let bundle =
            [&b"#bundle\0\0\0\0\0\0\0\0\x01"[..], &part(b"nonsense"), &part(&good), &[0, 0, 0, 9, 1]]
                .concat();
        let Packet::Bundle(NOW, parts) = read(&bundle) else { panic!() };
        assert!(parts[0] == Packet::Broken && parts[2] == Packet::Broken && parts.len() == 3, "{parts:?}");
        assert!(matches!(&parts[1], Packet::Message(m) if m.args == [Arg::Number(3.0)]));
    }

    #[test]
    fn bundles_are_parsed_to_a_limited_depth() {
        let mut bytes = sent(vec![]);
        for _ in 0..2000 {
            let size = (bytes.len() as u32).to_be_bytes();
            bytes = [&b"#bundle\0\0\0\0\0\0\0\0\x01"[..], &size, &bytes].concat();
        }
        let mut packet = read(&bytes);
        let mut depth = 0;
        while let Packet::Bundle(_, mut parts) = packet {
            (packet, depth) = (parts.remove(0), depth + 1);
        }
        assert_eq!((packet, depth), (Packet::Broken, DEEPEST));
    }

    /// The same packet, as `rosc` parses it.
    fn by_rosc(packet: &OscPacket) -> Packet<'static> {
        match packet {
            OscPacket::Bundle(b) => {
                let time_tag = (b.timetag.seconds as u64) << 32 | b.timetag.fractional as u64;
                Packet::Bundle(time_tag, b.content.iter().map(by_rosc).collect())
            }
            OscPacket::Message(m) => {
                let number = |a: &OscType| match a {
                    OscType::Int(v) => Arg::Number(*v as f64),
                    OscType::Float(v) => Arg::Number(*v as f64),
                    OscType::Double(v) => Arg::Number(*v),
                    OscType::Long(v) => Arg::Number(*v as f64),
                    OscType::String(s) => Arg::Text(s.clone().leak()),
                    _ => Arg::Press,
                };
                let address = m.addr.clone().leak();
                Packet::Message(Message { address, args: m.args.iter().map(number).collect() })
            }
        }
    }

    fn any_arg() -> impl Strategy<Value = OscType> {
        prop_oneof![
            any::<i32>().prop_map(OscType::Int),
            (-1e30f32..1e30).prop_map(OscType::Float),
            (-1e300f64..1e300).prop_map(OscType::Double),
            any::<i64>().prop_map(OscType::Long),
            "[ -~]{0,9}".prop_map(OscType::String),
            Just(OscType::Nil),
            Just(OscType::Inf),
        ]
    }

    fn any_packet() -> impl Strategy<Value = OscPacket> {
        let message = ("/[a-z]{1,9}(/[a-z]{1,9}){0,2}", proptest::collection::vec(any_arg(), 0..5));
        let message = message.prop_map(|(addr, args)| OscPacket::Message(OscMessage { addr, args }));
        message.prop_recursive(3, 12, 4, |inner| {
            let parts = proptest::collection::vec(inner, 0..4);
            (any::<u32>(), any::<u32>(), parts).prop_map(|(seconds, fractional, content)| {
                OscPacket::Bundle(OscBundle { timetag: OscTime { seconds, fractional }, content })
            })
        })
    }

    proptest! {
        #[test]
        fn it_reads_what_another_library_writes(packet in any_packet()) {
            let bytes = encoder::encode(&packet).unwrap();
            prop_assert_eq!(read(&bytes), by_rosc(&packet));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100_000))]
        #[test]
        fn no_bytes_break_it(
            changes in proptest::collection::vec((0usize..120, any::<u8>()), 0..6), cut in 0usize..130,
            noise in proptest::collection::vec(any::<u8>(), 0..60), pure in any::<bool>(),
        ) {
            let whole = [
                &b"#bundle\0\0\0\0\0\0\0\0\x01\0\0\0\x1c/a/b\0\0\0\0,fsi\0\0\0\0\x3f\x80\0\0yes\0\0\0\0\x07"[..],
                b"\0\0\0\x18/a/b\0\0\0\0,[b]\0\0\0\0\0\0\0\x02xy\0\0\0\0\0\x08/t\0\0,I\0\0",
            ].concat();
            let mut bytes = if pure { noise } else { whole };
            for (at, byte) in changes {
                if let Some(b) = bytes.get_mut(at) { *b = byte; }
            }
            bytes.truncate(cut);
            let count = |p: &Packet| format!("{p:?}").len();
            prop_assert!(count(&read(&bytes)) <= 64 + 64 * bytes.len(), "the result is linear in the input");
        }
    }
}
