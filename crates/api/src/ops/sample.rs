//! The sample's bars into their table, where they are missing.

use algomosaic_core::{Job, Problem};
use algomosaic_data::{ImportOptions, Staging, import_file, sample};

use crate::workspace::Workspace;

/// Fills `market.bars_us_daily` with the bars of the four tickers. Does nothing when the table is there.
pub(crate) fn fill(workspace: &Workspace, staging: &Staging, job: &Job) -> Result<(), Problem> {
    let warehouse = workspace.warehouse();
    let name = warehouse.name(sample::BARS_TABLE)?;
    if warehouse.exists(&name)? {
        return Ok(());
    }
    job.stage("importing the sample bars")?;
    let folder = std::env::temp_dir().join(format!("algomosaic-{}", algomosaic_data::unique()));
    std::fs::create_dir_all(&folder)
        .map_err(|error| algomosaic_data::io_problem("making a folder", &folder, &error))?;
    let filled = (|| -> Result<(), Problem> {
        let mut transaction = staging.transaction()?;
        for (done, (ticker, file, text)) in sample::BARS.iter().enumerate() {
            job.step(done, sample::BARS.len())?;
            let path = folder.join(file);
            std::fs::write(&path, text)
                .map_err(|error| algomosaic_data::io_problem("writing the sample", &path, &error))?;
            let options = ImportOptions {
                ticker: Some((*ticker).to_owned()),
                interval: Some("1d".to_owned()),
                ..ImportOptions::default()
            };
            import_file(warehouse, &mut transaction, &path, &name, algomosaic_data::IfExists::Fail, &options, job)?;
        }
        Ok(transaction.commit()?)
    })();
    let _ = std::fs::remove_dir_all(&folder);
    filled
}
