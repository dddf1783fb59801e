//! What holds of every run.

use crate::swarm::synchrony::forcing::Forcing;
use crate::swarm::synchrony::integrate::{Method, Rule, Scratch, State, advance};
use crate::swarm::synchrony::mean::{Mean, Work, kuramoto_step, sum};
use crate::swarm::synchrony::near::{Near, NearWork, Places};
use crate::swarm::synchrony::numbers::Numbers;
use crate::swarm::synchrony::observe::{order, rainbow};
use crate::swarm::synchrony::pairs::{Law, PairWork, Pairs};
use world::rng::Rng;

/// A crowd in a square of side 2 about the origin.
struct Sample {
    state: State<f32>,
    omega: Vec<f32>,
    numbers: Vec<u32>,
}

fn sample(n: u64) -> Sample {
    let list =
        |k: u64, low: f32, high: f32| (0..n).map(|i| Rng::new(k).range(i, low, high)).collect::<Vec<f32>>();
    let state =
        State { x: list(1, -1.0, 1.0), y: list(2, -1.0, 1.0), theta: list(3, 0.0, core::f32::consts::TAU) };
    Sample { state, omega: list(4, -1.0, 1.0), numbers: (0..n as u32).collect() }
}

impl Sample {
    /// The same, stored in another order.
    fn shuffled(&self) -> Self {
        let mut order: Vec<usize> = (0..self.omega.len()).collect();
        order.sort_by_key(|&i| Rng::new(9).bits(i as u64));
        let pick = |from: &[f32]| order.iter().map(|&i| from[i]).collect::<Vec<f32>>();
        let state = State { x: pick(&self.state.x), y: pick(&self.state.y), theta: pick(&self.state.theta) };
        Self { state, omega: pick(&self.omega), numbers: order.iter().map(|&i| self.numbers[i]).collect() }
    }

    /// Bits of the state in the order of the numbers.
    fn bits(&self) -> Vec<[u32; 3]> {
        let mut bits = vec![[0; 3]; self.omega.len()];
        for (i, &number) in self.numbers.iter().enumerate() {
            let at = |list: &[f32]| list.get(i).map_or(0, |v| v.to_bits());
            bits[number as usize] = [at(&self.state.x), at(&self.state.y), at(&self.state.theta)];
        }
        bits
    }

    fn run(&mut self, mut rule: impl Rule<f32>, state: &mut State<f32>) {
        for step in 0..12 {
            advance(&mut rule, state, (0.05 * step as f32, 0.05), Method::Rk4, &mut Scratch::default());
        }
    }

    fn with_pairs(mut self) -> Vec<[u32; 3]> {
        let (numbers, omega, mut state) =
            (Numbers::of(self.numbers.clone()), self.omega.clone(), self.state.clone());
        let work = &mut PairWork::default();
        let (law, drift) = (Law::new(0.8, -0.4), [&[][..]; 2]);
        let rule = Pairs { law, omega: &omega, drift, beat: Forcing::default(), numbers: &numbers, work };
        self.run(rule, &mut state);
        self.state = state;
        self.bits()
    }

    fn with_mean(mut self) -> Vec<[u32; 3]> {
        let (numbers, omega) = (Numbers::of(self.numbers.clone()), self.omega.clone());
        let mut state = State { theta: self.state.theta.clone(), ..State::default() };
        let beat = Forcing { gain: 0.5, phase: 1.0, rate: 2.0 };
        let work = &mut Work::default();
        self.run(Mean { coupling: 1.5, omega: &omega, beat, numbers: &numbers, work }, &mut state);
        self.state = state;
        self.bits()
    }

    fn with_neighbours(mut self) -> Vec<[u32; 3]> {
        let mut places = Places::default();
        let shifted = |list: &[f32]| list.iter().map(|v| v + 1.0).collect::<Vec<f32>>();
        let at = [shifted(&self.state.x), shifted(&self.state.y)];
        places.sort((&at[0], &at[1]), &self.numbers, [2.0, 2.0], 0.3);
        let omega = self.omega.clone();
        let mut state = State { theta: self.state.theta.clone(), ..State::default() };
        let (beat, work) = (Forcing::default(), &mut NearWork::default());
        self.run(Near { coupling: 1.5, omega: &omega, beat, places: &places, work }, &mut state);
        self.state = state;
        self.bits()
    }
}

#[test]
fn the_order_of_storage_does_not_matter() {
    let crowd = || sample(333);
    assert!(crowd().with_pairs() == crowd().shuffled().with_pairs(), "pairs");
    assert!(crowd().with_mean() == crowd().shuffled().with_mean(), "mean");
    assert!(crowd().with_neighbours() == crowd().shuffled().with_neighbours(), "neighbours");
    assert!(crowd().with_mean() != crowd().with_neighbours());
}

/// θᵢ' of neighbours, by asking all.
#[test]
fn neighbours_are_those_within_reach() {
    let Sample { state: State { x, y, theta }, omega, numbers } = sample(300);
    let [x, y, theta, omega] =
        [x, y, theta, omega].map(|list| list.into_iter().map(f64::from).collect::<Vec<f64>>());
    for reach in [0.05, 0.3, 0.9, 5.0] {
        let at = [&x, &y].map(|list| list.iter().map(|v| v + 1.0).collect::<Vec<f64>>());
        let mut places = Places::default();
        places.sort((&at[0], &at[1]), &numbers, [2.0, 2.0], reach);
        let (beat, work) = (Forcing { gain: 0.7, phase: 0.4, rate: 3.0 }, &mut NearWork::default());
        let mut rule = Near { coupling: 1.3, omega: &omega, beat, places: &places, work };
        let state = State { theta: theta.clone(), ..State::default() };
        let mut rates = state.clone();
        rule.rates(0.2, &state, &mut rates);
        for i in 0..300 {
            let is_near =
                |j: &usize| (x[*j] - x[i]) * (x[*j] - x[i]) + (y[*j] - y[i]) * (y[*j] - y[i]) < reach * reach;
            let others: Vec<usize> = (0..300).filter(|&j| j != i).filter(is_near).collect();
            let sum: f64 = others.iter().map(|&j| libm::sin(theta[j] - theta[i])).sum();
            let pull = 0.7 * libm::sin(0.4 + 0.6 - theta[i]);
            let expected = omega[i] + 1.3 * sum / others.len().max(1) as f64 + pull;
            assert!((rates.theta[i] - expected).abs() < 1e-12, "{reach} {i}");
        }
    }
}

/// The swarmalators' equations, written out.
#[test]
fn swarmalators_move_as_published() {
    let Sample { state, omega, .. } = sample(61);
    let wide = |list: &[f32]| list.iter().map(|&v| v as f64).collect::<Vec<f64>>();
    let (state, omega) =
        (State { x: wide(&state.x), y: wide(&state.y), theta: wide(&state.theta) }, wide(&omega));
    let (mut rates, work, numbers) = (state.clone(), &mut PairWork::default(), Numbers::default());
    let law = Law { attraction: 1.1, repulsion: 0.9, affinity: 0.7, coupling: -0.6 };
    let (drift, beat) = ([&[][..]; 2], Forcing::default());
    Pairs { law, omega: &omega, drift, beat, numbers: &numbers, work }.rates(0.0, &state, &mut rates);
    for (i, omega) in omega.iter().enumerate() {
        let mut sums = [0.0; 3];
        for j in (0..61).filter(|&j| j != i) {
            let (dx, dy, turn) =
                (state.x[j] - state.x[i], state.y[j] - state.y[i], state.theta[j] - state.theta[i]);
            let far = (dx * dx + dy * dy).sqrt();
            let pull = (1.1 + 0.7 * libm::cos(turn)) / far - 0.9 / (far * far);
            [sums[0], sums[1], sums[2]] =
                [sums[0] + dx * pull, sums[1] + dy * pull, sums[2] + libm::sin(turn) / far];
        }
        let expected = [sums[0] / 61.0, sums[1] / 61.0, omega - 0.6 * sums[2] / 61.0];
        let found = [rates.x[i], rates.y[i], rates.theta[i]];
        // The softening is felt by those that are very near.
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 2e-3), "{i}: {found:?} {expected:?}");
    }
}

#[test]
fn shifted_phases_have_shifted_results() {
    let (crowd, shift) = (sample(100), 1.234);
    let omega: Vec<f64> = crowd.omega.iter().map(|&v| v as f64).collect();
    let start: Vec<f64> = crowd.state.theta.iter().map(|&v| v as f64).collect();
    let (mut one, mut other) = (start.clone(), start.iter().map(|v| v + shift).collect::<Vec<f64>>());
    for _ in 0..100 {
        kuramoto_step(&mut one, &omega, 2.0, 0.05, Method::Rk4);
        kuramoto_step(&mut other, &omega, 2.0, 0.05, Method::Rk4);
    }
    assert!(one.iter().zip(&other).all(|(a, b)| (b - a - shift).abs() < 1e-10));
    assert!(one.iter().zip(&start).any(|(a, b)| (a - b).abs() > 1.0), "they moved");
}

/// A ring whose phase turns once with it, or against it, about a middle that is not the origin.
#[test]
fn rainbows_are_told_apart_by_their_turn() {
    let angles: Vec<f64> = (0..100).map(|i| 0.02 * core::f64::consts::PI * i as f64).collect();
    let ring = |of: fn(f64) -> f64, shift: f64| angles.iter().map(|a| of(*a) + shift).collect::<Vec<f64>>();
    // Half as wide as it is high, in units that are twice as long.
    let (x, y) = (ring(|a| 0.5 * libm::cos(a), 3.0), ring(libm::sin, -1.0));
    for (theta, expected) in [(ring(|a| a, 0.7), [0.0, 1.0]), (ring(|a| -a, 0.7), [1.0, 0.0])] {
        let found = rainbow(&x, &y, 2.0, &theta);
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{found:?}");
        assert!(order(&theta).0 < 1e-9);
    }
    let (r, phase) = order(&[5.0, 5.2]);
    assert!((r - libm::cos(0.1)).abs() < 1e-12 && (phase - 5.1).abs() < 1e-12, "{r} {phase}");
}

#[test]
fn sums_do_not_depend_on_threads() {
    let values: Vec<f64> = (0..50_000).map(|i| Rng::new(6).unit64(i) - 0.5).collect();
    let with = |n| {
        rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(|| sum(&values).to_bits())
    };
    assert_eq!([with(2), with(3)], [with(1); 2]);
}
