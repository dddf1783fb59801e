//! Life on a dense random soup of 4096² cells.
use std::time::Instant;
use untrained::systems::automata::life::{
    board::Board,
    grid::{Grid, Layout},
    rule::Rule,
};
use untrained::world::rng::Rng;

fn main() {
    for n in [4096usize] {
        let layout = Layout::new(n, n);
        let rng = Rng::new(1);
        let soup = Grid::from_fn(layout, |x, y| rng.bits((y * n + x) as u64) & 1 == 1);
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            for (r, g) in [
                ("B3/S23", 1),
                ("B3/S23", 2),
                ("B3/S23", 4),
                ("B3/S23", 8),
                ("B3/S23", 64),
                ("B36/S23", 64),
                ("B34/S23", 64),
            ] {
                let rule = Rule::parse(r).unwrap();
                let mut board = Board::new(soup.clone());
                let mut rates = vec![];
                for _ in 0..200 / g + 10 {
                    let t = Instant::now();
                    pool.install(|| board.advance(rule, true, g));
                    rates.push((n * n * g) as f64 / t.elapsed().as_secs_f64() / 1e9);
                }
                rates.sort_by(f64::total_cmp);
                println!(
                    "{n} {threads} threads {r} {g} generations a call: median {:.1} best {:.1} Gcells/s",
                    rates[rates.len() / 2],
                    rates[rates.len() - 1]
                );
            }
        }
    }
}
