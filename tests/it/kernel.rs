//! The kernel against the evaluator: if the kernel decides, outcome and reasons are the same, and it does decide most
//! rows.

use super::comparison::{Random, application};
use super::generate::{self, Draw};
use super::properties::{self, Engine};
use ereje::eval::{self, DetailLevel, Question, Verdict};
use ereje::facts::FactSet;
use ereje::ids::{DecisionId, FactId, ReasonId};
use ereje::model::Choices;
use ereje::plan::Plan;
use ereje::source::Sources;
use ereje::value::FactCell;
use ereje::{Format, Policy};
use ereje_batch::kernel::{Kernel, Scratch};
use ereje_batch::row::{Layout, Row};
use ereje_review::cases::CaseFile;
use std::sync::Arc;

/// A plan with both evaluators.
struct Pair {
    plan: Arc<Plan>,
    layout: Arc<Layout>,
    question: Question,
    kernel: Kernel,
    row: Row,
    scratch: Scratch,
}

/// How often the kernel decided, out of how many rows.
#[derive(Default)]
struct Share(u64, u64);

impl Share {
    fn percent(&self) -> f64 {
        assert!(self.1 > 0, "nothing was decided");
        self.0 as f64 * 100.0 / self.1 as f64
    }
}

impl Pair {
    fn new(plan: Arc<Plan>, question: Question) -> Self {
        let layout = Arc::new(Layout::new(plan.model()));
        let kernel = Kernel::new(Arc::clone(&plan), Arc::clone(&layout), question);
        let row = Row::new(&layout);
        Self { plan, layout, question, kernel, row, scratch: Scratch::default() }
    }

    /// Lets both decide; an error if they do not agree.
    fn agree(&mut self, facts: &FactSet, share: &mut Share) -> Result<(), String> {
        self.row.take(&self.layout, facts);
        share.1 += 1;
        let Some(brief) = self.kernel.decide(&self.row, &mut self.scratch) else { return Ok(()) };
        share.0 += 1;
        let kernel: (Verdict, Vec<ReasonId>) = (brief.verdict, brief.reasons.to_vec());
        let outcome = eval::decide(&self.plan, facts, &self.question, DetailLevel::Codes);
        let evaluator = (outcome.verdict, outcome.reasons.iter().map(|given| given.reason).collect());
        if kernel == evaluator { Ok(()) } else { Err(format!("kernel {kernel:?}\nevaluator {evaluator:?}")) }
    }
}

/// All case files of a policy: their facts unchanged, and with some facts, different ones in each trial, in each silent
/// state.
fn cases_agree(folder: &str) -> (Share, Share) {
    let folder = crate::it::root().join(folder);
    let policy = Policy::load(&folder).unwrap();
    let (mut plain, mut silent) = (Share::default(), Share::default());
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.to_str().unwrap().ends_with(".test.yaml")).collect();
    files.sort();
    for path in files {
        let mut sources = Sources::new();
        let file = sources.add(path.to_str().unwrap(), std::fs::read_to_string(&path).unwrap());
        let (read, _) = CaseFile::read(&mut sources, file, &mut |name| Err(format!("`{name}` is not read here")));
        for (number, trial) in read.map(|read| read.bind(&policy).0).unwrap_or_default().into_iter().enumerate() {
            let plan = policy.engine().plan_for(&trial.options).unwrap();
            let mut pair = Pair::new(plan, ereje::engine::Engine::question(&trial.options));
            let held = |result: Result<(), String>| result.unwrap_or_else(|wrong| panic!("{}: {wrong}", trial.name));
            held(pair.agree(&trial.facts, &mut plain));
            for fact in (number % 6..policy.model().facts.len()).step_by(6) {
                for state in [FactCell::Absent, FactCell::Unavailable("down".into()), FactCell::Unasked] {
                    let mut facts = trial.facts.clone();
                    facts.set(FactId::new(fact), state);
                    held(pair.agree(&facts, &mut silent));
                }
            }
        }
    }
    (plain, silent)
}

#[test]
fn it_decides_as_the_evaluator_on_real_law() {
    for (folder, least) in [("policies/kz", (99.0, 99.0)), ("policies/vn", (99.9, 99.9))] {
        let (plain, silent) = cases_agree(folder);
        let shares = (plain.percent(), silent.percent());
        assert!(shares.0 >= least.0 && shares.1 >= least.1, "{folder}: {shares:?} of {} and {}", plain.1, silent.1);
    }
}

#[test]
fn it_decides_as_the_evaluator_on_the_comparisons_policy() {
    let policy = Policy::load(crate::it::root().join("benches/residence")).unwrap();
    let plan = policy.engine().plan(&Choices::defaults(policy.model())).unwrap();
    let mut pair = Pair::new(plan, Question::of(DecisionId::new(0)));
    let mut random = Random(7);
    let mut share = Share::default();
    for _ in 0..3000 {
        let facts = application(&mut random);
        let mut facts = policy.facts(&facts.to_string(), Format::Json).unwrap().remove(0);
        pair.agree(&facts, &mut share).unwrap_or_else(|wrong| panic!("{facts:?}\n{wrong}"));
        let silent = [FactCell::Absent, FactCell::Unavailable("down".into()), FactCell::Unasked];
        for state in silent {
            facts.set(FactId::new(random.below(policy.model().facts.len() as u64) as usize), state);
            pair.agree(&facts, &mut share).unwrap_or_else(|wrong| panic!("{facts:?}\n{wrong}"));
        }
    }
    assert!(share.percent() > 99.9, "{} %", share.percent());
}

#[test]
fn it_decides_as_the_evaluator_on_random_policies() {
    // Only the evaluator can tell whether an outcome is given to which outputs are tied, so those decisions are counted apart.
    let (mut share, mut tied) = (Share::default(), Share::default());
    for seed in 0..properties::cases(150) {
        let numbers = properties::numbers(seed + 70_000_000);
        let mut draw = Draw::new(&numbers);
        let policy = generate::policy(&mut draw);
        let texts = policy.texts();
        let Ok(engine) = Engine::load(&texts) else { continue };
        let rest: Vec<u32> = numbers.iter().rev().map(|n| n.rotate_left(7)).collect();
        let mut draw = Draw::new(&rest);
        let Ok(plan) = Plan::build(Arc::clone(&engine.model), Choices::defaults(&engine.model)) else { continue };
        let plan = Arc::new(plan);
        for decision in 0..engine.model.decisions.len() {
            let mut pair = Pair::new(Arc::clone(&plan), Question::of(DecisionId::new(decision)));
            let is_tied = engine.model.decisions[DecisionId::new(decision)].has_tied_outputs();
            let share = if is_tied { &mut tied } else { &mut share };
            for _ in 0..6 {
                let facts = generate::facts(&mut draw, &policy.facts);
                let Ok(set) = engine.facts(&facts) else { continue };
                if let Err(wrong) = pair.agree(&set, share) {
                    let files: String = texts.iter().map(|(name, text)| format!("# ---- {name}\n{text}\n")).collect();
                    panic!("seed {seed}\n{files}\n{facts:?}\n{wrong}");
                }
            }
        }
    }
    assert!(share.percent() > 90.0, "{} %", share.percent());
    assert!(tied.1 > 100 && tied.percent() > 20.0, "{} % of {}", tied.percent(), tied.1);
}
