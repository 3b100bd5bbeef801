//! What no facts are, and what is possible all the same.

use super::{Each, Writer};

impl Writer<'_, '_> {
    /// An `impossible`, mostly of something that some facts are.
    pub(super) fn impossible(&mut self) {
        let name = self.name("never");
        let each = self.some_each(40);
        let mut text = format!("impossible {name}");
        self.enter(each.as_ref());
        if let Some(Each { var, list, .. }) = &each {
            text += &format!(" for each {var} in {list}");
        }
        text += &self.conditions(1);
        self.leave(each.as_ref());
        if self.d.chance(25) {
            text += &self.scope(false, true);
        }
        self.items.push(text + "\n  en \"Not so.\"");
        if self.d.chance(30) {
            let exception = self.name("x");
            self.enter(each.as_ref());
            let conditions = self.conditions(1);
            self.leave(each.as_ref());
            self.items.push(format!("exception {exception} to {name}{conditions}"));
        }
    }
}
