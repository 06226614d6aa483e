//! Names that were probably meant where another one stands.
//!
//! Must not know what a name stands for.

/// Returns the word that differs from another in case, or in one or two letters of many: what was probably
/// meant.
///
/// ```
/// assert_eq!(spec_api::nearest("barer", ["key", "bearer"].into_iter()), Some("bearer"));
/// assert_eq!(spec_api::nearest("cookie", ["key", "bearer"].into_iter()), None);
/// ```
pub fn nearest<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let limit = if word.len() > 4 { 2 } else { 1 };
    words
        .filter_map(|other| Some((distance(word, other, limit)?, other)))
        .min_by_key(|(distance, _)| *distance)
        .map(|found| found.1)
}

/// Counts the letters that must be added, removed or replaced, up to a limit; case does not count.
fn distance(left: &str, right: &str, limit: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > 4 * limit {
        return None;
    }
    let (left, right): (Vec<char>, Vec<char>) =
        (left.to_lowercase().chars().collect(), right.to_lowercase().chars().collect());
    if left.len().abs_diff(right.len()) > limit {
        return None;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, r) in right.iter().enumerate() {
            let next = (diagonal + usize::from(l != r)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], next);
        }
    }
    Some(row[right.len()]).filter(|distance| *distance <= limit)
}
