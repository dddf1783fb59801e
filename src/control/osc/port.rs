//! Status of a port: its senders and rejected messages, for the device list, the health report and the log.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use super::rejections::{RejectReason, Rejection, RejectionLog};
use crate::address::near;
use crate::udp::{DatagramHandler, Listener, PortError};
use show::{DeviceState, Hub, log};

/// Shortest interval of status updates, s.
const UPDATE: f64 = 0.25;
/// Most machines that are counted.
const SENDERS: usize = 64;

/// Opens a port for a handler, and reports that it listens, or why it does not.
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
            let state = DeviceState { what: kind, name: address.into(), fine: false, word };
            hub.report_devices(kind, vec![state]);
        }
    }
    opened
}

/// Status of a port. Without an address it reports nothing.
#[derive(Default)]
pub struct PortStatus {
    /// Name in the log.
    what: &'static str,
    /// Name in the device list.
    kind: &'static str,
    /// Where it listens, once it does.
    place: Arc<OnceLock<String>>,
    /// Where it is removed from the device list at the end.
    hub: Option<Arc<Hub>>,
    senders: BTreeSet<IpAddr>,
    rejections: RejectionLog,
    /// Numbers of senders and rejected messages reported last, and when.
    reported: Option<(usize, u64, f64)>,
}

impl PortStatus {
    fn new(what: &'static str, kind: &'static str, place: Arc<OnceLock<String>>) -> Self {
        let mut port = Self::default();
        (port.what, port.kind, port.place) = (what, kind, place);
        port
    }

    /// Counts a sender.
    pub fn note_sender(&mut self, from: IpAddr) {
        if self.senders.len() < SENDERS {
            self.senders.insert(from);
        }
    }

    /// Records rejected messages to an address.
    pub fn reject(&mut self, why: RejectReason, address: &str, from: IpAddr, messages: u64) {
        self.rejections.note(why, address, from, messages);
    }

    /// Logs and reports what is due.
    pub fn tick(&mut self, now: f64, hub: &Hub) {
        let Some(place) = self.place.get() else { return };
        while let Some(rejection) = self.rejections.next(now) {
            log::status(self.line(&rejection, hub));
        }
        let (senders, rejected) = (self.senders.len(), self.rejections.count());
        if self.reported.is_some_and(|t| (t.0, t.1) == (senders, rejected) || now - t.2 < UPDATE) {
            return;
        }
        let device = DeviceState { what: self.kind, name: place.clone(), fine: true, word: self.word() };
        hub.report_devices(self.kind, vec![device]);
        hub.report_rejected(self.kind, rejected, self.rejections.last().map(Rejection::to_string));
        self.reported = Some((senders, rejected, now));
    }

    fn line(&self, rejection: &Rejection, hub: &Hub) -> String {
        let path = rejection.address.trim_matches('/');
        let address = path.strip_suffix("/travel").unwrap_or(path).replace('/', ".");
        // Lines are rare enough to search for the closest address.
        let near = (rejection.why == RejectReason::UnknownAddress)
            .then(|| near(&hub.state().description, &address))
            .flatten();
        let hint = near.map(|n| format!("; did you mean /{}?", n.replace('.', "/"))).unwrap_or_default();
        let (what, from, count) = (self.what, rejection.from, self.rejections.count());
        format!("{what} from {from}: {rejection}{hint} ({count} rejected so far)")
    }

    fn word(&self) -> String {
        let mut senders = self.senders.iter();
        let received = match (senders.next(), senders.len()) {
            (None, _) => "nothing received yet".into(),
            (Some(one), 0) => format!("receiving from {one}"),
            (Some(_), more) => format!("receiving from {} machines", more + 1),
        };
        match self.rejections.last() {
            Some(last) => format!("{received}; {} rejected, last: {last}", self.rejections.count()),
            None => received,
        }
    }
}

impl Drop for PortStatus {
    fn drop(&mut self) {
        if let (Some(hub), Some(_)) = (&self.hub, self.place.get()) {
            hub.report_devices(self.kind, Vec::new());
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
    fn a_port_is_a_device_while_it_listens_and_reports_rejections() {
        let (hub, _inbox) = sample::hub();
        assert!(report::health(&hub)["osc"].is_null());
        let osc = Osc::listen("0", hub.clone()).unwrap();
        assert!(wait(|| device(&hub, "osc").word == "nothing received yet"), "{:?}", hub.devices());
        assert_eq!(device(&hub, "osc").name, osc.address().to_string());
        assert_eq!(report::health(&hub)["osc"]["refused"], 0);
        let controller = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut rejected = 0;
        for (bytes, last) in [
            (sent("/nosuch/knob", vec![OscType::Float(0.5)]), "unknown address /nosuch/knob"),
            (sent("/scene/99", vec![]), "unknown address /scene/99"),
            (sent("/link/7", vec![OscType::Int(1)]), "unknown address /link/7"),
            (sent("/layer/*/opacite", vec![OscType::Int(1)]), "unknown address /layer/*/opacite"),
            (sent("/dusk/gas/inflow", vec![OscType::Int(1)]), "/dusk/gas/inflow belongs to a scene"),
            (sent("/gas/inflow", vec![OscType::String("fast".into())]), "/gas/inflow expects a finite"),
            (sent(&format!("/{}", "x".repeat(300)), vec![]), "xxx… is too long for an address"),
            (sent("/touch/1/up", vec![]), "/touch/1/up is not a valid touch"),
            (b"garbage".to_vec(), "malformed message"),
        ] {
            controller.send_to(&bytes, osc.address()).unwrap();
            rejected += 1;
            let told = || report::health(&hub)["osc"].clone();
            assert!(wait(|| told()["refused"] == rejected), "{last}: {}", told());
            assert!(told()["last"].as_str().unwrap().contains(last), "{last}: {}", told());
            let device = device(&hub, "osc");
            let word = format!("receiving from 127.0.0.1; {rejected} rejected");
            assert!(device.fine && device.word.starts_with(&word), "{device:?}");
            assert!(device.word.contains(last), "{device:?}");
        }
        assert_eq!(osc.rejected(), rejected);
        drop(osc);
        assert!(hub.devices().is_empty(), "{:?}", hub.devices());
    }

    #[test]
    fn tuio_ports_are_devices_too_and_malformed_messages_are_counted() {
        let (hub, _inbox) = sample::hub();
        let tuio = tuio::listen("0", hub.clone()).unwrap();
        assert!(wait(|| device(&hub, "tuio").word == "nothing received yet"), "{:?}", hub.devices());
        let controller = UdpSocket::bind("127.0.0.1:0").unwrap();
        controller.send_to(&sent("/gas/inflow", vec![OscType::Float(0.5)]), tuio.address()).unwrap();
        assert!(wait(|| report::health(&hub)["tuio"]["refused"] == 1), "{:?}", hub.devices());
        let word = device(&hub, "tuio").word;
        assert!(word.starts_with("receiving from 127.0.0.1; 1 rejected"), "{word}");
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

    /// More bundles than the queue holds.
    #[test]
    fn bundles_beyond_the_queue_are_reported() {
        let (hub, _inbox) = sample::hub();
        let place = Arc::new(OnceLock::from("here".to_string()));
        let port = PortStatus::new("OSC", "osc", place);
        let mut input = crate::osc::OscReceiver::default().with_clock(|| 1_700_000_000.0).at(port);
        let timetag = OscTime { seconds: (1_700_000_001u64 + 2_208_988_800) as u32, fractional: 0 };
        let ahead = OscPacket::Bundle(OscBundle { timetag, content: vec![message("/show/go", vec![])] });
        let bytes = encoder::encode(&ahead).unwrap();
        let from: SocketAddr = "10.0.0.7:9".parse().unwrap();
        let rejected: u64 = (0..1030).map(|_| input.receive(&bytes, from, 0.0, &hub)).sum();
        input.tick(0.0, &hub);
        let told = report::health(&hub)["osc"].clone();
        let expected = serde_json::json!({ "refused": 6, "last": "the bundle queue is full" });
        assert_eq!((rejected, told), (6, expected));
    }

    #[test]
    fn a_line_names_the_sender_the_address_and_the_closest_one() {
        let (hub, _inbox) = sample::hub();
        let mut port = PortStatus::new("OSC", "osc", Arc::default());
        let from = "10.0.0.7".parse().unwrap();
        let mut line = |address: &str| {
            port.reject(RejectReason::UnknownAddress, address, from, 1);
            port.line(port.rejections.last().unwrap(), &hub)
        };
        let hinted = "unknown address /gas/inflo/travel; did you mean /gas/inflow? (1 rejected so far)";
        assert_eq!(line("/gas/inflo/travel"), format!("OSC from 10.0.0.7: {hinted}"));
        assert_eq!(
            line("/nosuch/knob"),
            "OSC from 10.0.0.7: unknown address /nosuch/knob (2 rejected so far)"
        );
    }

    #[test]
    fn a_flood_updates_the_lists_rarely_and_many_machines_are_counted() {
        let (hub, _inbox) = sample::hub();
        let place = Arc::new(OnceLock::from("here".to_string()));
        let mut port = PortStatus::new("OSC", "osc", place);
        let (mut changes, mut last) = (0, String::new());
        for n in 0..1000u32 {
            port.note_sender(IpAddr::V4((0x0a00_0000 + n).into()));
            port.reject(RejectReason::NotANumber, "/gas/inflow", [10, 0, 0, 7].into(), 1);
            port.tick(0.001 * n as f64, &hub);
            let word = device(&hub, "osc").word;
            changes += (word != last) as u32;
            last = word;
        }
        assert!((2..=5).contains(&changes), "{changes}");
        port.tick(9.0, &hub);
        let word = device(&hub, "osc").word;
        assert!(word.starts_with("receiving from 64 machines; 1000 rejected"), "{word}");
    }
}
