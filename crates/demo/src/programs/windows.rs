//! When programs run. Launches are confounded on purpose: they follow weak months,
//! as promotions do in life, so that whoever compares before with after is fooled.

use crate::company::market::Market;

/// Starts of `count` windows of `length` months, ascending, in `first..=last` (the last
/// month a window may end in), two months apart at least, each after the weakest
/// months of these products over all regions that are left.
pub fn after_weak_months(
    market: &Market,
    skus: &[&str],
    count: usize,
    length: usize,
    first: usize,
    last: usize,
) -> Vec<usize> {
    let mut starts: Vec<usize> = (first.max(2)..=(last + 1).saturating_sub(length)).collect();
    starts.sort_by(|a, b| strength(market, skus, *a).total_cmp(&strength(market, skus, *b)));
    let mut chosen: Vec<usize> = Vec::new();
    for start in starts {
        if chosen.len() < count && chosen.iter().all(|c| start.abs_diff(*c) >= length + 2) {
            chosen.push(start);
        }
    }
    chosen.sort_unstable();
    chosen
}

/// Mean shock of the two months before a launch.
fn strength(market: &Market, skus: &[&str], start: usize) -> f64 {
    let mut sum = 0.0;
    let mut n = 0.0;
    for region in &market.shocks {
        for (path, _) in region.iter().zip(&market.items).filter(|(_, item)| skus.contains(&item.sku)) {
            sum += path[start - 1] + 0.6 * path[start - 2];
            n += 1.0;
        }
    }
    if n > 0.0 { sum / n } else { 0.0 }
}

/// Starts of `count` windows spread evenly, whatever the market does.
pub fn even(count: usize, first: usize, last: usize) -> Vec<usize> {
    (0..count).map(|i| first + i * (last - first) / count.max(1)).collect()
}
