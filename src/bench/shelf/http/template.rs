//! The address of an endpoint, with placeholders.

use crate::shelf::request::Request;
use world::scene::problem::suggest;

/// Names of placeholders.
const NAMES: [&str; 6] = ["seed", "prompt", "width", "height", "frame", "frames"];

/// A part of the path and query.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// One of [`NAMES`].
    Slot(usize),
}

/// An address such as `http://127.0.0.1:8000/picture?seed={seed}&prompt={prompt}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    host: String,
    port: u16,
    target: Vec<Piece>,
}

impl Template {
    /// Reads an address. Placeholders may occur in its path and query.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(address: &str) -> Result<Self, String> {
        let Some(rest) = address.strip_prefix("http://") else {
            return Err(match address.starts_with("https://") {
                true => "https is not spoken here; name a proxy on this machine that speaks it, as http://127.0.0.1:PORT/…".into(),
                false => format!("expected an address like http://127.0.0.1:8000/picture?seed={{seed}}, found `{address}`"),
            });
        };
        let graphic = |c: char| c.is_ascii_graphic() && c != '#';
        if let Some(bad) = rest.chars().find(|c| !graphic(*c)) {
            let code = bad.to_string().bytes().map(|b| format!("%{b:02X}")).collect::<String>();
            return Err(format!("expected ASCII without spaces and `#`, found `{bad}`; write it as {code}"));
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let (host, port) = authority_of(authority)?;
        let mut pieces = pieces(target)?;
        if !target.starts_with('/') {
            pieces.insert(0, Piece::Text("/".into()));
        }
        Ok(Self { host, port, target: pieces })
    }

    /// Host name or address, without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The value of the header `Host`.
    pub fn host_header(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == 80 { host } else { format!("{host}:{}", self.port) }
    }

    /// Whether the address has a seed.
    pub fn has_seed(&self) -> bool {
        self.has("seed")
    }

    /// Whether the address has the number of a frame.
    pub fn has_frame(&self) -> bool {
        self.has("frame")
    }

    fn has(&self, name: &str) -> bool {
        self.target.iter().any(|p| matches!(p, Piece::Slot(i) if NAMES[*i] == name))
    }

    /// The path and query of a request.
    pub fn fill(&self, request: &Request) -> String {
        let value = |slot: usize| match NAMES[slot] {
            "seed" => request.seed.to_string(),
            "prompt" => encoded(request.prompt),
            "width" => request.width.to_string(),
            "height" => request.height.to_string(),
            "frame" => request.frame.to_string(),
            _ => request.frames.to_string(),
        };
        let one = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Slot(slot) => value(*slot),
        };
        self.target.iter().map(one).collect()
    }
}

/// Host and port.
fn authority_of(text: &str) -> Result<(String, u16), String> {
    if text.contains('@') {
        return Err(
            "names and passwords (`…@`) are not supported; a proxy on this machine can add them".into()
        );
    }
    let wrong = || format!("expected HOST or HOST:PORT after http://, found `{text}`");
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or_else(wrong)?;
            let port = if after.is_empty() { None } else { Some(after.strip_prefix(':').ok_or_else(wrong)?) };
            (host.parse::<std::net::Ipv6Addr>().map(|_| host).map_err(|_| wrong())?, port)
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
    if host.is_empty() || !host.chars().all(plain) {
        return Err(wrong());
    }
    let digits = |p: &&str| p.bytes().all(|b| b.is_ascii_digit());
    let port = match port {
        None => 80,
        Some(port) => {
            Some(port).filter(digits).and_then(|p| p.parse().ok()).filter(|p| *p > 0).ok_or_else(wrong)?
        }
    };
    Ok((host.to_string(), port))
}

fn pieces(mut text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    while let Some(at) = text.find(['{', '}']) {
        let (before, from) = text.split_at(at);
        if !before.is_empty() {
            pieces.push(Piece::Text(before.into()));
        }
        let inner = from.strip_prefix('{').and_then(|f| f.split_once('}'));
        let (name, rest) =
            inner.ok_or("expected a placeholder like {seed}, found a brace without its other")?;
        let slot = NAMES.iter().position(|n| *n == name);
        pieces.push(Piece::Slot(
            slot.ok_or_else(|| format!("there is no {{{name}}}; {}", suggest(name, &NAMES)))?,
        ));
        text = rest;
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text.into()));
    }
    Ok(pieces)
}

/// Percent-encoded (RFC 3986, section 2.1): all but unreserved characters.
fn encoded(text: &str) -> String {
    let one = |b: u8| match b {
        b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REQUEST: Request =
        Request { seed: 7, prompt: "a b&c=é", width: 64, height: 32, frame: 3, frames: 9 };

    fn filled(address: &str) -> (String, u16, String, String) {
        let t = Template::parse(address).unwrap();
        (t.host().into(), t.port(), t.host_header(), t.fill(&REQUEST))
    }

    #[test]
    fn addresses_are_read_and_filled() {
        let (host, port, header, target) =
            filled("http://127.0.0.1:8000/a/{seed}.png?p={prompt}&s={width}x{height}&f={frame}/{frames}");
        assert_eq!((&*host, port, &*header), ("127.0.0.1", 8000, "127.0.0.1:8000"));
        assert_eq!(target, "/a/7.png?p=a%20b%26c%3D%C3%A9&s=64x32&f=3/9");
        assert_eq!(filled("http://gpu.local"), ("gpu.local".into(), 80, "gpu.local".into(), "/".into()));
        assert_eq!(filled("http://gpu?s={seed}").3, "/?s=7");
        let six = filled("http://[::1]:99/x");
        assert_eq!((&*six.0, six.1, &*six.2), ("::1", 99, "[::1]:99"));
        let has = |a: &str| Template::parse(a).map(|t| (t.has_seed(), t.has_frame())).unwrap();
        assert_eq!(
            (has("http://a/{seed}/{frames}"), has("http://a/{frame}")),
            ((true, false), (false, true))
        );
    }

    #[test]
    fn wrong_addresses_are_explained() {
        for (address, words) in [
            ("https://a/{seed}", "a proxy on this machine"),
            ("ftp://a", "http://127.0.0.1"),
            ("http://", "found ``"),
            ("http://:80/", "found `:80`"),
            ("http://a:99999/", "found `a:99999`"),
            ("http://a:+80/", "found `a:+80`"),
            ("http://a:0/", "found `a:0`"),
            ("http://u:p@a/", "not supported"),
            ("http://[::1/", "found `[::1`"),
            ("http://[a]/", "found `[a]`"),
            ("http://{seed}/", "found `{seed}`"),
            ("http://a/b c", "%20"),
            ("http://a/é", "%C3%A9"),
            ("http://a/#b", "%23"),
            ("http://a/{sed}", "did you mean `seed`"),
            ("http://a/{seed", "without its other"),
            ("http://a/seed}", "without its other"),
            ("http://a/\r\nHost: b", "%0D"),
        ] {
            let why = Template::parse(address).unwrap_err();
            assert!(why.contains(words), "{address}: {why}");
        }
    }

    /// Undoes percent-encoding, as a server does.
    fn decoded(text: &str) -> Vec<u8> {
        let mut bytes = text.bytes();
        let digit =
            |bytes: &mut std::str::Bytes| char::from(bytes.next().unwrap()).to_digit(16).unwrap() as u8;
        let mut all = Vec::new();
        while let Some(b) = bytes.next() {
            all.push(if b == b'%' { digit(&mut bytes) * 16 + digit(&mut bytes) } else { b });
        }
        all
    }

    proptest! {
        #[test]
        fn no_prompt_leaves_its_place(prompt in "\\PC{0,40}|[\\x00-\\x7f]{0,40}") {
            let template = Template::parse("http://a/?p={prompt}&end").unwrap();
            let target = template.fill(&Request { prompt: &prompt, ..REQUEST });
            let inner = target.strip_prefix("/?p=").and_then(|t| t.strip_suffix("&end")).unwrap();
            prop_assert!(inner.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)), "{inner}");
            prop_assert_eq!(decoded(inner), prompt.as_bytes());
        }

        #[test]
        fn any_text_is_an_address_or_is_rejected(text in "(http://)?[\\PC{}:/?@\\[\\]]{0,30}") {
            if let Ok(template) = Template::parse(&text) {
                let target = template.fill(&REQUEST);
                prop_assert!(target.starts_with('/') && !template.host().is_empty());
                prop_assert!(target.bytes().chain(template.host_header().bytes()).all(|b| b.is_ascii_graphic()), "{text}");
            }
        }
    }
}
