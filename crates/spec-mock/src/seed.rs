//! Seeds: numbers that stand for what a request asks and for what is to be made, the same on every machine.
//!
//! Must not know requests, nor what is made.

/// Returns the number that stands for texts, each for itself: FNV-1a, with the length of each text.
pub(crate) fn of(texts: &[&[u8]]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0100_0000_01b3);
    };
    for text in texts {
        (text.len() as u64).to_le_bytes().into_iter().for_each(&mut add);
        text.iter().copied().for_each(&mut add);
    }
    hash
}

/// Returns a number that depends on both and looks like neither (`SplitMix64`).
pub(crate) fn mix(seed: u64, other: u64) -> u64 {
    let mut state = seed.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_add(other.rotate_left(32));
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ other;
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// Says whether something that happens at this rate, from 0 to 1, happens for a number.
pub(crate) fn happens(number: u64, rate: f64) -> bool {
    // 53 bits are what a float holds exactly.
    ((number >> 11) as f64) / ((1_u64 << 53) as f64) < rate
}

#[cfg(test)]
mod tests {
    use super::{happens, mix, of};

    /// What was made once is made again by every later version.
    #[test]
    fn numbers_stay() {
        assert_eq!(of(&[b"GET", b"/pets"]), 0xe941_08d8_9784_e86e);
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        assert_ne!(mix(1, 2), mix(2, 1));
    }

    #[test]
    fn a_rate_is_kept() {
        let count = (0..10_000).filter(|index| happens(mix(7, *index), 0.1)).count();
        assert!((900..1_100).contains(&count), "{count}");
        assert!(!happens(mix(7, 1), 0.0) && happens(mix(7, 1), 1.0));
    }
}
