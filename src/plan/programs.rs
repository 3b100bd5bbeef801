//! The programs that one evaluation uses: those that the plan keeps, and those that it lends.
//!
//! A plan may have a hundred thousand cells. It keeps the first programs up to a number of nodes. Of the others it
//! holds the last few for later questions, and an evaluation holds those that it works in.

use super::Plan;
use super::node::Program;
use super::stock::Handle;
use crate::ids::RegionId;
use chrono::NaiveDate;
use std::sync::{Arc, OnceLock};

/// The programs of a plan for one evaluation.
pub struct Programs<'p> {
    pub(crate) plan: &'p Plan,
    lent: ProgramLink,
}

/// A list that can grow while references to its elements exist.
#[derive(Default)]
struct ProgramLink(OnceLock<(Arc<Program>, Box<ProgramLink>)>);

impl Drop for ProgramLink {
    /// Drops one link after the other: a loop over many dates may have made a long list.
    fn drop(&mut self) {
        let mut rest = self.0.take();
        while let Some((_, mut next)) = rest {
            rest = next.0.take();
        }
    }
}

impl<'p> Programs<'p> {
    pub fn new(plan: &'p Plan) -> Self {
        Self { plan, lent: ProgramLink::default() }
    }

    /// The program of a day in a place.
    pub(crate) fn of(&self, day: NaiveDate, place: Option<RegionId>) -> Option<&Program> {
        let program = match self.plan.program(day, place)? {
            Handle::Kept(program) => return Some(program),
            Handle::Lent(program) => program,
        };
        let mut link = &self.lent;
        while let Some((known, next)) = link.0.get() {
            if Arc::ptr_eq(known, &program) {
                return Some(known);
            }
            link = next;
        }
        let (program, _) = link.0.get_or_init(|| (program, Box::default()));
        Some(program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check;
    use crate::load::Bundle;
    use crate::model::Choices;
    use crate::plan::stock::MAX_RECENT;
    use std::fmt::Write as _;
    use std::sync::atomic::Ordering;

    /// The plan of a policy whose norm has another value in each of some years.
    fn yearly(years: i32) -> Plan {
        let mut text = String::from(
            "policy fees.yearly\n  from 1999-01-01\n  en \"Fees\"\n\nfacts visit { day: date, count: integer }\nas of visit.day\n\n\
             decision pass\n  refuse > grant\n  otherwise grant\n\nreason LATE en \"Late.\"\n\n\
             rule late\n  refuse LATE\n  when visit.count > fee\n\nnorm fee: integer\n",
        );
        // The first program has nothing below it and is a node shorter, so no test asks for it.
        for year in 1999..2000 + years {
            let _ = writeln!(text, "  = {year} from {year}-01-01");
        }
        let bundle = Bundle::from_texts([("fees.ereje", text)]).unwrap();
        let model = check(&bundle.files, &bundle.sources).model.unwrap();
        let choices = Choices::defaults(&model);
        Plan::build(Arc::new(model), choices).unwrap()
    }

    fn first_of(year: i32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, 1, 1).unwrap()
    }

    #[test]
    fn a_plan_keeps_programs_up_to_its_bound() {
        let whole = yearly(40);
        let one = whole.program(first_of(2000), None).unwrap().nodes.len();
        let plan = yearly(40).keeping(one * 10);
        let mut kept = 0;
        for round in 0..2 {
            for year in 2000..2040 {
                let program = plan.program(first_of(year), None).unwrap();
                kept += usize::from(round == 0 && matches!(program, Handle::Kept(_)));
                assert_eq!(program.consts, whole.program(first_of(year), None).unwrap().consts);
            }
        }
        assert_eq!(kept, 10);
        assert_eq!(plan.stock.kept.load(Ordering::Relaxed), one * 10);
        assert_eq!(plan.stock.recent.lock().unwrap().len(), MAX_RECENT);
        assert_eq!(whole.stock.kept.load(Ordering::Relaxed), one * 40);
    }

    #[test]
    fn an_evaluation_holds_on_to_what_it_was_lent() {
        let plan = yearly(40).keeping(0);
        let programs = Programs::new(&plan);
        let lent: Vec<&Program> = (2000..2040).map(|year| programs.of(first_of(year), None).unwrap()).collect();
        // The last programs are still in the plan. The plan has dropped the first ones, and the evaluation still holds
        // them.
        assert!(std::ptr::eq(*lent.last().unwrap(), programs.of(first_of(2039), None).unwrap()));
        assert!(lent.iter().all(|program| program.nodes.len() == lent[0].nodes.len()));
    }
}
