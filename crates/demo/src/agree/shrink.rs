//! Makes a world in which the calculators differ small enough to read.

use crate::books::Books;

/// Leaves out what may be left out while `differs` still holds.
pub fn shrink(books: &Books, differs: &dyn Fn(&Books) -> bool) -> Books {
    let mut small = books.clone();
    loop {
        let before = parts(&small);
        for drop in DROPS {
            let mut at = 0;
            loop {
                let mut less = small.clone();
                if !drop(&mut less, at) {
                    break;
                }
                if differs(&less) {
                    small = less;
                } else {
                    at += 1;
                }
            }
        }
        if parts(&small) == before {
            return small;
        }
    }
}

fn parts(b: &Books) -> usize {
    b.lines.len()
        + b.versions.len()
        + b.changes.len()
        + b.targets.len()
        + b.tier_changes.len()
        + b.registrations.len()
}

/// Leaves out one thing; false where there is none at that place.
type Drop = fn(&mut Books, usize) -> bool;

const DROPS: [Drop; 6] = [
    |b, at| without(&mut b.changes, at),
    drop_line,
    drop_version,
    |b, at| without(&mut b.targets, at),
    |b, at| without(&mut b.tier_changes, at),
    |b, at| without(&mut b.registrations, at),
];

fn without<T>(items: &mut Vec<T>, at: usize) -> bool {
    let there = at < items.len();
    if there {
        items.remove(at);
    }
    there
}

/// A sale goes with its returns.
fn drop_line(books: &mut Books, at: usize) -> bool {
    let Some(line) = books.lines.get(at).cloned() else { return false };
    books.lines.remove(at);
    if line.return_of.is_none() {
        let of_line = |id: Option<&str>, no| id == Some(line.transaction_id.as_str()) && no == line.line_no;
        books.lines.retain(|l| !of_line(l.return_of.as_deref(), l.line_no));
    }
    true
}

/// A version goes with its changes; the last one stays, it names the currency.
fn drop_version(books: &mut Books, at: usize) -> bool {
    if at >= books.versions.len() || books.versions.len() == 1 {
        return false;
    }
    let gone = books.versions.remove(at);
    let inside = |from| gone.terms.from <= from && from <= gone.terms.to;
    books.changes.retain(|c| c.program != gone.program || !inside(c.from));
    books.targets.retain(|t| books.versions.iter().any(|v| v.program == t.program));
    true
}
