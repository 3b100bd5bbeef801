//! Numbers, dates and durations, and the conversion of values of one type to the same units.

use super::reads::MAX_PLACES;
use super::{Lowered, Lowering, RegisterForm, all, regs};
use crate::kernel::code::*;
use ereje::ids::CalendarId;
use ereje::model::Builtin;
use ereje::plan::NodeId;
use ereje::syntax::ast::{ArithOp, RoundMode};
use ereje::value::MAX_EXPONENT;

impl<'l> Lowering<'l> {
    fn ty(low: &Lowered<'l>) -> Option<RegisterType> {
        match low.form {
            RegisterForm::One(ty) => Some(ty),
            RegisterForm::Record { .. } | RegisterForm::List { .. } | RegisterForm::Opaque | RegisterForm::Broken => {
                None
            }
        }
    }

    fn arg(low: &Lowered<'l>) -> Option<Arg> {
        Self::ty(low).map(|ty| Arg { reg: low.reg, ty })
    }

    /// Converts a number to other units.
    fn rescaled(&mut self, low: &Lowered<'l>, from: u32, to: u32) -> Option<Lowered<'l>> {
        if from == to {
            return Some(low.clone());
        }
        let factor = 10_i64.checked_pow(to.checked_sub(from)?)?;
        if let Some(value) = low.constant {
            return value.checked_mul(factor).map(|value| self.constant(RegisterType::Scaled(to), value));
        }
        Some(self.one(RegisterType::Scaled(to), &[low], |reg| Op::Rescale(reg, low.reg, factor)))
    }

    pub(super) fn widened(&mut self, low: &Lowered<'l>) -> Option<Lowered<'l>> {
        match Self::ty(low)? {
            RegisterType::Wide => Some(low.clone()),
            RegisterType::Scaled(places) => {
                Some(self.one(RegisterType::Wide, &[low], |reg| Op::Widen(reg, low.reg, places)))
            }
            RegisterType::Bool
            | RegisterType::Date
            | RegisterType::Months
            | RegisterType::Days
            | RegisterType::WorkingDays
            | RegisterType::Text
            | RegisterType::Enum(_)
            | RegisterType::Region => None,
        }
    }

    /// Of an age the completed months; any other value as it is.
    pub(super) fn completed(&mut self, low: &Lowered<'l>) -> Lowered<'l> {
        let is_whole = low.constant.is_some_and(|parts| parts % MONTH == 0);
        if Self::ty(low) != Some(RegisterType::Months) || is_whole {
            return low.clone();
        }
        self.one(RegisterType::Months, &[low], |to| Op::Completed(to, low.reg))
    }

    /// Values of one type in the same units, with their type; `None` if the kernel has no such form for them. What is
    /// never known fits every type.
    pub(super) fn unified(&mut self, lows: &[Lowered<'l>]) -> Option<(Vec<Lowered<'l>>, RegisterType)> {
        let is_broken = |low: &Lowered<'l>| matches!(low.form, RegisterForm::Broken);
        let formed: Vec<Lowered<'l>> = lows.iter().filter(|low| !is_broken(low)).cloned().collect();
        if formed.is_empty() {
            return Some((lows.to_vec(), RegisterType::Bool));
        }
        let (formed, ty) = self.unified_formed(&formed)?;
        let mut formed = formed.into_iter();
        let low = |low: &Lowered<'l>| if is_broken(low) { Some(low.clone()) } else { formed.next() };
        Some((lows.iter().map(low).collect::<Option<_>>()?, ty))
    }

    fn unified_formed(&mut self, lows: &[Lowered<'l>]) -> Option<(Vec<Lowered<'l>>, RegisterType)> {
        let types: Vec<RegisterType> = lows.iter().map(Self::ty).collect::<Option<_>>()?;
        let first = *types.first()?;
        let places = types.iter().try_fold(0, |most, ty| {
            let RegisterType::Scaled(places) = ty else { return None };
            Some(*places.max(&most))
        });
        if let Some(places) = places {
            let scaled: Option<Vec<Lowered<'l>>> = lows
                .iter()
                .zip(&types)
                .map(|(low, ty)| {
                    let RegisterType::Scaled(own) = ty else { return None };
                    self.rescaled(low, *own, places)
                })
                .collect();
            if let Some(scaled) = scaled {
                return Some((scaled, RegisterType::Scaled(places)));
            }
        }
        let is_number = |ty: &RegisterType| matches!(ty, RegisterType::Scaled(_) | RegisterType::Wide);
        if types.iter().all(is_number) {
            let wide = lows.iter().map(|low| self.widened(low)).collect::<Option<_>>()?;
            return Some((wide, RegisterType::Wide));
        }
        types.iter().all(|ty| *ty == first).then(|| (lows.to_vec(), first))
    }

    pub(super) fn arith(
        &mut self,
        op: ArithOp,
        a: &Lowered<'l>,
        b: &Lowered<'l>,
        calendar: Option<CalendarId>,
    ) -> Lowered<'l> {
        let (Some(left), Some(right)) = (Self::arg(a), Self::arg(b)) else { return self.nothing(&[a, b]) };
        if let (ArithOp::Add | ArithOp::Sub, RegisterType::Scaled(_), RegisterType::Scaled(_)) = (op, left.ty, right.ty)
            && let Some((both, ty @ RegisterType::Scaled(_))) = self.unified(&[a.clone(), b.clone()])
            && let [a, b] = both.as_slice()
        {
            return self.one(ty, &[a, b], |reg| {
                if op == ArithOp::Sub { Op::Sub(reg, a.reg, b.reg) } else { Op::Add(reg, a.reg, b.reg) }
            });
        }
        if let (ArithOp::Mul, RegisterType::Scaled(x), RegisterType::Scaled(y)) = (op, left.ty, right.ty)
            && x + y <= MAX_PLACES
        {
            return self.one(RegisterType::Scaled(x + y), &[a, b], |reg| Op::Mul(reg, a.reg, b.reg));
        }
        let number = |ty: RegisterType| matches!(ty, RegisterType::Scaled(_) | RegisterType::Wide);
        let length =
            |ty: RegisterType| matches!(ty, RegisterType::Months | RegisterType::Days | RegisterType::WorkingDays);
        let ty = match (op, left.ty, right.ty) {
            (_, x, y) if number(x) && number(y) => {
                let (Some(a), Some(b)) = (self.widened(a), self.widened(b)) else { return self.bail(&[a, b]) };
                return self.arith_of(RegisterType::Wide, op, &a, &b, calendar);
            }
            (ArithOp::Add | ArithOp::Sub, RegisterType::Date, by) if length(by) => RegisterType::Date,
            (ArithOp::Add, by, RegisterType::Date) if length(by) => RegisterType::Date,
            (ArithOp::Sub, RegisterType::Date, RegisterType::Date) => RegisterType::Days,
            (ArithOp::Add | ArithOp::Sub, x, y) if x == y && length(x) => x,
            (ArithOp::Mul | ArithOp::Div, x, y) if length(x) && number(y) => x,
            (ArithOp::Mul, x, y) if number(x) && length(y) => y,
            (ArithOp::Div, x, y) if x == y && length(x) => RegisterType::Wide,
            _ => return self.bail(&[a, b]),
        };
        self.arith_of(ty, op, a, b, calendar)
    }

    fn arith_of(
        &mut self,
        ty: RegisterType,
        op: ArithOp,
        a: &Lowered<'l>,
        b: &Lowered<'l>,
        calendar: Option<CalendarId>,
    ) -> Lowered<'l> {
        let (Some(left), Some(right)) = (Self::arg(a), Self::arg(b)) else { return self.bail(&[a, b]) };
        self.one(ty, &[a, b], |reg| Op::Arith { to: Arg { reg, ty }, op, a: left, b: right, calendar })
    }

    /// What needs all of several values: if one of them is never known, the result is unknown with the causes of all.
    pub(super) fn nothing(&mut self, of: &[&Lowered<'l>]) -> Lowered<'l> {
        if !of.iter().any(|low| matches!(low.form, RegisterForm::Broken)) {
            return self.bail(of);
        }
        let list = of.iter().map(|low| low.reg).collect();
        Lowered { form: RegisterForm::Broken, ..self.one(RegisterType::Bool, of, |reg| Op::Least(reg, list)) }
    }

    pub(super) fn negate(&mut self, inner: &Lowered<'l>) -> Lowered<'l> {
        let inner = &self.completed(inner);
        match Self::ty(inner) {
            Some(
                ty @ (RegisterType::Scaled(_) | RegisterType::Months | RegisterType::Days | RegisterType::WorkingDays),
            ) => self.one(ty, &[inner], |reg| Op::Neg(reg, inner.reg)),
            Some(RegisterType::Wide) => {
                let zero = self.wide_constant(ereje::value::Number::ZERO);
                self.arith_of(RegisterType::Wide, ArithOp::Sub, &zero, inner, None)
            }
            _ => self.nothing(&[inner]),
        }
    }

    pub(super) fn round(&mut self, mode: RoundMode, what: NodeId, step: NodeId) -> Lowered<'l> {
        let (what, step) = (self.node(what), self.node(step));
        let (Some(wide), Some(by)) = (self.widened(&what), self.widened(&step)) else {
            return self.nothing(&[&what, &step]);
        };
        self.one(RegisterType::Wide, &[&wide, &by], |to| Op::Round { to, mode, what: wide.reg, step: by.reg })
    }

    pub(super) fn scale(&mut self, amount: NodeId, bands: &[NodeId]) -> Lowered<'l> {
        let mut numbers = vec![self.node(amount)];
        numbers.extend(self.nodes(bands));
        let wide: Option<Vec<Lowered<'l>>> = numbers.iter().map(|number| self.widened(number)).collect();
        let Some(wide) = wide else { return self.nothing(&all(&numbers)) };
        let Some((amount, bands)) = wide.split_first() else { return self.bail(&[]) };
        let bands = regs(bands);
        self.one(RegisterType::Wide, &all(&wide), |reg| Op::Scale(reg, amount.reg, bands))
    }

    pub(super) fn call(&mut self, builtin: Builtin, args: &[NodeId]) -> Lowered<'l> {
        let args = self.nodes(args);
        if builtin.is_of_periods() {
            // The ends of a period are cells of a record, for which the kernel has no registers.
            return self.bail(&all(&args));
        }
        let typed: Option<Vec<Arg>> = args.iter().map(Self::arg).collect();
        let Some(typed) = typed else { return self.nothing(&all(&args)) };
        let ty = match builtin {
            Builtin::MonthsBetween => return self.elapsed(&args, Elapsed::Months(self.model.month_end)),
            Builtin::Age => {
                return self.elapsed(&args, Elapsed::Age(self.model.leap_birthday, self.model.month_end));
            }
            Builtin::YearsBetween => RegisterType::Months,
            Builtin::DaysBetween => RegisterType::Days,
            Builtin::WorkingDaysBetween(_) => RegisterType::WorkingDays,
            Builtin::IsWorkingDay(_) => RegisterType::Bool,
            Builtin::Year | Builtin::Month | Builtin::Day => RegisterType::Scaled(0),
            Builtin::Weekday(id) => RegisterType::Enum(id.0),
            Builtin::FirstDayOfMonth
            | Builtin::FirstDayOfYear
            | Builtin::LastDayOfMonth
            | Builtin::NextWorkingDay(_)
            | Builtin::Date => RegisterType::Date,
            Builtin::Abs => match typed.first() {
                Some(Arg { ty, .. }) => *ty,
                None => return self.bail(&all(&args)),
            },
            Builtin::Min | Builtin::Max => return self.extreme(builtin, &args),
            // Of a text that the policy does not name, its beginning is not known here.
            Builtin::Contains
            | Builtin::StartsWith
            | Builtin::SameRecord(_)
            | Builtin::Period(_)
            | Builtin::Covers
            | Builtin::Overlap
            | Builtin::Meets
            | Builtin::Days
            | Builtin::Months
            | Builtin::MonthsOf
            | Builtin::DaysCovered
            | Builtin::LongestRun
            | Builtin::Gaps => return self.bail(&all(&args)),
            Builtin::Quotient | Builtin::Remainder => return self.wide_call(builtin, &args),
            Builtin::Power => {
                let low = self.wide_call(builtin, &args);
                let cost = low.cost.saturating_add(u64::from(MAX_EXPONENT) + 1);
                return Lowered { cost, ..low };
            }
        };
        let typed = typed.into();
        self.one(ty, &all(&args), |reg| Op::Call { to: Arg { reg, ty }, builtin, args: typed })
    }

    /// A function of numbers whose result is a number. Nobody knows beforehand how many places it has.
    fn wide_call(&mut self, builtin: Builtin, args: &[Lowered<'l>]) -> Lowered<'l> {
        let wide: Option<Vec<Lowered<'l>>> = args.iter().map(|arg| self.widened(arg)).collect();
        let Some(wide) = wide else { return self.nothing(&all(args)) };
        let ty = RegisterType::Wide;
        let typed = wide.iter().map(|low| Arg { reg: low.reg, ty }).collect();
        self.one(ty, &all(&wide), |reg| Op::Call { to: Arg { reg, ty }, builtin, args: typed })
    }

    fn elapsed(&mut self, args: &[Lowered<'l>], counted: Elapsed) -> Lowered<'l> {
        match args {
            [from, through] if [from, through].iter().all(|low| Self::ty(low) == Some(RegisterType::Date)) => {
                let (a, b) = (from.reg, through.reg);
                self.one(RegisterType::Months, &[from, through], |to| Op::Elapsed { to, from: a, through: b, counted })
            }
            _ => self.bail(&all(args)),
        }
    }

    fn extreme(&mut self, builtin: Builtin, args: &[Lowered<'l>]) -> Lowered<'l> {
        let Some((values, ty)) = self.unified(args) else { return self.bail(&all(args)) };
        match ty {
            RegisterType::Wide => {
                let typed = values.iter().map(|low| Arg { reg: low.reg, ty }).collect();
                self.one(ty, &all(&values), |reg| Op::Call { to: Arg { reg, ty }, builtin, args: typed })
            }
            // Texts that the policy does not name have no order here, and regions have none at all.
            RegisterType::Text | RegisterType::Region => self.bail(&all(&values)),
            RegisterType::Bool
            | RegisterType::Scaled(_)
            | RegisterType::Date
            | RegisterType::Months
            | RegisterType::Days
            | RegisterType::WorkingDays
            | RegisterType::Enum(_) => {
                let list = regs(&values);
                let least = builtin == Builtin::Min;
                self.one(ty, &all(&values), |reg| if least { Op::Least(reg, list) } else { Op::Greatest(reg, list) })
            }
        }
    }
}
