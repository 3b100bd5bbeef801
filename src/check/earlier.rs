//! Norms that rest on earlier values of their own: each step has to go back in time, so that the chain ends.
//!
//! Comes in: the readings `NORM at DATE` that lead back to the norm in which they stand. A reading is admitted if its day
//! is before every day on which the value that it stands in can hold, whatever is chosen for the assumptions that say
//! either. Then each value on the way begins before the one before it, and no value is met twice.

use super::Checker;
use super::constant::{self, NormValues, Setting};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::AssumptionId;
use crate::model::*;
use crate::value::Value;
use chrono::{Datelike, NaiveDate};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The most combinations of choices that are tried for one day.
const MAX_COMBINATIONS: usize = 1_000;

/// The first day on which a value can hold.
struct FirstDay {
    day: NaiveDate,
    bound: DateBound,
    /// The choice of the assumption that is the bound, where it is not the default.
    chosen: Option<(AssumptionId, u32)>,
}

/// Why a reading does not go back in time.
enum NotEarlier {
    /// The value that reads has no first day.
    NoFirstDay(NaiveDate),
    /// The value may hold on that day already, with these choices that are not the defaults.
    Holds(NaiveDate, FirstDay, Vec<(AssumptionId, u32)>),
    /// The day is not one of a few that are known.
    UnknownDay,
}

impl Checker<'_> {
    /// Reports each norm that rests on a value of its own of a day that is not earlier. True if any norm rests on a value of
    /// its own of another day.
    pub(super) fn earlier_circles(&mut self) -> bool {
        let readings = self.model.earlier_readings();
        let found: Vec<Diagnostic> = readings
            .iter()
            .filter_map(|reading| Some(self.not_earlier(reading, &self.why_not_earlier(reading)?)))
            .collect();
        let any = !readings.is_empty();
        self.diagnostics.extend(found);
        any
    }

    /// Why a reading may not go back in time; `None` if it surely does, or if its day is reported otherwise.
    fn why_not_earlier(&self, reading: &EarlierReading<'_>) -> Option<NotEarlier> {
        let model = &self.model;
        let (mut is_constant, mut reads_norm) = (true, false);
        let mut assumptions = BTreeSet::new();
        reading.day.walk(&mut |e| {
            is_constant &= e.is_constant_form() && !e.ty.is_error();
            reads_norm |= matches!(e.kind, ExprKind::Norm(_));
            if let ExprKind::Assumption(id) = e.kind {
                assumptions.insert(id);
            }
        });
        if !is_constant {
            return None;
        }
        // Which value of another norm holds may itself turn on the day.
        if reads_norm {
            return Some(NotEarlier::UnknownDay);
        }
        let Some(combinations) = self.combinations(&assumptions) else { return Some(NotEarlier::UnknownDay) };
        for choices in &combinations {
            let norms = NormValues::default();
            let setting = Setting { model, choices, day: NaiveDate::MIN, place: None, norms: &norms };
            let Ok(Value::Date(day)) = constant::value(reading.day, setting) else {
                return Some(NotEarlier::UnknownDay);
            };
            let starts = model.norm_value(reading.value).claim().scope().starts();
            let first = starts.iter().filter_map(|bound| self.first_day(bound, choices, &assumptions));
            // Of equal days the one that is written counts: it is the simpler to say.
            let Some(first) = first.max_by_key(|first| (first.day, Reverse(first.chosen))) else {
                return Some(NotEarlier::NoFirstDay(day));
            };
            if day >= first.day {
                let defaults = Choices::defaults(model);
                let mut chosen: Vec<(AssumptionId, u32)> = assumptions
                    .iter()
                    .map(|id| (*id, choices.index(*id)))
                    .filter(|(id, index)| *index != defaults.index(*id))
                    .collect();
                chosen.extend(first.chosen.filter(|(id, _)| !assumptions.contains(id)));
                return Some(NotEarlier::Holds(day, first, chosen));
            }
        }
        None
    }

    /// Each combination of choices of these assumptions; `None` if there are too many.
    fn combinations(&self, assumptions: &BTreeSet<AssumptionId>) -> Option<Vec<Choices>> {
        let mut all = vec![Choices::defaults(&self.model)];
        for id in assumptions {
            let count = self.model.assumptions.at(*id).choices.len();
            if all.len().saturating_mul(count) > MAX_COMBINATIONS {
                return None;
            }
            let mut indices: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
            // The defaults come first: what does not hold under them needs no word on choices.
            indices.sort_by_key(|index| *index != self.model.assumptions.at(*id).default);
            all = indices.iter().flat_map(|index| all.iter().map(|choices| choices.with(*id, *index))).collect();
        }
        Some(all)
    }

    /// The first day that a bound gives: under these choices, if they choose for its assumption, else under the choice
    /// for which it is the earliest.
    fn first_day(&self, bound: &DateBound, choices: &Choices, chosen: &BTreeSet<AssumptionId>) -> Option<FirstDay> {
        let id = match bound {
            DateBound::Date(day) => return Some(FirstDay { day: *day, bound: bound.clone(), chosen: None }),
            DateBound::Assumption(id) => *id,
        };
        let default = Choices::defaults(&self.model).index(id);
        let of = |index: u32| {
            let value = self.model.assumptions.at(id).choices.get(index as usize)?;
            let Value::Date(day) = value else { return None };
            let chosen = (index != default).then_some((id, index));
            Some(FirstDay { day: *day, bound: bound.clone(), chosen })
        };
        if chosen.contains(&id) {
            return of(choices.index(id));
        }
        let count = u32::try_from(self.model.assumptions.at(id).choices.len()).unwrap_or(u32::MAX);
        (0..count).filter_map(of).min_by_key(|first| (first.day, first.chosen.is_some()))
    }

    fn not_earlier(&self, reading: &EarlierReading<'_>, why: &NotEarlier) -> Diagnostic {
        let model = &self.model;
        let (own, read) = (&model.norms.at(reading.value.norm), &model.norms.at(reading.norm).name);
        let mut chosen = String::new();
        let (span, label, help) = match why {
            NotEarlier::UnknownDay => (
                reading.day.span,
                "nobody can tell that this day is before all those of the value that reads it".to_owned(),
                "write the day itself: a date or an assumption, with or without a length of time added to it"
                    .to_owned(),
            ),
            NotEarlier::NoFirstDay(day) => {
                let from = day.succ_opt().filter(|day| day.year() <= 9999);
                let from = from.map_or_else(|| "…".to_owned(), |day| day.to_string());
                let label = format!("read as of {day}, and the value that reads it has no first day");
                (reading.whole.span, label, format!("write from when that value holds: `… from {from}`"))
            }
            NotEarlier::Holds(day, first, choices) => {
                let words: Vec<String> = choices
                    .iter()
                    .filter_map(|(id, index)| {
                        let assumption = model.assumptions.at(*id);
                        let choice = assumption.choices.get(*index as usize)?;
                        Some(format!("`{}` is {}", assumption.name, written(model, choice, assumption.unit.as_ref())))
                    })
                    .collect();
                if !words.is_empty() {
                    chosen = format!(", where {}", words.join(" and "));
                }
                let before = match first.bound {
                    DateBound::Date(first) => {
                        first.pred_opt().filter(|day| day.year() >= 1).map(|day| format!("`{read} at {day}`"))
                    }
                    DateBound::Assumption(id) => {
                        Some(format!("`{read} at ({} - 1 day)`", model.assumptions.at(id).name))
                    }
                };
                let help = match before {
                    Some(before) => format!("write the day before that value begins to hold: {before}"),
                    None => "let that value begin to hold later, and read the day before".to_owned(),
                };
                let label = format!("read as of {day}; the value that reads it holds from {} on", first.day);
                (reading.whole.span, label, help)
            }
        };
        let message = format!("`{}` rests on its own value of a day that is not earlier{chosen}", own.name);
        let mut found = Diagnostic::new(Code::E0501, message, span, label);
        if reading.norm != reading.value.norm {
            found = found.also(model.norms.at(reading.norm).span, format!("`{read}` leads back to `{}`", own.name));
        }
        found.help(help)
    }
}
