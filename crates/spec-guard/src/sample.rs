//! Samples: which exchanges are looked at.
//!
//! Must not know what is looked at.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Chooses a share of all exchanges. The same seed chooses the same ones, by their number.
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    share: f64,
    seed: u64,
    number: Arc<AtomicU64>,
}

impl Default for Sampler {
    fn default() -> Self {
        Sampler { share: 1.0, seed: 0, number: Arc::default() }
    }
}

impl Sampler {
    /// Sets the share, from 0 to 1. What is beyond is taken for these; no number is 0.
    pub(crate) fn share(&mut self, share: f64) {
        self.share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
    }

    pub(crate) fn seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// Says whether the next exchange is looked at.
    pub(crate) fn takes(&self) -> bool {
        if self.share <= 0.0 || self.share >= 1.0 {
            return self.share > 0.0;
        }
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        // 53 bits are what a float holds exactly.
        let chance = (mixed(self.seed ^ mixed(number)) >> 11) as f64 / (1u64 << 53) as f64;
        chance < self.share
    }
}

/// Spreads a number over all bits (SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::Sampler;

    fn taken(share: f64, seed: u64) -> Vec<bool> {
        let mut sampler = Sampler::default();
        sampler.share(share);
        sampler.seed(seed);
        (0..10_000).map(|_| sampler.takes()).collect()
    }

    #[test]
    fn a_share_is_taken_and_the_same_one_for_the_same_seed() {
        for (share, least, most) in
            [(0.0, 0, 0), (-1.0, 0, 0), (f64::NAN, 0, 0), (1.0, 10_000, 10_000), (7.0, 10_000, 10_000)]
        {
            let count = taken(share, 1).into_iter().filter(|taken| *taken).count();
            assert!((least..=most).contains(&count), "{share}: {count}");
        }
        let tenth = taken(0.1, 1);
        let count = tenth.iter().filter(|taken| **taken).count();
        assert!((850..1150).contains(&count), "{count}");
        assert_eq!(tenth, taken(0.1, 1));
        assert_ne!(tenth, taken(0.1, 2));
    }
}
