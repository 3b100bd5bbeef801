//! The results of cases as JUnit XML: a suite for each case file.

use super::trial_run::{TrialRun, body, sentence};
use ereje::visible::visible;
use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};
use std::io;

/// The report. There is no standard; build servers read `testsuites`, `testsuite`, and `testcase` with `failure`
/// inside.
pub(super) fn report(runs: &[TrialRun<'_>]) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(quick_xml::events::BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let failed = |runs: &[TrialRun<'_>]| runs.iter().filter(|run| !run.holds()).count().to_string();
    let all = writer.create_element("testsuites").with_attributes([
        ("name", "ereje test"),
        ("tests", runs.len().to_string().as_str()),
        ("failures", failed(runs).as_str()),
    ]);
    all.write_inner_content(|writer| {
        for suite in runs.chunk_by(|a, b| a.file == b.file) {
            let file = visible(suite.first().map_or("", |run| run.file));
            let element = writer.create_element("testsuite").with_attributes([
                ("name", &*file),
                ("tests", suite.len().to_string().as_str()),
                ("failures", failed(suite).as_str()),
            ]);
            element.write_inner_content(|writer| {
                for run in suite {
                    case(writer, run)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    let mut text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
    text.push('\n');
    Ok(text)
}

fn case(writer: &mut Writer<Vec<u8>>, run: &TrialRun<'_>) -> io::Result<()> {
    let position = run.suite.sources.get(run.trial.span.file).map(|source| source.position(run.trial.span.start));
    let line = position.map_or_else(String::new, |position| position.line.to_string());
    // XML has no way to write most characters that hide, so they are made visible, for programs as well.
    let (name, file) = (visible(&run.trial.name), visible(run.file));
    let element = writer.create_element("testcase").with_attributes([
        ("name", &*name),
        ("classname", &file),
        ("file", &file),
        ("line", line.as_str()),
    ]);
    if run.holds() {
        element.write_empty()?;
        return Ok(());
    }
    let message = run
        .judgement
        .as_ref()
        .and_then(|judgement| judgement.wrong.first())
        .map_or_else(|| String::from("the policy has errors under the assumptions of this case"), sentence);
    element.write_inner_content(|writer| {
        let failure = writer.create_element("failure").with_attribute(("message", message.as_str()));
        failure.write_text_content(BytesText::new(&body(run)))?;
        Ok(())
    })?;
    Ok(())
}
