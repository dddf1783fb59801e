//! A port as others see it: who sends to it and what it refused, for the list of devices, the health report and the log.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use super::rejections::{RejectReason, Rejection, RejectionLog};
use crate::address::near;
use crate::udp::{DatagramHandler, Listener, PortError};
use show::{DeviceState, Hub, log};

/// Seconds between two changes of what the lists say.
const OFTEN: f64 = 0.25;
/// Machines that are told apart.
const SENDERS: usize = 64;

/// Opens a port for an ear, and tells that it listens, or why it does not.
///
/// # Errors
/// [`PortError`] names the address.
pub fn open<E: DatagramHandler>(
    what: &'static str,
    kind: &'static str,
    address: &str,
    hub: Arc<Hub>,
    input: impl FnOnce(PortStatus) -> E,
) -> Result<Listener, PortError> {
    let place = Arc::new(OnceLock::new());
    let mut port = PortStatus::new(what, kind, place.clone());
    port.hub = Some(hub.clone());
    let opened = Listener::open(what, address, hub.clone(), input(port));
    match &opened {
        Ok(listener) => drop(place.set(listener.address().to_string())),
        Err(e) => {
            let word = match e.source.kind() {
                std::io::ErrorKind::AddrInUse => "the port is taken".into(),
                _ => e.source.to_string(),
            };
            hub.tell_devices(kind, vec![DeviceState { what: kind, name: address.into(), fine: false, word }]);
        }
    }
    opened
}

/// How a port stands. One without a place keeps it to itself.
#[derive(Default)]
pub struct PortStatus {
    /// As lines call it.
    what: &'static str,
    /// As lists call it.
    kind: &'static str,
    /// Where it listens, once it does.
    place: Arc<OnceLock<String>>,
    /// Where it is told that it listens no longer.
    hub: Option<Arc<Hub>>,
    senders: BTreeSet<IpAddr>,
    rejections: RejectionLog,
    /// What the lists say, by the numbers of senders and refusals, and since when.
    told: Option<(usize, u64, f64)>,
}

impl PortStatus {
    fn new(what: &'static str, kind: &'static str, place: Arc<OnceLock<String>>) -> Self {
        let mut port = Self::default();
        (port.what, port.kind, port.place) = (what, kind, place);
        port
    }

    /// Somebody has sent something.
    pub fn hears(&mut self, from: IpAddr) {
        if self.senders.len() < SENDERS {
            self.senders.insert(from);
        }
    }

    /// So many messages to an address were not done.
    pub fn reject(&mut self, why: RejectReason, address: &str, from: IpAddr, messages: u64) {
        self.rejections.note(why, address, from, messages);
    }

    /// Time has passed: what is to be told is told.
    pub fn pass(&mut self, now: f64, hub: &Hub) {
        let Some(place) = self.place.get() else { return };
        while let Some(refusal) = self.rejections.next(now) {
            log::tell(self.line(&refusal, hub));
        }
        let (senders, rejected) = (self.senders.len(), self.rejections.count());
        if self.told.is_some_and(|t| (t.0, t.1) == (senders, rejected) || now - t.2 < OFTEN) {
            return;
        }
        let device = DeviceState { what: self.kind, name: place.clone(), fine: true, word: self.word() };
        hub.tell_devices(self.kind, vec![device]);
        hub.report_rejected(self.kind, rejected, self.rejections.last().map(Rejection::to_string));
        self.told = Some((senders, rejected, now));
    }

    fn line(&self, refusal: &Rejection, hub: &Hub) -> String {
        let path = refusal.address.trim_matches('/');
        let address = path.strip_suffix("/travel").unwrap_or(path).replace('/', ".");
        // A line is so seldom that it may look for what was meant.
        let near = (refusal.why == RejectReason::UnknownAddress)
            .then(|| near(&hub.state().description, &address))
            .flatten();
        let hint = near.map(|n| format!("; did you mean /{}?", n.replace('.', "/"))).unwrap_or_default();
        let (what, from, count) = (self.what, refusal.from, self.rejections.count());
        format!("{what} from {from}: {refusal}{hint} ({count} refused so far)")
    }

    fn word(&self) -> String {
        let mut senders = self.senders.iter();
        let heard = match (senders.next(), senders.len()) {
            (None, _) => "nobody has sent yet".into(),
            (Some(one), 0) => format!("hears {one}"),
            (Some(_), more) => format!("hears {} machines", more + 1),
        };
        match self.rejections.last() {
            Some(last) => format!("{heard}; {} refused, the last: {last}", self.rejections.count()),
            None => heard,
        }
    }
}

impl Drop for PortStatus {
    fn drop(&mut self) {
        if let (Some(hub), Some(_)) = (&self.hub, self.place.get()) {
            hub.tell_devices(self.kind, Vec::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::osc::Osc;
    use crate::{sample, tuio};
    use rosc::{OscBundle, OscMessage, OscPacket, OscTime, OscType, encoder};
    use show::report;
    use std::net::{SocketAddr, UdpSocket};
    use std::time::Duration;

    fn wait(wanted: impl Fn() -> bool) -> bool {
        (0..10_000).any(|_| {
            std::thread::sleep(Duration::from_millis(1));
            wanted()
        })
    }

    fn device(hub: &Hub, what: &str) -> DeviceState {
        hub.devices().into_iter().find(|d| d.what == what).unwrap_or_default()
    }

    fn message(addr: &str, args: Vec<OscType>) -> OscPacket {
        OscPacket::Message(OscMessage { addr: addr.into(), args })
    }

    fn sent(addr: &str, args: Vec<OscType>) -> Vec<u8> {
        encoder::encode(&message(addr, args)).unwrap()
    }

    #[test]
    fn a_port_is_a_device_while_it_listens_and_tells_what_it_refused() {
        let (hub, _inbox) = sample::hub();
        assert!(report::health(&hub)["osc"].is_null());
        let osc = Osc::listen("0", hub.clone()).unwrap();
        assert!(wait(|| device(&hub, "osc").word == "nobody has sent yet"), "{:?}", hub.devices());
        assert_eq!(device(&hub, "osc").name, osc.address().to_string());
        assert_eq!(report::health(&hub)["osc"]["refused"], 0);
        let hand = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut rejected = 0;
        for (bytes, last) in [
            (sent("/nosuch/knob", vec![OscType::Float(0.5)]), "nothing lies at /nosuch/knob"),
            (sent("/scene/99", vec![]), "nothing lies at /scene/99"),
            (sent("/link/7", vec![OscType::Int(1)]), "nothing lies at /link/7"),
            (sent("/layer/*/opacite", vec![OscType::Int(1)]), "nothing lies at /layer/*/opacite"),
            (sent("/dusk/gas/inflow", vec![OscType::Int(1)]), "/dusk/gas/inflow lies in a scene that is not"),
            (sent("/gas/inflow", vec![OscType::String("fast".into())]), "/gas/inflow was sent no number"),
            (sent(&format!("/{}", "x".repeat(300)), vec![]), "xxx… is longer than any address"),
            (sent("/touch/1/up", vec![]), "/touch/1/up is no touch"),
            (b"garbage".to_vec(), "what was sent could not be read"),
        ] {
            hand.send_to(&bytes, osc.address()).unwrap();
            rejected += 1;
            let told = || report::health(&hub)["osc"].clone();
            assert!(wait(|| told()["refused"] == rejected), "{last}: {}", told());
            assert!(told()["last"].as_str().unwrap().contains(last), "{last}: {}", told());
            let device = device(&hub, "osc");
            assert!(device.fine && device.word.starts_with(&format!("hears 127.0.0.1; {rejected} refused")));
            assert!(device.word.contains(last), "{device:?}");
        }
        assert_eq!(osc.rejected(), rejected);
        drop(osc);
        assert!(hub.devices().is_empty(), "{:?}", hub.devices());
    }

    #[test]
    fn tables_are_devices_too_and_what_is_no_tuio_is_counted() {
        let (hub, _inbox) = sample::hub();
        let tuio = tuio::listen("0", hub.clone()).unwrap();
        assert!(wait(|| device(&hub, "tuio").word == "nobody has sent yet"), "{:?}", hub.devices());
        let hand = UdpSocket::bind("127.0.0.1:0").unwrap();
        hand.send_to(&sent("/gas/inflow", vec![OscType::Float(0.5)]), tuio.address()).unwrap();
        assert!(wait(|| report::health(&hub)["tuio"]["refused"] == 1), "{:?}", hub.devices());
        assert!(device(&hub, "tuio").word.starts_with("hears 127.0.0.1; 1 refused"), "{:?}", hub.devices());
        drop(tuio);
        assert!(hub.devices().is_empty());
    }

    #[test]
    fn a_port_that_is_taken_is_a_device_that_is_not_fine() {
        let (hub, _inbox) = sample::hub();
        let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        assert!(
            Osc::listen(&address, hub.clone()).is_err() && tuio::listen("no:where:", hub.clone()).is_err()
        );
        let osc = device(&hub, "osc");
        assert_eq!((osc.name, osc.fine, osc.word.as_str()), (address, false, "the port is taken"));
        assert!(!device(&hub, "tuio").fine && device(&hub, "tuio").name == "no:where:");
    }

    /// More bundles than may wait, sent ahead in one.
    #[test]
    fn bundles_for_which_there_is_no_room_are_told() {
        let (hub, _inbox) = sample::hub();
        let place = Arc::new(OnceLock::from("here".to_string()));
        let port = PortStatus::new("OSC", "osc", place);
        let mut input = crate::osc::OscReceiver::default().with_clock(|| 1_700_000_000.0).at(port);
        let timetag = OscTime { seconds: (1_700_000_001u64 + 2_208_988_800) as u32, fractional: 0 };
        let ahead = OscPacket::Bundle(OscBundle { timetag, content: vec![message("/show/go", vec![])] });
        let bytes = encoder::encode(&ahead).unwrap();
        let from: SocketAddr = "10.0.0.7:9".parse().unwrap();
        let rejected: u64 = (0..1030).map(|_| input.hear(&bytes, from, 0.0, &hub)).sum();
        input.pass(0.0, &hub);
        let told = report::health(&hub)["osc"].clone();
        let expected = serde_json::json!({ "refused": 6, "last": "too many bundles wait for their stamps" });
        assert_eq!((rejected, told), (6, expected));
    }

    #[test]
    fn a_line_says_who_sent_what_and_what_was_meant() {
        let (hub, _inbox) = sample::hub();
        let mut port = PortStatus::new("OSC", "osc", Arc::default());
        let from = "10.0.0.7".parse().unwrap();
        let mut line = |address: &str| {
            port.reject(RejectReason::UnknownAddress, address, from, 1);
            port.line(port.rejections.last().unwrap(), &hub)
        };
        let meant = "OSC from 10.0.0.7: nothing lies at /gas/inflo/travel; did you mean /gas/inflow? (1 refused so far)";
        assert_eq!(line("/gas/inflo/travel"), meant);
        assert_eq!(
            line("/nosuch/knob"),
            "OSC from 10.0.0.7: nothing lies at /nosuch/knob (2 refused so far)"
        );
    }

    #[test]
    fn a_flood_changes_the_lists_seldom_and_many_machines_are_counted() {
        let (hub, _inbox) = sample::hub();
        let place = Arc::new(OnceLock::from("here".to_string()));
        let mut port = PortStatus::new("OSC", "osc", place);
        let (mut changes, mut last) = (0, String::new());
        for n in 0..1000u32 {
            port.hears(IpAddr::V4((0x0a00_0000 + n).into()));
            port.reject(RejectReason::NoNumber, "/gas/inflow", [10, 0, 0, 7].into(), 1);
            port.pass(0.001 * n as f64, &hub);
            let word = device(&hub, "osc").word;
            changes += (word != last) as u32;
            last = word;
        }
        assert!((2..=5).contains(&changes), "{changes}");
        port.pass(9.0, &hub);
        let word = device(&hub, "osc").word;
        assert!(word.starts_with("hears 64 machines; 1000 refused"), "{word}");
    }
}
