//! The judge beside the show: pictures to it, verdicts from it, and when it has seen nothing new.

use std::time::Instant;

use crate::cli::Failure;
use crate::cli::play::Args;
use crate::cli::play::live::Live;
use crate::show::VerdictState;
use crate::systems;
use crate::world::engine::Engine;
use crate::world::frame::Frame;

/// Seconds between pictures for the judge: of those that are drawn for the window, and at the latest, where none is.
pub const EVERY: [f32; 2] = [1.0 / 30.0, 0.08];
/// A novelty below this is nothing new.
const NEW: f64 = 0.35;

/// The judge with what it said last.
pub struct Judged {
    live: Live,
    said: Vec<(String, f64)>,
    taken: Option<Instant>,
    rate: f32,
    last: Option<Instant>,
    shown: Option<Instant>,
}

/// The judge, if it is wanted and there; a show goes on without one.
pub fn open(args: &Args) -> Result<Option<Judged>, Failure> {
    if args.no_judge {
        return Ok(None);
    }
    let watch = crate::cli::watching::open(args.model.as_deref())?;
    Ok(watch.map(|watch| Judged {
        live: Live::start(watch),
        said: Vec::new(),
        taken: None,
        rate: 0.0,
        last: None,
        shown: None,
    }))
}

impl Judged {
    /// Hands the judge a picture if it has waited for one long enough.
    pub fn offer(&mut self, every: f32, write: impl FnOnce(&mut Frame)) {
        if self.shown.is_none_or(|t| t.elapsed().as_secs_f32() >= every) {
            let now = Instant::now();
            self.live.offer(|frame| {
                self.shown = Some(now);
                write(frame);
            });
        }
    }

    /// The verdict that has come since the last call, as signals.
    pub fn hear(&mut self) -> &[(String, f64)] {
        let Some(seen) = self.live.verdict() else { return &[] };
        let gap = self.last.map_or(1.0, |t| t.elapsed().as_secs_f32()).max(1e-3);
        self.rate += (1.0 / gap - self.rate) * 0.15;
        (self.last, self.taken) = (Some(Instant::now()), Some(seen.taken));
        self.said = seen.verdict;
        &self.said
    }

    fn signal(&self, name: &str) -> f64 {
        let own = |s: &&(String, f64)| s.0.strip_prefix("judge.") == Some(name);
        self.said.iter().find(own).map_or(0.0, |s| s.1)
    }

    /// Whether the newest verdict holds nothing new.
    pub fn is_bored(&self) -> bool {
        !self.said.is_empty() && self.signal("novelty") < NEW
    }

    /// The newest verdict, for panels.
    pub fn verdict(&self) -> Option<VerdictState> {
        let age = self.taken?.elapsed().as_secs_f32();
        let mut top: Vec<(String, f32)> =
            systems::rules().map(|k| (k.name.to_string(), self.signal(k.name) as f32)).collect();
        top.sort_by(|a, b| b.1.total_cmp(&a.1));
        top.truncate(3);
        Some(VerdictState {
            top,
            confidence: self.signal("confidence") as f32,
            unsure: self.signal("unsure") >= 0.5,
            novelty: self.signal("novelty") as f32,
            age,
            rate: self.rate,
        })
    }

    /// Offers a picture that was composed for nobody else.
    pub fn offer_late(&mut self, engine: &mut Engine) {
        self.offer(EVERY[1], |frame| engine.compose(frame));
    }
}
