//! Numbers, dates and durations, and how values of one type come to stand in the same units.

use super::reads::MAX_PLACES;
use super::{FactNames, Low, Lowering, all, regs};
use crate::kernel::code::*;
use ereje::ids::CalendarId;
use ereje::model::Builtin;
use ereje::plan::NodeId;
use ereje::syntax::ast::{ArithOp, RoundMode};
use ereje::value::LeapBirthday;

impl<'l> Lowering<'l> {
    fn kind(low: &Low<'l>) -> Option<Kind> {
        match low.form {
            FactNames::One(kind) => Some(kind),
            FactNames::Record { .. } | FactNames::List { .. } | FactNames::Opaque | FactNames::Broken => None,
        }
    }

    fn arg(low: &Low<'l>) -> Option<Arg> {
        Self::kind(low).map(|kind| Arg { reg: low.reg, kind })
    }

    /// A number in other units.
    fn rescaled(&mut self, low: &Low<'l>, from: u32, to: u32) -> Option<Low<'l>> {
        if from == to {
            return Some(low.clone());
        }
        let factor = 10_i64.checked_pow(to.checked_sub(from)?)?;
        if let Some(value) = low.constant {
            return value.checked_mul(factor).map(|value| self.constant(Kind::Scaled(to), value));
        }
        Some(self.one(Kind::Scaled(to), &[low], |reg| Op::Rescale(reg, low.reg, factor)))
    }

    pub(super) fn widened(&mut self, low: &Low<'l>) -> Option<Low<'l>> {
        match Self::kind(low)? {
            Kind::Wide => Some(low.clone()),
            Kind::Scaled(places) => Some(self.one(Kind::Wide, &[low], |reg| Op::Widen(reg, low.reg, places))),
            Kind::Bool
            | Kind::Date
            | Kind::Months
            | Kind::Days
            | Kind::WorkingDays
            | Kind::Text
            | Kind::Enum(_)
            | Kind::Region => None,
        }
    }

    /// Values of one type in the same units, and their kind; none where they have no such form. What is never known
    /// agrees with everything.
    pub(super) fn unified(&mut self, lows: &[Low<'l>]) -> Option<(Vec<Low<'l>>, Kind)> {
        let is_broken = |low: &Low<'l>| matches!(low.form, FactNames::Broken);
        let formed: Vec<Low<'l>> = lows.iter().filter(|low| !is_broken(low)).cloned().collect();
        if formed.is_empty() {
            return Some((lows.to_vec(), Kind::Bool));
        }
        let (formed, kind) = self.unified_formed(&formed)?;
        let mut formed = formed.into_iter();
        let low = |low: &Low<'l>| if is_broken(low) { Some(low.clone()) } else { formed.next() };
        Some((lows.iter().map(low).collect::<Option<_>>()?, kind))
    }

    fn unified_formed(&mut self, lows: &[Low<'l>]) -> Option<(Vec<Low<'l>>, Kind)> {
        let kinds: Vec<Kind> = lows.iter().map(Self::kind).collect::<Option<_>>()?;
        let first = *kinds.first()?;
        let places = kinds.iter().try_fold(0, |most, kind| {
            let Kind::Scaled(places) = kind else { return None };
            Some(*places.max(&most))
        });
        if let Some(places) = places {
            let scaled: Option<Vec<Low<'l>>> = lows
                .iter()
                .zip(&kinds)
                .map(|(low, kind)| {
                    let Kind::Scaled(own) = kind else { return None };
                    self.rescaled(low, *own, places)
                })
                .collect();
            if let Some(scaled) = scaled {
                return Some((scaled, Kind::Scaled(places)));
            }
        }
        let is_number = |kind: &Kind| matches!(kind, Kind::Scaled(_) | Kind::Wide);
        if kinds.iter().all(is_number) {
            let wide = lows.iter().map(|low| self.widened(low)).collect::<Option<_>>()?;
            return Some((wide, Kind::Wide));
        }
        kinds.iter().all(|kind| *kind == first).then(|| (lows.to_vec(), first))
    }

    pub(super) fn arith(&mut self, op: ArithOp, a: &Low<'l>, b: &Low<'l>, calendar: Option<CalendarId>) -> Low<'l> {
        let (Some(left), Some(right)) = (Self::arg(a), Self::arg(b)) else { return self.nothing(&[a, b]) };
        if let (ArithOp::Add | ArithOp::Sub, Kind::Scaled(_), Kind::Scaled(_)) = (op, left.kind, right.kind)
            && let Some((both, kind @ Kind::Scaled(_))) = self.unified(&[a.clone(), b.clone()])
            && let [a, b] = both.as_slice()
        {
            return self.one(kind, &[a, b], |reg| {
                if op == ArithOp::Sub { Op::Sub(reg, a.reg, b.reg) } else { Op::Add(reg, a.reg, b.reg) }
            });
        }
        if let (ArithOp::Mul, Kind::Scaled(x), Kind::Scaled(y)) = (op, left.kind, right.kind)
            && x + y <= MAX_PLACES
        {
            return self.one(Kind::Scaled(x + y), &[a, b], |reg| Op::Mul(reg, a.reg, b.reg));
        }
        let number = |kind: Kind| matches!(kind, Kind::Scaled(_) | Kind::Wide);
        let length = |kind: Kind| matches!(kind, Kind::Months | Kind::Days | Kind::WorkingDays);
        let kind = match (op, left.kind, right.kind) {
            (_, x, y) if number(x) && number(y) => {
                let (Some(a), Some(b)) = (self.widened(a), self.widened(b)) else { return self.bail(&[a, b]) };
                return self.arith_of(Kind::Wide, op, &a, &b, calendar);
            }
            (ArithOp::Add | ArithOp::Sub, Kind::Date, by) if length(by) => Kind::Date,
            (ArithOp::Add, by, Kind::Date) if length(by) => Kind::Date,
            (ArithOp::Sub, Kind::Date, Kind::Date) => Kind::Days,
            (ArithOp::Add | ArithOp::Sub, x, y) if x == y && length(x) => x,
            (ArithOp::Mul | ArithOp::Div, x, y) if length(x) && number(y) => x,
            (ArithOp::Mul, x, y) if number(x) && length(y) => y,
            (ArithOp::Div, x, y) if x == y && length(x) => Kind::Wide,
            _ => return self.bail(&[a, b]),
        };
        self.arith_of(kind, op, a, b, calendar)
    }

    fn arith_of(&mut self, kind: Kind, op: ArithOp, a: &Low<'l>, b: &Low<'l>, calendar: Option<CalendarId>) -> Low<'l> {
        let (Some(left), Some(right)) = (Self::arg(a), Self::arg(b)) else { return self.bail(&[a, b]) };
        self.one(kind, &[a, b], |reg| Op::Arith { to: Arg { reg, kind }, op, a: left, b: right, calendar })
    }

    /// What needs all of several values: one that is never known leaves it unknown for the reasons of all of them.
    pub(super) fn nothing(&mut self, of: &[&Low<'l>]) -> Low<'l> {
        if !of.iter().any(|low| matches!(low.form, FactNames::Broken)) {
            return self.bail(of);
        }
        let list = of.iter().map(|low| low.reg).collect();
        Low { form: FactNames::Broken, ..self.one(Kind::Bool, of, |reg| Op::Least(reg, list)) }
    }

    pub(super) fn negate(&mut self, inner: &Low<'l>) -> Low<'l> {
        match Self::kind(inner) {
            Some(kind @ (Kind::Scaled(_) | Kind::Months | Kind::Days | Kind::WorkingDays)) => {
                self.one(kind, &[inner], |reg| Op::Neg(reg, inner.reg))
            }
            Some(Kind::Wide) => {
                let zero = self.wide_constant(ereje::value::Number::ZERO);
                self.arith_of(Kind::Wide, ArithOp::Sub, &zero, inner, None)
            }
            _ => self.nothing(&[inner]),
        }
    }

    pub(super) fn round(&mut self, mode: RoundMode, what: NodeId, step: NodeId) -> Low<'l> {
        let (what, step) = (self.node(what), self.node(step));
        let (Some(wide), Some(by)) = (self.widened(&what), self.widened(&step)) else {
            return self.nothing(&[&what, &step]);
        };
        self.one(Kind::Wide, &[&wide, &by], |to| Op::Round { to, mode, what: wide.reg, step: by.reg })
    }

    pub(super) fn scale(&mut self, amount: NodeId, bands: &[NodeId]) -> Low<'l> {
        let mut numbers = vec![self.node(amount)];
        numbers.extend(self.nodes(bands));
        let wide: Option<Vec<Low<'l>>> = numbers.iter().map(|number| self.widened(number)).collect();
        let Some(wide) = wide else { return self.nothing(&all(&numbers)) };
        let Some((amount, bands)) = wide.split_first() else { return self.bail(&[]) };
        let bands = regs(bands);
        self.one(Kind::Wide, &all(&wide), |reg| Op::Scale(reg, amount.reg, bands))
    }

    pub(super) fn call(&mut self, builtin: Builtin, args: &[NodeId]) -> Low<'l> {
        let args = self.nodes(args);
        let typed: Option<Vec<Arg>> = args.iter().map(Self::arg).collect();
        let Some(typed) = typed else { return self.nothing(&all(&args)) };
        let march = self.model.leap_birthday == LeapBirthday::March1;
        let kind = match builtin {
            Builtin::MonthsBetween => return self.months(&args),
            Builtin::Age if march => return self.months(&args),
            Builtin::Age | Builtin::YearsBetween => Kind::Months,
            Builtin::DaysBetween => Kind::Days,
            Builtin::WorkingDaysBetween(_) => Kind::WorkingDays,
            Builtin::IsWorkingDay(_) => Kind::Bool,
            Builtin::Year | Builtin::Month | Builtin::Day => Kind::Scaled(0),
            Builtin::FirstDayOfMonth | Builtin::LastDayOfMonth => Kind::Date,
            Builtin::Abs => match typed.first() {
                Some(Arg { kind, .. }) => *kind,
                None => return self.bail(&all(&args)),
            },
            Builtin::Min | Builtin::Max => return self.extreme(builtin, &args),
            Builtin::Contains => return self.bail(&all(&args)),
        };
        let typed = typed.into();
        self.one(kind, &all(&args), |reg| Op::Call { to: Arg { reg, kind }, builtin, args: typed })
    }

    fn months(&mut self, args: &[Low<'l>]) -> Low<'l> {
        match args {
            [from, through] if [from, through].iter().all(|low| Self::kind(low) == Some(Kind::Date)) => {
                let (a, b) = (from.reg, through.reg);
                self.one(Kind::Months, &[from, through], |to| Op::Months { to, from: a, through: b })
            }
            _ => self.bail(&all(args)),
        }
    }

    fn extreme(&mut self, builtin: Builtin, args: &[Low<'l>]) -> Low<'l> {
        let Some((values, kind)) = self.unified(args) else { return self.bail(&all(args)) };
        match kind {
            Kind::Wide => {
                let typed = values.iter().map(|low| Arg { reg: low.reg, kind }).collect();
                self.one(kind, &all(&values), |reg| Op::Call { to: Arg { reg, kind }, builtin, args: typed })
            }
            // Texts that the policy does not name have no order here, and regions have none at all.
            Kind::Text | Kind::Region => self.bail(&all(&values)),
            Kind::Bool
            | Kind::Scaled(_)
            | Kind::Date
            | Kind::Months
            | Kind::Days
            | Kind::WorkingDays
            | Kind::Enum(_) => {
                let list = regs(&values);
                let least = builtin == Builtin::Min;
                self.one(kind, &all(&values), |reg| if least { Op::Least(reg, list) } else { Op::Greatest(reg, list) })
            }
        }
    }
}
