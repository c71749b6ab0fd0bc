//! Workspaces that cannot be opened or written: each is told why and what to do, and nothing is lost.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{algom, files, json, run, sample, text, workspace};

fn error(output: &std::process::Output) -> (String, String) {
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let get = |key: &str| document["error"][key].as_str().unwrap().to_owned();
    (get("code"), format!("{} {}", get("message"), get("hint")))
}

#[test]
fn a_folder_that_is_no_workspace_is_told_so() {
    let home = tempfile::tempdir().unwrap();
    for (path, part) in [(".", "it has no algomosaic.toml"), ("nowhere", "does not exist")] {
        let output = algom(home.path()).args(["--json", "-w", path, "tables"]).output().unwrap();
        assert_eq!(output.status.code(), Some(4));
        let (code, sentence) = error(&output);
        assert_eq!(code, "NotFound");
        assert!(sentence.contains(part) && sentence.contains("algom init"), "{sentence}");
    }
    let output = algom(home.path()).args(["tables"]).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(text(&output.stderr).contains("no workspace is named"), "{}", text(&output.stderr));
}

#[test]
fn a_workspace_of_a_newer_version_is_left_alone() {
    let home = workspace();
    let file = home.path().join("w/algomosaic.toml");
    let newer = fs::read_to_string(&file).unwrap().replace("version = 1", "version = 2\nunheard_of = true");
    fs::write(&file, &newer).unwrap();
    let output = algom(home.path()).args(["--json", "-w", "w", "tables"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let (code, sentence) = error(&output);
    assert_eq!(code, "TooNew");
    assert!(sentence.contains("newer version") && sentence.contains("Update"), "{sentence}");
    assert_eq!(fs::read_to_string(&file).unwrap(), newer);
}

#[test]
fn a_damaged_settings_file_is_named() {
    let home = workspace();
    let file = home.path().join("w/algomosaic.toml");
    for content in [
        "",
        "version = ",
        "version = 1\nprojct = \"x\"",
        "version = \"one\"",
        "version = 1\ndomain = \"../x\"",
        "version = 1\ndataset = \"a/b\"",
    ] {
        fs::write(&file, content).unwrap();
        let output = run(home.path(), &["tables"]);
        assert_eq!(output.status.code(), Some(3), "{content:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains("algomosaic.toml"), "{}", text(&output.stderr));
    }
}

#[test]
fn init_refuses_what_is_there() {
    let home = workspace();
    for (folder, part) in [("w", "is a workspace already"), (".", "is not empty")] {
        let output = algom(home.path()).args(["init", folder]).output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert!(text(&output.stderr).contains(part), "{}", text(&output.stderr));
    }
    let output = algom(home.path()).args(["init", "v", "--dataset", "a/b"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
}

/// Runs a script in a private mount namespace, where a small disk or a read-only one can be had without touching the machine.
/// `None` where this user may not.
#[cfg(target_os = "linux")]
fn in_namespace(home: &std::path::Path, script: &str) -> Option<std::process::Output> {
    let may = Command::new("unshare").args(["-rm", "true"]).status().is_ok_and(|status| status.success());
    if !may {
        eprintln!("SKIPPED: unshare -rm is not allowed here, so no private mount can be made");
        assert!(std::env::var_os("CI").is_none(), "this test must run in CI");
        return None;
    }
    let command = algom(home);
    let mut shell = Command::new("unshare");
    shell.args(["-rm", "sh", "-euc", script]).current_dir(home);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.env("ALGOM", command.get_program());
    Some(shell.output().unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_workspace_can_be_read_and_says_why_it_cannot_be_written() {
    let home = sample();
    let settings = home.path().join("w/algomosaic.toml");
    let limited = fs::read_to_string(&settings).unwrap() + "\n[limits]\nmemory = \"64MB\"\nthreads = 1\n";
    fs::write(settings, limited).unwrap();
    // As an earlier version left it: who may write makes the list of the parts.
    let current = home.path().join("w/warehouse/market/bars_us_daily/CURRENT");
    fs::remove_file(&current).unwrap();
    let before = files(&home.path().join("w"));
    let script = "mount --bind w w; mount -o remount,ro,bind w; export TMPDIR=$PWD/tmp; mkdir tmp\n\
        \"$ALGOM\" --json -q -w w query 'SELECT COUNT(*) FROM market.bars_us_daily' > out.json\n\
        \"$ALGOM\" --json -q -w w query 'SELECT ticker FROM market.bars_us_daily ORDER BY close DESC LIMIT 1' > sorted.json\n\
        \"$ALGOM\" --json -q -w w query 'SELECT COUNT(DISTINCT TO_HEX(SHA256(CAST(n AS STRING))))\n\
            FROM UNNEST(GENERATE_ARRAY(1, 2000000)) AS n' > spilled.json\n\
        \"$ALGOM\" --json -q -w w profile market.bars_us_daily > profile.json\n\
        \"$ALGOM\" --json -q -w w tables > tables.json; ls -A tmp > left.txt\n\
        set +e; \"$ALGOM\" -q -w w query 'SELECT 1' --out out.csv 2> export.txt\n\
        \"$ALGOM\" --json -q -w w demo > error.json 2> error.txt; echo $? > code";
    let Some(output) = in_namespace(home.path(), script) else { return };
    assert!(output.status.success(), "{}", text(&output.stderr));
    let read = |name: &str| fs::read_to_string(home.path().join(name)).unwrap();
    let document: Value = serde_json::from_str(&read("out.json")).unwrap();
    assert_eq!(document["rows"], json!([[11_958]]));
    assert!(read("sorted.json").contains("ticker"));
    assert!(read("spilled.json").contains("2000000"));
    assert!(read("profile.json").contains("close"));
    assert!(read("tables.json").contains("11958") && !read("tables.json").contains("unreadable"));
    assert_eq!(read("left.txt"), "", "what was spilled elsewhere is gone");
    assert!(read("export.txt").contains("read-only") && read("export.txt").contains("can be written"));
    assert_eq!(read("code").trim(), "5");
    assert!(read("error.txt").contains("read-only"), "{}", read("error.txt"));
    assert!(read("error.json").contains("\"Permission\""));
    assert_eq!(files(&home.path().join("w")), before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing() {
    let home = sample();
    // Space for the bars, some of what follows, and not all of it.
    let script = "mkdir small; mount -t tmpfs -o size=2600k tmpfs small; cp -r w small/; set +e\n\
        \"$ALGOM\" -q -w small/w --json demo > error.json 2> error.txt; echo $? > code\n\
        \"$ALGOM\" -q -w small/w --json query 'SELECT COUNT(*) FROM market.bars_us_daily' > out.json 2> out.txt\n\
        \"$ALGOM\" -q -w small/w --json tables > tables.json; find small/w/jobs small/w/warehouse > left.txt";
    let Some(output) = in_namespace(home.path(), script) else { return };
    assert!(output.status.success(), "{}", text(&output.stderr));
    let read = |name: &str| fs::read_to_string(home.path().join(name)).unwrap();
    assert_eq!(read("code").trim(), "3", "{}", read("error.txt"));
    assert!(read("error.txt").contains("no space is left"), "{}", read("error.txt"));
    assert!(read("error.json").contains("\"NoSpace\""), "{}", read("error.json"));
    let document: Value = serde_json::from_str(&read("out.json")).unwrap();
    assert_eq!(document["rows"], json!([[11_958]]), "{}", read("out.txt"));
    let tables: Value = serde_json::from_str(&read("tables.json")).unwrap();
    assert!(tables.as_array().unwrap().iter().all(|table| table["rows"].is_u64()), "{tables}");
    assert!(!read("left.txt").contains("commit-"), "{}", read("left.txt"));
}

#[test]
fn the_workspace_of_the_folder_is_found() {
    let home = workspace();
    let below = home.path().join("w/models");
    let output = algom(home.path()).current_dir(below).args(["--json", "-q", "tables"]).output().unwrap();
    assert_eq!(text(&output.stdout).trim(), "[]");
    assert_eq!(json(home.path(), &["jobs"]), json!([]));
}

#[test]
fn a_damaged_table_is_listed_with_its_fault_and_mended_by_a_replacement() {
    let home = sample();
    let path = home.path();
    fs::write(path.join("t.csv"), "a\n1\n2\n").unwrap();
    let import = ["import", "t.csv", "--table", "market.mine", "--if-exists", "replace"];
    assert!(run(path, &import).status.success());
    fs::write(path.join("w/warehouse/market/mine/CURRENT"), "junk").unwrap();

    let tables = json(path, &["tables"]);
    let of = |name: &str| tables.as_array().unwrap().iter().find(|table| table["table"] == name).unwrap().clone();
    let mine = of("mine");
    assert_eq!((&mine["rows"], &mine["fault"]["code"]), (&Value::Null, &json!("BadInput")));
    assert_eq!((&of("bars_us_daily")["rows"], &of("bars_us_daily")["fault"]), (&json!(11_958), &Value::Null));
    let listed = algom(path).args(["-w", "w", "tables"]).output().unwrap();
    assert!(listed.status.success());
    let listed = text(&listed.stdout);
    assert!(listed.contains("unreadable") && listed.contains("11,958"), "{listed}");
    assert!(
        listed.contains("the table market.mine cannot be read") && listed.contains("--if-exists replace"),
        "{listed}"
    );

    let read = run(path, &["query", "SELECT * FROM market.mine"]);
    assert_eq!(read.status.code(), Some(3));
    assert!(text(&read.stderr).contains("market/mine/CURRENT"), "{}", text(&read.stderr));
    assert!(run(path, &["query", "SELECT COUNT(*) FROM market.bars_us_daily"]).status.success());
    assert!(run(path, &import).status.success());
    assert_eq!(json(path, &["query", "SELECT SUM(a) FROM market.mine"])["rows"], json!([[3]]));
    fs::write(path.join("w/warehouse/market/mine/CURRENT"), "junk").unwrap();
    assert!(run(path, &["query", "DROP TABLE market.mine"]).status.success());
    assert_eq!(run(path, &["schema", "market.mine"]).status.code(), Some(4));
}
