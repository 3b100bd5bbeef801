//! Counts: how many goals of each kind were reached, and whether they are enough.

use super::{Coverage, CoverageKind};

/// How many goals of a kind there are, and how many were reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoverageRatio {
    /// The goals that at least one case reached.
    pub reached: usize,
    /// All goals.
    pub all: usize,
}

impl CoverageRatio {
    /// The share in tenths of a percent, rounded down, so that 1000 means all.
    #[must_use]
    pub fn permille(self) -> usize {
        (self.reached * 1000).checked_div(self.all).unwrap_or(1000)
    }

    /// The share for people: `96.2%`; a dash if there are no goals.
    #[must_use]
    pub fn percent(self) -> String {
        match (self.all, self.permille()) {
            (0, _) => "–".into(),
            (_, permille) if permille % 10 == 0 => format!("{}%", permille / 10),
            (_, permille) => format!("{}.{}%", permille / 10, permille % 10),
        }
    }

    /// True if the share is at least so many percent, computed in whole numbers.
    #[must_use]
    pub fn is_at_least(self, percent: u32) -> bool {
        self.reached * 100 >= self.all * percent as usize
    }

    fn and(self, other: Self) -> Self {
        Self { reached: self.reached + other.reached, all: self.all + other.all }
    }
}

/// The share of goals that has to be reached: of one kind, or of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// The kind; `None` for every kind.
    pub kind: Option<CoverageKind>,
    /// In percent, 0 to 100.
    pub percent: u32,
}

impl Floor {
    /// Reads `95` or `rules=100`.
    ///
    /// # Errors
    /// What was expected, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let (kind, number) = match text.split_once('=') {
            None => (None, text),
            Some((name, number)) => {
                let kind = CoverageKind::ALL.into_iter().find(|kind| kind.name() == name.trim());
                let known = || CoverageKind::ALL.map(CoverageKind::name).join(", ");
                (
                    Some(kind.ok_or_else(|| format!("there is no kind `{}`; there are {}", name.trim(), known()))?),
                    number,
                )
            }
        };
        let number = number.trim().trim_end_matches('%');
        let percent = number.parse::<u32>().ok().filter(|percent| *percent <= 100);
        let percent = percent.ok_or("a whole number from 0 to 100 is expected, alone or as `rules=100`")?;
        Ok(Self { kind, percent })
    }
}

impl Coverage {
    /// How many goals of a kind were reached.
    #[must_use]
    pub fn ratio(&self, kind: CoverageKind) -> CoverageRatio {
        let mut ratio = CoverageRatio::default();
        for (_, cases) in self.goals().filter(|(goal, _)| goal.kind == kind) {
            ratio = ratio.and(CoverageRatio { reached: usize::from(!cases.is_empty()), all: 1 });
        }
        ratio
    }

    /// The kinds of which too little was reached, each with the required percentage. A floor for one kind replaces the
    /// floor for every kind.
    #[must_use]
    pub fn below(&self, floors: &[Floor]) -> Vec<(CoverageKind, CoverageRatio, u32)> {
        let mut found = Vec::new();
        for kind in CoverageKind::ALL {
            let own = floors.iter().filter(|floor| floor.kind == Some(kind)).map(|floor| floor.percent).max();
            let each = floors.iter().filter(|floor| floor.kind.is_none()).map(|floor| floor.percent).max();
            if let Some(percent) = own.or(each) {
                let ratio = self.ratio(kind);
                if !ratio.is_at_least(percent) {
                    found.push((kind, ratio, percent));
                }
            }
        }
        found
    }
}
