//! A Chromium without a window, driven over its DevTools protocol as a person would use it: touch, screenshots, and a
//! log of its network requests.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Message, WebSocket};

/// A browser with one page; it ends with the test.
pub struct Browser {
    child: Child,
    socket: WebSocket<TcpStream>,
    number: u64,
    session: String,
    /// Events that the browser has sent.
    pub events: Vec<Value>,
    _home: tempfile::TempDir,
}

impl Browser {
    /// None where there is no Chromium.
    pub fn open() -> Option<Self> {
        let known = |b: &&str| Command::new(b).arg("--version").output().is_ok_and(|o| o.status.success());
        let Some(browser) = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(known) else {
            crate::skip::skip("chromium", "it is not installed");
            return None;
        };
        let home = tempfile::tempdir().unwrap();
        let child = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--hide-scrollbars", "--remote-debugging-port=0", "--ignore-certificate-errors"])
            .arg(format!("--user-data-dir={}", home.path().display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let file = home.path().join("DevToolsActivePort");
        let begun = Instant::now();
        let reply = loop {
            match std::fs::read_to_string(&file) {
                Ok(text) if text.lines().count() >= 2 => break text,
                _ if begun.elapsed() > Duration::from_secs(60) => panic!("Chromium does not start"),
                _ => std::thread::sleep(Duration::from_millis(50)),
            }
        };
        let (port, path) = reply.split_once('\n').unwrap();
        let stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        let (socket, _) =
            tungstenite::client(format!("ws://127.0.0.1:{port}{}", path.trim()), stream).unwrap();
        // Pictures arrive in one frame.
        let config = WebSocketConfig::default().max_frame_size(None).max_message_size(None);
        let socket = WebSocket::from_raw_socket(socket.into_inner(), Role::Client, Some(config));
        let (session, events) = (String::new(), Vec::new());
        let mut new = Self { child, socket, number: 0, session, events, _home: home };
        let target = new.call("Target.createTarget", json!({ "url": "about:blank" }));
        let of = json!({ "targetId": target["targetId"], "flatten": true });
        new.session = new.call("Target.attachToTarget", of)["sessionId"].as_str().unwrap().into();
        ["Page.enable", "Network.enable", "Runtime.enable", "Log.enable"]
            .iter()
            .for_each(|m| drop(new.call(m, json!({}))));
        Some(new)
    }

    /// Calls a method of the browser, and waits for the reply.
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let mut message = json!({ "id": self.number, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.as_str().into();
        }
        self.socket.get_ref().set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        self.socket.send(Message::text(message.to_string())).unwrap();
        loop {
            let Message::Text(text) = self.socket.read().unwrap() else { continue };
            let reply: Value = serde_json::from_str(&text).unwrap();
            if reply["id"] == json!(self.number) {
                assert!(reply.get("error").is_none(), "{method}: {reply}");
                return reply["result"].clone();
            }
            self.events.push(reply);
        }
    }

    /// The size of the screen, as a phone or a laptop has it.
    pub fn resize(&mut self, width: u32, height: u32, phone: bool) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        self.call("Emulation.setDeviceMetricsOverride", size);
        self.call("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone }));
    }

    pub fn visit(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url }));
    }

    /// The value of an expression in the page.
    pub fn look(&mut self, expression: &str) -> Value {
        let reply = self.call("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true }));
        assert!(reply.get("exceptionDetails").is_none(), "{expression}: {reply}");
        reply["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub fn wait(&mut self, expression: &str) {
        let begun = Instant::now();
        while self.look(expression) != json!(true) {
            if begun.elapsed() > Duration::from_secs(30) {
                self.shot("failed");
                panic!("never came true: {expression}; {}", self.look("document.body.innerText"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The centre of an element, scrolled into view: (x, y, width).
    fn place(&mut self, element: &str) -> (f64, f64, f64) {
        let place = self.look(&format!(
            "(() => {{ const e = document.querySelector({element:?}); e.scrollIntoView({{ block: 'center' }}); \
             const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2, b.width]; }})()"
        ));
        let at = |i: usize| place[i].as_f64().unwrap();
        (at(0), at(1), at(2))
    }

    fn finger(&mut self, kind: &str, points: &[(f64, f64)]) {
        let points: Vec<Value> = points.iter().map(|(x, y)| json!({ "x": x, "y": y })).collect();
        self.call("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points }));
    }

    /// Taps an element.
    pub fn tap(&mut self, element: &str) {
        let (x, y, _) = self.place(element);
        self.finger("touchStart", &[(x, y)]);
        std::thread::sleep(Duration::from_millis(60));
        self.finger("touchEnd", &[]);
    }

    /// Drags a finger across an element, from one fraction of its width to another.
    pub fn drag(&mut self, element: &str, from: f64, to: f64) {
        let (x, y, width) = self.place(element);
        let at = |share: f64| (x + (share - 0.5) * width, y);
        self.finger("touchStart", &[at(from)]);
        for step in 1..=12 {
            self.finger("touchMove", &[at(from + (to - from) * step as f64 / 12.0)]);
            std::thread::sleep(Duration::from_millis(20));
        }
        self.finger("touchEnd", &[]);
        // A browser takes a tap that follows at once for the end of a fling.
        std::thread::sleep(Duration::from_millis(400));
    }

    /// The same with a mouse.
    pub fn drag_with_mouse(&mut self, element: &str, from: f64, to: f64) {
        let (x, y, width) = self.place(element);
        let mut mouse = |kind: &str, share: f64| {
            let x = x + (share - 0.5) * width;
            let event =
                json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event);
        };
        mouse("mousePressed", from);
        (1..=6).for_each(|step| mouse("mouseMoved", from + (to - from) * step as f64 / 6.0));
        mouse("mouseReleased", to);
    }

    /// A screenshot, also as a file if `UNTRAINED_SHOTS` names a folder.
    pub fn shot(&mut self, name: &str) -> image::RgbImage {
        let reply = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        let bytes = bytes(reply["data"].as_str().unwrap());
        if let Some(folder) = std::env::var_os("UNTRAINED_SHOTS") {
            std::fs::write(Path::new(&folder).join(name).with_extension("png"), &bytes).unwrap();
        }
        image::load_from_memory(&bytes).unwrap().to_rgb8()
    }

    /// Requested URLs, and errors on the console.
    pub fn overheard(&self) -> (Vec<String>, Vec<String>) {
        let named = |method: &'static str| self.events.iter().filter(move |e| e["method"] == method);
        let url = |e: &Value| {
            e["params"]["request"]["url"].as_str().or(e["params"]["url"].as_str()).map(String::from)
        };
        let asked = named("Network.requestWillBeSent").chain(named("Network.webSocketCreated"));
        let wrong = named("Runtime.exceptionThrown").chain(named("Runtime.consoleAPICalled"));
        // A connection that cannot be opened while the show is down is not a fault, nor is advice on how this test
        // reads pixels.
        let entry = |e: &&Value| e["params"]["entry"].clone();
        let logged = named("Log.entryAdded")
            .filter(|e| entry(e)["source"] != "network" && entry(e)["level"] == "error");
        (asked.filter_map(url).collect(), wrong.chain(logged).map(|e| e["params"].to_string()).collect())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Decodes Base64 (RFC 4648).
fn bytes(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut out = Vec::new();
    for four in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = four.iter().fold(0u32, |b, c| b << 6 | value(*c) as u32) << (6 * (4 - four.len()));
        out.extend(&bits.to_be_bytes()[1..four.len()]);
    }
    out
}
