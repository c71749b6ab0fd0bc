//! Making a recipe: the catalogue, bars to try it on, its columns on them, its checks, and where it is kept.

use algomosaic_api::{
    BarSource, FeatureCorrelations, FeaturePreview, HeatMap, IndicatorForm, PictureFormat, PreviewRequest, Problem,
    Recipe, RecipeCheck, RecipeOn, SavedFile, SavedRecipe, Theme,
};

use super::{Shared, blocking};

/// Every indicator and transform.
#[tauri::command]
#[specta::specta]
pub(crate) async fn indicator_catalogue(app: Shared<'_>) -> Result<Vec<IndicatorForm>, Problem> {
    blocking(app, |app| Ok(app.indicator_catalogue())).await
}

/// Tables with bars, and their tickers.
#[tauri::command]
#[specta::specta]
pub(crate) async fn bar_sources(app: Shared<'_>) -> Result<Vec<BarSource>, Problem> {
    blocking(app, |app| app.bar_sources()).await
}

/// The last bars of a ticker with the columns of a recipe.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_features(app: Shared<'_>, request: PreviewRequest) -> Result<FeaturePreview, Problem> {
    blocking(app, move |app| app.preview_features(&request)).await
}

/// Rank correlations of a recipe's columns.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feature_correlations(
    app: Shared<'_>,
    task: String,
    on: RecipeOn,
) -> Result<FeatureCorrelations, Problem> {
    blocking(app, move |app| app.task(&task, |job| app.feature_correlations(&on, job))).await
}

/// Whether a column of a recipe looks ahead, and how long each takes to settle.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_recipe(app: Shared<'_>, task: String, on: RecipeOn) -> Result<RecipeCheck, Problem> {
    blocking(app, move |app| app.task(&task, |job| app.check_recipe(&on, job))).await
}

/// The recipes kept with the workspace.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_recipes(app: Shared<'_>) -> Result<Vec<SavedRecipe>, Problem> {
    blocking(app, |app| app.recipes()).await
}

/// Saves a recipe under its name, over one that has it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_recipe(app: Shared<'_>, recipe: Recipe) -> Result<SavedRecipe, Problem> {
    blocking(app, move |app| app.save_recipe(&recipe)).await
}

/// Deletes a saved recipe.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_recipe(app: Shared<'_>, name: String) -> Result<(), Problem> {
    blocking(app, move |app| app.delete_recipe(&name)).await
}

/// A recipe from the text of its file.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_recipe(app: Shared<'_>, text: String) -> Result<Recipe, Problem> {
    blocking(app, move |app| app.read_recipe(&text)).await
}

/// The text of a recipe's file, which a job is given.
#[tauri::command]
#[specta::specta]
pub(crate) async fn recipe_text(app: Shared<'_>, recipe: Recipe) -> Result<String, Problem> {
    blocking(app, move |app| app.recipe_text(&recipe)).await
}

/// Saves a heat map that the page shows as a picture below the workspace's `exports`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_heat_map(
    app: Shared<'_>,
    name: String,
    map: HeatMap,
    format: PictureFormat,
    theme: Theme,
) -> Result<SavedFile, Problem> {
    blocking(app, move |app| app.save_heat_map(&name, &map, format, theme)).await
}

/// Saves a table of numbers that the page shows as a file below the workspace's `exports`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_csv(app: Shared<'_>, name: String, csv: String) -> Result<SavedFile, Problem> {
    blocking(app, move |app| app.save_csv(&name, &csv)).await
}
