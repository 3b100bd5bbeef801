//! `ereje diff` in a stranger's repository: nothing is run but git itself, nothing is fetched, nothing is waited for, and links
//! lead where they lead on the disk.
#![cfg(unix)]

use super::revisions::{CASES, diff, git, repository, run};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program that leaves a trace when it is run.
fn trap(folder: &Path, name: &str) -> String {
    let path = folder.join(name);
    let sprung = folder.join("sprung").display().to_string();
    fs::write(&path, format!("#!/bin/sh\necho {name} >> {sprung}\ncat\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

fn sprung(folder: &Path) -> String {
    fs::read_to_string(folder.join("sprung")).unwrap_or_default()
}

#[test]
fn a_repository_runs_nothing() {
    let dir = repository();
    let traps = tempfile::tempdir().unwrap();
    let trap = |name: &str| trap(traps.path(), name);
    for (key, name) in [
        ("filter.f.smudge", "smudge"),
        ("filter.f.clean", "clean"),
        ("filter.f.process", "process"),
        ("diff.d.textconv", "textconv"),
        ("diff.d.command", "command"),
        ("diff.external", "external"),
        ("core.fsmonitor", "fsmonitor"),
        ("core.pager", "pager"),
        ("pager.ls-tree", "pager"),
        ("pager.rev-parse", "pager"),
        ("core.editor", "editor"),
        ("core.sshCommand", "ssh"),
        ("core.askPass", "askpass"),
        ("alias.cat-file", "alias"),
        ("credential.helper", "credential"),
    ] {
        git(dir.path(), &["config", key, &trap(name)]);
    }
    git(dir.path(), &["config", "filter.f.required", "true"]);
    git(dir.path(), &["config", "core.hooksPath", &traps.path().display().to_string()]);
    for hook in ["post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman"] {
        trap(hook);
    }
    fs::write(dir.path().join(".git/info/attributes"), "*.ereje filter=f diff=d\n*.yaml filter=f diff=d\n").unwrap();
    // A folder that looks like a repository has no say, either.
    let inner = dir.path().join("law/cards");
    for name in ["objects", "refs"] {
        fs::create_dir(inner.join(name)).unwrap();
    }
    fs::write(inner.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::write(inner.join("config"), format!("[core]\n\tbare = true\n\tfsmonitor = {}\n", trap("inner"))).unwrap();
    // What only the filter knows is an error, and without it all is as git keeps it.
    for args in [["HEAD~1", "law/cards"], ["HEAD~1:law/cards", "HEAD:law/cards"]] {
        let (code, out, errors) = diff(dir.path(), &args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {errors}");
        assert!(errors.contains("`policy.ereje` cannot be read"), "{args:?}: {errors}");
        assert!(errors.contains("through the filter `f`, a program that is not run here"), "{args:?}: {errors}");
    }
    fs::write(dir.path().join(".git/info/attributes"), "*.ereje diff=d\n*.yaml diff=d working-tree-encoding=UTF-8\n")
        .unwrap();
    for args in [["HEAD~1", "law/cards"], ["HEAD~1:law/cards", "HEAD:law/cards"]] {
        let (code, out, errors) = diff(dir.path(), &args);
        assert!(out.contains("norm least_age (changed)"), "{args:?}: {code} {out}\n{errors}");
    }
    assert_eq!(sprung(traps.path()), "");
}

#[test]
fn the_environment_points_git_nowhere_else() {
    let dir = repository();
    let elsewhere = tempfile::tempdir().unwrap();
    git(elsewhere.path(), &["init", "-q", "-b", "main"]);
    let traced = elsewhere.path().join("traced");
    let traced = traced.to_str().unwrap();
    let other = elsewhere.path().join(".git");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ereje"));
    command.args(["diff", "HEAD~1", "law/cards"]).current_dir(dir.path());
    for name in ["GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_WORK_TREE"] {
        command.env(name, &other);
    }
    for name in ["GIT_TRACE", "GIT_TRACE2", "GIT_TRACE_SETUP"] {
        command.env(name, traced);
    }
    let external = trap(elsewhere.path(), "external");
    for name in ["GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_SSH_COMMAND", "GIT_ASKPASS"] {
        command.env(name, &external);
    }
    command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", "core.fsmonitor").env("GIT_CONFIG_VALUE_0", &external);
    let output = command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").output().unwrap();
    let (out, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(out.contains("norm least_age (changed)"), "{out}\n{errors}");
    assert!(!Path::new(traced).exists());
    assert_eq!(sprung(elsewhere.path()), "");
}

#[test]
fn a_partial_clone_fetches_nothing() {
    let dir = repository();
    git(dir.path(), &["config", "uploadpack.allowFilter", "true"]);
    git(dir.path(), &["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let parts = tempfile::tempdir().unwrap();
    let from = format!("file://{}", dir.path().display());
    git(parts.path(), &["clone", "-q", "--filter=blob:none", "--no-checkout", &from, "clone"]);
    let clone = parts.path().join("clone");
    let path = parts.path().join("upload");
    let sprung_at = parts.path().join("sprung").display().to_string();
    fs::write(&path, format!("#!/bin/sh\necho upload >> {sprung_at}\nexec git-upload-pack \"$@\"\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    git(&clone, &["config", "remote.origin.uploadpack", path.to_str().unwrap()]);
    let objects = || {
        let (_, out, _) = run("git", &clone, &["count-objects", "-v"]);
        out
    };
    let before = objects();
    let (code, out, errors) = diff(&clone, &["HEAD~1:law/cards", "HEAD:law/cards"]);
    assert_eq!((code, out.as_str()), (2, ""), "{errors}");
    assert!(errors.contains("`policy.ereje` cannot be read"), "{errors}");
    assert!(errors.contains("git does not have its text in this clone"), "{errors}");
    assert!(
        errors.contains("help: this clone holds only a part of its objects, and nothing is fetched here"),
        "{errors}"
    );
    assert_eq!((sprung(parts.path()), objects()), (String::new(), before));
    // Somebody who asks for the objects has them, and then they are compared.
    for file in ["law/cards/policy.ereje", "law/cards/cards.test.yaml", "law/common/ages.ereje"] {
        for revision in ["HEAD~1", "HEAD"] {
            git(&clone, &["cat-file", "-e", &format!("{revision}:{file}")]);
        }
    }
    let (code, out, errors) = diff(&clone, &["HEAD~1:law/cards", "HEAD:law/cards"]);
    assert_eq!(code, 1, "{out}{errors}");
}

/// The output of a run that must not take long.
fn at_once(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ereje"));
    command.args(args).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            child.wait().unwrap();
            return (None, String::from("it waits for ever"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn pipes_and_devices_are_not_opened() {
    let dir = repository();
    let cards = dir.path().join("law/cards");
    let pipe = cards.join("x.test.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (code, errors) = at_once(dir.path(), &["diff", "HEAD~1", "law/cards"]);
    assert_eq!(code, Some(2), "{errors}");
    assert!(errors.contains("`law/cards/x.test.yaml` cannot be read: it is a named pipe"), "{errors}");
    fs::remove_file(&pipe).unwrap();
    symlink("/dev/zero", &pipe).unwrap();
    let (code, errors) = at_once(dir.path(), &["diff", "HEAD~1", "law/cards"]);
    assert_eq!(code, Some(2), "{errors}");
    assert!(errors.contains("`law/cards/x.test.yaml` cannot be read: a link on this path leads outside"), "{errors}");
    // Not where it is allowed, either.
    let (code, errors) = at_once(dir.path(), &["diff", "HEAD~1", "law/cards", "--root", "/"]);
    assert_eq!(code, Some(2), "{errors}");
}

#[test]
fn links_lead_where_they_lead_on_the_disk() {
    let dir = repository();
    let root = dir.path();
    let write = |name: &str, text: &str| {
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        fs::write(root.join(name), text).unwrap();
    };
    // A file, a folder, a link to a link, a second name of a file that is there already, and a folder of cases.
    write("shared/limit.ereje", "norm most_age: integer = 80 en \"Most age\"\n");
    write(
        "shared/more/old.ereje",
        "rule too_old\n  refuse TOO_OLD\n  when reader.age > most_age\nreason TOO_OLD en \"Too old.\"\n",
    );
    write("shared/cases/b.test.yaml", CASES);
    symlink("../shared/limit.ereje", root.join("law/limit.ereje")).unwrap();
    symlink("../limit.ereje", root.join("law/cards/limit.ereje")).unwrap();
    symlink("../../shared/more", root.join("law/cards/more")).unwrap();
    symlink("policy.ereje", root.join("law/cards/twin.ereje")).unwrap();
    symlink("../../shared/cases", root.join("law/cards/cases")).unwrap();
    symlink("cards", root.join("law/link")).unwrap();
    let text = fs::read_to_string(root.join("law/cards/policy.ereje")).unwrap();
    write("law/cards/policy.ereje", &text.replace("../common", "../common/ages.ereje"));
    git(root, &["add", "."]);
    git(root, &["commit", "-q", "-m", "links"]);
    for args in [
        ["HEAD", "law/cards"],
        ["HEAD:law/cards", "HEAD:law/link"],
        ["HEAD:law/link", "law/link"],
        ["HEAD", "law/cards/twin.ereje"],
    ] {
        let (code, out, errors) = diff(root, &args);
        assert_eq!((code, errors.as_str()), (0, ""), "{args:?}: {out}");
        assert!(out.contains("The two versions say the same"), "{args:?}: {out}");
    }
    // What a link leads to is compared.
    write("shared/limit.ereje", "norm most_age: integer = 7 en \"Most age\"\n");
    let (code, out, errors) = diff(root, &["HEAD", "law/cards"]);
    assert_eq!(code, 1, "{out}{errors}");
    assert!(out.contains("norm most_age (changed)"), "{out}");
    // Out of the repository nothing is read, and that is said.
    symlink("../../../elsewhere.ereje", root.join("law/cards/out.ereje")).unwrap();
    git(root, &["add", "."]);
    git(root, &["commit", "-q", "-m", "out"]);
    let (code, _, errors) = diff(root, &["HEAD:law/cards", "HEAD~1:law/cards"]);
    assert_eq!(code, 2);
    assert!(errors.contains("--> HEAD:law/cards/out.ereje"), "{errors}");
    assert!(errors.contains("a link on this path leads outside the repository"), "{errors}");
}

#[test]
fn a_colon_alone_names_no_revision() {
    let dir = repository();
    let (code, _, errors) = diff(dir.path(), &[":law/cards", "law/cards"]);
    assert_eq!(code, 2);
    assert!(errors.starts_with("error: `:law/cards` is no file or folder, and names no revision\n"), "{errors}");
    assert!(errors.contains("help: write REV:PATH"), "{errors}");
}
