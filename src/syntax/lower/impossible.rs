//! `impossible`: what no facts are. It is lowered to a rule that gives an outcome of its own.

use super::{Lower, Lowered, NodeParts};
use crate::source::Span;
use crate::syntax::ast::{IMPOSSIBLE, Name, ReasonRef, RuleSyntax};

impl Lower<'_> {
    pub(super) fn impossible(&mut self, mut inner: NodeParts<'_>, keyword: Span, span: Span) -> Lowered<RuleSyntax> {
        let name = self.next_name(&mut inner, span)?;
        let all = self.clauses(inner)?;
        Ok(RuleSyntax {
            replace: None,
            for_each: all.for_each,
            outcome: Name { text: IMPOSSIBLE.to_owned(), span: keyword },
            reason: ReasonRef { code: name.clone(), args: Vec::new(), span: name.span },
            impossible: Some(self.messages(all.labels)?),
            decides: None,
            when: all.when,
            unless: all.unless,
            scope: all.scope,
            sources: all.sources,
            name,
            span,
        })
    }
}
