//! Pages of a table, quick at any offset: rows are found by their number in a part, so that only the row group that holds
//! them is read, and a bounded number of blocks stays decoded. A page comes from one list of parts, never from two.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use algomosaic_core::Job;
use duckdb::Connection;
use polars::prelude::DataFrame;

use crate::engine::{self, Engine, quoted, read_parts};
use crate::error::{IoContext as _, Result};
use crate::limits::Limits;
use crate::schema::Marks;
use crate::warehouse::marks;

/// Rows decoded together: ten pages of a grid, so that scrolling on mostly finds them here.
const BLOCK_ROWS: u64 = 2_000;
/// Bytes of decoded blocks that are kept.
const BLOCK_BYTES: usize = 64 << 20;
/// Tables whose layout is kept.
const LAYOUTS: usize = 64;
/// What the engine calls a row's number within its part.
const ROW_NUMBER: &str = "file_row_number";

/// A part as it was when it was looked at. Two parts are the same when all of this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartState {
    path: PathBuf,
    bytes: u64,
    modified: SystemTime,
}

/// How parts are now.
pub(crate) fn states(parts: &[PathBuf]) -> Result<Vec<PartState>> {
    let state = |path: &PathBuf| {
        let facts = std::fs::metadata(path).at("reading a part", path)?;
        let modified = facts.modified().at("reading a part", path)?;
        Ok(PartState { path: path.clone(), bytes: facts.len(), modified })
    };
    parts.iter().map(state).collect()
}

/// What the footers of a table's parts say.
#[derive(Debug)]
pub(crate) struct Layout {
    states: Vec<PartState>,
    /// Rows of each part.
    rows: Vec<u64>,
    /// A SELECT of no row that has every column in its type; joined by name with a part, it completes the part.
    typed: String,
    /// Whether row numbers can be asked for: not when a column of the table has that name.
    numbered: bool,
    /// No rows, all columns.
    pub(crate) empty: DataFrame,
    /// Columns that look ahead.
    pub(crate) marks: Marks,
    /// Rows of the table.
    pub(crate) total: u64,
}

#[derive(Debug, Clone)]
struct Block {
    layout: Arc<Layout>,
    number: u64,
    frame: DataFrame,
}

/// Reads pages; keeps footers and blocks.
pub(crate) struct Pages {
    folder: PathBuf,
    limits: Limits,
    /// Started with the first page: most commands need none.
    engine: Mutex<Option<Engine>>,
    layouts: Mutex<VecDeque<Arc<Layout>>>,
    blocks: Mutex<VecDeque<Block>>,
}

impl Pages {
    /// Reads below `folder` only.
    pub(crate) fn new(folder: PathBuf, limits: &Limits) -> Pages {
        Pages {
            folder,
            limits: limits.clone(),
            engine: Mutex::new(None),
            layouts: Mutex::new(VecDeque::new()),
            blocks: Mutex::new(VecDeque::new()),
        }
    }

    fn connection(&self) -> Result<Connection> {
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        match engine.as_ref() {
            Some(engine) => engine.connection(),
            None => engine.insert(Engine::for_pages(&self.folder, &self.limits)?).connection(),
        }
    }

    /// The layout of a table that consists of these parts.
    pub(crate) fn layout(&self, parts: &[PathBuf]) -> Result<Arc<Layout>> {
        let states = states(parts)?;
        let known = {
            let layouts = self.layouts.lock().unwrap_or_else(PoisonError::into_inner);
            layouts.iter().find(|layout| layout.states == states).cloned()
        };
        if let Some(layout) = known {
            return Ok(layout);
        }
        let layout = Arc::new(self.read_layout(parts, states)?);
        let mut layouts = self.layouts.lock().unwrap_or_else(PoisonError::into_inner);
        layouts.push_front(Arc::clone(&layout));
        layouts.truncate(LAYOUTS);
        Ok(layout)
    }

    fn read_layout(&self, parts: &[PathBuf], states: Vec<PartState>) -> Result<Layout> {
        let connection = self.connection()?;
        let columns = engine::described(&connection, &read_parts(parts))?;
        let typed = engine::no_rows(&columns);

        let mut rows = Vec::with_capacity(parts.len());
        let mut statement = connection.prepare(&format!(
            "SELECT footer.num_rows::UBIGINT FROM parquet_file_metadata([{0}]) AS footer
             JOIN (SELECT unnest([{0}]) AS path, unnest(range({1})) AS position) AS listed ON listed.path = footer.file_name
             ORDER BY position",
            parts.iter().map(|part| quoted(&part.to_string_lossy())).collect::<Vec<_>>().join(", "),
            parts.len(),
        ))?;
        for count in statement.query_map([], |row| row.get::<_, u64>(0))? {
            rows.push(count?);
        }
        Ok(Layout {
            total: rows.iter().sum(),
            numbered: !columns.iter().any(|(name, _)| name.eq_ignore_ascii_case(ROW_NUMBER)),
            empty: engine::rows(&connection, &typed, &Job::new())?,
            marks: marks(&connection, parts)?,
            states,
            rows,
            typed,
        })
    }

    /// Rows `from` to `to` of a table, in the order they were written.
    pub(crate) fn rows(&self, layout: &Arc<Layout>, from: u64, to: u64, job: &Job) -> Result<DataFrame> {
        let to = to.min(layout.total);
        if from >= to {
            return Ok(layout.empty.clone());
        }
        let (first, last) = (from / BLOCK_ROWS, (to - 1) / BLOCK_ROWS);
        if last - first > 4 {
            return self.read(layout, from, to, job);
        }
        let mut frame = self.block(layout, first, job)?;
        for number in first + 1..=last {
            frame.vstack_mut_owned(self.block(layout, number, job)?)?;
        }
        let skipped = i64::try_from(from - first * BLOCK_ROWS).unwrap_or(i64::MAX);
        Ok(frame.slice(skipped, usize::try_from(to - from).unwrap_or(usize::MAX)))
    }

    fn block(&self, layout: &Arc<Layout>, number: u64, job: &Job) -> Result<DataFrame> {
        {
            let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
            let found = blocks.iter().position(|block| block.number == number && Arc::ptr_eq(&block.layout, layout));
            if let Some(block) = found.and_then(|position| blocks.remove(position)) {
                let frame = block.frame.clone();
                blocks.push_front(block);
                return Ok(frame);
            }
        }
        let from = number * BLOCK_ROWS;
        let frame = self.read(layout, from, (from + BLOCK_ROWS).min(layout.total), job)?;
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.push_front(Block { layout: Arc::clone(layout), number, frame: frame.clone() });
        let mut bytes = 0;
        let kept = blocks.iter().take_while(|block| {
            bytes += block.frame.estimated_size();
            bytes <= BLOCK_BYTES
        });
        let kept = kept.count();
        blocks.truncate(kept);
        Ok(frame)
    }

    fn read(&self, layout: &Layout, from: u64, to: u64, job: &Job) -> Result<DataFrame> {
        let connection = self.connection()?;
        if !layout.numbered {
            let paths: Vec<&PathBuf> = layout.states.iter().map(|state| &state.path).collect();
            let sql = format!("SELECT * FROM {} LIMIT {} OFFSET {from}", read_parts(&paths), to - from);
            return engine::rows(&connection, &sql, job);
        }
        let mut selects = vec![layout.typed.clone()];
        let mut start = 0;
        for (state, rows) in layout.states.iter().zip(&layout.rows) {
            let (first, last) = (from.max(start), to.min(start + rows));
            if first < last {
                selects.push(format!(
                    "SELECT * FROM read_parquet({}) WHERE {ROW_NUMBER} >= {} AND {ROW_NUMBER} < {}",
                    quoted(&state.path.to_string_lossy()),
                    first - start,
                    last - start
                ));
            }
            start += rows;
        }
        engine::rows(&connection, &selects.join(" UNION ALL BY NAME "), job)
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{Column, DataFrame};

    use algomosaic_core::Job;

    use crate::cells;
    use crate::commit::Staging;
    use crate::schema::Marks;
    use crate::warehouse::{IfExists, Warehouse};

    struct Fixture {
        _folder: tempfile::TempDir,
        staging: Staging,
        warehouse: Warehouse,
    }

    fn fixture() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        for name in ["warehouse", "jobs"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let warehouse = Warehouse::open(folder.path(), "local", "main", &crate::Limits::default()).unwrap();
        Fixture { staging: Staging::create(folder.path(), "job").unwrap(), warehouse, _folder: folder }
    }

    impl Fixture {
        fn write(&self, frame: &DataFrame, marks: &Marks, if_exists: IfExists) {
            let mut transaction = self.staging.transaction().unwrap();
            let name = self.warehouse.name("t").unwrap();
            self.warehouse.stage(&mut transaction, &name, frame, marks, if_exists).unwrap();
            transaction.commit().unwrap();
        }

        /// The page's rows as JSON, and the table's length.
        fn page(&self, offset: u64, limit: u64) -> (String, u64) {
            let name = self.warehouse.name("t").unwrap();
            let page = self.warehouse.page(&name, offset, Some(limit), &Job::new()).unwrap();
            (serde_json::to_string(&cells(&page.frame).unwrap()).unwrap(), page.total)
        }
    }

    fn numbers(name: &str, values: impl IntoIterator<Item = i64>) -> DataFrame {
        let values: Vec<i64> = values.into_iter().collect();
        DataFrame::new(values.len(), vec![Column::new(name.into(), values)]).unwrap()
    }

    #[test]
    fn a_page_at_any_offset_has_the_rows_in_the_order_they_were_written() {
        let fixture = fixture();
        for start in [0, 5_000, 5_003] {
            let end = if start == 5_000 { 5_003 } else { start + 5_000 };
            fixture.write(&numbers("x", start..end), &Marks::new(), IfExists::Append);
        }
        for (offset, limit) in [(0, 3), (1_999, 3), (4_999, 6), (9_000, 2_000), (10_002, 5), (123, 9_880)] {
            let end = (offset + limit).min(10_003);
            let expected: Vec<[u64; 1]> = (offset..end).map(|x| [x]).collect();
            assert_eq!(fixture.page(offset, limit), (serde_json::to_string(&expected).unwrap(), 10_003), "{offset}");
        }
        assert_eq!(fixture.page(10_003, 10).0, "[]");
        assert_eq!(fixture.page(u64::MAX, 10).0, "[]");
    }

    #[test]
    fn parts_of_unlike_columns_are_completed_by_name() {
        let fixture = fixture();
        fixture.write(&numbers("x", [1]), &Marks::new(), IfExists::Append);
        let second = DataFrame::new(1, vec![Column::new("y".into(), ["a"]), Column::new("x".into(), [2_i64])]).unwrap();
        fixture.write(&second, &Marks::from([("y".to_owned(), 3)]), IfExists::Append);
        assert_eq!(fixture.page(0, 10), ("[[1,null],[2,\"a\"]]".to_owned(), 2));
        assert_eq!(fixture.page(0, 1), ("[[1,null]]".to_owned(), 2));
        assert_eq!(fixture.page(1, 1), ("[[2,\"a\"]]".to_owned(), 2));
        let name = fixture.warehouse.name("t").unwrap();
        let page = fixture.warehouse.page(&name, 0, Some(1), &Job::new()).unwrap();
        assert_eq!(page.marks, Marks::from([("y".to_owned(), 3)]));
    }

    #[test]
    fn a_replaced_table_shows_its_new_rows_only() {
        let fixture = fixture();
        fixture.write(&numbers("x", [1, 2, 3]), &Marks::new(), IfExists::Fail);
        assert_eq!(fixture.page(0, 10), ("[[1],[2],[3]]".to_owned(), 3));
        fixture.write(&numbers("z", [7]), &Marks::new(), IfExists::Replace);
        assert_eq!(fixture.page(0, 10), ("[[7]]".to_owned(), 1));
    }

    #[test]
    fn a_page_read_while_the_table_is_replaced_is_of_one_state() {
        let fixture = fixture();
        // The table's every state has one value, as often as the value and three times more.
        let state = |value: i64| numbers("x", (0..value + 3).map(|_| value));
        fixture.write(&state(0), &Marks::new(), IfExists::Fail);
        std::thread::scope(|scope| {
            let writer =
                scope.spawn(|| (1..30).for_each(|v| fixture.write(&state(v), &Marks::new(), IfExists::Replace)));
            while !writer.is_finished() {
                let (rows, total) = fixture.page(0, 100);
                let expected: Vec<[u64; 1]> = (0..total).map(|_| [total - 3]).collect();
                assert_eq!(rows, serde_json::to_string(&expected).unwrap());
            }
        });
        assert_eq!(fixture.page(0, 1), ("[[29]]".to_owned(), 32));
    }

    #[test]
    fn a_column_named_like_the_engines_row_number_is_read_as_any_other() {
        let fixture = fixture();
        fixture.write(&numbers("File_Row_Number", [5, 0, 1]), &Marks::new(), IfExists::Fail);
        assert_eq!(fixture.page(1, 2), ("[[0],[1]]".to_owned(), 3));
    }

    #[test]
    fn a_table_without_rows_keeps_its_columns() {
        let fixture = fixture();
        fixture.write(&numbers("x", []), &Marks::new(), IfExists::Fail);
        let name = fixture.warehouse.name("t").unwrap();
        let page = fixture.warehouse.page(&name, 0, Some(10), &Job::new()).unwrap();
        assert_eq!((page.total, page.frame.get_column_names()[0].as_str()), (0, "x"));
    }
}
