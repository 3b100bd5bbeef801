//! Case files: a base set of facts, and for each case what is changed, removed and assumed, and what has to come out.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A `*.test.yaml` file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// The policy's folder, relative to the file.
    pub policy: PathBuf,
    /// A whole fact set.
    pub base: Value,
    /// What is tried.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    /// The rule or gap that it stands for.
    pub law: String,
    /// Dotted paths into the facts, with the values that they get.
    #[serde(default)]
    pub change: BTreeMap<String, Value>,
    /// Facts that nobody has asked for.
    #[serde(default)]
    pub remove: Vec<String>,
    /// Choices other than the defaults.
    #[serde(default)]
    pub assume: BTreeMap<String, Value>,
    /// Parts of the decision; what is given is compared exactly.
    pub expect: Expected,
}

/// What a case expects of its decision.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub outcome: String,
    pub reasons: Option<Vec<String>>,
    pub notices: Option<Vec<String>>,
    pub needs: Option<Vec<String>>,
    pub outputs: Option<BTreeMap<String, Value>>,
    pub assumptions: Option<BTreeMap<String, Value>>,
}

impl CaseFile {
    /// Reads a case file.
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The facts of a case.
    pub fn facts(&self, case: &Case) -> Value {
        let mut facts = self.base.clone();
        for (path, value) in &case.change {
            set(&mut facts, path, Some(value.clone()));
        }
        for path in &case.remove {
            set(&mut facts, path, None);
        }
        facts
    }
}

/// Puts a value at a path such as `owners[0].consent`, or takes it away. Only the last step may be new.
fn set(facts: &mut Value, path: &str, value: Option<Value>) {
    let pointer = format!("/{}", path.replace('[', ".").replace(']', "").replace('.', "/"));
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = facts.pointer_mut(parent).unwrap_or_else(|| panic!("there is no `{path}` in the base"));
    match (parent, value) {
        (Value::Object(object), Some(value)) => {
            object.insert(last.to_owned(), value);
        }
        (Value::Object(object), None) => {
            object.remove(last).unwrap_or_else(|| panic!("`{path}` is not in the base, so it cannot be removed"));
        }
        (Value::Array(items), Some(value)) => items[last.parse::<usize>().unwrap()] = value,
        (other, _) => panic!("`{path}` leads into {other}"),
    }
}

impl Case {
    /// The choices that are made, as `--assume` takes them.
    pub fn assumed(&self) -> Vec<(&str, String)> {
        self.assume.iter().map(|(name, value)| (name.as_str(), plain(value))).collect()
    }
}

impl Expected {
    /// What of a decision is not as expected, a line for each part.
    pub fn differences(&self, decision: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut compare = |part: &str, want: Value, got: Value| {
            if want != got {
                wrong.push(format!("    {part}: wanted {want}, got {got}"));
            }
        };
        compare("outcome", self.outcome.clone().into(), decision["outcome"].clone());
        for (part, key, want) in
            [("reasons", "code", &self.reasons), ("notices", "code", &self.notices), ("needs", "fact", &self.needs)]
        {
            if let Some(want) = want {
                let got: Vec<Value> = decision[part].as_array().unwrap().iter().map(|item| item[key].clone()).collect();
                compare(part, want.clone().into(), got.into());
            }
        }
        for (part, want) in [("outputs", &self.outputs), ("assumptions", &self.assumptions)] {
            if let Some(want) = want {
                let want = want.iter().map(|(name, value)| (name.clone(), plain(value).into())).collect::<Map<_, _>>();
                let got = plain_values(&decision[part]);
                compare(part, want.into(), got);
            }
        }
        wrong
    }
}

/// A value as text, so that `true` and `"true"` need no thought.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// An object with each of its values as text.
pub fn plain_values(object: &Value) -> Value {
    let values = object.as_object().unwrap().iter();
    values.map(|(name, value)| (name.clone(), plain(value).into())).collect::<Map<_, _>>().into()
}
