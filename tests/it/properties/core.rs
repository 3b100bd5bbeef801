//! A third evaluator for the core: expressions over plain facts, definitions with exceptions, rules with exceptions,
//! and the sweep, over numbers and sets alone. It does not use the Model.
//!
//! A policy of the core is drawn, written in the language, and decided in both ways over random states of its facts.

use crate::it::generate::Draw;
use std::collections::BTreeSet;

/// The state of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum S {
    True,
    False,
    Absent,
    Unavailable,
    Unasked,
}

/// A cause of an unknown: a fact and its state, or a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum C {
    Fact(usize, S),
    Fault,
}

/// True, false, or the causes of an unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum V {
    B(bool),
    U(BTreeSet<C>),
}

/// An expression.
#[derive(Clone, Debug)]
pub enum E {
    Fact(usize),
    Is(usize, S),
    Fault,
    Not(Box<E>),
    And(Vec<E>),
    Or(Vec<E>),
    /// At least this many elements of the list have a true field, and this holds as well.
    AtLeast(usize, Box<E>),
    /// Guard, value, and the case that it excepts; the first is the base.
    Def(usize, Vec<(E, E, Option<usize>)>),
}

/// A rule, or an exception to one.
#[derive(Clone, Debug)]
pub struct R {
    pub level: usize,
    pub when: E,
    pub unless: Vec<E>,
    pub exceptions: Vec<R>,
}

/// A policy of the core. Facts 0 to 3 are plain, 4 to 6 are the fields of a list's elements and share handlers.
#[derive(Clone, Debug)]
pub struct P {
    pub rules: Vec<R>,
    /// For each fact: the proposals for absent and for unavailable.
    pub handlers: Vec<(Option<usize>, Option<usize>)>,
    pub levels: usize,
    /// Outputs, each tied to some levels.
    pub outputs: Vec<(BTreeSet<usize>, E)>,
}

pub const FACTS: usize = 7;
pub const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// A decision: a level with its reasons, or the needs, or neither.
#[derive(Clone, Debug, PartialEq)]
pub enum D {
    Outcome(usize, BTreeSet<String>),
    Needs(BTreeSet<usize>),
    Never,
}

fn unknown(v: &V) -> Option<&BTreeSet<C>> {
    match v {
        V::B(_) => None,
        V::U(n) => Some(n),
    }
}

fn and(vs: &[V]) -> V {
    if vs.contains(&V::B(false)) {
        return V::B(false);
    }
    let n: BTreeSet<C> = vs.iter().filter_map(unknown).flatten().copied().collect();
    if n.is_empty() { V::B(true) } else { V::U(n) }
}

fn not(v: V) -> V {
    match v {
        V::B(b) => V::B(!b),
        V::U(n) => V::U(n),
    }
}

fn eval(e: &E, s: &[S]) -> V {
    let one = |c| V::U(BTreeSet::from([c]));
    match e {
        E::Fact(f) => match s[*f] {
            S::True => V::B(true),
            S::False => V::B(false),
            other => one(C::Fact(*f, other)),
        },
        E::Is(f, state) => match (s[*f], state) {
            (S::Unasked, _) => one(C::Fact(*f, S::Unasked)),
            (S::Unavailable, S::Absent) => one(C::Fact(*f, S::Unavailable)),
            (is, state) => V::B(is == *state),
        },
        E::Fault => one(C::Fault),
        E::Not(e) => not(eval(e, s)),
        E::And(es) => and(&es.iter().map(|e| eval(e, s)).collect::<Vec<_>>()),
        E::Or(es) => not(and(&es.iter().map(|e| not(eval(e, s))).collect::<Vec<_>>())),
        E::AtLeast(n, e) => {
            let vs: Vec<V> = (4..FACTS).map(|f| and(&[eval(&E::Fact(f), s), eval(e, s)])).collect();
            let low = vs.iter().filter(|v| **v == V::B(true)).count();
            let high = vs.iter().filter(|v| **v != V::B(false)).count();
            if low >= *n {
                return V::B(true);
            }
            if high < *n {
                return V::B(false);
            }
            V::U(vs.iter().filter_map(unknown).flatten().copied().collect())
        }
        E::Def(_, cases) => {
            let mut g: Vec<V> = Vec::new();
            for (guard, _, parent) in cases {
                let own = eval(guard, s);
                g.push(match parent {
                    Some(p) => and(&[g[*p].clone(), own]),
                    None => own,
                });
            }
            let live: Vec<V> = (0..cases.len())
                .map(|i| {
                    let mut all = vec![g[i].clone()];
                    all.extend((0..cases.len()).filter(|j| cases[*j].2 == Some(i)).map(|j| not(g[j].clone())));
                    and(&all)
                })
                .collect();
            let l: Vec<(&V, V)> = live
                .iter()
                .zip(cases)
                .filter(|(live, _)| **live != V::B(false))
                .map(|(live, (_, value, _))| (live, eval(value, s)))
                .collect();
            let sure: BTreeSet<bool> = l
                .iter()
                .filter_map(|(live, v)| if let (V::B(true), V::B(b)) = (live, v) { Some(*b) } else { None })
                .collect();
            if sure.len() > 1 {
                return one(C::Fault);
            }
            // The base always holds, so one case of L is surely live.
            if let Some((_, V::B(first))) = l.first()
                && l.iter().all(|(_, v)| *v == V::B(*first))
            {
                return V::B(*first);
            }
            let n: BTreeSet<C> =
                l.iter().flat_map(|(live, v)| unknown(live).into_iter().chain(unknown(v))).flatten().copied().collect();
            if n.is_empty() { one(C::Fault) } else { V::U(n) }
        }
    }
}

fn status(r: &R, s: &[S]) -> V {
    let mut all = vec![eval(&r.when, s)];
    all.extend(r.unless.iter().map(|u| not(eval(u, s))));
    all.extend(r.exceptions.iter().map(|x| not(status(x, s))));
    and(&all)
}

/// The code of the reason that a fact's handler gives.
pub fn handler_code(fact: usize, state: S) -> String {
    let name = NAMES.get(fact).copied().unwrap_or("item");
    format!("H_{name}_{}", if state == S::Absent { "absent" } else { "unavailable" })
}

/// The facts in a state among some causes.
fn of(n: &BTreeSet<C>, state: S) -> BTreeSet<usize> {
    n.iter().filter_map(|c| if let C::Fact(f, is) = c { (*is == state).then_some(*f) } else { None }).collect()
}

/// What is proposed in place of something that is void for these causes; `None` is ⊤, which is stronger than every level.
fn proposals(p: &P, n: &BTreeSet<C>) -> BTreeSet<(Option<usize>, String)> {
    let (down, none) = (of(n, S::Unavailable), of(n, S::Absent));
    if !down.is_empty() {
        return down.into_iter().map(|f| (p.handlers[f].1, handler_code(f, S::Unavailable))).collect();
    }
    if n.contains(&C::Fault) {
        return BTreeSet::from([(None, "fault".into())]);
    }
    none.into_iter().map(|f| (p.handlers[f].0, handler_code(f, S::Absent))).collect()
}

/// The levels that handlers could bring about for these causes.
fn in_question(p: &P, n: &BTreeSet<C>) -> BTreeSet<usize> {
    let either = of(n, S::Unasked);
    let absent = of(n, S::Absent).into_iter().chain(either.iter().copied()).filter_map(|f| p.handlers[f].0);
    let down = of(n, S::Unavailable).into_iter().chain(either.iter().copied()).filter_map(|f| p.handlers[f].1);
    absent.chain(down).collect()
}

/// The unasked facts of the outputs that are tied to some levels, and to those that handlers could bring about.
fn asked(p: &P, s: &[S], mut levels: BTreeSet<usize>) -> BTreeSet<usize> {
    loop {
        let tied = p.outputs.iter().filter(|(tied, _)| !tied.is_disjoint(&levels));
        let causes: BTreeSet<C> = tied.filter_map(|(_, e)| unknown(&eval(e, s)).cloned()).flatten().collect();
        let more: BTreeSet<usize> = in_question(p, &causes).union(&levels).copied().collect();
        if more == levels {
            return of(&causes, S::Unasked);
        }
        levels = more;
    }
}

/// No outcome is given while an output tied to it is not known.
fn give(p: &P, s: &[S], needs: BTreeSet<usize>, possible: &BTreeSet<usize>, o: usize, why: BTreeSet<String>) -> D {
    let levels: BTreeSet<usize> = possible.iter().copied().chain([o]).collect();
    let unknowns: Vec<BTreeSet<C>> = p
        .outputs
        .iter()
        .filter(|(tied, _)| tied.contains(&o))
        .filter_map(|(_, e)| unknown(&eval(e, s)).cloned())
        .collect();
    if !needs.is_empty() || unknowns.iter().any(|n| !of(n, S::Unasked).is_empty()) {
        return D::Needs(needs.union(&asked(p, s, levels)).copied().collect());
    }
    let proposed: BTreeSet<_> = unknowns.iter().flat_map(|n| proposals(p, n)).collect();
    match proposed.iter().map(|q| q.0).min() {
        None => D::Outcome(o, why),
        Some(Some(level)) if level < o => {
            let why = proposed.into_iter().filter(|q| q.0 == Some(level)).map(|q| q.1).collect();
            give(p, s, needs, possible, level, why)
        }
        Some(_) => D::Never,
    }
}

pub fn decide(p: &P, s: &[S]) -> D {
    let status: Vec<V> = p.rules.iter().map(|r| status(r, s)).collect();
    let mut carried: BTreeSet<(usize, String)> = BTreeSet::new();
    let mut needs = BTreeSet::new();
    let mut possible = BTreeSet::new();
    for o in 0..p.levels {
        let here: Vec<(usize, &V)> = status.iter().enumerate().filter(|(i, _)| p.rules[*i].level == o).collect();
        let mut fire: BTreeSet<String> =
            here.iter().filter(|(_, v)| **v == V::B(true)).map(|(i, _)| format!("R{i}")).collect();
        fire.extend(carried.iter().filter(|(level, _)| *level == o).map(|(_, code)| code.clone()));
        if !fire.is_empty() || o == p.levels - 1 {
            return give(p, s, needs, &possible, o, fire);
        }
        let mut proposed: BTreeSet<(Option<usize>, String)> = BTreeSet::new();
        for n in here.iter().filter_map(|(_, v)| unknown(v)) {
            if of(n, S::Unasked).is_empty() {
                proposed.extend(proposals(p, n));
            } else {
                needs.extend(of(n, S::Unasked));
                possible.insert(o);
                possible.extend(in_question(p, n));
            }
        }
        if let Some(best) = proposed.iter().map(|q| q.0).filter(|level| level.is_none_or(|l| l <= o)).min() {
            return match best {
                None if needs.is_empty() => D::Never,
                None => D::Needs(needs.union(&asked(p, s, possible)).copied().collect()),
                Some(level) => {
                    let why = proposed.into_iter().filter(|q| q.0 == Some(level)).map(|q| q.1).collect();
                    give(p, s, needs, &possible, level, why)
                }
            };
        }
        carried.extend(proposed.into_iter().filter_map(|(level, code)| level.map(|l| (l, code))));
    }
    unreachable!("the weakest level always decides")
}

// ---- random policies of the core, and their text

struct Core<'d, 'n> {
    d: &'d mut Draw<'n>,
    definitions: usize,
}

impl Core<'_, '_> {
    fn expr(&mut self, depth: usize) -> E {
        if depth == 0 || self.d.chance(30) {
            let f = self.d.below(4);
            return match self.d.below(100) {
                0..80 => E::Fact(f),
                80..90 => E::Is(f, S::Absent),
                90..96 => E::Is(f, S::Unavailable),
                _ => E::Fault,
            };
        }
        match self.d.below(70) {
            0..15 => E::Not(Box::new(self.expr(depth - 1))),
            15..30 => E::And(vec![self.expr(depth - 1), self.expr(depth - 1)]),
            30..45 => E::Or(vec![self.expr(depth - 1), self.expr(depth - 1)]),
            45..55 => E::AtLeast(1 + self.d.below(3), Box::new(self.expr(depth - 1))),
            _ => {
                let mut case = |parent| (self.expr(depth - 1), self.expr(depth - 1), parent);
                let mut cases = vec![case(None), case(Some(0)), case(Some(0)), case(Some(1))];
                // The base always holds: an empty conjunction is true.
                cases[0].0 = E::And(Vec::new());
                self.definitions += 1;
                E::Def(self.definitions, cases)
            }
        }
    }

    fn rule(&mut self, levels: usize, depth: usize) -> R {
        let level = self.d.below(levels);
        let when = self.expr(2);
        let unless = if self.d.chance(40) { vec![self.expr(1)] } else { Vec::new() };
        let exceptions = match depth {
            0 => 0,
            _ => self.d.pick(&[0, 0, 1, 2]),
        };
        let exceptions = (0..exceptions).map(|_| self.rule(levels, depth - 1)).collect();
        R { level, when, unless, exceptions }
    }
}

pub fn policy(d: &mut Draw) -> P {
    let mut core = Core { d, definitions: 0 };
    let rules = (0..1 + core.d.below(5)).map(|_| core.rule(4, 2)).collect();
    let mut outcome = || core.d.pick(&[None, Some(0), Some(1), Some(2), Some(3)]);
    let mut handlers: Vec<_> = (0..5).map(|_| (outcome(), outcome())).collect();
    handlers.extend([handlers[4]; 2]);
    // Half of the policies have outputs that are tied to outcomes.
    let outputs = (0..core.d.pick(&[0, 0, 1, 2])).map(|_| {
        let tied = (0..4).filter(|_| core.d.chance(40)).collect::<BTreeSet<usize>>();
        (tied, core.expr(2))
    });
    let outputs = outputs.collect();
    P { rules, handlers, levels: 4, outputs }
}

/// The place of the decision among the items of a text.
const DECISION: usize = 4;

/// The policy as text.
pub fn text(p: &P) -> String {
    let mut items = vec![
        "policy t.core\n  from 2020-01-01\n  en \"t\"".to_string(),
        "facts date: date".into(),
        "facts one: integer".into(),
        "as of date".into(),
        "decision d\n  o0 > o1 > o2 > o3\n  otherwise o3".into(),
    ];
    let handlers = |f: usize| {
        let mut text = String::new();
        for (state, level) in [(S::Absent, p.handlers[f].0), (S::Unavailable, p.handlers[f].1)] {
            if let Some(level) = level {
                let word = if state == S::Absent { "absent" } else { "unavailable" };
                text += &format!("\n  if {word} then o{level} {}", handler_code(f, state));
            }
        }
        text
    };
    for (f, name) in NAMES.iter().enumerate() {
        items.push(format!("facts {name}: bool{}", handlers(f)));
    }
    items.push(format!("facts items: list of {{ v: bool{} }}", handlers(4)));
    for f in 0..5 {
        for state in [S::Absent, S::Unavailable] {
            let code = handler_code(f, state);
            items.push(format!("reason {code} en \"{code}\""));
        }
    }
    for (i, (tied, e)) in p.outputs.iter().enumerate() {
        let tied: Vec<String> = tied.iter().map(|level| format!("o{level}")).collect();
        let tied = if tied.is_empty() { String::new() } else { format!(" tied to {}", tied.join(", ")) };
        let output = format!("\n  output u{i}: bool = {}{tied}", write(e, &mut items));
        items[DECISION].push_str(&output);
    }
    let mut exceptions = 0;
    for (i, rule) in p.rules.iter().enumerate() {
        items.push(format!("reason R{i} en \"r\""));
        let head = format!("rule r{i}\n  o{} R{i}", rule.level);
        rule_text(&head, &format!("r{i}"), rule, &mut items, &mut exceptions);
    }
    items.join("\n\n") + "\n"
}

fn rule_text(head: &str, name: &str, rule: &R, items: &mut Vec<String>, exceptions: &mut usize) {
    let mut text = format!("{head}\n  when {}", write(&rule.when, items));
    for unless in &rule.unless {
        text += &format!("\n  unless {}", write(unless, items));
    }
    items.push(text);
    for exception in &rule.exceptions {
        *exceptions += 1;
        let own = format!("x{exceptions}");
        rule_text(&format!("exception {own} to {name}"), &own, exception, items, exceptions);
    }
}

fn write(e: &E, items: &mut Vec<String>) -> String {
    let joined = |es: &[E], word: &str, items: &mut Vec<String>| {
        let parts: Vec<String> = es.iter().map(|e| write(e, items)).collect();
        format!("({})", parts.join(word))
    };
    match e {
        E::Fact(f) => NAMES[*f].into(),
        E::Is(f, S::Absent) => format!("({} is absent)", NAMES[*f]),
        E::Is(f, _) => format!("({} is unavailable)", NAMES[*f]),
        E::Fault => "(1 / (one - one) > 0)".into(),
        E::Not(e) => format!("(not {})", write(e, items)),
        E::And(es) => joined(es, " and ", items),
        E::Or(es) => joined(es, " or ", items),
        E::AtLeast(n, e) => {
            // Each loop has its own variable: none may hide another.
            let inner = write(e, items);
            let var = format!("i{}", inner.matches("count(").count());
            format!("(count({var} in items where {var}.v and {inner}) >= {n})")
        }
        E::Def(id, cases) => {
            for (i, (guard, value, parent)) in cases.iter().enumerate() {
                let value = write(value, items);
                let text = match parent {
                    None => format!("define def{id}: bool = {value}"),
                    Some(0) => format!("exception d{id}_{i} to def{id} = {value}\n  when {}", write(guard, items)),
                    Some(p) => format!("exception d{id}_{i} to d{id}_{p} = {value}\n  when {}", write(guard, items)),
                };
                items.push(text);
            }
            format!("def{id}")
        }
    }
}

/// The random state of a fact.
pub fn state(d: &mut Draw) -> S {
    d.pick(&[S::True, S::False, S::Absent, S::Unavailable, S::Unasked])
}

/// The states as a fact file has them.
pub fn facts(states: &[S]) -> Vec<(String, serde_json::Value)> {
    use serde_json::{Map, Value, json};
    let cell = |s: &S| match s {
        S::True => Some(json!(true)),
        S::False => Some(json!(false)),
        S::Absent => Some(Value::Null),
        S::Unavailable => Some(json!({ "unavailable": "timeout" })),
        S::Unasked => None,
    };
    let mut all = vec![("date".to_string(), json!("2026-01-01")), ("one".to_string(), json!(1))];
    for (name, state) in NAMES.iter().zip(states) {
        all.extend(cell(state).map(|c| ((*name).to_string(), c)));
    }
    let items: Vec<Value> = states[4..]
        .iter()
        .map(|s| Value::Object(cell(s).map(|c| ("v".to_string(), c)).into_iter().collect::<Map<_, _>>()))
        .collect();
    all.push(("items".into(), Value::Array(items)));
    all
}

/// A fact as people write it.
pub fn spell(fact: usize) -> String {
    match NAMES.get(fact) {
        Some(name) => (*name).to_string(),
        None => format!("items[{}].v", fact - 4),
    }
}
