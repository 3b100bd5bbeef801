//! Completions offer what the program takes. Those for bash are run in bash; of those for other shells the text is read, and what it
//! says was tried in zsh 5.9 and fish 3.6.

use crate::it::cli::ereje;
use std::fs;
use std::process::Command;

fn script(shell: &str) -> String {
    let run = ereje(std::path::Path::new("."), &["completions", shell]);
    assert_eq!(run.code, 0, "{}", run.err);
    run.out
}

/// What bash offers after some words of a command line; nothing where it falls back on files. `=` is a word of its own there,
/// except where a user takes it from the signs that part words.
#[cfg(unix)]
fn offered(words: &[&str]) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("ereje.bash"), script("bash")).unwrap();
    // The shell gives the word at the cursor, empty for a `=`, and the word before it.
    let (last, before) = match words {
        [.., option, "="] => ("", *option),
        [.., before, last] => (*last, *before),
        _ => panic!("{words:?}"),
    };
    let call = "source ./ereje.bash\nword=\"$1\" before=\"$2\"\nshift 2\nCOMP_WORDS=(\"$@\")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n\
                _ereje_words ereje \"$word\" \"$before\"\nprintf '%s\\n' \"${COMPREPLY[@]}\"";
    let output = Command::new("bash")
        .args(["--norc", "-c", call, "bash", last, before])
        .args(words)
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn bash_offers_values_codes_and_commands() {
    let all = ["text", "short", "json", "sarif"];
    assert_eq!(offered(&["ereje", "check", "--format", ""]), all);
    assert_eq!(offered(&["ereje", "check", "--format", "="]), all);
    assert_eq!(offered(&["ereje", "check", "--format", "=", "j"]), ["json"]);
    assert_eq!(offered(&["ereje", "check", "--format=j"]), ["--format=json"]);
    // A word behind it is a path: this option has its value in the same word.
    assert_eq!(offered(&["ereje", "test", "--coverage", ""]), [""; 0]);
    assert_eq!(offered(&["ereje", "test", "--coverage", "g"]), [""; 0]);
    assert_eq!(offered(&["ereje", "test", "--coverage", "="]), ["counts", "gaps", "full"]);
    assert_eq!(offered(&["ereje", "test", "--coverage", "=", "g"]), ["gaps"]);
    assert_eq!(offered(&["ereje", "eval", "--explain", "=", "s"]), ["short"]);
    assert!(offered(&["ereje", "explain-code", "E02"]).contains(&"E0201".to_owned()));
    assert_eq!(offered(&["ereje", "help", "ch"]), ["check"]);
    assert_eq!(offered(&["ereje", "man", "sch"]), ["schema"]);
    assert_eq!(offered(&["ereje", "ch"]), ["check"]);
    // Options are not in the way of paths, and are there where one begins.
    assert_eq!(offered(&["ereje", "test", ""]), [""; 0]);
    assert_eq!(offered(&["ereje", "test", "--wat"]), ["--watch"]);
}

#[test]
fn the_other_shells_are_told_the_same() {
    let zsh = script("zsh");
    for part in
        ["'--coverage=-[Show", "'--explain=-[Say", "E0201\\:\"an unknown name\"", "schema\\:\"Show the form of facts"]
    {
        assert!(zsh.contains(part), "{part}\n{zsh}");
    }
    let fish = script("fish");
    let line =
        |start: &str| fish.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}\n{fish}"));
    let of = |command: &str| format!("complete -c ereje -n \"__fish_ereje_using_subcommand {command}\"");
    assert!(!line(&format!("{} -l coverage ", of("test"))).contains(" -r "));
    assert!(line(&format!("{} -l format ", of("test"))).contains(" -r "));
    assert!(line(&format!("{} -f -a 'E0201'", of("explain-code"))).ends_with("-d 'an unknown name'"));
    line(&format!("{} -f -a 'schema'", of("man")));
    let help = line("complete -c ereje -n \"__fish_ereje_using_subcommand help; and not");
    assert!(!help.contains(" help\""), "{help}");
}

/// What the completions offer as a value, the program takes in its own help and in no other form than before.
#[test]
fn offering_words_forbids_no_others() {
    let here = std::path::Path::new(".");
    assert_eq!(ereje(here, &["explain-code", "e201"]).code, 0);
    assert!(ereje(here, &["explain-code", "E9999"]).err.contains("there is no code `E9999`"));
}
