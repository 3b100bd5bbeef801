//! Small wrong laws, and which of them no case notices.
//!
//! Comes in: a policy's texts and its cases. Goes out: the mutants, policies with one mistake each, and the survivors among
//! them, those under which every case still comes out as expected. `walk` finds the places that say something, `small`
//! makes the edits of each, `random` larger ones; `laws` makes policies of them, `run` tries the cases, and `search` looks for
//! facts that would tell a survivor apart.

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
