//! `ereje diff` reads of a revision what a checkout of it would put on the disk; what it cannot know is an error with a name and
//! a next step, and never a version without it.
#![cfg(unix)]

use super::revisions::{CASES, diff, git, repository, run};
use ereje::digest::sha256;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn commit(folder: &Path) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "--allow-empty", "-m", "more"]);
}

/// The errors of a comparison that does not come about.
fn refused(folder: &Path, args: &[&str]) -> String {
    let (code, out, errors) = diff(folder, args);
    assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {errors}");
    errors
}

fn same(folder: &Path, args: &[&str]) {
    let (code, out, errors) = diff(folder, args);
    assert_eq!((code, errors.as_str()), (0, ""), "{args:?}: {out}");
    assert!(out.contains("The two versions say the same"), "{args:?}: {out}");
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

/// A repository with the folder `common` in a submodule `law/lib`, which has changed once.
fn with_submodule() -> (tempfile::TempDir, tempfile::TempDir) {
    let (lib, dir) = (tempfile::tempdir().unwrap(), repository());
    git(lib.path(), &["init", "-q", "-b", "main"]);
    let ages = fs::read_to_string(dir.path().join("law/common/ages.ereje")).unwrap();
    write(lib.path(), "common/ages.ereje", &ages);
    commit(lib.path());
    git(dir.path(), &["rm", "-q", "-r", "law/common"]);
    let from = lib.path().display().to_string();
    git(dir.path(), &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &from, "law/lib"]);
    let policy = fs::read_to_string(dir.path().join("law/cards/policy.ereje")).unwrap();
    write(dir.path(), "law/cards/policy.ereje", policy.replace("../common", "../lib/common"));
    commit(dir.path());
    let inside = dir.path().join("law/lib");
    write(&inside, "common/ages.ereje", ages.replace("= 9", "= 7"));
    commit(&inside);
    (lib, dir)
}

#[test]
fn a_submodule_is_read_at_the_commit_of_the_revision() {
    let (_lib, dir) = with_submodule();
    let (code, out, errors) = diff(dir.path(), &["HEAD", "law/cards"]);
    assert_eq!((code, errors.as_str()), (1, ""), "{out}");
    has(&out, &["norm least_age (changed)", "- norm least_age: integer = 9", "+ norm least_age: integer = 7"]);
    commit(dir.path());
    same(dir.path(), &["HEAD", "law/cards"]);
    let (code, out, _) = diff(dir.path(), &["HEAD~1:law/cards", "HEAD:law/cards"]);
    assert_eq!(code, 1, "{out}");
    // Where it is not checked out, git still keeps it.
    git(dir.path(), &["submodule", "--quiet", "deinit", "-f", "law/lib"]);
    let (code, again, errors) = diff(dir.path(), &["HEAD~1:law/cards", "HEAD:law/cards"]);
    assert_eq!((code, errors.as_str(), again), (1, "", out));
}

#[test]
fn a_policy_in_a_submodule_has_the_revision_of_whoever_asks() {
    let (top, inner) = (tempfile::tempdir().unwrap(), repository());
    git(top.path(), &["init", "-q", "-b", "main"]);
    let from = inner.path().display().to_string();
    git(top.path(), &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &from, "vendor/law"]);
    commit(top.path());
    same(top.path(), &["HEAD", "vendor/law/law/cards"]);
    same(top.path(), &["HEAD:vendor/law/law/cards", "vendor/law/law/cards"]);
    // `HEAD~1` is there in the submodule only.
    has(&refused(top.path(), &["HEAD~1", "vendor/law/law/cards"]), &["git revision `HEAD~1`"]);
    let (code, out, errors) = diff(&top.path().join("vendor/law"), &["HEAD~1", "law/cards"]);
    assert_eq!(code, 1, "{out}{errors}");
}

#[test]
fn a_submodule_that_is_not_there_is_named() {
    let (_lib, dir) = with_submodule();
    commit(dir.path());
    let clone = tempfile::tempdir().unwrap();
    git(clone.path(), &["clone", "-q", &dir.path().display().to_string(), "clone"]);
    let clone = clone.path().join("clone");
    let errors = refused(&clone, &["HEAD:law/cards", "HEAD~1:law/cards"]);
    has(&errors, &["a submodule that is not in this clone", "`git submodule update --init law/lib` brings it"]);
    // In the policy's own folder it would be a part of it.
    git(dir.path(), &["mv", "law/lib", "law/cards/lib"]);
    commit(dir.path());
    git(&clone, &["pull", "-q"]);
    let errors = refused(&clone, &["HEAD:law/cards", "HEAD:law/cards"]);
    has(&errors, &["`HEAD:law/cards/lib` cannot be read", "`git submodule update --init law/cards/lib` brings it"]);
    // Its repository is there, and not this commit.
    let gone = "1111111111111111111111111111111111111111";
    git(dir.path(), &["update-index", "--cacheinfo", &format!("160000,{gone},law/cards/lib")]);
    git(dir.path(), &["commit", "-q", "-m", "gone"]);
    let errors = refused(dir.path(), &["HEAD:law/cards", "HEAD:law/cards"]);
    has(&errors, &["a submodule whose commit 1111111111 is not in its repository here"]);
    has(&errors, &[&format!("`git -C law/cards/lib fetch origin {gone}` brings it")]);
}

#[test]
fn a_large_file_is_read_where_git_lfs_has_it() {
    let dir = repository();
    let root = dir.path();
    let table = "reader.age,fee\n< 8,2\n>= 8,3\n";
    let id = sha256(table.as_bytes());
    let policy = fs::read_to_string(root.join("law/cards/policy.ereje")).unwrap();
    write(root, "law/cards/policy.ereje", format!("{policy}\ntable fee: integer by reader.age\n  from \"t.csv\"\n"));
    write(root, "law/cards/t.csv", table);
    commit(root);
    let size = table.len();
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize {size}\n");
    write(root, "law/cards/t.csv", &pointer);
    commit(root);
    let args = ["HEAD~1:law/cards", "HEAD:law/cards"];
    let errors = refused(root, &args);
    has(&errors, &["`t.csv` cannot be read", "git-lfs keeps its text elsewhere", "`git lfs fetch origin "]);
    // On the disk a pointer is no table, either.
    let errors = refused(root, &["HEAD~1", "law/cards"]);
    has(&errors, &["`t.csv` is a pointer, and not the file", "`git lfs pull` puts the file in its place"]);
    let kept = format!(".git/lfs/objects/{}/{}/{id}", &id[..2], &id[2..4]);
    write(root, &kept, table);
    same(root, &args);
    write(root, &kept, table.replace('3', "4"));
    has(&refused(root, &args), &["what git-lfs has of it here is not whole"]);
}

#[test]
fn what_a_checkout_would_change_is_not_guessed() {
    let dir = repository();
    let root = dir.path();
    write(root, ".gitattributes", "*.ereje filter=up\n");
    commit(root);
    // Without a program of this name the text stays as it is.
    same(root, &["HEAD", "law/cards"]);
    git(root, &["config", "filter.up.smudge", "tr a-z A-Z"]);
    let errors = refused(root, &["HEAD", "law/cards"]);
    has(&errors, &["`policy.ereje` cannot be read", "through the filter `up`", "`git worktree add FOLDER "]);
    git(root, &["config", "--unset", "filter.up.smudge"]);
    write(root, ".gitattributes", "*.ereje working-tree-encoding=windows-1251\n");
    git(root, &["add", ".gitattributes"]);
    git(root, &["commit", "-q", "-m", "encoding"]);
    has(&refused(root, &["HEAD", "law/cards"]), &["a checkout writes it in windows-1251"]);
    // An attribute in a folder, of a file that says `$Id$`.
    fs::remove_file(root.join(".gitattributes")).unwrap();
    write(root, "law/common/.gitattributes", "*.ereje ident\n");
    let ages = fs::read_to_string(root.join("law/common/ages.ereje")).unwrap();
    write(root, "law/common/ages.ereje", format!("# $Id$\n{ages}"));
    commit(root);
    has(&refused(root, &["HEAD", "law/cards"]), &["`../common/ages.ereje` cannot be read", "where it says `$Id$`"]);
    // Ends of lines mean nothing.
    write(root, "law/common/.gitattributes", "");
    write(root, ".gitattributes", "* text eol=crlf\n");
    commit(root);
    fs::remove_dir_all(root.join("law/cards")).unwrap();
    git(root, &["checkout", "-q", "law/cards"]);
    assert!(fs::read_to_string(root.join("law/cards/policy.ereje")).unwrap().contains("\r\n"));
    same(root, &["HEAD", "law/cards"]);
}

#[test]
fn a_sparse_work_tree_is_no_version() {
    let dir = repository();
    let root = dir.path();
    git(root, &["sparse-checkout", "set", "law/cards"]);
    let errors = refused(root, &["HEAD", "law/cards"]);
    has(&errors, &["`law/common/ages.ereje` is not in the work tree, which is a sparse checkout"]);
    has(&errors, &["`git sparse-checkout add law/common` brings it"]);
    let (code, out, errors) = diff(root, &["HEAD~1:law/cards", "HEAD:law/cards"]);
    assert_eq!(code, 1, "{out}{errors}");
    git(root, &["sparse-checkout", "add", "law/common"]);
    same(root, &["HEAD", "law/cards"]);
    // A part of the policy's own folder.
    write(root, "law/cards/more/rule.ereje", "define old = reader.age > 60\n");
    commit(root);
    git(root, &["sparse-checkout", "set", "--no-cone", "/*", "!/law/cards/more"]);
    has(&refused(root, &["HEAD", "law/cards"]), &["`law/cards/more/rule.ereje` is not in the work tree"]);
}

#[test]
fn links_are_refused_as_on_the_disk() {
    let dir = repository();
    let root = dir.path();
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "rules/a.ereje", "define old = true\n");
    write(outside.path(), "LICENCE", "Do as you like.\n");
    write(root, "law/note.txt", "define old = true\n");
    write(root, "law/.hidden/a.ereje", "define old = true\n");
    let out = outside.path();
    for (name, to, told) in [
        ("law/cards/x.ereje", "gone.ereje".into(), "a link on this path leads to nothing"),
        ("law/cards/x.ereje", "../note.txt".into(), "a file of another kind"),
        ("law/cards/x.ereje", "x.ereje".into(), "its links lead in a circle"),
        ("law/cards/x.ereje", "../../../../x.ereje".into(), "leads outside the repository"),
        ("law/common/x.ereje", out.join("rules/a.ereje"), "leads outside the repository"),
        ("law/cards/more", out.join("rules"), "leads outside the repository"),
        ("law/cards/more", "../.hidden".into(), "begins with a dot"),
    ] {
        symlink(&to, root.join(name)).unwrap();
        commit(root);
        for args in [["HEAD:law/cards", "HEAD~1:law/cards"], ["HEAD", "law/cards"]] {
            has(&refused(root, &args), &[told, name.rsplit('/').next().unwrap()]);
        }
        fs::remove_file(root.join(name)).unwrap();
    }
    // What no policy reads may lead anywhere, as on the disk.
    for (name, to) in [("LICENCE", out.join("LICENCE")), ("notes", "gone".into()), ("README", "/no/such/file".into())] {
        symlink(to, root.join("law/cards").join(name)).unwrap();
    }
    commit(root);
    same(root, &["HEAD", "law/cards"]);
    // Cases are no less a part of the comparison.
    symlink("gone.test.yaml", root.join("law/cards/x.test.yaml")).unwrap();
    commit(root);
    let (code, _, errors) = diff(root, &["HEAD:law/cards", "HEAD~1:law/cards"]);
    assert_eq!(code, 2);
    has(&errors, &["`HEAD:law/cards/x.test.yaml` cannot be read: a link on this path leads to nothing"]);
}

#[test]
fn names_are_what_they_are() {
    let dir = repository();
    let root = dir.path();
    write(root, "law/кө шелер/more/шағын.ereje", "define old = reader.age > 60\n");
    let policy = fs::read_to_string(root.join("law/cards/policy.ereje")).unwrap();
    write(root, "law/кө шелер/policy.ereje", policy);
    write(root, "law/кө шелер/\"a\tb\\.test.yaml", CASES);
    commit(root);
    same(root, &["HEAD", "law/кө шелер"]);
    // A file became a folder, and a folder a file.
    fs::rename(root.join("law/кө шелер/more/шағын.ereje"), root.join("law/кө шелер/old.ereje")).unwrap();
    fs::remove_dir(root.join("law/кө шелер/more")).unwrap();
    fs::rename(root.join("law/кө шелер/old.ereje"), root.join("law/кө шелер/more")).unwrap();
    let (code, out, errors) = diff(root, &["HEAD", "law/кө шелер"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    has(&out, &["definition old (dropped)"]);
    for name in [b"law/cards/b\xff.ereje".as_slice(), b"law/cards/\xff/b.ereje"] {
        let path = root.join(OsStr::from_bytes(name));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "define old = true\n").unwrap();
        commit(root);
        for args in [["HEAD:law/cards", "HEAD:law/cards"], ["law/cards", "law/cards"]] {
            has(&refused(root, &args), &["its name is not UTF-8"]);
        }
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn tables_of_cases_are_those_of_the_revision() {
    let dir = repository();
    let root = dir.path();
    let table = "  - name: \"{reader.age}\"\n    csv: ../tables/ages.csv\n    expect: { outcome: issue }\n";
    write(root, "law/cards/cards.test.yaml", format!("{CASES}{table}"));
    write(root, "law/tables/ages.csv", "reader.age\n12\n13\n");
    commit(root);
    write(root, "law/tables/ages.csv", "reader.age\n12\n");
    let (code, out, errors) = diff(root, &["HEAD", "law/cards"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    has(&out, &["4 applications decided"]);
    git(root, &["rm", "-q", "--cached", "law/tables/ages.csv"]);
    git(root, &["commit", "-q", "-m", "without"]);
    let (code, _, errors) = diff(root, &["HEAD", "law/cards"]);
    assert_eq!(code, 2);
    has(&errors, &["the table `../tables/ages.csv` cannot be read", "HEAD:law/cards/cards.test.yaml"]);
}

#[test]
fn a_clone_without_folders_says_so() {
    let dir = repository();
    git(dir.path(), &["config", "uploadpack.allowFilter", "true"]);
    let parts = tempfile::tempdir().unwrap();
    let from = format!("file://{}", dir.path().display());
    git(parts.path(), &["clone", "-q", "--filter=tree:0", "--no-checkout", &from, "clone"]);
    let errors = refused(&parts.path().join("clone"), &["HEAD~1:law/cards", "HEAD:law/cards"]);
    has(&errors, &["git cannot list the revision `HEAD~1`", "nothing is fetched here"]);
}

#[test]
fn a_repository_without_a_work_tree_has_revisions() {
    let dir = repository();
    let bare = tempfile::tempdir().unwrap();
    git(bare.path(), &["clone", "-q", "--bare", &dir.path().display().to_string(), "bare"]);
    let (_, listed, _) = run("git", &bare.path().join("bare"), &["rev-parse", "--is-bare-repository"]);
    assert_eq!(listed, "true\n");
    let (code, out, errors) = diff(&bare.path().join("bare"), &["HEAD~1:law/cards", "HEAD:law/cards"]);
    assert_eq!((code, errors.as_str()), (1, ""), "{out}");
}
