//! Additional declarations of wide policies: facts of every type, lists of anything, and tables with all kinds of
//! columns, also in CSV files and in replacements.

use super::expr::Ty;
use super::items::{Writer, type_name};
use super::{File, Shape, wide};

/// The fields of a record: as text; and their names, types (`None` for a list of whole numbers) and shapes.
type Fields = (Vec<String>, Vec<(&'static str, Option<Ty>, Shape)>);

impl Writer<'_, '_> {
    /// More facts of the group `info`.
    pub(super) fn wide_facts(&mut self, fields: &mut Vec<String>, facts: &mut Vec<(String, Shape)>) {
        let all: [(&str, Ty, &str, &'static [&'static str]); 10] = [
            ("big", Ty::Whole, "integer", wide::WHOLES),
            ("rate", Ty::Rate, "decimal", wide::DECIMALS),
            ("note", Ty::Text, "text", wide::TEXTS),
            ("word", Ty::Text, "text", wide::TEXTS),
            ("lot", Ty::Area, "lot", wide::DECIMALS),
            ("term", Ty::Months, "duration in years", wide::MONTHS),
            ("span", Ty::Months, "duration in months", wide::MONTHS),
            ("wait", Ty::Days, "duration in weeks", wide::WEEKS),
            ("day", Ty::Date, "date", wide::DATES),
            ("place", Ty::Region, "region", &["North", "Town", "South", "Land", "Isle"]),
        ];
        for (i, (name, ty, written, among)) in all.into_iter().enumerate() {
            if i < 3 || self.d.chance(55) {
                fields.push(self.field(name, ty, written));
                facts.push((format!("info.{name}"), Shape::Among(among)));
                self.v.facts.push((format!("info.{name}"), ty));
            }
        }
    }

    /// More fields of people.
    pub(super) fn wide_fields(&mut self) -> Fields {
        let tags = format!("tags: list of integer{}", self.handlers(None, 1));
        let mut texts = vec![
            self.field("note", Ty::Text, "text"),
            tags,
            self.field("rate", Ty::Rate, "decimal"),
            self.field("day", Ty::Date, "date"),
        ];
        let mut known = vec![
            ("note", Some(Ty::Text), Shape::Among(wide::TEXTS)),
            ("tags", None, Shape::List(Box::new(Shape::Among(wide::WHOLES)))),
            ("rate", Some(Ty::Rate), Shape::Among(wide::DECIMALS)),
            ("day", Some(Ty::Date), Shape::Among(wide::DATES)),
        ];
        if self.d.chance(20) {
            let varying = |shape| Shape::OverTime(Box::new(shape));
            texts.push(self.field("grade", Ty::Whole, "integer over time"));
            texts.push(self.field("active", Ty::Bool, "bool over time"));
            known.push(("grade", Some(Ty::Whole), varying(Shape::Among(wide::WHOLES))));
            known.push(("active", Some(Ty::Bool), varying(Shape::Bool)));
            self.v.over_time = vec![("grade", Ty::Whole), ("active", Ty::Bool)];
        }
        (texts, known)
    }

    /// Lists of plain things, and a list of lists.
    pub(super) fn wide_lists(&mut self, facts: &mut Vec<(String, Shape)>) {
        let all: [(&str, Ty, &'static [&'static str]); 4] = [
            ("sizes", Ty::Whole, wide::WHOLES),
            ("names", Ty::Text, wide::TEXTS),
            ("days", Ty::Date, wide::DATES),
            ("rates", Ty::Rate, wide::DECIMALS),
        ];
        for (name, ty, among) in all {
            if self.d.chance(40) {
                let handlers =
                    if self.d.chance(15) { "\n    if absent means []".into() } else { self.handlers(None, 1) };
                self.items.push(format!("facts {name}: list of {}{handlers}", type_name(ty)));
                self.v.lists.push((name.into(), ty));
                facts.push((name.into(), Shape::List(Box::new(Shape::Among(among)))));
            }
        }
        if self.d.chance(35) {
            let handlers = self.handlers(None, 1);
            self.items.push(format!("facts grid: list of list of integer{handlers}"));
            self.v.grid = Some("grid".into());
            let row = Shape::List(Box::new(Shape::Among(wide::WHOLES)));
            facts.push(("grid".into(), Shape::List(Box::new(row))));
        }
        if self.d.chance(20) {
            let all = [
                ("wage", Ty::Money, Shape::Decimal),
                ("settled", Ty::Bool, Shape::Bool),
                ("class", Ty::Kind, Shape::Word(vec!["red", "green", "blue"])),
                ("due", Ty::Date, Shape::Among(wide::DATES)),
            ];
            let fields: Vec<String> = all
                .iter()
                .map(|(name, ty, _)| self.field(name, *ty, &format!("{} over time", type_name(*ty))))
                .collect();
            self.items.push(format!("facts then {{\n  {}\n}}", fields.join(",\n  ")));
            for (name, ty, shape) in all {
                let name = format!("then.{name}");
                facts.push((name.clone(), Shape::OverTime(Box::new(shape))));
                self.v.facts.push((name.clone(), ty));
                self.v.dated.push((name, ty));
            }
        }
        if self.d.chance(40) {
            let from = self.d.pick(&["", " from REG_A", " from REG_B"]);
            let (one, all) = (self.handlers(None, 1), self.handlers(None, 1));
            let part = "record Part { n: integer, on: bool, day: date, term: duration in months }";
            self.items.push(part.into());
            self.items.push(format!("facts stay: period{from}{one}"));
            self.items.push(format!("facts stays: list of period{all}"));
            self.v.periods = true;
            self.v.facts.extend([("stay.from".into(), Ty::Date), ("stay.through".into(), Ty::Date)]);
            // No last day is before a first one.
            let (first, last) =
                (&["2024-01-01", "2004-02-29", "0001-01-01"], &["2025-06-30", "2024-01-01", "9999-12-31"]);
            let ends = || vec![("from", Shape::Among(first)), ("through", Shape::Among(last))];
            facts.push(("stay".into(), Shape::Record(ends())));
            facts.push(("stays".into(), Shape::Records(ends())));
        }
    }

    /// A cell of a table's row.
    fn table_cell(&mut self, ty: Ty) -> String {
        if self.d.chance(30) {
            return self.d.pick(&["any", "-"]).into();
        }
        if self.d.chance(8) {
            return self.d.pick(&["absent", "unavailable"]).into();
        }
        let texts: &[&str] = match ty {
            Ty::Kind => &["red", "{ red, green }", "blue", "= green", "!= red"],
            Ty::Whole => &[
                "< 2",
                "2 .. 5",
                ">= 2",
                "{ 0, 1 }",
                "3",
                "> 4611686018427387904",
                "-1 .. 3",
                "0 ..< 3",
                "> 1 and < 5",
            ],
            Ty::Rate => &[
                "< 2.5",
                "0.0001 .. 0.3333",
                ">= 0.5",
                "2.345",
                "> 0.00005",
                "<= -0.0001",
                "0.1 ..< 2.5",
                "> 0.0001 and <= 2",
            ],
            Ty::Area => &["< 2 lot", "1 sq .. 3 lot", ">= 2.5 sq", "2.5 sq", "<= 0 sq"],
            Ty::Date => &[">= 2024-02-29", "2004-02-29 .. 2025-01-31", "< 2000-02-29", "2025-06-30"],
            Ty::Months => &["< 18 years", "1 month .. 216 months", ">= 216 months"],
            Ty::Days => &["< 2 weeks", "7 days .. 14 days", "7 days ..< 2 weeks", ">= 365 days"],
            Ty::Text => &["\"alpha\"", "{ \"alpha\", \"beta\" }", "!= \"alpha\"", "\"\"", "\"\u{e9}t\u{e9}\""],
            Ty::Bool => &["true", "false", "true"],
            Ty::Region => &["North", "{ North, South }", "Town"],
            Ty::Money => &["< 10 coin", ">= 2.5 coin"],
        };
        self.d.pick(texts).into()
    }

    /// The rows of a table, each with its cells.
    fn rows(&mut self, columns: &[Ty], ty: Ty, hit: &str) -> Vec<Vec<String>> {
        let count = 1 + self.d.below(5);
        (0..count)
            .map(|row| {
                let mut cells: Vec<String> = columns.iter().map(|c| self.table_cell(*c)).collect();
                let result = if hit == " count" { "1".into() } else { self.v.literal(self.d, ty) };
                cells.push(if hit.is_empty() { seen_late(row, result) } else { result });
                cells
            })
            .collect()
    }

    fn columns(&mut self) -> Vec<(String, Ty)> {
        let facts: Vec<(String, Ty)> = self.v.facts.iter().filter(|(n, _)| n.starts_with("info.")).cloned().collect();
        let mut columns: Vec<(String, Ty)> = Vec::new();
        for _ in 0..1 + self.d.below(3) {
            let one = self.d.pick(&facts);
            if !columns.contains(&one) {
                columns.push(one);
            }
        }
        columns
    }

    fn hit(&mut self, ty: Ty) -> &'static str {
        match ty {
            Ty::Whole => self.d.pick(&["", " first", " first", " sum", " min", " max", " count"]),
            Ty::Area | Ty::Money | Ty::Rate | Ty::Months | Ty::Days => {
                self.d.pick(&["", " first", " first", " sum", " min", " max"])
            }
            Ty::Date => self.d.pick(&["", " first", " min", " max"]),
            Ty::Bool | Ty::Kind | Ty::Region | Ty::Text => self.d.pick(&["", " first"]),
        }
    }

    /// A table by some facts, or by parameters, in the policy or in a CSV file.
    pub(super) fn wide_table(&mut self, name: &str, ty: Ty) {
        let hit = self.hit(ty);
        let columns = self.columns();
        let types: Vec<Ty> = columns.iter().map(|c| c.1).collect();
        let rows = self.rows(&types, ty, hit);
        let by: Vec<String> = columns.iter().map(|c| c.0.clone()).collect();
        let otherwise = format!("\n  otherwise {}", self.v.literal(self.d, ty));
        match self.d.below(4) {
            0 => {
                let file = format!("{name}.csv");
                let quoted = |cell: &String| match cell.contains([',', '"']) {
                    true => format!("\"{}\"", cell.replace('"', "\"\"")),
                    false => cell.clone(),
                };
                let mut lines: Vec<String> = Vec::new();
                let named = by.iter().map(|path| path.split('.').next_back().unwrap_or_default().to_owned());
                lines.push(named.chain([name.to_owned()]).collect::<Vec<_>>().join(","));
                lines.extend(rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",")));
                self.csv.push(File { name: file.clone(), items: vec![lines.join("\n")] });
                let head = format!("table {name}: {}{hit} by {}", type_name(ty), by.join(", "));
                self.items.push(format!("{head}\n  from \"{file}\"{otherwise}"));
                self.v.names.push((name.into(), ty));
            }
            1 => {
                let names: Vec<String> = (0..by.len()).map(|i| format!("c{i}")).collect();
                let params = names.iter().zip(&types).map(|(n, ty)| format!("{n}: {}", type_name(*ty)));
                let params = params.collect::<Vec<_>>().join(", ");
                let head = format!("table {name}({params}): {}{hit} by {}", type_name(ty), names.join(", "));
                self.items.push(head + &written(&rows) + &otherwise);
                self.v.functions.push((name.into(), types, ty));
            }
            _ => {
                let head = format!("table {name}: {}{hit} by {}", type_name(ty), by.join(", "));
                self.items.push(head + &written(&rows) + &otherwise);
                self.v.names.push((name.into(), ty));
                self.v.dated.push((name.into(), ty));
                self.tables.push((format!("table {name}"), ty));
            }
        }
    }

    /// Another version of a table or a scale.
    pub(super) fn replaced_table(&mut self, known: &[(String, Ty)], touched: &mut Vec<String>) {
        if known.is_empty() {
            return;
        }
        let (name, ty) = self.d.pick(known);
        if touched.contains(&name) {
            return;
        }
        touched.push(name.clone());
        if name.starts_with("scale") {
            let bands = self.d.pick(&[
                "\n  up to 5 coin rate 50%\n  above rate 1%",
                "\n  above rate 7.5%",
                "\n  up to info.n * 2 coin rate 20%\n  up to 6 coin rate 30%\n  above rate 1%",
            ]);
            self.items.push(format!("replace {name}: coin of {}{bands}", self.v.literal(self.d, Ty::Money)));
            return;
        }
        let hit = self.hit(ty);
        let columns = self.columns();
        let types: Vec<Ty> = columns.iter().map(|c| c.1).collect();
        let rows = self.rows(&types, ty, hit);
        let by: Vec<String> = columns.into_iter().map(|c| c.0).collect();
        let head = format!("replace {name}: {}{hit} by {}", type_name(ty), by.join(", "));
        let otherwise = self.v.literal(self.d, ty);
        self.items.push(format!("{head}{}\n  otherwise {otherwise}", written(&rows)));
    }
}

/// Every other result so that only a decision tells its value: two rows that fit the same facts with different results
/// are an error where the checker sees both.
pub(super) fn seen_late(row: usize, result: String) -> String {
    if row % 2 == 1 { format!("first([{result}])") } else { result }
}

fn written(rows: &[Vec<String>]) -> String {
    rows.iter().map(|row| format!("\n  | {} |", row.join(" | "))).collect()
}
