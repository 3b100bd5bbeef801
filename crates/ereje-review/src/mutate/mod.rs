//! Small wrong laws, and which of them no case notices.
//!
//! Comes in: a policy's texts and its cases. Goes out: the mutants, which are policies with one mistake each, and the
//! survivors, under which every case still has the expected result. `walk` finds the places that can be edited, `small`
//! makes the edits of each, `random` larger ones; `laws` makes policies of them, `run` tries the cases, and `search`
//! looks for facts that tell a survivor from the policy.

mod dice;
mod digits;
mod explained;
mod laws;
mod policy_names;
mod random;
mod report;
mod run;
mod search;
mod shown;
mod site;
mod small;
mod touch;
mod walk;
mod words;

pub use explained::{Explanation, FILE, read};
pub use laws::{Laws, Mutant};
pub use report::{MutationReport, MutationScore};
pub use run::{Cases, MutantStatus};
pub use search::Witness;
pub use site::{Operator, Splice};
