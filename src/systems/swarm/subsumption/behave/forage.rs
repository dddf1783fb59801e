//! Bringing food home, by two kinds of scent (Deneubourg, Aron, Goss and Pasteels 1990; Panait and Luke 2004).
//!
//! *search*: empty; follow the scent of agents that carried food, and lay the scent that leads home. *carry*: just
//! found some; turn about. *home*: laden; follow the scent that leads home and the known direction, lay the scent that
//! leads to food. Scent is laid fainter with time since nest or food (register), so that it slopes.

use super::bodies::Bodies;
use crate::swarm::subsumption::compiled::ticks;
use crate::swarm::subsumption::lanes::{Machine, MessageLine};
use crate::swarm::subsumption::perception::{Perception, ScentSensor, strongest};
use crate::swarm::subsumption::stack::Layer;
use crate::swarm::subsumption::steer::{Rotation, Vec2};

const SEARCH: u8 = 0;
const CARRY: u8 = 1;
const HOME: u8 = 2;

/// Prepared settings.
#[derive(Clone, Copy, Debug)]
pub struct Forage {
    reach: f32,
    aside: Rotation,
    least: f32,
    compass: f32,
    lay: f32,
    keep: f32,
    about: u16,
}

impl Forage {
    pub(super) fn new(layer: &Layer, now: &Perception) -> Self {
        Self {
            reach: layer.setting("reach"),
            aside: Rotation::turns(layer.setting("angle")),
            least: layer.setting("least"),
            compass: layer.setting("compass"),
            lay: layer.setting("lay"),
            keep: libm::expf(-now.dt / layer.setting("fade")),
            about: ticks(layer.setting("seconds"), now.dt),
        }
    }

    #[inline(always)]
    pub(super) fn run(
        &self,
        now: &Perception,
        bodies: &Bodies,
        me: u8,
        machine: &mut Machine,
        outs: &mut [MessageLine],
    ) {
        for i in 0..bodies.len {
            let (p, facing, laden) = (bodies.at(i), bodies.facing(i), bodies.load[i] != 0);
            self.change(now, p, facing, laden, machine, i);
            let turning_about = machine.timer[i] > 0;
            machine.timer[i] = machine.timer[i].saturating_sub(1);
            let want = match machine.state[i] {
                _ if turning_about => Some(Vec2::new(machine.rx[i], machine.ry[i])),
                SEARCH => self.along(now, ScentSensor::Fine(now.trail), p, facing),
                _ => Some(self.homeward(now, p, facing)),
            };
            if let Some(want) = want {
                outs[0].say(i, me, want.x, want.y);
            }
            outs[1].say(i, me, self.lay * machine.rz[i], 0.0);
            if laden && now.at_home(p) {
                outs[2].say(i, me, 1.0, 0.0);
            }
        }
    }

    /// The next state, and the register for the strength of the scent.
    #[inline(always)]
    fn change(&self, now: &Perception, p: Vec2, facing: Vec2, laden: bool, machine: &mut Machine, i: usize) {
        let next = match (machine.state[i], laden) {
            (SEARCH, true) => CARRY,
            (CARRY, true) if machine.timer[i] == 0 => HOME,
            (CARRY | HOME, false) => SEARCH,
            (same, _) => same,
        };
        machine.rz[i] *= self.keep;
        if next == CARRY && machine.state[i] == SEARCH || next == SEARCH && machine.state[i] != SEARCH {
            machine.timer[i] = self.about;
            (machine.rx[i], machine.ry[i]) = (-facing.x, -facing.y);
            machine.rz[i] = 1.0;
        }
        if !laden && now.at_home(p) {
            machine.rz[i] = 1.0;
        }
        machine.state[i] = next;
    }

    /// Where a trail is strongest, if there is one.
    #[inline(always)]
    fn along(&self, now: &Perception, smell: ScentSensor, p: Vec2, facing: Vec2) -> Option<Vec2> {
        let three = now.sample_scent(smell, p, facing, self.reach, self.aside);
        let felt = three[0].1.max(three[1].1).max(three[2].1) > self.least;
        felt.then(|| strongest(three))
    }

    /// Partly along the scent that leads home, partly straight.
    #[inline(always)]
    fn homeward(&self, now: &Perception, p: Vec2, facing: Vec2) -> Vec2 {
        let straight = now.grid.way(p, now.home).unit_or(facing);
        match self.along(now, ScentSensor::Fine(now.nest), p, facing) {
            Some(scent) => scent.plus(straight.plus(scent, -1.0), self.compass).unit_or(facing),
            None if self.compass > 0.0 => straight,
            None => facing,
        }
    }
}
