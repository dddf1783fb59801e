//! Parser of MIDI 1.0 (MIDI Association 1996), with running status, and real-time messages within other messages.

/// A message of a controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MidiMessage {
    /// Note on: channel 0..15, key 0..127, velocity 1..127.
    NoteOn(u8, u8, u8),
    /// Note off: channel, key.
    NoteOff(u8, u8),
    /// Control change: channel, controller, value 0..127.
    Control(u8, u8, u8),
    /// Pitch bend: channel, value 0..16383.
    Bend(u8, u16),
    /// Program change: channel, program.
    Program(u8, u8),
    /// Timing clock, 24 per beat.
    Clock,
    /// Start of the sequence.
    Start,
    /// It continues.
    Continue,
    /// It stops.
    Stop,
}

/// A streaming parser; keeps incomplete messages.
#[derive(Clone, Debug, Default)]
pub struct Parser {
    status: u8,
    data: [u8; 2],
    have: usize,
    exclusive: bool,
}

impl Parser {
    /// Parses bytes; yields every message that they complete.
    pub fn take(&mut self, bytes: &[u8], each: &mut dyn FnMut(MidiMessage)) {
        bytes.iter().for_each(|&b| self.byte(b, each));
    }

    fn byte(&mut self, byte: u8, each: &mut dyn FnMut(MidiMessage)) {
        match byte {
            0xf8 => each(MidiMessage::Clock),
            0xfa => each(MidiMessage::Start),
            0xfb => each(MidiMessage::Continue),
            0xfc => each(MidiMessage::Stop),
            0xf9 | 0xfd..=0xff => {}
            0xf0 => (self.exclusive, self.status) = (true, 0),
            // System common messages, such as song position, are ignored; they cancel running status.
            0xf1..=0xf7 => (self.exclusive, self.status, self.have) = (false, 0, 0),
            0x80.. => (self.exclusive, self.status, self.have) = (false, byte, 0),
            _ if self.exclusive || self.status == 0 => {}
            _ => self.data(byte, each),
        }
    }

    fn data(&mut self, byte: u8, each: &mut dyn FnMut(MidiMessage)) {
        self.data[self.have] = byte;
        self.have += 1;
        let channel = self.status & 0x0f;
        let needed = if matches!(self.status >> 4, 0xc | 0xd) { 1 } else { 2 };
        if self.have < needed {
            return;
        }
        // Running status: more data may follow without a status byte.
        self.have = 0;
        let [a, b] = self.data;
        match self.status >> 4 {
            0x9 if b > 0 => each(MidiMessage::NoteOn(channel, a, b)),
            0x8 | 0x9 => each(MidiMessage::NoteOff(channel, a)),
            0xb => each(MidiMessage::Control(channel, a, b)),
            0xc => each(MidiMessage::Program(channel, a)),
            0xe => each(MidiMessage::Bend(channel, a as u16 | (b as u16) << 7)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(bytes: &[u8]) -> Vec<MidiMessage> {
        let mut out = Vec::new();
        Parser::default().take(bytes, &mut |m| out.push(m));
        out
    }

    #[test]
    fn running_status_and_clocks_in_between() {
        use MidiMessage::*;
        let bytes = [0xb2, 7, 0xf8, 100, 8, 101, 0x90, 60, 64, 60, 0, 0xe0, 0, 64, 0xc1, 5];
        let expected = [
            Clock,
            Control(2, 7, 100),
            Control(2, 8, 101),
            NoteOn(0, 60, 64),
            NoteOff(0, 60),
            Bend(0, 8192),
            Program(1, 5),
        ];
        assert_eq!(all(&bytes), expected);
        assert_eq!(all(&[0xf0, 1, 2, 0xf8, 3, 0xf7, 5, 5, 0xb0, 1, 1]), [Clock, Control(0, 1, 1)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100_000))]
        #[test]
        fn no_bytes_break_it_and_cuts_do_not_matter(bytes in proptest::collection::vec(any::<u8>(), 0..40), cut in 0usize..40) {
            let whole = all(&bytes);
            let (mut parser, mut parts) = (Parser::default(), Vec::new());
            let cut = cut.min(bytes.len());
            parser.take(&bytes[..cut], &mut |m| parts.push(m));
            parser.take(&bytes[cut..], &mut |m| parts.push(m));
            prop_assert_eq!(&whole, &parts);
            for m in whole {
                let fine = match m {
                    MidiMessage::Control(c, a, b) | MidiMessage::NoteOn(c, a, b) => c < 16 && a < 128 && b < 128,
                    MidiMessage::Bend(c, v) => c < 16 && v < 16_384,
                    _ => true,
                };
                prop_assert!(fine);
            }
        }
    }
}
