//! Samples of two contestants, taken in turn, and what they come to.

use std::time::Duration;

/// Times of ours and of what stands beside it.
#[derive(Clone, Debug, Default)]
pub struct Pair {
    pub ours: Vec<f64>,
    pub beside: Vec<f64>,
}

/// So often the samples are drawn again for the spread of the ratio.
const DRAWS: usize = 400;

impl Pair {
    pub fn ours(&mut self, took: Duration) {
        self.ours.push(took.as_secs_f64());
    }

    pub fn beside(&mut self, took: Duration) {
        self.beside.push(took.as_secs_f64());
    }

    /// How the medians compare: ours over what stands beside it.
    pub fn ratio(&self) -> f64 {
        median(&self.ours) / median(&self.beside)
    }

    /// Between which values nineteen in twenty ratios lie when the samples are drawn again with replacement.
    pub fn spread(&self) -> (f64, f64) {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut below = |bound: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % u64::try_from(bound).unwrap_or(1)).unwrap_or(0)
        };
        let mut draw = |from: &[f64]| -> Vec<f64> {
            let again = (0..from.len()).map(|_| from[below(from.len())]);
            again.collect()
        };
        let ratios: Vec<f64> = (0..DRAWS)
            .map(|_| median(&draw(&self.ours)) / median(&draw(&self.beside)))
            .collect();
        (share(&ratios, 0.025), share(&ratios, 0.975))
    }
}

pub fn median(of: &[f64]) -> f64 {
    share(of, 0.5)
}

/// The value under which this share of all lies.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]
pub fn share(of: &[f64], share: f64) -> f64 {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((last as f64 * share).round() as usize)
        .copied()
        .unwrap_or(f64::NAN)
}

/// What a row must meet.
#[derive(Clone, Copy, Debug)]
pub enum Mark {
    /// The ratio of the times is at most so much.
    AtMost(f64),
    /// The throughput is at least so many times that of what stands beside it.
    Throughput(f64),
}

/// Prints a row and answers whether its mark is met.
pub fn row(name: &str, pair: &Pair, mark: Mark) -> bool {
    let (ratio, (low, high)) = (pair.ratio(), pair.spread());
    let (shown, low, high, met, wanted) = match mark {
        Mark::AtMost(most) => (ratio, low, high, ratio <= most, format!("≤ {most} ×")),
        Mark::Throughput(least) => {
            let through = 1.0 / ratio;
            (
                through,
                1.0 / high,
                1.0 / low,
                through >= least,
                format!("≥ {least} ×"),
            )
        }
    };
    println!(
        "| {name} | {} | {} | {shown:.2} × ({low:.2}–{high:.2}) | {wanted} | {} | {} |",
        times(&pair.ours),
        times(&pair.beside),
        if met { "met" } else { "not met" },
        pair.ours.len().min(pair.beside.len()),
    );
    met
}

/// The head of the table.
pub fn head() {
    println!(
        "| row | ours: median, p95 | beside: median, p95 | ratio (19 in 20) | mark | | samples |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
}

fn times(of: &[f64]) -> String {
    format!("{}, {}", time(median(of)), time(share(of, 0.95)))
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        s => format!("{:.0} µs", s * 1e6),
    }
}
