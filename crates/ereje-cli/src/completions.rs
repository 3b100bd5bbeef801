//! `ereje completions`: completions for a shell.
//!
//! They are generated from the command line, with the values of words that it takes as any text (codes, commands), and mended
//! where a shell would offer something else than the program takes: a value in one word with its option, `--format=json`, and
//! the value of an option that has it in no other form, `--coverage=full`.

use super::streams::Streams;
use super::{CliResult, Exit};
use clap::Command;
use clap::builder::PossibleValue;
use clap_complete::Shell;
use ereje::diagnostic::Code;
use std::fmt::Write as _;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje completions bash > ~/.local/share/bash-completion/completions/ereje
  ereje completions zsh > ~/.zfunc/_ereje
  ereje completions fish > ~/.config/fish/completions/ereje.fish")]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// `program` is the whole command line.
pub(super) fn run(args: &CompletionsArgs, program: Command, streams: &mut Streams) -> CliResult {
    let mut program = with_values(program);
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut program, "ereje", &mut text);
    let text = String::from_utf8_lossy(&text);
    let joined = joined_options(&program);
    let text = match args.shell {
        Shell::Bash => bash(&text, &joined),
        Shell::Zsh => zsh(&text, &joined),
        Shell::Fish => fish(&text, &joined, &program),
        Shell::Elvish | Shell::PowerShell | _ => text.into_owned(),
    };
    streams.print(&text)?;
    Ok(Exit::Done)
}

/// The command line with the words that can stand for a code and for a command. The program itself also takes others: `e201`.
fn with_values(program: Command) -> Command {
    let commands: Vec<PossibleValue> = program.get_subcommands().map(value_of).collect();
    let codes: Vec<PossibleValue> =
        Code::ALL.iter().map(|code| PossibleValue::new(code.name()).help(code.title())).collect();
    program
        .mut_subcommand("explain-code", |command| command.mut_arg("code", |arg| arg.value_parser(codes)))
        .mut_subcommand("man", |command| command.mut_arg("command", |arg| arg.value_parser(commands)))
}

fn value_of(command: &Command) -> PossibleValue {
    let value = PossibleValue::new(command.get_name().to_owned());
    match command.get_about() {
        Some(about) => value.help(about.to_string()),
        None => value,
    }
}

/// The options whose value stands in one word with them only: `--coverage=full`.
fn joined_options(program: &Command) -> Vec<String> {
    let commands = std::iter::once(program).chain(program.get_subcommands());
    let options = commands.flat_map(Command::get_arguments).filter(|arg| arg.is_require_equals_set());
    let mut names: Vec<String> = options.filter_map(|arg| arg.get_long().map(str::to_owned)).collect();
    names.sort();
    names.dedup();
    names
}

/// The shell cuts a word at `=`, so that the generated function does not see an option before its value; and where nothing is
/// written yet, options would be in the way of files.
fn bash(text: &str, joined: &[String]) -> String {
    let joined: Vec<String> = joined.iter().map(|name| format!("--{name}")).collect();
    let words = format!(
        r#"_ereje_words() {{
    local word="$2" before="$3" option="" COMP_CWORD="$COMP_CWORD"
    if [[ "$word" == --*=* ]]; then
        option="${{word%%=*}}="
        before="${{word%%=*}}"
        word="${{word#*=}}"
        COMP_CWORD=$((COMP_CWORD + 1))
    elif [[ "$before" == "=" && COMP_CWORD -ge 2 ]]; then
        before="${{COMP_WORDS[COMP_CWORD-2]}}"
    elif [[ "${{COMP_WORDS[COMP_CWORD]}}" != "=" ]]; then
        case "$before" in
            {})
                before=""
                ;;
        esac
    fi
    _ereje "$1" "$word" "$before"
    local offered
    for offered in "${{!COMPREPLY[@]}}"; do
        if [[ -z "$word" && "${{COMPREPLY[offered]}}" == -* ]]; then
            unset "COMPREPLY[offered]"
        elif [[ -n "$option" ]]; then
            COMPREPLY[offered]="$option${{COMPREPLY[offered]}}"
        fi
    done
    COMPREPLY=("${{COMPREPLY[@]}}")
}}

"#,
        joined.join("|")
    );
    let text = text.replace("complete -F _ereje ", "complete -F _ereje_words ");
    let end = text.rfind("if [[ \"${BASH_VERSINFO").unwrap_or(text.len());
    let (function, registration) = text.split_at(end);
    format!("{function}{words}{registration}")
}

/// In a specification, `=-` says that the value follows in the same word.
fn zsh(text: &str, joined: &[String]) -> String {
    joined.iter().fold(text.to_owned(), |text, name| text.replace(&format!("'--{name}=["), &format!("'--{name}=-[")))
}

/// An option that requires a value (`-r`) takes it from the next word as well; `help` counts itself among the commands that it
/// was given; and words that are no options are not generated.
fn fish(text: &str, joined: &[String], program: &Command) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let is_joined = joined.iter().any(|name| line.contains(&format!(" -l {name} ")));
        let line = if is_joined { line.replacen(" -r -f -a ", " -f -a ", 1) } else { line.to_owned() };
        let of_help = line.contains("_using_subcommand help; and not ");
        let line = if of_help { line.replacen(" help\" -f -a ", "\" -f -a ", 1) } else { line };
        out.push_str(&line);
        out.push('\n');
    }
    for command in program.get_subcommands() {
        for value in command.get_positionals().flat_map(|arg| arg.get_possible_values()) {
            let about = value.get_help().map(ToString::to_string).unwrap_or_default();
            let about = about.replace('\\', "\\\\").replace('\'', "\\'");
            let (command, name) = (command.get_name(), value.get_name());
            // Writing to a text cannot fail.
            let _ = writeln!(
                out,
                "complete -c ereje -n \"__fish_ereje_using_subcommand {command}\" -f -a '{name}' -d '{about}'"
            );
        }
    }
    out
}
