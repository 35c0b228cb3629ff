//! The sales of a trace: each with what it counts and earns, or why it does not.
//! Asks the tests of the calculation again; decides nothing itself.

use crate::sales::LineKind;

use super::adjust::Share;
use super::cite::{self, cite};
use super::ledger::LineIx;
use super::money;
use super::payout::Reason;
use super::rules::{ProgramIx, Rule};
use super::settle::Work;
use super::sieve::RuleSet;
use super::stacking::{self, Claim};
use super::trace::{LineTrace, ShareTrace, Telling};
use super::{qualify, trace_reasons, trace_steps};

/// The shares of the partner's groups that the period touches, by line.
fn shares(telling: &Telling<'_>, work: &Work) -> Vec<(LineIx, Share)> {
    let own = &work.own;
    let groups = own.groups.groups.iter().enumerate();
    let told = groups.filter(|(_, g)| g.partner == telling.of.partner && telling.tells(g.period));
    let mut all: Vec<(LineIx, Share)> = told
        .flat_map(|(ix, group)| trace_steps::shares(telling.ledger, own, ix, group))
        .map(|share| (share.entry.line, share))
        .collect();
    all.sort_by_key(|(line, _)| *line);
    all
}

/// The partner's sales of the period and of every group that it touches, in order.
pub(super) fn lines(telling: &Telling<'_>, program: ProgramIx, work: &Work) -> Vec<LineTrace> {
    let (ledger, of) = (telling.ledger, telling.of);
    let shares = shares(telling, work);
    let share_of =
        |ix: LineIx| shares.binary_search_by_key(&ix, |(line, _)| *line).ok().map(|at| &shares[at].1);
    let mut all = Vec::new();
    let mut claims = Vec::new();
    let every = RuleSet::of(&ledger.rules.rules, |_| true);
    let mut follow = ledger.rules.sieve.follow(of.partner, &every);
    for ix in ledger.lines_of(of.partner) {
        let line = ledger.lines[ix];
        let share = share_of(ix);
        let in_period = of.period.contains(line.sold_on) || share.is_some();
        if line.kind != LineKind::Sale || !in_period {
            continue;
        }
        stacking::claims(ledger, &mut follow, ix, &mut claims);
        all.push(line_trace(telling, program, ix, &claims, share));
    }
    all
}

fn line_trace(
    telling: &Telling<'_>,
    program: ProgramIx,
    ix: LineIx,
    claims: &[Claim],
    share: Option<&Share>,
) -> LineTrace {
    let ledger = telling.ledger;
    let line = ledger.lines[ix];
    let held = ledger.rules.rule(program, line.partner, line.sold_on);
    let rule = held.as_ref().ok().copied();
    let claim = claims.iter().find(|c| ledger.rules.rules[c.rule].program == program);
    let reason = match (claim, held) {
        (Some(claim), _) => claim.reason(ledger),
        (None, Ok(rule)) => qualify::fails(ledger, rule, ix),
        (None, Err(reason)) => Some(reason),
    };
    let reason = reason.or_else(|| share.and_then(|s| s.reason.clone()));
    // Outside every version the nearest one explains best why.
    let version = rule.map(|r| r.version);
    let cited = version.and_then(|v| telling.version(v)).or_else(|| telling.versions.last());
    let superseded = claim.filter(|c| c.superseded_by.is_some());
    LineTrace {
        transaction_id: line.transaction_id.clone(),
        line_no: line.line_no,
        sold_on: line.sold_on,
        sku: ledger.company.catalog.products[line.product].sku.clone(),
        units: line.units,
        net_revenue: line.net_revenue,
        version,
        clause: reason.as_ref().and_then(|r| cite(cited, cite::topic_of(r))),
        why: reason.as_ref().map(|reason| why(telling, rule, ix, reason, claims, superseded)),
        reason,
        share: share.map(|s| ShareTrace {
            from: s.piece.from,
            to: s.piece.to,
            base: money::working(s.base),
            adjusted: money::working(s.pay),
            kept: money::working(s.kept),
        }),
    }
}

fn why(
    telling: &Telling<'_>,
    rule: Option<&Rule<'_>>,
    ix: LineIx,
    reason: &Reason,
    claims: &[Claim],
    superseded: Option<&Claim>,
) -> String {
    match superseded {
        Some(claim) => trace_reasons::superseded(telling.ledger, ix, claims, claim),
        None => trace_reasons::words(telling.ledger, rule, ix, reason),
    }
}
