//! Two patterns → whether every text of the first is one of the second, or a text that is not.
//!
//! Both are made deterministic automata, which are walked side by side. Patterns that ask for what no
//! automaton can say, or for a large one, are not decided. Must not know schemas.

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start::Config;
use regex_automata::{Anchored, util::syntax};
use std::collections::{HashMap, VecDeque};

/// The largest automaton that is made, in bytes.
const LARGEST: usize = 1 << 20;

/// The number of pairs of states that are looked at.
const STATES: usize = 20_000;

/// The relation of the texts of two patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Every text of the first is one of the second.
    Included,
    /// This text is one of the first only.
    Differs(String),
    /// Nobody knows.
    Unknown,
}

/// Relations of patterns that have been looked at.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    known: HashMap<(String, String), Relation>,
}

impl Patterns {
    /// Says how the texts of two patterns relate.
    pub(crate) fn relation(&mut self, part: &str, whole: &str) -> Relation {
        let key = (part.to_owned(), whole.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let relation = relate(part, whole).unwrap_or(Relation::Unknown);
        self.known.insert(key, relation.clone());
        relation
    }
}

type Dfa = dense::DFA<Vec<u32>>;

/// Makes an automaton that finds a pattern anywhere in a text.
fn automaton(pattern: &str) -> Option<Dfa> {
    let config = dense::Config::new()
        .start_kind(StartKind::Unanchored)
        .dfa_size_limit(Some(LARGEST))
        .determinize_size_limit(Some(4 * LARGEST));
    let written = spec_json_schema::pattern::translated(pattern)?;
    let syntax = syntax::Config::new();
    dense::Builder::new().configure(config).syntax(syntax).build(&written).ok()
}

/// An automaton in a state. What has matched once has matched, whatever comes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Step {
    state: StateID,
    has_matched: bool,
}

impl Step {
    fn start(dfa: &Dfa) -> Option<Step> {
        let state = dfa.start_state(&Config::new().anchored(Anchored::No)).ok()?;
        Some(Step { state, has_matched: false })
    }

    /// Goes on by a byte; none where the automaton gives up.
    fn next(self, dfa: &Dfa, byte: u8) -> Option<Step> {
        if self.has_matched {
            return Some(self);
        }
        let state = dfa.next_state(self.state, byte);
        (!dfa.is_quit_state(state)).then(|| Step { state, has_matched: dfa.is_match_state(state) }.settled())
    }

    /// Returns whether the text matches if it ends here.
    fn ends(self, dfa: &Dfa) -> bool {
        self.has_matched || dfa.is_match_state(dfa.next_eoi_state(self.state))
    }

    /// Forgets where it is once it matters no more.
    fn settled(self) -> Step {
        if self.has_matched { Step { state: StateID::ZERO, ..self } } else { self }
    }
}

fn relate(part: &str, whole: &str) -> Option<Relation> {
    // The third says which bytes are a text.
    let dfas = [automaton(part)?, automaton(whole)?, automaton(r"^[\s\S]*$")?];
    let starts = [Step::start(&dfas[0])?, Step::start(&dfas[1])?, Step::start(&dfas[2])?];
    let bytes = representatives(&dfas);
    let mut before: HashMap<[Step; 3], Option<([Step; 3], u8)>> = HashMap::from([(starts, None)]);
    let mut waiting = VecDeque::from([starts]);
    while let Some(steps) = waiting.pop_front() {
        let [part, whole, text] = [0, 1, 2].map(|index| steps[index].ends(&dfas[index]));
        if part && !whole && text {
            return Some(Relation::Differs(way(&before, steps)?));
        }
        for byte in &bytes {
            let next = |index: usize| steps[index].next(&dfas[index], *byte);
            let next = [next(0)?, next(1)?, next(2)?];
            let is_dead =
                |index: usize| dfas[index].is_dead_state(next[index].state) && !next[index].has_matched;
            if is_dead(0) || is_dead(2) || next[1].has_matched || before.contains_key(&next) {
                continue;
            }
            if before.len() > STATES {
                return None;
            }
            before.insert(next, Some((steps, *byte)));
            waiting.push_back(next);
        }
    }
    Some(Relation::Included)
}

/// Returns a byte of each kind that one of the automata tells apart, those that can be seen first.
fn representatives(dfas: &[Dfa; 3]) -> Vec<u8> {
    let mut seen = std::collections::HashSet::new();
    let order = (b'a'..=b'z').chain(b'0'..=b'9').chain(b' '..=b'~').chain(0..=255);
    order.filter(|byte| seen.insert([0, 1, 2].map(|index| dfas[index].byte_classes().get(*byte)))).collect()
}

/// Returns the text that leads to a state.
fn way(before: &HashMap<[Step; 3], Option<([Step; 3], u8)>>, mut at: [Step; 3]) -> Option<String> {
    let mut bytes = Vec::new();
    while let Some(Some((from, byte))) = before.get(&at) {
        bytes.push(*byte);
        at = *from;
    }
    bytes.reverse();
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{Patterns, Relation};

    #[test]
    fn patterns_are_included_or_a_text_says_why_not() {
        let mut patterns = Patterns::default();
        for (part, whole) in [
            ("^[0-9]+$", "^[0-9]*$"),
            ("^[a-z]{2,4}$", r"^\w+$"),
            ("^ab", "a"),
            ("^a$", "^[a-c]$"),
            (r"^\d{3}$", "^[0-9]{3}$"),
            ("a+b", "ab"),
            ("x", ""),
        ] {
            assert_eq!(patterns.relation(part, whole), Relation::Included, "{part} in {whole}");
        }
        for (part, whole, text) in [("^[0-9]*$", "^[0-9]+$", ""), ("^a", "^b", "a"), (".*", r"^\w+$", "")] {
            assert_eq!(
                patterns.relation(part, whole),
                Relation::Differs(text.to_owned()),
                "{part} in {whole}"
            );
        }
        assert!(matches!(patterns.relation("", "^[a-z]*$"), Relation::Differs(text) if !text.is_empty()));
        // Look-around is no matter of automata.
        assert_eq!(patterns.relation("^(?=a)b", "^b"), Relation::Unknown);
    }
}
