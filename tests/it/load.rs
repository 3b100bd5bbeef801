//! The loader: which files belong to a policy, and which are not text. Each failure is shown as a list of findings.

use ereje::load::{Bundle, LoadError};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A folder on the disk with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        write(dir.path(), name, bytes);
    }
    dir
}

fn write(dir: &Path, name: &str, bytes: &[u8]) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The names of a bundle's policy files, of its tables, and its findings, one to a line.
fn show(bundle: &Bundle) -> String {
    let names = |ids: &[ereje::source::FileId]| {
        ids.iter().map(|id| bundle.sources.get(*id).unwrap().name.clone()).collect::<Vec<_>>().join(" ")
    };
    let mut out = format!("policy: {}\ntables: {}\n", names(&bundle.policy_files), names(&bundle.tables));
    for d in &bundle.diagnostics {
        out += &format!("{} {}: {}\n  {}\n", bundle.sources.locate(d.primary.span), d.code, d.message, d.primary.text);
        for label in &d.secondary {
            out += &format!("  {}: {}\n", bundle.sources.locate(label.span), label.text);
        }
        for help in &d.help {
            out += &format!("  help: {help}\n");
        }
    }
    out
}

fn load(dir: &TempDir) -> String {
    show(&Bundle::load(dir.path()).unwrap())
}

#[test]
fn a_policy_is_the_files_of_a_folder_and_what_they_name() {
    let dir = folder(&[
        ("law/b.ereje", b"unit b\nimport \"../common\"\n"),
        ("law/a.ereje", b"unit a\nimport \"../more/one.ereje\"\n"),
        ("law/deep/er/c.ereje", b"table t: integer by 1 from \"../../fees.csv\" source s\n"),
        ("law/fees.csv", b"1,2\n"),
        ("law/other.csv", b"named by nobody\n"),
        ("law/notes.txt", b"\xFF\xFF"),
        ("law/cases.test.yaml", b"not: read"),
        ("law/.hidden.ereje", b"unit hidden\n"),
        ("law/.svn/x.ereje", b"unit hidden\n"),
        ("common/units.ereje", b"unit m2\n"),
        ("more/one.ereje", b"unit one\ncalendar c days \"../days.csv\"\n"),
        ("more/two.ereje", b"unit two\n"),
        ("days.csv", b"date,kind\n"),
    ]);
    let on_disk = Bundle::load(&dir.path().join("law")).unwrap();
    insta::assert_snapshot!(show(&on_disk), @r"
    policy: ../common/units.ereje ../more/one.ereje a.ereje b.ereje deep/er/c.ereje
    tables: ../days.csv fees.csv
    ");
    // A file of the policy alone: that file and its imports.
    let single = Bundle::load(&dir.path().join("law/a.ereje")).unwrap();
    insta::assert_snapshot!(show(&single), @r"
    policy: ../more/one.ereje a.ereje
    tables: ../days.csv
    ");
    // The same policy from memory is equal, including the digest.
    let in_memory = Bundle::from_texts([
        ("../more/one.ereje", "unit one\ncalendar c days \"../days.csv\"\n"),
        ("../common/units.ereje", "unit m2\n"),
        ("../days.csv", "date,kind\n"),
        ("a.ereje", "unit a\nimport \"../more/one.ereje\"\n"),
        ("deep/er/c.ereje", "table t: integer by 1 from \"../../fees.csv\" source s\n"),
        ("fees.csv", "1,2\n"),
        ("./b.ereje", "\u{feff}unit b\nimport \"../common\"\n"),
    ])
    .unwrap();
    assert_eq!(show(&in_memory), show(&on_disk));
    assert_eq!(in_memory.digest(), on_disk.digest());
    assert!(on_disk.digest().starts_with("sha256:") && on_disk.digest().len() == 71);
    assert_ne!(on_disk.digest(), single.digest());
}

#[test]
fn the_digest_tells_every_change() {
    let digest = |files: &[(&str, &str)]| Bundle::from_texts(files.iter().copied()).unwrap().digest();
    let base = digest(&[("a.ereje", "unit a\n"), ("b.ereje", "unit b\n")]);
    assert_eq!(base, digest(&[("b.ereje", "unit b\n"), ("a.ereje", "unit a\n")]));
    assert_ne!(base, digest(&[("a.ereje", "unit a\n"), ("b.ereje", "unit c\n")]));
    assert_ne!(base, digest(&[("a.ereje", "unit a\n"), ("c.ereje", "unit b\n")]));
    assert_ne!(base, digest(&[("a.ereje", "unit a\n")]));
    let with =
        |csv| digest(&[("a.ereje", "table t: integer by 1 from \"t.csv\"\n"), ("t.csv", csv), ("unused.csv", csv)]);
    assert_ne!(with("1,2\n"), with("1,3\n"));
}

#[test]
fn imports_that_lead_nowhere() {
    let dir = folder(&[
        (
            "base.ereje",
            b"import \"pilto.ereje\"\nimport \"/etc\"\nimport \"a\\\\b\"\nimport \"notes.txt\"\nimport \"empty\"\n\
              import \"../nothing/like/this\"\nimport \"\"\ntable t: integer by 1 from \"fee.csv\"\n",
        ),
        ("pilot.ereje", b""),
        ("notes.txt", b""),
        ("fees.csv", b""),
        ("empty/readme.txt", b""),
    ]);
    insta::assert_snapshot!(load(&dir), @r#"
    policy: base.ereje pilot.ereje
    tables: 
    base.ereje:1:8 E0704: there is no `pilto.ereje`
      no file or folder of this name
      help: did you mean `pilot.ereje`?
    base.ereje:2:8 E0704: `/etc` is not a path that can be followed
      expected a path relative to this file, with `/` between folders
      help: write `"fees.csv"`, `"tables/fees.csv"` or `"../common"`
    base.ereje:3:8 E0704: `a\b` is not a path that can be followed
      expected a path relative to this file, with `/` between folders
      help: write `"fees.csv"`, `"tables/fees.csv"` or `"../common"`
    base.ereje:4:8 E0704: `notes.txt` is not a policy file
      the names of policy files end in `.ereje`
      help: a table of values is read by `table … from "file.csv"`, days off by `days "file.csv"`
    base.ereje:5:8 E0704: the folder `empty` holds no policy files
      no file in it has a name that ends in `.ereje`
    base.ereje:6:8 E0704: there is no `../nothing/like/this`
      no file or folder of this name
      help: the path is relative to the file that it is written in
    base.ereje:7:8 E0704: a path of no letters
      expected a path relative to this file, with `/` between folders
      help: write `"fees.csv"`, `"tables/fees.csv"` or `"../common"`
    base.ereje:8:28 E0701: there is no `fee.csv`
      no file of this name
      help: did you mean `fees.csv`?
    "#);
}

#[test]
fn imports_that_go_in_a_circle() {
    let dir = folder(&[
        ("law/base.ereje", b"import \"../common\"\n"),
        ("law/again.ereje", b"\nimport \"base.ereje\"\nimport \"again.ereje\"\n"),
        ("common/x.ereje", b"unit x\nimport \"../third/y.ereje\"\n"),
        ("third/y.ereje", b"import \"../law/base.ereje\"\n"),
        ("fourth/z.ereje", b"import \".\"\n"),
    ]);
    insta::assert_snapshot!(show(&Bundle::load(&dir.path().join("law")).unwrap()), @r"
    policy: ../common/x.ereje ../third/y.ereje again.ereje base.ereje
    tables: 
    ../third/y.ereje:1:8 E0704: this import goes in a circle
      leads back to where it started: `base.ereje` → `../common` → `../common/x.ereje` → `../third/y.ereje` → `base.ereje`
      base.ereje:1:8: one step of the circle
      ../common/x.ereje:2:8: one step of the circle
      help: remove one of these imports: the files of a policy's folder see one another without any, and what two folders share can stand in a third that both import
    again.ereje:3:8 E0704: this import goes in a circle
      `again.ereje` imports itself
      help: remove one of these imports: the files of a policy's folder see one another without any, and what two folders share can stand in a third that both import
    ");
    insta::assert_snapshot!(show(&Bundle::load(&dir.path().join("fourth")).unwrap()), @r"
    policy: z.ereje
    tables: 
    z.ereje:1:8 E0704: this import goes in a circle
      `z.ereje` imports itself
      help: remove one of these imports: the files of a policy's folder see one another without any, and what two folders share can stand in a third that both import
    ");
}

#[test]
fn a_chain_of_imports_as_long_as_a_policy_may_be() {
    let files = (0..9_999).map(|i| (format!("f{i:04}.ereje"), format!("import \"f{:04}.ereje\"\n", (i + 1) % 9_999)));
    let bundle = Bundle::from_texts(files).unwrap();
    assert_eq!(bundle.policy_files.len(), 9_999);
    insta::assert_snapshot!(show(&bundle).lines().skip(2).collect::<Vec<_>>().join("\n"), @r"
    f9998.ereje:1:8 E0704: this import goes in a circle
      leads back to where it started: `f0000.ereje` → `f0001.ereje` → `f0002.ereje` → `f0003.ereje` → `f0004.ereje` → 9991 more → `f9996.ereje` → `f9997.ereje` → `f9998.ereje` → `f0000.ereje`
      f0000.ereje:1:8: one step of the circle
      f0001.ereje:1:8: one step of the circle
      f0002.ereje:1:8: one step of the circle
      f0003.ereje:1:8: one step of the circle
      f0004.ereje:1:8: one step of the circle
      f0005.ereje:1:8: one step of the circle
      f0006.ereje:1:8: one step of the circle
      f0007.ereje:1:8: one step of the circle
      help: remove one of these imports: the files of a policy's folder see one another without any, and what two folders share can stand in a third that both import
    ");
}

#[test]
fn bytes_that_are_no_text() {
    let dir = folder(&[
        ("bad.ereje", b"unit a\nunit \xD0b\n"),
        ("bom.ereje", b"\xEF\xBB\xBFunit a\n"),
        ("nul.ereje", b"unit a\nunit \0b\n"),
        ("wide.ereje", b"\xFF\xFEu\0n\0"),
        ("good.ereje", b"unit a\n"),
    ]);
    insta::assert_snapshot!(load(&dir), @r"
    policy: bom.ereje good.ereje
    tables: 
    bad.ereje:2:6 E0702: `bad.ereje` is not UTF-8
      byte 12 of the file, hexadecimal d0, starts no character
      help: save the file as UTF-8 in the editor
    nul.ereje:2:6 E0702: `nul.ereje` holds a NUL byte
      byte 12 of the file is zero, which no text may hold
      help: remove it, or see whether this is a text file at all
    wide.ereje:1:1 E0702: `wide.ereje` is not UTF-8
      the file is in UTF-16
      help: save the file as UTF-8 in the editor
    ");
    let bundle = Bundle::load(dir.path()).unwrap();
    let bom = bundle.sources.get(bundle.policy_files[0]).unwrap();
    assert_eq!((bom.name.as_str(), &*bom.text), ("bom.ereje", "unit a\n"));
}

#[test]
fn a_policy_past_its_limits() {
    let dir = folder(&[("good.ereje", b"unit a\n")]);
    // A sparse file of 50 MB, which is not read to its end.
    let large = fs::File::create(dir.path().join("large.ereje")).unwrap();
    large.set_len(50_000_000).unwrap();
    insta::assert_snapshot!(load(&dir), @r"
    policy: good.ereje
    tables: 
    large.ereje:1:1 E0703: `large.ereje` is too large
      larger than 8 MiB, the most for one file
    ");

    let eight = "#".repeat(8 << 20);
    let files = (0..9).map(|i| (format!("{i}.ereje"), eight.clone()));
    insta::assert_snapshot!(show(&Bundle::from_texts(files).unwrap()), @r"
    policy: 0.ereje 1.ereje 2.ereje 3.ereje 4.ereje 5.ereje 6.ereje 7.ereje
    tables: 
    8.ereje:1:1 E0703: the policy has more than 64 MiB of text
      nothing from here on was read
      help: see that the path is the policy's own folder, and move what does not belong to it elsewhere
    ");

    let many = (0..10_002).map(|i| (format!("{i}.ereje"), String::new()));
    let bundle = Bundle::from_texts(many).unwrap();
    assert_eq!(bundle.policy_files.len(), 10_000);
    insta::assert_snapshot!(show(&bundle).lines().skip(2).collect::<Vec<_>>().join("\n"), @r"
    9998.ereje:1:1 E0703: the policy has more than 10000 files
      nothing from here on was read
      help: see that the path is the policy's own folder, and move what does not belong to it elsewhere
    ");

    let deep = format!("{}x.ereje", "d/".repeat(40));
    insta::assert_snapshot!(show(&Bundle::from_texts([(deep, ""), (String::from("a.ereje"), "")]).unwrap()), @r"
    policy: a.ereje
    tables: 
    d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d:1:1 E0703: the policy has folders more than 32 deep
      nothing from here on was read
      help: see that the path is the policy's own folder, and move what does not belong to it elsewhere
    ");

    let imports = "import \"b.ereje\"\n".repeat(1_002);
    let bundle = Bundle::from_texts([("a.ereje", imports.as_str()), ("b.ereje", "")]).unwrap();
    insta::assert_snapshot!(show(&bundle), @r"
    policy: a.ereje b.ereje
    tables: 
    a.ereje:1001:8 E0703: more than 1000 imports in one file
      this one and those after it were not followed
      help: import the folder that they stand in
    ");
}

#[test]
fn paths_that_are_no_policy() {
    let dir = folder(&[("empty/readme.txt", b""), ("facts.yaml", b"")]);
    let show_error = |name: &str| {
        let error = Bundle::load(&dir.path().join(name)).unwrap_err();
        error.to_string().replace(&format!("{}/", dir.path().display()), "")
    };
    insta::assert_snapshot!(["nothing", "empty", "facts.yaml"].map(show_error).join("\n"), @r"
    there is no file or folder `nothing`
    there are no `.ereje` files in `empty`
    `facts.yaml` is not a policy file: the names of policy files end in `.ereje`
    ");
    let nothing = Bundle::from_texts([("a.csv", "")]).unwrap_err();
    assert!(matches!(nothing, LoadError::Empty(_)), "{nothing}");
}

#[test]
fn a_folder_that_is_named_like_a_file() {
    let dir = folder(&[("x.ereje/y.ereje", b"unit y\n"), ("z.ereje", b"import \"x.ereje\"\n")]);
    insta::assert_snapshot!(load(&dir), @r"
    policy: x.ereje/y.ereje z.ereje
    tables: 
    x.ereje:1:1 E0701: `x.ereje` is not a file
      a folder; only files have names that end in `.ereje`
    ");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    #[test]
    fn links_that_lead_back_end() {
        let dir = folder(&[("law/a.ereje", b"unit a\n"), ("law/sub/b.ereje", b"unit b\n")]);
        symlink("..", dir.path().join("law/sub/loop")).unwrap();
        symlink("self.ereje", dir.path().join("law/self.ereje")).unwrap();
        symlink("gone.ereje", dir.path().join("law/dangling.ereje")).unwrap();
        // Two names of one file are one file, and two names of one folder are one folder.
        symlink("a.ereje", dir.path().join("law/same.ereje")).unwrap();
        symlink("sub", dir.path().join("law/twin")).unwrap();
        insta::assert_snapshot!(show(&Bundle::load(&dir.path().join("law")).unwrap()), @r"
        policy: a.ereje sub/b.ereje
        tables: 
        dangling.ereje:1:1 E0701: `dangling.ereje` cannot be read
          it is not there
        self.ereje:1:1 E0701: `self.ereje` cannot be read
          too many levels of symbolic links
        sub/loop:1:1 E0701: `sub/loop` cannot be read
          a link that leads back to a folder it stands in
        ");
    }

    #[test]
    fn what_is_no_file_is_never_opened() {
        let dir = folder(&[("a.ereje", b"import \"pipe\"\ntable t: integer by 1 from \"pipe.csv\"\n")]);
        for name in ["pipe.ereje", "pipe", "pipe.csv"] {
            assert!(Command::new("mkfifo").arg(dir.path().join(name)).status().unwrap().success());
        }
        symlink("/dev/zero", dir.path().join("zero.ereje")).unwrap();
        insta::assert_snapshot!(load(&dir), @r"
        policy: a.ereje
        tables: 
        a.ereje:1:8 E0701: `pipe` is not a file or a folder
          a named pipe
        pipe.csv:1:1 E0701: `pipe.csv` is not a file
          a named pipe
          a.ereje:2:28: named here
        pipe.ereje:1:1 E0701: `pipe.ereje` is not a file
          a named pipe
        zero.ereje:1:1 E0701: `zero.ereje` is not a file
          a device
        ");
        let error = Bundle::load(&dir.path().join("pipe.ereje")).unwrap_err();
        assert!(matches!(error, LoadError::Special { what: "a named pipe", .. }), "{error}");
    }

    #[test]
    fn what_may_not_be_read_is_named() {
        let dir = folder(&[("a.ereje", b"unit a\n"), ("b.ereje", b"unit b\n"), ("sub/c.ereje", b"unit c\n")]);
        for name in ["b.ereje", "sub"] {
            fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(0o000)).unwrap();
        }
        // For a user who may read everything, no file is unreadable.
        if fs::read(dir.path().join("b.ereje")).is_err() {
            insta::assert_snapshot!(load(&dir), @r"
            policy: a.ereje
            tables: 
            b.ereje:1:1 E0701: `b.ereje` cannot be read
              permission is denied
            sub:1:1 E0701: `sub` cannot be read
              the folder cannot be listed: permission is denied
            ");
        }
        fs::set_permissions(dir.path().join("sub"), fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// Each code of the loader once, as text.
#[test]
fn what_people_see() {
    let large = "#".repeat((8 << 20) + 1);
    let bundle = Bundle::from_texts([
        ("base.ereje", b"import \"pilto.ereje\"\ntable fee: integer by 1\n  from \"fee.csv\"\n".as_slice()),
        ("bytes.ereje", b"# \xD0\xBF\xD0\xBE\xD1\x80\xD1\x8F\xD0\xB4\xD0\xBE\xD0\xBA\nunit \xEF\xF0\n"),
        ("circle.ereje", b"import \"other.ereje\"\n"),
        ("fees.csv", b""),
        ("large.ereje", large.as_bytes()),
        ("other.ereje", b"unit m2\nimport \"circle.ereje\"\n"),
        ("pilot.ereje", b""),
    ])
    .unwrap();
    insta::assert_snapshot!(ereje::diagnostic::human(&bundle.diagnostics, &bundle.sources, false), @r#"
    error[E0704]: there is no `pilto.ereje`
     --> base.ereje:1:8
      |
    1 | import "pilto.ereje"
      |        ^^^^^^^^^^^^^ no file or folder of this name
      |
      = help: did you mean `pilot.ereje`?

    error[E0701]: there is no `fee.csv`
     --> base.ereje:3:8
      |
    3 |   from "fee.csv"
      |        ^^^^^^^^^ no file of this name
      |
      = help: did you mean `fees.csv`?

    error[E0702]: `bytes.ereje` is not UTF-8
     --> bytes.ereje:2:6
      |
    2 | unit ��
      |      ^ byte 22 of the file, hexadecimal ef, starts no character
      |
      = help: save the file as UTF-8 in the editor

    error[E0703]: `large.ereje` is too large
     --> large.ereje:1:1
      |
    1 |
      | ^ larger than 8 MiB, the most for one file

    error[E0704]: this import goes in a circle
     --> other.ereje:2:8
      |
    2 | import "circle.ereje"
      |        ^^^^^^^^^^^^^^ leads back to where it started: `circle.ereje` → `other.ereje` → `circle.ereje`
      |
     ::: circle.ereje:1:8
      |
    1 | import "other.ereje"
      |        ------------- one step of the circle
      |
      = help: remove one of these imports: the files of a policy's folder see one another without any, and what two folders share can stand in a third that both import
    "#);
}
