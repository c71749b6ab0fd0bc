//! Tables whose files were removed or damaged outside of the program: each read says which table and which file, no read
//! gives fewer rows, and the other tables work.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test may stop at the first surprise")]

mod support;

use std::fs;
use std::path::PathBuf;

use algomosaic_core::{Job, Problem};
use algomosaic_data::{IfExists, ImportOptions, Limits, SqlParams, Staging, Warehouse, recover, unique};
use support::Place;

/// A table of three parts beside a whole one.
fn place() -> Place {
    let place = Place::new();
    for start in [0, 10_000, 20_000] {
        let lines: String = (start..start + 10_000).map(|n| format!("{n},t{},{}.25\n", n % 7, n * n % 1_009)).collect();
        let file = place.write("ticks.csv", format!("n,name,price\n{lines}"));
        place.import_with(&file, "market.ticks", IfExists::Append, &ImportOptions::default()).unwrap();
    }
    let file = place.write("other.csv", "a\n1\n2\n");
    place.import(&file, "market.other", &ImportOptions::default()).unwrap();
    place
}

impl Place {
    fn ticks(&self) -> PathBuf {
        self.path("warehouse/market/ticks")
    }

    /// The parts of the table, oldest first.
    fn parts(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.ticks()).unwrap().flatten().map(|entry| entry.path());
        let mut parts: Vec<PathBuf> = entries.filter(|path| path.extension().is_some()).collect();
        parts.sort();
        parts
    }

    /// The same workspace, opened anew.
    fn reopened(&self) -> Warehouse {
        recover(self.folder.path()).unwrap();
        Warehouse::open(self.folder.path(), "local", "main", &Limits::default()).unwrap()
    }

    fn staging(&self) -> Staging {
        Staging::create(self.folder.path(), &unique()).unwrap()
    }

    fn change(&self, sql: &str) -> Result<u64, Problem> {
        let prepared = self.warehouse.prepare(sql, &SqlParams::new())?;
        Ok(prepared.change(&self.staging(), &Job::new())?.rows)
    }

    fn select(&self, sql: &str) -> Result<String, Problem> {
        let frame = self.warehouse.query(sql, None, &Job::new())?.frame;
        Ok(serde_json::to_string(&algomosaic_data::cells(&frame)?).unwrap())
    }

    /// What every way to read or extend the table says.
    fn problems(&self, warehouse: &Warehouse) -> Vec<(&'static str, Problem)> {
        let name = warehouse.name("market.ticks").unwrap();
        let job = Job::new();
        let sql = "SELECT n, name, price FROM market.ticks";
        let file = self.write("more.csv", "n,name,price\n1,a,2.5\n");
        let mut problems: Vec<(&str, Option<Problem>)> = Vec::new();
        let mut note =
            |what, problem: Option<algomosaic_data::Error>| problems.push((what, problem.map(Problem::from)));
        note("query", warehouse.query(sql, None, &job).err());
        let prepared = |sql: &str| warehouse.prepare(sql, &SqlParams::new());
        note("query to a file", prepared(sql).and_then(|p| p.export(&self.path("out.csv"), None, &job)).err());
        let result = |p: algomosaic_data::Prepared<'_>| {
            warehouse.keep_result(&self.staging(), &p, sql, serde_json::Value::Null, &job)
        };
        note("result", prepared(sql).and_then(result).err());
        let create = "CREATE OR REPLACE TABLE market.copy AS SELECT * FROM market.ticks";
        note("CREATE TABLE", prepared(create).and_then(|p| p.change(&self.staging(), &job)).err());
        let update = "UPDATE market.ticks SET price = 1.0 WHERE n = 25000";
        note("UPDATE", prepared(update).and_then(|p| p.change(&self.staging(), &job)).err());
        note("whole", warehouse.read(&name, &job).err());
        note("page", warehouse.page(&name, 0, Some(30_000), &job).err());
        note("profile", warehouse.profile(&name, &job).err());
        for ending in ["csv", "parquet", "xlsx"] {
            let to = self.path(&format!("out.{ending}"));
            note("export", algomosaic_data::export_table(warehouse, &name, &to, &job).err());
        }
        let mut problems: Vec<(&str, Problem)> = problems
            .into_iter()
            .map(|(what, problem)| (what, problem.unwrap_or_else(|| panic!("{what} is refused"))))
            .collect();
        problems.push(("schema", warehouse.columns(&name).unwrap_err().into()));
        problems.push((
            "append",
            self.import_with(&file, "market.ticks", IfExists::Append, &ImportOptions::default()).unwrap_err(),
        ));
        let listed = warehouse.tables().unwrap();
        let ticks = listed.iter().find(|table| table.name == name).unwrap();
        problems.push(("list", ticks.fault.clone().unwrap()));
        assert_eq!(ticks.rows, None);
        let other = listed.iter().find(|table| table.name.table == "other").unwrap();
        assert_eq!((other.rows, &other.fault), (Some(2), &None), "the other table works");
        problems
    }
}

/// The problem is of the table and names the file.
fn names(what: &str, problem: &Problem, file: &str) {
    let all = format!("{what}: {} {}", problem.message, problem.hint);
    assert!(problem.message.contains("table market.ticks") && problem.message.contains(file), "{all}");
    assert!(problem.hint.contains("Restore the file") && problem.hint.contains("replace"), "{all}");
    assert_eq!(problem.code, algomosaic_core::Code::BadInput, "{all}");
}

#[test]
fn a_part_that_is_gone_is_missed_however_the_table_is_read() {
    let place = place();
    for (index, part) in place.parts().into_iter().enumerate() {
        let content = fs::read(&part).unwrap();
        fs::remove_file(&part).unwrap();
        let file = format!("market/ticks/{}", part.file_name().unwrap().to_string_lossy());
        for warehouse in [&place.warehouse, &place.reopened()] {
            for (what, problem) in place.problems(warehouse) {
                names(&format!("part {index}, {what}"), &problem, &file);
            }
        }
        fs::write(&part, content).unwrap();
        assert_eq!(place.select("SELECT COUNT(*), MAX(n) FROM market.ticks").unwrap(), "[[30000,29999]]", "restored");
    }
}

#[test]
fn a_part_of_parts_written_together_or_of_a_later_generation_is_missed() {
    let place = Place::new();
    let name = place.warehouse.name("market.ticks").unwrap();
    for if_exists in [IfExists::Append, IfExists::Replace] {
        let staging = place.staging();
        let mut transaction = staging.transaction().unwrap();
        for number in 0..3 {
            let file = place.write("t.csv", format!("n,name\n{number},a\n"));
            let options = ImportOptions::default();
            let job = Job::new();
            algomosaic_data::import_file(&place.warehouse, &mut transaction, &file, &name, if_exists, &options, &job)
                .unwrap();
        }
        transaction.commit().unwrap();
        let text = fs::read_to_string(place.ticks().join("CURRENT")).unwrap();
        let current: serde_json::Value = serde_json::from_str(&text).unwrap();
        let folder = current["generation"].as_str().map_or(place.ticks(), |name| place.ticks().join(name));
        let part = current["parts"][1].as_str().unwrap();
        let content = fs::read(folder.join(part)).unwrap();
        assert_eq!(place.select("SELECT SUM(n) FROM market.ticks").unwrap(), "[[3]]");
        fs::remove_file(folder.join(part)).unwrap();
        names(&format!("{if_exists:?}"), &place.select("SELECT SUM(n) FROM market.ticks").unwrap_err(), part);
        fs::write(folder.join(part), content).unwrap();
    }
}

#[test]
fn a_damaged_part_is_named_however_the_table_is_read() {
    let place = place();
    let part = place.parts().remove(1);
    let whole = fs::read(&part).unwrap();
    let file = format!("market/ticks/{}", part.file_name().unwrap().to_string_lossy());
    let end = whole.len();
    let footer = end - 8 - u32::from_le_bytes(whole[end - 8..end - 4].try_into().unwrap()) as usize;
    let with = |from: usize, to: usize, byte: u8| {
        let mut changed = whole.clone();
        changed[from..to].fill(byte);
        changed
    };
    let damages: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("three bytes", whole[..3].to_vec()),
        ("half", whole[..end / 2].to_vec()),
        ("a byte short", whole[..end - 1].to_vec()),
        ("no magic at the end", with(end - 4, end, b'x')),
        ("a long footer", with(end - 8, end - 5, 0xff)),
        ("no footer", with(end - 8, end - 4, 0)),
        ("a footer of zeros", with(footer, end - 8, 0)),
        ("a footer of ones", with(footer, end - 8, 0xff)),
        ("half a footer of zeros", with(footer + (end - 8 - footer) / 2, end - 8, 0)),
        ("no rows at all", with(4, footer, 0xff)),
        ("another file", b"n,name,price\n1,a,2.5\n".to_vec()),
    ];
    for (damage, content) in damages {
        fs::write(&part, content).unwrap();
        let warehouse = place.reopened();
        if damage == "no rows at all" {
            names(
                damage,
                &warehouse.query("SELECT * FROM market.ticks", None, &Job::new()).map(|_| ()).unwrap_err().into(),
                &file,
            );
            continue;
        }
        for (what, problem) in place.problems(&warehouse) {
            names(&format!("{damage}, {what}"), &problem, &file);
        }
    }
}

#[test]
fn a_table_whose_list_is_damaged_says_so_and_can_be_replaced_or_dropped() {
    let junk: [(&str, Option<&[u8]>); 8] = [
        ("gone", None),
        ("empty", Some(b"")),
        ("words", Some(b"junk")),
        ("bytes", Some(&[0xff, 0, 0xfe])),
        ("cut off", Some(b"{\"generation\":\"gen-1\",\"par")),
        ("elsewhere", Some(b"{\"generation\":\"gen-../../..\",\"parts\":[]}")),
        ("a part elsewhere", Some(b"{\"generation\":null,\"parts\":[\"../other/part-1.parquet\"]}")),
        ("a folder", Some(b"folder")),
    ];
    for (what, content) in junk {
        let place = place();
        let file = place.write("more.csv", "n,name,price\n1,a,2.5\n");
        // Of a later generation, so that a list that is gone is missed.
        let replace = || place.import(&file, "market.ticks", &ImportOptions::default()).unwrap();
        replace();
        let current = place.ticks().join("CURRENT");
        let damage = || {
            fs::remove_file(&current).unwrap();
            match content {
                None => {}
                Some(b"folder") => fs::create_dir(&current).unwrap(),
                Some(content) => fs::write(&current, content).unwrap(),
            }
        };
        damage();
        let warehouse = place.reopened();
        for (way, problem) in place.problems(&warehouse) {
            names(&format!("{what}, {way}"), &problem, "market/ticks/CURRENT");
        }
        assert_eq!(place.select("SELECT COUNT(*) FROM market.other").unwrap(), "[[2]]", "{what}");
        let there = place.import_with(&file, "market.ticks", IfExists::Fail, &ImportOptions::default()).unwrap_err();
        assert_eq!(there.code, algomosaic_core::Code::AlreadyExists, "{what}");
        replace();
        assert_eq!(place.select("SELECT * FROM market.ticks").unwrap(), "[[1,\"a\",2.5]]", "{what}");

        damage();
        place.change("CREATE OR REPLACE TABLE market.ticks AS SELECT 7 AS n").unwrap();
        assert_eq!(place.select("SELECT * FROM market.ticks").unwrap(), "[[7]]", "{what}");

        damage();
        place.change("DROP TABLE market.ticks").unwrap();
        let problem = place.select("SELECT * FROM market.ticks").unwrap_err();
        assert_eq!(problem.code, algomosaic_core::Code::NotFound, "{what}: {}", problem.message);
        assert_eq!(warehouse.tables().unwrap().len(), 1, "{what}");
    }
}

#[test]
fn a_table_with_a_part_that_is_gone_can_be_replaced_or_dropped() {
    let place = place();
    let lose = || {
        let part = place.parts().pop().unwrap();
        fs::remove_file(part).unwrap();
    };
    lose();
    let file = place.write("more.csv", "n\n5\n");
    place.import(&file, "market.ticks", &ImportOptions::default()).unwrap();
    assert_eq!(place.select("SELECT * FROM market.ticks").unwrap(), "[[5]]");
    let name = place.warehouse.name("market.other").unwrap();
    fs::remove_dir_all(place.path("warehouse/market/other")).unwrap();
    assert!(!place.warehouse.exists(&name).unwrap(), "a folder that is removed is a table that is removed");

    let place = self::place();
    fs::remove_file(place.parts().pop().unwrap()).unwrap();
    let name = place.warehouse.name("market.ticks").unwrap();
    place.warehouse.drop_table(&place.staging(), &name).unwrap();
    assert!(!place.warehouse.exists(&name).unwrap());
}

#[test]
fn a_table_without_a_list_is_read_and_gets_one_when_the_workspace_is_opened() {
    for generation in [None, Some("gen-20240101T000000000000-0123456789ab")] {
        let place = place();
        let current = place.ticks().join("CURRENT");
        fs::remove_file(&current).unwrap();
        if let Some(name) = generation {
            fs::create_dir(place.ticks().join(name)).unwrap();
            for part in place.parts() {
                fs::rename(&part, place.ticks().join(name).join(part.file_name().unwrap())).unwrap();
            }
            fs::write(&current, name).unwrap();
        }
        let count = || place.select("SELECT COUNT(*) FROM market.ticks");
        assert_eq!(count().unwrap(), "[[30000]]", "{generation:?}");
        recover(place.folder.path()).unwrap();
        assert_eq!(count().unwrap(), "[[30000]]", "{generation:?}");
        let file = place.write("more.csv", "n,name,price\n30000,a,2.5\n");
        place.import_with(&file, "market.ticks", IfExists::Append, &ImportOptions::default()).unwrap();
        assert_eq!(count().unwrap(), "[[30001]]", "{generation:?}");
        let folder = generation.map_or(place.ticks(), |name| place.ticks().join(name));
        let parts = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
        let part = parts.filter(|path| path.extension().is_some_and(|e| e == "parquet")).min().unwrap();
        fs::remove_file(part).unwrap();
        names(&format!("{generation:?}"), &count().unwrap_err(), "part-");
    }
}

#[test]
fn a_name_of_a_column_that_is_damaged_is_told_and_stops_nothing() {
    let place = place();
    let part = place.parts().remove(0);
    let mut content = fs::read(&part).unwrap();
    // The name `price` wherever the description has it.
    for at in 0..content.len() - 5 {
        if &content[at..at + 5] == b"price" {
            content[at] = 0xff;
        }
    }
    fs::write(&part, content).unwrap();
    let warehouse = place.reopened();
    let name = warehouse.name("market.ticks").unwrap();
    let file = part.file_name().unwrap().to_string_lossy();
    names("schema", &warehouse.columns(&name).unwrap_err().into(), &file);
    names("page", &warehouse.page(&name, 0, Some(1), &Job::new()).unwrap_err().into(), &file);
    names("query", &warehouse.query("SELECT n FROM market.ticks", None, &Job::new()).unwrap_err().into(), &file);
}
