//! The results of cases as JUnit XML: a suite for each case file.

use super::phrases::phrases;
use super::trial_run::{TrialRun, body, sentence};
use crate::cases::RunError;
use crate::language;
use ereje::visible::visible;
use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};
use std::io;

/// The report. There is no standard; build servers read `testsuites`, `testsuite`, and `testcase` with `failure` or
/// `error` inside. What could not be run is an `error` in the suite of its file, so that no report is green that is not
/// complete.
pub(super) fn report(runs: &[TrialRun<'_>], errors: &[RunError]) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(quick_xml::events::BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let mut suites: Vec<TestSuite<'_, '_>> = runs
        .chunk_by(|a, b| a.file == b.file)
        .map(|runs| TestSuite { file: runs.first().map_or("", |run| run.file), runs, errors: Vec::new() })
        .collect();
    for error in errors {
        match suites.iter_mut().find(|suite| suite.file == error.file) {
            Some(suite) => suite.errors.push(error),
            None => suites.push(TestSuite { file: &error.file, runs: &[], errors: vec![error] }),
        }
    }
    let counts = counts(runs, errors.len());
    let all = writer.create_element("testsuites").with_attribute(("name", "ereje test"));
    all.with_attributes(attributes(&counts)).write_inner_content(|writer| {
        for suite in &suites {
            let file = visible(suite.file);
            let counts = self::counts(suite.runs, suite.errors.len());
            let element = writer.create_element("testsuite").with_attribute(("name", &*file));
            element.with_attributes(attributes(&counts)).write_inner_content(|writer| {
                suite.errors.iter().try_for_each(|found| error(writer, found))?;
                suite.runs.iter().try_for_each(|run| case(writer, run))
            })?;
        }
        Ok(())
    })?;
    let mut text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
    text.push('\n');
    Ok(text)
}

/// The cases of a file, and what could not be run of it.
struct TestSuite<'s, 'r> {
    file: &'r str,
    runs: &'r [TrialRun<'s>],
    errors: Vec<&'r RunError>,
}

/// The numbers of tests, failures and errors.
fn counts(runs: &[TrialRun<'_>], errors: usize) -> [String; 3] {
    let failed = runs.iter().filter(|run| !run.holds()).count();
    [runs.len() + errors, failed, errors].map(|count| count.to_string())
}

fn attributes([tests, failures, errors]: &[String; 3]) -> [(&str, &str); 3] {
    [("tests", tests), ("failures", failures), ("errors", errors)]
}

/// What could not be run, as a test that ended in an error.
fn error(writer: &mut Writer<Vec<u8>>, error: &RunError) -> io::Result<()> {
    let (file, message) = (visible(&error.file), visible(&error.message));
    let place = visible(&error.place);
    let name = if error.place == error.file { String::from("the file") } else { format!("the file, {place}") };
    let element = writer.create_element("testcase").with_attributes([
        ("name", name.as_str()),
        ("classname", &file),
        ("file", &file),
    ]);
    element.write_inner_content(|writer| {
        let found = writer.create_element("error").with_attribute(("message", &*message));
        let found = found.with_attribute(("type", error.code.unwrap_or("error")));
        found.write_text_content(BytesText::new(&place))?;
        Ok(())
    })?;
    Ok(())
}

fn case(writer: &mut Writer<Vec<u8>>, run: &TrialRun<'_>) -> io::Result<()> {
    let written = run.suite.sources.get(run.trial.span.file);
    let line = written.map_or_else(String::new, |source| source.position(run.trial.span.start).line.to_string());
    // XML has no way to write most characters that hide, so they are made visible, for programs as well.
    let (name, class) = (visible(&run.trial.name), visible(run.file));
    // A row of a table stands in the CSV file of its case.
    let file = visible(written.map_or(run.file, |source| &source.name));
    let element = writer.create_element("testcase").with_attributes([
        ("name", &*name),
        ("classname", &class),
        ("file", &file),
        ("line", line.as_str()),
    ]);
    if run.holds() {
        element.write_empty()?;
        return Ok(());
    }
    // Programs are told in English, whatever people read.
    let phrases = phrases("en");
    let message = run
        .judgement
        .as_ref()
        .and_then(|judgement| judgement.wrong.first())
        .map_or_else(|| phrases.policy_has_errors.to_owned(), |wrong| sentence(wrong, phrases));
    element.write_inner_content(|writer| {
        let failure = writer.create_element("failure").with_attribute(("message", message.as_str()));
        failure.write_text_content(BytesText::new(&body(run, phrases, language::usual(&run.suite.policy))))?;
        Ok(())
    })?;
    Ok(())
}
