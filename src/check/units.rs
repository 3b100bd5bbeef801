//! Units: those that are built in, and those that a policy declares.

use super::known_units::{CURRENCIES, KNOWN};
use super::{Checker, Placed};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::UnitId;
use crate::model::{BaseUnit, Dimension, Expr, ExprKind, Quantity, Type};
use crate::syntax::ast::{self, ItemSyntax};
use crate::syntax::unit_words::{MeantUnit, meant_unit};
use crate::value::Number;
use std::collections::BTreeMap;

/// What to do about a name that is no unit.
pub(super) enum UnitHelp {
    /// Write another name.
    Write(String),
    /// Declare it, by a symbol and a size.
    Declare(&'static str, &'static str),
}

impl Checker<'_> {
    pub(super) fn declare_units(&mut self, items: &[Placed<'_>]) {
        let mut places: BTreeMap<&str, crate::source::Span> = BTreeMap::new();
        let mut derived: Vec<&ast::UnitSyntax> = Vec::new();
        for placed in items {
            let ItemSyntax::Unit(unit) = placed.item else { continue };
            if let Some(first) = places.get(unit.name.text.as_str()).copied() {
                self.twice("unit", &unit.name.text, unit.name.span, first, "give each unit a symbol of its own");
                continue;
            }
            places.insert(&unit.name.text, unit.name.span);
            if unit.value.is_none() {
                let id = self.base_unit(&unit.name.text);
                let labels = self.labels(&unit.labels);
                self.model.units.at_mut(id).labels = labels;
                self.units.declared.insert(unit.name.text.clone(), (vec![(id, 1)], Number::ONE));
            } else {
                derived.push(unit);
            }
        }
        // A derived unit may use one that is declared later: repeat until a round resolves none.
        loop {
            let waiting = derived.len();
            derived.retain(|unit| !self.derive_unit(unit));
            if derived.is_empty() || derived.len() == waiting {
                break;
            }
        }
        let waiting: Vec<String> = derived.iter().map(|u| u.name.text.clone()).collect();
        let mut circle_reported = false;
        for unit in derived {
            let missing = unit.value.as_ref().and_then(|(_, expr)| expr.as_ref());
            // If one unit depends on another that cannot be resolved, one report is enough.
            let through = missing.and_then(|expr| expr.factors.iter().find(|(n, _)| waiting.contains(&n.text)));
            if through.is_some() && std::mem::replace(&mut circle_reported, true) {
                continue;
            }
            let missing = if through.is_some() { None } else { missing.map(|expr| self.unit_expr(expr)) };
            if let Some(Some(_)) | None = missing {
                self.report(
                    Diagnostic::new(
                        Code::E0303,
                        format!("the unit `{}` cannot be worked out", unit.name.text),
                        unit.span,
                        "it leads back to itself, or its size is zero or too large",
                    )
                    .help("say how many of a known unit one of it is: `unit sotka = 100 m2`"),
                );
            }
        }
    }

    fn derive_unit(&mut self, unit: &ast::UnitSyntax) -> bool {
        let Some((number, expr)) = &unit.value else { return true };
        let Ok(count) = Number::parse(&number.text) else { return false };
        let (dimension, scale) = match expr {
            None => (Vec::new(), Number::ONE),
            Some(expr) => match self.find_units(expr) {
                Ok(found) => found,
                Err(_) => return false,
            },
        };
        match count.mul(scale) {
            Ok(scale) if scale > Number::ZERO => {
                self.units.declared.insert(unit.name.text.clone(), (dimension, scale));
                true
            }
            _ => false,
        }
    }

    fn base_unit(&mut self, name: &str) -> UnitId {
        if let Some(id) = self.units.bases.get(name) {
            return *id;
        }
        let id = UnitId::new(self.model.units.len());
        self.model.units.push(BaseUnit { name: name.to_owned(), labels: Vec::new() });
        self.units.bases.insert(name.to_owned(), id);
        id
    }

    /// Dimension and size of a unit by its symbol.
    pub(super) fn find_unit(&mut self, name: &str) -> Option<(Dimension, Number)> {
        if let Some(found) = self.units.declared.get(name) {
            return Some(found.clone());
        }
        if let Some((_, base, power, scale)) = KNOWN.iter().find(|(symbol, ..)| *symbol == name) {
            let id = self.base_unit(base);
            return Some((vec![(id, *power)], Number::integer(*scale)));
        }
        if CURRENCIES.split_ascii_whitespace().any(|code| code == name) {
            let id = self.base_unit(name);
            return Some((vec![(id, 1)], Number::ONE));
        }
        None
    }

    fn find_units(&mut self, expr: &ast::UnitExpr) -> Result<(Dimension, Number), ast::Name> {
        // The common case of a single name needs no arithmetic.
        if let [(name, false)] = expr.factors.as_slice() {
            return self.find_unit(&name.text).ok_or_else(|| name.clone());
        }
        let mut dimension: Dimension = Vec::new();
        let mut scale = Number::ONE;
        for (name, under) in &expr.factors {
            let Some((dim, size)) = self.find_unit(&name.text) else { return Err(name.clone()) };
            let product = if *under { scale.div(size) } else { scale.mul(size) };
            let combined = combine(&dimension, &dim, if *under { -1 } else { 1 });
            match (product, combined) {
                (Ok(s), Some(d)) => (scale, dimension) = (s, d),
                _ => return Err(name.clone()),
            }
        }
        Ok((dimension, scale))
    }

    /// A unit as written; reports an unknown one.
    pub(super) fn unit_expr(&mut self, expr: &ast::UnitExpr) -> Option<(Dimension, Quantity)> {
        match self.find_units(expr) {
            Ok((dimension, scale)) => Some((dimension, Quantity { text: unit_text(expr), scale })),
            Err(name) if self.unread.contains(&name.text) => None,
            Err(name) => {
                let found = self.unknown_unit(&name);
                self.report(found);
                None
            }
        }
    }

    /// The error for a name that is no unit.
    fn unknown_unit(&self, name: &ast::Name) -> Diagnostic {
        let written = name.text.as_str();
        let error =
            |label: &str| Diagnostic::new(Code::E0303, format!("there is no unit `{written}`"), name.span, label);
        match self.meant_unit(written) {
            None if written == "masked" => error("a clause of a fact, read as a unit here")
                .help("write `masked` in front of the number, directly behind the type"),
            Some(UnitHelp::Write(meant)) if meant == "%" => {
                error("a sign here").help("write `%` right behind the number")
            }
            Some(UnitHelp::Write(meant)) => error("called otherwise here").help(format!("write `{meant}`")),
            Some(UnitHelp::Declare(symbol, size)) => {
                error("not declared").help(format!("declare it: `unit {symbol} = {size}`")).help(self.units_like(size))
            }
            None => {
                let declared = self.units.declared.keys().map(String::as_str);
                let known = declared.chain(KNOWN.iter().map(|(symbol, ..)| *symbol));
                // Of two letters each is half a name.
                let near = if written.chars().count() > 2 { crate::diagnostic::nearest(written, known) } else { None };
                let found = error("unknown unit");
                let found = match near {
                    Some(near) => found.help(format!("did you mean `{near}`?")),
                    None => found,
                };
                found.help(format!(
                    "a unit is declared by `unit {written}`, or with its size, as in `unit sotka = 100 m2`"
                ))
            }
        }
    }

    /// What is meant by a name that is no unit: another spelling of one, its label, or a unit to declare.
    pub(super) fn meant_unit(&self, written: &str) -> Option<UnitHelp> {
        let same = |name: &str| name.eq_ignore_ascii_case(written);
        let declared = self.units.declared.keys().map(String::as_str);
        let symbols =
            declared.chain(KNOWN.iter().map(|(symbol, ..)| *symbol)).chain(CURRENCIES.split_ascii_whitespace());
        if let Some(symbol) = symbols.into_iter().find(|symbol| same(symbol)) {
            return Some(UnitHelp::Write(symbol.to_owned()));
        }
        let small = written.to_lowercase();
        let by_label = |unit: &&BaseUnit| unit.labels.iter().any(|(_, label)| label.to_lowercase() == small);
        if let Some(unit) = self.model.units.iter().find(by_label) {
            return Some(UnitHelp::Write(unit.name.clone()));
        }
        Some(match meant_unit(written)? {
            MeantUnit::Known(symbol) => UnitHelp::Write(symbol.to_owned()),
            MeantUnit::Time(word) => UnitHelp::Write(word.to_owned()),
            MeantUnit::Percent => UnitHelp::Write(String::from("%")),
            MeantUnit::Sized(symbol, size) => UnitHelp::Declare(symbol, size),
        })
    }

    /// The units that measure what a size measures, in words.
    fn units_like(&self, size: &str) -> String {
        let base = size.rsplit(' ').next().unwrap_or("");
        let of = |symbol: &str| KNOWN.iter().find(|(s, ..)| *s == symbol).map(|(_, base, power, _)| (*base, *power));
        let like: Vec<&str> = KNOWN.iter().map(|(s, ..)| *s).filter(|s| of(s) == of(base)).collect();
        let what = match base {
            "m" => "a length",
            "m2" => "an area",
            "m3" => "a volume",
            _ => "a weight",
        };
        let (are, units) = (if like.len() == 1 { "unit" } else { "units" }, super::quoted(like.iter().copied()));
        format!("the {are} of {what} without a declaration: {units}")
    }

    /// The plain quantity of a dimension, in base units.
    pub(super) fn default_quantity(&self, dimension: &Dimension) -> Option<Quantity> {
        if dimension.is_empty() {
            return None;
        }
        let plain = |id: UnitId, power: i8| {
            let base = self.model.units.at(id).name.as_str();
            let known = KNOWN.iter().find(|(_, b, p, scale)| *b == base && *p == power && *scale == 1);
            match (known, power) {
                (Some((symbol, ..)), _) => (*symbol).to_owned(),
                (None, 1) => base.to_owned(),
                (None, power) => format!("{base}^{power}"),
            }
        };
        let over: Vec<String> = dimension.iter().filter(|(_, p)| *p > 0).map(|(u, p)| plain(*u, *p)).collect();
        let under: Vec<String> =
            dimension.iter().filter(|(_, p)| *p < 0).map(|(u, p)| plain(*u, p.saturating_neg())).collect();
        let over = if over.is_empty() { String::from("1") } else { over.join(" * ") };
        let under: String = under.iter().map(|u| format!(" per {u}")).collect();
        Some(Quantity { text: format!("{over}{under}"), scale: Number::ONE })
    }

    /// The unit for showing the value of an expression: that of the fact or norm from which the value comes.
    pub(super) fn quantity_of(&self, expr: &Expr) -> Option<Quantity> {
        if matches!(expr.ty, Type::Duration(_)) {
            let of_facts = expr.is_datum();
            return if of_facts { self.model.unit_of(expr).cloned() } else { None };
        }
        let Type::Number(dimension, _) = &expr.ty else { return None };
        let taken = if let ExprKind::Round(_, _, step) = &expr.kind {
            self.quantity_of(step)
        } else if let ExprKind::At(inner, _) = &expr.kind {
            self.quantity_of(inner)
        } else if let ExprKind::Neg(inner) = &expr.kind {
            self.quantity_of(inner)
        } else if let ExprKind::Conditional(conditional) = &expr.kind {
            self.quantity_of(&conditional.value)
        } else {
            self.model.unit_of(expr).cloned()
        };
        taken.or_else(|| self.default_quantity(dimension))
    }
}

/// `a · b^sign`; `None` if an exponent leaves its range.
pub(super) fn combine(a: &Dimension, b: &Dimension, sign: i8) -> Option<Dimension> {
    let mut powers: BTreeMap<UnitId, i8> = a.iter().copied().collect();
    for (unit, power) in b {
        let sum = powers.get(unit).copied().unwrap_or(0).checked_add(power.checked_mul(sign)?)?;
        powers.insert(*unit, sum);
    }
    Some(powers.into_iter().filter(|(_, p)| *p != 0).collect())
}

fn unit_text(expr: &ast::UnitExpr) -> String {
    let mut text = String::new();
    for (name, under) in &expr.factors {
        if !text.is_empty() {
            text.push_str(if *under { " per " } else { " * " });
        }
        text.push_str(&name.text);
    }
    text
}
