//! One frame after the other: input, show, picture, panel.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Instant;

use egui_macroquad::egui::Context;
use macroquad::window::{screen_height, screen_width};

use super::gaze_overlay::GazeOverlay;
use super::input::Input;
use super::keys::{KeyAction, by_label};
use super::live_output::LiveOutput;
use super::monitors::WindowPlacer;
use super::notifications::{self, Notifications};
use super::options::Options;
use super::output::{Output, letterbox};
use super::pace::FramePacing;
use super::panel::{Panel, WIDTH, apply_style};
use super::touch::{MouseTouch, TouchTracker};
use super::video_capture::VideoCapture;
use super::{capture, gpu, help, side_labels};
use show::{Command, Hub, ShowDriver, ShowState, ShowThread};
use world::tape::Event;

/// Target frame rate of the window, Hz.
const RATE: f64 = 60.0;
/// Seconds within which Esc and L must be pressed again.
pub(super) const CONFIRM_WITHIN: f32 = 2.0;

/// Everything in the window.
pub struct StageApp {
    pub(super) options: Options,
    pub(super) show: ShowThread,
    pub(super) hub: Arc<Hub>,
    pub(super) state: Arc<ShowState>,
    pub(super) output: Output,
    pub(super) panel: Panel,
    pub(super) notifications: Notifications,
    pace: FramePacing,
    mouse_touch: MouseTouch,
    touch_tracker: TouchTracker,
    learnt: u64,
    gaze: GazeOverlay,
    pub(super) help: bool,
    pub(super) fullscreen: bool,
    pub(super) pressed: Option<(KeyAction, Instant)>,
    begun: Instant,
    frame: u64,
    opened: bool,
    notice: u64,
    scene: Option<(usize, Vec<String>)>,
    typing: bool,
    over_panel: bool,
    limiting: bool,
    video_capture: VideoCapture,
    feed: Option<LiveOutput>,
    pub(super) placer: Option<WindowPlacer>,
    pub(super) saved: (Sender<String>, Receiver<String>),
    pub(super) saving: Vec<JoinHandle<()>>,
}

impl StageApp {
    /// Starts the show thread; the window is open already.
    pub fn new(world: Box<dyn ShowDriver>, mut options: Options) -> Self {
        egui_macroquad::cfg(apply_style);
        let mut output = gpu::with_gl(Output::new);
        let mut notifications = Notifications::default();
        for name in &options.effects {
            output.chain.slot(name).into_iter().for_each(|slot| slot.on = true);
        }
        if options.frames.is_none() {
            notifications.show("H shows the keys");
        }
        let show = options.seat.take().unwrap_or_else(Hub::new);
        let show = ShowThread::at(show.0, show.1, world);
        show.hub().send(Command::Limiter(options.limiter));
        show.hub().send(Command::Record(options.record.is_some()));
        if options.locked {
            show.hub().lock().lock(&options.allowed());
            notifications = Notifications::default();
        }
        let saved = channel();
        let placer = options.place.take();
        let placer =
            placer.map(|p| WindowPlacer::start(p, options.fullscreen, options.size, saved.0.clone()));
        Self {
            hub: show.hub().clone(),
            show,
            state: Arc::default(),
            output,
            panel: Panel::new(options.panel),
            notifications,
            pace: FramePacing::new(RATE),
            mouse_touch: MouseTouch::default(),
            touch_tracker: TouchTracker::default(),
            learnt: 0,
            gaze: GazeOverlay::default(),
            help: false,
            fullscreen: options.fullscreen || placer.is_some(),
            pressed: None,
            begun: Instant::now(),
            frame: 0,
            opened: false,
            notice: 0,
            scene: None,
            typing: false,
            over_panel: false,
            limiting: false,
            video_capture: VideoCapture::new(options.record.clone()),
            feed: options.feed.as_deref().map(LiveOutput::new),
            placer,
            saved,
            saving: Vec::new(),
            options,
        }
    }

    /// One frame; returns the outcome when it was the last.
    pub fn frame(&mut self) -> Option<Result<(), String>> {
        if self.show.has_died() {
            return Some(Err("the show stopped: a system crashed; the message above names it".into()));
        }
        let seconds = self.pace.wait();
        let window = (screen_width(), screen_height());
        self.receive();
        let mut input = Input::read(self.typing, self.over_panel);
        self.options.script.act(self.frame, window, &mut input);
        if self.keys(&input) {
            return Some(Ok(()));
        }
        let rect = letterbox(self.output.picture_size().unwrap_or((16, 9)), window);
        if let Some(touch) = self.mouse_touch.follow(&input, rect, seconds) {
            self.show.send(Command::Event(Event::Touch(touch)));
        }
        let edge = window.0 - if self.panel.open { WIDTH } else { 0.0 };
        let touches = self.touch_tracker.follow(&input, rect, edge, self.mouse_touch.radius());
        control::touch::send_touches(&self.hub, touches);
        gpu::with_gl(|gl| self.output.draw(gl, window, self.hub.master(), seconds));
        self.watch_safety();
        self.video_capture.follow(&self.hub, &mut self.output, &mut self.notifications);
        self.feed.iter_mut().for_each(|f| f.follow(&self.hub, &self.output, &mut self.notifications));
        self.overlay(rect, seconds);
        self.frame += 1;
        if !self.opened && self.output.picture_size().is_some() {
            self.opened = true;
            if self.options.frames.is_some() {
                println!("open");
            }
        }
        self.last_frame(window)
    }

    /// Takes what the show has published since the last frame.
    fn receive(&mut self) {
        let before = self.state.tick;
        self.state = self.show.state();
        // Before there is a state it is unknown whether the show is open, and no picture may be shown.
        if self.state.description.scenes.is_empty() {
            return;
        }
        self.hub.master().close(self.state.closed);
        if let Some(frame) = self.show.new_frame() {
            gpu::with_gl(|gl| self.output.upload(gl, (frame.width, frame.height), &frame.rgba));
            self.hub.took();
        }
        if self.state.tick != before {
            self.pace.tick(self.state.tick_ms);
        }
        let (number, text) = &self.state.notice;
        if *number != self.notice {
            self.notice = *number;
            self.notifications.show(text.clone());
        }
        if let Ok(message) = self.saved.1.try_recv() {
            self.notifications.show(message);
        }
        self.panel.learn.state = self.hub.learn().map(|mapping| mapping.state());
        if let Some((number, text)) = self.panel.learn.state.as_ref().map(|s| &s.news)
            && *number != self.learnt
        {
            self.learnt = *number;
            self.notifications.show(text.clone());
        }
        self.follow_scene();
    }

    /// User-defined key mappings take precedence over those of the stage; true if one ends the show.
    fn keys(&mut self, input: &Input) -> bool {
        for key in &input.pressed {
            if self.options.keys.has(key) {
                let messages = self.options.keys.press(key, &self.hub);
                messages.into_iter().for_each(|m| self.notifications.show(m));
            } else if by_label(key).is_some_and(|action| self.act(action)) {
                return true;
            }
        }
        input.released.iter().for_each(|key| self.options.keys.release(key, &self.hub));
        false
    }

    /// A new scene, or new `shaders` in the one that runs, sets the effects: what the old one used goes off, what the
    /// new one uses goes on, and what was switched manually stays.
    fn follow_scene(&mut self) {
        let now = (self.state.description.scene, self.state.description.shaders.clone());
        if self.state.description.scenes.is_empty() || self.scene.as_ref() == Some(&now) {
            return;
        }
        let before = self.scene.take().map_or(Vec::new(), |s| s.1);
        for slot in &mut self.output.chain.slots {
            let named = |list: &[String]| list.iter().any(|s| s == slot.effect.name);
            slot.on = named(&now.1) || slot.on && !named(&before);
        }
        self.scene = Some(now);
    }

    pub(super) fn toggle_mapping(&mut self) {
        let available = self.panel.toggle_mapping(self.hub.learn());
        match (available, self.panel.learn.on) {
            (false, _) => self.notifications.show("there are no controllers to map (--no-midi)"),
            (_, true) => self.notifications.show("MIDI learn: click a knob, then move a control"),
            _ => {}
        }
    }

    /// Notifies each time the flash limiter becomes active.
    fn watch_safety(&mut self) {
        // The first frames wait for the window and the first world.
        let time = self.opened.then(|| self.pace.frames.back().copied()).flatten();
        self.hub.drew(time, self.output.safety.changed, self.state.paused);
        self.output.safety.chain.set_limits(self.hub.requests().limiter());
        let acting = self.output.safety.state().acting;
        if acting && !self.limiting {
            self.notifications.show("flash limiter active");
        }
        self.limiting = acting;
    }

    /// Panel, notifications, help and touch ring over the picture.
    fn overlay(&mut self, rect: [f32; 4], seconds: f32) {
        self.notifications.pass(seconds);
        let mut requests = Vec::new();
        let locked = self.state.locked;
        egui_macroquad::ui(|ctx| {
            self.gaze.draw(ctx, &self.state, rect, seconds);
            if locked {
                return self.mouse_touch.hide(ctx);
            }
            self.panel.show(ctx, &self.state, &self.hub, &mut self.output.chain, &self.pace, &mut requests);
            notifications::problems(ctx, "Problems", &self.state.problems);
            let shaders: Vec<String> = self.output.chain.problems().map(String::from).collect();
            notifications::problems(ctx, "This shader has problems", &shaders);
            side_labels::draw(ctx, &self.state, rect, self.panel.open);
            if self.help {
                help::draw(ctx);
            }
            self.notifications.draw(ctx, self.state.paused);
            self.mouse_touch.draw(ctx, rect[3], self.over_panel);
            self.watch_focus(ctx);
        });
        requests.into_iter().for_each(|request| self.show.send(request));
        self.panel.learn.send_requests(self.hub.learn());
        egui_macroquad::draw();
    }

    /// Keys belong to a text field only while it has the focus; Tab opens the panel and never moves the focus in it.
    fn watch_focus(&mut self, ctx: &Context) {
        self.over_panel = ctx.is_pointer_over_area() || ctx.wants_pointer_input();
        let tab = ctx.input(|i| i.key_pressed(egui_macroquad::egui::Key::Tab));
        if let Some(id) = ctx.memory(|m| m.focused())
            && (tab || !self.panel.open)
        {
            ctx.memory_mut(|m| m.surrender_focus(id));
        }
        self.typing = ctx.wants_keyboard_input();
    }

    fn last_frame(&mut self, window: (f32, f32)) -> Option<Result<(), String>> {
        let over = self.options.seconds.is_some_and(|s| self.begun.elapsed().as_secs_f64() >= s);
        if over || self.options.leave.load(Ordering::Relaxed) {
            return Some(Ok(()));
        }
        if self.options.frames.is_none_or(|n| self.frame < n) {
            return None;
        }
        let end = self.options.screenshot.as_ref().map_or(Ok(()), |path| capture::screenshot(path, window));
        // Tests compose the same tick without a window and compare.
        println!(
            "shown: tick {} of {}",
            self.show.frame().provenance.tick,
            self.show.frame().provenance.scene
        );
        Some(end)
    }
}

impl Drop for StageApp {
    /// Pictures and recordings are finished before the worlds, which may hang.
    fn drop(&mut self) {
        self.hub.close();
        self.video_capture.finish();
        self.saving.drain(..).for_each(|s| drop(s.join()));
    }
}
