//! Random amendments: items added to the policy, put in the place of others, and suspended.

use super::*;

impl Writer<'_, '_> {
    pub(super) fn amendment(&mut self, index: usize) -> File {
        let name = format!("t.amend{index}");
        let mut header = format!("amendment {name} to t.base");
        let over = index == 2 && self.d.chance(50);
        if over {
            // Neither more nor less special than the others, but explicitly over them.
            header += &format!("\n  from {}\n  for grp.c2\n  over t.base, t.amend0, t.amend1", self.start());
        } else {
            // Without a start it stands above what it replaces or suspends, and beside all others.
            let undated = index == 0 && self.d.chance(25);
            header += &self.scope(!undated, true);
        }
        let dated = header.contains("\n  from ");
        header += "\n  en \"a\"";
        let mut touched: Vec<String> = Vec::new();
        // Only earlier items are targets: another version of a name in this amendment would tie.
        let (rules, exceptions) = (self.rules.clone(), self.exceptions.clone());
        let (notices, defined, norms) = (self.notices.clone(), self.defined.clone(), self.norms.clone());
        let tables = self.tables.clone();
        for _ in 0..1 + self.d.below(4) {
            if self.v.wide && self.d.chance(20) {
                self.replaced_table(&tables, &mut touched);
                continue;
            }
            match self.d.below(18) {
                14 if dated && !self.v.fields.is_empty() && !touched.contains(&"adult".to_string()) => {
                    let handlers = self.handlers(Some(Ty::Bool), 0);
                    if !handlers.is_empty() {
                        self.asks_late |= header.contains("for ");
                        self.items.push(format!("record Person {{\n  adult{handlers}\n}}"));
                        touched.push("adult".into());
                    }
                }
                15 => {
                    let with_cases: Vec<Defined> = defined.iter().filter(|d| d.cases).cloned().collect();
                    if !with_cases.is_empty() {
                        let target = self.d.pick(&with_cases);
                        let label = self.name("k");
                        let text = self.within(&target, |w| {
                            let value = w.value(target.ty, 1);
                            format!("case {label} of {} = {value}\n  when {}", target.name, w.condition(1))
                        });
                        self.items.push(text);
                    }
                }
                16 if !notices.is_empty() => {
                    let (name, code) = (self.name("x"), self.d.pick(&notices));
                    let text = format!("exception {name} to {code}{}", self.conditions(1));
                    self.items.push(text);
                }
                0..2 => self.rule(),
                2..4 => self.exception(),
                4 => self.definition_exception(),
                5..7 => {
                    let target = self.d.pick(&rules);
                    if !touched.contains(&target.name) {
                        touched.push(target.name.clone());
                        let outcome = if self.d.chance(50) { self.outcome() } else { target.outcome.clone() };
                        let head = format!("replace rule {}", target.name);
                        let mut text = self.rule_text(&head, target.each.as_ref(), &outcome, false);
                        text += self.d.pick(&["\n  keeping exceptions", "\n  afresh"]);
                        self.items.push(text);
                    }
                }
                7 => {
                    let all: Vec<Target> = rules.iter().chain(&exceptions).cloned().collect();
                    let target = self.d.pick(&all);
                    if !touched.contains(&target.name) {
                        touched.push(target.name.clone());
                        self.items.push(format!("suspend {} {}", target.kind, target.name));
                    }
                }
                8 if !exceptions.is_empty() => {
                    let target = self.d.pick(&exceptions);
                    if !touched.contains(&target.name) {
                        touched.push(target.name.clone());
                        let mode = self.d.pick(&["keeping exceptions", "afresh"]);
                        self.enter(target.each.as_ref());
                        let conditions = self.conditions(1);
                        self.leave(target.each.as_ref());
                        let (name, to) = (target.name, target.to);
                        self.items.push(format!("replace exception {name} to {to}{conditions}\n  {mode}"));
                    }
                }
                9 if dated => {
                    let facts: Vec<(String, Ty)> =
                        self.v.facts.iter().filter(|(n, _)| n.starts_with("info.")).cloned().collect();
                    let (fact, ty) = self.d.pick(&facts);
                    if !touched.contains(&fact) {
                        let handlers = self.handlers(Some(ty), 0);
                        if !handlers.is_empty() {
                            self.asks_late |= header.contains("for ");
                            let field = fact.trim_start_matches("info.");
                            self.items.push(format!("facts info {{\n  {field}{handlers}\n}}"));
                            touched.push(fact);
                        }
                    }
                }
                10 if !defined.is_empty() => {
                    let target = self.d.pick(&defined);
                    if !touched.contains(&target.name) {
                        touched.push(target.name.clone());
                        let mode = self.d.pick(&["keeping exceptions", "afresh"]);
                        let written: Vec<String> =
                            target.params.iter().map(|(n, ty)| format!("{n}: {}", type_name(*ty))).collect();
                        let written =
                            if written.is_empty() { String::new() } else { format!("({})", written.join(", ")) };
                        let text = self.within(&target, |w| {
                            let cases = target.cases && w.d.chance(50);
                            let (body, _) = w.body(target.ty, cases);
                            format!("replace define {}{written}{body}\n  {mode}", target.name)
                        });
                        self.items.push(text);
                    }
                }
                11 if dated && !header.contains("for ") && !norms.is_empty() => {
                    let (norm, ty) = self.d.pick(&norms);
                    if !touched.contains(&norm) {
                        touched.push(norm.clone());
                        let start = header.split_once("\n  from ").and_then(|(_, rest)| rest.split_whitespace().next());
                        let value = self.amended(&norm, ty, start);
                        self.items.push(format!("norm {norm} = {value}"));
                    }
                }
                17 => {
                    let (name, tied) = (self.name("out"), self.tied());
                    let text = if self.d.chance(50) {
                        let condition = self.condition(2);
                        format!("output {name} of d: bool = {condition}{tied}")
                    } else {
                        let size = self.v.expr(self.d, Ty::Area, 2);
                        format!("output {name} of d: sq = round down({size}, 0.01 sq){tied}")
                    };
                    self.items.push(text);
                }
                12 => {
                    let outcome = self.name("extra");
                    let beside = self.d.pick(&self.outcomes[..1]);
                    self.items.push(format!("outcome {outcome} of d {} {beside}", self.d.pick(&["below", "above"])));
                    self.outcomes.push(outcome.clone());
                    let name = self.name("r");
                    let text = self.rule_text(&format!("rule {name}"), None, &outcome, false);
                    self.items.push(text);
                    self.rules.push(Target { kind: "rule", name, each: None, outcome, to: String::new() });
                }
                _ => {
                    if notices.is_empty() {
                        self.notice();
                    } else {
                        let code = self.d.pick(&notices);
                        if !touched.contains(&code) {
                            touched.push(code.clone());
                            self.items.push(format!("suspend notice {code}"));
                        }
                    }
                }
            }
        }
        let mut items = std::mem::take(&mut self.items);
        items.append(&mut self.reasons);
        items.insert(0, header);
        File { name: format!("amend{index}.ereje"), items }
    }
}
