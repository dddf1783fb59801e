//! Transportation problem with integer units: minimum-cost flow from rows to columns.
//!
//! Successive shortest augmenting paths: rows and columns have dual prices, such that no cost is below the sum of its
//! two prices and the cost of every used entry equals it (complementary slackness). Row by row, units are sent along
//! the path of least reduced cost (Dijkstra 1959 on costs less prices, as Edmonds and Karp 1972 proposed) to a column
//! with residual capacity; the path may reroute units of other rows through full columns. With one unit a row and
//! column this is the assignment algorithm of Jonker and Volgenant (1987).

use super::SampleMatrix;

/// Units from a row to a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PlanEntry {
    pub row: usize,
    pub column: usize,
    pub units: u64,
}

/// The non-zero entries of an optimal plan, by column. `supply` (one a row) and `demand` (one a column) have the same
/// sum.
pub(super) fn cheapest(costs: &SampleMatrix, supply: &[u64], demand: &[u64]) -> Vec<PlanEntry> {
    let mut plan = TransportPlan::new(costs, demand);
    for (row, &units) in supply.iter().enumerate() {
        let mut left = units;
        while left > 0 {
            match plan.send(row, left) {
                0 => break,
                sent => left -= sent,
            }
        }
    }
    let of = |(column, loads): (usize, Vec<(usize, u64)>)| {
        loads.into_iter().map(move |(row, units)| PlanEntry { row, column, units })
    };
    plan.carried.into_iter().enumerate().flat_map(of).collect()
}

struct TransportPlan<'a> {
    costs: &'a SampleMatrix,
    /// Dual prices of the rows and of the columns.
    rows: Vec<f64>,
    columns: Vec<f64>,
    /// For each column, the rows that supply it and their units.
    carried: Vec<Vec<(usize, u64)>>,
    /// Residual capacity of each column.
    room: Vec<u64>,
    search: Search,
}

/// State of a shortest-path search from a row.
struct Search {
    /// Least reduced cost to each column, and its predecessor row.
    near: Vec<f64>,
    via: Vec<usize>,
    /// Columns not yet settled, and those settled, in order.
    open: Vec<usize>,
    passed: Vec<usize>,
    /// Rows reached, in order, with the reduced cost to each.
    met: Vec<(usize, f64)>,
    /// Predecessor column of each row reached.
    entry: Vec<Option<usize>>,
}

impl<'a> TransportPlan<'a> {
    fn new(costs: &'a SampleMatrix, demand: &[u64]) -> Self {
        let (n, m) = (costs.rows(), demand.len());
        let least = |i: usize| costs.row(i).iter().copied().fold(f64::INFINITY, f64::min);
        let rows: Vec<f64> = (0..n).map(least).collect();
        let mut columns = vec![f64::INFINITY; m];
        for (i, price) in rows.iter().enumerate() {
            columns.iter_mut().zip(costs.row(i)).for_each(|(c, cost)| *c = c.min(cost - price));
        }
        let search = Search {
            near: vec![0.0; m],
            via: vec![0; m],
            open: Vec::with_capacity(m),
            passed: Vec::with_capacity(m),
            met: Vec::with_capacity(n),
            entry: vec![None; n],
        };
        Self { costs, rows, columns, carried: vec![Vec::new(); m], room: demand.to_vec(), search }
    }

    /// Sends up to `left` units of a row along one path and returns how many; 0 only if no column has capacity.
    fn send(&mut self, start: usize, left: u64) -> u64 {
        let Some(end) = self.find(start) else { return 0 };
        self.reprice(self.search.near[end]);
        let path = self.path(end);
        let taken = |&(_, from): &(usize, Option<usize>), row: usize, plan: &Self| {
            from.map_or(left, |c| plan.load(row, c))
        };
        let units = path.iter().fold(left.min(self.room[end]), |u, hop| u.min(taken(hop, hop.0, self)));
        let mut to = end;
        for (row, from) in path {
            self.put(row, to, units);
            if let Some(from) = from {
                self.take(row, from, units);
                to = from;
            }
        }
        self.room[end] -= units;
        units
    }

    /// The column with residual capacity nearest to a row.
    fn find(&mut self, start: usize) -> Option<usize> {
        let s = &mut self.search;
        s.near.fill(f64::INFINITY);
        s.entry.fill(None);
        s.open.clear();
        s.open.extend(0..self.columns.len());
        s.passed.clear();
        s.met.clear();
        s.met.push((start, 0.0));
        let mut relaxed = 0;
        loop {
            for &(row, way) in &s.met[relaxed..] {
                let (costs, base) = (self.costs.row(row), way - self.rows[row]);
                for &j in &s.open {
                    let d = base + costs[j] - self.columns[j];
                    if d < s.near[j] {
                        (s.near[j], s.via[j]) = (d, row);
                    }
                }
            }
            relaxed = s.met.len();
            let (place, j) = nearest(&s.open, &s.near, &self.room)?;
            if self.room[j] > 0 {
                return Some(j);
            }
            s.open.swap_remove(place);
            s.passed.push(j);
            for &(row, _) in &self.carried[j] {
                if row != start && s.entry[row].is_none() {
                    s.entry[row] = Some(j);
                    s.met.push((row, s.near[j]));
                }
            }
        }
    }

    /// Updates the dual prices after a search: entries on the path found become tight, and none is violated.
    fn reprice(&mut self, length: f64) {
        for &(row, way) in &self.search.met {
            self.rows[row] += length - way;
        }
        for &j in &self.search.passed {
            self.columns[j] -= length - self.search.near[j];
        }
    }

    /// The path from its end backwards: each row, and the column its units are taken from (none at the start).
    fn path(&self, end: usize) -> Vec<(usize, Option<usize>)> {
        let hop = |column: usize| {
            let row = self.search.via[column];
            (row, self.search.entry[row])
        };
        std::iter::successors(Some(hop(end)), |(_, from)| from.map(hop)).collect()
    }

    fn load(&self, row: usize, column: usize) -> u64 {
        self.carried[column].iter().find(|l| l.0 == row).map_or(0, |l| l.1)
    }

    fn put(&mut self, row: usize, column: usize, units: u64) {
        match self.carried[column].iter_mut().find(|l| l.0 == row) {
            Some(load) => load.1 += units,
            None => self.carried[column].push((row, units)),
        }
    }

    fn take(&mut self, row: usize, column: usize, units: u64) {
        let loads = &mut self.carried[column];
        if let Some(place) = loads.iter().position(|l| l.0 == row) {
            loads[place].1 -= units;
            if loads[place].1 == 0 {
                loads.swap_remove(place);
            }
        }
    }
}

/// The nearest open column, preferring one with capacity: its index among the open ones, and itself.
fn nearest(open: &[usize], near: &[f64], room: &[u64]) -> Option<(usize, usize)> {
    let mut best = None;
    let mut least = f64::INFINITY;
    for (place, &j) in open.iter().enumerate() {
        if near[j] < least || (near[j] == least && room[j] > 0) {
            (best, least) = (Some((place, j)), near[j]);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    #[test]
    fn plans_are_proven_optimal_by_their_prices() {
        for seed in 0..40 {
            let rng = Rng::new(seed);
            let (n, m) = (1 + rng.below(0, 9) as usize, 1 + rng.below(1, 9) as usize);
            let costs = (0..n * m).map(|i| rng.fork(1).below(i as u64, 20) as f64 - 5.0).collect();
            let costs = SampleMatrix::new(m, costs).unwrap();
            let mut supply: Vec<u64> = (0..n as u64).map(|i| rng.fork(2).below(i, 30)).collect();
            let mut demand: Vec<u64> = (0..m as u64).map(|i| rng.fork(3).below(i, 30)).collect();
            let (s, d) = (supply.iter().sum::<u64>(), demand.iter().sum::<u64>());
            supply[0] += d.saturating_sub(s);
            demand[0] += s.saturating_sub(d);

            let mut plan = TransportPlan::new(&costs, &demand);
            for (row, &units) in supply.iter().enumerate() {
                let mut left = units;
                while left > 0 {
                    left -= plan.send(row, left);
                }
            }
            // No cost is below its prices and used entries are tight: no other plan is cheaper.
            for (i, &units) in supply.iter().enumerate() {
                for j in 0..m {
                    let over = costs.row(i)[j] - plan.rows[i] - plan.columns[j];
                    assert!(over > -1e-9 && (plan.load(i, j) == 0 || over < 1e-9), "seed {seed}: {over}");
                }
                assert_eq!((0..m).map(|j| plan.load(i, j)).sum::<u64>(), units);
            }
            (0..m).for_each(|j| assert_eq!((0..n).map(|i| plan.load(i, j)).sum::<u64>(), demand[j]));
        }
    }

    #[test]
    fn insufficient_demand_ends_the_search() {
        let costs = SampleMatrix::new(1, vec![1.0, 1.0]).unwrap();
        assert_eq!(cheapest(&costs, &[2, 2], &[3]).iter().map(|l| l.units).sum::<u64>(), 3);
    }
}
