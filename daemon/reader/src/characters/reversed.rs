//! Text that an override of the direction shows from the right to the left.

/// Begins an override from the right to the left.
const OVERRIDE: char = '\u{202e}';

/// Returns text with what its characters override as a person sees it; `None` without an override. Other
/// invisible characters remain.
pub(crate) fn overridden(text: &str) -> Option<String> {
    let mut parts = text.split(OVERRIDE);
    let mut seen = parts.next()?.to_owned();
    let straight = seen.len();
    for part in parts {
        let end = part.find(ends_override).unwrap_or(part.len());
        let (inside, rest) = part.split_at(end);
        seen.push_str(&reverse(inside));
        seen.push_str(rest);
    }
    (straight < text.len()).then_some(seen)
}

/// Returns whether a character ends an override, or begins a direction of its own in it.
fn ends_override(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202d}' | '\u{2066}'..='\u{2069}')
}

/// Returns text in the order in which a person sees it if it is written from the right to the left.
pub(crate) fn reverse(text: &str) -> String {
    let mut reversed = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let end = if line.ends_with('\n') { "\n" } else { "" };
        let line = line.trim_end_matches('\n');
        match line.contains(is_right_to_left) {
            // A person reads such letters in this direction, but everything between them is reversed.
            true => {
                let chars: Vec<char> = line.chars().collect();
                let runs = chars.chunk_by(|a, b| keeps(*a) == keeps(*b));
                for run in runs {
                    match run.first().is_some_and(|c| keeps(*c)) {
                        true => reversed.extend(run),
                        false => reverse_run(run, &mut reversed),
                    }
                }
            }
            false => reverse_run(&line.chars().collect::<Vec<char>>(), &mut reversed),
        }
        reversed.push_str(end);
    }
    reversed
}

fn keeps(c: char) -> bool {
    is_right_to_left(c) || c.is_whitespace()
}

/// Appends the characters in the reverse order. Signs stay behind their letters.
fn reverse_run(run: &[char], to: &mut String) {
    let clusters: Vec<&[char]> = run.chunk_by(|_, after| is_sign(*after)).collect();
    for cluster in clusters.into_iter().rev() {
        to.extend(cluster.iter().map(|c| mirrored(*c)));
    }
}

fn is_sign(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}')
}

pub(crate) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
        && !c.is_numeric()
}

fn mirrored(c: char) -> char {
    const PAIRS: [(char, char); 5] = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('«', '»')];
    let pair = PAIRS.iter().find(|(a, b)| *a == c || *b == c);
    pair.map_or(c, |(a, b)| if *a == c { *b } else { *a })
}
