//! The judge as an observer of a show, with the taste that it learns there.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::Failure;
use crate::judge::score::head::fingerprint;
use crate::judge::sight::Observer;
use crate::judge::taste::{LiveTaste, Taste, TasteFile};
use crate::judge::{Judge, JudgeError};
use crate::performance::{FrameJudge, JudgeFactory, VerdictSignals};
use crate::show::{GazeState, TasteCommand, TasteState};
use crate::world::frame::Frame;
use crate::world::limits;
use crate::world::taste::TasteVote;

/// Ending of files of votes on pictures of a show; others hold a taste that was learned.
const VOTES: &str = "jsonl";

/// The taste, shared with the judge that takes the place of one that crashed.
type SharedTaste = Arc<Mutex<LiveTaste>>;

struct JudgeAdapter {
    judge: Judge,
    taste: SharedTaste,
    liked: Option<f64>,
    /// Made when it is first asked where it looks; none for a backbone that has no gradients.
    observer: Option<Option<Observer>>,
}

impl JudgeAdapter {
    fn new(judge: Judge, taste: SharedTaste) -> Self {
        Self { judge, taste, liked: None, observer: None }
    }
}

/// Nothing panics while it is locked; if something did, what was learned is whole all the same.
fn locked(taste: &SharedTaste) -> MutexGuard<'_, LiveTaste> {
    taste.lock().unwrap_or_else(|e| e.into_inner())
}

impl FrameJudge for JudgeAdapter {
    fn verdict(&mut self, frame: &Frame, tick: u64) -> VerdictSignals {
        let verdict = self.judge.classify(&frame.rgba, frame.width, frame.height, tick);
        let mut signals = verdict.signals();
        let mut taste = locked(&self.taste);
        taste.see(frame, &verdict.embedding, tick);
        self.liked = taste.probability(&verdict.embedding);
        signals.extend(self.liked.map(|p| ("taste.score".into(), p)));
        signals
    }

    fn classes(&self) -> Vec<String> {
        self.judge.header.classes.clone()
    }

    fn gaze(&mut self, frame: &Frame) -> Option<GazeState> {
        let observer = self.observer.get_or_insert_with(|| Observer::new(&self.judge).ok()).as_mut()?;
        let (class, map) = observer.gaze(&frame.rgba, frame.width, frame.height);
        let class = self.judge.header.classes[class].clone();
        Some(GazeState { size: (map.width, map.height), values: map.values, class })
    }

    fn taste(&self) -> Option<TasteState> {
        let taste = locked(&self.taste);
        let agreement = match taste.agreement() {
            Some(a) => format!("predicts {}", a.words()),
            None => "from ten votes on, how well it predicts them is shown".into(),
        };
        let (pair, votes, score) = (taste.pair().cloned(), taste.votes(), self.liked);
        Some(TasteState { pair, votes, agreement, score })
    }

    fn rate(&mut self, command: TasteCommand) -> Option<TasteVote> {
        let mut taste = locked(&self.taste);
        match command {
            TasteCommand::Prefer(side, voter, pair) => taste.vote(side, voter, pair),
            TasteCommand::Skip(pair) => {
                taste.skip(pair);
                None
            }
        }
    }
}

/// The judge in a file, or the shipped one. If the shipped one cannot be used, there is none and a message says why.
///
/// # Errors
/// The named file holds no judge.
fn opened(model: Option<&Path>) -> Result<Option<Judge>, Failure> {
    match model {
        Some(path) => Ok(Some(Judge::load(path)?)),
        None => Ok(Judge::shipped().map_err(|e| eprintln!("continuing without a judge: {e}")).ok()),
    }
}

/// What is liked, from a file that `untrained taste learn` wrote, or from votes (`.jsonl`), which need not be there yet.
///
/// # Errors
/// The file cannot be read, or reads another judge.
fn liked(judge: &Judge, file: Option<&Path>) -> Result<LiveTaste, JudgeError> {
    let (mut start, mut votes) = (Taste::default(), Vec::new());
    match file {
        Some(path) if path.extension().is_some_and(|e| e == VOTES) => votes = read_votes(path)?,
        Some(path) => start = TasteFile::load(path, judge)?.taste,
        None => {}
    }
    let own = fingerprint(judge)?;
    let others = votes.iter().filter(|v| v.judge != own).count();
    if let Some(path) = file.filter(|_| others > 0) {
        eprintln!("{}: {others} votes are on what another judge saw, and not learned", path.display());
    }
    Ok(LiveTaste::new(own, start, &votes))
}

/// Votes in a file that need not be there; damaged lines are reported.
///
/// # Errors
/// It is there and cannot be read.
pub fn read_votes(path: &Path) -> Result<Vec<TasteVote>, JudgeError> {
    let bytes = match limits::read(path, limits::ARRAY) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(|e| JudgeError::io("read", path, e))?,
    };
    let file = TasteVote::file(&bytes);
    for damaged in &file.damaged {
        eprintln!("{}:{}: no vote: {}", path.display(), damaged.line, damaged.why);
    }
    Ok(file.votes)
}

/// Where votes on pictures of a show go: to the file of votes that is named, or into this folder.
pub fn votes_file(taste: Option<&Path>, folder: &Path) -> PathBuf {
    match taste {
        Some(path) if path.extension().is_some_and(|e| e == VOTES) => path.into(),
        Some(path) => path.with_extension(VOTES),
        None => folder.join("taste.jsonl"),
    }
}

/// The judge in a file, or the shipped one. If the shipped one cannot be used, there is none and a message says why.
///
/// # Errors
/// The named file holds no judge.
pub fn open(model: Option<&Path>) -> Result<Option<Box<dyn FrameJudge>>, Failure> {
    open_with(model, None)
}

/// As [`open`], with a taste, whose score is the signal `taste.score`.
///
/// # Errors
/// As [`open`], or the file of the taste cannot be read or reads another judge.
pub fn open_with(model: Option<&Path>, taste: Option<&Path>) -> Result<Option<Box<dyn FrameJudge>>, Failure> {
    let Some(judge) = opened(model)? else { return Ok(None) };
    let taste = Arc::new(Mutex::new(liked(&judge, taste)?));
    Ok(Some(Box::new(JudgeAdapter::new(judge, taste))))
}

/// A factory of judges that share one taste; the first is opened now.
///
/// # Errors
/// As [`open_with`].
pub fn opens(model: Option<&Path>, taste: Option<&Path>) -> Result<Option<JudgeFactory>, Failure> {
    let Some(judge) = opened(model)? else { return Ok(None) };
    let taste = Arc::new(Mutex::new(liked(&judge, taste)?));
    let (model, mut first) = (model.map(Path::to_path_buf), Some(judge));
    Ok(Some(Box::new(move || {
        let judge = first.take().or_else(|| opened(model.as_deref()).ok().flatten())?;
        Some(Box::new(JudgeAdapter::new(judge, taste.clone())) as Box<dyn FrameJudge>)
    })))
}

/// Classes of a judge: the one in a file, or the shipped one; none if there is no judge.
///
/// # Errors
/// As [`open`].
pub fn classes(model: Option<&Path>) -> Result<Vec<String>, Failure> {
    Ok(open(model)?.map_or(Vec::new(), |watch| watch.classes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CATALOGUE;
    use crate::performance::{Performance, PerformanceSetup};
    use crate::show::source::SceneSource;
    use crate::show::{Command, ShowDriver, ShowState};
    use crate::world::rng::Rng;
    use crate::world::taste::PairPicture;
    use crate::world::votes::{VoteSide, Voter};

    /// Clouds whose scale wanders.
    const SCENE: &str = "size = [64, 36]\nseed = 3\n[node.cloud]\nsystem = \"noise\"\n\
        [wave.scale]\nperiod = 37\n\
        [[link]]\nfrom = \"wave.scale\"\nto = \"cloud.scale\"\nspan = [1.0, 12.0]\n\
        [[layer]]\nname = \"it\"\nshow = \"cloud.value\"\npalette = \"bone\"\n";

    fn show(taste: Option<&Path>, votes: &Path) -> Performance {
        let sources = vec![SceneSource::Generated("clouds".into(), SCENE.into())];
        let judge = opens(None, taste).unwrap();
        let votes = Some(votes.to_path_buf());
        PerformanceSetup { judge, votes, ..PerformanceSetup::of(CATALOGUE, sources) }.start().unwrap()
    }

    fn taste(p: &mut Performance) -> TasteState {
        let mut state = ShowState::default();
        p.state(&mut state);
        state.taste.as_deref().cloned().unwrap_or_default()
    }

    /// Mean difference of neighbours, over the mean deviation: how fine a texture is.
    fn grain(picture: &PairPicture) -> f64 {
        let values: Vec<f64> = picture.rgb.iter().step_by(3).map(|v| *v as f64).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let steps: f64 = values.windows(2).map(|w| (w[1] - w[0]).abs()).sum();
        steps / values.iter().map(|v| (v - mean).abs()).sum::<f64>().max(1e-9)
    }

    /// Someone who likes coarse pictures, and errs as Bradley and Terry say, votes until there are as many votes.
    fn vote(p: &mut Performance, votes: usize) {
        let (r, mut answered) = (Rng::new(1).named("voter"), 0);
        for _ in 0..40_000 {
            // Seconds of the show; the judge sees a picture now and then.
            (0..30).for_each(|_| p.tick());
            let now = taste(p);
            if now.votes >= votes {
                return;
            }
            let Some(pair) = now.pair.filter(|pair| pair.number > answered) else {
                std::thread::sleep(std::time::Duration::from_millis(3));
                continue;
            };
            answered = pair.number;
            let [left, right] = [0, 1].map(|i| grain(&pair.pictures[i]));
            let likes_left = r.unit64(pair.number) < 1.0 / (1.0 + (4.0 * (left / right).ln()).exp());
            let side = if likes_left { VoteSide::Left } else { VoteSide::Right };
            p.command(Command::Taste(TasteCommand::Prefer(side, Voter::Local, Some(pair.number))));
        }
        panic!("the show asked too little");
    }

    #[test]
    fn a_hundred_votes_in_a_running_show_beat_chance_and_the_next_show_knows_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("votes.jsonl");
        let mut p = show(None, &file);
        vote(&mut p, 100);
        let learned = taste(&mut p);
        assert!(learned.agreement.contains("of 100 held-out votes"), "{}", learned.agreement);
        p.end();
        let votes = read_votes(&file).unwrap();
        assert_eq!(votes.len(), 100);
        assert!(votes.iter().all(|v| v.left.provenance.scene == "clouds" && v.left.provenance.seed == 3));
        let judge = Judge::shipped().unwrap();
        let again = liked(&judge, Some(&file)).unwrap();
        let agreement = again.agreement().unwrap();
        assert!(agreement.share() > 0.5 && agreement.p() < 0.01, "{}", agreement.words());
        // The next show goes on from the file, and a file that is not there is no error.
        let mut next = show(Some(&file), &file);
        assert_eq!(taste(&mut next).votes, 100);
        assert_eq!(liked(&judge, Some(&folder.path().join("none.jsonl"))).unwrap().votes(), 0);
        // Damage costs the line that it is in.
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, &text[..text.len() - 100]).unwrap();
        assert_eq!(liked(&judge, Some(&file)).unwrap().votes(), 99);
    }

    #[test]
    fn a_running_show_tells_where_its_judge_looks_while_it_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let mut p = show(None, &folder.path().join("votes.jsonl"));
        let mut state = ShowState::default();
        let mut seen = |p: &mut Performance, asked: bool| {
            p.command(Command::Look(asked));
            for _ in 0..2000 {
                (0..10).for_each(|_| p.tick());
                p.state(&mut state);
                if state.gaze.is_some() == asked && state.looking == asked && state.verdict.is_some() {
                    return state.gaze.clone();
                }
                std::thread::sleep(std::time::Duration::from_millis(3));
            }
            panic!("it never answers");
        };
        let gaze = seen(&mut p, true).unwrap();
        let judge = Judge::shipped().unwrap();
        assert!(judge.header.classes.contains(&gaze.class), "{}", gaze.class);
        assert_eq!(gaze.values.len(), gaze.size.0 * gaze.size.1);
        let peak = gaze.values.iter().copied().fold(0.0, f32::max);
        assert!(peak == 1.0 && gaze.values.iter().any(|v| *v < 0.5), "a place, not everything: peak {peak}");
        assert_eq!(seen(&mut p, false), None);
        p.end();
    }

    #[test]
    fn votes_go_to_the_file_of_votes_or_beside_what_was_learned_or_to_the_folder_of_shows() {
        let file = |taste: Option<&str>| votes_file(taste.map(Path::new), Path::new("state"));
        assert_eq!(file(None), Path::new("state/taste.jsonl"));
        assert_eq!(file(Some("a/mine.jsonl")), Path::new("a/mine.jsonl"));
        assert_eq!(file(Some("a/mine.json")), Path::new("a/mine.jsonl"));
    }
}
