//! From registers to the outcome: the levels from the strongest, as `eval` sweeps them, with bits for causes.

use super::cause_set::CauseSet;
use super::code::*;
use super::run::Run;
use ereje::eval::Verdict;
use ereje::ids::ReasonId;

/// What the sweep keeps from row to row, to avoid allocations.
#[derive(Clone, Debug, Default)]
pub(super) struct SweepScratch {
    /// Ranks and reasons of what has fired at the level.
    fired: Vec<(Rank, ReasonId)>,
    /// The causes of each rule that is unknown at this level.
    unknown: Vec<CauseSet>,
    /// By level, the handlers that propose it, a bit for each.
    carried: Vec<u64>,
}

/// The strongest proposal so far.
#[derive(Default)]
struct StrongestProposal {
    best: Option<(u32, u64)>,
    top: bool,
}

impl StrongestProposal {
    fn propose(&mut self, level: u32, bit: u64) {
        match &mut self.best {
            Some((best, bits)) if *best == level => *bits |= bit,
            Some((best, _)) if *best < level => {}
            _ => self.best = Some((level, bit)),
        }
    }
}

impl Run<'_> {
    /// Decides by the registers, and fills `reasons`. `None` if only the evaluator can decide.
    pub(super) fn sweep(&mut self, room: &mut SweepScratch, reasons: &mut Vec<ReasonId>) -> Option<Verdict> {
        let code = self.code;
        reasons.clear();
        room.carried.clear();
        room.carried.resize(code.levels as usize, 0);
        let mut rules = code.rules.iter().peekable();
        let mut waiting = false;
        for level in 0..code.levels {
            room.fired.clear();
            room.unknown.clear();
            while let Some(rule) = rules.next_if(|rule| rule.level <= level) {
                self.rule(rule, room)?;
            }
            if level < code.sure {
                room.unknown.clear();
            }
            let carried = room.carried.get_mut(level as usize).map_or(0, std::mem::take);
            if !room.fired.is_empty() || carried != 0 || level + 1 == code.levels {
                if waiting {
                    return Some(Verdict::Undetermined);
                }
                return Some(decided(code, level, &mut room.fired, carried, reasons));
            }
            let mut strong = StrongestProposal::default();
            for why in &room.unknown {
                if why.is_unasked() {
                    waiting = true;
                } else {
                    propose(code, level, *why, &mut strong, &mut room.carried)?;
                }
            }
            if strong.top || strong.best.is_some() {
                return Some(match strong.best {
                    Some((best, bits)) if !waiting && !strong.top => {
                        decided(code, best, &mut room.fired, bits, reasons)
                    }
                    _ => Verdict::Undetermined,
                });
            }
        }
        Some(Verdict::Undetermined)
    }

    /// True if some instance of a rule with a loop fires; `None` if it is not known whether, or how many reasons that
    /// gives.
    pub(super) fn fires(&mut self, rule: &Rule) -> Option<bool> {
        let each = rule.each?;
        let (start, len) = match self.elements(each.list) {
            Ok(elements) => elements,
            Err(_) => {
                let guard = self.get(each.guard);
                return (guard.why.is_none() && guard.value == 0).then_some(false);
            }
        };
        let (mut fired, mut unknown) = (0_u32, false);
        for index in 0..len {
            self.turn(each.block, each.element, start + index * i64::from(each.stride));
            let holds = self.get(rule.holds);
            if holds.why.is_none() {
                fired += u32::from(holds.value != 0);
            } else if holds.why.needs_evaluator() || holds.why.is_fault() {
                return None;
            } else {
                unknown = true;
            }
        }
        match fired {
            0 => (!unknown).then_some(false),
            1 => Some(true),
            _ => (!rule.differs).then_some(true),
        }
    }

    /// Notes whether a rule fires, or why that is not known. `None` if only the evaluator can tell.
    fn rule(&mut self, rule: &Rule, room: &mut SweepScratch) -> Option<()> {
        let Some(each) = rule.each else {
            let holds = self.get(rule.holds);
            return note(holds, rule, room);
        };
        match self.elements(each.list) {
            Ok((start, len)) => {
                let before = room.fired.len();
                for index in 0..len {
                    self.turn(each.block, each.element, start + index * i64::from(each.stride));
                    let holds = self.get(rule.holds);
                    note(holds, rule, room)?;
                }
                // Equal reasons with equal arguments are one; only the evaluator can compare arguments.
                if room.fired.len() > before + 1 {
                    if rule.differs {
                        return None;
                    }
                    room.fired.truncate(before + 1);
                }
                Some(())
            }
            Err(why) => {
                // An unknown list is one unknown instance, unless the guard is false.
                let guard = self.get(each.guard);
                let silent = guard.why.is_none() && guard.value == 0;
                let val = if silent { RegisterValue::known(0) } else { RegisterValue::unknown(why.and(guard.why)) };
                note(val, rule, room)
            }
        }
    }
}

fn note(holds: RegisterValue, rule: &Rule, room: &mut SweepScratch) -> Option<()> {
    if holds.why.is_none() {
        if holds.value != 0 {
            room.fired.push((rule.rank, rule.reason));
        }
    } else if holds.why.needs_evaluator() || holds.why.is_fault() {
        // Only the evaluator can say which fault it is, and rows with faults are counted.
        return None;
    } else {
        room.unknown.push(holds.why);
    }
    Some(())
}

/// The proposals of a void rule without a fault: those of the facts whose registry was down, if there are any; else the
/// top, after an open definition; else those of the absent facts. `None` if only the evaluator can tell.
fn propose(code: &Code, level: u32, why: CauseSet, strong: &mut StrongestProposal, carried: &mut [u64]) -> Option<()> {
    let deciding = if why.is_down() {
        why.down()
    } else if why.is_open() {
        strong.top = true;
        return Some(());
    } else {
        why.absent()
    };
    if deciding.has_unknown_proposal() {
        return None;
    }
    strong.top |= deciding.proposes_nothing();
    for number in deciding.handlers() {
        let handler = code.handlers.get(number as usize).copied().flatten()?;
        let bit = 1_u64.checked_shl(number)?;
        if handler.level > level {
            *carried.get_mut(handler.level as usize)? |= bit;
        } else {
            strong.propose(handler.level, bit);
        }
    }
    Some(())
}

/// An outcome, and the reasons of rules and handlers in their order.
fn decided(
    code: &Code,
    level: u32,
    fired: &mut Vec<(Rank, ReasonId)>,
    handlers: u64,
    reasons: &mut Vec<ReasonId>,
) -> Verdict {
    if handlers != 0 {
        let numbers = (0..64).filter(|number| handlers >> number & 1 == 1);
        let mut proposals: Vec<&Proposal> =
            numbers.filter_map(|number: usize| code.handlers.get(number)?.as_ref()).collect();
        proposals.sort_by_key(|proposal| proposal.handler);
        fired.extend(proposals.iter().map(|proposal| (proposal.rank, proposal.reason)));
        fired.sort_by_key(|(rank, _)| *rank);
    }
    reasons.extend(fired.iter().map(|(_, reason)| *reason));
    Verdict::Outcome(level)
}
