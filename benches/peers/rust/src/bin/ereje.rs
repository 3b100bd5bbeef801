//! Ereje as a library: its own policy in benches/residence, for the scaled variant with the override rules as values of
//! the norm.
use ereje::eval::Verdict;
use ereje_batch::decider::{Decider, Parsed};
use ereje::{DecideOptions, Policy};
use peers::{iso, Decision, Override, Peer, REGIONS};

#[path = "../../../../support/scaled.rs"]
mod scaled;

struct Ereje {
    decider: Decider<'static>,
    /// The comparison's numbers of the policy's outcomes and reasons, by their index in the policy.
    outcomes: Vec<u8>,
    reasons: Vec<u8>,
    scaled: bool,
}

const POLICY: &str = include_str!("../../../../residence/policy.ereje");
const PILOT: &str = include_str!("../../../../residence/pilot.ereje");

fn texts(rules: Option<&[Override]>) -> [(&'static str, String); 2] {
    let Some(rules) = rules else {
        return [("policy.ereje", POLICY.into()), ("pilot.ereje", PILOT.into())];
    };
    let norms: Vec<scaled::Norm> = rules
        .iter()
        .map(|o| scaled::Norm {
            region: REGIONS[o.region as usize],
            from: iso(o.from),
            through: iso(o.to),
            tenths: o.norm_tenths,
        })
        .collect();
    scaled::texts(POLICY, PILOT, &REGIONS, scaled::OTHERWISE, &norms)
}

impl Peer for Ereje {
    type Input = Parsed;
    fn new(rules: Option<&[Override]>) -> Self {
        let policy: &'static Policy = Box::leak(Box::new(Policy::from_texts(texts(rules)).unwrap()));
        let model = policy.model();
        let outcomes = model.decisions[0].outcomes.iter();
        Ereje {
            decider: Decider::new(policy.engine(), &DecideOptions::default()).unwrap(),
            outcomes: outcomes.map(|o| peers::at(&peers::OUTCOMES, &o.name)).collect(),
            reasons: model.reasons.iter().map(|r| peers::reason_bit(&r.code)).collect(),
            scaled: rules.is_some(),
        }
    }
    fn parse(&self, line: &str) -> Parsed {
        let mut line = line.to_string();
        if self.scaled {
            // In this policy, regions are regions of the language, whose names have no spaces.
            for region in REGIONS {
                line = line.replace(&format!("\"{region}\""), &format!("\"{}\"", scaled::name(region)));
            }
        }
        self.decider.clone().parse(&line).unwrap()
    }
    #[inline]
    fn decide(&mut self, facts: &Parsed) -> Decision {
        let brief = self.decider.decide(facts);
        let Verdict::Outcome(level) = brief.verdict else { panic!("decided") };
        Decision {
            outcome: self.outcomes[level as usize],
            reasons: brief.reasons.iter().fold(0, |all, r| all | self.reasons[r.index()]),
        }
    }
    fn decide_text(&mut self, line: &str, out: &mut Vec<u8>) {
        self.decider.line(line, out).unwrap();
        out.push(b'\n');
    }
}

fn main() {
    peers::main::<Ereje>()
}
